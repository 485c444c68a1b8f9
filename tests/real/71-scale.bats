#!/usr/bin/env bats
# A thousand instances with `ulimit -n 64`: every verb does what it says to each of them, exactly once; memory is bounded, processor time and
# system calls grow no faster than the number of instances, no child is lost. Masters beyond REAL (10) are stand-ins that hold their
# locks as master(8) does, started and stopped by a stand-in for postfix(1); REAL=200 takes some minutes.

load helpers/load

few=250 many=1000
tools=/tools
figures=/tmp/figures

setup_file() {
	start_syslog
	fresh_postfix
	mount -t tmpfs -o mode=0755,nosuid tmpfs /var/spool
	cp -a /stock/etc/nsswitch.conf /etc/
	sed -i 's/^hosts:.*/hosts: files dns/' /etc/nsswitch.conf
	mkdir -p /tmp/certificates /var/spool/postfix/pid
	find /etc/ssl/certs -name '*.0' | sort | head -n 3 | while read -r file; do cp -L "$file" /tmp/certificates/; done
}

setup() {
	# shellcheck source=../bench/instances.bash
	. "$BATS_TEST_DIRNAME/../bench/instances.bash"
	certificates=/tmp/certificates
	# shellcheck disable=SC2317 # called in there
	settle() { sleep "$1"; }
}

teardown() {
	diagnose_failure | tail -n 20
	end_masters
	umount /usr/sbin/postfix /usr/sbin/postconf 2>/dev/null || :
}

teardown_file() {
	stop_everything
	umount -l /var/spool
}

