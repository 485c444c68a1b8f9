#!/usr/bin/env bats
# make install and uninstall on a system with dpkg: Debian's files step aside, and come back as they were.

bats_require_minimum_version 1.5.0

@test "install diverts Debian's files, an upgrade does not bring them back, uninstall does" {
	cd "$BATS_TEST_DIRNAME" || return
	# shellcheck disable=SC2016 # for the shell in there
	run -0 env POSTCTL_TEST_PRODUCT=none ./enter toolchain bash -ec '
		cp -a /postctl /tmp/tree && cd /tmp/tree
		debian=(/etc/init.d/postfix /usr/lib/postfix/configure-instance.sh /etc/network/if-up.d/postfix
			/usr/lib/NetworkManager/dispatcher.d/postfix /etc/resolvconf/update-libc.d/postfix)
		for file in "${debian[@]}"; do mkdir -p "${file%/*}" && echo "of Debian: $file" >"$file"; done
		state() { find /etc /usr /var/lib/dpkg/diversions ! -type d -printf "%p %m %s\n" | sort; dpkg-divert --list; }
		state >/tmp/before

		make -s OBJ=/tmp/obj install >&2
		make -s OBJ=/tmp/obj install >&2 # again: nothing changes
		for file in "${debian[@]}"; do
			grep -qx "of Debian: $file" "/usr/share/postctl/debian$file"
			[ "$(dpkg-divert --truename "$file")" = "/usr/share/postctl/debian$file" ]
		done
		cmp init.d/postfix /etc/init.d/postfix
		cmp init.d/configure-instance.sh /usr/lib/postfix/configure-instance.sh
		for hook in "${debian[@]:2}"; do cmp init.d/debian-hook "$hook"; done
		[ ! -e /etc/ppp/ip-up.d/postfix ]
		[ -x /etc/network/if-up.d/postctl ]
		postctl --version

		echo "# of the next version" >>init.d/debian-hook # a tree that is newer than what was installed from it
		make -s OBJ=/tmp/obj uninstall >&2
		make -s OBJ=/tmp/obj uninstall >&2
		state >/tmp/after
		diff /tmp/before /tmp/after
		[ ! -e /usr/share/postctl ]
	'
}
