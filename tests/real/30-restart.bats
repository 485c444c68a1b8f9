#!/usr/bin/env bats
# Restart and reload: what is broken goes on running, what is begun is finished, two at a time do not get in each other's way.

load helpers/load

names=(- i1 i2 i3 i4 i5 i6)

setup_file() {
	local name
	start_syslog
	fresh_postfix
	for name in "${names[@]:1}"; do
		new_instance "$name" chroot=n
	done
	set_master i2 2501 y
	expect 0 postctl start
}

setup() {
	expect 0 postctl start
	note_masters
}

teardown() {
	diagnose_failure
	real_again
	mend i2
	mend i3
}

teardown_file() { stop_everything; }

declare -gA before
note_masters() {
	local name
	for name in "${names[@]}"; do
		before[$name]=$(master_of "$name") || return
	done
}

# went_on INSTANCE..., is_new INSTANCE...: compared with the masters when they were noted.
went_on() {
	local name
	for name; do
		[[ $(master_of "$name") = "${before[$name]}" ]] || fail "$name has another master than before" || return
	done
}
is_new() {
	local name
	one_master "$@" || return
	for name; do
		[[ $(master_of "$name") != "${before[$name]}" ]] || fail "$name has the same master as before" || return
	done
}

no_request_for_quick_start() {
	[[ ! $(find /var/spool/postfix* -maxdepth 1 -name quick-start) ]]
}

# signal_from_i3 SIGNAL before|after STEP: "postfix STEP" of i3 gets postctl that signal before it does anything, or when it
# has done it: a stop that is when the master is gone, which "postfix stop" itself notices a second later.
signal_from_i3() {
	stand_in postfix <<-END
		[[ "\$MAIL_CONFIG \$1" = "/etc/postfix-i3 $3" ]] || exec "\$real" "\$@"
		trap '' TERM # from postctl, which has seen the master go
		[[ $2 = after ]] || kill -$1 \$PPID
		"\$real" "\$@" &
		if [[ $3 = stop ]]; then
			while kill -0 $(master_of i3); do sleep 0.01; done 2>/dev/null
		else
			wait \$!
		fi
		status=\$?
		[[ $2 = before ]] || kill -$1 \$PPID
		exit \$status
	END
}

@test "a restart restarts, and mail flows" {
	expect 0 postctl restart
	is_new "${names[@]}"
	deliver i2 alice
	deliver - bob
	no_request_for_quick_start
}

@test "a syntax error in main.cf or master.cf: restart and reload leave that instance as it is" {
	local verb file
	for verb in restart reload; do
		for file in main master; do
			printf -- '-- %s with a broken %s.cf\n' "$verb" "$file"
			: >/var/log/mail.log
			note_masters
			"break_$file" i2
			expect 1 postctl "$verb" - i1 i2
			assert_output "^postctl: .*i2: .*/etc/postfix-i2/$file\.cf(,|:) line [0-9]+:"
			refute_output '^postfix-i2: |^/etc/postfix-i2: '
			went_on i2
			deliver i2 alice
			if [[ $verb = restart ]]; then
				is_new - i1
			else
				went_on - i1
				assert_output '^-: reloaded$'
				assert_output '^postfix-i1: reloaded$'
				wait_for 10 eval '(($(grep -c "master.*: reload --" /var/log/mail.log) == 2))'
			fi
			mend i2
		done
	done
}

@test "an error that only Postfix sees: the same" {
	set_main i3 'mail_owner = nobody-has-this-name'
	expect 1 postctl restart
	assert_output '^postctl: postfix-i3: "postfix check": exit status 1$'
	assert_output '^postctl: postfix-i3: .*unknown user name.*nobody-has-this-name'
	went_on i3
	is_new - i1 i2 i4 i5 i6
	expect 1 postctl reload i3
	went_on i3
	set_main i3 'mail_owner = postfix'
}

@test "a service of which master would die is found while the instance runs" {
	local line bad=0
	for line in 'bogus bogus - - n - - smtp' 'bogus unix - - n bogus - smtp' 'bogus unix - - n - bogus smtp' \
		'bogus/ unix - - bogus - - smtp' '127.0.0.1:no-such-port inet n - n - - smtpd' \
		'private/bogus unix - - n - - smtp' '0:2599 inet n - n - - smtpd' \
		'no-such-host.invalid:2599 inet n - n - - smtpd' '192.0.2.77:2599 inet n - n - - smtpd'; do
		for verb in restart reload; do
			note_masters
			damage /etc/postfix-i3/master.cf "$line"
			try postctl "$verb" i3
			mend i3
			sleep 0.2 # for a master to die of a reload
			if ((status == 1)) && one_master i3 && went_on i3; then
				assert_output 'master.cf(,|:) line [0-9]+:' && continue
			fi
			echo "not as it should be: $verb with $line"
			((++bad))
			expect 0 postctl restart i3
		done
	done
	((bad == 0))
}

@test "a configuration that is broken while others have their turn: that instance goes on running" {
	cp -p /etc/postfix-i3/master.cf{,.good}
	stand_in postfix <<-'END'
		[[ $MAIL_CONFIG,$1 != /etc/postfix-i2,stop ]] || echo 'bogus unix - - n bogus - smtp' >>/etc/postfix-i3/master.cf
		exec "$real" "$@"
	END
	expect 1 postctl restart --jobs 1 i2 i3 i4
	assert_output '^postctl: postfix-i3: .*it goes on running as it is$'
	assert_output '^postctl: postfix-i3: /etc/postfix-i3/master.cf, line [0-9]+: '
	went_on i3
	is_new i2 i4
}

