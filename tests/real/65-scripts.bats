#!/usr/bin/env bats
# An init script for each instance: made, kept and removed by postctl, driven by the system's own tools, and what a boot makes of it.

load helpers/load

setup_file() { start_syslog; }

setup() {
	fresh_postfix
	new_instance out chroot=n
	new_instance in chroot=n
}

teardown() {
	diagnose_failure
	[[ ! ${console-} ]] || end_boot
	[[ ! -e /usr/sbin/update-rc.d.away ]] || mv /usr/sbin/update-rc.d.away /usr/sbin/update-rc.d
	[[ ! -e /etc/init.d.away ]] || mv -T /etc/init.d.away /etc/init.d
	[[ ! -e /usr/sbin/postctl.away ]] || mv /usr/sbin/postctl.away /usr/sbin/postctl
	install -m 755 /postctl/init.d/postfix /etc/init.d/postfix
	rm -f /usr/sbin/policy-rc.d /etc/init.d/my-filter /etc/rc?.d/???my-filter /etc/init.d/.legacy-bootordering
	stop_everything
}

script() { echo "/etc/init.d/postfix@$1"; }

# links INSTANCE: its links, without their numbers, on one line.
links() { (cd /etc && find . -path "./rc?.d/???postfix@$1" | sed -E 's|^\./rc(.)\.d/(.).*|\2\1|' | sort | paste -sd ' '); }

on='K0 K1 K6 S2 S3 S4 S5'
off='K0 K1 K2 K3 K4 K5 K6'

# Everything below /etc that a verb could change, but what Postfix's own commands do to main.cf.
state_of_etc() {
	find /etc \( -name main.cf -o -name postfix -type d \) -prune -o -printf '%p %y %m %s %T@ %l\n' | sort
}

forget_instance() {
	set_main - "multi_instance_directories = $(get_main - multi_instance_directories | sed "s| */etc/postfix-$1||")"
}

@test "enable makes a script with its links, disable takes them back" {
	expect 0 postctl enable in --dry-run
	assert_output '^ +would write /etc/init.d/postfix@in$'
	assert_output '^ +would run "update-rc.d postfix@in defaults"$'
	[ ! -e "$(script in)" ]
	expect 0 postctl enable in
	[ "$output" = 'postfix-in: enabled already; /etc/init.d/postfix@in made' ]
	[ "$(stat -c '%A %U %G' "$(script in)")" = '-rwxr-xr-x root root' ]
	[ "$(links in)" = "$on" ]
	[ ! -e "$(script out)" ]
	[ "$(get_main in multi_instance_enable)" = yes ]
	state_of_etc >/tmp/before
	expect 0 postctl enable in
	[ "$output" = 'postfix-in: enabled already' ]
	state_of_etc | diff /tmp/before -
	expect 0 postctl disable in --dry-run
	assert_output '^ +would run "update-rc.d postfix@in remove"$'
	assert_output '^ +would remove /etc/init.d/postfix@in$'
	state_of_etc | diff /tmp/before -
	expect 0 postctl disable in
	[ "$output" = 'postfix-in: disabled; /etc/init.d/postfix@in removed' ]
	[ ! -e "$(script in)" ]
	[ -z "$(links in)" ]
	[ "$(get_main in multi_instance_enable)" = no ]
	back_date /etc/postfix-in/main.cf
	expect 0 postctl disable in
	[ "$output" = 'postfix-in: disabled already' ]
	run ! grep -r 'postfix@' /etc/init.d/.depend.start /etc/init.d/.depend.stop
}

@test "its header is that of /etc/init.d/postfix, but for the names" {
	header() { sed -n '/BEGIN INIT INFO/,/END INIT INFO/{/Provides:\|Description:/d;p}' "$1"; }
	expect 0 postctl enable out
	[ "$(header "$(script out)")" = "$(header /etc/init.d/postfix)" ]
	grep -qx '# Provides:          postfix@out' "$(script out)"
}

