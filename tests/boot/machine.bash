# shellcheck shell=bash
# The machine, seen from outside: its power, what is on its console, and on its disk while it is off.

there=("$BATS_TEST_DIRNAME/there")

# power_on: until its runlevel has been entered. Each time it has a console of its own.
power_on() {
	local begun=$SECONDS
	rm -f "$machine/off" "$machine"/talk.*
	mkfifo "$machine/talk.in" "$machine/talk.out"
	: >"$machine/console"
	start_qemu </dev/null >"$machine/qemu.log" 2>&1 3>&- 4>&- &
	wait_for_line "${BOOT_WAIT:-240}" ready || return
	echo "# up after $((SECONDS - begun)) s" >&3
}

# What is accepted in there is written down out here, where it outlives the machine. Two processors, for two instances at a time.
# qemu has to translate code anew for each address that it is at, and Debian's kernels clear memory that nobody has asked for:
# without both, software emulation takes half the time.
start_qemu() {
	local status=0
	qemu-system-x86_64 -accel "$accelerator" -m 512 -smp 2 -nodefaults -no-user-config -display none -nic none -no-reboot \
		-kernel "$machine/vmlinuz" -initrd "$machine/initrd.img" \
		-append 'root=/dev/vda ro console=ttyS0 quiet panic=-1 norandmaps init_on_alloc=0 mitigations=off' \
		-serial "file:$machine/console" -drive "file=$machine/disk,format=raw,if=virtio" \
		-device virtio-rng-pci -device virtio-serial-pci \
		-chardev "pipe,id=talk,path=$machine/talk" -device virtserialport,chardev=talk,name=talk \
		-chardev "file,id=accepted,path=$machine/accepted,append=on" -device virtserialport,chardev=accepted,name=accepted &
	echo $! >"$machine/pid"
	wait $! || status=$?
	echo "$status" >"$machine/off"
}

# wait_for_line SECONDS LINE: what its agent says of its own accord.
wait_for_line() {
	local line deadline=$((SECONDS + $1))
	while ((SECONDS < deadline)) && [[ ! -e $machine/off ]]; do
		IFS= read -r -t 1 line || continue
		[[ $line != "$2" ]] || return 0
	done <>"$machine/talk.out"
	fail "the machine did not say '$2' in $1 s"
}

# shut_down: by `init 0`, until the machine has switched itself off.
shut_down() {
	local begun=$SECONDS
	LIMIT=10 "${there[@]}" /sbin/init 0 || : # it may have no time for an answer
	wait_for "${1:-120}" test -s "$machine/off" || return
	echo "# down after $((SECONDS - begun)) s" >&3
	[[ $(<"$machine/off") = 0 ]] || fail "qemu ended with $(cat "$machine/off" "$machine/qemu.log")" || return
	on_console 'reboot: Power down'
}

# on_console PATTERN: some line there matches. Whatever else the hardware may have put there.
on_console() { tr -d '\r\0' <"$machine/console" | grep -aE -e "$1" || fail "not on the console: $1"; }

# cut_power: without a word to anybody in there.
cut_power() {
	kill -KILL "$(<"$machine/pid")"
	wait_for 10 test -s "$machine/off"
}

# on_disk PATH: a file of the machine that is off.
on_disk() { debugfs -R "cat \"$1\"" "$machine/disk" 2>/dev/null; }

# in_there FUNCTION [WORD]...: one of the helpers of the real tests, in the machine.
in_there() {
	"${there[@]}" bash -c 'cd /postctl/tests/real && for file in helpers/*.bash; do [[ $file = */load.bash ]] || . "$file"; done
		cd /postctl/tests/boot/guest && . ./helpers.bash && "$@"' bash "$@"
}
