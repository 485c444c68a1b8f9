#!/usr/bin/env bats
# What postctl looks at is not what it should be: pid files, configurations, /proc, and masters of other pid namespaces. It is
# right about the state or says that it cannot know, waits for nothing, and the other instances are dealt with as ever.

load helpers/load

file=/var/spool/postfix-out/pid/master.pid

setup_file() {
	three_instances y
	expect 0 postctl start
	cp -p /etc/postfix-out/main.cf /tmp/main.cf
}

setup() { expect 0 postctl start; }

teardown() {
	diagnose_failure
	[[ ! ${holder-} ]] || kill -KILL -- "-$holder" || :
	while mountpoint -q /proc/locks; do umount /proc/locks; done
	mount -o remount,hidepid=0,gid=0 /proc
	rm -rf /etc/postfix-out/main.cf "$stand_ins/none"
	cp -p /tmp/main.cf /etc/postfix-out/main.cf
	[[ -f $file && ! -L $file ]] || rm -rf "$file"
	rm -f /tmp/locks
}

teardown_file() { stop_everything; }

# hold COMMAND...: it runs in a process group of its own, $holder, until it is let go.
hold() {
	setsid "$@" </dev/null >/dev/null 2>&1 3>&- 4>&- &
	holder=$!
}
let_go() {
	kill -KILL -- "-$holder"
	wait "$holder" || :
	holder=
}

@test "a pid file of an instance that does not run: garbage, another's pid, huge, empty, unreadable: it is started" {
	local content other
	other=$(master_of in)
	expect 0 postctl stop out
	for content in garbage "$other" huge '' unreadable; do
		echo "-- $content"
		rm -rf "$file"
		case $content in
		huge) truncate -s 1G "$file" ;;
		unreadable) : >"$file" && chmod 0 "$file" ;;
		*) printf '%32s\n' "$content" >"$file" ;;
		esac
		expect 3 postctl status out
		assert_output '^ +State: stopped$'
		expect 0 postctl stop out
		[ "$(master_of in)" = "$other" ]
		expect 0 postctl start out
		expect 0 postctl status out
		one_master in out
		expect 0 postctl stop out
	done
}

@test "in the place of a pid file a directory, a pipe, a device, a link to what is none: it is not started, and that is why" {
	local kind
	expect 0 postctl stop out
	cp -p /etc/passwd /tmp/passwd
	while read -r kind words; do
		echo "-- $kind"
		rm -rf "$file"
		case $kind in
		directory) mkdir "$file" ;;
		pipe) mkfifo "$file" ;;
		device) mknod "$file" c 1 3 ;;
		passwd) ln -s /etc/passwd "$file" ;;
		dangling) ln -s nowhere "$file" ;;
		loop) ln -s master.pid "$file" ;;
		esac
		LIMIT=30 expect 3 postctl status
		assert_output '^postfix-out +(stopped|failed) '
		expect 1 postctl start
		assert_output "^postctl: postfix-out: cannot start it: $file is $words.*; remove it$"
		assert_output '^-: running already'
		assert_output '^postfix-in: running already'
		LIMIT=30 expect 0 postctl stop out
		no_process_of out
		cmp /etc/passwd /tmp/passwd
	done <<-'END'
		directory a directory
		pipe a named pipe
		device a device
		passwd a link to what is no pid file, and would be overwritten
		dangling a link that does not lead to a file
		loop a link that does not lead to a file
	END
	expect 1 postctl restart
	assert_output '^-: restarted'
	assert_output '^postfix-in: restarted'
	rm -rf "$file"
	expect 0 postctl start out
}

@test "a pid file that somebody else has locked, or open: who, and neither a start nor a signal" {
	expect 0 postctl stop out
	# By who only reads it: no master runs, and none can.
	hold flock "$file" sleep 1000
	wait_for 10 eval "! flock --nonblock $file true"
	expect 3 postctl status out
	assert_output '^ +State: (stopped|failed)$'
	expect 1 postctl start
	assert_output "^postctl: postfix-out: $file is locked by process [0-9]+ \\(flock\\), which is not a master"
	assert_output '^postfix-in: running already'
	kill -0 "$holder"
	let_go
	# By who could write it.
	# shellcheck disable=SC2016 # for the other shell
	hold bash -c 'exec 7<>"$0"; flock 7; exec 8<>/tmp/held; exec sleep 1000' "$file"
	wait_for 10 test -e /tmp/held
	rm /tmp/held
	expect 4 postctl status out
	assert_output '^ +State: unknown$'
	for verb in start stop restart; do
		expect 1 postctl "$verb" out
		assert_output "^postctl: postfix-out: cannot find out whether it runs: $file is"
	done
	kill -0 "$holder"
	let_go
	expect 0 postctl start out
}

# A prefix of commands: in a pid namespace below this one.
below=(unshare --mount --pid --fork --kill-child bash -c 'mount -t proc proc /proc && "$@"' bash)

