#!/usr/bin/env bats
# What postctl put into a chroot leaves it when it is not needed any more; what anybody else put there or changed stays.

load helpers/load

queue=/var/spool/postfix-out
manifest='/var/lib/postctl/-etc-postfix\x2dout'

setup_file() {
	start_syslog
}

setup() {
	fresh_postfix
	rm -f /etc/default/postfix
	new_instance out chroot=y
	mkdir -p /etc/extra
	echo one >/etc/extra/one
	echo two >/etc/extra/two
}

teardown() {
	diagnose_failure
	while mountpoint -q "$queue/etc"; do umount -l "$queue/etc"; done
	while mountpoint -q /var/lib/postctl; do umount -l /var/lib/postctl; done
	rm -rf /etc/extra /etc/default/postfix /var/outside
}

teardown_file() { stop_everything; }

extra() { echo "chroot_extra_files='$*'" >/etc/default/postfix; }

# chroot_off INSTANCE: as "postfix chroot off" does, which 3.7 has not.
chroot_off() { set_master "$1" 2500 n; }

# What is in the chroot of out, beside Postfix's own queue.
held() {
	(cd "$queue" && find . -mindepth 1 -printf '%P\n' |
		grep -vE '^(active|bounce|corrupt|defer|deferred|flush|hold|incoming|maildrop|pid|private|public|saved|trace)(/|$)' | sort)
}

@test "what left the plan is removed, and what it was alone in" {
	extra /etc/extra/one /etc/extra/two
	expect 0 postctl sync out
	[ "$(cat "$queue/etc/extra/two")" = two ]
	[ "$(stat -c '%U %a' /var/lib/postctl "$manifest")" = $'root 755\nroot 644' ]
	extra /etc/extra/one
	expect 0 postctl sync out --dry-run
	assert_output '^would remove etc/extra/two: '
	refute_output '^would remove etc/extra/one'
	expect 0 postctl check out
	assert_output 'chroot: 1 entries are not needed any more'
	[ -e "$queue/etc/extra/two" ]
	expect 0 postctl sync out -v
	assert_output '^removed etc/extra/two: '
	[ ! -e "$queue/etc/extra/two" ]
	[ -e "$queue/etc/extra/one" ]
	rm /etc/extra/one
	expect 0 postctl sync out
	[ ! -e "$queue/etc/extra" ]
	[ -e "$queue/etc/hosts" ]
	expect 0 postctl sync out
	assert_output '^postfix-out: chroot is current$'
}

@test "what an admin changed or placed stays, also by the same content" {
	extra /etc/extra/one /etc/extra/two
	expect 0 postctl sync out
	echo changed >"$queue/etc/extra/one"
	cp -a "$queue/etc/extra/two" "$queue/etc/extra/copy"
	mv "$queue/etc/extra/copy" "$queue/etc/extra/two"
	echo mine >"$queue/etc/mine"
	extra
	expect 0 postctl sync out
	[ "$(cat "$queue/etc/extra/one")" = changed ]
	[ "$(cat "$queue/etc/extra/two")" = two ]
	[ "$(cat "$queue/etc/mine")" = mine ]
	expect 0 postctl chroot out
	assert_output '^etc/mine +- +foreign: '
	assert_output '^etc/extra/one +- +foreign: '
	refute_output '^etc/hosts .*foreign'
	expect 0 postctl chroot out --json
	assert_output '"foreign":\["etc/[^]]*"etc/mine"\]'
	chroot_off out
	expect 0 postctl sync out
	[ "$(held | grep -v '^dev$')" = "$(printf '%s\n' etc etc/extra etc/extra/one etc/extra/two etc/mine)" ]
}

@test "chroot off: the next sync empties the chroot, then there is nothing to do" {
	expect 0 postctl sync out
	[ -e "$queue/etc/resolv.conf" ]
	chroot_off out
	expect 0 postctl sync out
	assert_output '^postfix-out: chroot synced'
	[ -z "$(held)" ]
	[ ! -e "$manifest" ]
	expect 0 postctl sync out
	assert_output '^postfix-out: chroot is current$'
	[ ! -e "$manifest" ]
	set_master out 2500 y
	expect 0 postctl sync out
	[ -e "$queue/etc/resolv.conf" ]
}

