#!/usr/bin/env bats
# A restart storm: eight clients at once, each verb on some of ten instances of real Postfix, while mail flows through all of them. In the end
# every enabled instance runs once, and each message that was accepted has been delivered once.
#
# STORM is the number of verbs (500, and 120 on Postfix 3.7), SEED what chooses them. A message is accepted when its end was answered
# with 250; if the connection broke instead, it may come or not, but not twice. Twice means: although the delivery agent knew already,
# see helpers/storm-receive.

load helpers/load

names=(- s1 s2 s3 s4 s5 s6 s7 s8 s9)
clients=8
: "${STORM:=$([[ $(postconf -dh mail_version) = 3.7.* ]] && echo 120 || echo 500)}"
receiver=2499
storm=/tmp/storm

setup_file() {
	local name
	start_syslog
	fresh_postfix
	mkdir -p "$storm"
	set_master - 2500 y
	for name in "${names[@]}"; do
		[[ $name = - ]] ||
			new_instance "$name" port="250${name#s}" chroot="$([[ $name = s[1-5] ]] && echo y || echo n)" group=mta
		# Destinations and services that failed are tried again soon; a delivery agent says QUIT when it is done.
		set_main "$name" 'mydestination =' "relayhost = [127.0.0.1]:$receiver" 'smtp_connection_cache_on_demand = no' \
			'smtpd_peername_lookup = no' 'inet_interfaces = 127.0.0.1' 'inet_protocols = ipv4' 'minimal_backoff_time = 2s' \
			'maximal_backoff_time = 4s' 'queue_run_delay = 2s' 'transport_retry_time = 2s' 'service_throttle_time = 2s'
	done
}

teardown() {
	diagnose_failure
	jobs -p | xargs -r kill 2>/dev/null || :
}

teardown_file() { stop_everything; }

# verbs COUNT: one a line, with its instances, by $RANDOM.
verbs() {
	local i many verb weighted=()
	for verb in start:22 restart:16 stop:12 reload:12 try-restart:8 sync:8 status:8 flush:8 check:3 abort:3 disable:3 enable:3; do
		for ((i = 0; i < ${verb#*:}; i++)); do weighted+=("${verb%:*}"); done
	done
	for ((i = 0; i < $1; i++)); do
		verb=${weighted[RANDOM % ${#weighted[@]}]}
		many=$((RANDOM % 20))
		case $verb:$many in
		*able:*) echo "$verb ${names[1 + RANDOM % 9]}" ;; # the primary stays as it is
		stop:0 | abort:0) echo "$verb -g mta" ;;
		*:[01]) echo "$verb" ;; # all
		*:[2345]) echo "$verb ${names[RANDOM % 10]} ${names[RANDOM % 10]} ${names[RANDOM % 10]}" ;;
		*) echo "$verb ${names[RANDOM % 10]}" ;;
		esac
	done
}

# client N: does every eighth of the verbs, and notes what each of them ended with.
client() {
	local i=0 words status
	while read -r words; do
		((i++ % clients == $1)) || continue
		status=0
		# shellcheck disable=SC2086 # words
		timeout --kill-after=5 300 postctl $words </dev/null >"$storm/said.$i" 2>&1 || status=$?
		echo "$status $i $words" >>"$storm/did.$1"
	done <"$storm/verbs"
}

# plausible STATUS VERB SAID: what may come of a verb while others do theirs.
plausible() {
	# On a slow machine somebody may be at work for longer than one waits.
	! grep -qE 'postctl: .*: (postctl .* still works on it; nothing was done|cannot .* it: it has just been disabled; .*)$' "$3" || return 0
	case $2:$1 in
	start:[06] | restart:[06] | try-restart:0 | stop:0 | abort:0 | sync:0 | enable:0 | disable:0) ;;
	reload:[07] | flush:[07]) ;; # it did not run
	status:[03]) ;; # but not 1: nobody died
	check:[01]) ;;
	*) return 1 ;;
	esac
}

# What is not complete was never accepted: cleanup(8) makes a file executable when it is, and what it left when it was killed is removed
# by Postfix after some hours.
queued() {
	local name
	for name in "${names[@]}"; do
		find "$(queue_dir "$name")"/{maildrop,incoming,active,deferred,hold} -type f -perm -u+x
	done
}