@test "service and invoke-rc.d act on that instance, with all further words" {
	expect 0 postctl enable out -
	expect 0 service postfix@out start
	assert_output '^postfix-out: started'
	one_master out
	no_process_of - in
	expect 0 service postfix@out status
	assert_output '^postfix: 1 of 1 enabled instances running$'
	expect 3 service postfix@- status
	expect 0 service --status-all
	assert_output '^ \[ \+ \]  postfix@out$'
	assert_output '^ \[ - \]  postfix@-$'
	expect 0 service postfix@- start
	assert_output '^-: started'
	before=$(master_of -)
	expect 0 service postfix@out restart --timeout 60
	assert_output '^postfix-out: restarted'
	expect 0 service postfix@out reload
	assert_output '^postfix-out: reloaded'
	refute_output '^-:'
	expect 0 service postfix@out try-restart
	expect 0 service postfix@out force-reload
	expect 0 "$(script out)" is-active
	[ "$output" = active ]
	expect 0 invoke-rc.d postfix@out stop
	no_process_of out
	[ "$(master_of -)" = "$before" ]
	expect 3 "$(script out)" bogus
	expect 2 "$(script out)"
	assert_output "^Usage: $(script out) VERB "
	# A policy counts for an instance as for any service.
	policy 101
	expect 0 invoke-rc.d postfix@out start
	no_process_of out
	policy 104
	expect 0 invoke-rc.d postfix@out restart
	one_master out
}

@test "update-rc.d disable and enable; enable turns on again what was off" {
	expect 0 postctl enable out
	expect 0 update-rc.d postfix@out disable
	[ "$(links out)" = "$off" ]
	expect 0 postctl scripts
	[ "$output" = 'postfix@out: up to date' ]
	[ "$(links out)" = "$off" ]
	expect 0 update-rc.d postfix@out enable
	[ "$(links out)" = "$on" ]
	expect 0 update-rc.d postfix@out disable
	expect 0 postctl start --without-script --dry-run
	refute_output '^postfix-out'
	expect 0 postctl enable out
	[ "$output" = 'postfix-out: enabled already; /etc/init.d/postfix@out starts it at boot again' ]
	[ "$(links out)" = "$on" ]
	expect 0 update-rc.d -f postfix@out remove
	# Without links, as a postctl leaves it that was killed, it is one that init never sees: postfix starts the instance.
	expect 0 postctl start --without-script --dry-run
	assert_output '^postfix-out: would start it$'
	expect 0 postctl enable out
	[ "$(links out)" = "$on" ]
}

@test "a header that was changed outlives the rest of the script, and insserv orders by it" {
	cat >/etc/init.d/my-filter <<-'END'
		#!/bin/sh
		### BEGIN INIT INFO
		# Provides: my-filter
		# Required-Start: $remote_fs $syslog
		# Required-Stop: $remote_fs $syslog
		# Default-Start: 2 3 4 5
		# Default-Stop: 0 1 6
		# Short-Description: a filter
		### END INIT INFO
	END
	chmod +x /etc/init.d/my-filter
	expect 0 update-rc.d my-filter defaults
	expect 0 postctl enable out in
	sed -i 's/^# Should-Start: .*/& my-filter/; s/^# Required-Start: .*/& my-filter/' "$(script out)"
	expect 0 postctl scripts
	[ "$output" = $'postfix@in: up to date\npostfix@out: up to date' ]
	# The name of the instance is in the script: it is outdated now, while what it is called stays.
	set_main out 'multi_instance_name = out'
	expect 0 postctl scripts --dry-run
	assert_output '^ +would write /etc/init.d/postfix@out$'
	expect 0 postctl scripts
	assert_output '^postfix@out: /etc/init.d/postfix@out brought up to date$'
	grep -qx "exec .* 'out' .*" "$(script out)"
	[ "$(grep -c 'my-filter$' "$(script out)")" -eq 2 ]
	grep -qE '^postfix@out:.* my-filter( |$)' /etc/init.d/.depend.start
	run ! grep -E '^postfix@in:.* my-filter( |$)' /etc/init.d/.depend.start
	expect 0 postctl scripts
	[ "$output" = $'postfix@in: up to date\npostfix@out: up to date' ]
	expect 0 service postfix@out start
	one_master out
	# Taken back, it is the template's again, with what that says today.
	sed -i 's/ my-filter$//' "$(script out)"
	expect 0 postctl scripts
	grep -qx '# Short-Description: .*, instance postfix-out' "$(script out)"
	expect 0 postctl disable out
	assert_output 'postfix@out removed$'
}

