#!/usr/bin/env bats
# A sync of which any system call fails, or which is killed at any: each file of the chroot is its old or its new version, nothing
# outside has changed, the exit status is true, and the next sync clears up. All system calls of the sync itself, not a sample.

load helpers/load

chroot=/var/spool/postfix-out

setup_file() {
	fresh_postfix
	new_instance out chroot=y
	sed -i 's/^hosts:.*/hosts: files myhostname dns/' /etc/nsswitch.conf
	# Three certificates are as good as all of them.
	mkdir -p /tmp/certificates
	find /etc/ssl/certs -name '*.0' | sort | head -n 3 | while read -r file; do cp -L "$file" /tmp/certificates/; done
	set_main out 'smtp_tls_CApath = /tmp/certificates'
	expect 0 postctl sync
	# What is there is old, and something is missing.
	echo '192.0.2.1 old' >$chroot/etc/hosts
	head -c 5000 /etc/services >$chroot/etc/services
	for file in "$chroot"/tmp/certificates/*; do echo old >"$file" && break; done
	rm $chroot/etc/host.conf $chroot/lib/*/libnss_myhostname*
	cp -a $chroot /tmp/old
	[[ ! -e /var/lib/postctl ]] || cp -a /var/lib/postctl /tmp/manifests
	hashes /tmp/old >/tmp/hashes
	expect 0 postctl sync out
	hashes $chroot >>/tmp/hashes
	hashes $chroot >/tmp/hashes.new
	outside >/tmp/outside
	! cmp -s /tmp/hashes /tmp/hashes.new
}

teardown_file() { stop_everything; }

# hashes DIRECTORY: of each regular file in there.
hashes() { (cd "$1" && find . -type f -exec sha256sum {} + | sort); }

# Everything else that a sync could reach.
outside() {
	find /etc /tmp/certificates /var/spool/postfix -type d -printf '%p %m %U\n' -o -printf '%p %y %m %U %s %C@\n' | sort
}

put_back() {
	rm -rf $chroot /var/lib/postctl
	cp -a /tmp/old $chroot
	[[ ! -e /tmp/manifests ]] || cp -a /tmp/manifests /var/lib/postctl
}

# judge FAULT STATUS: is what the sync left as it should be? Then the next one mends it.
judge() {
	local wrong=
	hashes $chroot | grep -v '/\.postctl\.new$' >/tmp/now
	[[ ! $(grep -vxFf /tmp/hashes /tmp/now) ]] || wrong="a file is neither old nor new"
	[[ $(wc -l </tmp/now) -ge $(wc -l < <(hashes /tmp/old)) ]] || wrong="a file has gone"
	if (($2 == 0)) && ! cmp -s /tmp/now /tmp/hashes.new; then wrong="it says that it is done, and it is not"; fi
	(($2 == 0 || $2 > 125)) || [[ -s /tmp/messages ]] || wrong="it failed without a word"
	outside | cmp -s /tmp/outside || wrong="something outside has changed"
	timeout 20 postctl sync out >/tmp/next 2>&1 || wrong="the next sync fails: $(cat /tmp/next)"
	[[ ! $(find $chroot -name '.postctl*') ]] || wrong="a temporary file is left"
	hashes $chroot | cmp -s - /tmp/hashes.new || wrong="the next sync has not mended it"
	[[ ! $wrong ]] || printf '%s (status %s): %s\n  %s\n' "$1" "$2" "$wrong" "$(head -n 2 /tmp/messages)"
	[[ ! $wrong ]]
}

# calls: "NAME FIRST LAST" for each system call of a sync, by how many of that name there were before main() and in all.
calls() {
	put_back
	strace -qq -o /tmp/trace postctl sync out >/dev/null 2>&1
	awk -F'(' '
		/^umask/ { in_main = 1 }
		/^[a-z0-9_]+\(/ && !/^(execve|exit_group|rt_sigreturn|vfork|clone3?|fork)\(/ { n[$1]++; if (!in_main) before[$1]++ }
		END { for (name in n) if (n[name] > before[name]) print name, before[name] + 1, n[name] }' /tmp/trace | sort
}

# errors_of NAME: what it may fail with.
errors_of() {
	case $1 in
	write | pwrite64 | fsync | fdatasync | copy_file_range | sendfile) echo ENOSPC EIO EINTR ;;
	open | openat | openat2) echo EMFILE EACCES EIO EINTR ENOSPC ;;
	rename* | mkdirat | linkat | symlinkat | utimensat | fchmod* | fchown* | ftruncate | unlinkat) echo ENOSPC EIO EACCES ;;
	read | pread64 | getdents64) echo EIO EINTR ;;
	mmap) echo ENOMEM ;;
	poll | ppoll) echo EINTR ;;
	close | brk) ;; # they do not fail as strace makes them
	*) echo EIO ;;
	esac
}

# Each fault in turn: every call fails with one of its errors, a different one each time, and is the last of a killed
# sync; with FAULTS=all it fails with each.
inject() {
	local name first last k error errors status points=0 bad=0
	while read -r name first last; do
		for ((k = first; k <= last; k++)); do
			read -ra errors <<<"$(errors_of "$name")"
			[[ ${FAULTS-} = all ]] || errors=(${errors:+"${errors[k % ${#errors[@]}]}"})
			for error in "${errors[@]}" KILL; do
				put_back
				status=0
				if [[ $error = KILL ]]; then
					fault=$name:signal=KILL:when=$k
				else
					fault=$name:error=$error:when=$k
				fi
				timeout -s KILL 20 strace -qq -o /dev/null -e trace="$name" -e inject="$fault" postctl sync out \
					>/tmp/messages 2>&1 </dev/null || status=$?
				judge "$fault" "$status" || ((++bad))
				((++points))
			done
		done
	done < <(calls) 2>/dev/null # where bash tells of each that was killed
	echo "$points faults tried"
	((points > 500 && bad == 0))
}

@test "every system call of a sync fails, and is its last" {
	[[ $(postconf -dh mail_version) = 3.7.* || ${FAULTS-} ]] || skip "the same program as on bookworm"
	inject
}

@test "a file of the host that cannot be looked at: no chroot is called current, nothing is removed, another instance is none the worse" {
	local file=/etc/nsswitch.conf words before unreadable=(strace -qq -f -o /dev/null -e trace=openat -e inject=openat:error=EIO -P)
	put_back
	new_instance other chroot=y
	expect 0 postctl sync
	before=$(hashes $chroot)
	for words in 'sync' 'sync out' 'sync --adopt out' check chroot; do
		# shellcheck disable=SC2086 # words
		expect 1 "${unreadable[@]}" "$file" postctl $words
		assert_output "postfix-out: .*$file could not be looked at on the host.*: Input/output error"
		[ "$(hashes $chroot)" = "$before" ]
	done
	try "${unreadable[@]}" "$file" postctl sync --dry-run out
	assert_output "^would fail .*$file could not be looked at"
	expect 0 postctl sync
	assert_output '^postfix-out: chroot is current'
	# Only one of them asks for this one.
	mkdir -p /tmp/extra
	echo text >/tmp/extra/file
	echo /tmp/extra/file >/etc/postfix-out/chroot.files
	expect 0 postctl sync
	expect 1 "${unreadable[@]}" /tmp/extra postctl sync
	assert_output '^postctl: postfix-out: .*/tmp/extra'
	refute_output '^postctl: postfix-other'
	assert_output '^postfix-other: chroot is current'
	[ -e $chroot/tmp/extra/file ]
}
