#!/usr/bin/env bats
# What status remembers and finds out: the last failure and its reason, queues, chroot, processes, log.

load helpers/load

setup_file() {
	start_syslog
	fresh_postfix
	new_instance out port=2601 chroot=y group=mta
	new_instance in port=2602 chroot=n
}

setup() {
	cp -a /stock/etc/resolv.conf /etc/
	set_master out 2601 y
	set_master in 2602 n
	expect 0 postctl start
	postctl reset-failed
}

teardown() {
	diagnose_failure
	real_again
}

teardown_file() { stop_everything; }

# state_of INSTANCE: the second column of status.
state_of() { postctl status | awk -v name="$1" '$1 == name { print $2 }'; }

@test "an instance that could not be started is failed, with Postfix's reason, until it starts" {
	expect 0 postctl stop out
	[ "$(state_of postfix-out)" = stopped ]
	set_main out 'mail_owner = no-such-user'
	expect 1 postctl start out
	set_main out 'mail_owner = postfix'
	expect 3 postctl status
	assert_output '^postfix-out +failed ( +-)+ '
	assert_output '^    start failed at 20[-0-9]+ [:0-9]+: '
	assert_output '^    .*unknown user name value: no-such-user'
	expect 0 postctl is-failed out
	assert_output '^failed$'
	expect 3 postctl is-active out
	assert_output '^failed$'
	expect 0 postctl start out
	[ "$(state_of postfix-out)" = running ]
	expect 1 postctl is-failed out
	assert_output '^active$'
	expect 0 postctl status out
	refute_output 'start failed'
	assert_output '^ +Last: start, done at '
}

@test "a sync that succeeds, or fails, does not make a failed start forgotten; reset-failed and stop do" {
	expect 0 postctl stop out
	set_main out 'mail_owner = no-such-user'
	expect 1 postctl start out
	set_main out 'mail_owner = postfix'
	echo 'nameserver 127.0.0.9' >/etc/resolv.conf
	expect 0 postctl sync
	assert_output '^postfix-out: chroot synced'
	[ "$(state_of postfix-out)" = failed ]
	expect 0 postctl reset-failed
	assert_output '^postfix-out: reset$'
	[ "$(state_of postfix-out)" = stopped ]
	expect 1 postctl is-failed
	expect 0 postctl reset-failed
	[ "$output" = "" ]
}

@test "an instance that goes on running after a failed restart says so, until a restart succeeds" {
	echo 'nonsense' >>/etc/postfix-out/master.cf
	expect 1 postctl restart out
	expect 0 postctl status
	assert_output '^postfix-out +running'
	assert_output '^    restart failed at .*/etc/postfix-out/master.cf, line [0-9]+: .*nonsense'
	expect 1 postctl is-failed out
	# It dies later, of something else.
	kill_master out
	expect 1 postctl status
	assert_output '^postfix-out +dead'
	assert_output 'postctl status postfix-out'
	expect 0 postctl is-failed out
	set_master out 2601 y
	expect 0 postctl restart out
	expect 0 postctl status
	refute_output 'failed'
}

@test "what somebody else started is not failed" {
	expect 0 postctl stop out
	set_main out 'mail_owner = no-such-user'
	expect 1 postctl start out
	set_main out 'mail_owner = postfix'
	sleep 1.1
	expect 0 postmulti -i postfix-out -p start
	expect 0 postctl status
	assert_output '^postfix-out +running'
	refute_output 'start failed'
	expect 1 postctl is-failed out
}

@test "whoever is killed in the middle takes no memory with him; a full /run does not keep anything from working" {
	expect 0 postctl stop
	set_main out 'mail_owner = no-such-user'
	stand_in postfix <<-'END'
		[[ $MAIL_CONFIG = *-in ]] && exec sleep 30
		exec "$real" "$@"
	END
	detached postctl start -j 1 &
	wait_for 30 grep -q '^verb start' '/run/postctl/last/-etc-postfix\x2dout'
	pkill -KILL -x postctl
	real_again
	set_main out 'mail_owner = postfix'
	[ "$(state_of postfix-out)" = failed ]
	[ "$(state_of -)" = running ]

	mount -t tmpfs -o mode=755,nr_inodes=1 none /run/postctl/last
	expect 0 postctl start
	assert_output '^postctl: postfix-out: status will not show what came of it: .*No space left on device$'
	umount /run/postctl/last
	expect 0 postctl start
}

@test "what is written there by others, or for another boot, is not believed" {
	memory='/run/postctl/last/-etc-postfix\x2dout'
	expect 0 postctl stop out
	printf 'epoch %s\nverb start\nended 1\ntook 1\nresult failed\nruns no\n\nlies' "$(sed -n 's/^epoch //p' "$memory")" >"$memory"
	[ "$(state_of postfix-out)" = failed ]
	chmod o+w "$memory"
	[ "$(state_of postfix-out)" = stopped ]
	chmod 644 "$memory"
	chown nobody "$memory"
	[ "$(state_of postfix-out)" = stopped ]
	chown root "$memory"
	[ "$(state_of postfix-out)" = failed ]
	sed -i 's/^epoch ./epoch x/' "$memory"
	[ "$(state_of postfix-out)" = stopped ]
	for content in '' epoch 'epoch x' $'\n\n\n\n\n\n' "$(head -c 100000 /dev/zero | tr '\0' e)"; do
		printf '%s' "$content" >"$memory"
		[ "$(state_of postfix-out)" = stopped ]
	done
	rm "$memory"
	mkfifo "$memory"
	[ "$(LIMIT=5 state_of postfix-out)" = stopped ]
	rm "$memory"
	ln -s /etc/passwd "$memory"
	[ "$(state_of postfix-out)" = stopped ]
	rm "$memory"
}

