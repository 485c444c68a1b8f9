#!/usr/bin/env bats
# Postfix's own programs are asked before anything is changed, and may answer anything: other values, nothing, too much, or not
# at all. They never hang postctl, and never make it act on what it does not know.

load helpers/load

setup_file() {
	three_instances y
	expect 0 postctl start
}

setup() {
	expect 0 postctl start
	for name in - out in; do
		before[$name]=$(master_of "$name")
	done
}
declare -gA before

teardown() {
	diagnose_failure
	real_again
	mend out
}

teardown_file() { stop_everything; }

went_on() {
	for name; do
		[[ $(master_of "$name") = "${before[$name]}" ]] || fail "$name has another master"
	done
}

# within SECONDS COMMAND...
within() {
	local limit=$1 begun=$SECONDS
	"${@:2}" || return
	((SECONDS - begun <= limit)) || fail "it took $((SECONDS - begun)) s"
}

@test "postmulti reads another value than postctl: that instance is refused, with both values" {
	local parameter ours theirs edit verb
	while read -r parameter ours theirs edit; do
		stand_in postmulti <<<"\"\$real\" \"\$@\" | sed -z '$edit'"
		for verb in restart reload stop abort; do
			expect 1 postctl "$verb" out
			[ "$output" = "postctl: postfix-out: Postfix reads $parameter = $theirs in /etc/postfix-out/main.cf, postctl reads $ours; nothing was done" ]
			went_on - out in
		done
		real_again
	done <<-'END'
		queue_directory /var/spool/postfix-out /var/spool/evil s|^/var/spool/postfix-out$|/var/spool/evil|
		data_directory /var/lib/postfix-out /var/lib/postfix s|^/var/lib/postfix-out$|/var/lib/postfix|
		multi_instance_name postfix-out postfix-x s|^postfix-out$|postfix-x|
		multi_instance_enable yes no /^postfix-out$/{n;s/yes/no/}
	END
}

@test "... and the others are not" {
	stand_in postmulti <<<'"$real" "$@" | sed -z "s|^/var/spool/postfix-out$|/var/spool/evil|"'
	rm /var/spool/postfix-out/etc/hosts
	expect 1 postctl restart
	assert_output '^postctl: postfix-out: Postfix reads queue_directory = /var/spool/evil'
	assert_output '^-: restarted'
	assert_output '^postfix-in: restarted'
	went_on out
	expect 1 postctl sync out
	[ ! -e /var/spool/postfix-out/etc/hosts ]
	[ ! -e /var/spool/evil ]
	expect 0 postctl stop in
	expect 1 postctl disable out
	[ "$(get_main out multi_instance_enable)" = yes ]
	one_master out
	real_again
	expect 0 postctl sync out
	[ -e /var/spool/postfix-out/etc/hosts ]
}

@test "postmulti dies, fails, says too little or nonsense: each instance is asked for by itself" {
	local script
	while IFS= read -r script; do
		echo "-- postmulti: $script"
		stand_in postmulti <<<"$script"
		expect 0 postctl reload
		[ "$(grep -c ': reloaded$' <<<"$output")" -eq 3 ]
		real_again
	done <<-'END'
		kill -SEGV $$
		exit 1
		exit 0
		printf '/etc/postfix-out\0/var/spool/postf'
		echo garbage; printf '\0\0\0\0\0\0\0'
		"$real" "$@" | head -c 100
		"$real" "$@"; exit 1
		rm /no/such/file; exec /no/such/program
	END
}

@test "postmulti dies, and postconf answers: its values are compared as well" {
	stand_in postmulti <<<'exit 1'
	stand_in postconf <<<'"$real" "$@" | sed "s|^/var/spool/postfix-out$|/var/spool/evil|"'
	expect 1 postctl restart
	assert_output '^postctl: postfix-out: Postfix reads queue_directory = /var/spool/evil'
	assert_output '^-: restarted'
	went_on out
}

@test "postconf has no answer either: nothing is started or restarted, but stop stops" {
	stand_in postmulti <<<'exit 1'
	stand_in postconf <<-'END'
		[[ $MAIL_CONFIG = /etc/postfix-out ]] && echo "postconf: fatal: so I cannot" >&2 && exit 1
		exec "$real" "$@"
	END
	expect 1 postctl restart
	assert_output '^postctl: postfix-out: Postfix cannot read its configuration'
	assert_output '^postctl: postfix-out: postconf: fatal: so I cannot$'
	assert_output '^postfix-in: restarted'
	went_on out
	expect 0 postctl stop out
	no_process_of out
	expect 1 postctl start out
	no_process_of out
}

