#!/usr/bin/env bats
# Every verb in every state: exit status and message, row by row.

load helpers/load

# Two enabled instances, `-` and out, and a disabled one, off, in these states:
#   all, none, some (out stopped), dead (out killed), hung (out does not react), damaged (main.cf of out; it is stopped),
#   kept (damaged, too, but it runs), no-main (nor anything that runs), no-postfix, user (all run; not root asks),
#   loose (off runs although it is disabled)
#
# state     status  command                           what some line of the output must match; "nothing": there is none
table='
all         0  postctl start                          ^postfix-out: running already \(process [0-9]+\)$
all         0  postctl start out                      ^postfix-out: running already
all         0  postctl start -q                       nothing
all         0  postctl restart                        ^postfix-out: restarted \(process [0-9]+\)$
all         0  postctl restart -q                     nothing
all         0  postctl try-restart                    ^postfix-out: restarted \(process [0-9]+\)$
all         0  postctl condrestart out                ^postfix-out: restarted \(process [0-9]+\)$
all         0  postctl reload                         ^postfix-out: reloaded$
all         0  postctl force-reload out               ^postfix-out: reloaded$
all         0  postctl status                         ^postfix: 2 of 2 enabled instances running$
all         0  postctl status                         ^postfix-out +running +[0-9]+ +20[-0-9]+ [:0-9]+ +[0-9]+ +[0-9.]+ MB +yes +/etc/postfix-out$
all         0  postctl status out                     ^postfix: 1 of 1 enabled instances running$
all         0  postctl status out                     ^ +State: running, since 20[-0-9]+ [:0-9]+ \([0-9]+ (s|min [0-9]+ s)\)$
all         3  postctl status off                     ^ +State: stopped$
all         0  postctl status --openmetrics           ^postctl_instance_up[{]instance="postfix-out"[}] 1$
all         2  postctl status --openmetrics --json    choose one$
all         0  postctl list                           ^postfix-off +- +no +/etc/postfix-off +/var/spool/postfix-off +/var/lib/postfix-off$
all         0  postctl is-active                      ^active$
all         0  postctl is-active -q                   nothing
all         3  postctl is-active off                  ^inactive$
all         1  postctl is-failed                      ^active$
all         0  postctl reset-failed                   nothing
all         0  postctl help status                    ^Usage: postctl status
all         3  postctl help no-such                   ^postctl: unknown verb "no-such"
all         0  postctl is-enabled                     ^enabled$
all         1  postctl is-enabled off                 ^disabled$
all         0  postctl check                          ^postfix-out: good$
all         0  postctl sync                           ^postfix-out: chroot is current$
all         0  postctl scripts                        ^nothing to do: no instance has an init script
all         0  postctl log-sockets                    ^postfix-out: needs no socket: no service is chrooted$
all         0  postctl chroot out                     ^postfix-out: no service is chrooted$
all         0  postctl show out -p queue_directory    ^queue_directory = /var/spool/postfix-out$
all         0  postctl flush                          ^postfix-out: flushed$
all         0  postctl enable out                     ^postfix-out: enabled already; /etc/init.d/postfix@out made$
all         0  postctl enable off                     ^postfix-off: enabled; /etc/init.d/postfix@off made$
all         0  postctl disable out                    ^postfix-out: disabled$
all         0  postctl disable off                    ^postfix-off: disabled already$
all         0  postctl abort out                      ^postfix-out: stopped
all         0  postctl abort                          ^postfix-out: stopped
all         0  postctl stop out                       ^postfix-out: stopped$
all         0  postctl stop                           ^postfix-off: stopped already$
all         0  postctl stop -q                        nothing

all         3  postctl bogus                          ^postctl: unknown verb "bogus"; "postctl --help" lists them$
all         2  postctl                                ^postctl: no verb
all         2  postctl start bogus                    ^postctl: no instance matches "bogus"; "postctl list" shows them$
all         2  postctl stop out bogus                 no instance matches "bogus"
all         2  postctl status bogus                   no instance matches "bogus"
all         2  postctl restart -g bogus               ^postctl: no instance is in the group "bogus"
all         2  postctl stop -- -x                     no instance matches "-x"
all         2  postctl stop --bogus                   unknown option.* --bogus
all         2  postctl stop --json                    does not take --json
all         2  postctl enable                         which instance
all         2  postctl disable                        which instance
all         6  postctl start off                      ^postctl: postfix-off: .*disabled; "postctl enable postfix-off" enables it$
all         6  postctl restart off                    postfix-off: .*disabled
all         6  postctl start out off                  postfix-off: .*disabled
all         0  postctl start of*                      nothing to do
all         0  postctl try-restart off                postfix-off: not running
all         7  postctl reload off                     postfix-off: not running
all         0  postctl stop off                       ^postfix-off: stopped already$

