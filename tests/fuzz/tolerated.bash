# shellcheck shell=bash
# Where postctl may differ from postconf, and why.  Each such difference has a name, the reason for it, and a function of that name
# which makes sure that it is this and nothing else: mostly by taking the reason away, whereupon both have to answer the same.
# `compare` tries them in this order, and counts them.
#
# A function gets the question, the directory, and what the names of the files with the answers begin with: $3.real, $3.ours.
# The exit statuses are in real_status and ours_status.

# shellcheck disable=SC2034 # compare reads them
tolerances=(main_in_the_way options_in_the_way networks_first computed_first read_beyond_the_end)
# shellcheck disable=SC2034
declare -A reasons=(
	[main_in_the_way]="something in main.cf, or in an option of a service, cannot be expanded: postconf then does not list master.cf, where nothing is expanded"
	[options_in_the_way]="an option of a service cannot be expanded: postconf then says nothing of main.cf either"
	[networks_first]="mynetworks is not set, and compatibility_level, which its default depends on, is no level: postconf then does not list what is set; postctl does"
	[computed_first]="postconf computes myhostname, mydomain, restriction classes and mynetworks first, and says nothing at all if it cannot; postctl answers what does not depend on them"
	[read_beyond_the_end]="a service's option is nothing but \"-\": postconf reads behind the end of it, and what it finds is chance"
)

# Did we answer, and Postfix not?
refused_by_postfix_alone() {
	((real_status != 0 && ours_status == 0))
}

# alone DIRECTORY [FILE]: makes DIRECTORY/alone, with a main.cf that says little, or with that file.
alone() {
	rm -rf "$1/alone"
	mkdir "$1/alone"
	echo 'mynetworks = 127.0.0.0/8' >"$1/alone/main.cf"
	[[ ! ${2-} ]] || cp "$1/$2" "$1/alone/$2"
}

# plain_master DIRECTORY: adds the master.cf to DIRECTORY/alone, with nothing to expand in it.
plain_master() {
	[[ ! -e $1/master.cf ]] || tr '$' % <"$1/master.cf" >"$1/alone/master.cf"
}

# answers QUESTION DIRECTORY ANSWERS: what Postfix says of DIRECTORY/alone, in ANSWERS.alone.
answers() {
	touch -d 2020-01-01 "$2/alone"/*
	real "$2/alone" "$1" >"$3.alone" 2>"$3.alone.err"
}

# agree QUESTION DIRECTORY ANSWERS: do both say the same of DIRECTORY/alone?
agree() {
	answers "$@" && ours "$2/alone" "$1" 2>/dev/null | cmp -s - "$3.alone"
}

# With a plain main.cf and nothing to expand in master.cf Postfix answers, and so as we do.
main_in_the_way() {
	[[ $1 = services ]] && refused_by_postfix_alone || return
	alone "$2"
	plain_master "$2"
	answers "$@" && tr '$' % <"$3.ours" | cmp -s - "$3.alone"
}

# With nothing to expand in master.cf Postfix answers, and so as we do: we had the same to say, and perhaps more, as options name
# parameters too. Where they name one that both refuse, it is without master.cf that both answer.
options_in_the_way() {
	[[ $1 != services ]] && refused_by_postfix_alone || return
	alone "$2" main.cf
	plain_master "$2"
	answers "$@" || ours "$2/alone" "$1" &>/dev/null || rm -f "$2/alone/master.cf"
	agree "$@" && ! sed "s|$2/alone|$2|g" "$3.alone" | grep -vxFq -f "$3.ours"
}

# With mynetworks Postfix answers, and so as we do without.
networks_first() {
	[[ $1 = settings ]] && refused_by_postfix_alone && grep -q 'malformed compatibility level syntax' "$3.real.err" || return
	alone "$2" main.cf
	[[ ! -e $2/master.cf ]] || cp "$2/master.cf" "$2/alone/master.cf"
	printf '\nmynetworks = 127.0.0.0/8\n' >>"$2/alone/main.cf"
	answers "$@" && sed "s|$2/alone|$2|g; /^mynetworks = /d" "$3.alone" | cmp -s - "$3.ours"
}

# With these set to something plain both answer the same, also where an option was in the way as well.
computed_first() {
	[[ $1 != services ]] && refused_by_postfix_alone || return
	alone "$2" main.cf
	plain_master "$2"
	printf '\n%s' 'myhostname = host.example' 'mydomain = example' 'smtpd_restriction_classes =' 'mynetworks = 127.0.0.0/8' \
		'mynetworks_style = host' 'inet_protocols = ipv4' 'inet_interfaces = loopback-only' '' >>"$2/alone/main.cf"
	agree "$@"
}

# All other lines are the same.
read_beyond_the_end() {
	[[ $1 = services ]] && grep -Eqs '^([^ ]+ +){8}(.* )?-( |$)' "$3.ours" || return
	alone "$2"
	plain_master "$2"
	answers "$@" && ! tr '$' % <"$3.ours" | grep -Ev '^([^ ]+ +){8}(.* )?-( |$)' | grep -vxFq -f "$3.alone"
}
