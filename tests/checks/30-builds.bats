#!/usr/bin/env bats
# Other machines and another C library: the same sources, without a warning, and the tests of modules pass.

setup() {
	[ "${CHECKS-}" = all ] || skip "two builds and all tests of modules twice: CHECKS=all"
	cd "$BATS_TEST_DIRNAME/../.." || return
}

# try NAME CC: builds all with a compiler and runs the tests; what fails is shown.
try() {
	local object=$BATS_TEST_TMPDIR/$1 program said status=0
	make -s -k OBJ="$object" CC="$2" CFLAGS='-O1 -g -Werror' all unit
	"$object/postctl" --version
	for program in "$object"/tests/unit/*_test; do
		# Whether each system call of a sync may be the last is the same here, and takes half a minute.
		case $program in */sync_crash_test) continue ;; esac
		said=$(timeout 120 "$program" 2>&1) || {
			printf '%s:\n%s\n' "$program" "$said" | grep -vE '^ok '
			status=1
		}
	done
	return "$status"
}

@test "32 bits" {
	[ "$(uname -m)" = x86_64 ] || skip "this machine is none of 64 bits that runs programs of 32"
	try m32 'gcc -m32'
}

@test "musl" {
	try musl musl-gcc
}
