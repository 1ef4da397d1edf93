/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disturb: runs a command and disturbs one of its system calls.
 *
 *   disturb FAULT NUMBER FROM COMMAND [ARGUMENT...]
 *
 * FAULT is kill, short or the name of an error. Counted are the calls that can meet it, of all threads of the command
 * and of what it forks, from the opening of a file whose path ends in FROM on; the NUMBERth is disturbed. Programs
 * that it executes are not counted. Descriptor 9 gets one line: "hit CALL OF-WHAT", or "calls COUNT" where there are
 * fewer. The status is the command's, 128 and the signal where one ended it, 124 where it does not end.
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
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __aarch64__
#include <elf.h>
#endif

enum { TASKS = 256, SECONDS = 60, OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
					    PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL };

/* What a call's first argument that tells something is: a path or a descriptor, and which one. */
enum about { NOTHING, PATH, PATH_AT, DESCRIPTOR };

/* Errors are those that the kernel can give there. */
static const struct call {
	long number;
	const char *name, *faults;
	enum about about;
} calls[] = {
#define CALL(name, about, faults) { SYS_##name, #name, " " faults " ", about }
	CALL(read, DESCRIPTOR, "EIO EINTR short"),
	CALL(pread64, DESCRIPTOR, "EIO EINTR short"),
	CALL(readv, DESCRIPTOR, "EIO EINTR short"),
	CALL(preadv, DESCRIPTOR, "EIO EINTR short"),
	CALL(write, DESCRIPTOR, "EIO EINTR ENOSPC short"),
	CALL(writev, DESCRIPTOR, "EIO EINTR ENOSPC short"),
	CALL(openat, PATH_AT, "EIO EINTR ENOMEM EMFILE EACCES ENOSPC"),
#ifdef SYS_openat2
	CALL(openat2, PATH_AT, "EIO EINTR ENOMEM EMFILE EACCES EAGAIN ENOSYS"),
#endif
	CALL(close, DESCRIPTOR, "EIO EINTR ENOSPC"),
	CALL(fstat, DESCRIPTOR, "EIO ENOMEM"),
	CALL(newfstatat, PATH_AT, "EIO ENOMEM EACCES"),
	CALL(statx, PATH_AT, "EIO ENOMEM EACCES"),
	CALL(lseek, DESCRIPTOR, "EIO"),
	CALL(flock, DESCRIPTOR, "EINTR ENOMEM EIO"),
	CALL(fsync, DESCRIPTOR, "EIO ENOSPC EINTR"),
	CALL(ftruncate, DESCRIPTOR, "EIO EINTR ENOSPC"),
	CALL(fchmod, DESCRIPTOR, "EIO EACCES ENOSPC"),
	CALL(fchown, DESCRIPTOR, "EIO EACCES ENOSPC"),
	CALL(getdents64, DESCRIPTOR, "EIO ENOMEM"),
	CALL(sync_file_range, DESCRIPTOR, "EIO ENOSPC"),
	CALL(renameat, PATH_AT, "EIO ENOSPC ENOMEM EACCES"),
	CALL(unlinkat, PATH_AT, "EIO ENOMEM EACCES"),
	CALL(linkat, PATH_AT, "EIO ENOSPC ENOMEM EACCES"),
	CALL(readlinkat, PATH_AT, "EIO ENOMEM EACCES"),
	CALL(mkdirat, PATH_AT, "EIO ENOSPC ENOMEM EACCES"),
	CALL(faccessat, PATH_AT, "EIO ENOMEM EACCES"),
	CALL(socket, NOTHING, "EMFILE ENOMEM EACCES"),
	CALL(bind, DESCRIPTOR, "ENOMEM EACCES"),
	CALL(connect, DESCRIPTOR, "EINTR EACCES"),
	CALL(sendto, DESCRIPTOR, "ENOBUFS ENOMEM EINTR EACCES"),
	CALL(sendmsg, DESCRIPTOR, "ENOBUFS ENOMEM EINTR EACCES"),
	CALL(recvfrom, DESCRIPTOR, "ENOBUFS ENOMEM EINTR"),
	CALL(recvmsg, DESCRIPTOR, "ENOBUFS ENOMEM EINTR"),
	CALL(mmap, NOTHING, "ENOMEM"),
	CALL(mprotect, NOTHING, "ENOMEM"),
	CALL(clone3, NOTHING, "ENOMEM EAGAIN"),
	CALL(clone, NOTHING, "ENOMEM EAGAIN"),
	CALL(getrandom, NOTHING, "EINTR"),
	CALL(ppoll, NOTHING, "EINTR ENOMEM"),
#ifdef SYS_open
	CALL(open, PATH, "EIO EINTR ENOMEM EMFILE EACCES ENOSPC"),
	CALL(stat, PATH, "EIO ENOMEM EACCES"),
	CALL(lstat, PATH, "EIO ENOMEM EACCES"),
	CALL(access, PATH, "EIO ENOMEM EACCES"),
	CALL(rename, PATH, "EIO ENOSPC ENOMEM EACCES"),
	CALL(unlink, PATH, "EIO ENOMEM EACCES"),
	CALL(link, PATH, "EIO ENOSPC ENOMEM EACCES"),
	CALL(readlink, PATH, "EIO ENOMEM EACCES"),
	CALL(mkdir, PATH, "EIO ENOSPC ENOMEM EACCES"),
	CALL(poll, NOTHING, "EINTR ENOMEM"),
#endif
};

