#!/usr/bin/env bats
# What goes into a chroot because one instance wants it is what its daemons then use: passwords of Cyrus SASL, modules of
# map types, the time zone, files of the administrator's. Each is taken away once to see that it was this that counted.

load helpers/load

chroot=/var/spool/postfix-out

setup_file() {
	start_syslog
	fresh_postfix
	new_instance out chroot=y
	usermod -aG sasl postfix
	make_sasldb /etc/sasldb2
	cp -p /etc/postfix-out/main.cf /etc/postfix-out/master.cf /stock/
}

setup() {
	cp -p /stock/main.cf /stock/master.cf /etc/postfix-out/
	rm -rf /etc/postfix-out/sasl /etc/postfix-out/chroot.files
}

teardown() {
	diagnose_failure
	stop_everything
}

teardown_file() { stop_everything; }

# make_sasldb FILE: as `saslpasswd2 -c -u mail.example.org alice` makes it, password "sesame".
make_sasldb() {
	base64 -d <<-'END' | gunzip >"$1"
		H4sIAAAAAAACA+3ZMQrCMBjF8ZcOooPUxcXVvWdxdBKCBi20VBtEL+HoGbyLm4NOnkVMCULRTej2/0FC8gjfHp4kGUV23NOg
		OYzC6scs0a/z7iK9wvvJ4zqfxsy05nzut9Nm8Z0DAAAAAAAAAAAAAIBuNP18u+dPdE81fKZh/7v/b9D/AwAAAADQ5YfeO29L
		Z2yRL51KmxeZO9pyW7isqtfae1fPrPeHql69AXiRI3sAMAAA
	END
	chown root:sasl "$1"
	chmod 640 "$1"
}

# sasl_conf LINE...: what smtpd's of out find; since Postfix 3.9 where cyrus_sasl_config_path says.
sasl_conf() {
	set_main out 'cyrus_sasl_config_path = /etc/postfix-out/sasl'
	mkdir -p /etc/postfix-out/sasl
	printf '%s\n' "$@" >/etc/postfix-out/sasl/smtpd.conf
}

# authenticates REPLY PASSWORD: alice does, and gets that reply.
authenticates() (
	exec {smtp}<>"/dev/tcp/127.0.0.1/$(port out)" && smtp_dialogue "$smtp" <<-END
		220
		250 EHLO client.example.net
		$1 AUTH PLAIN $(printf '\0alice@mail.example.org\0%s' "$2" | base64)
		221 QUIT
	END
)

# sender_is REPLY ADDRESS: what the smtpd of out says to that sender.
sender_is() (
	exec {smtp}<>"/dev/tcp/127.0.0.1/$(port out)" && smtp_dialogue "$smtp" <<-END
		220
		250 EHLO client.example.net
		250 MAIL FROM:<$2>
		$1 RCPT TO:<alice@localhost>
		221 QUIT
	END
)

@test "Cyrus SASL: a chrooted smtpd authenticates from sasldb2, which is as secret in there as on the host" {
	set_main out 'smtpd_sasl_auth_enable = yes'
	sasl_conf 'pwcheck_method: auxprop' 'auxprop_plugin: sasldb' 'mech_list: PLAIN'
	expect 0 postctl start out
	is_chrooted out
	[[ $(stat -c '%a %U %G' $chroot/etc/sasldb2) = '640 root sasl' ]]
	authenticates 235 sesame
	authenticates 535 wrong
	expect 0 postctl chroot out
	assert_output '^etc/sasldb2 +/etc/sasldb2 +Cyrus SASL passwords for service .*/inet$'

	rm $chroot/etc/sasldb2
	authenticates 535 sesame
	expect 0 postctl sync out
	authenticates 235 sesame

	chmod 600 /etc/sasldb2
	expect 0 postctl sync out
	[[ $(stat -c %a $chroot/etc/sasldb2) = 600 ]]
	chmod 640 /etc/sasldb2
}

