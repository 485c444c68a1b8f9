#!/usr/bin/env bats
# Unusual names, and every way in which multi_instance_directories can be written.

load helpers/load

long=n23456789012345678901234567890123456789012345678901234567890
names=('a@b' 'a.b' 'a%b' 'a+b' 'a-b-c' 'a:b' 'a=b' 'a!b' 'a_b' "$long" '-n' 'out.service' 'X@postfix@y' 'postfix-twice')

setup_file() {
	local name i=0
	start_syslog
	fresh_postfix
	for name in "${names[@]}"; do
		new_instance "$name" chroot=n
		set_main "$name" "myhostname = h$((++i)).example.org"
	done
	new_instance nameless chroot=y
	sed -i '/^multi_instance_name/d' /etc/postfix-nameless/main.cf
	back_date /etc/postfix-nameless/main.cf
	cp -p /etc/postfix/main.cf /tmp/main.cf
}

teardown() {
	diagnose_failure
	cp -p /tmp/main.cf /etc/postfix/main.cf
	rm -rf /etc/postfix-odd*
}

teardown_file() { stop_everything; }

# label NAME: what postctl calls it. new_instance drops a "postfix-" from directories, not from names.
label() {
	case $1 in
	-) echo - ;;
	nameless) echo /etc/postfix-nameless ;;
	*) echo "postfix-$1" ;;
	esac
}

# listed WORD...: the first column of what these words select.
listed() {
	try postctl list -- "$@" >/dev/null
	grep -v '^INSTANCE' <<<"$output" | grep -o '^[^ ]*' | paste -sd ' '
}

