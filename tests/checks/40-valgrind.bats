#!/usr/bin/env bats
# valgrind: no memory is read before it is written, or after it is given back, or lost.

load unit

setup() { cd "$BATS_TEST_DIRNAME/../.." || return; }

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	make -s all unit 3>&-
	export VALGRIND="valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect
		--show-leak-kinds=definite,indirect --suppressions=tests/checks/valgrind.suppressions --log-file=$BATS_FILE_TMPDIR/log.%p"
}

# silent: valgrind had nothing to say, of the programs and of their children; but that it does not know openat2(2) and some
# ioctl(2) yet.
silent() {
	compgen -G "$BATS_FILE_TMPDIR/log.*" >/dev/null
	cat "$BATS_FILE_TMPDIR"/log.* | grep -vE '^--|Warning: noted but unhandled|This could cause spurious|See README_MISSING' \
		>"$BATS_FILE_TMPDIR/said" || :
	rm -f "$BATS_FILE_TMPDIR"/log.*
	[ ! -s "$BATS_FILE_TMPDIR/said" ] || { head -n 100 "$BATS_FILE_TMPDIR/said" && return 1; }
}

@test "what valgrind finds is seen here" {
	printf '%s\n' '#include <stdlib.h>' 'int main(int count, char **words)' '{' 'char *p = malloc(count); (void)words; return p[0] ? 1 : 2; }' \
		>"$BATS_TEST_TMPDIR/bad.c"
	gcc -O0 -g -o "$BATS_TEST_TMPDIR/bad" "$BATS_TEST_TMPDIR/bad.c"
	# shellcheck disable=SC2086 # words
	run $VALGRIND "$BATS_TEST_TMPDIR/bad"
	[ "$status" -eq 99 ]
	run silent
	[ "$status" -eq 1 ]
	[[ $output = *'depends on uninitialised value'*'definitely lost'* ]]
}

# Whether they pass is asked elsewhere: without openat2(2), and as slowly, some do not.
@test "the tests of modules" {
	local program
	for program in $(unit_tests obj); do
		# It measures what a long expansion takes.
		[[ ${CHECKS-} = all || $program != */expand_test ]] || continue
		# Its child is traced, and valgrind with it.
		[[ $program != */sync_crash_test ]] || continue
		# shellcheck disable=SC2086 # words
		timeout 300 $VALGRIND "$program" >/dev/null 2>&1 || [ "$?" -ne 124 ]
		silent || { echo "by ${program##*/}" && return 1; }
	done
}

# With what the machine has: main.cf files of tests, no Postfix.
@test "verbs that only look" {
	local directory verb
	directory=$BATS_TEST_TMPDIR/configuration
	mkdir "$directory"
	printf '%s\n' "queue_directory = $directory/queue" 'myhostname = a.example' 'mydestination = $myhostname, $nosuch' \
		'alias_maps = hash:/etc/aliases, ${{$compatibility_level} >=level {3.6} ? {lmdb:/a} : {hash:/b}}' >"$directory/main.cf"
	printf '%s\n' 'smtp inet n - y - - smtpd' ' -o smtpd_tls_wrappermode=yes' 'qmgr unix n - n 300 1 qmgr' >"$directory/master.cf"
	for verb in --help --version list status 'status --json' 'status --openmetrics' check chroot "show $directory" \
		"show $directory --services" 'is-active nosuch' 'start --dry-run' 'nosuch' '--nosuch'; do
		# shellcheck disable=SC2086 # words
		timeout 60 $VALGRIND obj/postctl $verb >/dev/null 2>&1 || [ "$?" -lt 99 ]
		silent || { echo "by postctl $verb" && return 1; }
	done
}
