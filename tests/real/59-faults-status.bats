#!/usr/bin/env bats
# status, of which any system call fails or is the last: what they say is so, or they say that they cannot find out.
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

# A state in a row of the table is the true one, or none.
rows_right() {
	local name state number
	while read -r name state number _; do
		case $name in
		-) [[ $state = unknown || "$state $number" = "running $bystander" ]] || return ;;
		postfix-out | /etc/postfix-out) [[ $state = unknown || $state = "$out_is" ]] || return ;;
		postfix-off | /etc/postfix-off) [[ $state = unknown || $state = stopped ]] || return ;;
		postfix:) [[ $messages = *unknown* || "$state $number" = "$summary" ]] || return ;;
		esac
	done <<<"$messages"
}

@test "each system call of status fails, or is its last, while two instances run" {
	looks_only=yes failures=4 out_is=running summary='2 of'
	still_right() { rows_right; }
	each_call_fails postctl status
}

@test "each system call of status fails while one instance is dead" {
	failures='[14]' without_kill=yes out_is=dead summary='1 of'
	prepare() {
		runs out || postctl start >/dev/null 2>&1
		kill_out
	}
	done_right() { false; }
	still_right() { rows_right; }
	each_call_fails postctl status
}
