# shellcheck shell=bash disable=SC2034,SC2154 # variables of the verbs' own
# A verb of which one system call after the other fails, is interrupted, or is its last.
#
# The primary runs and must not notice; `out` is what the verb is for; `off` is disabled and stays down. The exhaustive rounds
# are on a Postfix that costs nothing (tests/tools/cheap_postfix.c), a sample of them is on the real one.
#
# FAULTS=all: each call fails with each error that it may have, and on the real Postfix all of them do (with a FILE_LIMIT of hours).
# FAULTS=each: the same faults on each release. FAULTS_LOG=yes: tell of each fault.

# faults_here [VERSION]: on the release with that Postfix, or bookworm; postctl is the same program on all. With FAULTS on each.
faults_here() { [[ $(uname -m) = x86_64 && ($(postconf -dh mail_version) = "${1-3.7}".* || ${FAULTS-}) ]]; }

# begin_faults cheap|real: faults_begun says so to the tests, which do not decide again.
begin_faults() {
	local program
	export faults_begun=yes
	[[ $1 = cheap ]] || start_syslog
	fresh_postfix
	new_instance out chroot=n
	new_instance off chroot=n enable=no
	set_master - 25 n
	# Postfix makes its directories, once.
	expect 0 postctl start
	stop_everything
	if [[ $1 = cheap ]]; then
		mkdir -p /tmp/cheap-postfix
		postconf -c /nonexistent -d >/tmp/cheap-postfix/defaults 2>/dev/null
		for program in postfix postmulti postconf; do
			mount --bind /tools/cheap_postfix "$(readlink -f "/usr/sbin/$program")"
		done
		mount --bind /tools/cheap_postfix /usr/lib/postfix/sbin/master
		postctl list >/dev/null
	fi
	expect 0 postctl start
}

end_faults() {
	stop_everything
	while read -r _ place _; do
		[[ $place != /usr/sbin/post* && $place != */master ]] || umount "$place"
	done </proc/mounts
}

# Nothing below forks where it can be helped: it is done ten thousand times.

# runs INSTANCE: sets pid to that of its master.
runs() {
	local queue=/var/spool/postfix${1/#-/}
	[[ $1 = - ]] || queue=/var/spool/postfix-$1
	pid=
	read -r pid 2>/dev/null <"$queue/pid/master.pid" || return
	[[ /proc/$pid/cwd -ef $queue && /proc/$pid/exe -ef /usr/lib/postfix/sbin/master ]]
}

# moment: two thousandths of a second.
moment() { read -r -t 0.002 <>"$moments" || :; }

# left_over: sets left to what runs beside what ran when the round began and the master of out.
left_over() {
	local process tries
	for ((tries = 0; tries < 5000; tries++)); do
		left=()
		runs out || pid=none
		for process in /proc/[0-9]*; do
			[[ $processes = *" $process "* || $process = "/proc/$pid" ]] || left+=("$process")
		done
		((${#left[@]})) || return 0
		if [[ $real ]] && only_postfix; then
			left=()
			return
		fi
		moment
	done
}

# only_postfix: what is left are daemons, or what real Postfix does after its start.
only_postfix() {
	local process name
	for process in "${left[@]}"; do
		name=
		read -r name 2>/dev/null <"$process/comm" || continue
		[[ $name != post* && $name != sh ]] || return
	done
}

# errors_of CALL: what it may fail with, the likeliest first. None for those that cannot, whatever happens.
errors_of() {
	case $1 in
	write | pwrite64) echo ENOSPC EIO ;;
	open | openat | openat2 | socket | pipe2 | signalfd4 | pidfd_open) echo EMFILE ENOMEM EACCES EIO ;;
	clone* | fork | vfork) echo EAGAIN ENOMEM ;;
	execve) echo ENOMEM EACCES ETXTBSY EIO ;;
	dup2 | dup3) echo EBUSY EMFILE ;;
	mmap | brk | mremap | poll | munmap | mprotect) echo ENOMEM ;;
	rename* | mkdir* | link* | symlink* | unlink* | ftruncate) echo ENOSPC EIO EACCES ;;
	access | faccessat*) echo EIO EACCES ENOMEM ;;
	stat | lstat | newfstatat | readlink* | chdir) echo EIO ENOMEM EACCES ;;
	flock) echo ENOLCK EINTR ;;
	fcntl) echo EINVAL ENOMEM EACCES ;;
	close | nanosleep | clock_nanosleep | wait4 | waitid) echo EINTR ;;
	kill | setsid) echo EPERM ;;
	getrandom) echo EAGAIN ;;
	close_range) echo ENOMEM ENOSYS ;;
	exit | exit_group | rt_sigreturn | rt_sigaction | rt_sigprocmask | umask | getpid | getppid | gettid | get*uid | get*gid | uname) ;;
	*) echo EIO ENOMEM ;;
	esac
}

