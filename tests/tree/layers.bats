#!/usr/bin/env bats
# The order of the modules, which src/main.c describes, is kept.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../../src" || return
	layers=(base postfix process chroot state control cli)
}

# The place of a directory in that order.
rank() {
	local i
	for i in "${!layers[@]}"; do
		[ "${layers[i]}" = "$1" ] && echo "$i" && return
	done
	echo "not a layer: $1" >&2
	return 1
}

@test "no module includes one of a layer below it" {
	local file header wrong=
	for file in */*.[ch]; do
		while read -r header; do
			if [ "$(rank "${header%%/*}")" -gt "$(rank "${file%%/*}")" ]; then
				wrong+="$file includes $header"$'\n'
			fi
		done < <(sed -n 's/^#include "\(.*\)"$/\1/p' "$file")
	done
	echo "$wrong"
	[ -z "$wrong" ]
}

@test "every directory of src that holds code is a layer, and main.c names it" {
	local directory
	for directory in */; do
		compgen -G "$directory*.c" >/dev/null || continue
		rank "${directory%/}"
		grep -q "^ \*   $directory " main.c
	done
}

@test "every header stands alone" {
	local header
	for header in */*.h; do
		"${CC:-cc}" -std=c11 -D_GNU_SOURCE -I. -Wall -Werror -fsyntax-only -x c "$header"
	done
}

@test "only cli/ and main.c print or end the program" {
	run ! grep -nP '\b(printf|puts|putchar|exit|perror|warn|err)\((?!\d)' \
		base/*.c postfix/*.c process/*.c chroot/*.c state/*.c control/*.c
}

@test "every descriptor is opened close-on-exec" {
	run ! bash -c "cat */*.c | tr '\n' ' ' | grep -oP '\W(open|openat)\((?!\d)[^;]*;' |
		grep -v O_CLOEXEC"
}

@test "no variable-length arrays, alloca or fixed path buffers" {
	run ! grep -nE '\balloca\(|PATH_MAX' ./*/*.c
}
