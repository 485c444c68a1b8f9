# shellcheck shell=bash
# Is it JSON?  Neither the roots nor every developer's machine have a program that could tell.

# is_json: standard input is one value of RFC 8259 and nothing else. Each string becomes the byte 1, every other atom the
# byte 2; then what is made of these becomes 2, as long as there is any.
is_json() {
	local text reduced
	text=$(cat)
	[[ $text != *[$'\1\2']* ]] || return
	reduced=$(LC_ALL=C sed -E -z '
		s/"([^"\\[:cntrl:]]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/\x01/g
		s/(^|[][{},:[:space:]])(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null)\b/\1\x02/g
		s/[ \t\r\n]+//g
		:again
		s/\{(\x01:[\x01\x02](,\x01:[\x01\x02])*)?\}/\x02/g
		s/\[([\x01\x02](,[\x01\x02])*)?\]/\x02/g
		t again' <<<"$text" | tr -d '\0')
	[[ $reduced = [$'\1\2'] ]]
}

# assert_json: $output is JSON.
assert_json() {
	# shellcheck disable=SC2154 # set by bats
	is_json <<<"$output" || { echo "not JSON: $output" >&2 && return 1; }
}
