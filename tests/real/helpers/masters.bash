# shellcheck shell=bash
# Masters: how many there are, and starting some in a hurry.

# masters_of INSTANCE...: the pids of all masters of these instances, on one line each.
masters_of() {
	local instance pid name
	for instance; do
		for pid in $(processes_of "$instance"); do
			read -r name 2>/dev/null <"/proc/$pid/comm" || continue
			# A child that does not execute its own program yet is called so, too.
			[[ $name != master || $(ps -o sid= -p "$pid") -ne $pid ]] || printf '%s ' "$pid"
		done
		echo
	done
}

# one_master INSTANCE...: each of them runs, once.
one_master() {
	local instance pids
	for instance; do
		read -ra pids < <(masters_of "$instance")
		((${#pids[@]} == 1)) || fail "$instance has ${#pids[@]} masters" || return
	done
}

# quick_start INSTANCE...: by Postfix alone, without its checks, which new files need once.
quick_start() {
	local instance
	for instance; do
		touch "$(queue_dir "$instance")/quick-start"
		try env MAIL_CONFIG="$(config_dir "$instance")" postfix start
		assert_status 0 || return
	done
}

# end_instance INSTANCE...: kills all its processes, together.
end_instance() {
	local instance pids
	for instance; do
		mapfile -t pids < <(processes_of "$instance")
		((${#pids[@]} == 0)) || kill -KILL "${pids[@]}" 2>/dev/null || :
		wait_for 10 no_process_of "$instance" || return
	done
}