@test "a restart or reload removes when it has succeeded, not before; mail goes on" {
	extra /etc/extra/one
	expect 0 postctl start out
	[ -e "$queue/etc/extra/one" ]
	extra
	expect 0 postctl reload out
	[ ! -e "$queue/etc/extra/one" ]
	extra /etc/extra/one
	# Before a restart, at which Debian's script (since 3.9) would come first: an equal file is not replaced.
	expect 0 postctl sync out
	expect 0 postctl restart out
	[ -e "$queue/etc/extra/one" ]
	extra
	cp /etc/postfix-out/master.cf /tmp/master.cf
	echo 'broken' >>/etc/postfix-out/master.cf
	expect 1 postctl restart out
	[ -e "$queue/etc/extra/one" ]
	cp /tmp/master.cf /etc/postfix-out/master.cf
	back_date /etc/postfix-out/master.cf
	expect 0 postctl restart out
	[ ! -e "$queue/etc/extra/one" ]
	chroot_off out
	expect 0 postctl restart out
	one_master out
	refute_held etc/resolv.conf
	expect 0 postctl stop out
}

@test "chroot off while it runs: a sync of all leaves its daemons what they live on, a reload or a sync by name does not" {
	extra /etc/extra/one
	expect 0 postctl start out
	extra
	expect 0 postctl sync
	refute_held etc/extra/one
	chroot_off out
	expect 0 postctl sync
	assert_output '^postctl: postfix-out: its daemons may still use what is not needed any more and stays .*"postctl reload postfix-out"'
	[ -e "$queue/etc/resolv.conf" ]
	expect 0 /etc/network/if-up.d/postctl
	refute_held etc/resolv.conf
	set_master out 2500 y
	expect 0 postctl restart out
	[ -e "$queue/etc/resolv.conf" ]
	chroot_off out
	expect 0 postctl sync out
	assert_output 'its daemons may still use what was removed from the chroot; "postctl reload postfix-out"'
	refute_held etc/resolv.conf
	expect 0 postctl sync
	assert_output '^postfix-out: chroot is current'
	expect 0 postctl stop out
}

refute_held() { [ "$(get_main out queue_directory)" = "$queue" ] && ! held | grep -qxF "$1"; }

@test "another queue directory: the old one keeps what it has, and is named" {
	expect 0 postctl sync out
	cp -a "$queue" /var/spool/postfix-new
	rm -rf /var/spool/postfix-new/{etc,lib,usr}
	set_main out 'queue_directory = /var/spool/postfix-new'
	expect 0 postctl sync out
	assert_output "of another queue directory, $queue; what postctl put there stays"
	[ -e "$queue/etc/resolv.conf" ]
	[ -e /var/spool/postfix-new/etc/resolv.conf ]
	expect 0 postctl sync out
	refute_output 'another queue directory'
	chroot_off out
	expect 0 postctl sync out
	[ ! -e /var/spool/postfix-new/etc ]
	[ -e "$queue/etc/resolv.conf" ]
	rm -rf /var/spool/postfix-new
}

@test "SYNC_CHROOT= means hands off" {
	extra /etc/extra/one
	expect 0 postctl sync out
	before=$(held; cat "$manifest")
	echo 'SYNC_CHROOT=' >/etc/default/postfix
	expect 0 postctl sync out
	chroot_off out
	expect 0 postctl sync out
	expect 0 postctl sync out --dry-run
	refute_output remove
	[ "$(held; cat "$manifest")" = "$before" ]
}

@test "a resolv.conf that dangles for a while stays" {
	mkdir -p /run/resolver
	cp /etc/resolv.conf /run/resolver/resolv.conf
	umount /etc/resolv.conf 2>/dev/null || :
	rm -f /etc/resolv.conf
	ln -s /run/resolver/resolv.conf /etc/resolv.conf
	expect 0 postctl sync out
	mv /run/resolver /run/resolver.away
	expect 0 postctl sync out
	[ -e "$queue/etc/resolv.conf" ]
	mv /run/resolver.away /run/resolver
	rm /etc/resolv.conf
	cp /run/resolver/resolv.conf /etc/resolv.conf
	rm -r /run/resolver
	# What is deleted is another matter.
	mv /etc/gai.conf /var/gai.conf
	expect 0 postctl sync out
	[ ! -e "$queue/etc/gai.conf" ]
	mv /var/gai.conf /etc/gai.conf
}

