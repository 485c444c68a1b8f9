# The grammar behind `generate`, in POSIX awk. A NUL byte is \001 until it is written.

# Numbers that are the same everywhere: Park and Miller's generator, exact in awk's floating point.
function random(limit) {
	state = (state * 16807) % 2147483647
	return int(state / 2147483647 * limit)
}

function chance(percent) {
	return random(100) < percent
}

# One of the words of a list.
function pick(list,   words, n) {
	n = split(list, words, " ")
	return words[random(n) + 1]
}

# One of the parts of a list between | signs.
function pick_part(list,   parts, n) {
	n = split(list, parts, "|")
	return parts[random(n) + 1]
}

function repeated(string, times,   result) {
	result = ""
	while (times-- > 0)
		result = result string
	return result
}

# Values refer mostly to names further down, so that not every file is one big circle.
BEGIN {
	n_names = split("config_directory queue_directory data_directory smtpd_restriction_classes multi_instance_directories " \
		"master_service_disable compatibility_level local_recipient_maps virtual_alias_maps alias_maps mydestination " \
		"smtpd_banner relay_destination_concurrency_limit foo_destination_concurrency_limit foo_time_limit bar_time_limit " \
		"smtp_destination_rate_delay multi_instance_name multi_instance_group multi_instance_enable syslog_name " \
		"smtpd_tls_CApath relayhost myorigin a b c myhostname mydomain mail_name default_privs forward_path " \
		"mailbox_command smtpd_reject_footer virtual_maps fallback_relay authorized_verp_clients service_name " \
		"process_name greylist loose d_1 E 9x _u t_server_host t_bind t_uri t_tls_CApath t_nosuch u_dbname u_scope", names, " ")
}

function any_name(from) {
	if (chance(4))
		return pick("nosuch _ 0 mail_version stress default_destination_concurrency_limit mynetworks")
	if (chance(2) || from >= n_names)
		from = 0
	return names[from + 1 + random(n_names - from)]
}

function blanks() {
	return chance(80) ? "" : pick_part(" |  |\t| \t")
}

# What Postfix takes for an error, or nearly.
function odd_macro(from) {
	return pick_part("$|$$$|${|$(|${}|$()|${ }|$ {a}|${a|$(a|${a-b}|${a.b}|${a?{b}c}|${a?{b}:{c}d}|${{a}}|${{a}?{b}}|" \
		"${{a} == }|${{a} = {b}}|${{1} ==levels {1}}|${{1} == level {1}}|${{x} ==level {1}}|${a b}|${a?{b}|$(a}|${a)|" \
		"${{1.1024} <level {2}}|${{1.2.3.4} <level {2}}|${{99999999999999999999} > {1}}|$/|$-a|${{a} === {b}}|${{a} =~ {b}}|" \
		"${a? {b} : }|${a:{b}:{c}}|${{a} == {b} c}|${a{b}}|${a {b}}|${domain_to_ascii{x}}|${domain_to_nosuch{x}}|${?x}|${:x}|${ : x}")
}

function word() {
	if (chance(errors))
		return pick("{ } ( ) {x x}")
	return pick("x y /var/spool/postfix /etc/x 0 1 9 10 010 007 3.6 3.10 2 yes no maybe abc ABC smtp inet foo/unix !inet " \
		"/etc/postfix-out,/etc/postfix-in hash:/etc/aliases ldap:t proxy:ldap:t sqlite:u pgsql:u,ldap:t mysql:/nosuch " \
		"greylist loose [::1]:25 a,b a# \\ \" ' * = == {} ? : - $$ $$a $${a} caf\303\251 \302\240 \\$a %{a}")
}

function braced(depth, from) {
	return "{" blanks() value(depth - 1, from) blanks() "}"
}

function level(depth, from) {
	if (chance(errors))
		return pick_part("-1|3.|x||1.|.1|1.1024|1.2.3.4|99999999999999999999|" value(depth - 1, from))
	return pick_part("0|1|2|3.6|3.6.0|3.10|3.06|3.11|1.1023|1.1.1| 3.6|+1|${compatibility_level?{3.6}}|${nosuch:1}|$mail_version")
}

function relation(depth, from) {
	if (chance(40))
		return "{" level(depth, from) "}" blanks() pick("== != < <= >= >") "level" blanks() "{" level(depth, from) "}"
	return braced(depth, from) blanks() pick("== != < <= >= >") blanks() braced(depth, from)
}