none        0  postctl start                          ^postfix-out: started \(process [0-9]+\)$
none        0  postctl restart                        ^postfix-out: started \(process [0-9]+\)$
none        0  postctl try-restart                    ^postfix-out: not running$
none        7  postctl reload                         ^postctl: no instance is running$
none        7  postctl reload out                     ^postctl: postfix-out: not running; "postctl start postfix-out" starts it$
none        3  postctl status                         ^postfix: 0 of 2 enabled instances running$
none        3  postctl status                         ^postfix-out +stopped
none        0  postctl list                           ^postfix-out
none        3  postctl is-active                      ^inactive$
none        0  postctl is-enabled                     ^enabled$
none        1  postctl is-failed                      ^inactive$
none        0  postctl reset-failed                   nothing
none        0  postctl help                           ^Usage: postctl VERB
none        0  postctl check                          ^postfix-out: good$
none        0  postctl log-sockets out                ^postfix-out: needs no socket: no service is chrooted$
none        0  postctl sync                           ^postfix-out: chroot is current$
none        7  postctl flush                          ^postctl: no instance is running$
none        0  postctl abort                          ^postfix-out: stopped already$
none        0  postctl stop                           ^postfix-out: stopped already$
none        0  postctl stop out                       ^postfix-out: stopped already$

some        0  postctl start                          ^postfix-out: started
some        0  postctl restart                        ^postfix-out: started
some        0  postctl try-restart                    ^-: restarted
some        0  postctl reload                         ^postfix-out: not running$
some        7  postctl reload out                     ^postctl: postfix-out: not running
some        7  postctl flush out                      ^postctl: postfix-out: not running
some        0  postctl flush                          ^-: flushed$
some        3  postctl status                         ^postfix: 1 of 2 enabled instances running$
some        3  postctl status out                     ^postfix: 0 of 1
some        0  postctl status -                       ^postfix: 1 of 1
some        0  postctl is-active                      ^inactive$
some        3  postctl is-active out                  ^inactive$
some        0  postctl stop                           ^postfix-out: stopped already$

dead        1  postctl status                         ^postfix-out +dead
dead        1  postctl status out                     its master is gone
dead        0  postctl status -                       ^ +State: running
dead        0  postctl is-active                      ^failed$
dead        3  postctl is-active out                  ^failed$
dead        0  postctl is-failed                      ^failed$
dead        1  postctl is-failed -                    ^active$
dead        0  postctl reset-failed                   ^postfix-out: reset$
dead        3  postctl status                         ^postfix-out +stopped
dead        0  postctl start                          ^postfix-out: started
dead        0  postctl restart                        ^postfix-out: started
dead        0  postctl try-restart                    ^postfix-out: not running$
dead        0  postctl reload                         ^-: reloaded$
dead        7  postctl reload out                     ^postctl: postfix-out: not running
dead        0  postctl stop                           ^postfix-out: stopped already$
dead        0  postctl abort out                      ^postfix-out: stopped already$

hung        0  postctl status                         ^postfix-out +running
hung        0  postctl start                          ^postfix-out: running already
hung        0  postctl restart out                    ^postfix-out: restarted
hung        0  postctl try-restart                    ^postfix-out: restarted
hung        0  postctl stop                           ^postfix-out: stopped; what did not end in time was killed$
hung        0  postctl abort                          ^postfix-out: stopped; what did not end in time was killed$

damaged     1  postctl start                          ^postctl: /etc/postfix-out: /etc/postfix-out/main.cf, line [0-9]+: .*no equals sign
damaged     1  postctl start                          ^-: running already
damaged     1  postctl start out                      /etc/postfix-out/main.cf, line [0-9]+
damaged     1  postctl start postfix-out              /etc/postfix-out/main.cf, line [0-9]+
damaged     1  postctl start /etc/postfix-out         /etc/postfix-out/main.cf, line [0-9]+
damaged     1  postctl restart                        ^postctl: /etc/postfix-out: /etc/postfix-out/main.cf, line [0-9]+
damaged     0  postctl try-restart                    ^-: restarted
damaged     0  postctl reload                         ^-: reloaded
damaged     3  postctl status                         ^/etc/postfix-out +damaged .*\?
damaged     3  postctl status                         ^ +/etc/postfix-out/main.cf, line [0-9]+: .*no equals sign
damaged     0  postctl list                           ^/etc/postfix-out .*\?
damaged     0  postctl is-active                      ^inactive$
damaged     1  postctl is-enabled out                 ^damaged$
damaged     1  postctl check                          ^/etc/postfix-out: error: /etc/postfix-out/main.cf, line [0-9]+
damaged     1  postctl log-sockets                    ^postctl: /etc/postfix-out: /etc/postfix-out/main.cf, line [0-9]+
damaged     1  postctl sync                           /etc/postfix-out/main.cf, line [0-9]+
damaged     1  postctl chroot                         /etc/postfix-out/main.cf, line [0-9]+
damaged     1  postctl show out                       /etc/postfix-out/main.cf, line [0-9]+
damaged     1  postctl enable out                     /etc/postfix-out/main.cf, line [0-9]+
damaged     1  postctl disable out                    /etc/postfix-out/main.cf, line [0-9]+
damaged     0  postctl flush                          ^-: flushed$
damaged     0  postctl stop                           ^/etc/postfix-out: stopped already$