@test "what was changed by hand, or is another's, is never touched, and is named" {
	expect 0 postctl enable out in
	sed -i 's/^exec /exec nice /' "$(script out)"
	sed -i '/^# postctl: /d' "$(script in)"
	ln -s postfix@out "$(script -)"
	cp "$(script out)" "$(script copy)"
	state_of_etc >/tmp/before
	expect 0 postctl scripts
	assert_output '^postctl: postfix@out: /etc/init.d/postfix@out was changed by hand and stays as it is$'
	assert_output '^postctl: postfix@in: /etc/init.d/postfix@in is not postctl.s and is left alone$'
	assert_output '^postctl: postfix@-: /etc/init.d/postfix@- is not postctl.s and is left alone$'
	assert_output '^postctl: postfix@copy: /etc/init.d/postfix@copy was changed by hand and stays as it is; remove it'
	expect 0 postctl enable out in -
	assert_output '^postfix-out: enabled already; .*postfix@out was changed by hand'
	assert_output '^postfix-in: enabled already; .*postfix@in is not postctl.s'
	assert_output '^-: enabled already; .*postfix@- is not postctl.s'
	state_of_etc | diff /tmp/before -
	expect 0 postctl disable out
	assert_output '^postfix-out: disabled; links of /etc/init.d/postfix@out removed; .* was changed by hand'
	back_date /etc/postfix*/main.cf
	expect 0 postctl disable in
	assert_output '^postfix-in: disabled; .*postfix@in is not postctl.s'
	back_date /etc/postfix*/main.cf
	for name in out in - copy; do
		[[ $(state_of_etc) = *"$(grep "^$(script "$name") " /tmp/before)"* ]]
	done
	[ -z "$(links out)" ]
	[ "$(links in)" = "$on" ] # those of a script that is not ours are not ours
	expect 0 postctl enable out
	[ "$(links out)" = "$on" ]
}

@test "where there is no update-rc.d or no /etc/init.d an instance is enabled and disabled all the same" {
	mv /usr/sbin/update-rc.d /usr/sbin/update-rc.d.away
	expect 0 postctl disable out
	[ "$output" = 'postfix-out: disabled' ]
	back_date /etc/postfix-out/main.cf
	expect 0 postctl enable out
	[ "$output" = 'postfix-out: enabled; no init script: there is no /usr/sbin/update-rc.d' ]
	[ "$(get_main out multi_instance_enable)" = yes ]
	back_date /etc/postfix-out/main.cf
	mv /usr/sbin/update-rc.d.away /usr/sbin/update-rc.d
	expect 0 postctl enable in
	mv /usr/sbin/update-rc.d /usr/sbin/update-rc.d.away
	expect 0 postctl disable in
	[ "$output" = 'postfix-in: disabled; /etc/init.d/postfix@in is left alone: there is no /usr/sbin/update-rc.d' ]
	back_date /etc/postfix-in/main.cf
	mv /usr/sbin/update-rc.d.away /usr/sbin/update-rc.d
	mv /etc/init.d /etc/init.d.away
	expect 0 postctl disable out
	[ "$output" = 'postfix-out: disabled' ]
	back_date /etc/postfix-out/main.cf
	expect 0 postctl enable out
	[ "$output" = 'postfix-out: enabled; no init script: there is no /etc/init.d' ]
	[ "$(get_main out multi_instance_enable)" = yes ]
	[ ! -e /etc/init.d ]
	expect 0 postctl scripts
}

