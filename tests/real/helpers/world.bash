# shellcheck shell=bash disable=SC2034
# The state of the root around a test: how it begins, and what to show when it fails.

# rsyslog: chrooted daemons need the socket, tests read the log.
start_syslog() {
	rsyslogd 3>&- 4>&-
	wait_for 10 test -S /dev/log
}

mail_log() { cat /var/log/mail.log 2>/dev/null; }

# The primary alone, as Debian configures it, stopped; no mail, no memory of earlier tests.
fresh_postfix() {
	stop_everything
	rm -rf /etc/postfix /etc/postfix-* /var/spool/postfix-* /var/lib/postfix-* /var/lib/postctl /run/postctl /var/mail/*
	cp -a /stock/etc/postfix /etc/
	cp -a /stock/etc/{nsswitch.conf,resolv.conf,hosts} /etc/
	rm -f /var/spool/postfix/pid/master.pid /etc/init.d/{,.}postfix@* /etc/rc?.d/???postfix@*
	: >/var/log/mail.log
}

# three_instances y|n: the primary, out, chrooted or not, and in, which is not; stopped, with a log daemon.
three_instances() {
	start_syslog
	fresh_postfix
	new_instance out chroot="$1"
	new_instance in chroot=n
}

# replace FILE: what an upgrade does to it: another takes its place.
replace() {
	cp -p "$1" "$1.new"
	mv "$1.new" "$1"
}

# policy STATUS: what invoke-rc.d is told: 101 forbids all, 104 allows it.
policy() {
	printf '#!/bin/sh\nexit %s\n' "$1" >/usr/sbin/policy-rc.d
	chmod +x /usr/sbin/policy-rc.d
}

# For teardown: what one wants to know of a failed test.
diagnose_failure() {
	[[ -z ${BATS_TEST_COMPLETED-} ]] || return 0
	echo "== processes"
	ps axfo pid,ppid,stat,args | tail -n +2 | tail -n 40
	if command -v postctl >/dev/null; then
		echo "== postctl status"
		timeout 10 postctl status 2>&1
	fi
	echo "== the end of the mail log"
	mail_log | tail -n 30
	return 0
}
