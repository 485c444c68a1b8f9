# shellcheck shell=bash
# For the tests of the command line, which need neither root nor Postfix and change nothing.
bats_require_minimum_version 1.8.0

load ../real/helpers/json

# shellcheck disable=SC2034 # for the tests
postctl=${POSTCTL:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/obj/postctl}

# A configuration directory, and defaults as `postconf -d` would print them, cut to what the tests read.
make_configuration() {
	directory=$BATS_TEST_TMPDIR/a
	defaults=$BATS_TEST_TMPDIR/defaults
	mkdir "$directory"
	cat >"$directory/main.cf" <<-'END'
		queue_directory = /queue
		multi_instance_name = postfix-a
		data_directory = ${queue_directory}/data
		empty_address_recipient =
	END
	cat >"$directory/master.cf" <<-'END'
		smtp inet n - y - - smtpd
		  -o smtpd_banner=a,b
		qmgr unix n - n 300 1 qmgr
	END
	cat >"$defaults" <<-'END'
		compatibility_level = 0
		config_directory = /etc/postfix
		data_directory = /var/lib/postfix
		empty_address_recipient = MAILER-DAEMON
		mail_version = 3.7.11
		multi_instance_name =
		queue_directory = /var/spool/postfix
	END
}

# assert_message PATTERN: one line on standard error, from postctl; nothing on standard output.
assert_message() {
	# shellcheck disable=SC2154 # set by bats
	[[ ! $output && $stderr = postctl:\ * && $stderr != *$'\n'* ]] || { printf 'output: %s\nstderr: %s\n' "$output" "$stderr" && return 1; }
	grep -qE -e "$1" <<<"$stderr" || { printf 'not as wanted (%s): %s\n' "$1" "$stderr" && return 1; }
}
