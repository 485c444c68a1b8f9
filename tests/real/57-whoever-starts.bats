#!/usr/bin/env bats
# Whoever starts Postfix, and whatever changes on the host: all instances get the same chroot. postctl is in the place of
# Debian's configure-instance.sh, and in the directories of hooks.

load helpers/load

script=/usr/lib/postfix/configure-instance.sh

setup_file() {
	start_syslog
	fresh_postfix
	new_instance out chroot=y
	new_instance off chroot=y enable=no
	new_instance plain chroot=n
	set_master - 25 y
}

setup() {
	rm -rf /var/spool/postfix*/{etc,lib,usr}
	echo "nameserver 127.0.0.$((RANDOM % 250 + 1))" >/etc/resolv.conf
}

teardown() {
	diagnose_failure
	[[ -e /etc/postfix/main.cf ]] || mv /etc/postfix/main.cf.away /etc/postfix/main.cf
	set_main out 'myorigin = $myhostname'
	stop_everything
}

# synced INSTANCE..., not_synced INSTANCE...: is the host's resolv.conf in the chroot?
synced() {
	local instance
	for instance; do
		cmp /etc/resolv.conf "$(queue_dir "$instance")/etc/resolv.conf" || fail "the chroot of $instance is not current" || return
	done
}
not_synced() {
	local instance
	for instance; do
		[[ ! -e $(queue_dir "$instance")/etc ]] || fail "something was put into the chroot of $instance" || return
	done
}

# as_post_install INSTANCE: called as `post-install create-missing` of Debian 13 does, which must succeed.
as_post_install() {
	expect 0 env -i PATH="$PATH" MAIL_CONFIG="$(config_dir "$1")" config_directory="$(config_dir "$1")" command_directory=/usr/sbin \
		daemon_directory=/usr/lib/postfix/sbin queue_directory="$(queue_dir "$1")" "$script"
}

@test "Postfix finds nothing wrong with it, nor fails to start when postctl is gone" {
	cmp "$script" /postctl/init.d/configure-instance.sh
	expect 0 postfix check
	[ -z "$output" ]
	mv /usr/sbin/postctl /usr/sbin/postctl.away
	try "$script" out
	mv /usr/sbin/postctl.away /usr/sbin/postctl
	assert_status 0
}

