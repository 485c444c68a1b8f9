#!/usr/bin/env bats
# A container: no init, no runlevel, or a policy that forbids to start anything, as in images of Docker. The init script works
# there; invoke-rc.d, by which packages restart Postfix, does nothing and succeeds, and check says so when it matters.

load helpers/load

setup_file() {
	three_instances n
	expect 0 postctl start
}

setup() { before=$(masters_of - out in); }

teardown() {
	diagnose_failure
	rm -f /usr/sbin/policy-rc.d
	[[ ! -e /sbin/init.away ]] || mv /sbin/init.away /sbin/init
}

teardown_file() { stop_everything; }

# What an upgrade of Postfix does.
replace_master() { replace /usr/lib/postfix/sbin/master; }

# skips WHY: invoke-rc.d does nothing, though it says that it has; nor is anything said of it while all is as it should be.
# Once Postfix has been upgraded, check says which instances are still to be restarted, why, and how; that works.
skips() {
	expect 0 postctl check
	refute_output 'invoke-rc.d'
	replace_master
	expect 0 invoke-rc.d postfix restart
	[ "$(masters_of - out in)" = "$before" ]
	expect 0 postctl check
	for name in - postfix-out postfix-in; do
		assert_output "^$name: warning: process [0-9]+ runs a master\(8\) that has been replaced .*invoke-rc\.d says \"$1.*\"; service postfix restart $name\$"
	done
	expect 0 service postfix restart out
	expect 0 postctl check
	assert_output '^-: warning: process'
	refute_output '^postfix-out: warning: process'
	expect 0 postctl restart - in
	expect 0 postctl check
	refute_output 'master\(8\)'
	one_master - out in
}

@test "no runlevel: restart is skipped" {
	expect 0 invoke-rc.d postfix status # which needs none
	skips 'could not determine current runlevel'
}

@test "no init: restart is skipped" {
	mv /sbin/init /sbin/init.away
	skips 'WARNING: No init system and policy-rc.d missing'
}

@test "a policy that forbids: restart is skipped" {
	policy 101
	skips 'policy-rc.d denied execution of restart'
	expect 0 invoke-rc.d postfix stop
	one_master - out in
	expect 101 invoke-rc.d --disclose-deny postfix stop
}

@test "a policy that allows: what was upgraded is restarted, and nothing is left to say" {
	policy 104
	replace_master
	expect 0 postctl check
	assert_output 'runs a master\(8\) that has been replaced'
	refute_output 'invoke-rc.d'
	expect 0 invoke-rc.d postfix restart
	one_master - out in
	expect 0 postctl check
	refute_output 'master\(8\)'
}

@test "init script and service work without init, runlevel or with a policy that forbids" {
	mv /sbin/init /sbin/init.away
	policy 101
	expect 0 /etc/init.d/postfix stop
	no_program_of_postfix
	expect 3 service postfix status
	expect 0 /etc/init.d/postfix start out
	one_master out
	expect 0 service postfix start
	expect 0 service postfix reload
	expect 0 service postfix status
	expect 0 /etc/init.d/postfix restart
	one_master - out in
	expect 0 service --status-all
	assert_output '^ \[ \+ \]  postfix$'
	expect 0 postctl enable out
	assert_output 'postfix@out made'
	expect 0 /etc/init.d/postfix@out restart
	expect 0 /etc/init.d/postfix@out stop
	no_process_of out
	one_master - in
	expect 0 service postfix@out start
	deliver out bob
}
