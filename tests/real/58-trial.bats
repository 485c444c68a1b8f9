#!/usr/bin/env bats
# check enters the chroot and tries what the services would: names, ports, time, modules, certificates, sockets.

load helpers/load

setup_file() {
	start_syslog
	fresh_postfix
	new_instance out chroot=y
	new_instance plain chroot=n
	set_main out 'relayhost = [relay.example.org]:submission' 'smtp_tls_CApath = /etc/ssl/certs'
	echo '192.0.2.25 relay.example.org a.root-servers.net' >>/etc/hosts
	sed -i 's/^hosts:.*/hosts: files myhostname dns/' /etc/nsswitch.conf
	ln -sf /usr/share/zoneinfo/Asia/Kolkata /etc/localtime
	mkdir -p /var/spool/postfix-out/dev
	expect 0 postctl sync
	cp -a /etc/postfix-out /tmp
	cp -a /var/spool/postfix-out/etc /tmp/etc
	cp -a /var/spool/postfix-out/lib /tmp/lib
}

setup() {
	cp -a /tmp/postfix-out /etc
	rm -rf /var/spool/postfix-out/{etc,lib}
	cp -a /tmp/etc /tmp/lib /var/spool/postfix-out/
	back_date /etc/postfix-out/main.cf
}

teardown() {
	diagnose_failure
	[[ ! ${server-} ]] || kill "$server" || :
}

teardown_file() { stop_everything; }

# finds PATTERN...: check fails, and says each of them in one line.
finds() {
	expect 1 postctl check out
	local pattern
	for pattern; do
		assert_output "^postfix-out: error: in its chroot, $pattern"
	done
}

# listen_at PATH: somebody listens there until the test ends.
listen_at() {
	mkdir -p "${1%/*}"
	perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); unlink $ARGV[0]; bind(S, sockaddr_un($ARGV[0])) or die; chmod 0666, $ARGV[0];
		listen(S, 5); sleep' "$1" </dev/null >/dev/null 2>&1 3>&- 4>&- &
	server=$!
	wait_for 5 test -S "$1"
}

@test "a chroot that works: nothing is found, and nothing is tried where nothing is chrooted" {
	expect 0 postctl check out plain
	refute_output error
	expect 0 postctl check --json out
	assert_json
}

@test "a name that cannot be resolved inside" {
	echo '127.0.0.1 localhost' >/var/spool/postfix-out/etc/hosts
	finds 'host relay\.example\.org \(relayhost\) cannot be resolved: .*; it can outside; "postctl sync"' \
		'host a\.root-servers\.net \(a public name\) cannot be resolved: '
	expect 0 postctl sync out
	expect 0 postctl check out
}

@test "without nsswitch.conf, services or localtime" {
	rm /var/spool/postfix-out/etc/services
	finds 'port submission \(relayhost\) is unknown port, not 587 as outside'
	rm /var/spool/postfix-out/etc/localtime
	finds 'the time is .*UTC.*, not .*IST.* as outside'
}

@test "certificates that its user cannot read, or that are not there" {
	compgen -G '/etc/ssl/certs/*.0' >/dev/null || skip "no certificates here"
	local first
	first=$(cd /var/spool/postfix-out/etc/ssl/certs && echo ????????.0)
	chmod 600 "/var/spool/postfix-out/etc/ssl/certs/${first%% *}"
	finds '/etc/ssl/certs \(smtp_tls_CApath.*\): [0-9]+ certificates, not [0-9]+ certificates as outside'
	rm -r /var/spool/postfix-out/etc/ssl
	finds '/etc/ssl/certs \(smtp_tls_CApath.*\): No such file'
}

@test "a module that lacks a library" {
	local module
	module=$(cd /var/spool/postfix-out && ls lib/*/libnss_myhostname.so.2)
	: >"/var/spool/postfix-out/$module"
	finds "${module##*/} \(.*\) cannot be loaded: "
}

