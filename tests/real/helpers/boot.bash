# shellcheck shell=bash
# A host that boots, is in runlevels and is shut down, by sysvinit and its scripts, in namespaces of its own within the root.

# prepare_boot: for setup. Whatever runs when all that is left gets killed was not stopped by its own script.
prepare_boot() {
	cat >/etc/inittab <<-'END'
		id:2:initdefault:
		l0:0:wait:/etc/init.d/rc 0
		l2:2:wait:/etc/init.d/rc 2
		l3:3:wait:/etc/init.d/rc 3
		u2:2:once:/bin/sh -c 'echo 2 >/run/is-up'
		u3:3:once:/bin/sh -c 'echo 3 >/run/is-up'
	END
	grep -q /run/at-the-end /etc/init.d/sendsigs ||
		sed -i '/^### END INIT INFO/a ps axo args >/run/at-the-end' /etc/init.d/sendsigs
	rm -f /dev/console /tmp/console
	mkfifo /dev/console
	cat <>/dev/console >/tmp/console 3>&- 4>&- & # <>: who writes comes and goes
	console=$!
	rm -rf /run/is-up /run/at-the-end /run/postctl
}

# For teardown.
end_boot() {
	echo "== the console" && cat /tmp/console
	kill -KILL "$console" ${namespace:+"$namespace"} 2>/dev/null || :
	stop_everything
}

in_runlevel() { [[ $(cat /run/is-up 2>/dev/null) = "$1" ]]; }

boot() {
	setsid unshare --mount --pid --fork --kill-child bash -c 'mount -t proc proc /proc && exec /sbin/init' \
		</dev/null >/dev/console 2>&1 3>&- 4>&- &
	namespace=$!
	wait_for 60 in_runlevel 2
	init=$(pgrep -P "$namespace")
	# A prefix of commands: among the processes of the host that has booted.
	there=(nsenter -t "$init" --mount --pid --)
}

# change_runlevel LEVEL
change_runlevel() {
	"${there[@]}" /sbin/init "$1"
	wait_for 60 in_runlevel "$1"
}

shut_down() {
	"${there[@]}" /sbin/init 0
	wait_for 60 test -e /run/at-the-end
	wait_for 60 eval "! kill -0 $namespace"
}

# Nothing of Postfix was left to be killed at the end.
nothing_was_left() {
	! grep -E 'master|qmgr|smtpd|pickup' /run/at-the-end
}
