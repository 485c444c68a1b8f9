# shellcheck shell=bash
# The processes of an instance, found by what they are, not by what a pid file says. The pid namespace has no others.

# programs_of_postfix: pids of all that runs one. Without a fork for each process: tests ask often.
programs_of_postfix() {
	find /proc -mindepth 2 -maxdepth 2 -path '/proc/[0-9]*/exe' -lname '/usr/*/postfix/*' -printf '%h\n' 2>/dev/null |
		sed 's|/proc/||'
}

# processes_of INSTANCE: pids of those that work in its queue directory or have its configuration directory in their
# environment.
processes_of() {
	local pid queue config environment
	queue=$(queue_dir "$1") config=$(config_dir "$1")
	for pid in $(programs_of_postfix); do
		if [[ ! /proc/$pid/cwd -ef $queue ]]; then
			mapfile -d '' environment 2>/dev/null <"/proc/$pid/environ" || continue
			[[ " ${environment[*]} " = *" MAIL_CONFIG=$config "* ]] || continue
		fi
		echo "$pid"
	done
}

# no_process_of INSTANCE...
no_process_of() {
	local instance found
	for instance; do
		found=$(processes_of "$instance")
		# shellcheck disable=SC2086 # one word a pid
		[[ ! $found ]] || fail "processes of $instance are left:" "$(ps -o pid,stat,args $found)"
	done
}

# master_of INSTANCE: the pid of its master; fails if none runs.
master_of() {
	local pid name
	for pid in $(processes_of "$1"); do
		read -r name 2>/dev/null <"/proc/$pid/comm" || continue
		[[ $name != master ]] || {
			echo "$pid"
			return
		}
	done
	return 1
}

hang_master() { kill -STOP "$(master_of "$1")"; }
kill_master() { kill -KILL "$(master_of "$1")"; }

# Whether the process that listens for mail is in the instance's queue directory.
is_chrooted() {
	local pid
	smtp_greets "$(port "$1")" >/dev/null || return # which starts one
	for pid in $(processes_of "$1"); do
		[[ $(readlink "/proc/$pid/exe") != */smtpd ]] || break
	done
	[[ $(readlink "/proc/$pid/root") = "$(queue_dir "$1")" ]]
}

# Ends every program of Postfix, hung ones too.
stop_everything() {
	local pids # killed together: a master would start a new child for each that dies
	mapfile -t pids < <(programs_of_postfix)
	((${#pids[@]})) || return 0
	kill -KILL "${pids[@]}" 2>/dev/null || :
	wait_for 10 no_program_of_postfix
}

no_program_of_postfix() {
	[[ ! $(programs_of_postfix) ]]
}
