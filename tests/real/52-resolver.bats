#!/usr/bin/env bats
# What chrooted services read, while it changes: a relay found through a new resolv.conf, and files that are never missing or short.

load helpers/load

chroot=/var/spool/postfix-out/etc

setup_file() {
	start_syslog
	fresh_postfix
	new_instance in chroot=n
	new_instance out chroot=y
	# Nobody answers at 127.0.0.2.
	echo 'nameserver 127.0.0.2' >/etc/resolv.conf
	set_main out 'mydestination =' "relayhost = [relay.example.net]:$(port in)" 'smtp_tls_CApath ='
	expect 0 postctl start
}

teardown() {
	diagnose_failure
	[[ ! ${helper-} ]] || kill "$helper" 2>/dev/null || :
}

teardown_file() { stop_everything; }

# deferred TOKEN: a message is handed to out, whose smtp client finds no relay.
deferred() {
	: >/var/log/mail.log
	smtp_send "$(port out)" alice "$1"
	wait_for 30 grep -q 'postfix-out/smtp.*status=deferred.*relay\.example\.net' /var/log/mail.log
}

@test "a chrooted smtp client resolves names by the new resolv.conf after a sync, one that runs already after a reload or a hook" {
	dnsmasq --keep-in-foreground --user=root --pid-file= --no-resolv --no-hosts --bind-interfaces --listen-address=127.0.0.3 \
		--address=/relay.example.net/127.0.0.1 </dev/null >/dev/null 2>&1 3>&- 4>&- &
	helper=$!
	deferred by-sync
	echo 'nameserver 127.0.0.3' >/etc/resolv.conf
	expect 0 postctl sync
	cmp /etc/resolv.conf $chroot/resolv.conf
	# One that runs already keeps to what it has read; the next one does not.
	expect 0 postctl reload out
	expect 0 postctl flush out
	wait_for 30 mail_arrived alice by-sync

	echo 'nameserver 127.0.0.2' >/etc/resolv.conf
	expect 0 /etc/resolvconf/update-libc.d/postctl
	deferred by-hook
	echo 'nameserver 127.0.0.3' >/etc/resolv.conf
	expect 0 /etc/network/if-up.d/postctl
	wait_for 30 mail_arrived alice by-hook
}

@test "a reader never sees a file of the chroot missing or short during a thousand syncs" {
	local i
	printf 'nameserver 127.0.0.1\n%02000d\n' 1 >/tmp/1
	printf 'nameserver 127.0.0.1\n%04000d\n' 2 >/tmp/2
	cp /tmp/1 /etc/resolv.conf
	cp /etc/services /tmp/services
	expect 0 postctl sync out
	perl -e '
		sub content { open(my $f, "<", $_[0]) or return undef; local $/; return scalar <$f> }
		my %good = map { content($_) => 1 } "/tmp/1", "/tmp/2";
		my ($services, $count) = (content("/tmp/services"), 0);
		$SIG{TERM} = sub { print "$count\n"; exit 0 };
		for (;; $count++) {
			my $now = content("$ARGV[0]/resolv.conf");
			defined $now && $good{$now} or die "resolv.conf is missing or short\n";
			content("$ARGV[0]/services") eq $services or die "services is missing or short\n";
		}' $chroot </dev/null >/tmp/reader 2>&1 3>&- 4>&- &
	helper=$!
	for ((i = 0; i < 1000; i++)); do
		cp "/tmp/$((i % 2 + 1))" /etc/resolv.conf
		postctl sync -q out 3>&- 4>&-
		kill -0 "$helper" || fail "$(cat /tmp/reader)"
	done
	kill "$helper"
	wait "$helper"
	# It really looked, many times, and saw the last one.
	(($(cat /tmp/reader) > 1000))
	cmp /etc/resolv.conf $chroot/resolv.conf
}
