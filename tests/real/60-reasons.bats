#!/usr/bin/env bats
# Why an instance does not start is said in Postfix's own words, although Postfix 3.7 says them to a terminal only.

load helpers/load

setup_file() {
	three_instances n
	expect 0 postctl start
	cp -a /etc/postfix-out /tmp
}

setup() {
	cp -a /tmp/postfix-out /etc
	expect 0 postctl start
}

teardown() {
	diagnose_failure
	kill "${occupied:-}" 2>/dev/null || :
	ip addr flush to 192.0.2.0/24
	! mountpoint -q /var/spool/postfix-out || umount /var/spool/postfix-out
}

teardown_file() { stop_everything; }

# parameter = value | what Postfix, or postctl in its place, says of it
table='
setgid_group = no-such-group        | unknown group name: no-such-group
mail_owner = no-such-user           | unknown user name value: no-such-user
mail_owner = root                   | user root has privileged user ID
data_directory = /nonexistent/x     | /nonexistent/x.*No such file or directory
data_directory = /srv               | /srv/master\.lock: .*Permission denied
service_throttle_time = 0           | service_throttle_time = 0
inet_interfaces = no-such-host.invalid | no-such-host\.invalid
inet_interfaces = 192.0.2.77        | no local interface found for 192\.0\.2\.77
inet_protocols = bogus              | bogus
myhostname = bad_-name.-            | bad_-name
myorigin = /etc/no-such-file        | /etc/no-such-file.*No such file or directory
default_process_limit = many        | default_process_limit = many
daemon_directory = /nowhere         | /nowhere
command_directory = relative        | command_directory = relative
compatibility_level = some          | compatibility_level
multi_instance_enable = perhaps     | multi_instance_enable = perhaps
maillog_file = /nowhere/log         | maillog_file
queue_directory = /dev/null         | /dev/null: Not a directory
'

@test "what is wrong with main.cf keeps a restart from beginning, and a start from succeeding; the others are not kept" {
	local setting words old bad=0 rows=0
	while IFS='|' read -r setting words; do
		[[ $setting ]] || continue
		read -r words <<<"$words"
		((++rows))
		cp -a /tmp/postfix-out /etc
		one_master out || quick_start out
		set_main out "$setting"
		old=$(master_of out)

		try postctl restart out in
		if ! assert_status 1 || ! assert_output "^postctl: .*out: .*$words" || ! assert_output '^postfix-in: restarted' ||
			[[ $(master_of out) != "$old" ]]; then
			echo "restart is not as it should be with $setting"
			((++bad))
		fi
		end_instance out
		try postctl start out in
		if ! assert_status 1 || ! assert_output "^postctl: .*out: .*$words" || ! assert_output '^postfix-in: running already' ||
			! no_process_of out; then
			echo "start is not as it should be with $setting"
			((++bad))
		fi
	done <<<"$table"
	((rows > 0 && bad == 0)) || fail "$bad of $rows"
}

# occupy PORT: $occupied listens there. Not nc: it shares the port with whoever wants it too.
occupy() {
	perl -MSocket -e 'socket(S, PF_INET, SOCK_STREAM, 0); bind(S, sockaddr_in(shift, INADDR_LOOPBACK)) or die; listen(S, 1); sleep' \
		"$1" </dev/null >/dev/null 2>&1 3>&- 4>&- &
	occupied=$!
	wait_for 5 bash -c ": </dev/tcp/127.0.0.1/$1"
}

@test "a port that somebody else has" {
	expect 0 postctl stop out
	occupy "$(port out)"
	expect 1 postctl start
	assert_output '^postctl: postfix-out: .*mail system startup failed'
	assert_output '^postctl: postfix-out: master: fatal: bind .* port .*: Address already in use'
	assert_output '^postfix-in: running already'
	no_process_of out
	kill "$occupied"
	expect 0 postctl start out
	deliver out bob
}

@test "a new port that somebody else has: restart and reload do not begin; one of another instance, or one's own, is had" {
	local old place verb
	occupy 2600
	old=$(master_of out)
	for place in 127.0.0.1:2600 2600; do
		cp -p /tmp/postfix-out/master.cf /etc/postfix-out/
		echo "$place inet n - n - - smtpd" >>/etc/postfix-out/master.cf
		back_date /etc/postfix-out/master.cf
		for verb in reload restart; do
			expect 1 postctl $verb out in
			assert_output "^postctl: postfix-out: .*/master.cf, line [0-9]+: service $place: another program has .*:2600; .*it goes on running as it is\$"
			assert_output "^postfix-in: ${verb}ed"
			[ "$(master_of out)" = "$old" ]
		done
	done
	# One's own master at another address of that port is no excuse.
	cp -p /tmp/postfix-out/master.cf /etc/postfix-out/
	echo '127.0.0.9:2600 inet n - n - - smtpd' >>/etc/postfix-out/master.cf
	back_date /etc/postfix-out/master.cf
	expect 0 postctl restart out
	sed -i 's/^127.0.0.9:2600 /2600 /' /etc/postfix-out/master.cf
	back_date /etc/postfix-out/master.cf
	for verb in reload restart; do
		expect 1 postctl $verb out
		assert_output "^postctl: postfix-out: .*: service 2600: another program has .*:2600; .*it goes on running as it is\$"
	done
	kill "$occupied"
	sed -i "s/^2600 /127.0.0.1:$(port in) /" /etc/postfix-out/master.cf
	for verb in restart restart reload; do expect 0 postctl $verb out; done
	cp -p /tmp/postfix-out/master.cf /etc/postfix-out/
	expect 0 postctl restart out
}

