/*
 * fault FAULT FILE COMMAND...: runs COMMAND, with its exit status (128 + N when
 * signal N killed it), while one system call of its processes fails.
 *
 * FAULT is PROCESS:CALL:N:WHAT, for the Nth system call of that name of the
 * PROCESSth process, 0 being COMMAND and 1 the first that it forks.  WHAT is the
 * name of an error, which the call returns without having been made; SHORT,
 * which halves what a read or write asks for; or KILL, for SIGKILL instead of
 * the call.  FILE gets a line, 1 if there was such a call and 0 if not.
 *
 * With FAULT "count" FILE gets a line "PROCESS CALL N" for each CALL and how
 * many there were.
 *
 * A process counts from where main() calls umask(2), a forked one from the
 * beginning; it is left alone once it executes another program.  For x86-64.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __x86_64__
int main(void)
{
	fputs("fault: only on x86-64\n", stderr);
	return 125;
}
#else

/* <linux/ptrace.h> and <sys/ptrace.h> do not go together everywhere. */
#define GET_SYSCALL_INFO 0x420e
enum { INFO_ENTRY = 1, INFO_EXIT = 2 };

struct syscall_info {
	unsigned char op;
	unsigned char pad[3];
	unsigned arch;
	unsigned long long instruction_pointer;
	unsigned long long stack_pointer;
	unsigned long long number;
	unsigned long long arguments[6];
};

enum { CALLS = 512, PROCESSES = 64 };

/* What postctl and the C library call; another one is shown by its number. */
static const char *const names[CALLS] = {
#define CALL(name) [SYS_##name] = #name
	CALL(access), CALL(bind), CALL(brk), CALL(capset), CALL(capget), CALL(chdir), CALL(chmod), CALL(chroot),
	CALL(clock_gettime), CALL(clock_nanosleep), CALL(clone), CALL(clone3), CALL(close),
	CALL(close_range), CALL(connect), CALL(copy_file_range), CALL(dup), CALL(dup2), CALL(dup3),
	CALL(execve), CALL(exit), CALL(exit_group), CALL(faccessat), CALL(faccessat2),
	CALL(fadvise64), CALL(fallocate), CALL(fchdir), CALL(fchmod), CALL(fchmodat), CALL(fchown),
	CALL(fchownat), CALL(fcntl), CALL(fdatasync), CALL(fgetxattr), CALL(flistxattr),
	CALL(flock), CALL(fork), CALL(fremovexattr), CALL(fsetxattr), CALL(fstat), CALL(fstatfs),
	CALL(fsync), CALL(ftruncate), CALL(futex), CALL(getcwd), CALL(getdents64), CALL(getegid),
	CALL(geteuid), CALL(getgid), CALL(getgroups), CALL(getpeername), CALL(getpid),
	CALL(getppid), CALL(getrandom), CALL(getrlimit), CALL(getsockname), CALL(getsockopt),
	CALL(gettid), CALL(getuid), CALL(getxattr), CALL(ioctl), CALL(kill), CALL(lgetxattr),
	CALL(link), CALL(linkat), CALL(llistxattr), CALL(lseek), CALL(lstat), CALL(madvise),
	CALL(mkdir), CALL(mkdirat), CALL(mmap), CALL(mprotect), CALL(mremap), CALL(munmap),
	CALL(nanosleep), CALL(newfstatat), CALL(open), CALL(openat), CALL(openat2),
	CALL(pidfd_open), CALL(pidfd_send_signal), CALL(pipe), CALL(pipe2), CALL(poll),
	CALL(ppoll), CALL(prctl), CALL(pread64), CALL(prlimit64), CALL(pwrite64), CALL(read),
	CALL(readlink), CALL(readlinkat), CALL(recvfrom), CALL(recvmsg), CALL(rename),
	CALL(renameat), CALL(renameat2), CALL(restart_syscall), CALL(rmdir), CALL(rseq),
	CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(sched_getaffinity),
	CALL(sched_yield), CALL(select), CALL(sendfile), CALL(sendmmsg), CALL(sendmsg),
	CALL(sendto), CALL(set_robust_list), CALL(setgid), CALL(setgroups), CALL(setpgid),
	CALL(setresgid), CALL(setresuid), CALL(setrlimit), CALL(setsid), CALL(setsockopt),
	CALL(setuid), CALL(signalfd4), CALL(socket), CALL(stat), CALL(statfs), CALL(statx),
	CALL(symlinkat), CALL(sysinfo), CALL(tgkill), CALL(umask), CALL(uname), CALL(unlink),
	CALL(unlinkat), CALL(utimensat), CALL(vfork), CALL(wait4), CALL(waitid), CALL(write),
#undef CALL
};

