#!/usr/bin/env bats
# Other machines and another C library: the same sources, without a warning, and the tests of modules pass.

load unit

setup() { cd "$BATS_TEST_DIRNAME/../.." || return; }

# try NAME CC: builds all with a compiler and runs the tests; what fails is shown.
try() {
	local object=$BATS_TEST_TMPDIR/$1 program said status=0
	make -s -k OBJ="$object" CC="$2" CFLAGS='-O1 -g -Werror' all unit
	"$object/postctl" --version
	for program in $(unit_tests "$object"); do
		said=$(timeout 300 "$program" 2>&1) || {
			printf '%s:\n%s\n' "$program" "$said" | grep -vE '^ok '
			status=1
		}
	done
	return "$status"
}

@test "32 bits" {
	[ "$(uname -m)" = x86_64 ] || skip "this machine is none of 64 bits that runs programs of 32"
	try m32 'gcc -m32'
	readelf -h "$BATS_TEST_TMPDIR/m32/postctl" | grep -q 'Class: *ELF32$'
}

@test "musl" {
	try musl musl-gcc
	readelf -l "$BATS_TEST_TMPDIR/musl/postctl" | grep -q '\[.*/ld-musl-.*\]$'
}