all_masters() { find /proc -mindepth 2 -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$1" -printf '%h\n' 2>/dev/null | sed 's|/proc/||'; }

end_masters() {
	local pids
	mapfile -t pids < <(all_masters /tools/master)
	((!${#pids[@]})) || kill -KILL "${pids[@]}" 2>/dev/null || :
}

# A process that has ended and that nobody waits for; process 1 of the root is a shell, which does not always get to those it inherits.
zombies_of_ours() { ps -eo stat=,ppid=,comm= | awk '$1 ~ /^Z/ && $2 != 1'; }

instead_of_postfix() {
	local program
	mkdir -p /tmp/stand-ins
	for program in postfix postconf; do
		[[ -e /tmp/stand-ins/$program ]] || cp "/usr/sbin/$program" /tmp/stand-ins/
		mount --bind /tools/postfix "/usr/sbin/$program"
	done
}

# perform N STATUS RUNNING PATTERN VERB...: with 64 descriptors; one line for each instance must match. Its figures: "N kB us verb".
perform() {
	local n=$1 wanted=$2 running=$3 pattern=$4 kB us got
	shift 4
	(ulimit -n 64 && exec timeout --kill-after=5 300 "$tools/measure" -c /tmp/measured postctl "$@") >/tmp/said 2>&1 ||
		fail "$*: $(tail -n 3 /tmp/said)" || return
	read -r kB us got </tmp/measured
	echo "$n $kB $us $*" >>"$figures"
	((got == wanted)) || fail "$*: status $got: $(tail -n 3 /tmp/said)" || return
	[[ $(grep -cE "$pattern" /tmp/said) -eq $n ]] || fail "$*: not $n lines are: $pattern" "$(head -n 3 /tmp/said)" || return
	[[ $(all_masters /tools/master | wc -l) -eq $running ]] || fail "$*: not $running masters" || return
	[[ ! $(zombies_of_ours) ]] || fail "$*: $(zombies_of_ours | head -n 3)"
}

@test "$few and $many instances: every verb does all of them, says each once, and leaves no child unheard" {
	local n instance='^(-|postfix-i[0-9]+)'
	rm -f "$figures" # see the next test
	for n in "$few" "$many"; do
		made=
		make_instances "$n"
		rm -rf /var/spool/postfix/{etc,lib,lib64,usr,dev}
		instead_of_postfix
		postctl list >/dev/null # learns the defaults
		perform "$n" 0 0 "$instance +- +yes +/etc/postfix" list
		perform "$n" 0 0 "$instance: chroot synced" sync # empty ones
		perform "$n" 0 0 "$instance: chroot is current$" sync -v
		perform "$n" 3 0 "$instance +stopped " status
		perform "$n" 0 "$n" "$instance: started \(process [0-9]+\)$" start
		perform "$n" 0 "$n" "$instance: running already \(process [0-9]+\)$" start -v
		perform "$n" 0 "$n" "$instance +running +[0-9]+ " status -v
		perform "$n" 0 "$n" '^postctl_instance_up[{].*[}] 1$' status --openmetrics
		perform 1 0 "$n" "^[{]\"version\":1,(.*\"state\":\"running\"){$n}" status --json
		perform "$n" 0 "$n" '^# /etc/postfix' show
		((n == many)) || perform "$n" 0 "$n" "$instance: restarted \(process [0-9]+\)$" restart
		((n == many)) || perform "$n" 0 "$n" "$instance: reloaded$" reload
		((n == many)) || perform "$n" 0 "$n" "$instance: flushed$" flush
		((n == many)) || perform "$n" 0 "$n" "$instance: (good$|warning: no log socket)" check
		perform "$n" 0 0 "$instance: stopped$" stop
		perform "$n" 0 0 "$instance: stopped already$" stop -v
		umount /usr/sbin/postfix /usr/sbin/postconf
	done
}

@test "of $many instances each takes no more of a processor than each of $few, and all of them no more than 8 MB" {
	# Twice as much is for whoever else uses the machine. What grows with the square would take four times as much.
	awk -v few="$few" -v many="$many" '
		{ n = $1; kB = $2; us = $3; $1 = $2 = $3 = ""; memory[n, $0] = kB; time[n, $0] = us; if (n == many) verbs[$0] }
		END {
			for (verb in verbs) {
				a = time[few, verb] / few; b = time[many, verb] / many
				printf "#%-24s peak %5d kB, %4d us for each of %d, %4d us for each of %d\n", verb, memory[many, verb], a, few, b, many
				if (b > 2 * a + 20) { print "more than linear:" verb; bad = 1 }
				if (memory[many, verb] > 8192) { print "too much memory:" verb; bad = 1 }
			}
			exit bad || length(verbs) < 11
		}' "$figures" | sort | tee /dev/fd/3
	[ "${PIPESTATUS[0]}" -eq 0 ]
}

# calls VERB...: how many system calls postctl makes.
calls() {
	strace -c -qq -o /tmp/calls postctl "$@" >/dev/null || :
	awk '$NF == "total" { print $4 }' /tmp/calls # % time, seconds, usecs/call, calls
}

@test "system calls of what finds nothing to do grow with the number of instances and no faster" {
	local n verb
	for n in 30 60 120; do
		make_instances "$n"
		postctl sync -q
		for verb in list status 'status --openmetrics' sync start stop chroot; do
			[[ $verb != start ]] || { stand_ins && postctl list >/dev/null; }
			# shellcheck disable=SC2086 # words
			[[ $verb = stop ]] || echo "$n $(calls $verb) $verb"
			[[ $verb != start ]] || end_stand_ins
		done
		made=
	done >/tmp/counts
	awk '
		{ n = $1; count = $2; $1 = $2 = ""; calls[n, $0] = count; verbs[$0] }
		END {
			for (verb in verbs) {
				first = (calls[60, verb] - calls[30, verb]) / 30; second = (calls[120, verb] - calls[60, verb]) / 60
				printf "#%-24s %d system calls, %.1f for each one more up to 60 instances, %.1f up to 120\n", verb, calls[120, verb], first, second
				if (first < 1 || second > 1.05 * first + 1) { print "more than linear:" verb; bad = 1 }
			}
			exit bad || length(verbs) < 6
		}' /tmp/counts | tee /dev/fd/3
	[ "${PIPESTATUS[0]}" -eq 0 ]
}

# How many there are: a child that does not execute its own program yet is called so, too.
masters() { ps -eo pid=,sid=,comm= | awk '$3 == "master" && $1 == $2 { n++ } END { print n + 0 }'; }

@test "${REAL:-10} instances of real Postfix with a soft limit of 64 descriptors: all started, restarted and stopped, each master once" {
	local n=${REAL:-10}
	made=
	make_instances "$n"
	begun=$SECONDS
	for words in start restart reload stop; do
		(ulimit -S -n 64 && detached timeout 1200 postctl $words) >/tmp/said 2>&1 || fail "$(head -n 5 /tmp/said)"
		[ "$(wc -l </tmp/said)" -eq "$n" ]
		[ "$(masters)" -eq "$([[ $words = stop ]] && echo 0 || echo "$n")" ]
		[ -z "$(zombies_of_ours)" ]
		echo "# $words of $n real instances at $((SECONDS - begun)) s" >&3
	done
	no_program_of_postfix
}
