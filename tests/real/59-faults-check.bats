#!/usr/bin/env bats
# A check of which any system call fails or is the last: nothing is called good that is bad, or was not looked at.
# shellcheck disable=SC2034,SC2317 # for helpers/faults

load helpers/load

setup_file() {
	faults_here || return 0
	begin_faults cheap
	postctl check out >/tmp/check
}

# Not in setup_file, where bats 1.8 takes it for a failure.
setup() { [[ ${faults_begun-} ]] || skip "the same program as on bookworm; x86-64"; }

teardown() { diagnose_failure; }

teardown_file() { end_faults; }

@test "each system call of check fails, or is its last: nothing is called good that was not looked at" {
	looks_only=yes
	# Or it says that something could not be read.
	done_right() { [[ $messages = "$(</tmp/check)" || $messages = *cannot* ]]; }
	each_call_fails postctl check out
}

@test "each system call of check fails: nothing is called good that is bad" {
	looks_only=yes without_kill=yes
	# Postfix's own programs would sleep for a second over most of what may be wrong.
	echo 'smtp inet n' >>/etc/postfix-out/master.cf
	expect 1 postctl check out
	done_right() { false; }
	each_call_fails postctl check out
}
