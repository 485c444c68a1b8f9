#!/usr/bin/env bats
# A stop, and a reload, of which any system call fails or is the last; and what a sync forks.
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

@test "each system call of a stop fails, or is its last" {
	done_right() { ! runs out; }
	each_call_fails postctl stop out
}

@test "each system call of a reload fails, or is its last: the instance runs all the time" {
	prepare() {
		runs out
		old=$pid
	}
	still_right() { runs out && [[ $pid = "$old" ]]; }
	each_call_fails postctl reload out
}

@test "each system call of what a sync forks fails, or is its last" {
	local chroot=/var/spool/postfix-out
	set_master out 2502 y
	expect 0 postctl sync out
	prepare() {
		runs out
		echo old >$chroot/etc/services
	}
	done_right() { cmp -s /etc/services $chroot/etc/services; }
	still_right() {
		postctl sync out >/tmp/next 2>&1 && done_right
	}
	# Those of postctl itself are in 59-faults.bats.
	which='[1-9]*' looks_only=yes
	each_call_fails postctl sync out
}
