#!/usr/bin/env bats
# The throw-away roots: what happens in one stays in it, and nothing of it is left. These run on the machine itself.

bats_require_minimum_version 1.8.0

enter=$BATS_TEST_DIRNAME/enter
export POSTCTL_TEST_PRODUCT=none

setup_file() {
	[ "$EUID" -eq 0 ] || skip "needs root"
	"$BATS_TEST_DIRNAME/build" trixie </dev/null 3>&-
}

# A command in the root that can be told from all others on the machine.
setup() { mark=9$RANDOM$BATS_TEST_NUMBER; }
marked() { pgrep -f "sleep $mark" >/dev/null; }

wait_for() {
	for _ in {1..100}; do
		"$@" && return
		sleep 0.1
	done
	return 1
}

@test "the command's words, input, output and exit status pass unchanged" {
	run -7 --separate-stderr "$enter" trixie sh -c 'cat; printf "<%s>" "$@"; echo error >&2; exit 7' sh 'a b' '$HOME' '' <<<input
	[ "$output" = $'input\n<a b><$HOME><>' ]
	# shellcheck disable=SC2154 # set by run
	[ "$stderr" = error ]
	run -0 "$enter" trixie env
	[[ $'\n'$output$'\n' = *$'\nLC_ALL=C.UTF-8\n'* && $output != *BATS* ]]
}

@test "what it writes is gone, or kept where asked; the tree cannot be written" {
	upper=$BATS_TEST_TMPDIR/"an upper, directory"
	mkdir "$upper"
	run -0 "$enter" --upper "$upper" --out "$BATS_TEST_TMPDIR" trixie sh -c 'echo new >/etc/new; echo new >/out/new'
	run -0 "$enter" --upper "$upper" trixie cat /etc/new
	[ "$output" = new ]
	[ -e "$BATS_TEST_TMPDIR/new" ]
	run -1 "$enter" trixie cat /etc/new
	run -1 "$enter" trixie touch /postctl/new
	run -0 "$enter" --copy trixie sh -c 'echo new >/etc/new; stat -f -c %T /'
	[ "$output" = tmpfs ]
	run -1 "$enter" --copy trixie cat /etc/new
}

@test "it cannot reach the machine: clock, kernel settings, processes, network" {
	run -0 "$enter" trixie sh -c '
		if date -s 2001-01-01; then exit 1; fi
		if echo 1 >/proc/sys/kernel/panic; then exit 1; fi
		set -- /proc/[0-9]*
		[ "$*" = "/proc/1 /proc/$$" ] && [ "$(ls /sys/class/net)" = lo ]'
}

@test "no mount and no process is left, however it ends" {
	before=$(cat /proc/self/mountinfo)
	run -0 "$enter" trixie sh -c "sleep $mark & true"
	run ! marked
	for signal in TERM INT HUP KILL; do
		env --default-signal=TERM,INT,HUP setpriv --pdeathsig KILL "$enter" trixie sh -c "sleep $mark & sleep $mark" 3>&- &
		wait_for marked
		entered=$!
		kill -s "$signal" "$entered"
		# bash sleeps on if a signal comes in the very moment before it waits: whoever types ^C types it again.
		(sleep 5 && kill -s "$signal" "$entered") 2>/dev/null 3>&- &
		status=0
		wait "$entered" || status=$?
		kill $! 2>/dev/null || :
		[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
		[ "$signal" != KILL ] || wait_for eval '! marked'
		run ! marked
	done
	[ "$(cat /proc/self/mountinfo)" = "$before" ]
}

@test "sysvinit boots and shuts down in it, with the init scripts in their order" {
	run -5 "$enter" --boot trixie sh -c 'cat /proc/1/comm; runlevel; postfix status; exit 5'
	printf '%s\n' "$output"
	order=$(grep -oE '^init$|N 2$|(Starting|Stopping) (enhanced|the Postfix)|mail system is running|Will now halt' <<<"$output" | uniq)
	[ "$order" = "Starting enhanced
Starting the Postfix
init
N 2
mail system is running
Stopping the Postfix
Stopping enhanced
Will now halt" ]
}

@test "two builds of one root at a time: one builds, the other waits; an interrupted one leaves nothing" {
	# A cache of its own and a stand-in for mmdebstrap: this is about locks and names, not about packages.
	export POSTCTL_TEST_CACHE=$BATS_TEST_TMPDIR/cache PATH=$BATS_TEST_TMPDIR:$PATH
	cat >"$BATS_TEST_TMPDIR/mmdebstrap" <<-'END'
		#!/bin/sh
		for root; do :; done
		mkdir "$root"
		sleep "$(cat "$POSTCTL_TEST_CACHE/delay")"
		echo built >>"$POSTCTL_TEST_CACHE/builds"
	END
	chmod +x "$BATS_TEST_TMPDIR/mmdebstrap"
	mkdir "$POSTCTL_TEST_CACHE"
	echo "$mark" >"$POSTCTL_TEST_CACHE/delay"
	"$BATS_TEST_DIRNAME/build" trixie 3>&- &
	wait_for marked
	kill $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 143 ]
	run ! marked
	[ "$(ls "$POSTCTL_TEST_CACHE")" = $'delay\ntrixie.lock\ntrixie.log' ]

	echo 1 >"$POSTCTL_TEST_CACHE/delay"
	"$BATS_TEST_DIRNAME/build" trixie 3>&- &
	run -0 "$BATS_TEST_DIRNAME/build" trixie
	wait $!
	[ "$(wc -l <"$POSTCTL_TEST_CACHE/builds")" -eq 1 ]
}