@test "postmulti has the same instances" {
	expect 0 postmulti -l
	[ "$(wc -l <<<"$output")" -eq $((${#names[@]} + 2)) ]
	theirs=$(awk '{ print $1 == "-" && $4 != "/etc/postfix" ? $4 : $1, $4 }' <<<"$output")
	expect 0 postctl list
	[ "$(tail -n +2 <<<"$output" | awk '{ print $1, $4 }')" = "$theirs" ]
}

@test "all start, restart, reload, deliver and stop" {
	expect 0 postctl start
	expect 0 postctl restart -- 'a@b' 'a%b' "$long" -n nameless
	expect 0 postctl reload -- 'a=b' 'X@postfix@y' -n nameless
	one_master - "${names[@]}" nameless
	for name in - 'a@b' 'a%b' 'a:b' "$long" '-n' nameless; do
		deliver "$name" alice
	done
	expect 0 postctl status
	assert_output '^/etc/postfix-nameless +running'
	for name in "${names[@]}"; do
		grep -qE "^$(label "${name//[.+]/.}") +running" <<<"$output" || fail "$name is not shown"
	done
	expect 0 --separate-stderr postctl status --json
	assert_json
	try strace -f -qq -o /tmp/trace -e trace=process postctl start
	assert_status 0
	[ "$(grep -c execve /tmp/trace)" -eq 1 ]
	expect 0 postctl stop
	no_program_of_postfix
}

@test "each can be addressed in every way" {
	local name
	for name in "${names[@]}"; do
		# Whoever is called postfix-postfix-twice has the short name postfix-twice.
		for word in "$name" "postfix-$name" "postfix@$name.service" "$(config_dir "$name")" "$(config_dir "$name")/"; do
			[ "$(listed "$word")" = "$(label "$name")" ] || fail "$word selects $(listed "$word")"
		done
		# ... without .service only where the name has none of its own.
		[[ $name = *.service ]] || [ "$(listed "postfix@$name")" = "$(label "$name")" ] || fail "postfix@$name selects $(listed "postfix@$name")"
	done
	for word in - postfix@- postfix@-.service /etc/postfix /etc/postfix/; do
		[ "$(listed "$word")" = - ]
	done
	for word in nameless postfix-nameless postfix@nameless /etc/postfix-nameless; do
		[ "$(listed "$word")" = /etc/postfix-nameless ]
	done
}

@test "a nameless secondary is never taken for the primary" {
	expect 0 postctl start - nameless
	expect 0 postctl stop -
	no_process_of -
	one_master nameless
	expect 0 postctl stop /etc/postfix-nameless
	expect 0 postctl disable nameless
	[ "$(get_main nameless multi_instance_enable)" = no ]
	[ "$(get_main - multi_instance_enable)" = yes ]
	back_date /etc/postfix*/main.cf
	expect 0 postctl enable /etc/postfix-nameless
	[ "$(get_main nameless multi_instance_enable)" = yes ]
	back_date /etc/postfix*/main.cf
}

@test "enable and disable of unusual names" {
	for name in 'a@b' '-n'; do
		expect 0 postctl disable -- "$name"
		[ "$(get_main "$name" multi_instance_enable)" = no ]
		expect 0 postctl enable -- "$name"
		[ "$(get_main "$name" multi_instance_enable)" = yes ]
		back_date /etc/postfix*/main.cf
	done
}

@test "globs select what they match, and nothing else" {
	local glob wanted
	while read -r glob wanted; do
		[ "$(listed "$glob")" = "$wanted" ] || fail "$glob selects $(listed "$glob")"
	done <<-END
		a?b postfix-a@b postfix-a.b postfix-a%b postfix-a+b postfix-a:b postfix-a=b postfix-a!b postfix-a_b
		a[.+]b postfix-a.b postfix-a+b
		postfix-a[!a-z]b postfix-a@b postfix-a.b postfix-a%b postfix-a+b postfix-a:b postfix-a=b postfix-a!b postfix-a_b
		n2* postfix-$long
		*@* postfix-a@b postfix-X@postfix@y
		out.* postfix-out.service
		[-] -
	END
	expect 2 postctl list 'z*'
	expect 2 postctl list ''
	expect 2 postctl list 'postfix@'
	expect 2 postctl list /etc/postfix-
	expect 2 postctl list 'a@b' 'z*'
}

@test "the list of directories: blanks, tabs, commas, lines, comments, variables" {
	local value
	while IFS= read -r value; do
		cp -p /tmp/main.cf /etc/postfix/main.cf
		sed -i '/^multi_instance_directories/d' /etc/postfix/main.cf
		printf '%b\n' "$value" >>/etc/postfix/main.cf
		back_date /etc/postfix/main.cf
		[ "$(listed)" = '- postfix-a@b postfix-a.b' ] || fail "$value: $(listed)"
		expect 0 --separate-stderr postmulti -l
		[ "$(awk '{ print $4 }' <<<"$output")" = $'/etc/postfix\n/etc/postfix-a@b\n/etc/postfix-a.b' ]
	done <<-'END'
		multi_instance_directories = /etc/postfix-a@b /etc/postfix-a.b
		multi_instance_directories=/etc/postfix-a@b,/etc/postfix-a.b
		multi_instance_directories = /etc/postfix-a@b,\n\t/etc/postfix-a.b
		multi_instance_directories =\n  /etc/postfix-a@b\n# a comment\n\n  # another\n  /etc/postfix-a.b
		multi_instance_directories = ,, /etc/postfix-a@b \t,\t , /etc/postfix-a.b,,
		multi_instance_directories = /etc/none\nmulti_instance_directories = /etc/postfix-a@b /etc/postfix-a.b
		d = /etc/postfix\nmulti_instance_directories = $d-a@b ${d}-a.b
		multi_instance_directories = ${none?/etc/none}${none:/etc/postfix-a@b} $(none:/etc/postfix-a.b)
		multi_instance_directories = /etc/postfix-a@b /etc/postfix-a.b\r
	END
}

@test "a copy that still has the name of what it was made of goes by its directory" {
	local before
	rm -rf /etc/postfix-odd
	cp -a /etc/postfix-a.b /etc/postfix-odd
	set_main odd 'queue_directory = /var/spool/postfix-odd' 'data_directory = /var/lib/postfix-odd'
	set_main - 'multi_instance_directories = /etc/postfix-a.b /etc/postfix-odd'
	mkdir -p /var/spool/postfix-odd
	[ "$(listed postfix-a.b)" = postfix-a.b ]
	[ "$(listed odd)" = /etc/postfix-odd ]
	expect 1 postctl start
	assert_output '^postctl: /etc/postfix-odd: multi_instance_name = postfix-a.b conflicts with instance postfix-a.b'
	assert_output '^postfix-a.b: started'
	expect 3 postctl status
	assert_output '^/etc/postfix-odd +damaged'
	# What runs there is not what the name means.
	set_main odd 'multi_instance_name = postfix-odd' 'myhostname = odd.example.org'
	set_master odd 2599 n
	expect 0 postctl start odd
	set_main odd 'multi_instance_name = postfix-a.b'
	before=$(master_of odd)
	expect 0 postctl stop a.b
	[ "$(master_of odd)" = "$before" ]
	expect 0 postctl stop odd
	expect 0 postctl stop
	rm -rf /var/spool/postfix-odd /var/lib/postfix-odd
}

@test "what is wrong in the list is a row, and keeps nobody from working" {
	local directory words
	echo >/etc/postfix-odd-file
	mkdir -p /etc/postfix-odd-empty /etc/postfix-odd-fifo /etc/postfix-odd-dir/main.cf
	mkfifo /etc/postfix-odd-fifo/main.cf # nobody waits for it
	ln -s nowhere /etc/postfix-odd-link
	ln -s postfix-odd-loop /etc/postfix-odd-loop
	set_main - 'multi_instance_directories = /etc/postfix-a@b /etc/postfix-odd-none /etc/postfix-odd-file /etc/postfix-odd-empty
		/etc/postfix-odd-link /etc/postfix-odd-loop /etc/postfix-odd-fifo /etc/postfix-odd-dir relative/postfix $none/x
		/etc/postfix-a@b /etc/postfix /etc/postfix-a.b'
	LIMIT=10 expect 3 postctl status
	assert_output '^postfix: 0 of 12 enabled instances running$' # those that are listed again are not counted again
	while IFS='|' read -r directory words; do
		grep -A1 "^$directory " <<<"$output" | grep -qE "^ +.*$words" || fail "not as it should be: $directory"
	done <<-'END'
		/etc/postfix-odd-none|open /etc/postfix-odd-none/main.cf: No such file
		/etc/postfix-odd-file|Not a directory
		/etc/postfix-odd-empty|open /etc/postfix-odd-empty/main.cf: No such file
		/etc/postfix-odd-link|No such file
		/etc/postfix-odd-loop|Too many levels of symbolic links
		/etc/postfix-odd-fifo|/etc/postfix-odd-fifo/main.cf
		/etc/postfix-odd-dir|/etc/postfix-odd-dir/main.cf: Is a directory
		relative/postfix|not an absolute path
		/x|open /x/main.cf: No such file
	END
	LIMIT=20 expect 1 postctl start
	[ "$(grep -c ': started (process' <<<"$output")" -eq 3 ]
	one_master - 'a@b' a.b
	expect 1 postctl check
	assert_output 'lists /etc/postfix-a@b again'
	[ "$(grep -c '^relative/postfix: ' <<<"$output")" -eq 1 ]
	expect 0 postctl stop
	no_program_of_postfix

	set_main - 'multi_instance_directories = /etc/postfix-a@b /etc/postfix-a@b/'
	expect 1 postctl start
	assert_output '^postctl: /etc/postfix-a@b/: .* conflicts with instance postfix-a@b'
	one_master 'a@b'
	expect 0 postctl stop
}
