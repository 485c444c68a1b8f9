#!/usr/bin/env bats
# A host that boots into runlevel 2 and is shut down, by sysvinit and its scripts, in namespaces of its own within the root.

load helpers/load

setup() {
	fresh_postfix
	new_instance out chroot=y
	new_instance in chroot=n
	new_instance bad chroot=n
	new_instance off chroot=n enable=no
	cat >/etc/inittab <<-'END'
		id:2:initdefault:
		l0:0:wait:/etc/init.d/rc 0
		l2:2:wait:/etc/init.d/rc 2
		up:2:once:/bin/touch /run/is-up
	END
	# Whatever runs when all that is left gets killed was not stopped by its own script.
	sed -i '/^### END INIT INFO/a ps axo args >/run/at-the-end' /etc/init.d/sendsigs
	rm -f /dev/console /tmp/console
	mkfifo /dev/console
	cat <>/dev/console >/tmp/console 3>&- 4>&- & # <>: who writes comes and goes
	console=$!
	rm -rf /run/is-up /run/at-the-end /run/postctl
}

teardown() {
	diagnose_failure
	echo "== the console" && cat /tmp/console
	kill -KILL "$console" ${namespace:+"$namespace"} 2>/dev/null || :
	stop_everything
}

boot() {
	setsid unshare --mount --pid --fork --kill-child bash -c 'mount -t proc proc /proc && exec /sbin/init' \
		</dev/null >/dev/console 2>&1 3>&- 4>&- &
	namespace=$!
	wait_for 60 test -e /run/is-up
	init=$(pgrep -P "$namespace")
	# A prefix of commands: among the processes of the host that has booted.
	there=(nsenter -t "$init" --mount --pid --)
}

shut_down() {
	"${there[@]}" /sbin/init 0
	wait_for 60 test -e /run/at-the-end
	wait_for 60 eval "! kill -0 $namespace"
}

@test "the enabled instances run after the boot, and none is left to be killed at the end" {
	break_main bad
	boot
	expect 0 "${there[@]}" runlevel
	[ "$output" = 'N 2' ]
	expect 3 "${there[@]}" postctl status
	assert_output '^postfix: 3 of 4 enabled instances running$'
	assert_output '^/etc/postfix-bad +damaged'
	assert_output '^postfix-off +stopped'
	expect 0 "${there[@]}" invoke-rc.d postfix restart out
	assert_output '^postfix-out: restarted'
	"${there[@]}" bash -c 'cd /postctl/tests/real && . helpers/run.bash && . helpers/instances.bash && . helpers/mail.bash && deliver out alice'
	shut_down
	run grep -E 'master|qmgr|smtpd|pickup' /run/at-the-end
	[ -z "$output" ]
	grep -E '^postfix-out: stopped' /tmp/console
	grep -F '/etc/postfix-bad/main.cf, line' /tmp/console
}

@test "a hung master does not hold up the shutdown" {
	boot
	kill -STOP "$(master_of in)"
	begun=$SECONDS
	shut_down
	((SECONDS - begun < 40))
	run grep -E 'master|qmgr|smtpd|pickup' /run/at-the-end
	[ -z "$output" ]
	grep -E '^postfix-in: stopped; what did not end in time was killed' /tmp/console
}

@test "after a crash the next boot starts them, and nobody is called dead" {
	boot
	expect 0 "${there[@]}" postctl status
	kill -KILL "$namespace" "$init"
	wait_for 10 no_program_of_postfix
	# /run is kept, as some containers do.
	expect 3 postctl status
	rm -f /run/is-up
	boot
	expect 0 "${there[@]}" postctl status
	shut_down
}
