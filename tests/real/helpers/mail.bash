# shellcheck shell=bash
# Mail through a given port, to the mailboxes of alice, bob and carol.

# smtp_send PORT USER TOKEN: hands a message with that token to the smtpd on PORT, each reply checked. In a subshell, where
# a server that hangs up is an error instead of SIGPIPE for the test.
smtp_send() (
	trap '' PIPE
	exec {smtp}<>"/dev/tcp/127.0.0.1/$1" || exit
	smtp_dialogue "$smtp" <<-END
		220
		250 EHLO client.example.net
		250 MAIL FROM:<sender@example.net>
		250 RCPT TO:<$2@localhost>
		354 DATA
		250 Subject: test $3|From: sender@example.net|To: $2@localhost||token $3|.
		221 QUIT
	END
)

# Succeeds if the smtpd on PORT answers; it says who it is.
smtp_greets() (
	exec {smtp}<>"/dev/tcp/127.0.0.1/$1" && smtp_dialogue "$smtp" <<<220
)

# smtp_dialogue FD: from standard input, lines of the reply that is wanted and what is said before (| ends a line). Waits
# SMTP_WAIT (20) seconds for a reply.
smtp_dialogue() {
	local wanted words reply
	while read -r wanted words; do
		[[ ! $words ]] || printf '%s\r\n' "${words//|/$'\r\n'}" >&"$1" || return
		while read -r -t "${SMTP_WAIT:-20}" -u "$1" reply && [[ $reply = "$wanted"-* ]]; do :; done
		[[ $reply = "$wanted "* ]] || {
			fail "after '${words:-connecting}', wanted $wanted, got: ${reply:-nothing}"
			return
		}
	done
}

mail_arrived() {
	grep -qsF "token $2" "/var/mail/$1"
}

# deliver INSTANCE USER: a message through the instance reaches the mailbox, and has been there.
deliver() {
	local token="$RANDOM$RANDOM$RANDOM" name
	smtp_send "$(port "$1")" "$2" "$token" || return
	wait_for 20 mail_arrived "$2" "$token" || return
	name=$(get_main "$1" myhostname)
	grep -q "by $name (Postfix)" "/var/mail/$2" || fail "the message did not pass through $name"
}
