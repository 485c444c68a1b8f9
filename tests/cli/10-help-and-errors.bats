#!/usr/bin/env bats
# What is asked for, and what cannot be meant.

load command-line

verbs='start stop restart try-restart condrestart reload force-reload status list is-active is-enabled check sync chroot log-sockets show flush
	abort enable disable'

@test "--help: all verbs, all options, the exit statuses, on standard output" {
	for words in --help -h 'status --help --json' 'help --help'; do
		# shellcheck disable=SC2086 # words
		run -0 --separate-stderr "$postctl" $words
		[[ $output = Usage:* && ! $stderr ]]
	done
	run -0 "$postctl" --help
	for verb in $verbs; do
		grep -qE "^  $verb +[a-z]" <<<"$output"
	done
	for option in group jobs dry-run json timeout quiet verbose help version; do
		grep -qE "^  .*--$option" <<<"$output"
	done
	grep -qE '^Exit status: 0 done, 1 failed' <<<"$output"
	# It fits a terminal.
	[ "$(wc -L <<<"$output")" -le 80 ]
}

@test "VERB --help: that verb and its options" {
	for verb in $verbs; do
		run -0 "$postctl" "$verb" --help
		grep -qE "^Usage: postctl $verb " <<<"$output"
		run -0 "$postctl" --help "$verb"
		grep -qE "^Usage: postctl $verb " <<<"$output"
	done
	run -0 "$postctl" show --help
	grep -q -e --defaults <<<"$output"
	run -0 "$postctl" start --help
	run ! grep -q -e --defaults <<<"$output"
}

@test "--version" {
	run -0 "$postctl" --version
	[[ $output =~ ^postctl\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

# exit status | words | message
table='
2 | | no verb; "postctl --help" lists them
2 | -q | no verb
3 | bogus | unknown verb "bogus"; "postctl --help" lists them
3 | bogus start | unknown verb "bogus"
3 | Start | unknown verb "Start"
3 | start\ | unknown verb
3 | -- --version | unknown verb "--version"
2 | --bogus | unknown option.*--bogus
2 | start --bogus | unknown option.*--bogus
2 | start -Z | unknown option -Z
2 | start -qZ | unknown option -Z
2 | bogus --bogus | unknown option
2 | start --jobs | needs an argument|without an argument
2 | start -j | option -j needs an argument
2 | start --jobs= | whole number
2 | start -j 0 | --jobs takes a whole number from 1 to 1000, not "0"
2 | start -j -1 | not "-1"
2 | start -j 1.5 | not "1.5"
2 | start -j 1001 | not "1001"
2 | start -j two | not "two"
2 | start -j 1x | not "1x"
2 | start -j nan | not "nan"
2 | start --timeout | argument
2 | start --timeout 0 | --timeout takes seconds, not "0"
2 | start --timeout -1 | not "-1"
2 | start --timeout x | not "x"
2 | start --timeout nan | not "nan"
2 | start --timeout inf | not "inf"
2 | start --timeout 1e9 | not "1e9"
2 | start --timeout 5s | not "5s"
2 | start -g | option -g needs an argument
2 | start --json | this verb does not take --json
2 | stop --property x | this verb does not take --property
2 | status --dry-run | this verb does not take --dry-run
2 | status --timeout 5 | this verb does not take --timeout
2 | status --defaults x | this verb does not take --defaults
2 | list -j 2 | this verb does not take --jobs
2 | show -n | this verb does not take --dry-run
2 | enable -j 2 x | this verb does not take --jobs
2 | start --help=x | --help
'

@test "what cannot be meant: the exit status, one line on standard error, nothing is done" {
	local wanted words pattern bad=0
	while IFS='|' read -r wanted words pattern; do
		[[ $wanted ]] || continue
		read -r pattern <<<"$pattern"
		read -ra words <<<"$words"
		run --separate-stderr "$postctl" "${words[@]}"
		# shellcheck disable=SC2154 # set by bats
		((status == wanted)) && assert_message "$pattern" && continue
		echo "== postctl ${words[*]}: status $status, not $wanted"
		((++bad))
	done <<<"$table"
	((bad == 0))
}

@test "empty words and words with anything in them" {
	run -3 --separate-stderr "$postctl" ''
	assert_message 'unknown verb ""'
	run -3 --separate-stderr "$postctl" $'a b%s%n\e[31m'
	assert_message 'unknown verb'
	run -3 "$postctl" "$(printf 'x%.0s' {1..100000})"
}

@test "not root: only what changes something is refused, and before anything else is looked at" {
	[ "$EUID" -ne 0 ] || as=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
	[ "$EUID" -ne 0 ] || "${as[@]}" test -x "$postctl" || skip "nobody may not execute $postctl"
	for verb in start stop restart try-restart condrestart reload force-reload sync log-sockets flush abort enable disable scripts; do
		run -4 --separate-stderr "${as[@]}" "$postctl" "$verb" bogus
		assert_message "^postctl: only root can run \"postctl $verb\"; "
	done
	for verb in status list is-active is-enabled check chroot show; do
		run --separate-stderr "${as[@]}" "$postctl" "$verb"
		# shellcheck disable=SC2154 # set by bats
		[[ $status != 4 && $stderr != *'only root can'* ]]
	done
}
