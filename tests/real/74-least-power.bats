#!/usr/bin/env bats
# What others have does not reach Postfix, what others can write is not obeyed, and who only looks needs to be nobody.

load helpers/load

setup_file() {
	make_hostile
	new_instance out
	new_instance in
	expect 0 postctl start
	one_master - out in
}

teardown() {
	real_again
	chown -R root: /etc/postfix-out
	chmod -R go-w,-t /etc/postfix-out
}

user='setpriv --reuid=nobody --regid=nogroup --clear-groups'

# postfix_notes: postfix(1) notes what it got from us, and does nothing else for the verb flush. Signals 32 and 33 are the C
# library's own: what a caller made of them nobody can change.
postfix_notes() {
	rm -f /tmp/got
	stand_in postfix <<-'END'
		{
			tr '\0' '\n' </proc/$$/environ | sed 's/^\(INVOCATION_ID\)=.*/\1/' | sort
			grep -E '^(Umask|SigBlk|SigIgn|NoNewPrivs|Seccomp):' /proc/self/status | sed '/^SigIgn/s/000000018/000000000/'
			readlink /proc/$$/cwd
			find /proc/$$/fd -lname /tmp/inherited -o -lname '/run/*' -o -lname '/var/*'
			readlink /proc/$$/fd/0
			echo "terminal: $(ps -o tty= -p $$)"
		} >/tmp/got
		[[ $1 = flush ]] || exec "$real" "$@"
	END
}

# hostile COMMAND...: with what a caller may have: variables, descriptors, ignored and blocked signals.
make_hostile() {
	cat >/usr/local/bin/hostile <<-'END'
		#!/bin/bash
		cd /tmp
		umask 077
		for fd in {3..9} {11..20} 99; do
			eval "exec $fd<>/tmp/inherited"
		done
		exec env --ignore-signal=HUP,INT,QUIT,TERM,CHLD,PIPE,USR1 --block-signal=ALRM,USR2,CHLD \
			LD_PRELOAD=libc.so.6 LD_LIBRARY_PATH=/tmp MAIL_CONFIG=/tmp MAIL_DEBUG=1 MAIL_VERBOSE=3 MAIL_LOGTAG=x IFS=/ PATH=/tmp:/bin \
			TZ=Asia/Tokyo LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 BASH_ENV=/tmp/x ENV=/tmp/x CDPATH=/tmp POSTFIX_BOGUS=1 \
			config_directory=/tmp queue_directory=/tmp SHELLOPTS=noexec MALLOC_TRACE=/tmp/x NLSPATH=/tmp/x SHELL=/bin/false "$@"
	END
	chmod 755 /usr/local/bin/hostile
}

@test "what postfix(1) gets is the same whoever calls, and no more than it takes" {
	local wanted
	postfix_notes
	expect 0 postctl flush out
	wanted="INVOCATION_ID
LC_ALL=C
MAIL_CONFIG=/etc/postfix-out
PATH=/usr/sbin:/usr/bin:/sbin:/bin
SHELL=/bin/sh
Umask:	0022
SigBlk:	0000000000000000
SigIgn:	0000000000000000
NoNewPrivs:	0
Seccomp:	0
/
/dev/null
terminal: ?"
	diff <(echo "$wanted") /tmp/got
	rm /tmp/got
	expect 0 hostile /usr/sbin/postctl flush out
	diff <(echo "$wanted") /tmp/got
	rm /tmp/got
	# With a terminal of its own to be taken away from.
	expect 0 script -qec 'postctl flush out' /dev/null
	diff <(echo "$wanted") /tmp/got
}

@test "also where the kernel cannot close them all at once" {
	postfix_notes
	expect 0 hostile /usr/bin/strace -f -qq -o /dev/null -e trace=close_range -e inject=close_range:error=ENOSYS /usr/sbin/postctl flush out
	grep -qx '/dev/null' /tmp/got
	run grep -x '/proc/.*' /tmp/got
	[ -z "$output" ] || fail "inherited: $output"
}

@test "daemons that a hostile caller started are as others: environment, descriptors, signals, umask, session, rights" {
	local pid
	look() {
		for pid in $(masters_of out); do
			tr '\0' '\n' <"/proc/$pid/environ" | sed 's/^\(INVOCATION_ID\)=.*/\1/' | sort
			grep -E '^(Umask|SigBlk|SigIgn|NoNewPrivs|Seccomp|Groups):' "/proc/$pid/status"
			readlink "/proc/$pid/cwd"
			ps -o tty= -p "$pid"
			# shellcheck disable=SC2012 # numbers
			ls "/proc/$pid/fd" | sort -n | wc -l
		done
	}
	expect 0 env -i /usr/sbin/postctl restart out
	look >/tmp/clean
	expect 0 hostile /usr/sbin/postctl restart out
	look >/tmp/hostile
	diff /tmp/clean /tmp/hostile
	grep -q '^NoNewPrivs:.0$' /tmp/clean
	for pid in $(processes_of out); do
		run find "/proc/$pid/fd" -lname '/tmp/inherited' -o -lname '/run/postctl*' -o -lname '/var/lib/postctl*'
		[ -z "$output" ] || fail "process $pid has inherited: $output"
	done
	deliver out bob
}

