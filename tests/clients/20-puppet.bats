#!/usr/bin/env bats
# Puppet's provider for services on a Debian without systemd.

load helpers/load

setup_file() {
	three_instances n
	expect 0 postctl enable out
}

setup() { expect 0 postctl start; }

teardown() {
	diagnose_failure
	mend out
}

teardown_file() { stop_everything; }

# apply RESULT MANIFEST: with the result same, changed or failed.
apply() {
	case $1 in
	same) set -- 0 "$2" ;;
	changed) set -- 2 "$2" ;;
	failed) set -- 4 "$2" ;;
	*) fail "no such result: $1" ;;
	esac
	LIMIT=120 expect "$1" puppet apply --color=false --detailed-exitcodes -e "$2"
}

both_run="service { ['postfix', 'postfix@out']: ensure => running, enable => true }"
both_stopped="service { ['postfix', 'postfix@out']: ensure => stopped }"

@test "the provider is debian, and sees what there is" {
	expect 0 postctl stop in
	LIMIT=120 expect 0 puppet resource service postfix
	assert_output "ensure +=> 'stopped'"
	assert_output "enable +=> 'true'"
	assert_output "provider +=> 'debian'"
	LIMIT=120 expect 0 puppet resource service postfix@out
	assert_output "ensure +=> 'running'"
}

@test "running: all up, all down, one down, one dead" {
	before=$(masters_of - in)
	apply same "$both_run"
	kill_master out
	wait_for 5 eval '! master_of out'
	apply changed "$both_run"
	one_master out
	[ "$(masters_of - in)" = "$before" ]
	apply changed "$both_stopped"
	no_program_of_postfix
	apply same "$both_stopped"
	apply changed "service { 'postfix@out': ensure => running }"
	one_master out
	no_process_of - in
	apply changed "$both_run"
	one_master - out in
}

@test "a notified service is restarted, alone" {
	before=$(masters_of - in) old=$(masters_of out)
	apply changed "exec { '/bin/true': } ~> service { 'postfix@out': ensure => running, hasrestart => true }"
	one_master out
	[ "$(masters_of out)" != "$old" ]
	[ "$(masters_of - in)" = "$before" ]
	old=$(masters_of out)
	apply changed "exec { '/bin/true': } ~> service { 'postfix@out': ensure => running }" # stop, then start
	[ "$(masters_of out)" != "$old" ]
	[ "$(masters_of - in)" = "$before" ]
}

@test "enable" {
	apply changed "service { 'postfix@out': enable => false }"
	[ -z "$(compgen -G '/etc/rc2.d/S*postfix@out')" ]
	apply same "service { 'postfix@out': enable => false }"
	apply changed "service { 'postfix@out': enable => true }"
	compgen -G '/etc/rc2.d/S*postfix@out'
	apply same "service { 'postfix@out': enable => true }"
	one_master - out in
}

@test "a broken instance is a failure, and the others run" {
	expect 0 postctl stop
	break_main out
	LIMIT=120 expect 4 puppet apply --color=false --detailed-exitcodes -e "service { 'postfix': ensure => running }"
	assert_output 'postfix-out'
	one_master - in
	no_process_of out
	mend out
	apply changed "service { 'postfix': ensure => running }"
	one_master - out in
}
