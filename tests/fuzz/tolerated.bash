# shellcheck shell=bash
# Where postctl may differ from postconf, and why.  Each such difference has a name, the reason for it, and a function of that name
# which makes sure that it is this and nothing else. `compare` tries them in this order, and counts them.
#
# A function gets the question, the directory, and what the names of the files with the answers begin with: $3.real, $3.ours.
# The exit statuses are in real_status and ours_status.

# shellcheck disable=SC2034 # compare reads them
tolerances=(crash computed_first networks_first read_beyond_the_end options_in_the_way main_in_the_way)
# shellcheck disable=SC2034
declare -A reasons=(
	[crash]="a value refers to itself in a comparison, as in a = \${{\$a} == {x} ? {y}}: postconf counts no depth there, recurses for ever and dies of SIGSEGV"
	[computed_first]="postconf computes myhostname, mydomain, restriction classes and mynetworks first, and says nothing at all if it cannot; postctl answers what does not depend on them"
	[networks_first]="mynetworks is not set, and compatibility_level, which its default depends on, is no level: postconf then does not list what is set; postctl does"
	[read_beyond_the_end]="a service's option is nothing but \"-\": postconf reads behind the end of it, and what it finds is chance"
	[options_in_the_way]="an option of a service cannot be expanded: postconf then says nothing of main.cf either"
	[main_in_the_way]="something in main.cf, or in an option of a service, cannot be expanded: postconf then does not list master.cf, where nothing is expanded"
)

# Did we answer, and Postfix not?
refused_by_postfix_alone() {
	((real_status != 0 && ours_status == 0))
}

crash() {
	((real_status == 128 + 11 && ours_status == 0)) && cat "$2"/main.cf "$2"/master.cf 2>/dev/null | grep -q '\${ *{'
}

computed_first() {
	refused_by_postfix_alone && names_computed "$3.real.err"
}

names_computed() {
	grep -Eq 'dictionary mail_dict: macro processing error|mynetworks mask style|mynetworks_style|inet_protocols|inet_interfaces' "$1"
}

# With mynetworks Postfix answers, and so as we do without.
networks_first() {
	[[ $1 = settings ]] && refused_by_postfix_alone && grep -q 'malformed compatibility level syntax' "$3.real.err" || return
	alone "$2" main.cf
	[[ ! -e $2/master.cf ]] || cp "$2/master.cf" "$2/alone/master.cf"
	printf '\nmynetworks = 127.0.0.0/8\n' >>"$2/alone/main.cf"
	touch -d 2020-01-01 "$2/alone"/*
	real "$2/alone" settings >"$3.alone" 2>"$3.alone.err" || return
	sed "s|$2/alone|$2|g; /^mynetworks = /d" "$3.alone" | cmp -s - "$3.ours"
}

read_beyond_the_end() {
	[[ $1 = services ]] && grep -Eqs '^([^ ]+ +){8}(.* )?-( |$)' "$3.ours"
}

# Without master.cf Postfix answers, or says what else is in the way. Not always as we do: names of parameters come from services too.
options_in_the_way() {
	[[ $1 != services ]] && refused_by_postfix_alone || return
	alone "$2" main.cf
	real "$2/alone" "$1" >"$3.alone" 2>"$3.alone.err" || names_computed "$3.alone.err"
}

# With a plain main.cf Postfix answers, and so as we do; or it is an option that is in the way.
main_in_the_way() {
	[[ $1 = services ]] && refused_by_postfix_alone || return
	alone "$2" master.cf
	if real "$2/alone" services >"$3.alone" 2>"$3.alone.err"; then
		cmp -s "$3.alone" "$3.ours"
	else
		grep -Eq 'macro processing error|mac_exp_eval: bad conversion' "$3.alone.err"
	fi
}

# alone DIRECTORY FILE: makes DIRECTORY/alone, with that file and a plain main.cf.
alone() {
	rm -rf "$1/alone"
	mkdir "$1/alone"
	echo 'mynetworks = 127.0.0.0/8' >"$1/alone/main.cf"
	cp "$1/$2" "$1/alone/$2"
	touch -d 2020-01-01 "$1/alone"/*
}
