#!/usr/bin/env bats
# The package's own test, as autopkgtest runs it on Debian's machines.

load helpers/load
load package

teardown() {
	diagnose_failure
	stop_everything
}

@test "autopkgtest: two instances, of which one is restarted" {
	start_syslog
	dpkg_does -i /packages/postctl_*.deb
	expect 0 /postctl/debian/tests/instances
	assert_output '^all is well$'
}
