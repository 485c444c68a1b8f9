#!/usr/bin/env bats
# The Debian package on hosts that are not what it is for: without Postfix, with systemd, with postctl from a source tree. And
# what lintian thinks of it.

bats_require_minimum_version 1.5.0

enter=$BATS_TEST_DIRNAME/enter

setup_file() {
	[ "$EUID" -eq 0 ] || skip "needs root"
	POSTCTL_TEST_PRODUCT=$("$BATS_TEST_DIRNAME/package" 3>&-)
	export POSTCTL_TEST_PRODUCT
}

teardown() { [ -n "${BATS_TEST_COMPLETED-}" ] || printf '%s\n' "$output"; }

# What begins each script in there. snapshot: what a package could have changed.
prelude='
	export DEBIAN_FRONTEND=noninteractive
	snapshot() {
		find /etc /usr /var \( -path "/var/lib/dpkg/*" -o -path "/var/spool/*" -o -path "/var/log/*" -o -path "/var/cache/*" \) -prune -o -printf "%p %y %m %l\n" | sort
		sort /var/lib/dpkg/diversions
		ls /var/lib/dpkg/info
		find /etc /usr/lib/postfix /usr/lib/systemd -type f -exec sha256sum {} + 2>/dev/null | sort -k 2
	}
	install() { dpkg -i --force-depends /packages/postctl_*.deb </dev/null; }
	fail() { echo "FAILED: $*"; exit 1; }
'

@test "lintian has nothing to say" {
	run ! grep -E "^[EW]: " "$POSTCTL_TEST_PRODUCT/packages/lintian"
	[ -z "$output" ]
}

@test "without Postfix: it can be installed, does nothing, and leaves nothing" {
	# shellcheck disable=SC2016 # for the shell in there
	run -0 "$enter" toolchain bash -ec "$prelude"'
		snapshot >/tmp/before
		install
		/etc/init.d/postfix start
		/etc/init.d/postfix stop
		! /etc/init.d/postfix status || fail "the status of nothing"
		/etc/network/if-up.d/postctl eth0 up
		dpkg-trigger --by-package=libc-bin ldconfig
		dpkg --triggers-only -a
		[ -z "$(ls /run/postctl 2>/dev/null)" ]
		[ -z "$(ls /etc/network/if-up.d/postfix 2>/dev/null)" ] || fail "a hook for nobody"
		dpkg -P postctl
		snapshot >/tmp/after
		diff /tmp/before /tmp/after
	'
}

@test "with systemd: it says so, and what systemd calls is Debian's as before" {
	# shellcheck disable=SC2016
	run -0 "$enter" packaging bash -ec "$prelude"'
		[ "$(readlink -f /sbin/init)" = /usr/lib/systemd/systemd ]
		units() { find /etc/systemd /usr/lib/systemd /etc/rc?.d | sort; systemctl is-enabled postfix.service postfix-resolvconf.path || :; }
		units >/tmp/units
		install | tee /tmp/said
		grep -q "this is a host of systemd" /tmp/said
		units | diff /tmp/units -

		# A process called so is number 1. What Debian 12 has in its units, and resolvconf, ifupdown and dpkg as hooks:
		cp /usr/bin/bash /tmp/systemd
		mkdir -p /run/systemd/system # where service asks systemctl
		ln -s /bin/true /usr/local/sbin/systemctl
		cp /usr/share/postfix/main.cf.debian /etc/postfix/main.cf # whatever the root has been told
		printf "%s\n" "myhostname = mail.example.org" >>/etc/postfix/main.cf
		touch -d "1 hour ago" /etc/postfix/*.cf
		unshare --pid --fork --mount-proc /tmp/systemd -exc "
			[ \"\$(cat /proc/1/comm)\" = systemd ]
			rm -rf /var/spool/postfix/etc
			/usr/lib/postfix/configure-instance.sh -
			cmp /etc/services /var/spool/postfix/etc/services
			postmulti -i - -p start
			echo nameserver 127.0.0.7 >/etc/resolv.conf
			/etc/network/if-up.d/postctl eth0 up
			dpkg-trigger --by-package=libc-bin ldconfig
			dpkg --triggers-only -a
			! cmp -s /etc/resolv.conf /var/spool/postfix/etc/resolv.conf
			/etc/resolvconf/update-libc.d/postfix
			cmp /etc/resolv.conf /var/spool/postfix/etc/resolv.conf
			echo nameserver 127.0.0.8 >/etc/resolv.conf
			IFACE=eth0 run-parts /etc/network/if-up.d
			cmp /etc/resolv.conf /var/spool/postfix/etc/resolv.conf
			postmulti -i - -p stop
			for verb in start sync log-sockets; do
				status=0
				postctl \$verb >/tmp/said 2>&1 || status=\$?
				grep \"postctl \$verb.* does nothing .*systemctl list-units\" /tmp/said
				[ \"\$status\" -ne 0 ]
			done
			[ ! -e /var/lib/postctl ]
		"
	'
}

@test "postctl from a source tree and from a package do not mix" {
	# shellcheck disable=SC2016
	run -0 "$enter" toolchain bash -ec "$prelude"'
		cp -a /postctl /tmp/tree && cd /tmp/tree
		make -s OBJ=/tmp/obj install >&2
		! install >/tmp/said 2>&1 || fail "the package came over it"
		grep "make uninstall" /tmp/said
		[ "$(dpkg-query -W -f "\${db:Status-Status}" postctl)" = not-installed ]
		grep -q ^POSTCTL= /etc/init.d/postfix
		make -s OBJ=/tmp/obj uninstall >&2

		install
		! make -s OBJ=/tmp/obj install >/tmp/said 2>&1 || fail "make came over it"
		grep "apt purge postctl" /tmp/said
		! make -s OBJ=/tmp/obj uninstall || fail "make removed it"
		dpkg -P postctl
		make -s OBJ=/tmp/obj install
		make -s OBJ=/tmp/obj uninstall
	'
}