static const struct {
	const char *name;
	int number;
} errors[] = { { "EIO", EIO },       { "ENOSPC", ENOSPC }, { "EINTR", EINTR }, { "ENOMEM", ENOMEM }, { "EAGAIN", EAGAIN },
	       { "EACCES", EACCES }, { "EMFILE", EMFILE }, { "ENOBUFS", ENOBUFS }, { "ENOSYS", ENOSYS } };

/* One thread of the command. */
struct task {
	pid_t id;
	bool fails;               /* its call is to return the error */
	unsigned long shortened;  /* where the length of a piece is that was halved, and what it was */
	long length;
};

static struct task tasks[TASKS];
static size_t task_count;
static const char *fault, *from;
static long number, counted;
static int error;
static bool counts, hit;
static pid_t command;

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "disturb: %s: %s\n", what, strerror(errno));
	exit(125);
}

static struct task *task_of(pid_t id)
{
	for (size_t i = 0; i < task_count; i++) {
		if (tasks[i].id == id)
			return &tasks[i];
	}
	if (task_count == TASKS)
		fail("too many threads");
	tasks[task_count] = (struct task){ .id = id };
	return &tasks[task_count++];
}

static const struct call *find_call(unsigned long long nr)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if ((unsigned long long)calls[i].number == nr)
			return &calls[i];
	}
	return NULL;
}

/* The registers of a thread that stands at a call. */
#if defined(__x86_64__)
static void set_argument3(pid_t id, unsigned long value)
{
	ptrace(PTRACE_POKEUSER, id, offsetof(struct user_regs_struct, rdx), value);
}

static void skip_call(pid_t id)
{
	ptrace(PTRACE_POKEUSER, id, offsetof(struct user_regs_struct, orig_rax), -1L);
}

static void set_result(pid_t id, long value)
{
	ptrace(PTRACE_POKEUSER, id, offsetof(struct user_regs_struct, rax), value);
}
#elif defined(__aarch64__)
static void set_register(pid_t id, unsigned which, unsigned long value)
{
	struct user_regs_struct regs;
	struct iovec all = { &regs, sizeof(regs) };

	ptrace(PTRACE_GETREGSET, id, NT_PRSTATUS, &all);
	regs.regs[which] = value;
	ptrace(PTRACE_SETREGSET, id, NT_PRSTATUS, &all);
}

static void set_argument3(pid_t id, unsigned long value)
{
	set_register(id, 2, value);
}

static void skip_call(pid_t id)
{
	int none = -1;
	struct iovec all = { &none, sizeof(none) };

	ptrace(PTRACE_SETREGSET, id, NT_ARM_SYSTEM_CALL, &all);
}

static void set_result(pid_t id, long value)
{
	set_register(id, 0, (unsigned long)value);
}
#else
#error "registers of this processor are not known"
#endif

static void read_text(pid_t id, unsigned long long at, char *text, size_t size)
{
	struct iovec here = { text, size - 1 }, there = { (void *)(unsigned long)at, size - 1 };
	ssize_t got = at == 0 ? 0 : process_vm_readv(id, &here, 1, &there, 1, 0);

	/* a text near the end of a page */
	for (size_t len = 256; got < 0 && len > 8; len /= 2) {
		here.iov_len = there.iov_len = len;
		got = process_vm_readv(id, &here, 1, &there, 1, 0);
	}
	text[got > 0 ? got : 0] = '\0';
}

static void describe(pid_t id, const struct call *call, const struct __ptrace_syscall_info *info, char *text, size_t size)
{
	char link[64];
	ssize_t got;

	text[0] = '\0';
	if (call == NULL || call->about == NOTHING)
		return;
	if (call->about != DESCRIPTOR) {
		read_text(id, info->entry.args[call->about == PATH_AT], text, size);
		return;
	}
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", id, (int)info->entry.args[0]);
	got = readlink(link, text, size - 1);
	text[got > 0 ? got : 0] = '\0';
}

