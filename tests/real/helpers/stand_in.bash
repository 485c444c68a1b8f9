# shellcheck shell=bash
# Programs of Postfix that misbehave.

stand_ins=/tmp/stand-ins

# stand_in PROGRAM: bash's script on standard input takes the place of /usr/sbin/PROGRAM; the real one is "$real".
stand_in() {
	local program
	program=$(readlink -f "/usr/sbin/$1")
	mkdir -p "$stand_ins"
	[[ -e $stand_ins/$1 ]] || cp -p "$program" "$stand_ins/$1"
	{
		printf '#!/bin/bash\nreal=%s\necho $$ >>%s\n' "$stand_ins/$1" "$stand_ins/pids"
		cat
	} >"$stand_ins/$1.script"
	chmod 755 "$stand_ins/$1.script"
	mount --bind "$stand_ins/$1.script" "$program"
}

# No program has a stand-in any more, and none of them runs on. postctl gives each a process group.
real_again() {
	local program pid
	for program in "$stand_ins"/*.script; do
		program=${program##*/}
		program=$(readlink -f "/usr/sbin/${program%.script}")
		while mountpoint -q "$program"; do
			umount -l "$program" || return
		done
	done
	if [[ -e $stand_ins/pids ]]; then
		while read -r pid; do
			kill -KILL -- "-$pid" 2>/dev/null || :
		done <"$stand_ins/pids"
	fi
	rm -f "$stand_ins"/pids "$stand_ins"/*.script
}

# stand_in_that_counts: postfix(1) writes "begin DIRECTORY VERB" and "end ..." to /tmp/stand-ins/calls and takes SECONDS more.
stand_in_that_counts() {
	rm -f "$stand_ins/calls"
	stand_in postfix <<-END
		echo "begin \$MAIL_CONFIG \$1" >>$stand_ins/calls
		sleep $1
		"\$real" "\$@"
		status=\$?
		echo "end \$MAIL_CONFIG \$1" >>$stand_ins/calls
		exit \$status
	END
}

# order_of VERB: the configuration directories in the order in which their turn came, on one line.
order_of() { sed -n "s/^begin \(.*\) $1\$/\1/p" "$stand_ins/calls" | paste -sd ' '; }

# most_at_a_time VERB
most_at_a_time() {
	awk -v verb="$1" '$3 == verb { now += $1 == "begin" ? 1 : -1 } now > most { most = now } END { print most + 0 }' \
		"$stand_ins/calls"
}