@test "a data directory that another instance has, or a parameter that only master reads: restart and reload do not begin" {
	local old setting verb
	old=$(master_of out)
	for setting in 'data_directory = /var/lib/postfix-in' 'service_throttle_time = 0'; do
		cp -p /tmp/postfix-out/main.cf /etc/postfix-out/
		set_main out "$setting"
		for verb in reload restart; do
			expect 1 postctl $verb out
			assert_output "^postctl: postfix-out: .*$setting: "
			assert_output 'it goes on running as it is$'
			[ "$(master_of out)" = "$old" ]
		done
	done
	# One that is missing is made, and a new one is had.
	set_main out 'service_throttle_time = 1m' 'data_directory = /var/lib/postfix-new'
	expect 0 postctl restart out
	set_main out 'data_directory = /srv'
	expect 1 postctl check out
	assert_output '^postfix-out: error: data_directory = /srv: user postfix cannot write /srv/master\.lock'
	cp -p /tmp/postfix-out/main.cf /etc/postfix-out/
	expect 0 postctl restart out
	expect 0 postctl check out
	deliver out bob
}

@test "an address that went away: the instance can be stopped, the others restarted, and why it does not start is said" {
	local name
	for name in out -; do
		ip addr add 192.0.2.1/32 dev lo
		set_main "$name" 'inet_interfaces = 192.0.2.1, 127.0.0.1'
		expect 0 postctl restart "$name"
		ip addr del 192.0.2.1/32 dev lo
		expect 0 postctl status
		expect 0 postctl restart in
		expect 1 postctl restart "$name"
		assert_output 'no local interface found for 192\.0\.2\.1'
		one_master "$name"
		expect 0 postctl stop "$name"
		no_process_of "$name"
		expect 1 postctl start "$name"
		assert_output 'no local interface found for 192\.0\.2\.1'
		cp -a /tmp/postfix-out /etc
		set_main - 'inet_interfaces = all'
		expect 0 postctl start
	done
}

@test "a queue directory that nobody but root may have written to: quick start is not asked for there" {
	chown postfix /var/spool/postfix-out
	try postctl restart out
	chown root /var/spool/postfix-out
	one_master out
	[ ! -e /var/spool/postfix-out/quick-start ]
}

@test "a chroot that cannot be made: a restart does not begin, a start says so" {
	set_master out "$(port out)" y
	expect 0 postctl restart out
	rm -rf /var/spool/postfix-out/etc
	ln -s /etc /var/spool/postfix-out/etc
	old=$(master_of out)
	expect 1 postctl restart out
	assert_output '^postctl: postfix-out: .*chroot'
	[ "$(master_of out)" = "$old" ]
	expect 1 postctl sync out
	[ -e /etc/passwd ] && [ ! -L /etc/hosts ]
	rm /var/spool/postfix-out/etc
	expect 0 postctl restart out
	deliver out bob
}

@test "a queue directory on a file system that has become read-only: what runs is left alone, and why nothing starts is said" {
	local queue=/var/spool/postfix-out verb
	old=$(master_of out)
	mount --bind "$queue" "$queue"
	mount -o remount,bind,ro "$queue"
	for verb in restart reload check; do
		expect 1 postctl $verb out
		assert_output "postfix-out: .*queue directory $queue: Read-only file system"
		[ "$(master_of out)" = "$old" ]
	done
	expect 0 postctl stop out
	expect 1 postctl start out
	assert_output "^postctl: postfix-out: cannot start it: queue directory $queue: Read-only file system"
	umount "$queue"
	expect 0 postctl start out
	deliver out bob
}

@test "settings that only a shell can read: what needs no chroot works, and check says what is wrong" {
	echo 'chroot_extra_files="$(ls /etc/mail*)"' >/etc/default/postfix
	set_master out "$(port out)" y
	expect 0 postctl restart in
	expect 1 postctl restart out
	assert_output '^postctl: postfix-out: .*/etc/default/postfix.*line 1'
	one_master out
	expect 1 postctl check out
	assert_output '/etc/default/postfix.*line 1'
	expect 1 postctl chroot out
	expect 0 postctl check in
	expect 0 postctl stop
	expect 1 postctl start
	one_master - out in
	rm /etc/default/postfix
	expect 0 postctl restart
}
