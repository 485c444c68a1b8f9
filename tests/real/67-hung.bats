#!/usr/bin/env bats
# Postfix's programs hang, keep hold of what they were given, lie, or say a hundred megabytes of anything: postctl stays inside
# its time and its memory, says what happened, does the work on the other instances, and sends nothing harmful to a terminal.

load helpers/load

setup_file() {
	three_instances y
	make_with_peak
	expect 0 postctl start
}

setup() {
	expect 0 postctl start
}

teardown() {
	diagnose_failure
	real_again
	end_keepers
}

teardown_file() { stop_everything; }

# with_peak KILOBYTES COMMAND...: none of its processes may need more memory than that. 98 is getrusage, -1 RUSAGE_CHILDREN,
# 32 where ru_maxrss is.
with_peak=/tmp/with_peak
make_with_peak() {
	cat >"$with_peak" <<-'END'
		#!/usr/bin/perl
		my ($limit, @command) = @ARGV;
		my $status = system(@command) >> 8;
		my $usage = "\0" x 144;
		syscall(98, -1, $usage);
		my $peak = unpack("q", substr($usage, 32, 8));
		print "peak: $peak KB\n";
		exit($peak > $limit ? 99 : $status);
	END
	chmod +x "$with_peak"
}

# A child that keeps what its parent was given, in a session of its own, after that has gone; and one that also writes.
keeper='setsid sleep 1234 & '
writer='setsid cat /dev/zero & '

end_keepers() {
	pkill -KILL -fx 'sleep 1234' || :
	pkill -KILL -fx 'cat /dev/zero' || :
	pkill -KILL -f '^/tmp/deaf/master' || :
}

@test "a child that holds the output after its parent has gone is not waited for" {
	local verb child
	for child in "$keeper" "$writer"; do
		stand_in postfix <<<"$child"$'\nexec "$real" "$@"'
		stand_in postmulti <<<"$keeper"$'\nexec "$real" "$@"'
		for verb in reload restart stop start; do
			expect 0 postctl "$verb" out
			end_keepers
		done
		real_again
		one_master - out in
	done
}

@test "a hundred megabytes from a program: bounded memory, and the last words are kept" {
	stand_in postfix <<-'END'
		[[ "$MAIL_CONFIG $1" != "/etc/postfix-out reload" ]] || {
			head -c 100000000 /dev/zero | tr '\0' x
			printf '\nlast words\n'
			exit 1
		}
		[[ "$MAIL_CONFIG $1" != "/etc/postfix-out start" ]] || head -c 20000000 /dev/urandom
		exec "$real" "$@"
	END
	stand_in postmulti <<<'head -c 30000000 /dev/urandom; exit 1'
	stand_in postconf <<<'head -c 5000000 /dev/urandom >&2; exec "$real" "$@"'
	LIMIT=200 expect 1 "$with_peak" 45000 postctl reload - out
	assert_output '^-: reloaded$'
	assert_output '^postctl: postfix-out: last words$'
	LIMIT=200 expect 0 "$with_peak" 45000 postctl restart out
	one_master - out in
}

# harmless_on_terminal COMMAND: there is nothing of that in what it writes to a terminal, which takes UTF-8.
harmless_on_terminal() {
	detached timeout 30 script -qec "stty -onlcr; TERM=dumb $1" /dev/null >/tmp/seen || :
	cat -A /tmp/seen
	[[ -s /tmp/seen ]]
	! LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|(^|[^\xc2-\xf4\x80-\xbf])[\x80-\x9f]' /tmp/seen
}

@test "nothing that a terminal obeys gets there: not from a program, the log, or a configuration" {
	command -v script || skip "this release has no script(1)"
	printf '\033]0;title\a\033[2J\2332J\302\2332J\b\r\177\0and then\n' >/tmp/sequences
	stand_in postfix <<-END
		[[ "\$MAIL_CONFIG \$1" != "/etc/postfix-out reload" ]] || {
			cat /tmp/sequences
			echo last words
			exit 1
		}
		[[ \$1 != check ]] || cat /tmp/sequences
		exec "\$real" "\$@"
	END
	tr -d '\0\n' </tmp/sequences | sed "s/^/$(date +%FT%T) mail postfix-out\/master[1]: /" >>/var/log/mail.log
	echo >>/var/log/mail.log
	set_main out "mail_name = $(tr -d '\0\n' </tmp/sequences)" "alias_maps = hash:/$(tr -d '\0\n\r' </tmp/sequences)"
	local words
	for words in 'reload out' 'reload -v out' status 'status out' 'show out' 'show -p mail_name out' 'check out' \
		'restart -n out' 'status --json out' 'show --json out' list 'chroot out' 'restart -v out'; do
		echo "-- $words"
		harmless_on_terminal "postctl $words"
		[[ $words != *reload* ]] || grep -qa 'and then' /tmp/seen
		[[ $words != *reload* ]] || grep -qa 'last words' /tmp/seen
	done
	sed -i '/^mail_name\|^alias_maps/d' /etc/postfix-out/main.cf
	back_date /etc/postfix-out/main.cf
	# To a program parameters go as they are.
	expect 0 postctl show out
	LC_ALL=C run ! grep -a $'\033' <<<"$output"
}

