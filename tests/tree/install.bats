#!/usr/bin/env bats
# make: building, installing and taking back.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	build=$BATS_FILE_TMPDIR/obj
	target=$BATS_TEST_TMPDIR/target
}

@test "install puts its files in place, uninstall leaves nothing but directories" {
	make -s OBJ="$build" install DESTDIR="$target"
	[ "$(cd "$target" && find . ! -type d | sort)" = "./etc/NetworkManager/dispatcher.d/postctl
./etc/ca-certificates/update.d/postctl
./etc/dpkg/dpkg.cfg.d/postctl
./etc/init.d/postfix
./etc/network/if-down.d/postctl
./etc/network/if-up.d/postctl
./etc/ppp/ip-down.d/postctl
./etc/ppp/ip-up.d/postctl
./etc/resolvconf/update-libc.d/postctl
./usr/lib/postfix/configure-instance.sh
./usr/sbin/postctl
./usr/share/bash-completion/completions/postctl
./usr/share/doc/postctl/second-instance.md
./usr/share/man/man5/postctl-chroot.5
./usr/share/man/man8/postctl.8" ]
	# Programs and scripts, and nothing else, can be executed.
	[ "$(cd "$target" && find . -type f ! -perm 755 | sort)" = "./etc/dpkg/dpkg.cfg.d/postctl
$(cd "$target" && find ./usr/share -type f | sort)" ]
	make -s OBJ="$build" uninstall DESTDIR="$target"
	[ -z "$(find "$target" ! -type d)" ]
}

@test "the scripts call the program where it was installed" {
	make -s OBJ="$build" install DESTDIR="$target" PREFIX=/opt/postctl
	grep -qx 'POSTCTL=/opt/postctl/sbin/postctl' "$target/etc/init.d/postfix"
	grep -qx 'POSTCTL=/opt/postctl/sbin/postctl' "$target/etc/network/if-up.d/postctl"
	grep -qx 'POSTCTL=/opt/postctl/sbin/postctl' "$target/usr/lib/postfix/configure-instance.sh"
	[ -x "$target/opt/postctl/sbin/postctl" ]
}

@test "the program is hardened, and needs libc only" {
	make -s OBJ="$build" "$build/postctl"
	run -0 readelf -dlW "$build/postctl"
	[[ $output = *GNU_RELRO* ]]
	[[ $output = *BIND_NOW* || $output = *"FLAGS_1"*NOW* ]]
	[[ $output = *PIE* ]]
	[ "$(grep -c NEEDED <<<"$output")" -eq 1 ]
	[[ $output = *"[libc.so.6]"* ]]
}

@test "the Debian package has the version of the program" {
	make -s OBJ="$build" "$build/postctl"
	[[ $(head -n 1 debian/changelog) = "postctl ($("$build/postctl" --version | grep -oE '[0-9.]+$')) "* ]]
}