function test(depth, from) {
	if (chance(35))
		return blanks() relation(depth, from) blanks()
	return blanks() any_name(from) blanks()
}

function macro(depth, from,   kind) {
	kind = random(100)
	if (kind < 30)
		return "$" any_name(from)
	if (kind < 45)
		return "${" blanks() any_name(from) blanks() "}"
	if (kind < 50)
		return "$(" blanks() any_name(from) blanks() ")"
	if (kind < 55)
		return "${" relation(depth, from) blanks() "}"
	if (kind < 65)
		return "${" test(depth, from) pick("? :") value(depth - 1, from) "}"
	if (kind < 72)
		return "$(" test(depth, from) pick("? :") value(depth - 1, from) ")"
	if (kind < 82)
		return "${" test(depth, from) pick("? :") blanks() braced(depth, from) blanks() "}"
	return "${" test(depth, from) "?" blanks() braced(depth, from) blanks() ":" \
		(chance(80) ? blanks() braced(depth, from) blanks() : value(depth - 1, from)) "}"
}

# A text that refers to no name before number from.
function value(depth, from,   result, parts) {
	result = ""
	for (parts = random(4); parts > 0; parts--) {
		if (chance(errors))
			result = result odd_macro(from)
		else if (depth > 0 && chance(55))
			result = result macro(depth, from)
		else
			result = result word()
		result = result pick_part(" || |, |  ")
	}
	return result
}

function equals() {
	return pick_part(" = | = | = |=|= | =|\t=\t|  =  |\v=\f|\r= ")
}

# Break a line in two behind a position, with what may stand between.
function folded(line, from,   at) {
	if (chance(2))
		from = 0
	at = from + random(length(line) - from)
	# A "-" by itself among the options makes postconf read memory that it should not.
	if (at < 1 || substr(line, at, 1) == "-")
		return line
	return substr(line, 1, at) "\n" pick_part("||||#comment\n|\n| \n|  # comment = x\n|\r\n|\t\n#\n\n") \
		pick_part(" |  |\t| \t |\v|\f") substr(line, at + 1)
}

# postconf forgets settings of these two while it goes through them, in an order of its own: results are chance.
function name_to_set(number) {
	return names[number] ~ /^(process|service)_name$/ ? "smtpd_banner" : names[number]
}

# A table, with others in it.
function table(depth, from) {
	if (depth > 0 && chance(35))
		return pick("pipemap unionmap randmap") ":{" table(depth - 1, from) (chance(70) ? pick_part(", | |,") table(depth - 1, from) : "") "}"
	return pick_part("inline:{a=b}|inline:{ a=b, { c = d e } }|inline:{{a = $" any_name(from) "}}|static:{" value(1, from) "}|regexp:{{/^x(.)$/ $(1)}}|" \
		"pcre:{{/a{2}/ ${1}}}|texthash:/etc/x|cidr:{{10.0.0.0/8 reject}}|proxy:unix:passwd.byname|$" any_name(from) "|memcache:/nosuch|lmdb:$config_directory/x")
}

# Parameters of many kinds: tables, restrictions, times, sizes, booleans, raw text, and what depends on other parameters' defaults.
function other_setting(   number) {
	number = 1 + random(n_names)
	return pick_part("smtpd_recipient_restrictions = permit_mynetworks, greylist, check_sender_access " table(2, number) ", reject|" \
		"smtpd_restriction_classes = greylist, loose ${a}\ngreylist = check_policy_service unix:$queue_directory/g\nloose = " value(2, number) "|" \
		"transport_maps = " table(3, number) "|canonical_maps=" table(2, number) "|smtpd_sender_login_maps = " table(2, number) "|" \
		"compatibility_level = " level(2, number) "|maximal_queue_lifetime = " pick("1d 5w ${a}d 007h 0 -1s 1.5h d") "|" \
		"message_size_limit = " pick("0 10240000 -1 99999999999 $mailbox_size_limit ${a?{1}:{2}}") "|biff = " pick("yes no Yes NO maybe ${b}") "|" \
		"smtpd_tls_security_level = ${{$compatibility_level} >=level {3.6} ? {may} : {" value(1, number) "}}|" \
		"smtp_header_checks = " table(1, number) "|relay_domains = $mydestination " value(1, number) "|proxy_read_maps = $transport_maps " value(1, number) "|" \
		"smtpd_discard_ehlo_keywords = " value(2, number) "|header_checks = ${" any_name(number) "?{" table(1, number) "}}|import_environment = TZ=" word() "|" \
		"bounce_notice_recipient = ${{$myhostname} != {$mydomain} ? {a} : {b}}|debugger_command = PATH=$PATH; (echo ${a} $$) \\& sleep 5|" \
		"smtp_tls_fingerprint_digest = " value(2, number) "|default_transport = foo:" word() "|foo_destination_recipient_limit = " value(1, number))
}