@test "a damaged instance costs the others nothing: postmulti, which would die of it, is not asked" {
	break_main out
	expect 1 postctl restart
	assert_output '^-: restarted'
	assert_output '^postfix-in: restarted'
	went_on out
}

@test "postmulti hangs: a deadline holds" {
	stand_in postmulti <<<'trap "" TERM INT HUP; while :; do sleep 1; done'
	within 4 expect 1 postctl restart --timeout 2
	# One of them may have been asked by itself in the last moment.
	[ "$(grep -cE 'did not say in time|no time was left to begin' <<<"$output")" -eq 3 ]
	went_on - out in
	within 6 expect 0 postctl stop --timeout 2
	no_program_of_postfix
}

@test "postmulti and postconf flood: neither time nor memory without bound" {
	local script
	while IFS= read -r script; do
		echo "-- postmulti: $script"
		stand_in postmulti <<<"$script"
		within 15 expect 0 bash -c 'ulimit -v 150000; exec postctl restart in'
		real_again
	done <<-'END'
		exec head -c 100000000 /dev/zero
		exec head -c 100000000 /dev/zero >&2
		head -c 30000000 /dev/urandom; head -c 30000000 /dev/urandom >&2; exit 1
	END
	stand_in postmulti <<<'exec cat /dev/zero'
	within 5 expect 1 bash -c 'ulimit -v 150000; exec postctl restart in --timeout 2'
}

@test "interrupted while Postfix is asked: nothing is done" {
	stand_in postmulti <<<'kill -TERM $PPID; sleep 5; exec "$real" "$@"'
	within 4 expect 143 postctl restart
	went_on - out in
	real_again
	stand_in postmulti <<<'exit 1'
	stand_in postconf <<<'kill -TERM $PPID; sleep 5; exec "$real" "$@"'
	within 4 expect 143 postctl restart
	went_on - out in
}

@test "postfix check hangs, floods, dies: the instance goes on running, and that is said" {
	local script words
	while IFS=$'\t' read -r script words; do
		echo "-- postfix check: $script"
		stand_in postfix <<-END
			[[ "\$MAIL_CONFIG \$1" = "/etc/postfix-out check" ]] && { $script; }
			exec "\$real" "\$@"
		END
		within 30 expect 1 bash -c 'ulimit -v 150000; exec postctl restart --timeout 8'
		assert_output "^postctl: postfix-out: .*$words"
		went_on out
		one_master - in
		real_again
	done <<-'END'
		exec sleep 1000	took too long
		trap "" TERM; while :; do sleep 1; done	took too long
		exec cat /dev/zero	took too long
		head -c 100000000 /dev/zero | tr "\0" x; echo; echo last words; exit 3	last words
		exit 3	exit status 3
		kill -SEGV $$	killed by signal 11
		kill -KILL $$	killed by signal 9
	END
}

@test "postfix start hangs, fails, dies or lies: reported, nothing is waited for for ever" {
	local script words
	while IFS=$'\t' read -r script words; do
		echo "-- postfix start: $script"
		expect 0 postctl stop out
		stand_in postfix <<-END
			[[ \$1 = start ]] && { $script; }
			exec "\$real" "\$@"
		END
		within 12 expect 1 bash -c 'ulimit -v 150000; exec postctl start out --timeout 2'
		assert_output "^postctl: postfix-out: .*$words"
		no_process_of out
		expect 3 postctl status out
		real_again
	done <<-'END'
		trap "" TERM; while :; do sleep 1; done	took too long
		exec cat /dev/zero	took too long
		echo all is well; exit 0	all is well
		echo oh no >&2; exit 69	oh no
		kill -SEGV $$	killed by signal 11
	END
}

@test "a start that says it failed, though the master runs, is a start" {
	expect 0 postctl stop out
	stand_in postfix <<<'"$real" "$@"; [[ $1 != start ]] || exit 1'
	expect 0 postctl start out
	one_master out
	expect 0 postctl status out
}

@test "postfix reload fails: reported" {
	stand_in postfix <<<'[[ $1 != reload ]] || { echo "cannot reload today"; exit 1; }; exec "$real" "$@"'
	expect 1 postctl reload out
	assert_output '^postctl: postfix-out: "postfix reload": exit status 1$'
	assert_output '^postctl: postfix-out: cannot reload today$'
	went_on out
}