@test "... and needs nothing else of Cyrus SASL in there" {
	set_main out 'smtpd_sasl_auth_enable = yes' 'smtp_sasl_auth_enable = yes'
	sasl_conf 'pwcheck_method: auxprop' 'mech_list: PLAIN CRAM-MD5'
	expect 0 postctl start out
	[[ $(find $chroot -type f -path '*sasl*') = "$chroot/etc/sasldb2" ]]
	authenticates 235 sesame
	assert_output "postfix-out: .* has no /dev/urandom .* type: mkdir -p $chroot/dev; mknod -m 666 $chroot/dev/urandom c 1 9;"
	mknod -m 666 $chroot/dev/urandom c 1 9
	expect 0 postctl reload out
	refute_output urandom
	[[ -c $chroot/dev/urandom ]]
}

@test "Cyrus SASL: -o for one service; saslauthd is advised until it listens in the chroot" {
	sed -i '/^[^#].* inet .* smtpd$/a\  -o smtpd_sasl_auth_enable=yes' /etc/postfix-out/master.cf
	back_date /etc/postfix-out/master.cf
	sasl_conf 'pwcheck_method: saslauthd' 'mech_list: PLAIN'
	expect 0 postctl start out
	assert_output 'write OPTIONS="-c -m /var/spool/postfix-out/var/run/saslauthd" to /etc/default/saslauthd'
	authenticates 454 sesame

	mkdir -p $chroot/var/run/saslauthd
	chmod 711 $chroot/var/run/saslauthd
	# What saslauthd answers: a length of two bytes, and "OK".
	(
		cd $chroot/var/run/saslauthd
		printf '\0\002OK' | timeout 20 nc -lUN mux >/dev/null 3>&- 4>&- &
		wait_for 10 test -S mux
		chmod 777 mux
	)
	expect 0 postctl sync out
	refute_output saslauthd
	authenticates 235 sesame
	rm -r "${chroot:?}/var"
}

@test "chroot.files: paths, patterns, directories; what is not there is said" {
	mkdir -p '/srv/with blanks/below'
	echo 1 >'/srv/with blanks/a b'
	echo 2 >'/srv/with blanks/below/c'
	printf '%s\n' '# of this instance' '' '  /srv/with blanks  ' '/etc/host[n]ame' '/srv/none' \
		>/etc/postfix-out/chroot.files
	expect 0 postctl start out
	assert_output '^postctl: postfix-out: .*/srv/none does not exist; it is named by chroot.files$'
	cmp '/srv/with blanks/a b' "$chroot/srv/with blanks/a b"
	cmp '/srv/with blanks/below/c' "$chroot/srv/with blanks/below/c"
	cmp /etc/hostname $chroot/etc/hostname
	[[ ! -e /var/spool/postfix/etc/hostname ]]
	expect 0 postctl chroot out
	assert_output '^etc/hostname +/etc/hostname +chroot.files, line 4$'
	assert_output '^srv/with blanks/below/c +/srv/with blanks/below/c +chroot.files, line 3$'
}

@test "chroot.files: a list that others can write is no list; the chroot stays as it is" {
	echo /etc/hostname >/etc/postfix-out/chroot.files
	expect 0 postctl sync out
	echo /etc/shadow >>/etc/postfix-out/chroot.files
	chmod 666 /etc/postfix-out/chroot.files
	rm $chroot/etc/hosts
	expect 1 postctl sync out
	assert_output 'cannot trust /etc/postfix-out/chroot.files: others than root can write it'
	[[ ! -e $chroot/etc/shadow && ! -e $chroot/etc/hosts && -e $chroot/etc/hostname ]]
	chmod 644 /etc/postfix-out/chroot.files
	chown postfix /etc/postfix-out/chroot.files
	expect 1 postctl sync out
	rm /etc/postfix-out/chroot.files
	expect 0 postctl sync out
	[[ -e $chroot/etc/hosts ]]
}