@test "status of a named instance: since when, queues, chroot, services, processes, log" {
	local program
	deliver out alice
	expect 0 postctl status out
	assert_output '^postfix: 1 of 1 enabled instances running$'
	assert_output '^ +State: running, since 20[-0-9]+ [:0-9]+ \([0-9]+ (s|min [0-9]+ s)\)$'
	assert_output '^ +Configuration: /etc/postfix-out, enabled, group mta$'
	assert_output '^ +Last: (start|restart), done at '
	assert_output '^ +Queue: 0 incoming, 0 active, 0 deferred, 0 hold in /var/spool/postfix-out$'
	assert_output '^ +Chroot: current$'
	assert_output '^ +Listens: 127\.0\.0\.1:2601: smtpd, chrooted$'
	assert_output '^ +Processes: [0-9]+, with [0-9]+\.[0-9] MB of memory$'
	for program in master pickup qmgr smtpd; do
		assert_output "^ +[0-9]+ .*$program -"
	done
	[ "$(sed -n 's/^ *Processes: \([0-9]*\),.*/\1/p' <<<"$output")" -eq \
		"$(pgrep -c -s "$(master_of out)")" ]
	assert_output '^ +(Log: )?.* postfix-out/local\[[0-9]+\]: .*status=sent'
	[ "$(grep -cE ' postfix-out/[a-z-]+\[' <<<"$output")" -le 10 ]
	refute_output ' postfix(-in)?/'
	expect 0 postctl status in
	assert_output '^ +Chroot: off$'
}

@test "the queues are counted, hashed ones as well" {
	set_main in 'defer_transports = local' 'soft_bounce = no'
	expect 0 postctl reload in
	for i in 1 2 3; do smtp_send 2602 alice "q$i"; done
	wait_for 20 eval '[ "$(find /var/spool/postfix-in/deferred -type f | wc -l)" -eq 3 ]'
	id=$(find /var/spool/postfix-in/deferred -type f -printf '%f\n' -quit)
	expect 0 postsuper -c /etc/postfix-in -h "$id"
	expect 0 postctl status in
	assert_output '^ +Queue: 0 incoming, 0 active, 2 deferred, 1 hold in '
	expect 0 postctl status --openmetrics
	assert_output '^postctl_instance_queue_messages[{]instance="postfix-in",queue="deferred"[}] 2$'
	expect 0 --separate-stderr postctl status --json in
	assert_json
	assert_output '"queues":[{]"incoming":0,"active":0,"deferred":2,"hold":1[}]'
	expect 0 postsuper -c /etc/postfix-in -d ALL
	set_main in 'defer_transports ='
}

@test "the chroot is stale when a file of the host has changed, and says which" {
	echo 'nameserver 127.0.0.8' >/etc/resolv.conf
	expect 0 postctl status out
	assert_output '^ +Chroot: stale: etc/resolv.conf: not as it is outside '
	expect 0 postctl sync out
	expect 0 postctl status out
	assert_output '^ +Chroot: current$'
	rm /var/spool/postfix-out/etc/services /var/spool/postfix-out/etc/hosts
	expect 0 postctl status out
	assert_output '^ +Chroot: stale: etc/(services|hosts): missing .*, and 1 more$'
	expect 0 postctl sync out
}

@test "the log is read from its end, however large it is, and where maillog_file says" {
	expect 0 postctl stop in
	# A file of 1.5 GB that takes no room, and a line of each instance at its end.
	truncate -s 1500M /var/log/mail.log
	printf '\nNov 23 00:00:00 h postfix-in/smtpd[1]: the last of in\nNov 23 00:00:00 h postfix-out/smtpd[1]: of out\n' >>/var/log/mail.log
	LIMIT=10 expect 3 postctl status in
	assert_output '^ +Log: .*: the last of in$'
	refute_output 'of out'
	truncate -s 0 /var/log/mail.log
	expect 3 postctl status in
	refute_output '^ +Log:'
	set_main in 'maillog_file = /var/log/postfix-in.log'
	echo 'Nov 23 00:00:00 h postfix-in/smtpd[1]: elsewhere'$'\033[31m' >/var/log/postfix-in.log
	expect 3 postctl status in
	assert_output '^ +Log: .*: elsewhere\?\[31m$'
	set_main in 'maillog_file ='
}

