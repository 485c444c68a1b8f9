#!/usr/bin/env bats
# Stop: at its end nothing of the instance is left, and nothing of any other is touched, whatever state it was in.

load helpers/load

setup_file() {
	three_instances y
	expect 0 postctl start
	expect 0 postctl stop
	cp -a /etc/postfix /etc/postfix-* /tmp
}

setup() {
	end_instance - out in
	rm -rf /etc/postfix-out.away /var/spool/elsewhere
	cp -a /tmp/postfix /tmp/postfix-* /etc/
	quick_start - out in
	bystanders=$(masters_of - in)
}

teardown() {
	diagnose_failure
	real_again
	[[ ! -e /etc/postfix-out.away ]] || { rm -rf /etc/postfix-out && mv /etc/postfix-out.away /etc/postfix-out; }
}

teardown_file() { stop_everything; }

# The primary and in run as they did at the beginning of the test.
others_unharmed() {
	[[ $(masters_of - in) = "$bystanders" ]] || fail "a master of another instance is gone"
}

# stops STATUS VERB [OPTION...]: in ten seconds out is gone, the others run as before.
stops() {
	local wanted=$1 begun
	shift
	begun=$(date +%s%N)
	LIMIT=15 expect "$wanted" postctl "$@" out
	begun=$((($(date +%s%N) - begun) / 1000000))
	((begun < 10000)) || fail "it took $begun ms"
	no_process_of out
	others_unharmed
}

# hang_child INSTANCE PROGRAM: a child of its master that serves a connection, and does not react any more.
hang_child() {
	local pid name
	smtp_greets "$(port "$1")" >/dev/null
	for pid in $(processes_of "$1"); do
		read -r name <"/proc/$pid/comm"
		[[ $name != "$2" ]] || break
	done
	[[ $name = "$2" ]]
	kill -STOP "$pid"
}

@test "a hung master" {
	hang_master out
	stops 0 stop
	assert_output 'what did not end in time was killed'
	hang_master in
	hang_master -
	LIMIT=9 expect 0 postctl stop # both at a time
	no_program_of_postfix
}

@test "a hung master and --timeout" {
	hang_master out
	begun=$SECONDS
	stops 0 stop --timeout 1
	((SECONDS - begun <= 4))
}

@test "a hung master that leads no session, as master -d does not" {
	end_instance out
	bash -c 'MAIL_CONFIG=/etc/postfix-out /usr/lib/postfix/sbin/master -d &' </dev/null >/dev/null 2>&1 3>&- 4>&-
	wait_for 10 postctl is-active out
	hang_master out
	stops 0 stop
	assert_output 'what did not end in time was killed'
}

@test "abort of a hung master" {
	hang_master out
	stops 0 abort
}

@test "a hung smtpd" {
	hang_child out smtpd
	stops 0 stop
	assert_output 'what did not end in time was killed'
	expect 0 postctl start out
	deliver out bob # it is nobody else who answers
}

@test "a hung qmgr, and abort" {
	hang_child out qmgr
	stops 0 abort
}

@test "a stop does not wait for a client of the instance" {
	exec {client}<>"/dev/tcp/127.0.0.1/$(port out)"
	read -r -t 10 -u "$client"
	begun=$SECONDS
	stops 0 stop
	((SECONDS - begun <= 4))
	exec {client}>&-
}

@test "main.cf damaged while it runs" {
	break_main out
	stops 0 stop
}

@test "main.cf empty: that is the primary's queue directory, and stop does not fall for it" {
	: >/etc/postfix-out/main.cf
	back_date /etc/postfix-out/main.cf
	stops 0 stop
}

@test "main.cf a directory" {
	rm /etc/postfix-out/main.cf
	mkdir /etc/postfix-out/main.cf
	stops 0 stop
	rmdir /etc/postfix-out/main.cf
}

@test "main.cf gone" {
	mv /etc/postfix-out/main.cf /etc/postfix-out/main.cf.away
	stops 0 stop
}

@test "configuration directory gone" {
	mv /etc/postfix-out /etc/postfix-out.away
	expect 0 postctl status out
	assert_output '^ +State: running, since '
	stops 0 stop
}

@test "queue_directory changed while it runs: status shows the stray, start and restart leave it alone, stop ends it" {
	local old
	mkdir /var/spool/elsewhere
	set_main out 'queue_directory = /var/spool/elsewhere'
	old=$(master_of out)
	expect 0 postctl status out
	assert_output "^ +$old .*master -w$"
	assert_output 'its pid file does not lead to its master'
	for verb in start restart reload flush; do
		expect 1 postctl "$verb" out
		assert_output "^postctl: postfix-out: .*process $old.*\"postctl stop postfix-out\""
		[ "$(master_of out)" = "$old" ]
	done
	stops 0 stop
	expect 0 postctl start out
	[ "$(readlink "/proc/$(master_of out)/cwd")" = /var/spool/elsewhere ]
	expect 0 postctl stop out
	processes=$(programs_of_postfix | wc -l)
	end_instance - in
	((processes > 0))
	no_program_of_postfix
}

@test "queue directory moved or removed while it runs" {
	mv /var/spool/postfix-out /var/spool/postfix-away
	expect 0 postctl status out
	assert_output '^ +State: running, since '
	stops 0 stop
	mv /var/spool/postfix-away /var/spool/postfix-out
}

