# shellcheck shell=bash
# Completion of postctl(8) for bash. It asks postctl itself for verbs, options and instances, and so knows what that knows.

_postctl_verbs() { postctl help 2>/dev/null | sed -n 's/^  \([a-z][-a-z]*\)  .*/\1/p'; }

# Of a verb: each option in both forms.
_postctl_options() { postctl help "$1" 2>/dev/null | grep -oE '^ {2,6}(-[a-z], )?--[a-z-]+' | tr -d ' ' | tr ',' '\n'; }

# Names, with and without the "postfix-" that they all begin with; and - for the primary.
_postctl_instances() { postctl list 2>/dev/null | awk 'NR > 1 && /^[^ ]/ { print $1; if (sub(/^postfix-/, "", $1)) print $1 }'; }

_postctl_groups() { postctl list 2>/dev/null | awk 'NR > 1 && /^[^ ]/ && $2 != "-" { print $2 }' | sort -u; }

_postctl() {
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb='' i
	local candidates=''
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} != -* ]]; then
			verb=${COMP_WORDS[i]}
			break
		fi
	done
	case $previous in
	-g | --group) candidates=$(_postctl_groups) ;;
	-p | --property) candidates=$(postctl show -- - 2>/dev/null | sed 's/ = .*//') ;;
	-j | --jobs | --timeout) ;;
	--defaults) mapfile -t COMPREPLY < <(compgen -f -- "$word") && return ;;
	*)
		case $verb,$word in
		,-*) candidates='--help --version' ;;
		,*) candidates=$(_postctl_verbs) ;;
		*,-?*) candidates=$(_postctl_options "$verb") ;;
		help,*) candidates=$(_postctl_verbs) ;;
		*) candidates=$(_postctl_instances) ;;
		esac
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$word")
}
complete -F _postctl postctl
