#!/usr/bin/env bats
# Many instances at once: isolation of the bad ones, order, how many at a time, what is said, and what is not done.

load helpers/load

names=(s0 s1 s2 s3 s4 s5 s6 s7 s8 s9)

setup_file() {
	local name
	start_syslog
	fresh_postfix
	for name in "${names[@]}"; do
		new_instance "$name" chroot=n group=mta
	done
	set_master s1 2501 y
}

teardown() {
	diagnose_failure
	real_again
	mend s3
	[[ ! -e /var/spool/away ]] || mv /var/spool/away /var/spool/postfix-s5
	set_main s7 'multi_instance_enable = yes'
}

teardown_file() { stop_everything; }

# What postctl may change, but for sockets: Postfix itself writes to those.
snapshot() {
	find /etc /var/spool /var/lib /run/postctl -type f,d,l -printf '%p %m %u:%g %s %T@ %l\n' 2>/dev/null | sort
	find /etc /run/postctl -type f -exec cksum {} + 2>/dev/null | sort
}

@test "ten secondaries, a damaged one, one without a queue directory, a disabled one: the others start" {
	break_main s3
	mv /var/spool/postfix-s5 /var/spool/away
	set_main s7 'multi_instance_enable = no'

	expect 1 postctl start
	assert_output '^postctl: /etc/postfix-s3: /etc/postfix-s3/main.cf, line [0-9]+: .*no equals sign'
	assert_output '^postctl: postfix-s5: queue directory /var/spool/postfix-s5: No such file or directory$'
	refute_output s7
	for name in - s0 s1 s2 s4 s6 s8 s9; do
		assert_output "^${name/#s/postfix-s}: started \(process $(master_of "$name")\)$"
	done
	one_master - s0 s1 s2 s4 s6 s8 s9
	no_process_of s3 s5 s7
	deliver s1 alice
	deliver s9 bob

	expect 3 postctl status
	[ "$(grep -cE '^(-|/etc/|postfix-)' <<<"$output")" -eq 11 ]
	assert_output '^postfix: 8 of 10 enabled instances running$'
	for name in - s0 s1 s2 s4 s6 s8 s9; do
		assert_output "^${name/#s/postfix-s} +running +$(master_of "$name") +20.* +yes +$(config_dir "$name")$"
	done
	assert_output '^/etc/postfix-s3 +damaged( +-)+ +\? '
	assert_output '^ +/etc/postfix-s3/main.cf, line [0-9]+: .*no equals sign'
	assert_output '^postfix-s5 +damaged( +-)+ +yes '
	assert_output '^ +queue directory /var/spool/postfix-s5: No such file or directory$'
	assert_output '^postfix-s7 +stopped( +-)+ +no '

	expect 0 postctl stop
	no_program_of_postfix
	expect 3 postctl status
	assert_output '^postfix: 0 of 10 enabled'
}

@test "when all are good again all start" {
	expect 0 postctl start
	one_master - "${names[@]}"
	expect 0 postctl status
	assert_output '^postfix: 11 of 11 enabled instances running$'
}

@test "status, list and a start that finds all running fork nothing and execute nothing, also among 100 instances" {
	local i words
	for i in {10..99}; do
		# Enough to be read; these never start.
		cp -a /etc/postfix-s0 "/etc/postfix-s$i"
		mkdir -p "/var/spool/postfix-s$i"
		sed -i "s/postfix-s0/postfix-s$i/" "/etc/postfix-s$i/main.cf"
	done
	back_date /etc/postfix-s*/main.cf
	enlist /etc/postfix-s{10..99}
	for words in status list 'is-active s1' 'is-enabled' 'start - s?' 'status s5' 'status --json' 'reload s42' 'stop s42'; do
		# shellcheck disable=SC2086 # words
		try strace -f -qq -o /tmp/trace -e trace=process,clone,fork,vfork,clone3 postctl $words
		[ "$(wc -l <<<"$output")" -ge 1 ]
		[ "$(grep -c execve /tmp/trace)" -eq 1 ]
		run grep -E 'clone|fork' /tmp/trace
		[ "$status" -eq 1 ]
	done
	expect 3 postctl status
	assert_output '^postfix: 11 of 101 enabled instances running$'
	[ "$(grep -c '^postfix-s' <<<"$output")" -eq 100 ]
	expect 0 postctl start - 's?'
	[ "$(grep -c 'running already' <<<"$output")" -eq 11 ]
	set_main - "multi_instance_directories = $(printf '/etc/postfix-%s ' "${names[@]}")"
	rm -rf /etc/postfix-s?? /var/spool/postfix-s??
}