@test "two restarts at a time: the second waits and says so" {
	background /tmp/first postctl restart
	first=$pid
	wait_for 10 test -s /run/postctl/lock/-etc-postfix
	background /tmp/second postctl restart
	second=$pid
	ended "$first" && assert_status 0
	ended "$second" && assert_status 0
	cat /tmp/first /tmp/second
	[ "$(grep -c '^[-p].*: restarted (process' /tmp/first)" -eq 7 ]
	[ "$(grep -c '^[-p].*: restarted (process' /tmp/second)" -eq 7 ]
	cat /tmp/first /tmp/second | grep -E "^postctl: -: waiting for postctl restart \(process ($first|$second)\)$"
	is_new "${names[@]}"
	deliver i2 alice
}

@test "a stop during a restart, a start during a start, a restart during a stop: one after the other" {
	local first_verb second_verb running
	while read -r running first_verb second_verb; do
		echo "-- postctl $first_verb, postctl $second_verb"
		: >/run/postctl/lock/-etc-postfix # who has it writes there
		background /tmp/first postctl "$first_verb"
		first=$pid
		wait_for 10 test -s /run/postctl/lock/-etc-postfix
		background /tmp/second postctl "$second_verb"
		second=$pid
		ended "$first" && assert_status 0
		ended "$second" && assert_status 0
		cat /tmp/first /tmp/second
		if [[ $running = running ]]; then
			one_master "${names[@]}"
		else
			no_program_of_postfix
		fi
	done <<-END
		stopped restart stop
		running start start
		running stop restart
		stopped reload stop
	END
}

@test "many of all kinds at once: at the end each instance runs once or not at all" {
	local i verbs=(start stop restart reload try-restart status) pids=()
	for i in {0..17}; do
		background "/tmp/many.$i" postctl "${verbs[i % 6]}" "i$((i % 3 + 1))"
		pids+=("$pid")
	done
	for pid in "${pids[@]}"; do
		ended "$pid"
		((status == 0 || status == 1 || status == 3 || status == 7)) || fail "status $status"
	done
	for name in i1 i2 i3; do
		read -ra found < <(masters_of "$name")
		((${#found[@]} <= 1))
		((${#found[@]} == 1)) || no_process_of "$name"
	done
	grep -h 'already running' /tmp/many.* && fail "Postfix was started twice"
	expect 0 postctl start
	one_master "${names[@]}"
}

@test "interrupted at any moment, a restart leaves every instance running and says which it did not attempt" {
	local signal step moment
	for step in check stop start; do
		for moment in before after; do
			case $step-$moment in
			*-before) signal=TERM ;;
			stop-*) signal=HUP ;;
			*) signal=INT ;;
			esac
			echo "-- SIG$signal $moment postfix $step of i3"
			note_masters
			signal_from_i3 "$signal" "$moment" "$step"
			expect 1 env --default-signal=INT,HUP postctl restart -j 2
			real_again
			one_master "${names[@]}"
			no_request_for_quick_start
			for name in "${names[@]}"; do
				label=${name/#i/postfix-i}
				if grep -qxE -e "$label: restarted \(process [0-9]+\)" <<<"$output"; then
					is_new "$name"
				else
					grep -qxF -e "postctl: $label: not attempted: interrupted" <<<"$output" || fail "nothing is said of $name"
					went_on "$name"
				fi
			done
			case $step in
			check) went_on "${names[@]}" ;;
			*) is_new i3 && went_on i6 ;;
			esac
		done
	done
}

@test "interrupted while it waits for another postctl: nothing is done" {
	stand_in postfix <<-'END'
		[[ $1 = check ]] && sleep 3
		exec "$real" "$@"
	END
	background /tmp/first postctl restart i1
	first=$pid
	wait_for 10 test -s "$stand_ins/pids"
	background /tmp/second postctl stop i1
	sleep 0.5
	kill -TERM "$pid"
	ended "$pid" && assert_status 143
	ended "$first" && assert_status 0
	is_new i1
}

@test "killed in the middle of a restart: the next start mends what is missing" {
	local step moment
	while read -r moment step; do
		echo "-- SIGKILL $moment postfix $step of i3"
		signal_from_i3 KILL "$moment" "$step"
		expect 137 postctl restart -j 2 i2 i3 i4
		wait_for 10 eval "! pgrep -f $stand_ins/"
		real_again
		expect 0 postctl start
		one_master "${names[@]}"
		no_request_for_quick_start
		expect 0 postctl status
	done <<-END
		before check
		before stop
		after stop
		before start
		after start
	END
	deliver i2 alice
}

@test "a deadline that passes in the middle of a restart leaves nothing down" {
	hang_master i1
	expect 0 postctl restart i1 --timeout 10
	is_new i1
	stand_in postfix <<-'END'
		[[ $1 = stop ]] && sleep 1.5
		exec "$real" "$@"
	END
	try postctl restart --timeout 1 -j 2
	real_again
	one_master "${names[@]}"
	expect 1 postctl restart --timeout 0.05
	assert_output 'took too long|no time was left|did not say in time'
	one_master "${names[@]}"
}