kept        1  postctl start                          ^postctl: /etc/postfix-out: .*it goes on running as it is$
kept        1  postctl restart                        ^postctl: /etc/postfix-out: .*it goes on running as it is$
kept        1  postctl try-restart                    ^-: restarted
kept        1  postctl reload                         ^postctl: /etc/postfix-out: .*it goes on running as it is$
kept        0  postctl status                         ^/etc/postfix-out +running
kept        0  postctl is-active out                  ^active$
kept        0  postctl stop                           ^/etc/postfix-out: stopped$
kept        0  postctl abort out                      ^/etc/postfix-out: stopped$

loose       0  postctl status                         ^postfix: 2 of 2 enabled instances running, and 1 disabled$
loose       0  postctl status off                     ^ +State: running
loose       0  postctl is-active off                  ^active$
loose       0  postctl start                          ^postfix-out: running already
loose       6  postctl start off                      disabled
loose       6  postctl restart off                    disabled
loose       0  postctl restart                        ^postfix-out: restarted
loose       0  postctl try-restart off                ^postfix-off: restarted
loose       0  postctl reload off                     ^postfix-off: reloaded
loose       0  postctl stop off                       ^postfix-off: stopped$
loose       0  postctl stop                           ^postfix-off: stopped$

no-main     6  postctl start                          ^postctl: Postfix is not configured: no /etc/postfix/main.cf
no-main     6  postctl stop                           not configured
no-main     6  postctl restart                        not configured
no-main     6  postctl try-restart                    not configured
no-main     6  postctl reload                         not configured
no-main     3  postctl status                         ^postfix: not configured$
no-main     3  postctl status out                     ^postfix: not configured$
no-main     3  postctl is-active                      nothing
no-main     1  postctl is-enabled                     nothing
no-main     1  postctl is-failed                      nothing
no-main     6  postctl reset-failed                   not configured
no-main     6  postctl list                           not configured
no-main     6  postctl check                          not configured
no-main     6  postctl log-sockets                    not configured
no-main     6  postctl sync                           not configured
no-main     6  postctl scripts                        not configured
no-main     6  postctl chroot                         not configured
no-main     6  postctl show                           not configured
no-main     6  postctl flush                          not configured
no-main     6  postctl abort                          not configured
no-main     6  postctl enable out                     not configured
no-main     6  postctl disable out                    not configured
no-main     3  postctl bogus                          unknown verb
no-main     6  service postfix start                  not configured
no-main     6  /etc/init.d/postfix stop               not configured
no-main     3  service postfix status                 ^postfix: not configured$

no-postfix  5  postctl start                          ^postctl: Postfix is not installed: no /usr/sbin/postfix
no-postfix  5  postctl stop                           not installed
no-postfix  5  postctl restart                        not installed
no-postfix  5  postctl try-restart                    not installed
no-postfix  5  postctl reload                         not installed
no-postfix  3  postctl status                         ^postfix: not installed$
no-postfix  3  postctl is-active                      nothing
no-postfix  1  postctl is-enabled                     nothing
no-postfix  1  postctl is-failed                      nothing
no-postfix  5  postctl reset-failed                   not installed
no-postfix  5  postctl list                           not installed
no-postfix  5  postctl check                          not installed
no-postfix  5  postctl log-sockets                    not installed
no-postfix  5  postctl sync                           not installed
no-postfix  5  postctl scripts                        not installed
no-postfix  5  postctl chroot                         not installed
no-postfix  5  postctl flush                          not installed
no-postfix  5  postctl abort                          not installed
no-postfix  5  postctl enable out                     not installed
no-postfix  3  postctl bogus                          unknown verb
no-postfix  0  service postfix start                  nothing
no-postfix  0  service postfix stop                   nothing
no-postfix  0  /etc/init.d/postfix restart            nothing
no-postfix  0  /etc/init.d/postfix reload             nothing
no-postfix  3  service postfix status                 /usr/sbin/postfix is not installed

