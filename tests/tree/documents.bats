#!/usr/bin/env bats
# What is written agrees with the program: verbs, options, exit statuses.

bats_require_minimum_version 1.8.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	manual=src/doc/postctl.8
}

@test "the manual has each verb of the program, and no other" {
	[ "$(obj/postctl --help | sed -n 's/^  \([a-z][-a-z]*\)  .*/\1/p' | sort)" = \
		"$(sed -n '/^\.Ss Verbs/,/^\.Ss Options/s/^\.It Cm //p' "$manual" | sed 's/ , /\n/g' | sort)" ]
}

@test "the manual has each option of the program, with its letter and argument, and no other" {
	local verb
	program=$(for verb in '' $(obj/postctl --help | sed -n 's/^  \([a-z][-a-z]*\)  .*/\1/p'); do
		# shellcheck disable=SC2086 # none for the first
		obj/postctl $verb --help
	done | sed -nE 's/^  (-(.), |    )--([a-z-]+)( ([A-Z]+))?  .*/\2 \3 \5/p' | tr '[:upper:]' '[:lower:]' | sort -u)
	[ "$program" = "$(sed -nE '/^\.Ss Options/,/^\.Ss Boot/s/^\.It Fl (([a-z]) , Fl )?-([a-z-]+)( Ar ([a-z]+))?$/\2 \3 \5/p' "$manual" | sort -u)" ]
}

@test "the manual has the exit statuses of the program" {
	local numbers
	numbers=$(sed -n 's/^\tEXIT_[A-Z_]* = \([0-9]\),\{0,1\}$/\1/p' src/cli/exit_status.h | sort -u)
	[ "$numbers" = "$(sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/s/^\.It \([0-9]\)$/\1/p' "$manual" | sort -u)" ]
}

@test "the manual pages are good mdoc" {
	command -v mandoc || skip "mandoc is not installed"
	run mandoc -Tlint -Wstyle src/doc/postctl.8 src/doc/postctl-chroot.5
	# Whether other manuals are there depends on the machine.
	# shellcheck disable=SC2143 # "!" would fail no test
	[ -z "$(grep -v 'referenced manual not found\|outdated mandoc.db\|Mdocdate' <<<"$output")" ]
}

@test "each file below /etc and /var that the manual names is in the code, an init script or Postfix's" {
	local path
	while read -r path; do
		grep -rqF "$path" src/*/*.[ch] init.d || { echo "$path" >&2 && return 1; }
	done < <(grep -ohE '^\.It Pa /(etc|run|var)/[^ ]*' "$manual" | sed 's/^\.It Pa //')
}
