# shellcheck shell=bash disable=SC2034 # top is for those who read this file in
# Shared by the programs of this directory: where things are, what a root is called, and children that die with us.

root_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
top=$(cd -- "$root_dir/../.." && pwd -P)
cache=${POSTCTL_TEST_CACHE:-/var/cache/postctl-tests}

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
	say "$@"
	exit 1
}

[[ $cache = /* && $cache != *[!A-Za-z0-9/._+-]* ]] ||
	die "POSTCTL_TEST_CACHE=$cache: apt cannot make a root below such a path, please use plain characters"

# need COMMAND[=PACKAGE]...: installs the packages of those commands (or, with a leading slash, files) that are missing.
need() {
	local word missing=()
	for word; do
		case $word in
		/*) [[ -e ${word%%=*} ]] || missing+=("${word#*=}") ;;
		*) command -v "${word%%=*}" >/dev/null || missing+=("${word#*=}") ;;
		esac
	done
	((${#missing[@]})) || return 0
	command -v apt-get >/dev/null || die "please install: ${missing[*]}"
	say "installing ${missing[*]}"
	local install=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}")
	# One at a time. A fresh machine may have no package lists, or old ones.
	(flock 9 && { "${install[@]}" || { apt-get -qq update && "${install[@]}"; }; }) 9<"$root_dir" >&2
}

# recipe NAME: sets suite, packages, options and customize for the root of that name, and root, where it is or will be: a
# changed recipe is another path.
recipe() {
	local hash
	# shellcheck source=recipe
	. "$root_dir/recipe" "$1" || die "no recipe for a root called '$1'"
	hash=$({ uname -m && printf '%s\n' "$suite" "${packages[@]}" "${options[@]}" && cat "${customize:-/dev/null}"; } | sha256sum)
	root=$cache/$1-${hash:0:12}
}

# attached COMMAND...: runs COMMAND as if in the foreground, but waits for it as bash waits for a background job: only then
# do our traps run at once. COMMAND gets our standard input and terminal signals, and dies with us even if we get SIGKILL.
attached_pid=
attached() {
	env --default-signal=INT,QUIT setpriv --pdeathsig KILL -- "$@" <&0 &
	attached_pid=$!
	wait "$attached_pid"
}

# End what `attached` runs, and do not return before it has ended: its child is process 1 of a namespace (unshare's
# --kill-child), and that one is dead only when every process in there is. A zombie is dead; who reaps it may take his time.
detach() {
	[[ -n $attached_pid ]] || return 0
	local child tries=250
	child=$(pgrep -P "$attached_pid") || :
	kill -KILL "$attached_pid" 2>/dev/null || :
	wait "$attached_pid" 2>/dev/null || :
	while [[ -n $child ]] && grep -qs '^State:[[:space:]]*[^XZ[:space:]]' "/proc/$child/status" && ((tries--)); do sleep 0.02; done
	attached_pid=
}

on_signals() {
	trap 'detach; exit 129' HUP
	trap 'detach; exit 130' INT
	trap 'detach; exit 143' TERM
}
