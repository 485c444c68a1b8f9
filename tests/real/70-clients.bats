#!/usr/bin/env bats
# The programs that use an init script, by their own rules (what they read in its answers was taken from their sources).

load helpers/load

script=/etc/init.d/postfix

setup_file() {
	start_syslog
	fresh_postfix
	new_instance out chroot=n
	new_instance off chroot=n enable=no
	expect 0 "$script" start
}

setup() { [[ -e /etc/postfix/main.cf ]] || mv /etc/postfix/main.cf.away /etc/postfix/main.cf; }

teardown() {
	diagnose_failure
	[[ -e /usr/sbin/postfix ]] || mv /usr/sbin/postfix.away /usr/sbin/postfix
}

teardown_file() { stop_everything; }

# Each of these reads the answer of `service postfix status` in $output and $status, and says running, stopped or worse.

# ansible/modules/sysvinit.py: what is said in one line counts more than the exit status.
ansible_sysvinit() {
	local said=${output,,}
	if (($(wc -l <<<"$output") <= 1)); then
		[[ $said != *@(stop|is dead |dead but |could not access pid file|inactive)* ]] || { echo stopped && return; }
		[[ $said != *@(run|start|active)* || $said = *'not '* ]] || { echo running && return; }
	fi
	case $status in
	0) echo running ;;
	1 | 2 | 3 | 4 | 69) echo stopped ;;
	*) echo undecided ;;
	esac
}

# ansible/modules/service.py: the exit status first, then words, if there is one line only.
ansible_service() {
	local said=${output,,}
	said=${said//postfix/}
	case $status in
	1 | 2 | 3 | 4 | 69) echo stopped && return ;;
	esac
	if (($(wc -l <<<"$output") <= 1)); then
		[[ $said != *stop* ]] || { echo stopped && return; }
		[[ $said != *@(run|start)* || $said = *'not '* ]] || { echo running && return; }
	fi
	((status == 0)) && echo running || echo failed
}

# puppet/provider/service/base.rb
puppet() { ((status == 0)) && echo running || echo stopped; }

# pacemaker/lib/services/services_lsb.c
pacemaker() {
	case $status in
	0) echo running ;;
	1 | 2 | 3) echo stopped ;;
	*) echo "unknown error" ;;
	esac
}

# init-system-helpers/service --status-all
status_all() {
	[[ ${output,,} != *usage:* ]] || { echo '?' && return; }
	((status == 0)) && [[ $output ]] && echo + || echo -
}

# all_say running|stopped
all_say() {
	local client
	try service postfix status
	(($(wc -l <<<"$output") >= 2)) || fail "one line only"
	for client in ansible_sysvinit ansible_service puppet pacemaker; do
		[[ $("$client") = "$1" ]] || fail "$client takes this for $("$client")"
	done
	[[ $(status_all) = "$([[ $1 = running ]] && echo + || echo -)" ]] || fail "service --status-all says $(status_all)"
}

@test "status in every state: everyone takes it for what it is" {
	all_say running # off is disabled, that changes nothing
	expect 0 "$script" stop out
	all_say stopped # half of it
	expect 0 "$script" start
	kill_master out
	wait_for 5 eval '! master_of out'
	all_say stopped # dead
	expect 0 "$script" start
	all_say running
	expect 0 "$script" stop
	all_say stopped
	break_main out
	expect 1 "$script" start
	all_say stopped
	mend out
	expect 0 "$script" start
	all_say running
	mv /etc/postfix/main.cf /etc/postfix/main.cf.away
	all_say running # it does not need it any more
	mv /etc/postfix/main.cf.away /etc/postfix/main.cf
	mv /usr/sbin/postfix /usr/sbin/postfix.away
	all_say stopped
	mv /usr/sbin/postfix.away /usr/sbin/postfix
	enlist /etc/postfix-gone # a damaged one more, which should run
	all_say stopped
	set_main - 'multi_instance_directories = /etc/postfix-out /etc/postfix-off'
	all_say running
}

@test "service --status-all shows it" {
	expect 0 service --status-all
	assert_output '^ \[ \+ \]  postfix$'
	expect 0 service postfix stop
	expect 0 service --status-all
	assert_output '^ \[ - \]  postfix$'
	expect 0 service postfix start
}

@test "Pacemaker's list: start twice, stop twice, status of what is stopped" {
	expect 0 "$script" start
	expect 0 "$script" start
	expect 0 "$script" status
	expect 0 "$script" stop
	expect 3 "$script" status
	expect 0 "$script" stop
	expect 0 "$script" start
	expect 0 "$script" force-reload
}

@test "Ansible's restarted: stop, sleep, start, each 0; reloaded" {
	expect 0 "$script" stop
	sleep 1
	expect 0 "$script" start
	one_master - out
	expect 0 service postfix reload
	deliver out alice
}

@test "the package's trigger: restart starts what was stopped" {
	expect 0 service postfix stop
	expect 0 service postfix restart
	one_master - out
}

@test "invoke-rc.d: its query and its actions reach the script" {
	expect 0 invoke-rc.d --disclose-deny postfix status
	assert_output '^postfix: 2 of 2'
	expect 0 invoke-rc.d postfix stop
	no_program_of_postfix
	expect 3 invoke-rc.d postfix status
	# There is no runlevel in here, so whether it may start is for a policy to say.
	policy 104
	expect 0 invoke-rc.d postfix start out
	one_master out
	no_process_of -
	expect 0 invoke-rc.d postfix restart
	one_master - out
	policy 101
	expect 0 invoke-rc.d postfix stop
	one_master - out
	rm /usr/sbin/policy-rc.d
}

@test "needrestart finds no pid file in the script, and the header that it and Chef read" {
	run grep -E '\S*/run/[^/]+\.pid' "$script"
	[ "$status" -eq 1 ]
	for field in 'Default-Start: +2 3 4 5' 'Default-Stop: +0 1 6' 'Provides: +postfix( |$)' 'Required-Start: +\S' 'Short-Description: +\S'; do
		grep -qE "^# $field" "$script"
	done
}

@test "check_procs, Checkmk: one process named master for each instance, its pid in the pid file" {
	[ "$(pgrep -c -x master)" -eq 2 ]
	for name in - out; do
		read -r pid <"$(queue_dir "$name")/pid/master.pid"
		[ "$pid" = "$(master_of "$name")" ]
		[[ $(readlink "/proc/$pid/exe") =~ postfix/(s?bin/)?master ]]
	done
}

@test "Monit's way: the script returns when the daemons are up" {
	expect 0 "$script" stop
	expect 0 "$script" start
	smtp_greets "$(port out)"
	smtp_greets "$(port -)"
}