@test "no manifest can be written: the chroot is made all the same, and that is said" {
	mkdir -p /var/lib/postctl
	mount -t tmpfs -o ro,mode=755 none /var/lib/postctl
	expect 0 postctl start out
	assert_output '^postctl: postfix-out: chroot: what postctl put there, or removed, cannot be noted: .*Read-only'
	[ -e "$queue/etc/hosts" ]
	expect 0 postctl restart out
	expect 0 postctl stop out
	umount /var/lib/postctl
	mount -t tmpfs -o nr_inodes=1,mode=755 none /var/lib/postctl
	rm "$queue/etc/hosts"
	expect 0 postctl sync out
	assert_output 'cannot be noted: .*No space left'
	[ -e "$queue/etc/hosts" ]
	umount /var/lib/postctl
	chmod 777 /var/lib/postctl
	rm "$queue/etc/hosts"
	expect 0 postctl sync out
	assert_output 'is not root.s alone'
	[ -e "$queue/etc/hosts" ]
	[ -z "$(ls /var/lib/postctl)" ]
	chroot_off out
	expect 0 postctl sync out
	[ -e "$queue/etc/hosts" ]
}

@test "hostile things in the place of entries: nothing outside is touched" {
	mkdir -p /var/outside
	echo precious >/var/outside/one
	echo precious >/var/outside/hosts
	extra /etc/extra/one /etc/extra/two
	expect 0 postctl sync out
	rm "$queue/etc/extra/one"
	ln -s /var/outside/one "$queue/etc/extra/one"
	ln -f /var/outside/hosts "$queue/etc/extra/two"
	chroot_off out
	expect 0 postctl sync out
	[ "$(cat /var/outside/*)" = $'precious\nprecious' ]
	[ -L "$queue/etc/extra/one" ]
	[ -e "$queue/etc/extra/two" ]

	rm -r "${queue:?}/etc"
	set_master out 2500 y
	expect 0 postctl sync out
	rm -r "${queue:?}/etc"
	ln -s /etc "$queue/etc"
	before=$(find /etc | sort | md5sum)
	chroot_off out
	expect 0 postctl sync out
	try postctl check out
	assert_output '/etc: it is a symbolic link'
	[ "$(find /etc | sort | md5sum)" = "$before" ]
	rm "$queue/etc"

	set_master out 2500 y
	expect 0 postctl sync out
	mount --bind /etc "$queue/etc"
	rmdir "$queue/dev"
	try postctl check out
	assert_output 'chroot: etc: .*is a mount point; left alone'
	assert_output 'chroot: [0-9]+ of [0-9]+ entries are not current, dev[ /a-z]* for one'
	chroot_off out
	expect 0 postctl sync out
	expect 0 postctl check out
	assert_output '^postfix-out: warning: .*is a mount point; left alone'
	[ "$(find /etc | sort | md5sum)" = "$before" ]
	umount "$queue/etc"
	expect 0 postctl sync out
	[ -z "$(held)" ]
}

@test "a manifest that others could have written, or that is damaged, is no licence" {
	expect 0 postctl sync out
	chroot_off out
	cp "$manifest" /tmp/manifest
	chmod o+w "$manifest"
	try postctl sync out
	assert_output 'is not believed'
	[ -e "$queue/etc/hosts" ]
	head -c 200 /tmp/manifest >"$manifest"
	chmod o-w "$manifest"
	try postctl sync out
	assert_output 'is not believed'
	[ -e "$queue/etc/hosts" ]
	sed 's|^etc/hosts |../../../etc/hosts |' /tmp/manifest >"$manifest"
	try postctl sync out
	[ -e /etc/hosts ]
	[ -e "$queue/etc/hosts" ]
	cp /tmp/manifest "$manifest"
	expect 0 postctl sync out
	[ -z "$(held)" ]
}

@test "what only looks leaves the manifest alone" {
	expect 0 postctl start out
	rm -rf /var/lib/postctl
	expect 0 postctl start out
	expect 0 postctl status out
	expect 0 postctl list
	expect 0 postctl check out
	expect 0 postctl chroot out
	expect 0 postctl sync out
	[ ! -e /var/lib/postctl ]
	expect 0 postctl stop out
}

