#!/usr/bin/env bats
# What check says of instances that get in each other's way, of names, tables and files, each brought about for real, and gone
# when what check says was done; and what enable does not do.

load helpers/load

setup_file() {
	fresh_postfix
	expect 0 postctl sync
	start_syslog
	ip addr add 127.0.0.9/32 dev lo
	new_instance out chroot=n
	new_instance in chroot=n
	new_instance off chroot=n enable=no
	mkdir /tmp/world
	cp -a /etc/postfix /etc/postfix-* /etc/aliases* /tmp/world
}

setup() {
	# Postfix 3.11 has other types than its predecessors.
	type=$(postconf -h default_database_type)
	db=$([ "$type" = hash ] && echo db || echo "$type")
	rm -rf /etc/postfix /etc/postfix-*
	cp -a /tmp/world/* /etc
	rm -f /var/spool/postfix*/quick-start /tmp/link
}

teardown() {
	diagnose_failure
	stop_everything
}

# finds STATUS PATTERN: a line of check on all instances; and follow does what it says to type, ADDRESS being 127.0.0.9.
finds() {
	expect "$1" postctl check
	assert_output "$2"
	advice=$(grep -E -m 1 -e "$2" <<<"$output")
	advice=${advice##*; }
}
follow() {
	local command=${advice%%, with*}
	echo "# $command"
	bash -c "${command//ADDRESS/127.0.0.9}"
	back_date /etc/postfix*/main.cf
}

# all_good: check finds nothing at all.
all_good() {
	expect 0 postctl check
	refute_output 'error|warning'
	assert_output '^-: good$'
	assert_output '^postfix-out: good$'
}

# listen INSTANCE NAME...: its smtpd listens there and nowhere else.
listen() {
	local master name
	master=$(config_dir "$1")/master.cf
	sed -i '/^[^#[:space:]]*[[:space:]]*inet/d' "$master"
	shift
	for name; do
		printf '%s inet n - n - - smtpd\n' "$name" >>"$master"
	done
	back_date "$master"
}

@test "instances as Debian and postmulti make them are good" {
	all_good
	rm -rf /etc/postfix-* /var/spool/postfix-new /var/lib/postfix-new
	cp -a /stock/etc/postfix /etc/
	create_instance new 2599 n
	expect 0 postctl sync
	expect 0 postctl check
	refute_output 'error|warning'
	assert_output '^postfix-new: good$'
}

# what the smtpds of out and in listen at, and what is said of in: one address and port twice
table='
127.0.0.1:2701 | 127.0.0.1:2701      | listens at 127\.0\.0\.1:2701, and so does service 127\.0\.0\.1:2701
127.0.0.1:smtp | [127.0.0.1]:25      | listens at 127\.0\.0\.1:25, and so does service 127\.0\.0\.1:smtp
localhost:2701 | 127.0.0.1:2701      | listens at 127\.0\.0\.1:2701, and so does service localhost:2701
2701           | 2701                | listens at all addresses of IPv4, port 2701, and so does service 2701
submission     | 0.0.0.0:587         | listens at all addresses of IPv4, port 587, and so does service submission
[::1]:2701     | [0:0:0:0:0:0:0:1]:2701 | listens at \[::1\]:2701, and so does service \[::1\]:2701
'

@test "one address and port in two enabled instances: an error for both; in a disabled one, a warning; it is not enabled" {
	local out in words bad=0 rows=0
	while IFS='|' read -r out in words; do
		[[ $out ]] || continue
		read -r out <<<"$out" && read -r in <<<"$in" && read -r words <<<"$words"
		((++rows))
		listen out "$out"
		listen in "$in"
		try postctl check
		assert_status 1 && assert_output "^postfix-in: error: service .* \(/etc/postfix-in/master.cf, line [0-9]+\) $words" &&
			assert_output "^postfix-out: error: service .* of instance postfix-in: " || ((++bad))
		set_main in 'multi_instance_enable = no'
		try postctl check
		assert_status 0 && assert_output "^postfix-in: warning: service .*$words" &&
			assert_output '^postfix-out: warning: service .* of instance postfix-in, which is disabled: ' || ((++bad))
		try postctl enable in
		assert_status 1 && assert_output "^postctl: postfix-in: cannot enable it: service .*$words" || ((++bad))
		[ "$(postconf -c /etc/postfix-in -h multi_instance_enable)" = no ] || ((++bad))
		set_main in 'multi_instance_enable = yes'
	done <<<"$table"
	((rows > 0 && bad == 0)) || fail "$bad of $rows"
	# Some real ones: both start, and nobody knows who answers.
	listen out 127.0.0.1:2701
	listen in 127.0.0.1:2701
	expect 0 postctl start out in
	[ "$(ss -Htln 'sport = :2701' | wc -l)" = 2 ]
}

@test "inet_interfaces: an address of its own mends it; one among all addresses is a warning, and so it works" {
	listen - smtp
	listen out smtp
	finds 1 '^postfix-out: error: service smtp .* of instance -: '
	follow
	# What it listens at now is -'s, too, but its alone while it runs.
	finds 0 '^postfix-out: warning: service smtp .* listens at 127\.0\.0\.9:25, and service smtp .* of instance - at all addresses'
	assert_output '^-: warning: service smtp .* at all addresses of IPv4, port 25, .*connections to 127\.0\.0\.9:25 go to postfix-out, but to - while'
	expect 0 postctl start - out
	read -r output </dev/tcp/127.0.0.9/25
	[[ $output = '220 out.'* ]]
	expect 0 postctl stop out
	read -r output </dev/tcp/127.0.0.9/25
	[[ $output = '220 mail.'* ]]
	set_main - 'inet_interfaces = 127.0.0.1'
	set_main out 'inet_interfaces = 127.0.0.9'
	all_good
	# It is no error to enable such a one either.
	set_main - 'inet_interfaces = all'
	set_main out 'multi_instance_enable = no'
	expect 0 postctl enable out
	assert_output '^postctl: postfix-out: warning: service smtp '
}

@test "within one instance: two services at one place, and one that another overrides" {
	listen out 127.0.0.1:2701 localhost:2701
	finds 1 '^postfix-out: error: service 127\.0\.0\.1:2701 .* and so does service localhost:2701 \(/etc/postfix-out'
	listen out smtps 465
	finds 0 '^postfix-out: warning: /etc/postfix-out/master.cf, line [0-9]+: service smtps has no effect: '
	follow
	all_good
}

@test "what was looked at is the selected instances against all, and disabled ones among themselves are nobody's trouble" {
	listen in "127.0.0.1:$(port out)"
	expect 1 postctl check out
	assert_output '^postfix-out: error: .*instance postfix-in'
	refute_output '^postfix-in'
	set_main in 'multi_instance_enable = no'
	set_main out 'multi_instance_enable = no'
	all_good
	expect 1 postctl enable in out
	assert_output '^postctl: postfix-in: cannot enable it: '
	assert_output '^postctl: postfix-out: cannot enable it: '
	expect 1 postctl enable --dry-run in out
	expect 0 postctl enable --dry-run in
	expect 0 postctl enable in
	expect 1 postctl enable out
	[ "$(postconf -c /etc/postfix-out -h multi_instance_enable)" = no ]
}

@test "one queue or data directory by several names" {
	ln -s /var/spool/postfix-out /tmp/link
	set_main in 'queue_directory = /tmp/link'
	finds 1 '^postfix-in: error: queue_directory = /tmp/link is the same directory as queue_directory = /var/spool/postfix-out of instance postfix-out; "postconf -c /etc/postfix-in queue_directory=DIRECTORY"'
	set_main in 'queue_directory = /var/spool/postfix-in' 'data_directory = /var/lib/../lib/postfix-out' 'multi_instance_enable = no'
	finds 1 '^postfix-in: error: data_directory = /var/lib/\.\./lib/postfix-out is the same directory as data_directory = /var/lib/postfix-out'
	expect 1 postctl enable in
	assert_output '^postctl: postfix-in: cannot enable it: data_directory = '
	advice=${advice//DIRECTORY//var/lib/postfix-in}
	follow
	all_good
	expect 0 postctl enable in
}

@test "names in the log: one of two instances, and what log readers do not look for" {
	set_main in 'syslog_name = postfix-out'
	finds 0 '^postfix-in: warning: syslog_name = postfix-out is postfix-out.s, too: '
	assert_output '^postfix-out: warning: syslog_name = postfix-out is postfix-in.s, too: .*; postconf -c /etc/postfix-in syslog_name=postfix-in$'
	follow
	all_good
	set_main in 'syslog_name = mailer'
	finds 0 '^postfix-in: warning: syslog_name = mailer: log readers '
	follow
	all_good
	set_main in 'multi_instance_name = inbound mail'
	finds 0 '^inbound mail: warning: multi_instance_name = inbound mail: postmulti\(1\) takes only names'
	refute_output 'syslog_name'
	follow
	[ "$(postconf -c /etc/postfix-in -h multi_instance_name)" = postfix-inbound-mail ]
	all_good
}

@test "myhostname and myorigin that Postfix, Debian or other hosts refuse" {
	set_main out 'myhostname = bad_-name.-'
	finds 1 '^postfix-out: error: myhostname = bad_-name\.-: misplaced hyphen; without a valid one'
	refute_output 'Postfix says: (fatal|warning)'
	expect 1 env MAIL_CONFIG=/etc/postfix-out postfix check
	advice=${advice//NAME/mx.example.org}
	follow
	all_good
	set_main out 'myhostname = mx.$mydomain' 'mydomain = local host'
	finds 1 '^postfix-out: error: .*invalid character'
	set_main out 'mydomain = example.org'
	set_main out 'myhostname = localhost.localdomain'
	finds 0 '^postfix-out: warning: myhostname = localhost.localdomain: no other host knows it'
	set_main out 'myhostname = out.example.org' 'myorigin = Debian.org'
	finds 1 '^postfix-out: error: myorigin = Debian\.org: Debian.s scripts do not start Postfix with that'
	expect 1 /usr/lib/postfix/configure-instance.sh out
	follow
	all_good
	set_main out 'myorigin = /etc/no-mailname'
	finds 1 '^postfix-out: error: myorigin = /etc/no-mailname: No such file or directory; '
	advice=${advice//DOMAIN/example.org}
	follow
	all_good
	: >/etc/no-mailname
	finds 1 '^postfix-out: error: myorigin = /etc/no-mailname: the file is empty'
	rm /etc/no-mailname
}

@test "tables and aliases: what is missing is an error, what is out of date a warning" {
	echo 'a@example.org alice' >/etc/postfix-out/virtual
	set_main out 'virtual_alias_maps = '"$type"':$config_directory/virtual, static:x' 'virtual_alias_domains = example.org'
	finds 1 "^postfix-out: error: virtual_alias_maps: there is no /etc/postfix-out/virtual\.$db: "
	expect 0 postctl start out
	SMTP_WAIT=10 run smtp_send "$(port out)" a token
	[ "$status" != 0 ]
	expect 0 postctl stop out
	follow
	all_good
	touch /etc/postfix-out/virtual
	finds 0 "^postfix-out: warning: virtual_alias_maps: /etc/postfix-out/virtual\.$db is older than /etc/postfix-out/virtual: "
	follow
	all_good
	rm /etc/postfix-out/virtual
	all_good
	rm "/etc/postfix-out/virtual.$db"
	finds 1 "^postfix-out: error: virtual_alias_maps: .*; make /etc/postfix-out/virtual, and then postmap $type:/etc/postfix-out/virtual\$"
	set_main out 'virtual_alias_maps ='
	# In master.cf.
	sed -i "/smtpd\$/a\\  -o smtpd_sender_restrictions={check_sender_access $type:/etc/postfix-out/senders}" /etc/postfix-out/master.cf
	back_date /etc/postfix-out/master.cf
	echo 'a@b OK' >/etc/postfix-out/senders
	finds 1 "^postfix-out: error: smtpd_sender_restrictions: there is no /etc/postfix-out/senders\.$db"
	follow
	all_good
	# Caches are no tables.
	set_main out "smtp_tls_session_cache_database = $type:\${data_directory}/none"
	all_good
}

@test "/etc/aliases of stock Debian" {
	rm "/etc/aliases.$db"
	finds 1 "^-: error: alias_maps: there is no /etc/aliases\.$db: .*; newaliases\$"
	assert_output "^postfix-out: error: alias_maps: there is no /etc/aliases\.$db: .*; postalias $type:/etc/aliases\$"
	follow
	all_good
	touch /etc/aliases
	finds 0 "^postfix-in: warning: alias_maps: /etc/aliases\.$db is older than /etc/aliases: "
	follow
	all_good
	# A null client has no use for it.
	set_main out 'alias_maps =' 'local_recipient_maps ='
	rm "/etc/aliases.$db"
	finds 1 "^postfix-out: warning: alias_database: there is no /etc/aliases\.$db; "
	refute_output '^postfix-out: error'
}

@test "who can write the configuration" {
	chmod g+w /etc/postfix-out/main.cf
	finds 1 '^postfix-out: error: /etc/postfix-out/main\.cf can be written by its group: who does is root'
	follow
	chmod o+w /etc/postfix-out/master.cf
	finds 1 '^postfix-out: error: /etc/postfix-out/master\.cf can be written by everybody'
	follow
	chmod 777 /etc/postfix-out
	finds 1 '^postfix-out: error: /etc/postfix-out can be written by everybody'
	follow
	chown postfix /etc/postfix-out
	finds 1 '^postfix-out: error: /etc/postfix-out belongs to user [0-9]+: '
	follow
	all_good
}

@test "a request for a quick start that was left" {
	expect 0 postctl start out
	expect 0 env MAIL_CONFIG=/etc/postfix-out postfix quick-stop
	finds 0 '^postfix-out: warning: /var/spool/postfix-out/quick-start is left: '
	follow
	all_good
	expect 0 postctl start out
	touch /var/spool/postfix-out/quick-start
	all_good
}

# what only programs like the daemons die of, not postconf
programs='
mail_owner = no-such-user           | fatal: .*unknown user name value: no-such-user
setgid_group = no-such-group        | fatal: .*unknown group name: no-such-group
inet_interfaces = no-such.invalid   | fatal: .*host not found: no-such\.invalid
inet_interfaces = 192.0.2.77        | fatal: .*no local interface found for 192\.0\.2\.77
default_process_limit = many        | fatal: .*default_process_limit
'

@test "what only Postfix's other programs complain of" {
	local setting words bad=0 rows=0
	while IFS='|' read -r setting words; do
		[[ $setting ]] || continue
		read -r words <<<"$words"
		((++rows))
		cp -a /tmp/world/postfix-out /etc
		set_main out "$setting"
		try postctl check out
		assert_status 1 && assert_output "^postfix-out: error: Postfix says: $words" || ((++bad))
	done <<<"$programs"
	((rows > 0 && bad == 0)) || fail "$bad of $rows"
	cp -a /tmp/world/postfix-out /etc
	# What two of them say is said once.
	set_main out 'no_such_parameter = 1'
	expect 0 postctl check out
	[ "$(grep -c no_such_parameter <<<"$output")" = 1 ]
}

@test "check changes nothing" {
	local before
	before=$(find /etc /var/spool/postfix* /var/lib/postfix* -printf '%p %i %C@\n' | sort)
	expect 0 postctl check
	[ "$(find /etc /var/spool/postfix* /var/lib/postfix* -printf '%p %i %C@\n' | sort)" = "$before" ]
}