@test "what update-rc.d says when it fails is told, and the next run ends it" {
	mv /usr/sbin/update-rc.d /usr/sbin/update-rc.d.away
	printf '#!/bin/sh\necho "no $*"\nexit 1\n' >/usr/sbin/update-rc.d
	chmod +x /usr/sbin/update-rc.d
	expect 1 postctl enable out in
	assert_output '^postctl: postfix-out: enabled already; "update-rc.d postfix@out defaults" failed: no postfix@out defaults$'
	assert_output '^postctl: postfix-in: enabled already; "update-rc.d postfix@in defaults" failed'
	mv /usr/sbin/update-rc.d.away /usr/sbin/update-rc.d
	expect 0 postctl enable out in
	[ "$(links out) $(links in)" = "$on $on" ]
	mv /usr/sbin/update-rc.d /usr/sbin/update-rc.d.away
	printf '#!/bin/sh\nexit 1\n' >/usr/sbin/update-rc.d
	chmod +x /usr/sbin/update-rc.d
	forget_instance in
	expect 1 postctl scripts
	assert_output '^postctl: postfix@in: "update-rc.d postfix@in remove" failed: it did not say why$'
	[ -x "$(script in)" ] # links that lead nowhere would be worse
}

@test "a name that no script can have: the instance is enabled, and the reason is said" {
	new_instance mx.example.org chroot=n # insserv takes .org for the copy of an original
	new_instance mx.example.com chroot=n
	new_instance colon chroot=n
	set_main colon 'multi_instance_name = postfix-a:b'
	new_instance nameless chroot=n
	set_main nameless 'multi_instance_name ='
	new_instance twin chroot=n
	set_main twin 'multi_instance_name = out'
	expect 0 postctl enable mx.example.org mx.example.com postfix-a:b nameless postfix-out
	assert_output '^postfix-mx.example.org: enabled already; no init script: update-rc.d made no links for .*not valid, skipped'
	assert_output '^postfix-mx.example.com: enabled already; /etc/init.d/postfix@mx.example.com made$'
	assert_output '^postfix-a:b: enabled already; no init script: insserv cannot have one .* postfix@a:b$'
	assert_output '^/etc/postfix-nameless: enabled already; no init script: .*no name; "postmulti -i /etc/postfix-nameless -I postfix-NAME -e assign"'
	assert_output '^postfix-out: enabled already; no init script: postfix@out could be that of out as well$'
	[ "$(cd /etc/init.d && echo postfix*)" = 'postfix postfix@mx.example.com' ]
	expect 0 service postfix@mx.example.com start
	one_master mx.example.com
	# What the message says helps.
	expect 0 postmulti -i /etc/postfix-nameless -I postfix-named -e assign
	back_date /etc/postfix-nameless/main.cf
	expect 0 postctl enable named
	assert_output 'postfix@named made$'
}