@test "postmulti prints nonsense: each instance is asked for by itself" {
	local script
	while IFS= read -r script; do
		echo "-- postmulti: $script"
		stand_in postmulti <<<"$script"
		expect 0 "$with_peak" 45000 postctl reload - out
		assert_output '^-: reloaded$'
		assert_output '^postfix-out: reloaded$'
		real_again
	done <<-'END'
		for ((i = 0; i < 100000; i++)); do printf '/etc/postfix-%d\0/q\0/d\0n\0yes\0' "$i"; done
		printf '%0100000d\n' 1 2 3 4 5 6 7 8 9 10; exit 0
		head -c 1000000 /dev/zero | tr '\0' x
		printf '/etc/postfix-out\0'; exit 0
		printf '/etc/postfix-out\0/var/spool/postfix-out\0/var/lib/postfix-out\0'
		printf 'etc/postfix-out\0var/spool/postfix-out\0var/lib/postfix-out\0postfix-out\0yes\0'
		printf '../postfix-out\0/evil\0/evil\0postfix-out\0yes\0'
		echo "postmulti: fatal: all is lost" >&2; exit 0
		exit 75
		kill -KILL $$
		"$real" "$@"; kill -TERM $$
	END
	# One name twice: whoever differs is refused.
	stand_in postmulti <<<$'"$real" "$@"\nprintf "/etc/postfix-out\\0/evil\\0/evil\\0postfix-out\\0yes\\0"'
	expect 1 postctl reload - out
	assert_output '^-: reloaded$'
	assert_output '^postctl: postfix-out: Postfix reads queue_directory = /evil in /etc/postfix-out/main.cf'
}

@test "a start that hangs keeps no other instance waiting, and its time" {
	local begun
	expect 0 postctl stop
	stand_in postfix <<-'END'
		[[ "$MAIL_CONFIG $1" != "/etc/postfix-out start" ]] || { trap '' TERM; while :; do sleep 1; done; }
		exec "$real" "$@"
	END
	begun=$SECONDS
	LIMIT=40 expect 1 postctl start --timeout 8
	((SECONDS - begun <= 8 + 5 + 10)) # SIGTERM, SIGKILL, and a slow machine
	assert_output '^-: started'
	assert_output '^postfix-in: started'
	assert_output '^postctl: postfix-out: "postfix start": took too long$'
	one_master - in
	no_process_of out
	run ! pgrep -x postctl
	expect 3 postctl status
	assert_output '^postfix-out +failed '
	assert_output 'start failed at .*took too long'
}

@test "a postmulti that hangs and is deaf does not keep enable and disable for ever" {
	stand_in postmulti <<-'END'
		[[ "$*" != *'-e disable' ]] || { trap '' TERM; while :; do sleep 1; done; }
		exec "$real" "$@"
	END
	LIMIT=40 expect 1 postctl disable --timeout 8 out
	assert_output '^postctl: postfix-out: "postmulti -e": took too long$'
	run ! pgrep -x postctl
	real_again
	expect 0 postctl is-enabled out
}

@test "postfix start says it has, and has not: a failed restart, and the next start mends it" {
	stand_in postfix <<-'END'
		[[ "$MAIL_CONFIG $1" != "/etc/postfix-out start" ]] || { echo 'starting the Postfix mail system'; exit 0; }
		exec "$real" "$@"
	END
	expect 1 postctl restart
	assert_output '^-: restarted'
	assert_output '^postfix-in: restarted'
	assert_output '^postctl: postfix-out: "postfix start": exit status 0'
	no_process_of out
	expect 3 postctl status
	assert_output '^postfix-out +failed '
	real_again
	expect 0 postctl start
	one_master - out in
}

# A master that ignores SIGTERM, with a child that does, and serves the port; both are called by master's name, as all of
# master's children are before they execute their own program. It locks what a master locks.
deaf_master() {
	local queue
	queue=$(queue_dir "$1")
	mkdir -p /tmp/deaf
	cp /usr/bin/perl /tmp/deaf/master
	rm -f "$queue/pid/master.pid"
	(cd "$queue" && MAIL_CONFIG=$(config_dir "$1") exec setsid /tmp/deaf/master -MFcntl=:flock -e '
		$SIG{$_} = "IGNORE" for qw(TERM HUP INT);
		open(my $file, "+>", "pid/master.pid") or die;
		flock($file, LOCK_EX | LOCK_NB) or die;
		syswrite($file, sprintf("%32d\n", $$));
		fork();
		sleep(1) while 1;
	') </dev/null >/dev/null 2>&1 3>&- 4>&- &
	wait_for 10 test -s "$queue/pid/master.pid"
}

@test "a master that ignores SIGTERM, and its child: killed when their time is over" {
	local begun
	expect 0 postctl stop out
	deaf_master out
	expect 0 postctl status out
	assert_output '^ +State: running'
	begun=$SECONDS
	expect 0 postctl stop --timeout 2 out
	assert_output '^postfix-out: stopped; what did not end in time was killed$'
	((SECONDS - begun <= 10))
	run ! pgrep -f '^/tmp/deaf/master'
	deaf_master out
	expect 0 postctl restart
	run ! pgrep -f '^/tmp/deaf/master'
	one_master - out in
	deliver out bob
}