static const struct {
	const char *name;
	int number;
} errors[] = {
#define ERROR(name) { #name, name }
	ERROR(EACCES), ERROR(EAGAIN), ERROR(EBADF), ERROR(EBUSY), ERROR(ECHILD), ERROR(EINTR),
	ERROR(EINVAL), ERROR(EIO), ERROR(EMFILE), ERROR(ENFILE), ERROR(ENOENT), ERROR(ENOLCK),
	ERROR(ENOMEM), ERROR(ENOSPC), ERROR(ENOSYS), ERROR(EPERM), ERROR(ESRCH), ERROR(ETXTBSY),
#undef ERROR
};

struct process {
	pid_t pid;
	unsigned number;	/* the how manieth it is */
	bool counts;		/* has come to where it is counted */
	bool failing;		/* is in the call that is to fail */
	unsigned long long argument;	/* what was changed for that call */
	unsigned calls[CALLS];
};

static struct process processes[PROCESSES];
static unsigned process_count;

static unsigned which_process, which_call, which_time;
static enum { COUNT, FAIL, SHORTEN, KILL } what = COUNT;
static int error;
static bool reached;

static _Noreturn void die(const char *tried)
{
	fprintf(stderr, "fault: %s: %s\n", tried, strerror(errno));
	exit(125);
}

static struct process *find(pid_t pid)
{
	for (unsigned i = 0; i < process_count; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	return NULL;
}

/* A new process may stop before its parent is seen to have forked, or after. */
static struct process *find_or_add(pid_t pid)
{
	struct process *process = find(pid);

