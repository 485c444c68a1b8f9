#!/usr/bin/env bats
# Programs that watch Postfix and restart it: monit, and needrestart after an upgrade of libraries.

load helpers/load

setup_file() {
	three_instances n
	expect 0 postctl enable out
	cat >/tmp/monitrc <<-END
		set daemon 1
		set log /tmp/monit.log
		set pidfile /run/monit.pid
		set idfile /run/monit.id
		set statefile /run/monit.state
		set httpd unixsocket /run/monit.sock allow monit:monit
		check process primary with pidfile /var/spool/postfix/pid/master.pid
		    start program = "/usr/sbin/service postfix start -" with timeout 60 seconds
		    stop program = "/usr/sbin/service postfix stop -" with timeout 60 seconds
		check process out with pidfile /var/spool/postfix-out/pid/master.pid
		    start program = "/etc/init.d/postfix@out start" with timeout 60 seconds
		    stop program = "/etc/init.d/postfix@out stop" with timeout 60 seconds
		    restart program = "/etc/init.d/postfix@out restart" with timeout 60 seconds
	END
	chmod 600 /tmp/monitrc
}

setup() { expect 0 postctl start; }

teardown() {
	diagnose_failure
	[[ ${BATS_TEST_COMPLETED-} ]] || cat /tmp/monit.log
	[[ ! -e /run/monit.pid ]] || end_monit
	rm -f /usr/sbin/policy-rc.d
}

teardown_file() { stop_everything; }

start_monit() {
	expect 0 monit -c /tmp/monitrc
	wait_for 20 test -S /run/monit.sock
}

end_monit() {
	monit -c /tmp/monitrc quit
	wait_for 20 eval '! pgrep -x monit'
	rm -f /run/monit.*
}

another_master() { one_master "$1" && [[ $(masters_of "$1") != "$2" ]]; }

@test "monit starts what has died, and leaves the others alone" {
	start_monit
	before=$(masters_of - in) old=$(masters_of out)
	wait_for 30 eval 'monit -c /tmp/monitrc summary -B | grep -q "^ *out *OK"'
	kill_master out
	wait_for 60 another_master out "$old"
	[ "$(masters_of - in)" = "$before" ]
}

@test "monit stops, starts and restarts one of them" {
	start_monit
	before=$(masters_of - in)
	expect 0 monit -c /tmp/monitrc stop out
	wait_for 60 no_process_of out
	expect 0 monit -c /tmp/monitrc start out
	wait_for 60 one_master out
	smtp_greets "$(port out)"
	old=$(masters_of out)
	expect 0 monit -c /tmp/monitrc restart out
	wait_for 60 another_master out "$old"
	[ "$(masters_of - in)" = "$before" ]
}

@test "needrestart finds the init script by the masters, and restarts all of them" {
	old=$(masters_of - out in)
	expect 0 needrestart -b -l
	refute_output '^NEEDRESTART-SVC: postfix'
	replace "$(ldconfig -p | sed -n 's/.*libc\.so\.6 .*=> //p' | head -n 1)"
	expect 0 needrestart -b -l
	assert_output '^NEEDRESTART-SVC: postfix$'
	[ "$(grep -c '^NEEDRESTART-SVC: postfix' <<<"$output")" -eq 1 ]
	[ "$(masters_of - out in)" = "$old" ]
	policy 104
	expect 0 needrestart -r a -l
	one_master - out in
	for pid in $old; do
		[ ! -e "/proc/$pid" ]
	done
	expect 0 needrestart -b -l
	refute_output '^NEEDRESTART-SVC: postfix'
}
