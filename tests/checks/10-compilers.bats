#!/usr/bin/env bats
# Compilers: whatever they warn of is a failure.

setup() { cd "$BATS_TEST_DIRNAME/../.." || return; }

# compile NAME ARGUMENT...: builds everything, what is tested and the tests, in a directory of its own. Fails with what was said.
compile() {
	local object=$BATS_FILE_TMPDIR/$1
	shift
	make -s -k OBJ="$object" "$@" >"$BATS_TEST_TMPDIR/said" 2>&1 || { cat "$BATS_TEST_TMPDIR/said" && return 1; }
	[ ! -s "$BATS_TEST_TMPDIR/said" ] || { cat "$BATS_TEST_TMPDIR/said" && return 1; }
}

# Beyond what the Makefile asks of every build. -O2 is part of it: without it some warnings do not come.
both='-O2 -g -Werror -Wcast-qual -Wcast-align -Wpointer-arith -Wold-style-definition -Wmissing-declarations -Wnested-externs
	-Wredundant-decls -Wnull-dereference -Wimplicit-fallthrough -Wdouble-promotion -Wunused -Walloca'
gcc='-Wduplicated-cond -Wlogical-op -Wjump-misses-init -Wformat-overflow=2 -Wformat-truncation=1 -Warray-bounds=2'
clang='-Wcomma -Wassign-enum -Wconditional-uninitialized -Wloop-analysis -Wshift-sign-overflow -Wthread-safety
	-Wunreachable-code-aggressive'

@test "gcc has nothing to warn of" {
	compile gcc CC=gcc CFLAGS="${both//$'\n\t'/ } ${gcc//$'\n\t'/ }" all
}

@test "clang has nothing to warn of" {
	compile clang CC=clang CFLAGS="${both//$'\n\t'/ } ${clang//$'\n\t'/ }" all
}

# What is made of the sources is there already.
@test "neither has anything to warn of in the tests of modules" {
	compile gcc CC=gcc CFLAGS='-O1 -Werror' unit
	compile clang CC=clang CFLAGS='-O1 -Werror' unit
}

@test "gcc -fanalyzer finds nothing but what is listed with a reason" {
	make -s -k OBJ="$BATS_TEST_TMPDIR/analyzer" CC=gcc CFLAGS='-O2 -fanalyzer -fdiagnostics-plain-output' all >"$BATS_TEST_TMPDIR/said" 2>&1
	sed -nE 's/^(src\/[^:]*):[0-9:]* warning: .*\[(-W[^]]*)\]$/\1 \2/p' "$BATS_TEST_TMPDIR/said" | sort -u >"$BATS_TEST_TMPDIR/found"
	cut -d : -f 1 tests/checks/analyzer.exceptions | grep -v '^#' | sort >"$BATS_TEST_TMPDIR/listed"
	run comm -23 "$BATS_TEST_TMPDIR/found" "$BATS_TEST_TMPDIR/listed"
	[ -z "$output" ] || { cat "$BATS_TEST_TMPDIR/said" && false; }
	[ -x "$BATS_TEST_TMPDIR/analyzer/postctl" ]
}