	if (process != NULL)
		return process;
	if (process_count == PROCESSES) {
		errno = E2BIG;
		die("too many processes");
	}
	process = &processes[process_count];
	process->pid = pid;
	process->number = process_count++;
	return process;
}

static void set_register(pid_t pid, size_t offset, unsigned long long value)
{
	ptrace(PTRACE_POKEUSER, pid, (void *)offset, (void *)value);
}

#define SET(pid, name, value) set_register(pid, offsetof(struct user_regs_struct, name), value)

/* This is the kernel's own. */
static bool is_passed_over(unsigned long long call)
{
	return call >= CALLS || call == SYS_restart_syscall;
}

/* Let the call that a process is about to make fail. */
static void inject(struct process *process, const struct syscall_info *info)
{
	reached = true;
	switch (what) {
	case KILL:
		kill(process->pid, SIGKILL);
		break;
	case SHORTEN:
		process->failing = true;
		process->argument = info->arguments[2];
		SET(process->pid, rdx, (process->argument + 1) / 2);
		break;
	case FAIL:
		process->failing = true;
		process->argument = info->arguments[0];
		/* close(2) closes, whatever it returns. */
		if (info->number == SYS_close)
			break;
		/* brk(2) returns what is there, and never an error. */
		if (info->number == SYS_brk)
			SET(process->pid, rdi, 0);
		else
			SET(process->pid, orig_rax, (unsigned long long)-1);
		break;
	case COUNT:
		break;
	}
}

static void on_call(struct process *process)
{
	struct syscall_info info = { .op = 0 };

	if (ptrace(GET_SYSCALL_INFO, process->pid, (void *)sizeof info, &info) < 0)
		return;
	if (info.op == INFO_EXIT && process->failing) {
		process->failing = false;
		/* The program relies on its registers. */
		if (what == SHORTEN)
			SET(process->pid, rdx, process->argument);
		else if (which_call == SYS_brk)
			SET(process->pid, rdi, process->argument);
		else
			SET(process->pid, rax, (unsigned long long)-error);
	}
	if (info.op != INFO_ENTRY)
		return;
	process->counts |= info.number == SYS_umask;
	if (!process->counts || is_passed_over(info.number))
		return;
	process->calls[info.number]++;
	if (what != COUNT && !reached && process->number == which_process &&
	    info.number == which_call && process->calls[which_call] == which_time)
		inject(process, &info);
}

/* How a process that has stopped goes on: nobody looks once the fault has been. */
static void go_on(const struct process *process, int signal)
{
	bool over = what != COUNT && reached && !process->failing;

	ptrace(over ? PTRACE_CONT : PTRACE_SYSCALL, process->pid, NULL, (void *)(long)signal);
}

static void on_stop(pid_t pid, int status)
{
	struct process *process = find_or_add(pid);
	int signal = WSTOPSIG(status);
	unsigned long child;

	switch (status >> 8) {
	case SIGTRAP | 0x80:
		on_call(process);
		signal = 0;
		break;
	case SIGTRAP | (PTRACE_EVENT_FORK << 8):
	case SIGTRAP | (PTRACE_EVENT_VFORK << 8):
	case SIGTRAP | (PTRACE_EVENT_CLONE << 8):
		if (ptrace(PTRACE_GETEVENTMSG, pid, NULL, &child) == 0)
			find_or_add((pid_t)child)->counts = true;
		signal = 0;
		break;
	case SIGTRAP | (PTRACE_EVENT_EXEC << 8):
		if (process->number > 0) {
			ptrace(PTRACE_DETACH, pid, NULL, NULL);
			return;
		}
		signal = 0;
		break;
	case SIGSTOP:
		/* So a new process begins. */
		process->counts |= process->number > 0;
		signal = 0;
		break;
	}
	go_on(process, signal);
}

static void parse(char *fault)
{
	char *call, *last;

	if (strcmp(fault, "count") == 0)
		return;
	which_process = (unsigned)strtoul(strtok(fault, ":"), NULL, 10);
	call = strtok(NULL, ":");
	which_time = (unsigned)strtoul(strtok(NULL, ":"), NULL, 10);
	last = strtok(NULL, ":");
	for (which_call = 0; which_call < CALLS; which_call++)
		if (names[which_call] != NULL && strcmp(names[which_call], call) == 0)
			break;
	if (which_call == CALLS)
		which_call = (unsigned)strtoul(call, NULL, 10);
	what = strcmp(last, "KILL") == 0 ? KILL : strcmp(last, "SHORT") == 0 ? SHORTEN : FAIL;
	for (size_t i = 0; what == FAIL && error == 0 && i < sizeof errors / sizeof *errors; i++)
		if (strcmp(errors[i].name, last) == 0)
			error = errors[i].number;
	if (what == FAIL && error == 0) {
		errno = EINVAL;
		die(last);
	}
}

static void print_counts(FILE *file)
{
	for (unsigned i = 0; i < process_count; i++)
		for (unsigned call = 0; call < CALLS; call++) {
			char number[16];

			snprintf(number, sizeof number, "%u", call);
			if (processes[i].calls[call] > 0)
				fprintf(file, "%u %s %u\n", i, names[call] != NULL ? names[call] :
					number, processes[i].calls[call]);
		}
}

int main(int argc, char **argv)
{
	int result = 125;
	int status;
	pid_t first;
	pid_t pid;
	FILE *file;

	if (argc < 4) {
		fputs("usage: fault FAULT FILE COMMAND...\n", stderr);
		return 2;
	}
	parse(argv[1]);
	file = fopen(argv[2], "we");
	if (file == NULL)
		die(argv[2]);
	first = fork();
	if (first == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	if (first < 0 || waitpid(first, &status, 0) < 0 ||
	    ptrace(PTRACE_SETOPTIONS, first, NULL, (void *)(PTRACE_O_TRACESYSGOOD |
		   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		   PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)) < 0)
		die("ptrace");
	find_or_add(first);
	ptrace(PTRACE_SYSCALL, first, NULL, NULL);
	/* Also until those it forked have ended, or become other programs. */
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid > 0 && WIFSTOPPED(status))
			on_stop(pid, status);
		else if (pid == first)
			result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
	if (what == COUNT)
		print_counts(file);
	else
		fprintf(file, "%d\n", reached);
	fclose(file);
	return result;
}
#endif
