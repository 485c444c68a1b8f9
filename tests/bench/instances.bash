# shellcheck shell=bash disable=SC2154
# Instances for the bench: the primary and COUNT-1 others, all alike, chrooted, smtpd on 127.0.0.1:2500 and following.

directories=()
made=''   # how many there are
chroots='' # whose chroots are in place
certificates=/etc/ssl/certs

# make_instances COUNT: their files, as postmulti would create them, a hundred times faster.
make_instances() {
	local i name main master primary queues=(/var/spool/postfix) datas=(/var/lib/postfix)
	[[ $made != "$1" ]] || return 0
	stop_all
	rm -rf /etc/postfix-* /var/spool/postfix-* /var/spool/*.bench /var/lib/postfix-*
	chroots=
	main=$(grep -vE '^(inet_interfaces|myhostname|smtp_tls_|[[:space:]]*#)' /stock/etc/postfix/main.cf)
	main+=$'\ninet_interfaces = 127.0.0.1\nsmtp_tls_security_level = may\nsmtp_tls_CApath = '$certificates
	# Chrooted is what Debian chroots where it does.
	master=$(awk '
		BEGIN { split("qmgr proxymap local virtual pipe postlogd spawn", words); for (i in words) never[words[i]] }
		$1 == "smtp" && $2 == "inet" { $1 = "127.0.0.1:PORT" }
		/^[^#[:space:]]/ && NF >= 8 { $5 = $8 in never ? "n" : "y" }
		{ print }
	' /stock/etc/postfix/master.cf)

	directories=(/etc/postfix)
	for ((i = 1; i < $1; i++)); do
		printf -v name 'postfix-i%03d' "$i"
		directories+=("/etc/$name")
		queues+=("/var/spool/$name")
		datas+=("/var/lib/$name")
	done
	mkdir -p "${directories[@]}" "${queues[@]/%//pid}" "${datas[@]}"
	chown postfix: "${datas[@]}"
	primary="multi_instance_directories = ${directories[*]:1}
multi_instance_wrapper = \${command_directory}/postmulti -p --"
	for i in "${!directories[@]}"; do
		name=${directories[i]#/etc/}
		printf '%s\n' "$main" "myhostname = $name.example.org" "multi_instance_enable = yes" >"${directories[i]}/main.cf"
		if ((i == 0)); then
			printf '%s\n' "$primary" >>"${directories[i]}/main.cf"
		else
			printf '%s\n' "multi_instance_name = $name" "queue_directory = /var/spool/$name" \
				"data_directory = /var/lib/$name" >>"${directories[i]}/main.cf"
		fi
		printf '%s\n' "${master//PORT/$((2500 + i))}" >"${directories[i]}/master.cf"
	done
	# Every Postfix program waits while a main.cf is younger than two seconds.
	touch -d '1 hour ago' "${directories[@]/%//main.cf}" "${directories[@]/%//master.cf}"
	made=$1
}

stop_all() { postctl stop >>/tmp/log 2>&1 || :; }

# Those that compete, stopped.
stopped() {
	make_instances "$count"
	stop_all
}

# Those that compete, running.
started() {
	make_instances "$count"
	! all_run "$count" || return 0
	postctl start >>/tmp/log 2>&1
	expect_running "$count"
	settle 3
}

queue_directories() { printf '%s\n' "${directories[@]/#\/etc/\/var\/spool}"; }

clear_chroots() {
	local queue
	while read -r queue; do
		rm -rf "${queue:?}"/{etc,lib,lib64,usr,dev}
	done < <(queue_directories)
}

# chroots_of ours|stock: puts the chroots of the one aside, and those that the other left back in place.
chroots_of() {
	local queue name
	[[ $chroots != "$1" ]] || return 0
	while read -r queue; do
		mkdir -p "$queue.bench/ours" "$queue.bench/stock"
		for name in etc lib lib64 usr dev; do
			if [[ -e $queue/$name && $chroots ]]; then
				mv "$queue/$name" "$queue.bench/$chroots/"
			else
				rm -rf "${queue:?}/$name"
			fi
			[[ ! -e $queue.bench/$1/$name ]] || mv "$queue.bench/$1/$name" "$queue/"
		done
	done < <(queue_directories)
	chroots=$1
}

# Masters that are none, for numbers of instances that real ones would take minutes to start.
stand_ins() {
	local answer
	exec {stand_in}< <(queue_directories | exec "$tools/master")
	stand_in_pid=$!
	read -r -t 60 -u "$stand_in" answer && [[ $answer = ready ]]
}

end_stand_ins() {
	kill "$stand_in_pid"
	exec {stand_in}<&-
	made=
	settle 1
}