@test "map modules: a chrooted proxymap opens a pcre table" {
	echo '/^bad@/ REJECT not in this house' >/etc/postfix-out/senders
	sed -i '/^proxymap/s/ n *- *- *proxymap$/ y - - proxymap/' /etc/postfix-out/master.cf
	grep -q '^proxymap.* y - - proxymap$' /etc/postfix-out/master.cf
	back_date /etc/postfix-out/master.cf
	echo /etc/postfix-out/senders >/etc/postfix-out/chroot.files
	set_main out 'local_recipient_maps = proxy:unix:passwd.byname' \
		'proxy_read_maps = $local_recipient_maps proxy:pcre:/etc/postfix-out/senders' \
		'smtpd_recipient_restrictions = check_sender_access proxy:pcre:/etc/postfix-out/senders' \
		'smtpd_relay_restrictions = permit_mynetworks, reject'
	expect 0 postctl start out
	expect 0 postctl chroot out
	assert_output '^usr/lib/postfix/postfix-pcre.so +/usr/lib/postfix/postfix-pcre.so +map type pcre of dynamicmaps.cf$'
	assert_output '/libpcre2-8.so.0 .* needed by /usr/lib/postfix/postfix-pcre.so$'
	refute_output libpostfix
	sender_is 554 bad@example.net
	sender_is 250 good@example.net # to alice, who is in passwd

	find $chroot/usr $chroot/lib -name '*pcre*' -delete
	MAIL_CONFIG=/etc/postfix-out postfix stop
	touch $chroot/quick-start # by Postfix alone, without a sync of ours
	MAIL_CONFIG=/etc/postfix-out postfix start
	SMTP_WAIT=40 sender_is 451 bad@example.net
	rm -r "${chroot:?}/usr"
}

@test "TZ in import_environment: daemons have the zone, and so has what they run in the chroot" {
	set_main out 'import_environment = MAIL_CONFIG MAIL_LOGTAG TZ=Asia/Kathmandu LANG=C'
	printf '127.0.0.1:2999 inet n n y - 0 spawn user=nobody argv=/bin/date +%%z\n' >>/etc/postfix-out/master.cf
	back_date /etc/postfix-out/master.cf
	{
		echo /bin/date
		echo /etc/passwd
		ldd /bin/date | sed -n 's/.* \(\/[^ ]*\) (.*/\1/p; s/^[[:blank:]]*\(\/[^ ]*\) (.*/\1/p'
	} >/etc/postfix-out/chroot.files
	expect 0 postctl start out
	[[ -f $chroot/usr/share/zoneinfo/Asia/Kathmandu ]]
	[[ $(find $chroot/usr/share/zoneinfo -type f | wc -l) = 1 ]]
	deliver out alice
	grep -q '^[[:blank:]].*+0545' /var/mail/alice
	[[ $(nc -dN 127.0.0.1 2999) = +0545 ]]
	rm $chroot/usr/share/zoneinfo/Asia/Kathmandu
	[[ $(nc -dN 127.0.0.1 2999) = +0000 ]]
}

@test "dev is there for the log daemon's socket, for secondary instances too, unless postlogd logs" {
	rm -rf "${chroot:?}/dev"
	expect 0 postctl sync out
	[[ $(stat -c '%a %U' $chroot/dev) = '755 root' ]]
	rm -rf "${chroot:?}/dev"
	set_main out 'maillog_file = /var/log/out.log'
	expect 0 postctl sync out
	[[ ! -e $chroot/dev ]]
}

log_of_smtpd() { mail_log | grep -q 'postfix-out/smtpd\[.*disconnect from'; }
no_syslog() { [[ ! -e /run/rsyslogd.pid ]]; }

@test "... where a chrooted daemon that runs finds it after the log daemon was restarted" {
	expect 0 postctl start out
	smtp_greets "$(port out)"
	wait_for 10 log_of_smtpd
	echo "input(type=\"imuxsock\" Socket=\"$chroot/dev/log\")" >/etc/rsyslog.d/out.conf
	kill "$(</run/rsyslogd.pid)"
	wait_for 10 no_syslog
	: >/var/log/mail.log
	start_syslog
	wait_for 10 test -S $chroot/dev/log
	smtp_greets "$(port out)"
	wait_for 10 log_of_smtpd
	expect 0 postctl sync out
	[[ -S $chroot/dev/log ]]
}
