# shellcheck shell=bash
# The processes of an instance, found by what they are, not by what a pid file says. The pid namespace has no others.

# processes_of INSTANCE: pids of all that work in its queue directory or have its configuration directory in their
# environment, programs of Postfix only.
processes_of() {
	local process queue config
	queue=$(queue_dir "$1") config=$(config_dir "$1")
	for process in /proc/[0-9]*; do
		[[ $(readlink "$process/exe") = /usr/*/postfix/* ]] || continue
		[[ $(readlink "$process/cwd") = "$queue"?(/*) ]] ||
			tr '\0' '\n' <"$process/environ" 2>/dev/null | grep -qxF "MAIL_CONFIG=$config" || continue
		echo "${process#/proc/}"
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
	local pid
	for pid in $(processes_of "$1"); do
		[[ $(readlink "/proc/$pid/exe") != */master ]] || {
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
	local process pids=() # killed together: a master would start a new child for each that dies
	for process in /proc/[0-9]*; do
		[[ $(readlink "$process/exe") != /usr/*/postfix/* ]] || pids+=("${process#/proc/}")
	done
	((${#pids[@]})) || return 0
	kill -KILL "${pids[@]}" 2>/dev/null || :
	wait_for 10 no_program_of_postfix
}

no_program_of_postfix() {
	! readlink /proc/[0-9]*/exe | grep -q '^/usr/.*/postfix/'
}