@test "on a terminal: colour for the state alone, and no line that is too long" {
	command -v script || skip "this release has no script(1)"
	on_terminal() { output=$(detached timeout 10 script -qec "stty cols $1; $2" /dev/null | tr -d '\r'); }
	on_terminal 300 'TERM=xterm postctl status'
	assert_output $'^postfix-out  \033\\[32mrunning\033\\[0m  [0-9]+ .* /etc/postfix-out$'
	on_terminal 300 'TERM=dumb postctl status'
	assert_output '^postfix-out  running  [0-9]+ .* /etc/postfix-out$'
	on_terminal 300 'NO_COLOR=1 TERM=xterm postctl status'
	assert_output '^postfix-out  running  [0-9]+ .* /etc/postfix-out$'
	for columns in 75 50 30 20; do
		on_terminal "$columns" 'TERM=dumb postctl status'
		assert_output '^postfix-out  running'
		[ "$(sed 1d <<<"$output" | wc -L)" -le "$((columns > 20 ? columns : 21))" ]
	done
	expect 0 env TERM=xterm postctl status
	refute_output $'\033'
}

@test "who gave up waiting for another postctl leaves what is remembered to that one" {
	local lock
	exec {lock}<>'/run/postctl/lock/-etc-postfix\x2dout'
	flock "$lock"
	expect 1 postctl restart --timeout 1 out
	assert_output 'still works on it; nothing was done'
	exec {lock}<&-
	expect 0 postctl status out
	refute_output 'restart failed|still works'
	assert_output '^ +State: running'
}

@test "who is not root sees what he may" {
	expect 0 setpriv --reuid=nobody --clear-groups postctl status out
	assert_output '^ +State: running, since'
	assert_output '^ +Queue: .*: Permission denied$'
	expect 4 setpriv --reuid=nobody --clear-groups postctl reset-failed
}

@test "who is not shown the processes of others does not hear that what runs is stopped" {
	local user='setpriv --reuid=nobody --regid=nogroup --clear-groups'
	kill -KILL "$(masters_of in | tr -d ' ')"
	wait_for 10 sh -c 'postctl status in | grep -q "State: dead"'
	mount -o remount,hidepid=2 /proc
	# shellcheck disable=SC2086 # words
	try $user postctl status
	mount -o remount,hidepid=0 /proc
	assert_status 4
	assert_output '^postfix-out +unknown '
	assert_output '^ +.*master.pid is locked by process [0-9]+, which /proc does not show to you'
	assert_output '^postfix-in +dead '
}

@test "JSON and OpenMetrics are well-formed, whatever the instances are called" {
	expect 0 --separate-stderr postctl status --json - out in
	assert_json
	assert_output '"version":1,'
	assert_output '"process_tree":\[[{]"process":[0-9]+,"depth":0,"command":"[^"]*master'
	expect 0 --separate-stderr postctl status --openmetrics
	# name{labels} number, or a comment; each family is announced; the end is marked.
	# shellcheck disable=SC2143 # "!" would fail no test
	[ -z "$(grep -vE '^(# (TYPE|UNIT|HELP) postctl_instance_[a-z_]+ .*|# EOF|postctl_instance_[a-z_]+[{][a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*[}] -?[0-9]+)$' <<<"$output")" ]
	[ "$(tail -n 1 <<<"$output")" = '# EOF' ]
	[ "$(grep -c '^# TYPE' <<<"$output")" -eq "$(sed -n 's/^\(postctl[a-z_]*\)[{].*/\1/p' <<<"$output" | uniq | wc -l)" ]
}

@test "no metric is there twice, although two instances have one name" {
	set_main in 'multi_instance_name = postfix-out'
	try postctl status --openmetrics
	set_main in 'multi_instance_name = postfix-in'
	assert_output '^postctl_instance_up[{]instance="postfix-out"[}] 1$'
	assert_output '^postctl_instance_up[{]instance="/etc/postfix-in"[}] 1$'
	[ -z "$(grep -v '^#' <<<"$output" | sed 's/ [^ ]*$//' | sort | uniq -d)" ]
}

# Each file below /etc, by all that a write would change.
etc() { find /etc -printf '%p %i %s %T@ %C@ %m %u\n' | sort; }

@test "nothing is written below /etc by what does not say so" {
	local before words
	before=$(etc)
	for words in 'restart out' reload 'stop out' 'start out' try-restart status 'status out' 'status --json - out' check sync \
		'sync --adopt out' list chroot show flush is-failed reset-failed 'abort in' 'start in'; do
		# shellcheck disable=SC2086 # words
		try postctl $words
		assert_status 0 || [[ $words = is-failed ]] || return
		[ "$(etc)" = "$before" ] || fail "$words has written: $(diff <(cat <<<"$before") <(etc))"
	done
}

@test "status forks nothing, not even for an instance that was named" {
	local words
	for words in status 'status - out in' 'status --json out' 'status --openmetrics' 'is-failed'; do
		# shellcheck disable=SC2086 # words
		strace -f -qq -e trace=process -o /tmp/trace postctl $words >/dev/null || [[ $words = is-failed ]]
		[ -z "$(grep -E '(fork|clone|execve)' /tmp/trace | tail -n +2)" ]
	done
}
