# shellcheck shell=bash disable=SC2154 # status and output are set by bats
# Running commands and judging them. Nothing here waits for ever.

fail() {
	printf '%s\n' "$@" >&2
	return 1
}

# try [OPTION OF run]... COMMAND...: bats' `run` with a deadline of LIMIT (60) seconds, and without the descriptors by which
# a daemon that COMMAND leaves behind would keep bats waiting. The output appears in the report if the test fails.
try() {
	local options=()
	while [[ $1 = -* ]]; do
		options+=("$1")
		shift
	done
	run "${options[@]}" detached timeout --kill-after=5 "${LIMIT:-60}" "$@"
	printf '# %s\n%s\n[status %s]\n' "$*" "$output${stderr:+$'\n'$stderr}" "$status"
}

# Not around `run` itself, which reports some things there.
detached() { "$@" </dev/null 3>&- 4>&-; }

# expect STATUS [OPTION OF run]... COMMAND...: COMMAND must end with STATUS.
expect() {
	local wanted=$1
	shift
	try "$@"
	assert_status "$wanted"
}

assert_status() {
	((status == $1)) || fail "wanted exit status $1, got $status"
}

# assert_output PATTERN: some line of the output matches this extended regular expression; refute_output: none does.
assert_output() {
	grep -qE -e "$1" <<<"$output" || fail "no line of the output matches: $1"
}

refute_output() {
	! grep -E -e "$1" <<<"$output" || fail "a line of the output matches: $1"
}

# wait_for SECONDS COMMAND...: until COMMAND (or function) succeeds.
wait_for() {
	local limit=$1 deadline=$((SECONDS + $1 + 1))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < deadline)) || {
			fail "waited $limit s in vain for: $*"
			return
		}
		sleep 0.05
	done
}

# background FILE COMMAND...: its process is $pid, which leads a process group; its output goes to FILE.
background() {
	local file=$1
	shift
	setsid "$@" </dev/null >"$file" 2>&1 3>&- 4>&- &
	# shellcheck disable=SC2034 # for who calls it
	pid=$!
}

# ended PID: waits for it. Sets status.
ended() {
	status=0
	wait_for 90 eval "! kill -0 $1" || return
	wait "$1" || status=$?
}
