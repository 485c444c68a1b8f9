#!/usr/bin/env bats
# What Debian's own script puts into a chroot and what postctl does, for one configuration: each file that only one of them has, or
# that differs, is a line of a table that says why postctl's way is the better one.

load helpers/load

queue=/var/spool/postfix-out

# who, path (an extended regular expression), why
table='
debian dev/u?random  Postfix opens these before it enters; devices below /var are a nuisance
debian etc/ssl/certs/[^/]*\.pem  OpenSSL opens certificates by their hashes only
debian lib/[^/]*/libnss_(compat|dns|files|hesiod)\.so\.2  the C library has them built in
debian lib/[^/]*/lib(gcc_s|resolv)\.so\.[12]  the daemons have them loaded, and no module asks for more
debian lib/libnss_extrausers\.so\.2  nsswitch.conf does not name it
debian (usr/)?lib/[^/]*/libnss_extrausers\.so\.2  nsswitch.conf does not name it
debian lib/libnss_myhostname\.so\.2  it is where the dynamic linker looks first, in the directory of its architecture
debian (usr/)?lib/[^/]*/libnss_myhostname\.so\.2  it is where the dynamic linker looks first
debian usr/lib/zoneinfo/localtime  nothing looks there
ours   etc/gai.conf  the order in which getaddrinfo gives addresses
ours   etc/passwd  local_recipient_maps asks for it: without it users are unknown
ours   lib/[^/]*/libnss_myhostname\.so\.2  nsswitch.conf names it
ours   (usr/)?lib/[^/]*/lib(cap|m)\.so\.[26]  libnss_myhostname needs it, and cannot be loaded without
'

setup_file() {
	start_syslog
	fresh_postfix
	new_instance out chroot=y
	sed -i 's/^hosts:.*/hosts: files myhostname dns/' /etc/nsswitch.conf
	set_main out 'smtp_tls_CApath = /etc/ssl/certs' 'local_recipient_maps = unix:passwd.byname $alias_maps'
	echo 'chroot_extra_files="/etc/mailname etc/issue"' >/etc/default/postfix
}

teardown() { diagnose_failure; }
teardown_file() { rm -f /etc/default/postfix; }

# held: each file of the chroot and a hash of what it holds.
held() {
	(cd "$queue" && find etc lib usr dev ! -type d 2>/dev/null | sort | while read -r path; do
		if [[ -f $path ]]; then sha256sum "$path"; else echo "special $path"; fi
	done | awk '{ print $2, $1 }')
}

fill_by_debian() {
	mount --bind /stock/usr/lib/postfix/configure-instance.sh /usr/lib/postfix/configure-instance.sh
	if grep -q syncfiles /usr/lib/postfix/configure-instance.sh; then
		MAIL_CONFIG=/etc/postfix-out try postfix check
	else
		try /usr/lib/postfix/configure-instance.sh postfix-out
	fi
	umount /usr/lib/postfix/configure-instance.sh
	assert_status 0
}

@test "Debian's chroot and ours: every difference is explained, and there is none in content" {
	local who whose path pattern bad=0 common
	fill_by_debian
	held >/tmp/debian
	rm -rf "${queue:?}"/{etc,lib,usr,dev}
	expect 0 postctl sync out
	held >/tmp/ours
	common=$(join -j 1 /tmp/debian /tmp/ours | awk '$2 != $3 { print $1 }')
	[ -z "$common" ] || fail "differ: $common"
	(($(join -j 1 /tmp/debian /tmp/ours | wc -l) > 100))
	while read -r who path; do
		while read -r whose pattern _; do
			[[ $whose != "$who" || ! $path =~ ^$pattern$ ]] || continue 2
		done <<<"$table"
		echo "not explained: only $who has $path"
		((++bad))
	done < <(join -v 1 /tmp/debian /tmp/ours | awk '{ print "debian", $1 }'; join -v 2 /tmp/debian /tmp/ours | awk '{ print "ours", $1 }')
	((bad == 0))
}
