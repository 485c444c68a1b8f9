#!/usr/bin/env bats
# Linters. Their exceptions are in this directory, with reasons; a single one is where it is needed.

setup() { cd "$BATS_TEST_DIRNAME/../.." || return; }

# Shell scripts: by their first line, or by a name that other scripts read in.
scripts() {
	find .ci debian init.d src/doc tests -type f -not -path '*/fixtures/*' -print0 | sort -z | while IFS= read -r -d '' file; do
		if [[ $file = *.@(bash|bats|sh) ]] || head -n 1 -- "$file" | grep -aqE '^#!.*\b(ba|da)?sh$|^# shellcheck shell='; then
			printf '%s\0' "$file"
		fi
	done
}

@test "shellcheck has nothing to say of any script" {
	[ "$(scripts | tr -dc '\0' | wc -c)" -gt 80 ]
	scripts | xargs -0 shellcheck --
}

@test "cppcheck has nothing to say" {
	make -s obj/state/init_script_template.h
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability,performance --inline-suppr --max-configs=20 \
		-D_GNU_SOURCE -Isrc -Iobj src
}

# The static analyzer follows each function for so many steps; a tenth of its own limit takes a fifth of the time. CHECKS=all
# takes the whole.
@test "clang-tidy has nothing to say" {
	local steps=()
	[ "${CHECKS-}" = all ] || steps=(--extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=max-nodes=20000)
	make -s obj/state/init_script_template.h
	clang-tidy --quiet --config-file=tests/checks/clang-tidy "${steps[@]}" src/*.c src/*/*.c -- \
		-std=c11 -D_GNU_SOURCE -DPOSTCTL_VERSION='"lint"' -Isrc -Iobj
}
