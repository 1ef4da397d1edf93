/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass: a process that works on bytes of strangers gives up what it does not need for that.
 *
 * Somebody may take such a process over by a fault of a parser. He finds no capability, no file, no network, no other
 * program and no other process. He can compute, and answer through descriptors that are open. Each step fails closed:
 * one that the kernel has and refuses ends the work. A kernel without Landlock or seccomp is told of, and worked on. A
 * call that is not in the list fails with EPERM, which a new C library survives. Calls that nobody makes who reads logs
 * (another program, a socket, another process) end the process: they tell of an attack.
 */
#define _GNU_SOURCE
#include "base/glass.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/capability.h>

#if HAVE_LIBSECCOMP
#include <seccomp.h>
#endif

#include "base/msg.h"
#include "base/sanitized.h"

static int fail(struct buf *why, const char *what)
{
	int error = errno;

	buf_addf(why, "the reader of logs cannot %s: %s; nothing was read", what, strerror(error));
	return -1;
}

/* ---- Landlock: its numbers are the same on every architecture, and headers may be older than the kernel ---- */

enum {
	LANDLOCK_CREATE = 444,
	LANDLOCK_ADD = 445,
	LANDLOCK_RESTRICT = 446,
	WANT_VERSION = 1,
	BENEATH = 1,
	READ_FILE = 1 << 2,
	READ_FOLDER = 1 << 3,
};

struct landlock_wants {
	uint64_t files, network, scopes;
};

struct __attribute__((packed)) landlock_path {
	uint64_t allowed;
	int32_t fd;
};

/* The version of Landlock; 0: the kernel has none; -1: it cannot be asked. */
static int landlock_version(void)
{
	long version = syscall(LANDLOCK_CREATE, NULL, 0, WANT_VERSION);

	if (version < 0 && (errno == ENOSYS || errno == EOPNOTSUPP))
		return 0;
	return (int)version;
}

/* All rights that a version knows. */
static struct landlock_wants landlock_all(unsigned version)
{
	unsigned files = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;

	return (struct landlock_wants){
		.files = (UINT64_C(1) << files) - 1,
		.network = version >= 4 ? 3 : 0,
		.scopes = version >= 6 ? 3 : 0,
	};
}

static int landlock_allow(int ruleset, const char *path)
{
	struct landlock_path rule = { .allowed = READ_FILE, .fd = open(path, O_PATH | O_CLOEXEC) };
	struct stat st;
	long ret = -1;

	if (rule.fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(rule.fd, &st) == 0) {
		rule.allowed |= S_ISDIR(st.st_mode) ? READ_FOLDER : 0;
		ret = syscall(LANDLOCK_ADD, ruleset, BENEATH, &rule, 0);
	}
	close(rule.fd);
	return (int)ret;
}

static int restrict_files(const char *const *paths, unsigned *version, struct buf *why)
{
	int found = landlock_version(), ruleset, ret = 0;
	struct landlock_wants wants;

	*version = found > 0 ? (unsigned)found : 0;
	if (found == 0)
		return 0;
	wants = landlock_all(*version);
	ruleset = found < 0 ? -1 : (int)syscall(LANDLOCK_CREATE, &wants, sizeof(wants), 0);
	if (ruleset < 0)
		return fail(why, "use Landlock");
	for (; paths != NULL && *paths != NULL && ret == 0; paths++)
		ret = landlock_allow(ruleset, *paths);
	if (ret == 0)
		ret = (int)syscall(LANDLOCK_RESTRICT, ruleset, 0);
	if (ret < 0)
		(void)fail(why, "give files up");
	close(ruleset);
	return ret;
}

/* ---- user and capabilities ---- */

/* The user mailban, else nobody; its name. Names of other sources than the file would need a network. */
static const char *find_user(struct passwd *user)
{
	FILE *file = fopen("/etc/passwd", "re");
	const char *name = "nobody";
	const struct passwd *line;

	user->pw_uid = user->pw_gid = 65534;
	while (file != NULL && (line = fgetpwent(file)) != NULL) {
		if (strcmp(line->pw_name, "mailban") != 0)
			continue;
		user->pw_uid = line->pw_uid;
		user->pw_gid = line->pw_gid;
		name = "mailban";
	}
	if (file != NULL)
		(void)fclose(file);
	return name;
}