# points COMMAND...: "PROCESS CALL LEAST MOST" for each call of any of its processes, how often three runs made it, into
# /tmp/points. They have as many ancestors as the runs with a fault, for postctl asks who they are.
points() {
	: >/tmp/counts
	for _ in 1 2 3; do
		prepare
		timeout -s KILL 60 /tools/fault count /tmp/counted "$@" >/tmp/messages 2>&1 </dev/null || :
		cat /tmp/counted >>/tmp/counts
		postctl start >/dev/null 2>&1 || :
	done
	awk '
		{ call = $1 " " $2; runs[call]++ }
		runs[call] == 1 || $3 < least[call] { least[call] = $3 }
		$3 > most[call] { most[call] = $3 }
		END { for (call in runs) print call, runs[call] == 3 ? least[call] : 0, most[call] }' /tmp/counts |
		sort -k1,1n -k2,2 >/tmp/points
}

# with_fault FAULT COMMAND...: sets status, reached, took and messages.
with_fault() {
	local fault=$1
	shift
	prepare
	took=$SECONDS status=0
	timeout -s KILL 60 /tools/fault "$fault" /tmp/reached "$@" >/tmp/messages 2>&1 </dev/null || status=$?
	((took = SECONDS - took)) || :
	read -r reached </tmp/reached || reached=0
	messages=$(</tmp/messages)
}

# no_file_left: sets file to one that is there for a moment only.
no_file_left() {
	for file in /run/postctl/.[a-z]* /run/postctl/*.* /run/postctl/{started,last}/{.[a-z]*,*.*} /var/spool/postfix-out/{quick-start,.postctl*}; do
		[[ ! -e $file ]] || return
	done
}

# judge FAULT COMMAND...: what must hold after each fault. `done_right` is the verb's own: whether 0 is true.
judge() {
	local fault=$1 wrong='' before=$pid file
	shift
	left_over
	((${#left[@]} == 0)) || wrong="it left $(ps -o pid,args -p "${left[*]#/proc/}" | tail -n +2)"
	runs - && [[ $pid = "$bystander" ]] || wrong="the primary was lost"
	! runs off || wrong="the disabled instance was started"
	((took < 20)) || wrong="it took $took s"
	# Who is dead cannot clear up, nor who cannot tell whether that is his own.
	[[ $fault = 0:*:KILL && $reached = 1 ]] || no_file_left || [[ $file = */.new && $fault = 0:@(flock|fstat|newfstatat):* ]] ||
		wrong="$file is left until the next start"
	case $status in
	0) done_right "$@" || wrong="it says that it is done, and it is not" ;;
	137) [[ $fault = 0:*:KILL && $reached = 1 ]] || wrong="it was killed" ;;
	*)
		# shellcheck disable=SC2254 # a pattern
		case $status in
		$failures) ;;
		*) wrong="its status is $status" ;;
		esac
		[[ $messages || $fault = 0:write:* || $fault = 0:openat:1:* ]] || wrong="it failed without a word"
		;;
	esac
	[[ ! $looks_only || $wrong ]] || { runs out && [[ $pid = "$before" ]]; } || wrong="the instance was lost"
	still_right "$@" || wrong="what it says is not so"
	if [[ ! $looks_only || $wrong ]]; then
		timeout 60 postctl start >/tmp/next 2>&1 || wrong="the next start fails: $(</tmp/next)"
		[[ $(</tmp/next) != *waiting* ]] || wrong="a lock was left"
		runs out || wrong="the next start does not start it"
		runs - && [[ $pid = "$bystander" ]] || wrong="the primary was lost"
		left_over
	fi
	afterwards || wrong="mail does not pass"
	no_file_left || wrong="$file is left"
	[[ ! ${FAULTS_LOG-} ]] || echo "# $SECONDS $fault $status $took $wrong | ${messages//$'\n'/ / }" >&3
	[[ $wrong ]] || return 0
	((++bad)) || :
	printf '%s (status %s): %s\n  %s\n' "$fault" "$status" "$wrong" "${messages:0:300}"
}

