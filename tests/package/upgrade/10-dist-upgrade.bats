#!/usr/bin/env bats
# A host becomes one of the next release of Debian while postctl is installed: dist-upgrade by apt, without a network. What
# this needs has been downloaded when the root was made.

load helpers/load
load ../package

setup_file() {
	start_syslog
	in_runlevel_2
	fresh_postfix
	new_instance a
	new_instance b
	new_instance c chroot=n
	new_instance off enable=no
	set_master - 25 y
	back_date /etc/postfix/main.cf
}

teardown() { diagnose_failure; }
teardown_file() { stop_everything; }

@test "bookworm becomes trixie: nobody is asked, and what ran before runs after" {
	dpkg_does -i /packages/postctl_*.deb
	expect 0 service postfix start
	expect 0 postctl stop b
	mail_through - a c
	expect 0 apt-mark hold bats # which runs
	# Others do ask: the root has changed init scripts of theirs.
	LIMIT=400 expect 0 env DEBIAN_FRONTEND=noninteractive apt-get -y --no-download --no-install-recommends \
		-o Dpkg::Options::=--force-confold dist-upgrade
	assert_output '^Setting up postfix \(3\.1'
	refute_output '(^Configuration file .*(postfix|postctl)|^insserv: .*postfix|postctl: )'
	# Postfix's own package starts all that is enabled.
	expect 0 service postfix status
	assert_output '^postfix: 4 of 4 enabled instances running$'
	no_process_of off
	mail_through - a b c
}

@test "its files are aside, ours in their places" {
	[ "$(dpkg-query -W -f '${db:Status-Abbrev}' postctl postfix)" = 'ii ii ' ]
	[ "$(readlink -f /etc/init.d/postfix)" = /etc/postctl/init.d/postfix ]
	cmp /usr/lib/postfix/configure-instance.sh /postctl/init.d/configure-instance.sh
	grep -q 'old postfix initscript will not work' /usr/share/postctl/debian/usr/lib/postfix/configure-instance.sh
	cmp /usr/lib/NetworkManager/dispatcher.d/postfix /postctl/init.d/debian-hook
	[ -x /usr/share/postctl/debian/usr/lib/NetworkManager/dispatcher.d/postfix ]
	[ -z "$(find /etc /usr/share/postctl -name 'postfix.*-*')" ]
}

@test "the chroots are those of the new release" {
	local instance
	for instance in - a b; do
		expect 0 postctl check "$instance"
	done
	for instance in - a b; do
		cmp /etc/services "$(queue_dir "$instance")/etc/services"
		is_chrooted "$instance"
	done
	[ ! -e /var/spool/postfix-c/etc ]
}

@test "one instance is restarted, the others go on" {
	remember_masters
	expect 0 service postfix restart a
	same_masters - b c
	not same_masters a
}

@test "purge leaves the new release's own files" {
	dpkg_does -P postctl
	[ ! -e /usr/share/postctl ]
	[ -z "$(dpkg-divert --list '*postfix*')" ]
	grep -q syncfiles /usr/lib/postfix/configure-instance.sh
	run dpkg --verify postfix
	refute_output '(init\.d|configure-instance|/postfix$)'
}
