# shellcheck shell=bash
# What tests of the package need beside the helpers of the real tests.

# dpkg_does WORD...: dpkg succeeds, asks nothing (it would find nobody), and has nothing to complain about.
dpkg_does() {
	expect 0 env DEBIAN_FRONTEND=noninteractive LIMIT=300 dpkg "$@" || return
	output=$(grep -v '^dpkg: warning: downgrading ' <<<"$output")
	refute_output '^(dpkg: warning|insserv: |update-rc.d: |Configuration file )' || return
}

# invoke-rc.d restarts nothing where there is no runlevel. What init would have written: a record of type RUN_LVL.
in_runlevel_2() {
	{
		printf '\1\0\0\0002N\0\0~'
		head -c 31 /dev/zero
		printf '~~\0\0runlevel'
		head -c 332 /dev/zero
	} >/run/utmp
	[[ $(runlevel) = 'N 2' ]] || fail "the runlevel is $(runlevel)"
}

# bats takes no notice of a "!".
not() { ! "$@"; }

# Debian's files are aside, ours in their places.
in_place() {
	cmp /usr/share/postctl/debian/etc/init.d/postfix /stock/etc/init.d/postfix || return
	cmp /usr/share/postctl/debian/usr/lib/postfix/configure-instance.sh /stock/usr/lib/postfix/configure-instance.sh || return
	[[ $(readlink -f /etc/init.d/postfix) = /etc/postctl/init.d/postfix && -x /etc/init.d/postfix ]] || return
	cmp /usr/lib/postfix/configure-instance.sh /postctl/init.d/configure-instance.sh || return
	cmp /etc/network/if-up.d/postfix /postctl/init.d/debian-hook || return
	[[ -x /etc/network/if-up.d/postctl ]] || return
	[[ ! $(find /etc /usr -name '*.postctl-new' -o -name '*.dpkg-dist' -o -name '*.dpkg-new') ]]
}

# snapshot: all that a package could have changed: files with their contents, what dpkg thinks of them.
snapshot() {
	find /etc /usr /var /opt \( -path /var/spool -o -path '/var/lib/postfix*' -o -path /var/log -o -path /var/cache -o -path /var/mail \
		-o -path /var/lib/dpkg -o -path /var/lib/apt \) -prune -o -printf '%p %y %m %u %g %l\n' | sort
	# dynamicmaps.cf is sorted by who was installed last.
	find /etc /usr/sbin /usr/lib/postfix /usr/share/postctl -type f ! -name dynamicmaps.cf -exec sha256sum {} + 2>/dev/null | sort -k 2
	sort /var/lib/dpkg/diversions
	ls /var/lib/dpkg/info
	dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\n'
	dpkg --verify || :
}

remember_masters() {
	local instance
	for instance in - a b c; do masters_of "$instance" >"/tmp/master.$instance"; done
}

# same_masters INSTANCE...: each has the master that was remembered.
same_masters() {
	local instance
	for instance; do
		[[ $(masters_of "$instance") = "$(cat "/tmp/master.$instance")" && -s /tmp/master.$instance ]] ||
			fail "$instance has another master" || return
	done
}

mail_through() {
	local instance
	for instance; do deliver "$instance" alice || return; done
}

# begin_mail, end_mail: between them messages go through all instances, one after the other. None is refused or lost.
begin_mail() {
	rm -f /tmp/mail.*
	(
		number=0
		until [[ -e /tmp/mail.end ]]; do
			for instance in - a b c; do
				((++number))
				echo "flow$number" >>/tmp/mail.tokens
				smtp_send "$(port "$instance")" bob "flow$number" || echo "flow$number through $instance" >>/tmp/mail.failed
			done
		done
	) </dev/null >/tmp/mail.log 2>&1 3>&- 4>&- &
	mail_flow=$!
}

end_mail() {
	[[ ${mail_flow-} ]] || return 0
	local token
	touch /tmp/mail.end
	wait "$mail_flow"
	mail_flow=''
	[[ ! -e /tmp/mail.failed ]] || fail "$(cat /tmp/mail.failed /tmp/mail.log)" || return
	[[ -s /tmp/mail.tokens ]] || return
	while read -r token; do
		wait_for 20 mail_arrived bob "$token" || return
	done </tmp/mail.tokens
	rm -f /var/mail/bob
}