static bool can_meet(const struct call *call)
{
	char word[16];

	if (strcmp(fault, "kill") == 0)
		return true;
	snprintf(word, sizeof(word), " %s ", fault);
	return call != NULL && strstr(call->faults, word) != NULL;
}

/* Half of the bytes, or of the last piece. */
static void shorten(struct task *task, const struct call *call, const struct __ptrace_syscall_info *info)
{
	unsigned long third = (unsigned long)info->entry.args[2];

	if (call->name[strlen(call->name) - 1] != 'v') {
		set_argument3(task->id, (third + 1) / 2);
		return;
	}
	task->shortened = (unsigned long)info->entry.args[1] + (third - 1) * sizeof(struct iovec) +
			  offsetof(struct iovec, iov_len);
	task->length = ptrace(PTRACE_PEEKDATA, task->id, task->shortened, 0);
	ptrace(PTRACE_POKEDATA, task->id, task->shortened, (task->length + 1) / 2);
}

static void disturb(struct task *task, const struct call *call, const struct __ptrace_syscall_info *info)
{
	char what[512];

	describe(task->id, call, info, what, sizeof(what));
	hit = true;
	dprintf(9, "hit %s %.300s\n", call != NULL ? call->name : "call", what);
	if (strcmp(fault, "kill") == 0) {
		kill(task->id, SIGKILL);
	} else if (strcmp(fault, "short") == 0) {
		shorten(task, call, info);
	} else {
		/* close(2) gives the descriptor back whatever it returns */
		if (call->number != SYS_close)
			skip_call(task->id);
		task->fails = true;
	}
}

static bool begins_counting(pid_t id, const struct call *call, const struct __ptrace_syscall_info *info)
{
	size_t len = strlen(from), have;
	char path[512];

	if (call == NULL || strcmp(call->name, "openat") != 0)
		return false;
	describe(id, call, info, path, sizeof(path));
	have = strlen(path);
	return have >= len && strcmp(path + have - len, from) == 0;
}

static void stop_at_call(struct task *task)
{
	struct __ptrace_syscall_info info;
	const struct call *call;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, task->id, sizeof(info), &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		if (task->fails)
			set_result(task->id, -error);
		if (task->shortened != 0)
			ptrace(PTRACE_POKEDATA, task->id, task->shortened, task->length);
		task->fails = false;
		task->shortened = 0;
		return;
	}
	call = find_call(info.entry.nr);
	counts = counts || begins_counting(task->id, call, &info);
	if (counts && can_meet(call) && ++counted == number)
		disturb(task, call, &info);
}

/* What a thread that stopped is to be told when it goes on: a signal, or nothing. */
static int handle_stop(struct task *task, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;

	if (signal == (SIGTRAP | 0x80))
		stop_at_call(task);
	else if (event == PTRACE_EVENT_EXEC && task->id != command)
		return -1;
	else if (event == 0 && signal != SIGSTOP && signal != SIGTRAP)
		return signal;
	return 0;
}

static void give_up(int signal)
{
	(void)signal;
	kill(command, SIGKILL);
	_exit(124);
}

static int follow(void)
{
	int final = 0, status;
	pid_t id;

	while ((id = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		int signal;

		if (id <= 0)
			continue;
		if (!WIFSTOPPED(status)) {
			if (id == command)
				final = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			continue;
		}
		signal = handle_stop(task_of(id), status);
		if (signal < 0)
			ptrace(PTRACE_DETACH, id, 0, 0);
		else
			ptrace(PTRACE_SYSCALL, id, 0, signal);
	}
	return final;
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 5) {
		fprintf(stderr, "usage: disturb FAULT NUMBER FROM COMMAND [ARGUMENT...]\n");
		return 125;
	}
	fault = argv[1];
	number = atol(argv[2]);
	from = argv[3];
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		if (strcmp(errors[i].name, fault) == 0)
			error = errors[i].number;
	}
	command = fork();
	if (command == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
			fail("ptrace");
		raise(SIGSTOP);
		execvp(argv[4], argv + 4);
		fail(argv[4]);
	}
	if (command < 0 || waitpid(command, &status, 0) < 0 || ptrace(PTRACE_SETOPTIONS, command, 0, OPTIONS) < 0)
		fail("the command cannot be followed");
	signal(SIGALRM, give_up);
	alarm(SECONDS);
	ptrace(PTRACE_SYSCALL, command, 0, 0);
	status = follow();
	if (!hit)
		dprintf(9, "calls %ld\n", counted);
	return status;
}