@test "scripts of instances that are gone are removed with their links, the litter of a killed postctl too" {
	new_instance old chroot=n
	new_instance older chroot=n
	expect 0 postctl enable out old older in
	forget_instance old
	forget_instance older
	rm "$(script older)" # and its links dangle
	rm "$(script in)"    # this one's, too: none is newly made
	touch /etc/init.d/.postfix@out.new
	state_of_etc >/tmp/before
	expect 0 postctl scripts --dry-run
	assert_output '^ +would remove /etc/init.d/postfix@old$'
	state_of_etc | diff /tmp/before -
	expect 0 postctl scripts out
	[ "$output" = 'postfix@out: up to date' ]
	[ -e "$(script old)" ]
	# As long as one cannot be read, nobody knows what it is called.
	break_main in
	expect 0 postctl scripts
	assert_output '^postctl: postfix@old: /etc/init.d/postfix@old is left alone: it may be for /etc/postfix-in, which cannot be read$'
	[ -e "$(script old)" ]
	mend in
	expect 0 postctl scripts
	assert_output '^postfix@old: /etc/init.d/postfix@old removed; there is no such instance$'
	refute_output '^postfix@(older|in): .*up to date' # insserv has removed all links that dangle at once, or we did
	[ "$(cd /etc/init.d && find . -name '*postfix@*')" = ./postfix@out ]
	[ -z "$(links old)$(links older)$(links in)" ]
	[ "$(links out)" = "$on" ]
	expect 0 postctl scripts
	[ "$output" = 'postfix@out: up to date' ]
}

@test "more scripts than startpar can read: those that will not be started are named" {
	local name n
	mv /etc/init.d/rsyslog /etc/init.d/.rsyslog # whoever comes after it has a line of his own
	for n in {1001..1150}; do
		name=filter-number-$n
		printf '#!/bin/sh\n%s\n' "### BEGIN INIT INFO
# Provides: $name
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop:
# Short-Description: $name
### END INIT INFO
echo $name >>/tmp/were-started" >"/etc/init.d/$name"
		for level in 2 3 4 5; do ln -s "../init.d/$name" "/etc/rc$level.d/S01$name"; done
	done
	chmod +x /etc/init.d/filter-number-*
	expect 0 postctl enable out
	said=$output
	rm -f /tmp/were-started
	timeout 60 startpar -p 4 -t 20 -T 3 -M start -P N -R 2 >/dev/null 2>&1 3>&- 4>&-
	name=$(sed -nE 's/.*made; (\S+) and others are not started at boot: .*/\1/p' <<<"$said")
	rm -f /etc/rc?.d/???filter-number-* /etc/init.d/filter-number-*
	mv /etc/init.d/.rsyslog /etc/init.d/rsyslog
	expect 0 update-rc.d postfix defaults
	[[ $name = filter-number-* ]]
	grep -q filter-number- /tmp/were-started
	run ! grep -x "$name" /tmp/were-started
	expect 0 postctl disable out
}

@test "a single instance may have one as well, and get rid of it" {
	forget_instance out
	forget_instance in
	sed -i '/^multi_instance/d' /etc/postfix/main.cf
	back_date /etc/postfix/main.cf
	expect 0 postctl enable -
	[ "$output" = '-: enabled already; /etc/init.d/postfix@- made' ]
	expect 0 service postfix@- start
	one_master -
	expect 0 postctl disable -
	[ "$output" = '-: it is the only instance, which Postfix always runs; /etc/init.d/postfix@- removed' ]
	expect 1 postctl disable -
	assert_output '"update-rc.d postfix disable"'
}

@test "killed at any step it leaves the old script or the new one, and the next run ends it" {
	expect 0 postctl enable out
	cp "$(script out)" /tmp/old
	set_main out 'multi_instance_name = out'
	expect 0 postctl scripts
	cp "$(script out)" /tmp/new
	local call found=0
	for call in openat write fchmod fsync renameat; do
		cp -p /tmp/old "$(script out)"
		# Only the system calls for this file, each before it is made.
		strace -qq -o /tmp/trace -P /etc/init.d/.postfix@out.new -P .postfix@out.new -e inject=$call:signal=KILL:when=1 \
			postctl scripts >/dev/null 2>&1 || :
		! grep -q 'killed by SIGKILL' /tmp/trace || ((++found))
		cmp "$(script out)" /tmp/old || cmp "$(script out)" /tmp/new
		[ "$(links out)" = "$on" ]
		expect 0 postctl scripts
		cmp "$(script out)" /tmp/new
		[ -z "$(find /etc/init.d -name '.postfix*')" ]
	done
	((found >= 4))
}