# A daemon runs commands, and these send mail by a set-group-ID program: it must still be one.
@test "a command that local(8) runs can send mail" {
	local token=$RANDOM$RANDOM$RANDOM
	set_main out 'local_recipient_maps =' 'alias_maps = inline:{ { relay-me = "|/usr/sbin/sendmail -C /etc/postfix-out carol@localhost" } }' \
		'authorized_submit_users = static:anyone'
	expect 0 postctl restart out
	smtp_send "$(port out)" relay-me "$token"
	wait_for 20 mail_arrived carol "$token"
}

@test "who only looks, and what it runs, can get no new privileges" {
	local verb
	for verb in status list check 'show out' 'chroot out' is-active; do
		# shellcheck disable=SC2086 # words
		try strace -o /tmp/trace -e trace=prctl postctl $verb
		grep -q 'PR_SET_NO_NEW_PRIVS, 1' /tmp/trace || fail "postctl $verb"
	done
}

@test "configuration that everybody can write is not obeyed; what runs goes on" {
	local before file what
	one_master out
	before=$(masters_of out)
	for file in /etc/postfix-out /etc/postfix-out/main.cf /etc/postfix-out/master.cf; do
		chmod o+w "$file"
		back_date /etc/postfix-out/main.cf
		for what in restart reload 'restart --dry-run'; do
			# shellcheck disable=SC2086 # words
			expect 1 postctl $what out
			assert_output "^postctl: postfix-out: everybody can write $file, and so have anything run as root; type: chmod o-w $file(; it goes on running as it is)?$"
			[ "$(masters_of out)" = "$before" ]
		done
		expect 0 postctl status out
		expect 1 postctl check out
		assert_output "$file can be written by everybody"
		chmod o-w "$file"
	done
	# Who stops it may.
	chmod o+w /etc/postfix-out/main.cf
	expect 0 postctl stop out
	expect 1 postctl start
	assert_output '^postfix-in: running already'
	assert_output '^postctl: postfix-out: everybody can write /etc/postfix-out/main\.cf, and so have anything run as root; type: chmod o-w '
	[ -z "$(masters_of out | tr -d '[:space:]')" ]
	chmod o-w /etc/postfix-out/main.cf
	expect 0 postctl start out
}

# As Postfix: what starts today starts tomorrow, and check tells.
@test "an owner or a group that was chosen for it may write it, and so may everybody where nobody can replace anything" {
	local before
	chown alice /etc/postfix-out /etc/postfix-out/main.cf
	chmod 1777 /etc/postfix-out
	chmod g+w /etc/postfix-out/main.cf
	back_date /etc/postfix-out/main.cf
	before=$(masters_of out)
	expect 0 postctl restart out
	[ "$(masters_of out)" != "$before" ]
	expect 0 postctl reload out
	expect 1 postctl check out
	assert_output '/etc/postfix-out can be written by everybody'
	assert_output 'main\.cf can be written by its group'
	assert_output 'main\.cf belongs to user '
}

@test "nobody sees the same as root with list, show, chroot and is-active" {
	local command
	for command in list 'list --json' 'show out' 'show out -p queue_directory' 'show out --services' 'chroot out' 'is-active out' 'is-enabled out' \
		'is-active nosuch' '--help'; do
		# shellcheck disable=SC2086 # words
		postctl $command >/tmp/root 2>&1 </dev/null || :
		# shellcheck disable=SC2086
		$user postctl $command >/tmp/nobody 2>&1 </dev/null || :
		diff <(grep -v '^process_id' /tmp/root) <(grep -v '^process_id' /tmp/nobody) || fail "postctl $command"
	done
}

@test "nobody sees with status what runs, and is told what he may not see" {
	# shellcheck disable=SC2086 # words
	expect 0 $user postctl status
	assert_output '^postfix: 3 of 3 enabled instances running$'
	# shellcheck disable=SC2086
	expect 0 $user postctl status out
	assert_output '^ +State: running, since '
	assert_output '^ +Queue: .*: Permission denied$'
	# shellcheck disable=SC2086
	expect 0 $user postctl status --json
	expect 0 postctl stop out
	# shellcheck disable=SC2086
	expect 3 $user postctl status out
	assert_output '^ +State: stopped$'
	expect 0 postctl start out
}

@test "nobody is told that only root can do the rest" {
	local verb
	for verb in start stop restart reload sync enable disable flush abort; do
		# shellcheck disable=SC2086 # words
		expect 4 $user postctl "$verb" out
		assert_output "^postctl: only root can run \"postctl $verb\"; try \"sudo postctl $verb\""
	done
	one_master - out in
}