static int become_user(struct glass *glass, struct buf *why)
{
	struct passwd user;
	const char *name;

	if (geteuid() != 0)
		return 0;
	name = find_user(&user);
	if (setresgid(user.pw_gid, user.pw_gid, user.pw_gid) == 0 && setgroups(0, NULL) == 0 &&
	    setresuid(user.pw_uid, user.pw_uid, user.pw_uid) == 0) {
		glass->user = name;
		return 0;
	}
	/* in a namespace that knows root alone: there this root is an ordinary user outside */
	if (errno == EINVAL)
		return 0;
	return fail(why, "become another user than root (it needs CAP_SETUID and CAP_SETGID for that)");
}

/* Leaves those of the mask that it has. */
static int keep_capabilities(uint64_t mask, struct buf *why)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &head, data) < 0)
		return fail(why, "ask for its capabilities");
	for (unsigned i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(mask >> 32 * i);
		data[i].effective &= data[i].permitted;
		data[i].inheritable = 0;
	}
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &head, data) < 0)
		return fail(why, "give its capabilities up");
	return 0;
}

/* ---- limits ---- */

/* The memory that the process has, in bytes; 0 where that is not known. */
static uint64_t memory_now(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	(void)fclose(file);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* A limit that is lower already stays. */
static int limit(unsigned what, uint64_t most)
{
	struct rlimit limit;

	if (getrlimit(what, &limit) < 0)
		return -1;
	if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > most)
		limit.rlim_cur = (rlim_t)most;
	/* what a signal tells of may be held up up to the hard limit; the others are raised by a call that fails */
	if (what == RLIMIT_CPU)
		limit.rlim_max = limit.rlim_cur;
	return setrlimit(what, &limit);
}

static int set_limits(uint64_t memory, bool is_child, struct buf *why)
{
	/* poll(2) wants room for the one descriptor that it is asked about */
	if (limit(RLIMIT_CPU, GLASS_SECONDS) < 0 || limit(RLIMIT_NOFILE, 1) < 0 || limit(RLIMIT_CORE, 0) < 0 ||
	    (sizeof(void *) > 4 && limit(RLIMIT_AS, memory) < 0) || (is_child && limit(RLIMIT_FSIZE, 0) < 0))
		return fail(why, "limit itself");
	return 0;
}

/* ---- system calls ---- */

#if HAVE_LIBSECCOMP

enum { SET_MODE_FILTER = 1 };

static const int allowed[] = {
	/* what is open */
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(preadv2), SCMP_SYS(write),
	SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(close), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64), SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(fadvise64),
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	/* threads and the end */
	SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(rseq), SCMP_SYS(set_robust_list), SCMP_SYS(set_tid_address),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_yield), SCMP_SYS(membarrier),
	SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(restart_syscall),
	/* what they ask */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(getrandom), SCMP_SYS(sysinfo), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
	SCMP_SYS(getegid), SCMP_SYS(uname),
};

/* Nobody who reads logs makes these. */
static const int deadly[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(socket), SCMP_SYS(socketpair),
	SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(kill), SCMP_SYS(mount), SCMP_SYS(unshare),
	SCMP_SYS(setns), SCMP_SYS(bpf), SCMP_SYS(io_uring_setup), SCMP_SYS(userfaultfd), SCMP_SYS(keyctl),
	SCMP_SYS(init_module), SCMP_SYS(finit_module),
};

#ifdef __s390__
#define CLONE_FLAGS SCMP_A1
#else
#define CLONE_FLAGS SCMP_A0
#endif

/* Calls that are allowed in part, and what the C library expects of those that are not. */
static int add_parts(scmp_filter_ctx filter)
{
	const uint64_t own = (uint64_t)getpid();
	int ret = 0;

	/* memory that can be executed was made when the patterns were compiled */
	ret |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	ret |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap2), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	ret |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* threads, and no processes */
	ret |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				CLONE_FLAGS(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	ret |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	/* fstat(2) of newer C libraries; a path would be an empty one */
	ret |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
				SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
	ret |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, TCGETS, 0));
	ret |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0));
	ret |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, own, 0));
	/* on what is connected, to nobody else */
	ret |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 1, SCMP_A4(SCMP_CMP_EQ, 0, 0));
	ret |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(recvfrom), 1, SCMP_A4(SCMP_CMP_EQ, 0, 0));
	ret |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(open), 0);
	ret |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 0);
	return ret;
}

