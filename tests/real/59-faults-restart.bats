#!/usr/bin/env bats
# A restart of which any system call fails or is the last, of postctl and of what it forks until that is another program.
# shellcheck disable=SC2034,SC2317 # for helpers/faults

load helpers/load

setup_file() {
	faults_here 3.10 || return 0
	begin_faults cheap
}

# Not in setup_file, where bats 1.8 takes it for a failure.
setup() { [[ ${faults_begun-} ]] || skip "the same program as on trixie; x86-64"; }

teardown() { diagnose_failure; }

teardown_file() { end_faults; }

@test "each system call of a restart fails, or is its last: one that fails leaves the instance running" {
	prepare() {
		runs out
		old=$pid
	}
	done_right() { runs out && [[ $pid != "$old" ]]; }
	# Only a dead postctl cannot start it again.
	still_right() { ((status == 137)) || runs out; }
	each_call_fails postctl restart out
}
