# shellcheck shell=bash disable=SC2034 # work is for those who read this file in
# A directory, work, that goes when we end, in memory where that can be; and with_token, so that no more runs at a time than there
# are processors (or JOBS): the right to use one is a byte in a pipe, which all suites of tests/run share. See tests/real/run.

work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'kill $(jobs -pr) 2>/dev/null || :; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [[ ! ${POSTCTL_TEST_TOKENS-} ]]; then
	POSTCTL_TEST_TOKENS=$work/tokens
	mkfifo "$POSTCTL_TEST_TOKENS"
	exec 5<>"$POSTCTL_TEST_TOKENS"
	head -c "${JOBS:-$(nproc)}" /dev/zero | tr '\0' . >&5
else
	exec 5<>"$POSTCTL_TEST_TOKENS"
fi

# with_token COMMAND...: runs COMMAND when it is our turn.
with_token() {
	local status=0
	read -r -N 1 -u 5
	"$@" 5<&- || status=$?
	printf . >&5
	return "$status"
}
