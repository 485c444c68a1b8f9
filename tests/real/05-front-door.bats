#!/usr/bin/env bats
# /etc/init.d/postfix by itself: a stand-in for postctl records what reaches it. How the system's own tools call it.

load helpers/load

script=/etc/init.d/postfix

setup() {
	sed 's|^POSTCTL=.*|POSTCTL=/tmp/postctl|' /postctl/init.d/postfix >"$script"
	cat >/tmp/postctl <<-'END'
		#!/bin/bash
		{ printf '<%s>' "$@" && echo; } >/tmp/words
		{ env && pwd && umask; } >/tmp/environment
		echo "postctl says $1"
		echo "postctl warns" >&2
		exit "$(cat /tmp/status)"
	END
	chmod +x /tmp/postctl
	echo 0 >/tmp/status
	rm -f /tmp/words
}

teardown() {
	[[ ! -e /usr/sbin/postfix.away ]] || mv /usr/sbin/postfix.away /usr/sbin/postfix
	[[ -e /lib/lsb/init-functions ]] || mv /lib/lsb/away /lib/lsb/init-functions
	[[ ! -e /etc/postfix/main.cf.away ]] || mv /etc/postfix/main.cf.away /etc/postfix/main.cf
}

@test "all words reach postctl, and its exit status comes back" {
	for status in 0 1 2 3 4 5 6 7; do
		echo "$status" >/tmp/status
		for verb in start stop restart try-restart reload force-reload status is-active bogus; do
			expect "$status" "$script" "$verb" - 'a b' 'out*' --timeout 5
			[ "$(cat /tmp/words)" = "<$verb><-><a b><out*><--timeout><5>" ]
		done
		expect "$status" "$script"
		expect "$status" "$script" start
	done
}

@test "nothing of the caller's environment gets through" {
	cd /tmp
	umask 077
	expect 0 env TZ=Asia/Tokyo MAIL_CONFIG=/x MAIL_DEBUG=1 MAIL_VERBOSE=1 MAIL_LOGTAG=x LANG=de_DE.UTF-8 LC_MESSAGES=de \
		IFS=a CDPATH=/tmp ENV=/x BASH_ENV=/x LD_PRELOAD= INVOCATION_ID=1 TERM=vt100 "$script" status
	run sort /tmp/environment
	assert_output '^/$'
	assert_output '^0022$'
	assert_output '^LC_ALL=C$'
	assert_output '^TERM=vt100$'
	refute_output '^(TZ|MAIL_|LANG|LC_MESSAGES|CDPATH|ENV|BASH_ENV|LD_|INVOCATION)'
}

@test "a verb that acts ends with the line of a boot, after postctl's own words" {
	expect 0 "$script" start out in
	[[ ${lines[0]} = "postctl says start" && ${lines[1]} = "postctl warns" ]]
	[[ ${lines[2]} = "Starting the Postfix mail system: out in." ]]
	echo 1 >/tmp/status
	expect 1 "$script" restart
	assert_output '^Restarting the Postfix mail system: .*failed'
}

# Who calls, the runlevel that it has in its environment, the words, and what is added to them.
callers='
bash      2  start          -
bash      0  stop           -
rc        -  start          -
rc        2  start          <--without-script>
rc        2  stop           <--without-script>
startpar  3  start          <--without-script>
startpar  3  stop           <--without-script>
startpar  0  stop           -
startpar  1  stop           -
startpar  6  stop           -
startpar  S  stop           -
rc        0  stop           -
rc        2  restart        -
rc        2  status         -
rc        2  start_out      -
rc        2  stop_-q        -
'

@test "only init, in a change of runlevels, leaves instances to their own scripts" {
	local caller level words added runlevel from rows=0
	for caller in bash rc startpar; do
		# A script is known to the kernel by its own name. Not exec: it must be the parent.
		printf '#!/bin/sh\n%s "$@"\nexit\n' "$script" >"/tmp/$caller"
		chmod +x "/tmp/$caller"
	done
	while read -r caller level words added; do
		[[ $caller ]] || continue
		[[ $added != - ]] || added=''
		# From init, and from rc, which can be told another than init knows.
		for from in "RUNLEVEL=$level" "runlevel=$level RUNLEVEL=5"; do
			runlevel=$from
			[[ $level != - ]] || runlevel=RUNLEVEL=
			# shellcheck disable=SC2086 # words
			expect 0 env $runlevel "/tmp/$caller" ${words//_/ }
			[ "$(cat /tmp/words)" = "<${words//_/><}>$added" ]
			((++rows))
		done
	done <<<"$callers"
	((rows == 32))
	# The line of a boot is there all the same.
	expect 0 env RUNLEVEL=2 /tmp/rc start
	assert_output '^Starting the Postfix mail system: postfix\.$'
}

@test "an answer that a program may read is postctl's alone" {
	expect 0 "$script" status
	[ "$output" = $'postctl says status\npostctl warns' ]
	expect 0 --separate-stderr "$script" restart --json
	[ "$output" = "postctl says restart" ]
}

@test "without lsb's functions it works all the same" {
	mv /lib/lsb/init-functions /lib/lsb/away
	expect 0 "$script" start
	[ "$output" = $'postctl says start\npostctl warns' ]
	echo 7 >/tmp/status
	expect 7 "$script" reload
}

@test "when Postfix or postctl has gone: quiet, but status does not say running" {
	for program in /usr/sbin/postfix /tmp/postctl; do
		mv "$program" "$program.away"
		for verb in start stop restart reload force-reload check; do
			expect 0 "$script" "$verb"
			[ -z "$output" ]
		done
		expect 3 "$script" is-active
		expect 3 "$script" status
		((${#lines[@]} >= 2))
		refute_output '[Uu]sage:'
		mv "$program.away" "$program"
	done
}

@test "service and invoke-rc.d pass further words on" {
	expect 0 service postfix restart out
	[ "$(cat /tmp/words)" = "<restart><out>" ]
	echo 3 >/tmp/status
	expect 3 service postfix status -
	[ "$(cat /tmp/words)" = "<status><->" ]
	echo 0 >/tmp/status
	expect 0 invoke-rc.d postfix reload out
	[ "$(cat /tmp/words)" = "<reload><out>" ]
	expect 0 service --status-all
	assert_output '\[ \+ \] +postfix'
}

@test "update-rc.d and insserv put it where Debian's script was" {
	links() { (cd /etc && echo rc?.d/[SK]??postfix); }
	before=$(links)
	expect 0 update-rc.d postfix disable
	[ "$(links)" != "$before" ]
	expect 0 update-rc.d postfix enable
	expect 0 update-rc.d -f postfix remove
	expect 0 update-rc.d postfix defaults
	[ "$(links)" = "$before" ]
}

@test "its header is Debian's" {
	header() { sed -n '/BEGIN INIT INFO/,/END INIT INFO/{/Description:/d;p}' "$1"; }
	[ "$(header "$script")" = "$(header /stock/etc/init.d/postfix)" ]
	run ! grep -E '/run/.*\.pid' "$script" # needrestart would take it for a pid file
}

@test "dpkg can install and remove a Postfix that is not configured" {
	install /postctl/init.d/postfix "$script"
	mv /etc/postfix/main.cf /etc/postfix/main.cf.away
	expect 6 "$script" start
	for verb in start stop restart; do
		expect 0 env DPKG_MAINTSCRIPT_PACKAGE=postfix invoke-rc.d postfix "$verb"
		refute_output 'postctl|failed'
	done
	expect 0 dpkg --remove --force-depends postfix
	[ ! -e /usr/sbin/postfix ]
}
