#!/usr/bin/env bats
# /run/postctl full, read-only, hostile or corrupt: a clear refusal or no harm, and never a wrong answer.

load helpers/load

setup_file() {
	start_syslog
	fresh_postfix
	new_instance out chroot=n
	expect 0 postctl start
}

setup() {
	clean
	quick_start_missing
}

teardown() {
	diagnose_failure
	clean
}

teardown_file() { stop_everything; }

clean() {
	while mountpoint -q /run/postctl; do umount -l /run/postctl; done
	rm -rf /run/postctl /tmp/elsewhere
}

quick_start_missing() {
	local name
	for name in - out; do
		master_of "$name" >/dev/null || quick_start "$name"
	done
}

# harmless: what only looks works as ever.
harmless() {
	expect 0 postctl status
	assert_output '^postfix: 2 of 2 enabled instances running$'
	expect 0 postctl list
	expect 0 postctl is-active out
	expect 0 postctl show out -p queue_directory
	expect 0 postctl check
}

# refused PATTERN: what acts does nothing, and says why.
refused() {
	local verb old
	old=$(masters_of - out)
	for verb in start stop restart reload; do
		expect 1 postctl "$verb"
		assert_output "^postctl: .*$1"
		[ "$(masters_of - out)" = "$old" ]
	done
}

@test "missing: it is made, root's alone, and a reader makes nothing" {
	harmless
	expect 0 runuser -u alice -- postctl status
	rm -rf /run/postctl
	expect 0 runuser -u alice -- postctl status
	[ ! -e /run/postctl ]
	expect 0 postctl restart
	[ "$(stat -c '%U %a' /run/postctl)" = 'root 755' ]
	[ "$(stat -c '%U %a' /run/postctl/lock)" = 'root 700' ]
	run find /run/postctl -perm /022
	[ -z "$output" ]
}

@test "somebody else's" {
	mkdir /run/postctl
	chown alice /run/postctl
	harmless
	refused "/run/postctl is not root's alone; remove it"
	run find /run/postctl -mindepth 1
	[ -z "$output" ]
}

@test "writable by others" {
	mkdir -m 1777 /run/postctl
	harmless
	refused "/run/postctl is not root's alone; remove it"
	clean
	mkdir /run/postctl
	mkdir -m 777 /run/postctl/lock
	refused "/run/postctl/lock is not root's alone; remove it"
}

@test "a symbolic link, to a directory of root's own, too" {
	mkdir /tmp/elsewhere
	ln -s /tmp/elsewhere /run/postctl
	harmless
	refused 'cannot open /run/postctl: .*; remove it'
	run find /tmp/elsewhere -mindepth 1
	[ -z "$output" ]
	rm /run/postctl
	mkdir /run/postctl
	ln -s /tmp/elsewhere /run/postctl/lock
	refused 'cannot open /run/postctl/lock: .*; remove it'
	rm /run/postctl/lock
	ln -s /tmp/elsewhere /run/postctl/started
	expect 0 postctl restart
	run find /tmp/elsewhere -mindepth 1
	[ -z "$output" ]
}

@test "a file, a fifo" {
	echo >/run/postctl
	harmless
	refused 'cannot open /run/postctl: Not a directory; remove it'
	rm /run/postctl
	mkfifo /run/postctl
	harmless
	refused 'cannot open /run/postctl: Not a directory; remove it'
}

@test "links and fifos in the place of its files: not followed, not waited for" {
	local name
	expect 0 postctl restart
	echo precious >/tmp/elsewhere
	for name in 'lock/-etc-postfix\x2dout' 'started/-etc-postfix\x2dout' defaults; do
		rm -f "/run/postctl/$name"
		ln -s /tmp/elsewhere "/run/postctl/$name"
		LIMIT=20 try postctl restart out
		((status == 0 || status == 1))
		[ "$(cat /tmp/elsewhere)" = precious ]
		one_master out
		rm -f "/run/postctl/$name"
		mkfifo "/run/postctl/$name"
		LIMIT=20 try postctl restart out
		((status == 0 || status == 1))
		LIMIT=5 expect 0 postctl status
		one_master out
		rm -f "/run/postctl/$name"
	done
}

