/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass: who is in it can read what is open and compute, and nothing else.
 * Each attempt is made by a child of its own, as the code of an attacker would make it there.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "base/glass.h"
#include "base/glass_run.h"
#include "log/source.h"

#include "folder.h"

static int file = -1; /* open for writing, as a lock is */
static time_t jump;   /* seconds that the host's clock jumps ahead by, each time that it is asked */

/* Stands before the C library's. */
time_t time(time_t *into)
{
	static time_t ahead;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	ahead += jump;
	if (into != NULL)
		*into = now.tv_sec + ahead;
	return now.tv_sec + ahead;
}

/* ---- what an attacker would try: 0 or more where it worked ---- */

static long try_to_read(void) { return open("secret", O_RDONLY); }
static long try_to_write(void) { return open("planted", O_WRONLY | O_CREAT, 0600); }
static long try_to_write_on(void) { return write(file, "planted", 7); }
static long try_to_list(void) { return open(".", O_RDONLY | O_DIRECTORY); }
static long try_to_link(void) { return symlink("secret", "planted"); }
static long try_to_unlink(void) { return unlink("secret"); }
static long try_to_rename(void) { return rename("secret", "planted"); }
static long try_to_truncate(void) { return truncate("secret", 0); }
static long try_to_chmod(void) { return fchmod(file, 0666); }
static long try_to_exec(void) { return execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL); }
static long try_to_fork(void) { return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }
static long try_to_trace(void) { return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL); }
static long try_to_kill(void) { return kill(getppid(), 0); }
static long try_to_be_root(void) { return setresuid(0, 0, 0); }
static long try_to_mount(void) { return syscall(SYS_mount, "none", ".", "tmpfs", 0, NULL); }
static long try_to_unshare(void) { return unshare(CLONE_NEWUSER); }
static long try_to_ask_netlink(void) { return socket(AF_NETLINK, SOCK_RAW, 12); }

static long try_to_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	return connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static long try_to_peek(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { folder, 1 };

	return process_vm_readv(getppid(), &here, 1, &there, 1, 0);
}

static long try_to_execute_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static long try_to_raise_limits(void)
{
	return syscall(SYS_prlimit64, 0, 1, NULL, NULL);
}

static const struct attempt {
	const char *name;
	long (*make)(void);
} attempts[] = {
	{ "read a file", try_to_read }, { "write a file", try_to_write }, { "write on", try_to_write_on },
	{ "list a folder", try_to_list }, { "link", try_to_link }, { "unlink", try_to_unlink },
	{ "rename", try_to_rename }, { "truncate", try_to_truncate }, { "chmod", try_to_chmod },
	{ "run a program", try_to_exec }, { "fork", try_to_fork }, { "trace", try_to_trace }, { "kill", try_to_kill },
	{ "be root", try_to_be_root }, { "mount", try_to_mount }, { "unshare", try_to_unshare },
	{ "ask netlink", try_to_ask_netlink }, { "connect", try_to_connect }, { "peek", try_to_peek },
	{ "execute memory", try_to_execute_memory }, { "raise limits", try_to_raise_limits },
};

enum { WORKED, FAILED_TO, NOT_ENTERED };

/* The status with which a child ends that does the work and exits with its result. */
static int status_of(int (*work)(void))
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(work());
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/* How a child ends that enters the glass, where that is wanted, and makes the attempt. */
static int end_of(const struct attempt *attempt, bool enters)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		struct buf why = { 0 };
		struct glass glass;

		signal(SIGXFSZ, SIG_IGN);
		if (enters && glass_enter(&glass, true, &why) < 0)
			_exit(NOT_ENTERED);
		_exit(attempt->make() >= 0 ? WORKED : FAILED_TO);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void need_glass(void)
{
	struct buf lacking = { 0 }, why = { 0 };
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		struct glass glass;

		if (glass_enter(&glass, true, &why) < 0)
			_exit(2);
		glass_add_lacking(&glass, &lacking);
		_exit(glass.off || lacking.len > 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_not_equal(WEXITSTATUS(status), 2);
	if (WEXITSTATUS(status) != 0) {
		print_message("skipped: the glass is off in this build, or this kernel has no seccomp or Landlock\n");
		skip();
	}
}

static void each_attempt_is_refused(void **state)
{
	(void)state;
	need_glass();
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		int status = end_of(&attempts[i], true);

		if (WIFSIGNALED(status) ? WTERMSIG(status) != SIGSYS : WEXITSTATUS(status) != FAILED_TO)
			fail_msg("%s: status %x", attempts[i].name, (unsigned)status);
	}
	assert_int_equal(access("secret", F_OK), 0);
	assert_int_equal(access("planted", F_OK), -1);
}

