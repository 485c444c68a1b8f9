#!/usr/bin/env bats
# log-sockets: after a restart of the log daemon, chrooted services of all instances log on. With real rsyslog; of other log
# daemons, what they are told.

load helpers/load

snippet=/etc/rsyslog.d/postctl.conf

setup_file() {
	service rsyslog start 3>&- 4>&-
	wait_for 10 test -S /dev/log
	fresh_postfix
	# Since Postfix 3.11 Debian's is not chrooted.
	set_master - 25 y
	new_instance out chroot=y
	new_instance in chroot=y enable=no
	new_instance plain chroot=n
	expect 0 postctl sync
	expect 0 postctl start out
}

setup() { rm -rf $snippet /etc/syslog-ng /usr/sbin/syslog-ng; }

teardown() {
	diagnose_failure
	[[ ! -e /tmp/rsyslogd ]] || mv /tmp/rsyslogd /usr/sbin/rsyslogd
	rm -f /usr/sbin/syslog-ng /usr/sbin/syslogd /etc/default/inetutils-syslogd
}

teardown_file() {
	stop_everything
	service rsyslog stop
}

# restart_log: as log-sockets says; then a new log.
restart_log() {
	expect 0 service rsyslog restart
	wait_for 10 test -S /dev/log
	: >/var/log/mail.log
}

# smtpd_of INSTANCE: the process that answers there; it stays for the next client.
smtpd_of() {
	local pid
	smtp_greets "$(port "$1")" >/dev/null || return
	for pid in $(processes_of "$1"); do
		[[ $(readlink "/proc/$pid/exe") != */smtpd ]] || echo "$pid"
	done
}

# Without rsyslog and its configuration nobody finds it.
hide_rsyslog() { mv /usr/sbin/rsyslogd /tmp/rsyslogd; }

@test "a chrooted secondary: without the snippet its lines are lost after a restart of rsyslog, with it they arrive" {
	local smtpd
	is_chrooted out
	smtpd=$(smtpd_of out)
	wait_for 10 grep -q "postfix-out/smtpd\[$smtpd\]: connect" /var/log/mail.log
	restart_log
	[ "$(smtpd_of out)" = "$smtpd" ]
	deliver out alice
	# What is not chrooted logs on.
	wait_for 10 grep -q 'postfix-out/qmgr.*removed' /var/log/mail.log
	run ! grep "postfix-out/smtpd\[$smtpd\]" /var/log/mail.log
	try postctl check out
	assert_output '^postfix-out: warning: no log socket /var/spool/postfix-out/dev/log: .*; postctl log-sockets$'

	expect 0 postctl log-sockets
	assert_output "^$snippet was written$"
	assert_output '^"service rsyslog restart" makes the log daemon notice$'
	restart_log
	[ "$(smtpd_of out)" = "$smtpd" ]
	deliver out alice
	wait_for 10 grep -q "postfix-out/smtpd\[$smtpd\]: connect" /var/log/mail.log
	expect 0 postctl check out
	refute_output 'log socket|dev/log'
}

@test "all chrooted instances have one, also disabled ones, none stands twice; a second run changes nothing" {
	local before
	expect 0 postctl log-sockets
	assert_output '^-: /var/spool/postfix/dev/log, which stands in /etc/rsyslog.d/postfix.conf$'
	assert_output '^postfix-out: /var/spool/postfix-out/dev/log$'
	assert_output '^postfix-in: /var/spool/postfix-in/dev/log$'
	assert_output '^postfix-plain: needs no socket: no service is chrooted$'
	[ "$(grep -c imuxsock $snippet)" = 2 ]
	[ "$(stat -c '%a %U' $snippet)" = '644 root' ]
	expect 0 rsyslogd -N1
	before=$(stat -c '%i %y' $snippet)
	restart_log
	expect 0 postctl log-sockets
	assert_output "^$snippet is current$"
	refute_output restart
	[ "$(stat -c '%i %y' $snippet)" = "$before" ]
	expect 0 postctl log-sockets -q
	[ ! "$output" ]
	# The words choose what is shown, not what is written.
	expect 0 postctl log-sockets plain
	refute_output '^postfix-out'
	[ "$(grep -c imuxsock $snippet)" = 2 ]
	[ "$(find /etc/rsyslog.d -type f | sort | paste -sd " ")" = "/etc/rsyslog.d/postctl.conf /etc/rsyslog.d/postfix.conf" ]
}

@test "--dry-run writes nothing; what needs no socket any more loses it, and the last one takes the file along" {
	expect 0 postctl log-sockets --dry-run
	assert_output "^$snippet would be written$"
	assert_output '^input\(type="imuxsock" Socket="/var/spool/postfix-in/dev/log"\)$'
	[ ! -e $snippet ]
	set_main in 'queue_directory = /'
	try postctl log-sockets --dry-run
	set_main in 'queue_directory = /var/spool/postfix-in'
	assert_status 0
	assert_output '^postfix-in: needs no socket: its chroot is the whole host$'
	refute_output '"/dev/log"'
	expect 0 postctl log-sockets
	set_main in 'maillog_file = /var/log/in.log'
	expect 0 postctl log-sockets
	assert_output '^postfix-in: needs no socket: it logs to /var/log/in.log$'
	refute_output '^postfix-in: /'
	run ! grep postfix-in $snippet
	set_main in 'maillog_file ='
	set_master out "$(port out)" n
	set_master in "$(port in)" n
	expect 0 postctl log-sockets -n
	assert_output "^$snippet would be removed$"
	[ -e $snippet ]
	expect 0 postctl log-sockets
	assert_output "^$snippet was removed$"
	assert_output restart
	[ ! -e $snippet ]
	expect 0 postctl log-sockets
	refute_output 'postctl.conf|restart'
	set_master out "$(port out)" y
	set_master in "$(port in)" y
}