@test "masters of another pid namespace: from above they are seen and stopped, from below they are not touched" {
	local old
	expect 0 postctl stop out
	# shellcheck disable=SC2016 # for the other shell
	hold "${below[@]}" bash -c 'postctl start out && exec sleep 1000'
	wait_for 30 postctl is-active out
	old=$(master_of out)
	expect 0 postctl status out
	assert_output "^ +State: running"
	assert_output "^ +$old .*master -w$"
	[ "$(tr -d ' ' <"$file")" != "$old" ]
	expect 1 postctl reload out
	assert_output "does not name its master \\(process $old\\); \"postctl restart postfix-out\" mends it"
	expect 0 postctl restart out
	one_master out
	[ "$(tr -d ' ' <"$file")" = "$(master_of out)" ]
	let_go
	# The pid file leads nobody below to a process of his.
	old=$(masters_of - out in)
	expect 4 "${below[@]}" postctl status
	assert_output '^postfix-out +unknown '
	for verb in start stop restart reload abort; do
		expect 1 "${below[@]}" postctl "$verb"
		assert_output "^postctl: postfix-out: cannot find out whether it runs: $file .*outside of this pid namespace"
		[ "$(masters_of - out in)" = "$old" ]
	done
	one_master - out in
	# A stop that could not find out leaves it remembered that it was started.
	end_instance out
	expect 1 postctl status out
	assert_output '^ +State: dead'
}

@test "/proc hides the processes of others: root knows all; who must not see them calls nothing stopped, and does nothing" {
	local verb old
	# Who is in the group sees all; root is, unless it is another.
	mount -o remount,hidepid=2,gid=65534 /proc
	expect 0 postctl status
	expect 0 postctl restart
	one_master - out in
	# As in many containers.
	old=$(masters_of - out in)
	expect 4 setpriv --bounding-set=-sys_ptrace postctl status
	assert_output '^postfix-out +unknown '
	for verb in start stop restart; do
		expect 1 setpriv --bounding-set=-sys_ptrace postctl "$verb"
		assert_output "^postctl: postfix-out: cannot find out whether it runs: $file .*/proc does not show here"
		[ "$(masters_of - out in)" = "$old" ]
	done
	# Where nothing is hidden that right is not needed.
	mount -o remount,hidepid=0,gid=0 /proc
	expect 0 setpriv --bounding-set=-sys_ptrace postctl status
	expect 0 setpriv --bounding-set=-sys_ptrace postctl restart out
	hang_master out
	expect 0 setpriv --bounding-set=-sys_ptrace postctl stop --timeout 3 out
	no_process_of out
}

@test "no lock table: what runs and what does not is known all the same" {
	local kind old
	: >/tmp/locks
	for kind in empty none; do
		echo "-- $kind"
		if [[ $kind = none ]]; then
			mkdir -p "$stand_ins"
			# No driver has such a number: it cannot be opened.
			mknod "$stand_ins/none" c 250 250 || skip "no device can be made here"
			mount --bind "$stand_ins/none" /proc/locks
		else
			mount --bind /tmp/locks /proc/locks
		fi
		expect 0 postctl status
		assert_output '^postfix: 3 of 3 enabled instances running$'
		expect 0 postctl stop in
		expect 3 postctl status
		assert_output '^postfix-in +stopped '
		kill_master out
		wait_for 10 eval '! postctl is-active out'
		expect 1 postctl status
		assert_output '^postfix-out +dead '
		expect 0 postctl restart
		one_master - out in
		umount /proc/locks
	done
	mount --bind "$stand_ins/none" /proc/locks
	old=$(master_of out)
	rm "$file"
	expect 0 postctl status out
	assert_output "^ +$old .*master -w$"
	expect 0 postctl stop out
	no_process_of out
}

@test "main.cf a pipe, a directory, huge, a loop, a device: the instance is damaged, goes on running and can be stopped" {
	local kind words old
	while read -r kind words; do
		echo "-- $kind"
		old=$(master_of out)
		rm -rf /etc/postfix-out/main.cf
		case $kind in
		pipe) mkfifo /etc/postfix-out/main.cf ;;
		directory) mkdir /etc/postfix-out/main.cf ;;
		huge) truncate -s 1G /etc/postfix-out/main.cf ;;
		loop) ln -s main.cf /etc/postfix-out/main.cf ;;
		device) ln -s /dev/zero /etc/postfix-out/main.cf ;;
		esac
		LIMIT=20 expect 0 postctl status
		assert_output "/etc/postfix-out/main.cf: $words"
		LIMIT=20 try postctl check
		assert_output "/etc/postfix-out/main.cf: $words"
		expect 1 postctl reload
		assert_output '^-: reloaded$'
		assert_output '^postfix-in: reloaded$'
		assert_output "^postctl: .*postfix-out: .*main.cf: $words; it goes on running as it is$"
		[ "$(master_of out)" = "$old" ]
		LIMIT=30 expect 0 postctl stop /etc/postfix-out
		no_process_of out
		LIMIT=20 expect 3 postctl status
		LIMIT=20 expect 1 postctl start /etc/postfix-out
		rm -rf /etc/postfix-out/main.cf
		cp -p /tmp/main.cf /etc/postfix-out/main.cf
		quick_start out
	done <<-'END'
		pipe it is not a regular file
		directory Is a directory
		huge File too large
		loop Too many levels of symbolic links
		device it is not a regular file
	END
}

@test "the primary's main.cf a pipe: what runs is shown and stopped, and nothing waits" {
	mv /etc/postfix/main.cf /tmp/primary.cf
	mkfifo /etc/postfix/main.cf
	LIMIT=20 try postctl status
	assert_output '^/etc/postfix +running |^- +running '
	assert_output '/etc/postfix/main.cf: it is not a regular file'
	LIMIT=20 expect 1 postctl start -
	LIMIT=30 expect 0 postctl stop
	no_program_of_postfix
	rm /etc/postfix/main.cf
	mv /tmp/primary.cf /etc/postfix/main.cf
}
