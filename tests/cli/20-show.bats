#!/usr/bin/env bats
# `show` of directories that need not belong to this host.

load command-line

setup() { make_configuration; }
teardown() { rm -rf "${public-}"; }

@test "parameters, expanded, with the defaults of the file" {
	run -0 --separate-stderr "$postctl" show "$directory" --defaults "$defaults"
	[[ ! $stderr ]]
	grep -qxF 'queue_directory = /queue' <<<"$output"
	grep -qxF 'data_directory = /queue/data' <<<"$output"
	grep -qxF 'mail_version = 3.7.11' <<<"$output"
	grep -qxF 'empty_address_recipient =' <<<"$output"
	grep -qxF "config_directory = $directory" <<<"$output"
}

@test "-p, --value, --set" {
	run -0 "$postctl" show "$directory" --defaults "$defaults" -p data_directory,queue_directory
	[ "$output" = $'data_directory = /queue/data\nqueue_directory = /queue' ]
	run -0 "$postctl" show "$directory" --defaults "$defaults" -p data_directory -p queue_directory --value
	[ "$output" = $'/queue/data\n/queue' ]
	run -0 "$postctl" show "$directory" --defaults "$defaults" --set
	run ! grep -q mail_version <<<"$output"
	run -0 --separate-stderr "$postctl" show "$directory" --defaults "$defaults" -p no_such_parameter,queue_directory
	[ "$output" = 'queue_directory = /queue' ]
	[[ $stderr = *no_such_parameter:\ unknown\ parameter ]]
}

@test "--services" {
	run -0 "$postctl" show "$directory" --defaults "$defaults" --services
	read -ra words <<<"$output"
	[ "${words[*]:0:10}" = 'smtp inet n - y - - smtpd -o smtpd_banner=a,b' ]
}

@test "--json, with every byte that a file can hold" {
	local bytes
	printf -v bytes '\\%03o' {1..9} {11..35} {37..255} # no newline, no $
	printf 'empty_address_recipient = a%bb\n' "${bytes//\\/\\0}" >>"$directory/main.cf"
	run -0 --separate-stderr "$postctl" show "$directory" --defaults "$defaults" --json
	assert_json
	[[ $output = *'a\u0001\u0002'* && $output = *'!\"#%'* && $output = *'[\\]'* ]]
	printf 'empty_address_recipient = \xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\xa7 \xed\xa0\x80 \xc0\xaf \xf5\x80\x80\x80 \xe2\x82\n' >>"$directory/main.cf"
	run -0 "$postctl" show "$directory" --defaults "$defaults" --json -p empty_address_recipient
	assert_json
	iconv -f UTF-8 -t UTF-8 <<<"$output" >/dev/null
	[[ $output = *é\ €\ 📧\ * ]]
	run -0 "$postctl" show "$directory" --defaults "$defaults" --json --services
	assert_json
	[[ $output = *'"arguments":["-o","smtpd_banner=a,b"]'* ]]
}

@test "several directories; one that cannot be read is named, the others are shown" {
	mkdir "$BATS_TEST_TMPDIR/b"
	run -1 --separate-stderr "$postctl" show "$directory" "$BATS_TEST_TMPDIR/b" "$directory" --defaults "$defaults" -p queue_directory
	[ "$(grep -cxF 'queue_directory = /queue' <<<"$output")" -eq 2 ]
	[[ $stderr = "postctl: open $BATS_TEST_TMPDIR/b/main.cf: No such file or directory" ]]
	run -1 --separate-stderr "$postctl" show "$directory" "$BATS_TEST_TMPDIR/b" --defaults "$defaults" --json
	assert_json
}

@test "a syntax error: file, line and reason" {
	echo 'no equals sign' >>"$directory/main.cf"
	run -1 --separate-stderr "$postctl" show "$directory" --defaults "$defaults"
	assert_message "$directory/main.cf, line 5: missing '=' after attribute name"
	sed -i '$d' "$directory/main.cf"
	echo 'smtp inet n' >>"$directory/master.cf"
	for option in '' --services; do
		# shellcheck disable=SC2086 # perhaps nothing
		run -1 --separate-stderr "$postctl" show "$directory" --defaults "$defaults" $option
		assert_message "$directory/master.cf"
	done
}

@test "without a master.cf the parameters can be shown, the services cannot" {
	rm "$directory/master.cf"
	run -0 "$postctl" show "$directory" --defaults "$defaults" -p queue_directory
	run -1 --separate-stderr "$postctl" show "$directory" --defaults "$defaults" --services
	assert_message "$directory/master.cf: No such file or directory"
}

@test "files that cannot be read" {
	[ "$EUID" -ne 0 ] || as=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
	# Out of bats' own directory, which nobody may enter.
	public=$(mktemp -d)
	chmod 755 "$public"
	cp -r "$directory" "$defaults" "$public"
	directory=$public/a defaults=$public/defaults
	chmod 755 "$directory"
	chmod 644 "$defaults"
	chmod 600 "$directory/main.cf"
	[ "$EUID" -eq 0 ] || chmod 000 "$directory/main.cf"
	"${as[@]}" test -x "$postctl" -a -r "$defaults" || skip "nobody may not get that far"
	run -1 --separate-stderr "${as[@]}" "$postctl" show "$directory" --defaults "$defaults"
	assert_message "open $directory/main.cf: Permission denied"
	rm "$directory/main.cf"
	mkdir "$directory/main.cf"
	run -1 --separate-stderr "$postctl" show "$directory" --defaults "$defaults"
	assert_message "$directory/main.cf: Is a directory"
	for file in "$BATS_TEST_TMPDIR/none" "$BATS_TEST_TMPDIR" /dev/null; do
		run --separate-stderr "$postctl" show "$directory" --defaults "$file"
		# shellcheck disable=SC2154 # set by bats
		[[ $status = 1 && ! $output && $stderr ]]
	done
}

@test "endless and huge files end" {
	ln -sf /dev/zero "$directory/main.cf"
	run -1 --separate-stderr timeout 20 "$postctl" show "$directory" --defaults "$defaults"
	[[ ! $output ]]
	rm "$directory/main.cf"
	mkfifo "$directory/main.cf"
	run --separate-stderr timeout 20 "$postctl" show "$directory" --defaults "$defaults"
	# shellcheck disable=SC2154 # set by bats
	[ "$status" -ne 124 ]
}