@test "what is not postctl's is neither changed nor followed" {
	echo '# mine' >$snippet
	expect 1 postctl log-sockets
	assert_output "^postctl: $snippet is not postctl's; move it away$"
	[ "$(cat $snippet)" = '# mine' ]
	rm $snippet
	expect 0 postctl log-sockets
	mv $snippet /tmp/elsewhere
	ln -s /tmp/elsewhere $snippet
	set_main in 'maillog_file = /var/log/in.log'
	expect 1 postctl log-sockets
	assert_output "^postctl: $snippet: "
	grep -q postfix-in /tmp/elsewhere
	rm $snippet
	chmod 777 /etc/rsyslog.d
	expect 1 postctl log-sockets
	assert_output "^postctl: /etc/rsyslog.d: not root's, or writable by others$"
	chmod 755 /etc/rsyslog.d
	set_main in 'maillog_file ='
	expect 0 setpriv --reuid=nobody --clear-groups postctl log-sockets --dry-run
	assert_output "^$snippet would be written$"
	[ ! -e $snippet ]
}

@test "an instance that cannot be read keeps its socket, and the others get theirs" {
	expect 0 postctl log-sockets
	new_instance new chroot=y
	break_main out
	expect 1 postctl log-sockets
	assert_output '^postctl: /etc/postfix-out: /etc/postfix-out/main.cf, line'
	assert_output '^postctl: postfix-new: there is no directory /var/spool/postfix-new/dev yet; "postctl sync postfix-new" makes it$'
	grep -q postfix-new $snippet
	mend out
	break_master out
	expect 1 postctl log-sockets
	grep -q postfix-out $snippet
	mend out
	expect 0 postctl log-sockets
	grep -q postfix-out $snippet
	break_main -
	cp $snippet /tmp/before
	expect 1 postctl log-sockets
	mend -
	cmp $snippet /tmp/before
	set_main - 'multi_instance_directories = /etc/postfix-out /etc/postfix-in /etc/postfix-plain'
}

@test "a queue directory that cannot be written down is refused, and the others are not" {
	cp /etc/postfix-in/main.cf /tmp/in.cf
	mkdir -p '/var/spool/postfix in"/dev' "/var/spool/$(printf 'x%.0s' {1..100})/dev"
	set_main in 'queue_directory = /var/spool/postfix in"'
	expect 1 postctl log-sockets
	assert_output '^postctl: postfix-in: .*not of /var/spool/postfix in"/dev/log; '
	set_main in "queue_directory = /var/spool/$(printf 'x%.0s' {1..100})"
	expect 1 postctl log-sockets
	assert_output '^postctl: postfix-in: .* is too long for a socket'
	grep -q postfix-out $snippet
	run ! grep -E 'postfix in|xxx' $snippet
	expect 0 rsyslogd -N1
	cp /tmp/in.cf /etc/postfix-in/main.cf
	back_date /etc/postfix-in/main.cf
}

@test "what other verbs do changes nothing below /etc" {
	local before verb
	before=$(find /etc -printf '%p %i %C@\n' | sort)
	for verb in 'restart out' 'reload out' sync status list check chroot show 'start plain' 'stop plain'; do
		# shellcheck disable=SC2086 # words
		try postctl $verb
	done
	[ "$(find /etc -printf '%p %i %C@\n' | sort)" = "$before" ]
}

@test "syslog-ng: a source of its own, and each log path of the host's from there" {
	hide_rsyslog
	ln -s /bin/true /usr/sbin/syslog-ng
	mkdir -p /etc/syslog-ng/conf.d
	cat >/etc/syslog-ng/syslog-ng.conf <<-'END'
		@version: 3.38
		@include "scl.conf"
		source s_src { system(); internal(); };
		log { source(s_src); filter(f_mail); destination(d_mail); };
		#log { source(s_src); filter(f_off); };
		@include "/etc/syslog-ng/conf.d/*.conf"
	END
	expect 0 postctl log-sockets
	assert_output '^/etc/syslog-ng/conf.d/postctl.conf was written$'
	assert_output '^"service syslog-ng restart" makes the log daemon notice$'
	[ "$(grep -v '^#' /etc/syslog-ng/conf.d/postctl.conf)" = 'source s_postctl {
	unix-dgram("/var/spool/postfix/dev/log" optional(yes));
	unix-dgram("/var/spool/postfix-out/dev/log" optional(yes));
	unix-dgram("/var/spool/postfix-in/dev/log" optional(yes));
};
log { source(s_postctl); filter(f_mail); destination(d_mail); };' ]
	expect 0 postctl log-sockets
	assert_output 'is current'
}

@test "inetutils-syslogd has options for it only: the line to put there is said, until it is there; without a log daemon, that" {
	hide_rsyslog
	expect 1 postctl log-sockets
	assert_output '^postctl: neither rsyslog, .* is installed'
	ln -s /bin/true /usr/sbin/syslogd
	echo 'SYSLOGD_OPTS="--no-forward"' >/etc/default/inetutils-syslogd
	expect 1 postctl log-sockets
	assert_output '^put this line into /etc/default/inetutils-syslogd, and then "service inetutils-syslogd restart":$'
	tail -n 1 <<<"$output" >/etc/default/inetutils-syslogd
	[ "$(cat /etc/default/inetutils-syslogd)" = \
		'SYSLOGD_OPTS="--no-forward -a /var/spool/postfix/dev/log -a /var/spool/postfix-out/dev/log -a /var/spool/postfix-in/dev/log"' ]
	expect 0 postctl log-sockets
	refute_output 'put this line'
}
