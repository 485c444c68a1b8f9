#!/usr/bin/env bats
# A sync of which any system call fails, is interrupted, transfers less than it should, or is the last: each file of the chroot is its
# old or its new version, the instance that runs in it resolves names, nothing outside has changed, the exit status is true, and the
# next sync clears up. All system calls of the sync itself, not a sample.

load helpers/load

chroot=/var/spool/postfix-out
# What is Postfix's own in there.
own='(active|bounce|corrupt|defer|deferred|flush|hold|incoming|maildrop|pid|private|public|saved|trace)'

setup_file() {
	start_syslog
	fresh_postfix
	new_instance in chroot=n
	new_instance out chroot=y
	sed -i 's/^hosts:.*/hosts: files myhostname dns/' /etc/nsswitch.conf
	echo '127.0.0.1 relay.example.net' >>/etc/hosts
	# Three certificates are as good as all of them.
	mkdir -p /tmp/certificates
	find /etc/ssl/certs -name '*.0' | sort | head -n 3 | while read -r file; do cp -L "$file" /tmp/certificates/; done
	# Each message takes a new client, which has to find the relay in the chroot as it is by then.
	set_main out 'smtp_tls_CApath = /tmp/certificates' 'mydestination =' "relayhost = [relay.example.net]:$(port in)" \
		'smtp_host_lookup = native' 'inet_protocols = ipv4' 'max_use = 1'
	expect 0 postctl start in out
	# What is there is old, and something is missing.
	echo '127.0.0.1 relay.example.net old' >$chroot/etc/hosts
	head -c 5000 /etc/services >$chroot/etc/services
	for file in "$chroot"/tmp/certificates/*; do echo old >"$file" && break; done
	rm $chroot/etc/host.conf $chroot/lib/*/libnss_myhostname*
	mkdir /tmp/old /tmp/changed
	parts $chroot | xargs -d '\n' -I NAME cp -a $chroot/NAME /tmp/old/
	[[ ! -e /var/lib/postctl ]] || cp -a /var/lib/postctl /tmp/manifests
	hashes /tmp/old >/tmp/hashes
	wc -l </tmp/hashes >/tmp/how_many
	expect 0 postctl sync out
	hashes $chroot >>/tmp/hashes
	hashes $chroot >/tmp/hashes.new
	outside >/tmp/outside
	! cmp -s /tmp/hashes /tmp/hashes.new
	# What a sync that has done its work has changed.
	(cd /tmp/old && find . -type f | while read -r file; do
		cmp -s "$file" "$chroot/$file" || cp -a --parents "$file" /tmp/changed/
	done)
	cut -c 35- /tmp/hashes.new | while read -r file; do [[ -e /tmp/old/$file ]] || echo "$chroot/$file"; done >/tmp/added
}

setup() { mapfile -t added </tmp/added; }

teardown() { diagnose_failure; }

teardown_file() { stop_everything; }

# parts DIRECTORY: what is in there beside Postfix's queue.
parts() { find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | grep -vxE "$own"; }

# hashes DIRECTORY: of each regular file in there, and what is temporary.
hashes() {
	(cd "$1" && find . -regextype posix-extended -regex "\\./$own" -prune -o -name '.postctl*' -printf 'temporary %p\n' -o \
		-type f -exec b2sum --length=128 {} + | sort)
}

# Everything else that a sync could reach.
outside() {
	find /etc /tmp/certificates /var/spool/postfix -type d -printf '%p %m %U\n' -o -printf '%p %y %m %U %s %C@\n' | sort
}

# put_back [all]: as it was before that sync; all of it where what is there need not be what a sync leaves.
put_back() {
	rm -rf /var/lib/postctl "${added[@]}"
	[[ ! ${1-} ]] || parts $chroot | (cd $chroot && xargs -d '\n' rm -rf)
	if [[ ${1-} ]]; then cp -a /tmp/old/. $chroot; else cp -a /tmp/changed/. $chroot; fi
	[[ ! -e /tmp/manifests ]] || cp -a /tmp/manifests /var/lib/postctl
}

# resolves: the instance that runs finds its relay.
resolves() {
	local token=$RANDOM$RANDOM
	smtp_send "$(port out)" alice "$token" && wait_for 20 mail_arrived alice "$token"
}

points=0 bad=0 deliveries=0

# judge FAULT STATUS [harmless]: is what the sync left as it should be? Then the next one mends it. What is harmless must not have
# kept it from being done.
judge() {
	local wrong=
	((++points))
	hashes $chroot | grep -v '/\.postctl\.new$' >/tmp/now
	! grep -qvxFf /tmp/hashes /tmp/now || wrong="a file is neither old nor new"
	[[ $(wc -l </tmp/now) -ge $(</tmp/how_many) ]] || wrong="a file has gone"
	if (($2 == 0)) && ! cmp -s /tmp/now /tmp/hashes.new; then wrong="it says that it is done, and it is not"; fi
	(($2 == 0 || $2 > 125)) || [[ -s /tmp/messages ]] || wrong="it failed without a word"
	(($2 == 0)) || [[ ! ${3-} ]] || grep -qx 'postctl: cannot write to standard output' /tmp/messages || wrong="it was not done"
	((SECONDS - begun < 15)) || wrong="it hangs"
	# It would stay so.
	((points % 25)) || outside | cmp -s /tmp/outside || wrong="something outside has changed"
	if ((points % 50 == 0)); then
		((++deliveries))
		resolves || wrong="the instance that runs does not resolve names"
	fi
	timeout 20 postctl sync out >/tmp/next 2>&1 || wrong="the next sync fails: $(cat /tmp/next)"
	hashes $chroot >/tmp/now
	cmp -s /tmp/now /tmp/hashes.new || wrong="the next sync has not mended it: $(diff /tmp/now /tmp/hashes.new)"
	[[ $wrong ]] || return 0
	printf '%s (status %s): %s\n  %s\n' "$1" "$2" "$wrong" "$(head -n 2 /tmp/messages)"
	((++bad))
	put_back all
}

