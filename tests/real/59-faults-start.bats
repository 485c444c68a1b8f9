#!/usr/bin/env bats
# A start of which any system call fails or is the last, of postctl and of what it forks until that is another program.
# shellcheck disable=SC2034,SC2317 # for helpers/faults

load helpers/load

setup_file() {
	faults_here || return 0
	begin_faults cheap
}

# Not in setup_file, where bats 1.8 takes it for a failure.
setup() { [[ ${faults_begun-} ]] || skip "the same program as on bookworm; x86-64"; }

teardown() { diagnose_failure; }

teardown_file() { end_faults; }

@test "each system call of a start fails, or is its last" {
	prepare() {
		kill_out
		rm -f /run/postctl/started/-etc-postfix-out
	}
	done_right() { runs out; }
	each_call_fails postctl start out
}
