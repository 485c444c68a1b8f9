#!/usr/bin/env bats
# The life of the package on a host with a primary and three instances that run and take mail: each test is a step, and goes on
# from where the last one ended.

load helpers/load
load package

setup_file() {
	start_syslog
	in_runlevel_2
	fresh_postfix
	new_instance a
	new_instance b
	new_instance c chroot=n
	set_master - 25 y
	back_date /etc/postfix/main.cf
	insserv # once, so that the numbers of boot links do not tell who ran it last
	/etc/init.d/postfix start </dev/null >/dev/null 2>&1 3>&- 4>&-
	snapshot >/tmp/stock
	remember_masters
}

teardown() {
	end_mail
	diagnose_failure
}

teardown_file() { stop_everything; }

@test "all four run, by Debian's script, before anything is installed" {
	mail_through - a b c
	[ ! -e /usr/sbin/postctl ]
}

@test "install: no instance goes down, no message is lost, all are under control at once" {
	begin_mail
	dpkg_does -i /packages/postctl_*.deb
	end_mail
	same_masters - a b c
	expect 0 service postfix status
	assert_output '^postfix: 4 of 4 enabled instances running$'
	in_place
}

@test "one instance is restarted, the others go on" {
	expect 0 service postfix restart b
	same_masters - a c
	not same_masters b
	remember_masters
	mail_through - a b c
}

@test "Postfix, by hand and at a start, gets its chroot from postctl" {
	expect 0 postctl stop a
	rm -rf /var/spool/postfix-a/etc
	expect 0 /usr/lib/postfix/configure-instance.sh postfix-a
	cmp /etc/resolv.conf /var/spool/postfix-a/etc/resolv.conf
	expect 0 postctl start a
	remember_masters
}

@test "a trigger: chroots follow what other packages bring; hooks of Debian do nothing" {
	echo 'nameserver 127.0.0.9' >/etc/resolv.conf
	dpkg_does --triggers-only -a
	not cmp /etc/resolv.conf /var/spool/postfix-a/etc/resolv.conf
	expect 0 /etc/network/if-up.d/postfix
	not cmp /etc/resolv.conf /var/spool/postfix/etc/resolv.conf
	dpkg-trigger --by-package=libc-bin ldconfig
	dpkg_does --triggers-only -a
	cmp /etc/resolv.conf /var/spool/postfix/etc/resolv.conf
	cmp /etc/resolv.conf /var/spool/postfix-a/etc/resolv.conf
	same_masters - a b c
	cp -p /stock/etc/resolv.conf /etc/resolv.conf
}

@test "upgrade of postctl: no instance goes down, the script is the new one, and nobody is asked" {
	begin_mail
	dpkg_does -i /packages/next/postctl_*.deb
	end_mail
	same_masters - a b c
	in_place
	grep -qx '# the next version' /etc/init.d/postfix
	dpkg_does -i /packages/postctl_*.deb # and back
	same_masters - a b c
	not grep -x '# the next version' /etc/init.d/postfix
}

@test "an administrator's change of the script outlives an upgrade" {
	echo '# changed' >>/etc/init.d/postfix
	expect 0 dpkg --force-confold -i /packages/next/postctl_*.deb
	[ "$(tail -n 1 /etc/init.d/postfix)" = '# changed' ]
	expect 0 dpkg --force-confnew -i /packages/postctl_*.deb
	rm /etc/postctl/init.d/postfix.dpkg-*
	in_place
	same_masters - a b c
}

@test "the same postfix once more: nobody is asked, its files stay aside, all run afterwards" {
	dpkg_does -i /stock/postfix_*.deb /stock/postfix-pcre_*.deb
	in_place
	for instance in - a b c; do not same_masters "$instance"; done
	one_master - a b c
	mail_through - a b c
	remember_masters
}

@test "remove: no instance goes down, and Debian's script is back in control" {
	dpkg_does -r postctl
	same_masters - a b c
	cmp /etc/init.d/postfix /stock/etc/init.d/postfix
	[ ! -L /etc/init.d/postfix ]
	cmp /usr/lib/postfix/configure-instance.sh /stock/usr/lib/postfix/configure-instance.sh
	[ "$(dpkg-divert --list '*postfix*')" = '' ]
	expect 0 /etc/network/if-up.d/postctl eth0 up # has outlived its package
	[ -z "$output" ]
	expect 0 service postfix restart
	one_master - a b c
	mail_through - a b c
	remember_masters
}