user        4  postctl start                          ^postctl: only root can run "postctl start"
user        4  postctl stop                           only root
user        4  postctl restart                        only root
user        4  postctl try-restart                    only root
user        4  postctl condrestart                    only root
user        4  postctl reload                         only root
user        4  postctl force-reload                   only root
user        4  postctl sync                           only root
user        4  postctl scripts                        only root
user        4  postctl log-sockets                    only root
user        4  postctl flush                          only root
user        4  postctl abort                          only root
user        4  postctl reset-failed                   only root
user        4  postctl enable out                     only root
user        4  postctl disable out                    only root
user        4  postctl start bogus                    only root
user        3  postctl bogus                          unknown verb
user        2  postctl status bogus                   no instance matches
user        0  postctl status                         ^postfix: 2 of 2 enabled instances running$
user        0  postctl list                           ^postfix-out
user        0  postctl is-active                      ^active$
user        0  postctl is-enabled                     ^enabled$
user        0  postctl show out -p queue_directory    ^queue_directory = /var/spool/postfix-out$
user        0  postctl chroot out                     no service is chrooted
user        0  postctl stop -n                        ^postfix-out: would stop it$
user        0  /etc/init.d/postfix status             ^postfix: 2 of 2 enabled instances running$
user        4  /etc/init.d/postfix start              only root

all         0  service postfix start                  ^postfix-out: running already
all         0  service postfix restart out            ^postfix-out: restarted
all         0  service postfix reload                 ^postfix-out: reloaded$
all         0  service postfix force-reload out       ^postfix-out: reloaded$
all         0  service postfix status                 ^postfix: 2 of 2 enabled instances running$
all         0  service postfix status out             ^postfix: 1 of 1 enabled instances running$
all         2  service postfix stop bogus             no instance matches "bogus"
all         3  service postfix bogus                  unknown verb "bogus"
all         2  service postfix                        no verb
all         0  /etc/init.d/postfix try-restart        ^postfix-out: restarted
all         0  invoke-rc.d postfix reload out         ^postfix-out: reloaded$
all         0  invoke-rc.d postfix status             ^postfix: 2 of 2 enabled instances running$
all         0  invoke-rc.d postfix stop out           ^postfix-out: stopped$
all         0  /etc/init.d/postfix stop               ^postfix-out: stopped$
some        3  service postfix status                 ^postfix: 1 of 2 enabled instances running$
dead        1  service postfix status                 ^postfix-out +dead
none        3  service postfix status                 ^postfix: 0 of 2 enabled instances running$
none        7  service postfix reload                 no instance is running
none        0  service postfix stop                   ^postfix-out: stopped already$
none        0  service postfix start                  ^postfix-out: started
damaged     1  service postfix restart                /etc/postfix-out/main.cf, line [0-9]+
damaged     3  service postfix status                 ^/etc/postfix-out +damaged

all         0  env MAIL_CONFIG=/etc/postfix-out postctl status         ^postfix: 2 of 2
all         0  env MAIL_CONFIG=/nowhere TZ=Asia/Tokyo postctl restart  ^postfix-out: restarted
all         0  env MAIL_CONFIG=/etc/postfix-out postctl reload -       ^-: reloaded$
all         0  env MAIL_CONFIG=/etc/postfix-out MAIL_DEBUG=1 postctl stop  ^-: stopped$
none        0  env MAIL_CONFIG=/nowhere MAIL_VERBOSE=1 TZ=UTC-9 postctl start  ^postfix-out: started
'

setup_file() {
	start_syslog
	fresh_postfix
	new_instance out chroot=n
	new_instance off chroot=n enable=no
	mkdir /tmp/world
	cp -a /etc/postfix /etc/postfix-* /tmp/world
	# Once with Postfix's checks, which make what is missing.
	MAIL_CONFIG=/etc/postfix-off postfix start >/dev/null 2>&1 3>&- 4>&-
	expect 0 postctl start
	cp -a /run/postctl/started /tmp/world
}

teardown() {
	diagnose_failure
	as_root
}

teardown_file() { stop_everything; }

# What `user` and `no-postfix` change.
as_root() {
	asked=''
	[[ -e /usr/sbin/postfix ]] || mv /usr/sbin/postfix.away /usr/sbin/postfix
}

# memory_of INSTANCE: the file by which postctl knows that it started it.
memory_of() {
	local escaped='\x2d'
	echo "/run/postctl/started/-etc-postfix$([[ $1 = - ]] || printf '%s' "$escaped$1")"
}

