#!/usr/bin/env bats
# Address and undefined behaviour sanitizers: the tests of modules and of the command line do nothing that C forbids.

bats_require_minimum_version 1.5.0
load unit

setup() { cd "$BATS_TEST_DIRNAME/../.." || return; }

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	make -s SANITIZE=1 OBJ="$BATS_FILE_TMPDIR/obj" CFLAGS='-O1 -g' all unit 3>&-
	mkdir -m 1777 "$BATS_FILE_TMPDIR/said"
	# Whoever becomes somebody else can write there, too.
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/file" "$BATS_FILE_TMPDIR"
	export ASAN_OPTIONS=exitcode=99:log_path=$BATS_FILE_TMPDIR/said/log:allocator_may_return_null=1
	export UBSAN_OPTIONS=print_stacktrace=1:log_path=$BATS_FILE_TMPDIR/said/log
	export POSTCTL=$BATS_FILE_TMPDIR/obj/postctl
}

# silent: no process had anything to say.
silent() {
	cat "$BATS_FILE_TMPDIR"/said/* 2>/dev/null | head -n 100 >"$BATS_TEST_TMPDIR/said" || :
	rm -f "$BATS_FILE_TMPDIR"/said/*
	[ ! -s "$BATS_TEST_TMPDIR/said" ] || { cat "$BATS_TEST_TMPDIR/said" && return 1; }
}

@test "what the sanitizers find is seen here" {
	printf '%s\n' '#include <stdlib.h>' 'int main(int count, char **words)' '{' 'char *p = malloc(count); (void)words; return p[count]; }' \
		>"$BATS_TEST_TMPDIR/bad.c"
	gcc -O0 -fsanitize=address,undefined -o "$BATS_TEST_TMPDIR/bad" "$BATS_TEST_TMPDIR/bad.c"
	run -99 "$BATS_TEST_TMPDIR/bad"
	run ! silent
}

@test "the tests of modules" {
	local program
	for program in $(unit_tests "$BATS_FILE_TMPDIR/obj"); do
		timeout 300 "$program" >/dev/null 2>&1 || :
		silent || { echo "by ${program##*/}" && return 1; }
	done
}

@test "the tests of the command line" {
	bats --tap tests/cli >/dev/null 2>&1 || :
	"$POSTCTL" --version
	silent
}
