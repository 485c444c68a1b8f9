# shellcheck shell=bash
# For files that run the tests of modules in another way: `load unit`.

# unit_tests OBJECT: those that were built there. Not whether each system call of a sync may be the last, unless CHECKS=all: a
# process for each, and half a minute.
unit_tests() {
	local program
	for program in "$1"/tests/unit/*_test; do
		[[ ${CHECKS-} != all && $program = */sync_crash_test ]] || printf '%s\n' "$program"
	done
}
