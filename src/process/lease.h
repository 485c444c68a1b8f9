#ifndef POSTCTL_PROCESS_LEASE_H
#define POSTCTL_PROCESS_LEASE_H

enum lease_writer {
	LEASE_NO_WRITER,
	LEASE_WRITER,
	LEASE_UNCLEAR
};

enum lease_writer lease_writer(int fd);

#endif