@test "two that are enabled at the same time both get their links" {
	expect 0 bash -c 'postctl enable out & postctl enable in & postctl enable - & wait'
	for name in out in -; do
		[ -x "$(script "$name")" ]
		[ "$(links "$name")" = "$on" ]
		grep -q "postfix@$name" /etc/init.d/.depend.start
	done
}

@test "when postctl has gone the scripts are quiet, and never reach Debian's, which would act on all" {
	expect 0 postctl enable out
	expect 0 postctl start
	mv /usr/sbin/postctl /usr/sbin/postctl.away
	for there in ours stock none; do
		case $there in
		stock) cp /stock/etc/init.d/postfix /etc/init.d/postfix ;;
		none) rm /etc/init.d/postfix ;;
		esac
		for verb in start stop restart reload bogus; do
			expect 0 "$(script out)" "$verb"
			[ -z "$output" ]
		done
		expect 3 "$(script out)" status
		((${#lines[@]} >= 2))
		refute_output '[Uu]sage:'
		expect 3 "$(script out)" is-active
	done
	one_master - out in
}

@test "only enable, disable and scripts write below /etc" {
	expect 0 postctl enable out in
	set_main out 'multi_instance_name = out' # outdated
	forget_instance in
	expect 0 postctl start # Postfix makes what is missing
	state_of_etc >/tmp/before
	for words in start status check sync reload restart list flush stop 'start --without-script' 'stop --without-script'; do
		# shellcheck disable=SC2086 # words
		try postctl $words
		state_of_etc | diff /tmp/before -
	done
}

# A boot. The primary and rest have no script; out has one; in has one that is disabled.
with_scripts() {
	new_instance rest chroot=n
	expect 0 postctl enable out in
	expect 0 update-rc.d postfix@in disable
	prepare_boot
	boot
}

there_run() {
	[ "$(for name in - rest out in; do [[ ! $(master_of "$name") ]] || printf '%s ' "$name"; done)" = "$*${*:+ }" ]
}

@test "at boot each follows its own links, by hand all are started, and nothing is left at the end" {
	with_scripts
	there_run - rest out
	# postfix left out to postfix@out, and did not merely come second.
	[ "$(grep -c '^postfix-out: ' /tmp/console)" -eq 1 ]
	run ! grep 'startpar: service(s)' /tmp/console
	expect 0 "${there[@]}" service postfix start
	there_run - rest out in
	expect 0 "${there[@]}" invoke-rc.d postfix@out restart
	assert_output '^postfix-out: restarted'
	# invoke-rc.d asks the links: in is not for this runlevel.
	expect 0 "${there[@]}" service postfix@in stop
	expect 0 "${there[@]}" invoke-rc.d postfix@in start
	there_run - rest out
	expect 0 "${there[@]}" service postfix start
	# Another runlevel, in which postfix is not wanted: it stops the rest.
	expect 0 update-rc.d postfix disable 3
	change_runlevel 3
	there_run out in
	expect 0 "${there[@]}" service postfix start
	# Back, where out is not wanted any more: it alone is stopped.
	expect 0 update-rc.d postfix@out disable 2
	change_runlevel 2
	there_run - rest in
	# Down, with in, whose own script is not asked: to init it is off in this runlevel.
	shut_down
	nothing_was_left
	expect 0 update-rc.d postfix enable
}

@test "without startpar, and with postfix disabled: only those with links are started, all are stopped" {
	touch /etc/init.d/.legacy-bootordering
	expect 0 update-rc.d postfix disable
	with_scripts
	there_run out
	# A daemon that was started at boot has the runlevel in its environment; it is not init.
	expect 0 "${there[@]}" env RUNLEVEL=2 runlevel=2 PREVLEVEL=N INIT_VERSION=x /etc/init.d/postfix start
	there_run - rest out in
	shut_down
	nothing_was_left
	expect 0 update-rc.d postfix enable
}