# Postfix reads a line in pieces of 4096 bytes; 2048 is its limit for others.
function long_setting(   length_wanted, line) {
	length_wanted = 2000 + random(7000)
	line = name_to_set(1 + random(n_names)) " = "
	while (length(line) < length_wanted)
		line = line (chance(3) ? "\n " : "") value(2, n_names - 10) word() repeated("x", random(200)) " "
	return line
}

function setting(   number, name, line) {
	number = random(n_names) + 1
	name = name_to_set(number)
	if (chance(3))
		name = pick("my-dash caf\303\251 {x} [y] A.b $a #nc Queue_directory a\001b x:y a,b")
	line = name equals() value(4, number)
	while (chance(12))
		line = folded(line, index(line, "="))
	if (chance(5))
		line = line pick_part("\t|  |\r|\v|\f|\001|\001 x|")
	return line
}

function chain(   n, i, result) {
	n = 44 + random(12)
	if (chance(50))
		n = 94 + random(12)
	result = ""
	for (i = 1; i < n; i++)
		result = result "x" i " = " pick_part("$x" (i + 1) "|${x" (i + 1) "}") "\n"
	return result "x" n " = " pick_part("end||$nosuch|${{1} == {1}}|$$|$forward_path") "\na = $x1\n"
}

function blow_up(   n, i, result) {
	n = 6 + random(5)
	result = ""
	for (i = 1; i < n; i++)
		result = result "x" i " = $x" (i + 1) " $x" (i + 1) "\n"
	return result "x" n " = x\na = ${x1?{" word() "}}$x1\n"
}

function mutated(text,   at, times) {
	for (times = 1 + random(3); times > 0; times--) {
		at = 1 + random(length(text))
		if (chance(40))
			text = substr(text, 1, at - 1) substr(text, at + 1 + random(5))
		else if (chance(40))
			text = substr(text, 1, at) pick_part("$|{|}|(|)|?|:|=|<|>|!| |\t|\n|\r|\\|#|,|\v|\f|\001|\377|\n ") substr(text, at + 1)
		else
			text = substr(text, 1, at) substr(text, at - random(at < 30 ? at : 30)) substr(text, at + 1)
	}
	return text
}

# What the default of mynetworks depends on.
function networks(   text) {
	text = "relayhost = ${mynetworks?{$mynetworks}:{none}}\n"
	if (chance(40))
		text = text "mynetworks_style = " pick_part("class|subnet|host|host, host|$compatibility_level|${mail_name?host}|host|" \
			(chance(errors) ? "host class|net" : "host")) "\n"
	if (chance(40))
		text = text "inet_interfaces = " pick_part("all|loopback-only|127.0.0.1|[127.0.0.1] [::1]|::1, 127.0.0.1,|$a|127.0.0.1 127.0.0.1|" \
			(chance(errors) ? "192.0.2.77" : "all")) "\n"
	if (chance(40))
		text = text "inet_protocols = " pick_part("all|ipv4|ipv6|ipv4, ipv6|all|$nosuch|" (chance(errors) ? "ipv5" : "all")) "\n"
	if (chance(50))
		text = text "compatibility_level = " pick("0 1 2 3.6") "\n"
	return text
}

function main_cf(   text, lines) {
	text = ""
	if (chance(5))
		text = pick_part(" indented = 1\n|\t#x\n z\n|\n\n|\357\273\277|#c\n a = b\n c\n|\v=x\n")
	if (chance(85))
		text = text "mynetworks = 127.0.0.0/8" pick_part(" [::1]/128|,10.0.0.0/8|") "\n"
	else
		text = text networks()
	for (lines = random(9); lines > 0; lines--) {
		if (chance(8))
			text = text pick_part("#comment = x|  # comment|||  \t|\r|#\\") "\n"
		text = text (chance(85) ? setting() : other_setting()) "\n"
	}
	if (chance(2))
		text = text long_setting() "\n"
	if (chance(4))
		text = text chain()
	if (chance(2))
		text = text blow_up()
	if (chance(2))
		text = text pick_part("= x\n|no equals\n|{ a = b }\n|a\n|\001\n|{a=b}\n|a b = c\n")
	if (chance(5))
		gsub(/\n/, "\r\n", text)
	if (chance(2))
		gsub(/\n/, "\r", text)
	if (chance(8))
		text = mutated(text)
	if (chance(10))
		sub(/\n$/, "", text)
	return text
}