/* What each attempt proves: it is the glass that refuses. */
static void what_it_refuses_works_outside(void **state)
{
	static const char *const harmless[] = { "read a file", "write on", "list a folder", "run a program", "connect",
						"execute memory", "kill" };

	(void)state;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		for (size_t j = 0; j < sizeof(harmless) / sizeof(*harmless); j++) {
			if (strcmp(attempts[i].name, harmless[j]) == 0)
				assert_int_equal(end_of(&attempts[i], false), WORKED);
		}
	}
}

static bool status_says(const char *status, const char *key, const char *value)
{
	const char *line = strstr(status, key);

	return line != NULL && strncmp(line + strlen(key), value, strlen(value)) == 0;
}

static void the_kernel_knows_it_so(void **state)
{
	char path[40], status[8192] = "", byte = 0;
	int ready[2], done[2], fd;
	pid_t child;

	(void)state;
	need_glass();
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(done), 0);
	child = fork();
	if (child == 0) {
		struct buf why = { 0 };
		struct glass glass;

		close(done[1]);
		if (glass_enter(&glass, true, &why) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		_exit(read(done[0], &byte, 1) == 0 ? 0 : 1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/status", (int)child);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0 && read(fd, status, sizeof(status) - 1) > 0);
	close(fd);
	close(done[1]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(status_says(status, "CapEff:\t", "0000000000000000\n"));
	assert_true(status_says(status, "CapPrm:\t", "0000000000000000\n"));
	assert_true(status_says(status, "NoNewPrivs:\t", "1"));
	assert_true(status_says(status, "Seccomp:\t", "2"));
	assert_false(status_says(status, "Uid:\t", "0\t"));
	close(ready[0]);
	close(ready[1]);
	close(done[0]);
}

/* As with the personality MMAP_PAGE_ZERO; only root may. */
static int enter_with_a_page_at_null(void)
{
	const int how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
	struct buf why = { 0 };
	struct glass glass;

	if (mmap(NULL, 4096, PROT_READ, how, -1, 0) == MAP_FAILED)
		return 0;
	return glass_enter(&glass, true, &why) == 0 && glass.seccomp ? 0 : 1;
}

static void the_filter_comes_whatever_stands_at_null(void **state)
{
	(void)state;
	need_glass();
	assert_int_equal(status_of(enter_with_a_page_at_null), 0);
}

/* As kernels before 4.14 do, refuses to say which actions of a filter there are; they can end threads alone. */
static bool be_an_older_kernel(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_GET_ACTION_AVAIL, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(*code), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* As a container may, refuses further filters, by both calls that there are for them. */
static bool refuse_filters(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(*code), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int enter_where_filters_are_refused(void)
{
	struct buf why = { 0 };
	struct glass glass;

	if (!refuse_filters())
		return 1;
	return glass_enter(&glass, true, &why) < 0 && strstr(buf_text(&why), "filter its system calls") != NULL ? 0 : 2;
}

static void where_filters_are_refused_nothing_is_read(void **state)
{
	(void)state;
	need_glass();
	assert_int_equal(status_of(enter_where_filters_are_refused), 0);
}

static int ask_for_a_socket_on_an_older_kernel(void)
{
	struct buf why = { 0 };
	struct glass glass;

	if (!be_an_older_kernel() || glass_enter(&glass, true, &why) < 0 || !glass.seccomp)
		return 1;
	(void)socket(AF_INET, SOCK_DGRAM, 0);
	return 2;
}

static void an_older_kernel_ends_who_tries(void **state)
{
	int status;

	(void)state;
	need_glass();
	status = status_of(ask_for_a_socket_on_an_older_kernel);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

/* ---- what a reader needs ---- */

static void *add_one(void *number)
{
	++*(int *)number;
	return NULL;
}

/* The bytes of a log that was opened outside. */
static bool reads(struct source *source, struct buf *answer)
{
	struct buf why = { 0 };
	ssize_t got;

	if (!source_begin(source, NULL, &why)) {
		buf_add(answer, why.ptr, why.len);
		return false;
	}
	while ((got = source_read(source, buf_room(answer, 4096), 4096)) > 0)
		answer->len += (size_t)got;
	source_close(source);
	return got == 0;
}

static int work(void *context, struct buf *answer)
{
	struct tm tm = { .tm_year = 126, .tm_mon = 6, .tm_mday = 1, .tm_isdst = -1 };
	char *much = malloc(100 << 20);
	pthread_t thread;
	int number = 0;

	if (much == NULL || pthread_create(&thread, NULL, add_one, &number) != 0 || pthread_join(thread, NULL) != 0)
		return 1;
	memset(much, 1, 100 << 20);
	free(much);
	buf_addf(answer, "%d %lld ", number, (long long)mktime(&tm));
	return reads(context, answer) ? 0 : 1;
}

static void reading_works(void **state)
{
	static const char *const packers[] = { "cat", "gzip", "xz", "zstd -q", "bzip2", "lz4 -q" };

	(void)state;
	for (size_t i = 0; i < sizeof(packers) / sizeof(*packers); i++) {
		struct buf command = { 0 }, answer = { 0 }, why = { 0 };
		struct source *source;

		buf_addf(&command, "echo 'a line' | %s > log", packers[i]);
		assert_int_equal(system(buf_text(&command)), 0);
		source = source_open("log", NULL, &why, NULL);
		assert_non_null(source);
		assert_int_equal(glass_run(work, source, false, &answer), 0);
		/* Berlin's midnight, in summer */
		assert_string_equal(buf_text(&answer), "1 1782856800 a line\n");
		source_close(source);
		buf_free(&command);
		buf_free(&answer);
		buf_free(&why);
	}
}

/* ---- a child that does not answer as it should ---- */

static int die(void *context, struct buf *answer)
{
	(void)answer;
	return raise(*(int *)context);
}

static int give_up(void *context, struct buf *answer)
{
	buf_add_text(answer, "half an ans");
	return *(int *)context;
}

static int say_why(void *context, struct buf *answer)
{
	(void)context;
	(void)answer;
	return write(STDERR_FILENO, "no\n", 3) == 3 ? 3 : 0;
}

static int talk(void *context, struct buf *answer)
{
	(void)context;
	(void)answer;
	return write(STDERR_FILENO, "mailban: \033[2J\n", 14) == 14 && write(STDOUT_FILENO, "lost", 4) == 4 ? 0 : 1;
}

static int talk_for_ever(void *context, struct buf *answer)
{
	char step[4096];

	(void)context;
	(void)answer;
	memset(step, 'x', sizeof(step));
	while (write(STDERR_FILENO, step, sizeof(step)) > 0)
		;
	return 0;
}

/* Without its pipes it would stay for ever; here for as long as a test may take. */
static int stay(void *context, struct buf *answer)
{
	(void)context;
	(void)answer;
	for (int fd = 0; fd < 100; fd++)
		close(fd);
	(void)poll(NULL, 0, 5000);
	_exit(0);
}

/* What of stderr comes while the child works: the first 1000 bytes. The file "said" has all. */
static int said_by(glass_work *child, void *context, struct buf *said)
{
	struct buf answer = { 0 };
	int err = dup(STDERR_FILENO), fd = open("said", O_RDWR | O_CREAT | O_TRUNC, 0600), status;

	dup2(fd, STDERR_FILENO);
	status = glass_run(child, context, true, &answer);
	dup2(err, STDERR_FILENO);
	said->len = (size_t)pread(fd, buf_room(said, 1000), 1000, 0);
	buf_text(said);
	close(err);
	close(fd);
	buf_free(&answer);
	return status;
}

/* Reads what stands there, and writes into a descriptor that this program's caller would have left open. */
static int use_strange(void *context, struct buf *answer)
{
	char byte;

	(void)answer;
	return read(STDIN_FILENO, &byte, 1) < 0 && write(*(int *)context, "x", 1) < 0 && errno == EBADF ? 0 : 1;
}

static void what_the_caller_left_open_is_closed(void **state)
{
	const int numbers[] = { 20, 200 };
	struct buf answer = { 0 };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		int fd = dup2(ends[1], numbers[i]);

		assert_int_equal(fd, numbers[i]);
		assert_int_equal(glass_run(use_strange, &fd, false, &answer), 0);
		close(fd);
	}
	close(ends[0]);
	close(ends[1]);
	buf_free(&answer);
}

static void who_is_stopped_is_told_of(void **state)
{
	int signals[] = { SIGKILL, SIGTERM };

	(void)state;
	need_glass();
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		struct buf said = { 0 };

		assert_int_equal(said_by(die, &signals[i], &said), 3);
		assert_non_null(strstr(said.ptr, "the reader of logs was stopped by signal"));
		assert_non_null(strstr(said.ptr, "nothing that it found is taken"));
		buf_free(&said);
	}
}

static void who_never_stops_talking_is_stopped(void **state)
{
	struct buf said = { 0 };
	struct stat st;
	int fd;

	(void)state;
	need_glass();
	assert_int_equal(said_by(talk_for_ever, NULL, &said), 3);
	fd = open("said", O_RDONLY);
	assert_int_equal(fstat(fd, &st), 0);
	assert_in_range(st.st_size, 1 << 20, 17 << 20);
	said.len = (size_t)pread(fd, said.ptr, 200, st.st_size - 200);
	assert_non_null(strstr(buf_text(&said), "the reader of logs was stopped: it says more than anybody reads"));
	close(fd);
	unlink("said");
	buf_free(&said);
}

static void who_says_no_more_and_stays_is_stopped(void **state)
{
	struct buf said = { 0 };

	(void)state;
	need_glass();
	assert_int_equal(said_by(stay, NULL, &said), 3);
	assert_non_null(strstr(said.ptr, "the reader of logs was stopped by signal 9"));
	buf_free(&said);
}

static void who_fails_without_a_word_is_told_of(void **state)
{
	int statuses[] = { 3, 4, 77, 255 };
	struct buf said = { 0 };

	(void)state;
	need_glass();
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		char expected[60];

		snprintf(expected, sizeof(expected), "the reader of logs ended with status %d;", statuses[i]);
		assert_int_equal(said_by(give_up, &statuses[i], &said), 3);
		assert_non_null(strstr(said.ptr, expected));
		buf_clear(&said);
	}
	assert_int_equal(said_by(say_why, NULL, &said), 3);
	assert_string_equal(said.ptr, "no\n");
	buf_free(&said);
}

/* As where a host without a battery hears the time from the network. */
static void a_clock_that_is_set_meanwhile_ends_nobody(void **state)
{
	struct buf said = { 0 };

	(void)state;
	need_glass();
	jump = 100000;
	assert_int_equal(said_by(talk, NULL, &said), 0);
	jump = 0;
	buf_free(&said);
}

static void what_it_says_obeys_no_terminal(void **state)
{
	struct buf said = { 0 };

	(void)state;
	need_glass();
	assert_int_equal(said_by(talk, NULL, &said), 0);
	assert_string_equal(said.ptr, "mailban: ?[2J\n");
	buf_free(&said);
}

static void a_fence_leaves_what_it_names(void **state)
{
	const char *const paths[] = { "inside", "no-such-folder", NULL };
	pid_t child;
	int status = 0;

	(void)state;
	need_glass();
	assert_int_equal(system("mkdir -p inside && echo yes > inside/file"), 0);
	child = fork();
	if (child == 0) {
		struct buf why = { 0 };
		struct glass glass;

		if (glass_fence(paths, &why) < 0)
			_exit(1);
		if (open("inside/file", O_RDONLY) < 0 || open("secret", O_RDONLY) >= 0 || errno != EACCES ||
		    open("inside/file", O_RDWR) >= 0)
			_exit(2);
		if (glass_enter(&glass, true, &why) < 0 || (getuid() == 0))
			_exit(3);
		_exit(open("inside/file", O_RDONLY) < 0 ? 0 : 4);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static int begin(void **state)
{
	setenv("TZ", "Europe/Berlin", 1);
	if (go_to_folder(state) != 0)
		return -1;
	file = open("secret", O_RDWR | O_CREAT, 0600);
	return file < 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_attempt_is_refused),
		cmocka_unit_test(what_it_refuses_works_outside),
		cmocka_unit_test(the_kernel_knows_it_so),
		cmocka_unit_test(the_filter_comes_whatever_stands_at_null),
		cmocka_unit_test(an_older_kernel_ends_who_tries),
		cmocka_unit_test(where_filters_are_refused_nothing_is_read),
		cmocka_unit_test(reading_works),
		cmocka_unit_test(what_the_caller_left_open_is_closed),
		cmocka_unit_test(who_is_stopped_is_told_of),
		cmocka_unit_test(who_never_stops_talking_is_stopped),
		cmocka_unit_test(who_says_no_more_and_stays_is_stopped),
		cmocka_unit_test(who_fails_without_a_word_is_told_of),
		cmocka_unit_test(a_clock_that_is_set_meanwhile_ends_nobody),
		cmocka_unit_test(what_it_says_obeys_no_terminal),
		cmocka_unit_test(a_fence_leaves_what_it_names),
	};

	return cmocka_run_group_tests_name("glass", tests, begin, remove_folder);
}
