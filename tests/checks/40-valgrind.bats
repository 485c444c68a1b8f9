#!/usr/bin/env bats
# valgrind: no memory is read before it is written, or lost, and no descriptor left open.

bats_require_minimum_version 1.5.0

setup() {
	[ "${CHECKS-}" = all ] || skip "several minutes: CHECKS=all"
	cd "$BATS_TEST_DIRNAME/../.." || return
}

setup_file() {
	[ "${CHECKS-}" = all ] || return 0
	cd "$BATS_TEST_DIRNAME/../.." || return
	make -s OBJ="$BATS_FILE_TMPDIR/obj" CFLAGS='-O1 -g' all 3>&-
	export VALGRIND="valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect
		--show-leak-kinds=definite,indirect --log-file=$BATS_FILE_TMPDIR/log.%p"
}

# silent: valgrind had nothing to say, of the programs and of their children; but that it does not know openat2(2) yet.
silent() {
	cat "$BATS_FILE_TMPDIR"/log.* | grep -v '^--' >"$BATS_FILE_TMPDIR/said" || :
	rm -f "$BATS_FILE_TMPDIR"/log.*
	[ ! -s "$BATS_FILE_TMPDIR/said" ] || { head -n 100 "$BATS_FILE_TMPDIR/said" && return 1; }
}

# Whether they pass is asked elsewhere: without openat2(2), and as slowly, some do not.
@test "the tests of modules" {
	local program
	make -s OBJ="$BATS_FILE_TMPDIR/obj" CFLAGS='-O1 -g' unit 3>&-
	for program in "$BATS_FILE_TMPDIR"/obj/tests/unit/*_test; do
		case ${program##*/} in
		# Processes that are traced, and limits of time.
		sync_crash_test | pool_test | child_test | expand_test) continue ;;
		esac
		# shellcheck disable=SC2086 # words
		timeout 300 $VALGRIND "$program" >/dev/null 2>&1 || :
		compgen -G "$BATS_FILE_TMPDIR/log.*" >/dev/null
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
		timeout 60 $VALGRIND --track-fds=no "$BATS_FILE_TMPDIR/obj/postctl" $verb >/dev/null 2>&1 || [ "$?" -lt 99 ]
		silent || { echo "by postctl $verb" && return 1; }
	done
}
