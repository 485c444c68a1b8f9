#ifndef POSTCTL_CLI_EXIT_STATUS_H
#define POSTCTL_CLI_EXIT_STATUS_H

/*
 * Exit statuses: "Init Script Actions" of the LSB core specification.
 */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_BAD_ARGUMENTS = 2,
	EXIT_UNKNOWN_VERB = 3,
	EXIT_NOT_ROOT = 4,
	EXIT_NOT_INSTALLED = 5,
	EXIT_NOT_CONFIGURED = 6,
	EXIT_NOT_RUNNING = 7,

	/* The same specification, for the verb "status". */
	EXIT_STATUS_RUNNING = 0,
	EXIT_STATUS_DEAD = 1,
	EXIT_STATUS_STOPPED = 3,
	EXIT_STATUS_UNKNOWN = 4
};

#endif
