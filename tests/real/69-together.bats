#!/usr/bin/env bats
# Boot, an administrator, a hook and an upgrade at the same time: each does its work, or says who is at it; at the end all runs
# once, mail passes, chroots are complete, and nothing is left. Locks go with those who held them.

load helpers/load

# How often each pair is tried. For more:
# tests/root/enter trixie env POSTCTL_TOGETHER_ROUNDS=20 bats /postctl/tests/real/69-together.bats
rounds=${POSTCTL_TOGETHER_ROUNDS:-1}

# A prefix of commands: in a pid namespace below this one.
elsewhere=(unshare --mount --pid --fork --kill-child bash -c 'mount -t proc proc /proc && "$@"' bash)

lock='/run/postctl/lock/-etc-postfix\x2dout'

setup_file() {
	three_instances y
	expect 0 postctl start
	make_actors
	# This host is up: invoke-rc.d asks.
	printf '#!/bin/sh\necho N 2\n' >/tmp/runlevel
	chmod +x /tmp/runlevel
	mount --bind /tmp/runlevel /sbin/runlevel
}

setup() {
	expect 0 postctl start
}

teardown() {
	diagnose_failure
	[[ ! ${other_holder-} ]] || pkill -P "$other_holder" || :
	real_again
}

teardown_file() {
	stop_everything
	umount /sbin/runlevel
}

# actor NAME: the script on standard input, which ends with something else than 0 when anything was not as it should be.
actor() {
	mkdir -p /tmp/actors
	{ printf '#!/bin/bash\nset -e\n' && cat; } >"/tmp/actors/$1"
	chmod +x "/tmp/actors/$1"
}

make_actors() {
	# init in a change of runlevels; the script that calls ours is known to the kernel as rc.
	actor rc <<-'END'
		export runlevel=2 RUNLEVEL=2 PREVLEVEL=N
		/etc/init.d/postfix start
		exit
	END
	actor boot <<-'END'
		/tmp/actors/rc
	END
	actor admin <<-'END'
		case $((RANDOM % 3)) in
		0) service postfix restart out && service postfix restart - in ;;
		1) postctl stop out && postctl start out ;;
		2) postctl restart ;;
		esac
	END
	# It has no exit status to speak of, and says what went wrong.
	actor hook <<-'END'
		echo "nameserver 127.0.0.$((RANDOM % 200 + 2))" >>/etc/resolv.conf
		IFACE=eth0 /etc/network/if-up.d/postctl >/tmp/hook.$$ 2>&1
		cat /tmp/hook.$$
		! grep -v ': waiting for postctl ' /tmp/hook.$$
	END
	# What dpkg does when a new version has been unpacked.
	actor upgrade <<-'END'
		sed -i '/^Package: postfix$/,/^$/s/^Status: .*/Status: install ok unpacked/' /var/lib/dpkg/status
		DEBIAN_FRONTEND=noninteractive dpkg --configure postfix
		dpkg-query --show --showformat '${db:Status-Status}\n' postfix | grep -x installed
	END
	# postctl's own: new files by rename, its scripts, its trigger.
	actor itself <<-'END'
		for file in /usr/sbin/postctl /usr/lib/postfix/configure-instance.sh; do
			cp -p "$file" "$file.new.$$"
			mv -f "$file.new.$$" "$file"
		done
		/usr/lib/postfix/configure-instance.sh out
		postctl scripts
		/etc/ca-certificates/update.d/postctl
	END
}