# What Debian's own script makes of the chroot of out, and what older ones made.
fill_by_debian() {
	mount --bind /stock/usr/lib/postfix/configure-instance.sh /usr/lib/postfix/configure-instance.sh
	if grep -q syncfiles /usr/lib/postfix/configure-instance.sh; then
		MAIL_CONFIG=/etc/postfix-out expect 0 postfix check
	else
		expect 0 /usr/lib/postfix/configure-instance.sh postfix-out
	fi
	umount /usr/lib/postfix/configure-instance.sh
	mkdir -p "$queue"/{dev,lib/x86_64-linux-gnu,etc/ssl/certs,usr/lib/zoneinfo,usr/share/ca-certificates/mozilla}
	[[ -e $queue/dev/random ]] || mknod "$queue/dev/random" c 1 8
	[[ -e $queue/dev/urandom ]] || mknod "$queue/dev/urandom" c 1 9
	ln -sf /etc/localtime "$queue/usr/lib/zoneinfo/localtime"
	echo 'of an older glibc' >"$queue/lib/x86_64-linux-gnu/libnss_dns.so.2"
	cp /etc/ssl/certs/Test.pem "$queue/etc/ssl/certs/Test.pem"
	cp /usr/share/ca-certificates/mozilla/Test.crt "$queue/usr/share/ca-certificates/mozilla/"
	# An admin's.
	echo mine >"$queue/etc/mine"
	echo mine >"$queue/lib/x86_64-linux-gnu/libnss_mine.so.2"
}

mine() {
	printf '%s\n' etc/mine lib/x86_64-linux-gnu/libnss_mine.so.2
}

# The files of out's chroot, without directories.
held_files() {
	held | while read -r path; do [[ -d $queue/$path && ! -L $queue/$path ]] || echo "$path"; done
}

@test "what Debian's scripts put there: --adopt takes over what is planned and clears the rest" {
	set_main out 'smtp_tls_CApath = /etc/ssl/certs'
	mkdir -p /etc/ssl/certs /usr/share/ca-certificates/mozilla
	echo certificate | tee /etc/ssl/certs/{Test.pem,0123abcd.0} >/usr/share/ca-certificates/mozilla/Test.crt
	fill_by_debian >/dev/null
	expect 0 postctl sync out
	expect 0 postctl chroot out
	assert_output '^etc/ssl/certs/Test.pem .*foreign'
	expect 0 postctl sync out --adopt --dry-run
	assert_output '^would remove dev/random: '
	[ -e "$queue/dev/random" ]
	expect 0 postctl sync out --adopt
	assert_output '^postfix-out: chroot synced'
	expect 0 postctl chroot out
	foreign=$(grep foreign <<<"$output" | cut -d' ' -f1)
	[ "$foreign" = etc/mine ] || fail "foreign: $foreign"
	expect 0 postctl chroot out --json
	diff <(held_files) <({ mine; grep -o '"path":"[^"]*","kind":"[ac][^"]*"' <<<"$output" | cut -d'"' -f4; } | sort)
	[ -e "$queue/etc/ssl/certs/0123abcd.0" ]
	expect 0 postctl sync out --adopt
	assert_output '^postfix-out: chroot is current$'
	chroot_off out
	expect 0 postctl sync out
	diff <(mine) <(held_files)

	# Nothing is chrooted any more, and postctl never was there.
	set_master out 2500 y
	fill_by_debian
	rm -rf /var/lib/postctl
	chroot_off out
	expect 0 postctl sync out
	assert_output '^postfix-out: chroot is current$'
	expect 0 postctl sync out --adopt
	diff <(mine) <(held_files)
	[ ! -e /var/lib/postctl ]
	rm -r /etc/ssl/certs/{Test.pem,0123abcd.0} /usr/share/ca-certificates/mozilla/Test.crt
}

@test "a manifest that is not believed is given up by --adopt" {
	expect 0 postctl sync out
	echo garbage >"$manifest"
	expect 0 postctl sync out --adopt
	expect 0 postctl sync out
	refute_output 'not believed'
	chroot_off out
	expect 0 postctl sync out
	[ "$(held | grep -vxE 'etc|lib|dev')" = '' ]
	echo garbage >"$manifest"
	expect 0 postctl sync out --adopt
	[ ! -e "$manifest" ]
}
