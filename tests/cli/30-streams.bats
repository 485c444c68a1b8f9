#!/usr/bin/env bats
# Standard input, output and error that are closed, full, or read by nobody.

load command-line

setup() { make_configuration; }

@test "an answer that could not be written whole is a failure, and said to be one" {
	for words in --help --version "show $directory --defaults $defaults" "show $directory --defaults $defaults --json"; do
		run -1 bash -c "'$postctl' $words 2>&1 >/dev/full"
		[ "$output" = 'postctl: cannot write to standard output' ]
	done
}

@test "a reader that goes away is no crash" {
	for _ in {1..20}; do
		run bash -c "set -o pipefail; '$postctl' --help 2>/dev/null | true"
		# shellcheck disable=SC2154 # set by bats
		((status == 0 || status == 1))
	done
}

@test "closed descriptors: the exit status is the same, and no file gets what was meant for them" {
	local closed
	for closed in '<&-' '2>&-' '<&- 2>&-' '>&-' '<&- >&- 2>&-'; do
		cp -r "$directory" "$BATS_TEST_TMPDIR/b"
		run -0 bash -c "'$postctl' show '$directory' --defaults '$defaults' $closed"
		[[ $closed = *'>&-'* && $closed != '2>&-' && $closed != '<&- 2>&-' ]] || [[ $output = *queue_directory* ]]
		run -1 bash -c "'$postctl' show /nowhere --defaults '$defaults' $closed"
		run -3 bash -c "'$postctl' bogus $closed"
		run -2 bash -c "'$postctl' status --bogus $closed"
		diff -r "$directory" "$BATS_TEST_TMPDIR/b"
		rm -r "$BATS_TEST_TMPDIR/b"
	done
}

@test "standard error that is full: the exit status is what it would have been" {
	run -3 bash -c "'$postctl' bogus 2>/dev/full"
	run -1 bash -c "'$postctl' show /nowhere --defaults '$defaults' 2>/dev/full"
}

@test "no environment at all, and a hostile one" {
	run -0 env -i "$postctl" show "$directory" --defaults "$defaults" -p queue_directory
	[ "$output" = 'queue_directory = /queue' ]
	run -0 env MAIL_CONFIG=/nowhere POSIXLY_CORRECT=1 LC_ALL=xx_XX TZ=:/dev/zero COLUMNS=1 \
		"$postctl" show "$directory" --defaults "$defaults" -p queue_directory
	[ "$output" = 'queue_directory = /queue' ]
	run -0 bash -c "cd '$directory' && rmdir '$BATS_TEST_TMPDIR/gone' 2>/dev/null; mkdir '$BATS_TEST_TMPDIR/gone' && cd '$BATS_TEST_TMPDIR/gone' &&
		rmdir '$BATS_TEST_TMPDIR/gone' && exec '$postctl' show '$directory' --defaults '$defaults' -p queue_directory"
	[ "$output" = 'queue_directory = /queue' ]
}

@test "no argument at all, not even the program's name" {
	command -v perl >/dev/null || skip "needs perl"
	run -2 perl -e 'exec {$ARGV[0]} ()' "$postctl"
}

@test "a word of the command line cannot write to the terminal" {
	run ! --separate-stderr "$postctl" $'\033[31mstop'
	[[ $stderr = *'unknown verb "?[31mstop"'* ]]
}