# inject FAULT COMMAND...: until it was reached, for what each run does; what only some do gets less chances. Fails when it never was.
inject() {
	local tries
	for ((tries = k <= least ? 20 : 3; tries > 0; tries--)); do
		with_fault "$@"
		((++tried))
		judge "$@"
		((reached == 0)) || return 0
	done
	return 1
}

# point NUMBER CALL K COMMAND...: each fault that it may have.
point() {
	local place=$1:$2:$3 k=$3 fault faults=() reached_here=0
	read -ra faults <<<"$(errors_of "$2")"
	[[ ${FAULTS-} = all ]] || faults=(${faults:+"${faults[k % ${#faults[@]}]}"})
	[[ $without_kill ]] || faults+=(KILL)
	shift 3
	((${#faults[@]})) || return 0
	for fault in "${faults[@]}"; do
		if inject "$place:$fault" "$@"; then
			((++hit, ++reached_here))
		elif ((k <= least)); then
			missed+=("$place:$fault")
		fi
	done
	# One that only some runs make, and none of these, is not there.
	((reached_here == 0 && k > least)) || ((++points))
	((reached_here == 0)) || ((++covered))
}

# each_call_fails COMMAND...: with each of its system calls in turn; with sample=N only about N of them, others each day.
each_call_fails() { quickly each_call "$@"; }

each_call() {
	local number call least most k calls=0 points=0 covered=0 tried=0 hit=0 bad=0 missed=() every=1 first=0 survived
	local real=${real-} processes bystander pid moments=/tmp/moments left
	[[ -p $moments ]] || mkfifo $moments
	postctl start >/dev/null 2>&1
	runs - && bystander=$pid
	processes=" $(echo /proc/[0-9]*) "
	runs out && processes=${processes/ \/proc\/$pid / }
	points "$@"
	if [[ ${sample-} && ${FAULTS-} != all ]]; then
		every=$(awk -v sample="$sample" '{ n += $4 } END { print int(n / sample) + 1 }' /tmp/points)
		first=$((10#${FAULTS_DAY:-$(date +%j)} % every))
	fi
	while read -r number call least most; do
		# shellcheck disable=SC2254 # a pattern
		case $number in
		${which-*}) ;;
		*) continue ;;
		esac
		for ((k = 1; k <= most; k++)); do
			((calls++ % every != first)) || point "$number" "$call" "$k" "$@"
		done
	done </tmp/points 2>/dev/null # where bash tells of each that was killed
	survived="all survived"
	((bad == 0)) || survived="$bad of $tried runs NOT survived"
	((every == 1)) || survived+=", a sample of one in $every with FAULTS_DAY=$first"
	echo "# $*: $covered/$points system calls, $hit faults, $survived" >&3
	((${#missed[@]} == 0)) || echo "# not reached: ${missed[*]}" >&3
	# Real masters have more children at one time than at another.
	((hit > 0 && bad == 0)) && { [[ $real ]] || ((covered == points && ${#missed[@]} == 0)); }
}

# quickly COMMAND...: without what bats does before each command, which takes more time than the commands.
quickly() (
	set +ET
	trap - DEBUG ERR
	"$@"
)

kill_out() {
	local tries
	[[ ! $real ]] || { end_instance out && return; }
	runs out || return 0
	kill -KILL "$pid"
	for ((tries = 0; tries < 2500; tries++)); do
		[[ -e /proc/$pid ]] || return 0
		moment
	done
	return 1
}

# What a verb may be overridden with.
prepare() { runs out; }
done_right() { :; }
still_right() { :; }
afterwards() { :; }
failures=1
looks_only=
without_kill= # for a verb that has been killed in another state
