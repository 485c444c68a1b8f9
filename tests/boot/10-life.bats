#!/usr/bin/env bats
# A machine with Debian's kernel, sysvinit and five instances, two of them (in, out) with init scripts of their own: it boots, its
# power is cut, it boots, is shut down, boots and is shut down with something hung. Each test goes on from where the last one ended.

bats_require_minimum_version 1.8.0
load ../real/helpers/run
load machine

all=(- in out lists bulk)

setup() {
	[[ ! -e $machine/broken ]] || fail "an earlier step has failed"
}

teardown() {
	[[ -z ${BATS_TEST_COMPLETED-} && ! -e $machine/broken ]] || return 0
	touch "$machine/broken"
	echo "== the console" && tail -n 100 "$machine/console"
	[[ -e $machine/off ]] || LIMIT=30 "${there[@]}" sh -c 'ps axf; timeout 20 postctl status; tail -n 50 /var/log/mail.log; cat /run/flow.said'
}

# Whose output bats would wait for.
teardown_file() { [[ ! -e $machine/pid || -e $machine/off ]] || cut_power; }

# accepted PREFIX: the tokens of that flow.
accepted() { grep "^$1" "$machine/accepted"; }
at_least() { (($(accepted "$2" | wc -l) >= $1)); }

# logged_once PATTERN: each master has said this once since the mark.
logged_once() {
	local instance name
	for instance in "${all[@]}"; do
		name=postfix-$instance
		[[ $instance != - ]] || name=postfix
		(($(grep -c " $name/master\[[0-9]*\]: $1" <<<"$log") == 1)) ||
			fail "not once of $name: $1" "$log" || return
	done
}

# mark WORD: in the log. since WORD: what has been logged then and later.
mark() { "${there[@]}" logger -p mail.info -t mark "$1"; }
since() { log=$(on_disk /var/log/mail.log | sed "1,/ mark: $1\$/d") && [[ $log ]]; }

# Each was stopped by its script, and what was left to be killed is none of Postfix's.
stopped_by_scripts() {
	on_disk /var/log/at-the-end >"$machine/at-the-end"
	grep -x /usr/sbin/rsyslogd "$machine/at-the-end" || return
	! grep -E '/postfix/|/post' "$machine/at-the-end" || fail "was left to be killed" || return
	on_console 'All processes ended within' || return
	! dumpe2fs -h "$machine/disk" 2>/dev/null | grep needs_recovery
}

# The instances of a boot, all well.
all_is_well() {
	expect 0 "${there[@]}" postctl status || return
	assert_output '^postfix: 5 of 5 enabled instances running$' || return
	refute_output 'dead|failed|damaged|stopped' || return
	in_there one_master "${all[@]}"
}

@test "init, rc and startpar start all five: side by side, after the log daemon, each once" {
	power_on
	expect 0 "${there[@]}" runlevel
	[ "$output" = 'N 2' ]
	on_console 'Using makefile-style concurrent boot in runlevel 2'
	expect 0 "${there[@]}" sh -c 'cat /etc/init.d/.depend.start; ls /etc/rc2.d /etc/rc0.d'
	for script in postfix postfix@in postfix@out; do
		assert_output "^$script:.* rsyslog"
		assert_output "^S[0-9]+$script\$"
		assert_output "^K[0-9]+$script\$"
	done
	expect 0 "${there[@]}" cat /run/witness
	assert_output '\[start --without-script\] \[start postfix-in\] \[start postfix-out\].* rsyslogd'
	run ! grep -v rsyslogd <<<"$(grep -F '[start' <<<"$output")"
	all_is_well
	expect 0 "${there[@]}" cat /var/log/mail.log
	log=$output
	logged_once 'daemon started'
	refute_output '(fatal|panic|error): '
}

@test "all five deliver mail, and no instance has anything to complain of" {
	in_there deliver_through "${all[@]}"
	expect 0 "${there[@]}" postctl check
}

@test "the power is cut while mail is delivered" {
	expect 0 "${there[@]}" update-rc.d postfix@in disable
	"${there[@]}" sync
	"${there[@]}" setsid --fork /postctl/tests/boot/guest/flow bob cut
	wait_for 120 at_least 20 cut
	cut_power
	dumpe2fs -h "$machine/disk" | grep needs_recovery
}

@test "after that the others start, and the one that was not to is stopped, and not called dead" {
	power_on
	expect 3 "${there[@]}" postctl status
	assert_output '^postfix: 4 of 5 enabled instances running$'
	assert_output '^postfix-in +stopped '
	refute_output 'dead|failed|damaged'
	expect 0 "${there[@]}" service postfix@in start
	expect 0 "${there[@]}" update-rc.d postfix@in enable
	all_is_well
}

@test "after that no message is missing" {
	LIMIT=240 in_there delivered
	run -0 in_there tokens_of bob
	accepted cut | sort >"$machine/cut"
	echo "# $(wc -l <"$machine/cut") accepted before the power was cut, $(grep '^cut' <<<"$output" | sort | uniq -d | wc -l) of them delivered twice" >&3
	[ -z "$(comm -23 "$machine/cut" <(sort -u <<<"$output"))" ]
}

# ended_in_time INSTANCE...: each was stopped. An emulated machine whose host is busy may be too slow for all to end by themselves.
ended_in_time() {
	local instance killed=''
	[[ $accelerator != tcg ]] || killed='; what did not end in time was killed'
	for instance; do
		on_console "^$instance: stopped($killed)?\$" || return
	done
}

@test "init 0, while mail comes in: each is stopped by its script, and the power goes off" {
	in_there defer
	"${there[@]}" setsid --fork /postctl/tests/boot/guest/flow carol clean
	wait_for 120 at_least 20 clean
	in_there undefer
	mark shutdown
	shut_down
	stopped_by_scripts
	ended_in_time - postfix-in postfix-out postfix-lists postfix-bulk
	since shutdown
	logged_once 'terminating on signal 15'
	output=$log
	refute_output '(fatal|panic|error): '
}

@test "the next boot finds nothing stale, and delivers what was queued, each message once" {
	power_on
	all_is_well
	LIMIT=240 in_there delivered
	run -0 in_there tokens_of carol
	accepted clean | sort >"$machine/clean"
	echo "# $(wc -l <"$machine/clean") accepted before the shutdown" >&3
	[ -z "$(comm -23 "$machine/clean" <(sort -u <<<"$output"))" ]
	[ -z "$(sort <<<"$output" | uniq -d)" ]
}

@test "init 0 with a hung master, and a hung child of another: both are killed in time, and the power goes off" {
	in_there hang_master out
	in_there hang_smtpd lists
	mark hung
	shut_down
	stopped_by_scripts
	on_console '^postfix-out: stopped; what did not end in time was killed$'
	on_console '^postfix-lists: stopped; what did not end in time was killed$'
	ended_in_time - postfix-in postfix-bulk
}
