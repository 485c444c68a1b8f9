# shellcheck shell=bash
# Instances: `-` is the primary, `out` the secondary postfix-out in /etc/postfix-out. All listen on 127.0.0.1.

config_dir() { [[ $1 = - ]] && echo /etc/postfix || echo "/etc/postfix-${1#postfix-}"; }
queue_dir() { [[ $1 = - ]] && echo /var/spool/postfix || echo "/var/spool/postfix-${1#postfix-}"; }
data_dir() { [[ $1 = - ]] && echo /var/lib/postfix || echo "/var/lib/postfix-${1#postfix-}"; }

# port INSTANCE: where its smtpd listens.
port() {
	awk '$2 == "inet" && $8 == "smtpd" { sub(/.*:/, "", $1); print $1 == "smtp" ? 25 : $1; exit }' \
		"$(config_dir "$1")/master.cf"
}

# Every Postfix program waits 0.3 s at a time while a main.cf is younger than two seconds.
back_date() { touch -d '1 hour ago' "$@"; }

# set_main INSTANCE 'NAME = VALUE'...: like postconf -e, but also where main.cf is one that postconf refuses, and back-dated.
set_main() {
	local main setting
	main=$(config_dir "$1")/main.cf
	shift
	for setting; do
		sed -i "/^${setting%%[ =]*}[ =]/d" "$main"
		printf '%s\n' "$setting" >>"$main"
	done
	back_date "$main"
}

# The value in the file, unexpanded.
get_main() { sed -n "s/^$2 *= *//p" "$(config_dir "$1")/main.cf"; }

# set_master INSTANCE PORT y|n: the stock master.cf with smtpd on 127.0.0.1:PORT, and its services chrooted or not. What
# Debian has never chrooted stays as it is.
set_master() {
	local master
	master=$(config_dir "$1")/master.cf
	awk -v port="$2" -v chroot="$3" '
		BEGIN { split("qmgr proxymap local virtual pipe postlogd spawn", words); for (i in words) never[words[i]] }
		$1 == "smtp" && $2 == "inet" { $1 = "127.0.0.1:" port }
		/^[^#[:space:]]/ && NF >= 8 { $5 = $8 in never ? "n" : chroot }
		{ print }
	' /stock/etc/postfix/master.cf >"$master"
	back_date "$master"
}

# new_instance NAME [port=N] [chroot=y|n] [group=G] [enable=yes|no]: the files of a secondary instance as postmulti would
# create and enable it, a hundred times faster. Without a port it gets one that no other instance has.
new_instance() {
	local name=$1 port='' chroot=y group='' enable=yes directory
	shift
	local "$@"
	directory=$(config_dir "$name")
	[[ $port ]] || port=$((2500 + $(wc -w <<<"$(get_main - multi_instance_directories)")))
	mkdir -p "$directory" "$(queue_dir "$name")" "$(data_dir "$name")"
	chown postfix: "$(data_dir "$name")"
	cp -p /stock/etc/postfix/main.cf "$directory/main.cf"
	set_main "$name" "queue_directory = $(queue_dir "$name")" "data_directory = $(data_dir "$name")" \
		"myhostname = $name.example.org" "multi_instance_name = postfix-$name" \
		"multi_instance_group = $group" "multi_instance_enable = $enable"
	set_master "$name" "$port" "$chroot"
	enlist "$directory"
}

# create_instance NAME PORT [y|n]: the same by postmulti, as MULTI_INSTANCE_README says.
create_instance() {
	local directory
	directory=$(config_dir "$1")
	[[ $(get_main - multi_instance_enable) ]] || postmulti -e init || return
	back_date /etc/postfix/main.cf
	postmulti -I "postfix-$1" -e create || return
	back_date /etc/postfix/main.cf "$directory/main.cf"
	postconf -c "$directory" -e "myhostname = $1.example.org" "master_service_disable =" \
		"authorized_submit_users = static:anyone" "mynetworks = $(get_main - mynetworks)" || return
	back_date "$directory/main.cf"
	set_master "$1" "$2" "${3:-y}"
	postmulti -i "postfix-$1" -e enable || return
	back_date "$directory/main.cf"
}

# enlist DIRECTORY...: tell the primary of these secondaries.
enlist() {
	set_main - "multi_instance_directories = $(get_main - multi_instance_directories) $*" \
		'multi_instance_wrapper = ${command_directory}/postmulti -p --' 'multi_instance_enable = yes'
}