# establish STATE. The configuration is that of setup_file, whatever the row before made of it.
establish() {
	local instance running file
	for file in postfix{,-out,-off}/{main,master}.cf; do
		cmp -s "/tmp/world/$file" "/etc/$file" || cp -p "/tmp/world/$file" "/etc/$file"
	done
	cp -a /tmp/world/started /run/postctl/
	rm -f /etc/init.d/postfix@* /etc/rc?.d/???postfix@*
	as_root
	case $1 in
	none | no-main | no-postfix) running='' ;;
	some | damaged) running='-' ;;
	loose) running='- out off' ;;
	*) running='- out' ;;
	esac
	for instance in - out off; do
		if [[ " $running " != *" $instance "* ]]; then
			end_instance "$instance"
			[[ $1 = dead ]] || rm -f "$(memory_of "$instance")"
		elif ! master_of "$instance" >/dev/null; then
			end_instance "$instance"
			quick_start "$instance"
		fi >/dev/null || return
	done
	case $1 in
	no-main) mv /etc/postfix/main.cf /etc/postfix/main.cf.away ;;
	no-postfix) mv /usr/sbin/postfix /usr/sbin/postfix.away ;;
	damaged | kept) break_main out ;;
	dead) end_instance out ;;
	hung) hang_master out ;;
	user) asked='runuser -u alice --' ;;
	esac
}

says() {
	if [[ $1 = nothing ]]; then
		[[ ! $output ]]
	else
		grep -qE -e "$1" <<<"$output"
	fi
}

# walk STATE: all rows of that state. A row whose verb changes nothing leaves the state to the next.
walk() {
	local state wanted rest command pattern bad=0 rows=0 fresh=''
	while read -r state wanted rest; do
		[[ $state = "$1" ]] || continue
		command=${rest%%  *}
		read -r pattern <<<"${rest#*  }"
		((++rows))
		[[ $fresh ]] || establish "$state" || return
		fresh=yes
		case $state,$command in
		user,* | no-*,* | *\ is-*) ;;
		*start* | *stop* | *reload* | *abort* | *able*) fresh='' ;;
		esac
		# shellcheck disable=SC2086 # words; of* is the name of no file here
		try $asked $command >"$BATS_TEST_TMPDIR/row"
		((status == wanted)) && says "$pattern" && continue
		echo "== wanted status $wanted and: $pattern"
		cat "$BATS_TEST_TMPDIR/row"
		((++bad))
	done <<<"$table"
	((rows > 0 && bad == 0)) || fail "$bad of $rows rows are not as they should be"
}

@test "all run" { walk all; }
@test "none runs" { walk none; }
@test "some run" { walk some; }
@test "one is dead" { walk dead; }
@test "one does not react" { walk hung; }
@test "one is damaged and stopped" { walk damaged; }
@test "one is damaged and runs" { walk kept; }
@test "a disabled one runs" { walk loose; }
@test "no main.cf" { walk no-main; }
@test "no Postfix" { walk no-postfix; }
@test "not root" { walk user; }

@test "every verb is in the table, and in it in every state that matters" {
	local verb
	for verb in $(postctl --help | sed -n 's/^  \([a-z][-a-z]*\)  .*/\1/p'); do
		grep -qE "^all .* $verb( |$)" <<<"$table" || fail "$verb is not there where all run"
		grep -qE "^(none|no-main) .* ${verb/#cond/try-}( |$)|^(none|no-main) .* ${verb/#force-/}( |$)" <<<"$table" ||
			fail "$verb is not there where none runs"
	done
}

@test "who is not root and may not read an instance's main.cf does not hear that it stopped" {
	establish all
	chmod 640 /etc/postfix-out/main.cf
	expect 4 runuser -u alice -- postctl status
	assert_output '^/etc/postfix-out +unknown'
	assert_output 'only root can find out'
	expect 0 postctl status
}

@test "nothing of the caller's environment reaches the daemons" {
	local pid
	establish none
	expect 0 env MAIL_CONFIG=/etc/postfix-off MAIL_DEBUG=1 MAIL_VERBOSE=1 MAIL_LOGTAG=bogus TZ=Asia/Tokyo LANG=de_DE \
		BOGUS=1 postctl start
	for pid in $(processes_of - && processes_of out); do
		run tr '\0' '\n' <"/proc/$pid/environ"
		refute_output 'BOGUS|bogus|^TZ=|^MAIL_(DEBUG|VERBOSE)|de_DE|postfix-off'
	done
	deliver out bob
}
