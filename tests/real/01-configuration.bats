#!/usr/bin/env bats
# postctl reads main.cf and master.cf as this Postfix does: on the kept set of odd files, and on fresh ones.

load helpers/load

@test "the kept set and generated files: the same values, services and refusals as postconf's" {
	back_date /etc/postfix/main.cf
	# Most of the jobs sleep, as Postfix does when it cannot read its configuration.
	LIMIT=400 expect 0 /postctl/tests/fuzz/compare --seed 1 --count 100 --jobs 32
	assert_output ' 0 DIFFERENT$'
	# It was really compared.
	[[ $output =~ ([0-9]+)\ answers\ the\ same ]]
	((BASH_REMATCH[1] > 300))
}
