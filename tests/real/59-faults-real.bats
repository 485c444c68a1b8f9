#!/usr/bin/env bats
# Every verb with a fault in some of its system calls, others each day, on real Postfix with mail through both instances: the
# one that the verb is for, and the one that must not notice. FAULTS=all takes all of them.
# shellcheck disable=SC2034,SC2317 # for helpers/faults

load helpers/load

setup_file() {
	faults_here 3.10 || return 0
	begin_faults real
}

# Not in setup_file, where bats 1.8 takes it for a failure.
setup() { [[ ${faults_begun-} ]] || skip "the same program as on trixie; x86-64"; }

teardown() { diagnose_failure; }

teardown_file() { end_faults; }

# Mail passes through both.
afterwards() {
	local one=$RANDOM$RANDOM other=$RANDOM$RANDOM
	[[ ! $looks_only ]] || return 0
	smtp_send "$(port -)" alice "$one" && smtp_send "$(port out)" alice "$other" &&
		wait_for 20 mail_arrived alice "$one" && wait_for 20 mail_arrived alice "$other"
}

@test "start, on real Postfix" {
	prepare() { kill_out; }
	done_right() { runs out; }
	real=yes sample=6
	each_call_fails postctl start out
}

@test "stop, on real Postfix" {
	done_right() { ! runs out; }
	real=yes sample=6
	each_call_fails postctl stop out
}

@test "restart, on real Postfix" {
	prepare() {
		runs out
		old=$pid
	}
	done_right() { runs out && [[ $pid != "$old" ]]; }
	still_right() { ((status == 137)) || runs out; }
	real=yes sample=8
	each_call_fails postctl restart out
}

@test "reload, on real Postfix" {
	prepare() {
		runs out
		old=$pid
	}
	still_right() { runs out && [[ $pid = "$old" ]]; }
	real=yes sample=6
	each_call_fails postctl reload out
}

@test "status and check, on real Postfix" {
	real=yes looks_only=yes sample=10 failures='[14]'
	done_right() { [[ $messages = 'postfix: 2 of 2 enabled instances running'* ]]; }
	each_call_fails postctl status
	done_right() { [[ $messages != *error* ]]; }
	sample=6
	each_call_fails postctl check
}