static int add_lists(scmp_filter_ctx filter)
{
	uint32_t end = SCMP_ACT_KILL_PROCESS;
	int ret = 0;

	/* kernels before 4.14 can end the thread alone */
	if (seccomp_rule_add(filter, end, deadly[0], 0) < 0)
		end = SCMP_ACT_KILL;
	for (size_t i = 0; i < LENGTH_OF(allowed); i++)
		ret |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < LENGTH_OF(deadly); i++)
		ret |= seccomp_rule_add(filter, end, deadly[i], 0);
	return ret;
}

/* Whether the kernel can filter: it is asked with a filter at an address that nobody can have, and faults where it can.
 * At NULL a process may have a page (personality(2), MMAP_PAGE_ZERO). */
static bool has_seccomp(void)
{
	return syscall(SYS_seccomp, SET_MODE_FILTER, 0, -1L) == 0 || (errno != ENOSYS && errno != EINVAL);
}

static int filter_calls(struct glass *glass, struct buf *why)
{
	scmp_filter_ctx filter;
	int ret = -ENOMEM;

	if (!has_seccomp())
		return 0;
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (filter != NULL) {
		/* older kernels would slow all of the work down, for a danger within one process */
		(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
		(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
		/* a call that the architecture does not have is no fault */
		ret = add_lists(filter) | add_parts(filter);
		ret = ret < 0 ? -EINVAL : seccomp_load(filter);
		seccomp_release(filter);
	}
	errno = -ret;
	if (ret < 0)
		return fail(why, "filter its system calls");
	glass->seccomp = true;
	return 0;
}

#else

static int filter_calls(struct glass *glass, struct buf *why)
{
	(void)glass;
	(void)why;
	return 0;
}

#endif

/* ---- all of it ---- */

/* What would be loaded later, when files can be opened no more. */
static void load_time_zone(void)
{
	time_t now = time(NULL);
	struct tm ignored;

	tzset();
	(void)localtime_r(&now, &ignored);
}

int glass_fence(const char *const *paths, struct buf *why)
{
	const uint64_t keep = UINT64_C(1) << CAP_DAC_READ_SEARCH | UINT64_C(1) << CAP_SETUID |
			      UINT64_C(1) << CAP_SETGID | UINT64_C(1) << CAP_SYS_ADMIN;
	unsigned version;

	if (SANITIZED)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(why, "give new privileges up");
	if (restrict_files(paths, &version, why) < 0)
		return -1;
	return keep_capabilities(keep, why);
}

int glass_enter(struct glass *glass, bool is_child, struct buf *why)
{
	uint64_t memory = memory_now() + ((uint64_t)GLASS_GIGABYTES << 30);

	*glass = (struct glass){ .off = SANITIZED };
	load_time_zone();
	if (SANITIZED)
		return 0;
	/* whom the kernel does not let have one has no calls for the network either */
	glass->no_network = unshare(CLONE_NEWNET) == 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(why, "give new privileges up");
	if (become_user(glass, why) < 0 || restrict_files(NULL, &glass->landlock, why) < 0 ||
	    keep_capabilities(0, why) < 0 || set_limits(memory, is_child, why) < 0)
		return -1;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || (is_child && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0))
		return fail(why, "keep its memory to itself");
	return filter_calls(glass, why);
}

bool glass_enter_or_say(void)
{
	FREED_BY(buf_free) struct buf why = { 0 };
	struct glass glass;
	bool entered = glass_enter(&glass, false, &why) == 0;

	if (!entered)
		msg("%s", buf_text(&why));
	return entered;
}

void glass_add_lacking(const struct glass *glass, struct buf *out)
{
	if (glass->landlock == 0)
		buf_add_text(out, "Landlock");
	if (!glass->seccomp)
		buf_addf(out, "%s%s", out->len > 0 ? " and " : "",
			 HAVE_LIBSECCOMP ? "seccomp" : "seccomp (built without libseccomp)");
}

void glass_add_force(const struct glass *glass, struct buf *out)
{
	if (glass->off) {
		buf_add_text(out, "with all rights, since this build has a sanitizer");
		return;
	}
	if (glass->user != NULL)
		buf_addf(out, "as user %s, ", glass->user);
	buf_add_text(out, "no capabilities, no new privileges");
	if (glass->landlock > 0)
		buf_addf(out, ", no files (Landlock %u)", glass->landlock);
	if (glass->no_network || glass->seccomp)
		buf_add_text(out, ", no network");
	if (glass->seccomp)
		buf_add_text(out, ", few system calls (seccomp)");
	buf_addf(out, ", %d GB of memory, %d hours of processor time", GLASS_GIGABYTES, GLASS_SECONDS / 3600);
}
