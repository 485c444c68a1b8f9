# shellcheck shell=bash
# What the tests ask of the machine beside the helpers of the real tests.

all=(- in out lists bulk)

# defer: mail stays in the queues. undefer: from the next start on it does not.
defer() {
	local instance
	for instance in "${all[@]}"; do set_main "$instance" 'defer_transports = local'; done
	postctl reload
}

undefer() {
	local instance
	for instance in "${all[@]}"; do set_main "$instance" 'defer_transports ='; done
}

# What is there in whole: of a message that its client could not finish, a file may stay that cannot be executed.
queues_are_empty() {
	local instance
	for instance in "${all[@]}"; do
		[[ ! $(find "$(queue_dir "$instance")"/{maildrop,incoming,active,deferred} -type f -perm /100) ]] || return
	done
}

# delivered: all that is queued, or what is left and why. qmgr lets a file that is locked when it looks rest for a minute
# (qmgr_active_feed()), which happens when an agent is slow to let go of it.
delivered() {
	local instance
	! wait_for 150 queues_are_empty || return 0
	date '+%F %T'
	for instance in "${all[@]}"; do
		postmulti -i "$instance" -x postqueue -p
		find "$(queue_dir "$instance")"/{maildrop,incoming,active,deferred} -type f -printf '%M %TF %TT %p\n' \
			-exec sh -c 'grep -F " ${1##*/}: " /var/log/mail.log' sh {} \;
	done
	return 1
}

deliver_through() {
	local instance
	for instance; do deliver "$instance" alice || return; done
}

# tokens_of USER: of each message in the mailbox.
tokens_of() { sed -n 's/^token //p' "/var/mail/$1"; }

# hang_smtpd INSTANCE: one of its children, which its master cannot end.
hang_smtpd() {
	local pid name
	smtp_greets "$(port "$1")" || return # which starts one
	for pid in $(processes_of "$1"); do
		read -r name <"/proc/$pid/comm" || continue
		[[ $name != smtpd ]] || kill -STOP "$pid" || return
	done
}