@test "--dry-run tells what would be done and does nothing" {
	local words
	rm -f /var/spool/postfix-s1/etc/services # so that a sync has something to do
	kill_master s2
	wait_for 5 eval '! master_of s2'
	snapshot >/tmp/before
	for words in start stop restart try-restart reload sync flush abort 'enable s0' 'disable s0'; do
		# shellcheck disable=SC2086 # words
		expect 0 postctl $words --dry-run
		# shellcheck disable=SC2086 # words
		expect 0 postctl -n $words
	done
	expect 0 postctl stop -n
	assert_output '^postfix-s0: would stop it$'
	assert_output '^postfix-s2: stopped already$'
	expect 0 postctl start -n
	assert_output '^postfix-s0: running already'
	assert_output '^postfix-s2: would start it$'
	expect 0 postctl sync -n
	assert_output '^postfix-s1: would sync it$'
	assert_output 'etc/services'
	snapshot >/tmp/after
	run diff /tmp/before /tmp/after
	printf '%s\n' "$output"
	[ "$status" -eq 0 ]
	one_master - s0 s1 s3 s9
	expect 1 postctl status # and what is remembered is remembered
}

@test "what answers programs is JSON, whatever the instances are" {
	local words
	break_main s3
	for words in status list check chroot 'show s1' 'show s1 --services' 'show -p queue_directory,mynetworks' \
		'status s2' 'check s3' 'list s3'; do
		# shellcheck disable=SC2086 # words
		try --separate-stderr postctl $words --json
		assert_json
	done
	try --separate-stderr postctl status --json
	assert_output '"instance":"postfix-s0","state":"running","enabled":true,'
	assert_output '"instance":"postfix-s2","state":"dead",'
	assert_output '"instance":"/etc/postfix-s3","state":"running","enabled":false,"damaged":true,'
	assert_output "\"process\":$(master_of s0),\"since\":[0-9]{10,}"
}

@test "-j 1 is Postfix's own order, backwards to stop; -j N is N at a time" {
	local forth='/etc/postfix' back='' i
	for i in {0..9}; do forth+=" /etc/postfix-s$i"; done
	for i in {9..0}; do back+="/etc/postfix-s$i "; done
	back+=/etc/postfix
	expect 0 postctl start -q

	stand_in_that_counts 0
	expect 0 postctl stop -j 1
	[ "$(order_of stop)" = "$back" ]
	expect 0 postctl start -j 1 's*' -
	[ "$(order_of start)" = "$forth" ]
	[ "$(most_at_a_time start)" -eq 1 ]
	real_again

	stand_in_that_counts 0.4
	expect 0 postctl reload -j 4
	[ "$(most_at_a_time check)" -ge 3 ]
	[ "$(most_at_a_time check)" -le 4 ]
	real_again
	stand_in_that_counts 0.4
	expect 0 postctl stop
	[ "$(most_at_a_time stop)" -ge 8 ] # stopping is waiting
	no_program_of_postfix
}

@test "-q says nothing of what went well, -v what Postfix said" {
	break_main s3
	expect 1 --separate-stderr postctl start -q s3 s4
	[ "$output" = "" ]
	grep -q '^postctl: /etc/postfix-s3: ' <<<"$stderr"
	expect 0 postctl restart -v s4
	assert_output 'starting the Postfix mail system'
	expect 0 postctl restart s4
	refute_output 'the Postfix mail system'
	expect 0 postctl stop s4
}

@test "globs, groups and several words select what they say, once" {
	expect 0 postctl start 's[01]' s1 postfix-s1 /etc/postfix-s1 postfix@s1.service
	[ "$(wc -l <<<"$output")" -eq 2 ]
	one_master s0 s1
	no_process_of - s2
	set_main s1 'multi_instance_group = other'
	expect 0 postctl stop -g other
	[ "$output" = 'postfix-s1: stopped' ]
	expect 0 postctl stop -g mta
	assert_output '^postfix-s0: stopped$'
	refute_output 's1|^-'
	no_program_of_postfix
}
