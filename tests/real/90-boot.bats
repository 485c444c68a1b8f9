#!/usr/bin/env bats
# A host that boots into runlevel 2 and is shut down, by sysvinit and its scripts, in namespaces of its own within the root.

load helpers/load

setup() {
	fresh_postfix
	new_instance out chroot=y
	new_instance in chroot=n
	new_instance bad chroot=n
	new_instance off chroot=n enable=no
	prepare_boot
}

teardown() {
	diagnose_failure
	end_boot
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
	nothing_was_left
	grep -E '^postfix-out: stopped' /tmp/console
	grep -F '/etc/postfix-bad/main.cf, line' /tmp/console
}

@test "a hung master does not hold up the shutdown" {
	boot
	kill -STOP "$(master_of in)"
	begun=$SECONDS
	shut_down
	((SECONDS - begun < 40))
	nothing_was_left
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