@test "installed again after that, and an init script of an instance" {
	dpkg_does -i /packages/postctl_*.deb
	same_masters - a b c
	in_place
	expect 0 service postfix status
	# As "postctl enable" makes one, where it does.
	printf '#!/bin/sh\n### BEGIN INIT INFO\n# Provides: postfix@a\n# Required-Start:\n# Required-Stop:\n%s\n%s\n### END INIT INFO\n# postctl: sum\n' \
		'# Default-Start: 2 3 4 5' '# Default-Stop: 0 1 6' >/etc/init.d/postfix@a
	chmod 755 /etc/init.d/postfix@a
	expect 0 update-rc.d postfix@a defaults
	# As "postctl log-sockets" writes them.
	mkdir -p /etc/syslog-ng/conf.d
	echo '# Made by "postctl log-sockets", which rewrites and removes it.' | tee /etc/syslog-ng/conf.d/postctl.conf >/etc/rsyslog.d/postctl.conf
}

@test "purge: all is as it was, but for the chroots" {
	dpkg_does -P postctl
	same_masters - a b c
	rmdir -p --ignore-fail-on-non-empty /etc/syslog-ng/conf.d
	snapshot >/tmp/purged
	diff /tmp/stock /tmp/purged
	mail_through - a b c
}

@test "what somebody put in the place of the script or of hooks is not lost, and does not keep Debian's from coming back" {
	local file mine=(/etc/init.d/postfix /etc/network/if-up.d/postfix)
	dpkg_does -i /packages/postctl_*.deb
	for file in "${mine[@]}" /etc/ca-certificates/update.d/postfix; do # Debian has none of the last name
		rm -f "$file"
		echo '# mine' >"$file"
	done
	echo '# mine' >/etc/rsyslog.d/postctl.conf
	dpkg_does -i /packages/next/postctl_*.deb
	[ "$(cat "${mine[@]}" /etc/ca-certificates/update.d/postfix)" = $'# mine\n# mine\n# mine' ]
	dpkg_does -r postctl
	for file in "${mine[@]}"; do
		assert_output "is now $file.dpkg-old"
		[ "$(cat "$file.dpkg-old")" = '# mine' ]
		rm "$file.dpkg-old"
	done
	dpkg_does -P postctl
	[ "$(cat /etc/ca-certificates/update.d/postfix /etc/rsyslog.d/postctl.conf)" = $'# mine\n# mine' ]
	rm /etc/ca-certificates/update.d/postfix /etc/rsyslog.d/postctl.conf
	snapshot >/tmp/purged
	diff /tmp/stock /tmp/purged
}

@test "a removal that fails half way leaves postctl in control, and can be done again" {
	dpkg_does -i /packages/postctl_*.deb
	mkdir /tmp/fails
	cat >/tmp/fails/dpkg-divert <<-'END'
		#!/bin/sh
		case $* in *--remove*configure-instance.sh) exit 2 ;; esac
		exec /usr/bin/dpkg-divert "$@"
	END
	chmod +x /tmp/fails/dpkg-divert
	expect 1 env PATH="/tmp/fails:$PATH" dpkg -r postctl
	in_place
	same_masters - a b c
	dpkg_does -P postctl
	snapshot >/tmp/purged
	diff /tmp/stock /tmp/purged
}

@test "what somebody else has diverted is left alone" {
	local file=/usr/lib/postfix/configure-instance.sh
	dpkg-divert --quiet --local --rename --divert /tmp/theirs --add "$file"
	echo '# mine' >"$file"
	dpkg_does -i /packages/postctl_*.deb
	[ "$(cat "$file")" = '# mine' ]
	dpkg_does -P postctl
	[ "$(cat "$file")" = '# mine' ]
	rm "$file"
	dpkg-divert --quiet --local --rename --remove "$file"
	snapshot >/tmp/purged
	diff /tmp/stock /tmp/purged
}

@test "an installation that was interrupted goes on" {
	dpkg_does --unpack /packages/postctl_*.deb
	cmp /etc/init.d/postfix /stock/etc/init.d/postfix
	[ -x /usr/lib/postfix/configure-instance.sh ]
	same_masters - a b c
	cp -p /etc/init.d/postfix /etc/init.d/postfix.postctl-new
	dpkg_does --configure -a
	in_place
	[ ! -e /etc/init.d/postfix.postctl-new ]
	same_masters - a b c
}

@test "postfix is purged and comes back while postctl stays" {
	# It makes our script not executable, which insserv sees, and misses directories that were its alone.
	expect 0 dpkg -P postfix-pcre postfix
	stop_everything # which Debian 13's postfix leaves running
	[ -x /etc/init.d/postfix ]
	[ -x /usr/lib/postfix/configure-instance.sh ]
	expect 3 service postfix status
	expect 0 service postfix stop
	dpkg_does -i /stock/postfix_*.deb /stock/postfix-pcre_*.deb
	in_place
	[ -n "$(ls /etc/rc2.d/S*postfix)" ]
	dpkg_does -P postctl
	[ "$(dpkg-divert --list '*postfix*')" = '' ]
	cmp /etc/init.d/postfix /stock/etc/init.d/postfix
}