queues_are_empty() { [[ ! $(queued) ]]; }

# What became of the messages: prints numbers, and what is wrong. Fails if anything is.
account() {
	awk '
		FILENAME ~ /received$/ {
			if ($2 == "received") { if (known[$1]) doubled[$1]; else if (came[$1]) again++; came[$1]++ } else known[$1] = 1
			next
		}
		{ fate[$1] = $2; n[$2]++ }
		END {
			for (id in fate) {
				if (fate[id] == "accepted" && !came[id]) { lost++; print "lost: " id }
				if (fate[id] == "uncertain" && came[id]) late++
				if ((fate[id] == "unsent" || fate[id] == "refused") && came[id]) { wrong++; print "not sent, yet delivered: " id }
				delivered += came[id] > 0
			}
			for (id in came) if (!(id in fate)) { wrong++; print "nobody sent: " id }
			for (id in doubled) { twice++; print "doubled: " id }
			printf "messages: %d accepted, %d delivered, %d lost, %d doubled; ", n["accepted"], delivered, lost, twice
			printf "%d of %d uncertain ones came; %d sent again by agents that were killed before they knew; %d cut short, %d refused\n",
				late, n["uncertain"], again, n["unsent"], n["refused"]
			exit lost + twice + wrong > 0 || n["accepted"] < 100
		}' "$storm/received" "$storm"/sent.*
}

@test "$STORM verbs of eight clients at once while mail flows through ten instances: none is lost, none doubled" {
	local name i senders=() workers=() receiver_pid bad=0 status words begun=$SECONDS
	SEED=${SEED:-$((RANDOM * 32768 + RANDOM))}
	RANDOM=$SEED
	echo "# SEED=$SEED" >&3
	verbs "$STORM" >"$storm/verbs"
	expect 0 postctl start

	"$BATS_TEST_DIRNAME/helpers/storm-receive" "$receiver" "$storm/received" </dev/null 3>&- 4>&- &
	receiver_pid=$!
	wait_for 20 smtp_greets "$receiver"
	for name in "${names[@]}"; do
		"$BATS_TEST_DIRNAME/helpers/storm-send" "$(port "$name")" 0.3 "$storm/sent.$name" </dev/null 3>&- 4>&- &
		senders+=($!)
	done
	for ((i = 0; i < clients; i++)); do
		client "$i" 3>&- 4>&- &
		workers+=($!)
	done
	wait "${workers[@]}"
	sleep 1 # mail flows on
	# What is enabled comes up by itself.
	expect 0 postctl start
	for name in "${names[@]}"; do
		[[ $(get_main "$name" multi_instance_enable) != yes ]] || one_master "$name"
	done
	kill "${senders[@]}"
	wait "${senders[@]}" || :

	cat "$storm"/did.* | sort | awk '{ print $3, $1 }' | sort | uniq -c | awk '{ said[$2] = said[$2] " " $3 "(" $1 ")" } END { for (verb in said) print "# " verb ":" said[verb] }' | sort >&3
	[ "$(cat "$storm"/did.* | wc -l)" -eq "$STORM" ]
	while read -r status i words; do
		plausible "$status" "${words%% *}" "$storm/said.$i" || {
			echo "status $status of: postctl $words: $(cat "$storm/said.$i")"
			((++bad))
		}
	done < <(cat "$storm"/did.*)

	# Those that were left disabled have mail as well.
	expect 0 postctl enable "${names[@]:1}"
	expect 0 postctl start
	expect 0 postctl status
	one_master "${names[@]}"
	for ((i = 0; i < 60; i++)); do
		expect 0 postctl flush
		! queues_are_empty || break
		sleep 1
	done
	queues_are_empty || fail "still queued: $(queued)"
	account | tee /dev/fd/3
	[ "${PIPESTATUS[0]}" -eq 0 ]
	[ ! "$(pgrep -x postctl)" ]
	[ ! "$(find /run/postctl /var/lib/postctl /var/spool/postfix* -name '.postctl*' -o -name '*.new' | head)" ]
	for name in "${names[@]}"; do [ ! -e "$(queue_dir "$name")/quick-start" ]; done
	kill "$receiver_pid"
	echo "# $((SECONDS - begun)) s" >&3
	((bad == 0))
}
