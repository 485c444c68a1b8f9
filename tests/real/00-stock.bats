#!/usr/bin/env bats
# The bench itself: real Postfix runs in this root and mail flows, with nothing of postctl in the way. A model for other
# files: real programs, each expectation with its exit status first, every wait with a deadline.

load helpers/load

setup_file() { start_syslog; }
setup() { fresh_postfix; }

teardown() {
	diagnose_failure
	stop_everything
}

@test "the root is a host of its own without systemd" {
	[ "$(hostname)" = mail.example.org ]
	[ "$(postconf -xh myhostname)" = mail.example.org ]
	[ ! -e /run/systemd/system ]
	[ "$(ip -brief link | wc -l)" -eq 1 ]
	expect 1 touch /postctl/written
}

@test "the primary starts, takes mail, delivers it, stops" {
	expect 0 postfix start
	deliver - alice
	expect 0 postfix stop
	no_process_of -
}

@test "secondaries made by postmulti deliver, chrooted or not" {
	create_instance out 2501 y
	create_instance in 2502 n
	expect 0 postmulti -l
	assert_output '^postfix-out +- +y +/etc/postfix-out$'

	expect 0 postfix start # the primary hands it to postmulti
	deliver - alice
	deliver out bob
	deliver in carol
	is_chrooted out
	run ! is_chrooted in

	expect 0 postfix stop
	no_process_of - out in
}

@test "instances written as files are to Postfix what postmulti makes" {
	new_instance out chroot=y group=mta
	new_instance in chroot=n enable=no
	expect 0 postmulti -l
	assert_output '^postfix-out +mta +y +/etc/postfix-out$'
	assert_output '^postfix-in +- +n +/etc/postfix-in$'
	[ "$(port out) $(port in)" = "2500 2501" ]

	expect 0 postfix start
	deliver out bob
	is_chrooted out
	no_process_of in
}

@test "the log of a chrooted service arrives" {
	new_instance out chroot=y
	expect 0 postfix start
	deliver out bob
	wait_for 10 grep -q 'postfix-out/smtpd.*client=' /var/log/mail.log
}

@test "hung and killed masters, damaged files" {
	new_instance out
	expect 0 postfix start

	hang_master out
	SMTP_WAIT=1 run ! smtp_greets "$(port out)"
	smtp_greets 25
	kill_master -
	wait_for 5 eval '! master_of -'

	break_main out
	expect 1 postconf -c /etc/postfix-out -h queue_directory
	mend out
	expect 0 postconf -c /etc/postfix-out -h queue_directory
	break_master out
	expect 1 postconf -c /etc/postfix-out -M
}