@test "pid file removed" {
	rm /var/spool/postfix-out/pid/master.pid
	expect 0 postctl status out
	assert_output '^ +State: running, since '
	assert_output 'its pid file does not lead to its master: .*"postctl stop postfix-out" and then "postctl start postfix-out"'
	expect 1 postctl restart out
	one_master out
	stops 0 stop
	expect 0 postctl start out
	one_master out
}

@test "a pid file that names no process, garbage, or somebody else's master" {
	local content other
	other=$(master_of in)
	for content in 999999 0 -1 garbage '' 1 "$other"; do
		echo "-- the pid file says: $content"
		printf '%32s\n' "$content" >/var/spool/postfix-out/pid/master.pid
		stops 0 stop
		quick_start out
	done
	for verb in reload restart abort; do
		printf '%32s\n' "$other" >/var/spool/postfix-out/pid/master.pid
		: >/var/log/mail.log
		try postctl "$verb" out
		sleep 0.3
		run grep -E 'postfix-in/master.*(reload|terminating)' /var/log/mail.log
		[ "$status" -eq 1 ]
		others_unharmed
	done
	no_process_of out
}

@test "two instances with one queue directory: no verb touches the other's master" {
	local verb old
	set_main out 'queue_directory = /var/spool/postfix-in'
	old=$(master_of out)
	expect 1 postctl check
	assert_output 'conflicts with'
	for verb in reload restart start try-restart; do
		expect 1 postctl "$verb" out
		[ "$(master_of out)" = "$old" ]
		others_unharmed
	done
	try postctl status out
	assert_output "^ +$old .*master -w$"
	stops 0 stop
}

@test "... nor where the directory has two names" {
	local verb name
	ln -sfn postfix-in /var/spool/link
	for name in link ./postfix-in; do
		echo "-- $name"
		end_instance out
		set_main out "queue_directory = /var/spool/$name"
		expect 3 postctl status out
		assert_output '^ +State: (stopped|failed)'
		for verb in 'stop 0' 'abort 0' 'start 1' 'restart 1' 'try-restart 0' 'reload 7'; do
			expect "${verb#* }" postctl "${verb% *}" out
			others_unharmed
		done
		expect 1 postctl restart in
		assert_output '^postctl: postfix-in: queue_directory = .*"postconf -c /etc/postfix-in queue_directory=DIRECTORY".*it goes on running'
		others_unharmed
	done
	rm /var/spool/link
}

@test "a disabled one that runs is stopped by a plain stop" {
	set_main out 'multi_instance_enable = no'
	expect 0 postctl stop
	assert_output '^postfix-out: stopped$'
	no_program_of_postfix
}

@test "the primary's main.cf damaged: what can be known is still stopped" {
	break_main -
	expect 1 postctl start
	assert_output '/etc/postfix/main.cf, line [0-9]+'
	bystanders=$(masters_of in out)
	LIMIT=15 expect 0 postctl stop -
	no_process_of -
	[ "$(masters_of in out)" = "$bystanders" ]
}

@test "the primary's main.cf gone, or its directory: what runs is shown and stopped, and only then is nothing configured" {
	local away
	for away in main.cf ''; do
		echo "-- gone: /etc/postfix/$away"
		setup
		bystanders=$(masters_of - in out)
		mv "/etc/postfix/$away" /tmp/away
		expect 0 postctl status
		assert_output '^postfix: 3 of 3 '
		expect 0 postctl is-active out
		expect 1 postctl restart -
		assert_output '^postctl: -: .*main\.cf.*it goes on running as it is'
		[ "$(masters_of - in out)" = "$bystanders" ]
		expect 0 service postfix stop
		no_program_of_postfix
		expect 6 postctl stop
		expect 3 postctl status
		rm -rf /tmp/away
	done
}

@test "postfix stop that fails, hangs, dies or floods: stopped all the same, by a word and not by force" {
	local script
	while IFS= read -r script; do
		echo "-- postfix stop: $script"
		stand_in postfix <<-END
			[[ \$1 != stop ]] || { $script; }
			exec "\$real" "\$@"
		END
		LIMIT=20 expect 0 postctl stop out
		# One that ignores a signal takes all the time there is.
		[[ $script = trap* ]] || assert_output '^postfix-out: stopped$'
		no_process_of out
		others_unharmed
		real_again
		quick_start out
	done <<-'END'
		exit 1
		exit 0
		kill -SEGV $$
		sleep 1000
		trap "" TERM; while :; do sleep 1; done
		"$real" stop; sleep 1000
		head -c 100000000 /dev/zero; exit 1
	END
}


# orphan INSTANCE: its smtpd hangs, and its master dies without it.
orphan() {
	local pid
	smtp_greets "$(port "$1")"
	for pid in $(processes_of "$1"); do
		[[ $(readlink "/proc/$pid/exe") != */smtpd ]] || kill -STOP "$pid"
	done
	kill -KILL "$(master_of "$1")"
	sleep 0.2
	[[ $(processes_of "$1") ]]
}

@test "what a master left behind when it died is ended by stop, and does not take the mail of the next one" {
	local verb
	for verb in stop 'stop out' 'abort out'; do
		expect 0 postctl start
		orphan out
		# shellcheck disable=SC2086 # words
		stops 0 $verb
		assert_output '^postfix-out: stopped; what did not end in time was killed'
		no_process_of out
	done
	for verb in start restart; do
		expect 0 postctl start
		orphan out
		expect 0 postctl $verb out
		one_master out
		for _ in {1..5}; do smtp_greets "$(port out)"; done
	done
	# Who shares the queue directory's programs, but not a dead master, is left alone.
	expect 0 postctl restart in
	one_master out in
}