@test "with the name of an instance, as Debian 12 calls it: that one's chroot, and no other's" {
	local words instance
	while read -r words instance; do
		rm -rf /var/spool/postfix*/etc
		# shellcheck disable=SC2086 # words
		expect 0 $script ${words//NONE/''}
		[ -z "$output" ]
		synced "$instance"
		for other in - out off; do
			[[ $other = "$instance" ]] || not_synced "$other"
		done
	done <<-'END'
		- -
		NONE -
		postfix-out out
		out out
		postfix-off off
	END
	rm -rf /var/spool/postfix*/etc
	expect 0 "$script"
	synced -
	expect 0 "$script" plain
	not_synced plain out off
	expect 2 "$script" nosuch
	expect 2 "$script" out off
	not_synced out off
}

@test "in the environment, as Debian 13 calls it, also for a directory that no list has" {
	local unlisted=/etc/unlisted
	as_post_install out
	[ -z "$output" ]
	synced out
	not_synced - off
	as_post_install plain
	not_synced plain
	cp -a /etc/postfix-out $unlisted
	mkdir -p /var/spool/unlisted
	sed -i 's|^queue_directory.*|queue_directory = /var/spool/unlisted|' $unlisted/main.cf
	expect 0 env -i PATH="$PATH" MAIL_CONFIG=$unlisted "$script"
	cmp /etc/resolv.conf /var/spool/unlisted/etc/resolv.conf
	rm -r $unlisted /var/spool/unlisted
}

@test "what is wrong with the chroot is said, and does not keep Postfix from starting" {
	ln -s /tmp /var/spool/postfix-out/etc
	as_post_install out
	assert_output '^postctl: postfix-out: chroot: etc: .*symbolic link'
	[ ! -e /tmp/resolv.conf ]
	rm /var/spool/postfix-out/etc
	damage /etc/postfix-out/master.cf 'bogus'
	as_post_install out
	assert_output '^postctl: postfix-out: .*master.cf'
	mend out
}

@test "myorigin = debian.org is refused, as by Debian" {
	local value
	for value in debian.org Ubuntu.COM /tmp/mailname; do
		echo debian.org >/tmp/mailname
		set_main out "myorigin = $value"
		expect 1 "$script" out
		assert_output '^postctl: postfix-out: myorigin = (debian.org|Ubuntu.COM)'
	done
	echo example.org >/tmp/mailname
	expect 0 "$script" out
}

@test "postmulti, postfix start, and Debian's own init script: the chroot is current and mail flows" {
	local start
	for start in 'postmulti -i postfix-out -p start' 'postfix -c /etc/postfix-out start' '/stock/etc/init.d/postfix start' \
		'postctl start'; do
		rm -rf /var/spool/postfix-out/etc
		# Not at all with 3.7.
		[[ $start != post[mf]* ]] || ! grep -q 'post-install create-missing' /usr/lib/postfix/sbin/postfix-script ||
			grep -q configure-instance /usr/lib/postfix/sbin/post-install || continue
		# shellcheck disable=SC2086 # words
		expect 0 $start
		one_master out
		synced out
		deliver out alice
		expect 0 postctl stop
	done
}

@test "postfix start-fg, as in a container" {
	grep -q configure-instance /usr/lib/postfix/sbin/post-install || skip "this Postfix calls nobody at a start"
	# It refuses to have secondaries.
	cp -p /etc/postfix/main.cf /tmp/main.cf
	sed -i '/^multi_instance/d' /etc/postfix/main.cf
	back_date /etc/postfix/main.cf
	setsid postfix start-fg </dev/null >/dev/null 2>&1 3>&- 4>&- &
	wait_for 20 one_master -
	synced -
	wait_for 20 deliver - alice
	expect 0 postctl stop
	wait
	cp -p /tmp/main.cf /etc/postfix/main.cf
}

@test "a start by postctl does not wait for itself, nor another for what is started by hand" {
	local begun=$SECONDS
	expect 0 postctl start
	refute_output waiting
	((SECONDS - begun < 30))
	synced - out
	expect 0 postctl stop
	# The lock of a postctl that is none of its ancestors is waited for.
	expect 0 postctl sync
	flock '/run/postctl/lock/-etc-postfix\x2dout' sh -c 'printf "start (process 999999)" >/run/postctl/lock/-etc-postfix\\x2dout; sleep 1' 3>&- 4>&- &
	sleep 0.2
	rm -rf /var/spool/postfix-out/etc
	expect 0 "$script" out
	assert_output '^postctl: postfix-out: waiting for postctl start'
	synced out
	wait
}

@test "a hook, a start and a call by Postfix at the same moment: one after the other, and other instances do not wait" {
	local pids=() pid
	for _ in 1 2 3; do
		rm -rf /var/spool/postfix*/{etc,lib}
		pids=()
		/etc/network/if-up.d/postctl eth0 up </dev/null >/tmp/hook 2>&1 3>&- 4>&- &
		pids+=("$!")
		postctl start out </dev/null >/tmp/start 2>&1 3>&- 4>&- &
		pids+=("$!")
		"$script" out </dev/null >/tmp/script 2>&1 3>&- 4>&- &
		pids+=("$!")
		for pid in "${pids[@]}"; do wait "$pid" || fail "$(cat /tmp/hook /tmp/start /tmp/script)"; done
		synced out off
		one_master out
		[[ ! $(find /var/spool/postfix-out -name '.postctl*') ]]
		expect 0 postctl stop out
	done
	expect 0 postctl sync
	flock '/run/postctl/lock/-etc-postfix\x2dout' sleep 3 3>&- 4>&- &
	sleep 0.2
	rm -rf /var/spool/postfix-off/etc
	expect 0 timeout 2 postctl sync off
	synced off
	wait
}

@test "a start that hangs: a hook, a start of all and Postfix itself do not wait with the other instances" {
	local hung command
	stand_in postfix <<-'END'
		[[ $MAIL_CONFIG != /etc/postfix-out ]] || sleep 300
		exec "$real" "$@"
	END
	postctl start out </dev/null >/dev/null 2>&1 3>&- 4>&- &
	hung=$!
	wait_for 20 pgrep -fx 'sleep 300'
	for command in /etc/ca-certificates/update.d/postctl 'postctl sync --timeout 5' 'postctl start --timeout 15'; do
		rm -rf /var/spool/postfix{,-out}/etc
		# It waits for that one in the end, and gives up.
		# shellcheck disable=SC2086 # words
		try $command
		assert_output 'postfix-out: waiting for postctl start'
		assert_output 'postfix-out: postctl start .*still works on it; nothing was done'
		synced -
	done
	one_master -
	one_master plain
	expect 0 timeout 20 "$script" off
	synced off
	kill "$hung"
	real_again
	wait
}

@test "a start with a full /run does not wait for itself either" {
	mkdir -p /run/postctl
	mount -t tmpfs -o size=8k,mode=0755 tmpfs /run/postctl
	head -c 100000 /dev/zero >/run/postctl/full 2>/dev/null || :
	try postctl start out
	umount /run/postctl
	assert_status 0
	one_master out
}

@test "a hook for each of those who change the resolver's configuration or the certificates: all chroots follow" {
	local hook
	for hook in resolvconf/update-libc.d network/if-up.d network/if-down.d ppp/ip-up.d ppp/ip-down.d \
		NetworkManager/dispatcher.d ca-certificates/update.d; do
		rm -rf /var/spool/postfix*/etc
		expect 0 "/etc/$hook/postctl" eth0 up
		[ -z "$output" ]
		synced - out off
		not_synced plain
	done
	rm -rf /var/spool/postfix*/etc
	expect 0 env IFACE=lo /etc/network/if-up.d/postctl
	expect 0 /etc/NetworkManager/dispatcher.d/postctl lo up
	not_synced - out off
	# update-ca-certificates runs its own by run-parts, which is particular about names.
	expect 0 run-parts --test /etc/ca-certificates/update.d
	assert_output '/postctl$'
}

@test "dpkg has done something: all chroots follow" {
	expect 0 dpkg --configure -a
	synced - out off
	not_synced plain
	# Not one of postctl's failures is one of dpkg's.
	rm -rf /var/spool/postfix-out/etc
	ln -s /tmp /var/spool/postfix-out/etc
	expect 0 dpkg --configure -a
	rm /var/spool/postfix-out/etc
}

@test "a hook is no reason for the network not to come up" {
	break_main out
	ln -s /tmp /var/spool/postfix/etc
	expect 0 /etc/network/if-up.d/postctl
	assert_output '^postctl: '
	rm /var/spool/postfix/etc
	mend out
	mv /etc/postfix/main.cf /etc/postfix/main.cf.away
	expect 0 /etc/network/if-up.d/postctl
	[ -z "$output" ]
}