@test "full: everything works, but for the memory of what was started" {
	mkdir /run/postctl
	mount -t tmpfs -o size=4k,mode=755 none /run/postctl
	dd if=/dev/zero of=/run/postctl/fill bs=4k count=1 status=none
	harmless
	expect 0 postctl restart
	expect 0 postctl reload
	expect 0 postctl stop
	no_program_of_postfix
	expect 0 postctl start
	one_master - out
	kill_master out
	wait_for 5 eval '! master_of out'
	expect 3 postctl status # not 1: who could not note the start does not know
	run find /run/postctl -size +0 ! -name fill -type f
	[ -z "$output" ]
}

@test "no inode left" {
	mkdir /run/postctl
	mount -t tmpfs -o nr_inodes=1,mode=755 none /run/postctl
	harmless
	refused 'cannot make /run/postctl/lock: No space left on device'
}

@test "read-only" {
	mkdir /run/postctl
	mount -t tmpfs -o ro,mode=755 none /run/postctl
	harmless
	refused 'cannot make /run/postctl/lock: Read-only file system'
	clean
	expect 0 postctl restart
	mount --bind /run/postctl /run/postctl
	mount -o remount,bind,ro /run/postctl
	harmless
	refused 'cannot lock .*: Read-only file system; nothing was done'
}

@test "corrupt defaults: forgotten, and asked for again" {
	local head content
	harmless
	cp /run/postctl/defaults /tmp/defaults
	head=$(head -n 1 /tmp/defaults)
	for content in '' garbage "$head" "$head"$'\ngarbage' "$head"$'\nqueue_directory = /evil' "$(head -c 20000 /tmp/defaults)" \
		"$(tail -n +2 /tmp/defaults)" "${head/ 1 / 2 }"$'\n'"$(tail -n +2 /tmp/defaults)"; do
		printf '%s' "$content" >/run/postctl/defaults
		echo "-- a file of ${#content} bytes: ${content:0:100}"
		harmless
		run ! grep -q /evil <<<"$output"
	done
	head -c 3000000 /dev/zero >/run/postctl/defaults
	harmless
	rm /run/postctl/defaults
	mkdir /run/postctl/defaults
	harmless
	rmdir /run/postctl/defaults
	sed 's|^queue_directory = .*|queue_directory = /evil|' /tmp/defaults >/run/postctl/defaults
	chown alice /run/postctl/defaults
	harmless
	expect 0 postctl show -p queue_directory -
	refute_output evil
}

@test "defaults of another Postfix: asked for again" {
	harmless
	sed -i 's|^queue_directory = .*|queue_directory = /evil|' /run/postctl/defaults
	touch /usr/sbin/postconf # as an upgrade would
	harmless
	run grep /evil /run/postctl/defaults
	[ "$status" -eq 1 ]
}

@test "what is remembered of another boot does not make an instance dead" {
	expect 0 postctl restart
	end_instance out
	expect 1 postctl status
	for file in /run/postctl/started/*; do
		echo 'another boot' >"$file"
	done
	expect 3 postctl status
}

@test "few file descriptors, little memory: a clear error, and nothing is torn" {
	local limit
	for limit in '-n 5' '-n 6' '-n 8' '-n 12' '-v 12000'; do
		echo "-- ulimit $limit"
		# Masters that inherit such a limit would not start, with or without postctl.
		try bash -c "ulimit $limit; exec postctl stop -n"
		try bash -c "ulimit $limit; exec postctl status"
		((status == 0 || status == 1 || status == 4))
		try bash -c "ulimit $limit; exec postctl reload out"
		((status == 0 || status == 1))
		one_master - out
	done
}

@test "no /proc: nobody knows what runs, and that is the answer" {
	mkdir -p /tmp/empty
	try unshare --mount bash -c 'mount --bind /tmp/empty /proc; postctl status'
	assert_status 4
	try unshare --mount bash -c 'mount --bind /tmp/empty /proc; postctl restart'
	assert_status 1
	one_master - out
}

@test "no pseudo-terminals: all works, with what Postfix says to a pipe" {
	try unshare --mount bash -c 'mount --bind /tmp /dev/pts; mount --bind /dev/null /dev/ptmx; postctl restart'
	assert_status 0
	one_master - out
}