# calls: "NAME N" for each system call of a sync, and how often each of three runs made it at least.
calls() {
	for _ in 1 2 3; do
		put_back
		/tools/fault count /tmp/counted postctl sync out >/tmp/messages 2>&1 </dev/null || return
		cat /tmp/counted
	done | awk '
		$1 > 0 { next } # see 59-faults-stop.bats
		!($2 in least) || $3 < least[$2] { least[$2] = $3 }
		{ runs[$2]++ }
		END { for (name in least) if (runs[name] == 3) print name, least[name] }' | sort
}

# errors_of NAME: what it may fail with.
errors_of() {
	case $1 in
	write | pwrite64 | fsync | fdatasync | copy_file_range | sendfile) echo ENOSPC EIO ;;
	open | openat | openat2) echo EMFILE EACCES EIO EINTR ENOSPC ;;
	rename* | mkdirat | linkat | symlinkat | utimensat | fchmod* | fchown* | ftruncate | unlinkat) echo ENOSPC EIO EACCES ;;
	mmap) echo ENOMEM ;;
	brk) echo ENOMEM ;;
	close) echo EINTR ;;
	exit_group | rt_sig* | umask | getpid | getppid | gettid | get*uid | get*gid | uname) ;; # they do not fail
	*) echo EIO ;;
	esac
}

# with_fault FAULT [harmless]: a sync with that fault, until it was reached.
with_fault() {
	local status begun reached=0
	for _ in 1 2 3 4 5; do
		put_back
		begun=$SECONDS status=0
		timeout -s KILL 20 /tools/fault "$1" /tmp/reached postctl sync out >/tmp/messages 2>&1 </dev/null || status=$?
		read -r reached </tmp/reached || :
		judge "$1" "$status" "${2-}"
		((reached == 0)) || return 0
	done
	missed+=("$1")
}

@test "every system call of a sync fails, or is interrupted, or is its last" {
	faults_here || skip "the same program as on bookworm; x86-64"
	quickly every_call
}

every_call() {
	local name count k error errors covered=0 missed=()
	# Every call fails with one of its errors, a different one each time; with FAULTS=all with each.
	while read -r name count; do
		for ((k = 1; k <= count; k++)); do
			((++covered))
			read -ra errors <<<"$(errors_of "$name")"
			[[ ${FAULTS-} = all ]] || errors=(${errors:+"${errors[k % ${#errors[@]}]}"})
			for error in "${errors[@]}"; do
				with_fault "0:$name:$k:$error"
			done
			case $name in
			read | pread64 | write | pwrite64 | copy_file_range | poll | ppoll | getdents64)
				with_fault "0:$name:$k:EINTR" harmless
				;;
			esac
			with_fault "0:$name:$k:KILL"
		done
	done < <(calls) 2>/dev/null # where bash tells of each that was killed
	outside | cmp /tmp/outside || ((++bad))
	echo "# postctl sync out: $covered system calls, $points faults, $(survived), $deliveries messages through the chroot between them" >&3
	((${#missed[@]} == 0)) || echo "# not reached: ${missed[*]}" >&3
	((covered > 400 && points > 800 && deliveries > 10 && ${#missed[@]} == 0 && bad == 0))
}

survived() { ((bad)) && echo "$bad NOT survived" || echo "all survived"; }

@test "every read and write of a sync transfers half of what it should, and all of them at once do" {
	[[ $(uname -m) = x86_64 ]] || skip "system calls are counted by their numbers on x86-64"
	quickly every_transfer
}

every_transfer() {
	local which whole status begun
	put_back
	"$BATS_TEST_DIRNAME/helpers/short-transfers" 0 /tmp/transfers postctl sync out
	whole=$(cat /tmp/transfers)
	for which in $(seq "$whole") all; do
		put_back
		status=0 begun=$SECONDS
		timeout 20 "$BATS_TEST_DIRNAME/helpers/short-transfers" "$which" /tmp/transfers postctl sync out >/tmp/messages 2>&1 </dev/null ||
			status=$?
		judge "transfer $which" "$status" harmless
	done
	outside | cmp /tmp/outside || ((++bad))
	echo "# postctl sync out: $whole reads and writes, $points faults, $(survived); $(cat /tmp/transfers) when all of them are short" >&3
	((whole > 30 && $(cat /tmp/transfers) > 3 * whole && bad == 0))
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
