#!/usr/bin/env bats
# What is written is true: the tutorial, the manual's examples, the table for those who come from systemd, completion.

load helpers/load

doc=/postctl/src/doc

setup_file() { start_syslog; }

setup() { fresh_postfix; }

teardown() { diagnose_failure; }

teardown_file() { stop_everything; }

# Blanks do not count: tables are as wide as what is in them.
squeeze() { tr -s ' ' | sed 's/ $//'; }

# perform FILE: runs the commands of a tutorial ("    # command"), each of which must succeed and print the lines below it.
perform() {
	local line said='' commands=0
	while IFS= read -r line; do
		if [[ $line = '    # '* ]]; then
			back_date /etc/postfix*/*.cf
			try bash -c "${line#    # }"
			assert_status 0 || return
			said=$(squeeze <<<"$output")
			((++commands))
		elif [[ $line = '    '* ]]; then
			read -r line < <(squeeze <<<"$line")
			grep -qF -e "$line" <<<"$said" || fail "not printed: $line" || return
		fi
	done <"$1"
	((commands > 0)) || fail "there is no command in $1"
}

@test "a second instance in five minutes, as the tutorial says" {
	expect 0 postctl start
	perform "$doc/second-instance.md"
	[ ! -e /etc/postfix-out ]
}

@test "the manual's examples work" {
	local command commands=0
	new_instance out chroot=y
	expect 0 postctl start
	while read -r command; do
		try bash -c "$command"
		assert_status 0 || fail "$command"
		((++commands))
	done < <(sed -n 's/^\.Dl //p' "$doc/postctl.8" "$doc/postctl-chroot.5")
	((commands >= 12))
}

@test "the manual's chroot.files works" {
	new_instance out chroot=y
	mkdir -p /usr/local/share/policy
	echo x | tee /etc/postfix-out/senders /usr/local/share/policy/one.txt >/usr/local/share/policy/two
	sed -n '/^\.Bd/,/^\.Ed/p' "$doc/postctl-chroot.5" | grep -v '^\.' >/etc/postfix-out/chroot.files
	expect 0 postctl sync out
	[ -e /var/spool/postfix-out/etc/postfix-out/senders ]
	[ -e /var/spool/postfix-out/usr/local/share/policy/one.txt ]
	[ ! -e /var/spool/postfix-out/usr/local/share/policy/two ]
}

@test "each field of status --json is in the manual, and no other" {
	local told
	new_instance out
	expect 0 postctl start -q
	expect 0 --separate-stderr postctl status --json out
	told=$(sed -n '/^\.Ss JSON/,/^\.Sh ENVIRONMENT/p' "$doc/postctl.8" | grep -oP '^\.(It )?Va \K.*' | sed 's/ , /\n/g' | awk '{ print $1 }' | sort -u)
	[ "$(grep -oE '"[a-z_]+":' <<<"$output" | tr -d '":' | sort -u)" = "$told" ]
}

# What was typed under systemd | what is typed now | what is so before | what is so after, a command
table="
systemctl status 'postfix@*' | postctl status | running | printed ^postfix-out +running
systemctl status postfix@out | postctl status out | running | printed ^ +State: running
journalctl -u postfix@out | postctl status out | running | printed Log:.*postfix-out/
systemctl start postfix@out | service postfix start out | stopped | one_master out
systemctl stop postfix@out | service postfix stop out | running | no_master out && one_master -
systemctl restart postfix@out | service postfix restart out | running | one_master out && replaced out && ! replaced -
systemctl restart 'postfix@*' | service postfix restart | running | one_master - out && replaced out && replaced -
systemctl reload postfix@out | service postfix reload out | running | one_master out && ! replaced out
systemctl try-restart postfix@out | service postfix try-restart out | stopped | no_master out
systemctl kill postfix@out | postctl abort out | running | no_master out && one_master -
systemctl is-active postfix@out | postctl is-active out | running | printed ^active$
systemctl is-failed postfix@out | postctl is-failed out | failed | printed ^failed$
systemctl reset-failed postfix@out | postctl reset-failed out | failed | ! postctl is-failed -q out
systemctl is-enabled postfix@out | postctl is-enabled out | running | printed ^enabled$
systemctl enable postfix@out | postctl enable out | disabled | postctl is-enabled -q out
systemctl enable --now postfix@out | postctl enable out && postctl start out | disabled | postctl is-enabled -q out && one_master out
systemctl disable postfix@out | postctl disable out | running | ! postctl is-enabled -q out && one_master out
systemctl list-units 'postfix@*' | postctl list | running | printed ^postfix-out
systemctl cat postfix@out | postctl show out | running | printed ^queue_directory.=./var/spool/postfix-out
"

# establish STATE of the instance out; the primary runs.
establish() {
	postctl reset-failed -q
	set_main out "multi_instance_enable = $([[ $1 = disabled ]] && echo no || echo yes)"
	case $1 in
	running) expect 0 postctl start -q ;;
	*)
		expect 0 postctl stop -q out
		expect 0 postctl start -q -
		;;
	esac
	[[ $1 != failed ]] || {
		set_main out 'mail_owner = no-such-user'
		expect 1 postctl start out
		set_main out 'mail_owner = postfix'
	}
	masters_of - out >"$BATS_TEST_TMPDIR/before"
}

printed() { grep -qE -e "$1" "$BATS_TEST_TMPDIR/printed"; }
no_master() { [[ $(masters_of "$1") = '' ]]; }
replaced() {
	case $1 in
	-) [[ $(masters_of -) != "$(sed -n 1p "$BATS_TEST_TMPDIR/before")" ]] ;;
	*) [[ $(masters_of "$1") != "$(sed -n 2p "$BATS_TEST_TMPDIR/before")" ]] ;;
	esac
}

@test "each row of the README's table for those who come from systemd" {
	local before now state after rows=0 readme
	new_instance out
	readme=$(sed -n 's/^| `\(\(systemctl\|journalctl\) .*\)` | `\(.*\)` |$/\1 | \3/p' /postctl/README.md)
	[ "$readme" = "$(sed '/^$/d; s/ | [a-z]* | [^|]*$//' <<<"$table")" ]
	while IFS='|' read -r before now state after; do
		[[ $before ]] || continue
		read -r state <<<"$state"
		((++rows))
		establish "$state" || return
		try bash -c "$now" >"$BATS_TEST_TMPDIR/printed"
		assert_status 0 || fail "$now" || return
		eval "$after" || fail "after $now: $after" || return
	done <<<"$table"
	((rows > 15))
}

# complete_words WORD...: what bash offers for the last of these words.
complete_words() {
	bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _postctl; printf "%s\n" "${COMPREPLY[@]}"' "$doc/postctl.bash" "$@"
}

@test "completion: verbs, options and instances" {
	new_instance out group=mta
	new_instance in
	[ "$(complete_words postctl sta)" = $'start\nstatus' ]
	[ "$(complete_words postctl help force)" = force-reload ]
	[ "$(complete_words postctl restart '' | sort | paste -sd ' ')" = '- in out postfix-in postfix-out' ]
	[ "$(complete_words postctl restart out i)" = in ]
	[ "$(complete_words postctl restart postfix-)" = $'postfix-out\npostfix-in' ]
	[ "$(complete_words postctl restart --d)" = --dry-run ]
	[ "$(complete_words postctl status --js)" = --json ]
	[ -z "$(complete_words postctl start --js)" ]
	[ "$(complete_words postctl restart -g '')" = mta ]
	[ "$(complete_words postctl show -p queue_dir)" = queue_directory ]
	complete_words postctl '' | grep -qx reload
}