@test "sockets: milters, policy servers, Dovecot, saslauthd, MySQL, ldapi" {
	set_main out 'smtpd_milters = unix:/run/opendkim/socket, { inet:127.0.0.1:2999, default_action=accept }' \
		'smtpd_recipient_restrictions = permit_mynetworks, check_policy_service unix:private/policy, reject' \
		'smtpd_restriction_classes = greylist' 'greylist = check_policy_service { unix:private/grey, timeout=9 }' \
		'mailbox_transport = lmtp:unix:private/dovecot-lmtp' \
		'smtpd_sasl_auth_enable = yes' 'smtpd_sasl_type = dovecot' 'smtpd_sasl_path = private/auth' \
		'virtual_alias_maps = mysql:/etc/postfix-out/m.cf, proxy:mysql:/etc/postfix-out/not.cf, ldap:/etc/postfix-out/l.cf'
	echo 'hosts = unix:/run/mysqld/other.sock 127.0.0.1:3999' >/etc/postfix-out/m.cf
	echo 'hosts = unix:/proxied' >/etc/postfix-out/not.cf
	echo 'server_host = ldapi://%2Frun%2Fslapd%2Fldapi' >/etc/postfix-out/l.cf
	finds 'cannot connect to socket /run/opendkim/socket \(smtpd_milters\), which is /var/spool/postfix-out/run/opendkim/socket: No such file' \
		'cannot connect to 127\.0\.0\.1:2999 \(smtpd_milters\): Connection refused' \
		'cannot connect to socket /private/policy \(smtpd_recipient_restrictions\)' \
		'cannot connect to socket /private/grey \(greylist\)' \
		'cannot connect to socket /private/dovecot-lmtp \(mailbox_transport\)' \
		'cannot connect to socket /private/auth \(smtpd_sasl_path\)' \
		'cannot connect to socket /run/mysqld/other\.sock \(mysql:/etc/postfix-out/m\.cf\)' \
		'cannot connect to 127\.0\.0\.1:3999 ' \
		'cannot connect to socket /run/slapd/ldapi '
	refute_output proxied
	listen_at /var/spool/postfix-out/private/auth
	expect 1 postctl check out
	refute_output private/auth
	# One that hangs does not hang us.
	kill -STOP "$server"
	expect 1 timeout 30 postctl check out
	kill -CONT "$server"
	set_main out 'smtpd_sasl_type = cyrus' 'smtpd_sasl_path = smtpd'
	mkdir -p /etc/postfix/sasl
	echo 'pwcheck_method: saslauthd' >/etc/postfix/sasl/smtpd.conf
	finds 'cannot connect to socket /var/run/saslauthd/mux '
	rm /etc/postfix/sasl/smtpd.conf
}

@test "a log socket with nobody behind it" {
	perl -MSocket -e 'socket(S, PF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un($ARGV[0])) or die; chmod 0666, $ARGV[0]' \
		/var/spool/postfix-out/dev/log
	finds 'cannot connect to socket /dev/log \(the log daemon.s\), which is /var/spool/postfix-out/dev/log: Connection refused'
	rm /var/spool/postfix-out/dev/log
	perl -MSocket -e 'socket(S, PF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un($ARGV[0])) or die; chmod 0666, $ARGV[0]; sleep' \
		/var/spool/postfix-out/dev/log </dev/null >/dev/null 2>&1 3>&- 4>&- &
	server=$!
	wait_for 5 test -S /var/spool/postfix-out/dev/log
	expect 0 postctl check out
	rm /var/spool/postfix-out/dev/log
}

@test "hostile contents: a hung resolver, links that lead out, a missing user; nothing hangs, nothing is changed" {
	local before
	rm -rf /var/spool/postfix-out/etc/hosts
	mkfifo /var/spool/postfix-out/etc/hosts
	before=$(find /var/spool/postfix-out -printf '%p %i %C@\n' | sort)
	# A daemon that reads it would hang, too.
	expect 1 timeout 130 postctl check out
	[ "$(find /var/spool/postfix-out -printf '%p %i %C@\n' | sort)" = "$before" ]
	rm /var/spool/postfix-out/etc/hosts
	set_main out 'mail_owner = nobody-has-this-name'
	expect 1 postctl check out
	assert_output 'its chroot cannot be tried: there is no user nobody-has-this-name'
}

@test "not root: what can be seen is said, and that it was not tried" {
	try setpriv --reuid 65534 --regid 65534 --clear-groups postctl check out
	assert_output 'its chroot was not tried from inside, which only root can; sudo postctl check'
}