# together ACTOR...: all of them, each a moment after the one before. What they say is in /tmp/said.NUMBER.
together() {
	local actors=("$@") pids=() i
	for ((i = 0; i < $#; i++)); do
		background "/tmp/said.$i" "/tmp/actors/${actors[i]}"
		pids[i]=$pid
		sleep "0.$((RANDOM % 5))"
	done
	for ((i = 0; i < $#; i++)); do
		ended "${pids[i]}" || status='no end'
		[[ $status = 0 ]] || {
			echo "-- ${actors[i]} ended with $status" && cat "/tmp/said.$i"
			return 1
		}
	done
}

# Every instance runs once, mail passes, its chroot is as planned, and nobody has left anything.
all_is_well() {
	local file
	expect 0 postctl status
	refute_output 'failed at'
	one_master - out in
	expect 0 postctl sync -n
	assert_output '^postfix-out: chroot is current$'
	cmp /etc/resolv.conf /var/spool/postfix-out/etc/resolv.conf
	[[ ! $(find /var/spool/postfix* -maxdepth 1 -name quick-start) ]]
	[[ ! $(find /var/spool/postfix* /var/lib/postctl /run/postctl -name '*.postctl*' -o -name '.postctl*' -o -path '/run/postctl/*.[0-9]*') ]]
	for file in /run/postctl/lock/*; do
		flock --nonblock "$file" true || fail "$file is locked" || return
	done
	! pgrep -x postctl
	deliver - alice
	deliver out bob
	deliver in carol
}

# pair ACTOR ACTOR...
pair() {
	local round
	for ((round = 0; round < rounds; round++)); do
		echo "-- round $round"
		[[ $1 != boot ]] || expect 0 postctl stop
		together "$@"
		all_is_well
	done
}

# slow VERB SECONDS: "postfix VERB" of out takes so much longer.
slow() {
	stand_in postfix <<-END
		[[ "\$MAIL_CONFIG \$1" != "/etc/postfix-out $1" ]] || sleep $2
		exec "\$real" "\$@"
	END
}

@test "interrupted while it waits for one instance, postctl has said what came of the others" {
	local first signal
	for signal in INT TERM; do
		slow check 3
		background /tmp/first postctl restart out
		first=$pid
		wait_for 10 test -s "$stand_ins/pids"
		background /tmp/second env --default-signal=INT postctl reload
		wait_for 20 grep -q '^postctl: postfix-out: waiting for postctl restart' /tmp/second
		grep -x -e '-: reloaded' /tmp/second
		grep -x 'postfix-in: reloaded' /tmp/second
		kill -"$signal" "$pid"
		ended "$pid"
		((status > 128))
		! grep 'postfix-out: reloaded' /tmp/second
		ended "$first" && assert_status 0
		# Each is told of once.
		background /tmp/second postctl reload
		ended "$pid" && assert_status 0
		[ "$(grep -c ': reloaded$' /tmp/second)" -eq 3 ]
		real_again
	done
}

@test "who has the lock is named, by a number that counts here; when he is killed the lock is free" {
	local first holder
	slow check 300
	background /tmp/first postctl restart out
	first=$pid
	wait_for 10 test -s "$stand_ins/pids"
	expect 1 postctl stop --timeout 1 out
	assert_output "^postctl: postfix-out: waiting for postctl restart \\(process $first\\)$"
	assert_output "^postctl: postfix-out: postctl restart \\(process $first\\) still works on it; nothing was done$"
	kill -KILL "$first"
	ended "$first" || :
	real_again
	expect 0 postctl restart --timeout 20 out
	refute_output waiting
	one_master out
	# By a postctl in a pid namespace below, and seen from one that does not see him.
	expect 0 postctl stop out
	slow start 300
	background /tmp/first "${elsewhere[@]}" postctl start out
	first=$pid
	wait_for 10 test -s "$stand_ins/pids"
	holder=$(pgrep -fx 'postctl start out')
	expect 1 postctl stop --timeout 1 out
	assert_output "waiting for postctl start \\(process $holder\\)$"
	expect 1 "${elsewhere[@]}" postctl stop --timeout 1 out
	assert_output 'waiting for postctl start \(process [0-9]+ of another pid namespace, host mail.example.org\)$'
	kill -KILL "$first"
	ended "$first" || :
	real_again
	# What was written by one who was killed is not said of the next.
	flock "$lock" sleep 300 </dev/null 3>&- 4>&- &
	holder=$! other_holder=$!
	wait_for 10 eval "! flock --nonblock '$lock' true"
	expect 1 postctl stop --timeout 1 out
	assert_output "^postctl: postfix-out: waiting for postctl \\(process $holder\\)$"
	pkill -P "$holder"
	wait "$holder" || :
	expect 0 postctl stop --timeout 20 out
}

@test "boot and boot" { pair boot boot; }
@test "boot and an administrator" { pair boot admin; }
@test "boot and a hook" { pair boot hook; }
@test "boot and an upgrade" { pair boot upgrade; }
@test "two administrators" { pair admin admin; }
@test "an administrator and a hook" { pair admin hook; }
@test "an administrator and an upgrade" { pair admin upgrade; }
@test "two hooks" { pair hook hook; }
@test "a hook and an upgrade" { pair hook upgrade; }
@test "an upgrade and postctl's own" { pair upgrade itself; }
@test "all of them" { pair boot admin hook upgrade itself; }