function option_value() {
	if (chance(75))
		return name_to_set(1 + random(n_names)) "=" pick("x $a ${b?{c}} $c,$a no $process_name $service_name $nosuch ldap:t") pick_part("|||,$loose|" (chance(errors) ? "$" : ""))
	return pick("a=b =x nothing a= a==b a=$$ 9x={y} _u=x}y greylist=$loose")
}

function spaced_value() {
	return name_to_set(1 + random(n_names)) pick_part("=| = |\t=| =") value(2, 20)
}

function option() {
	return pick_part("-o " option_value() "|-o " option_value() "|-o " option_value() "|-o {" spaced_value() "}|-o { " spaced_value() " }|" \
		"-vo " option_value() "|-v|-D|-vD|-o{" pick_part("a = b c|syslog_name =| 9x=$$|=x|x") "}|-o" pick("a=b syslog_name=x foo=o b= o=o ooo=x") "|-i 60|-ovo x|-m 5|-vvo {a = b}|-V")
}

function argument() {
	return pick_part("flags=DRhu|user=vmail:vmail|argv=/usr/bin/x|-f|${sender}|{x y}|{ x  y }|{}|{x}|--|-o|a=b|${recipient}|{${a} b}|{-o}|\\|\"x y\"|#x|-x|{a{b c}d}|" \
		(chance(errors) ? "{x" : "z") "|" (chance(errors) ? "{x}y" : "w") "|}")
}

function service(   line, n, separator) {
	separator = pick_part(" |  |\t|       ")
	line = pick("smtp smtp 25 foo bar relay error pickup [::1]:smtp 127.0.0.1:25 127.0.0.1:smtp localhost:2525 X-y $a {x} _z smtps submission :26") separator \
		pick("inet unix unix fifo pass unix-dgram" (chance(errors) ? " Unix" : "")) separator \
		pick("y n - n -" (chance(errors) ? " Y" : "")) separator \
		pick("y n - -" (chance(errors) ? " yes" : "")) separator pick("y n - -" (chance(errors) ? " N" : "")) separator \
		pick("- 60 60? 0 ? -?" (chance(errors) ? " 10s" : "")) separator pick("- 1 0 100" (chance(errors) ? " 1?" : "")) separator \
		pick("smtp smtpd pipe spawn local lmtp error virtual qmgr cleanup ./x {x} -")
	for (n = random(4); n > 0; n--)
		line = line " " option()
	for (n = random(6) - 2; n > 0; n--)
		line = line " " argument()
	while (chance(15))
		line = folded(line, int(length(line) / 2))
	return line
}

function master_cf(   text, lines) {
	text = chance(4) ? pick_part(" x\n|#c\n|\n") : ""
	for (lines = random(6); lines > 0; lines--) {
		if (chance(8))
			text = text pick_part("#comment|  # comment||  \t|\r") "\n"
		text = text service() "\n"
	}
	if (chance(1))
		text = text pick_part("x\n|smtp inet n\n|= x\n|a b c d e f g\n")
	if (chance(3))
		gsub(/\n/, "\r\n", text)
	if (chance(4))
		text = mutated(text)
	return text
}

function write_file(file, text,   parts, n, i) {
	n = split(text, parts, "\001")
	printf "" > file
	for (i = 1; i <= n; i++) {
		printf "%s", parts[i] > file
		if (i < n)
			printf "%c", 0 > file
	}
	close(file)
}

BEGIN {
	for (number = first; number < first + count; number++) {
		state = (seed * 7919 + number * 104729) % 2147483646 + 1
		for (i = 0; i < 5; i++)
			random(2)
		# Most files are meant to be read to the end.
		errors = chance(15) ? 4 : 0
		write_file(directory "/" number "/main.cf", main_cf())
		if (!chance(5))
			write_file(directory "/" number "/master.cf", chance(50) ? "" : master_cf())
	}
}
