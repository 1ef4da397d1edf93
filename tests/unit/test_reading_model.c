/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading_model: random histories of logs against a plain list of all lines ever written.
 *
 * Two logs live through appends, rotations of all styles, compression, copying and emptying, copies that people make of
 * their files, deletions, replacement and the loss of their heads, with runs, dry runs and killed runs between. At the
 * end each line has been counted exactly once by the runs that came to their end, or was deleted before any of them
 * could; and where that left a trace, a run has said so. SEQUENCES in the environment says how many histories; one that
 * is wrong is told with a MAILBAN_SEED that shows it at SEQUENCES=1.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/sanitized.h"
#include "folder.h"
#include "random.h"
#include "reading_driver.h"

/* five times as slow under a sanitizer, and the 10,000 run without it anyway */
enum { SEQUENCES = SANITIZED ? 1000 : 4000 };

enum { LOGS = 2, FILES = 512, IDS = 4000, NAME = 64, BANNER = 4300, COPIES = 40, DAEMON_SECONDS = 120 };

/* One file as the model sees it. */
struct model_file {
	char name[NAME];
	unsigned ids[IDS];
	size_t count;
	bool partial;      /* the last line has no newline yet */
	bool packed;
	bool stopped_here; /* the last committed run knew that more may come: what is deleted of it is missed */
	bool was_live;     /* at the last committed run */
};

/* A copy that somebody made. */
struct model_copy {
	char name[NAME];
	bool known; /* a committed run came since */
};

struct model_log {
	const char *name;
	struct model_file *files; /* the oldest first; the live one last, if live is true */
	size_t count;
	struct model_copy copies[COPIES];
	size_t copy_count;
	bool live, missed, touched;
};

static uint64_t random_state;
static struct model_log logs[LOGS];
static unsigned next_id, tally[LOGS * IDS], found[LOGS * IDS];
static bool lost[LOGS * IDS];
static bool dated, extended, late_packing, banner, wide;
static unsigned date, copies;
static struct buf history;
static struct driver driver;

static unsigned below(unsigned n)
{
	return (unsigned)random_below(&random_state, n);
}

static struct model_file *live_of(struct model_log *log)
{
	return log->live ? &log->files[log->count - 1] : NULL;
}

static struct model_file *add_file(struct model_log *log, const char *name)
{
	struct model_file *file = &log->files[log->count++];

	assert_true(log->count < FILES);
	*file = (struct model_file){ 0 };
	snprintf(file->name, NAME, "%s", name);
	return file;
}

static void create_live(struct model_log *log)
{
	static char text[BANNER];

	if (log->live)
		return;
	add_file(log, log->name);
	log->live = true;
	memset(text, '#', sizeof(text));
	text[BANNER - 1] = '\n';
	put(log->name, text, banner ? BANNER : 0, O_TRUNC);
}

static void add_lines(struct model_file *file, unsigned count)
{
	static char line[80100];
	struct buf text = { 0 };

	if (file->partial)
		buf_add_text(&text, " rest\n");
	file->partial = false;
	for (unsigned i = 0; i < count && file->count < IDS && next_id < LOGS * IDS; i++) {
		unsigned kind = below(200);
		size_t len = kind == 0 ? 80000 : kind < 6 ? 3000 + below(4000) : below(60);

		/* a log that may lose its head is found again by its last line, if that is of an ordinary length */
		if (wide)
			len = 40 + len % 60;

		/* no part of a long line is like one of another, as in logs, whose lines or heads bear times */
		for (size_t at = 0; at < len; at += 8)
			snprintf(line + at, 9, "%7u ", next_id);
		buf_addf(&text, "id=%u ", next_id);
		buf_add(&text, line, len);
		file->partial = i + 1 == count && below(4) == 0;
		buf_add_text(&text, file->partial ? "" : "\n");
		file->ids[file->count++] = next_id++;
	}
	put(file->name, text.ptr, text.len, O_APPEND);
	buf_free(&text);
}

/* Lines that a run has not read live on in a copy that none has met, and in one that holds the place where it stopped. */
static void remove_copies(struct model_log *log, bool all)
{
	size_t left = 0;

	for (size_t i = 0; i < log->copy_count; i++) {
		if (all || !log->copies[i].known)
			unlink(log->copies[i].name);
		else
			log->copies[left++] = log->copies[i];
	}
	log->copy_count = left;
}

/* What is deleted unread is lost; it must be told where a run could see that something is missing. */
static void lose_first(struct model_log *log, const struct model_file *file, size_t count, bool seen_missing)
{
	log->touched = true;
	for (size_t i = 0; i < count; i++) {
		if (tally[file->ids[i]] > 0)
			continue;
		lost[file->ids[i]] = true;
		log->missed |= file->stopped_here || seen_missing;
	}
	remove_copies(log, log->missed || count < file->count || file == live_of(log));
}

static void lose(struct model_log *log, const struct model_file *file, bool seen_missing)
{
	lose_first(log, file, file->count, seen_missing);
}

static void remove_at(struct model_log *log, size_t i)
{
	memmove(&log->files[i], &log->files[i + 1], (log->count - i - 1) * sizeof(log->files[0]));
	log->count--;
}

static void rename_to(struct model_file *file, const char *name)
{
	assert_int_equal(rename(file->name, name), 0);
	snprintf(file->name, NAME, "%s", name);
}

/* The name of a rotated file: number 1 is the newest. */
static void rotated_name(char *name, const struct model_log *log, unsigned number, const char *ending)
{
	char middle[32];

	if (dated)
		snprintf(middle, sizeof(middle), "-%u", 20260101 + number);
	else
		snprintf(middle, sizeof(middle), ".%u", number);
	if (extended)
		snprintf(name, NAME, "%.1s%s.log%s", log->name, middle, ending);
	else
		snprintf(name, NAME, "%s%s%s", log->name, middle, ending);
}

static unsigned number_of(const struct model_file *file)
{
	return (unsigned)atoi(strpbrk(file->name, "0123456789"));
}

static void compress_to(const char *from, const char *to, unsigned format, size_t limit)
{
	static int (*const filters[])(struct archive *) = { archive_write_add_filter_gzip, archive_write_add_filter_xz,
		archive_write_add_filter_zstd, archive_write_add_filter_bzip2, archive_write_add_filter_lz4 };
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	struct buf text = { 0 };

	assert_int_equal(file_read(from, &text), 0);
	/* libarchive's writer of lz4 cannot close an empty stream; names decide nothing, so gzip does it */
	assert_int_equal(filters[text.len > 0 ? format : 0](archive), ARCHIVE_OK);
	archive_write_set_filter_option(archive, NULL, "compression-level", "1");
	assert_int_equal(archive_write_set_format_raw(archive), ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(archive, 1);
	assert_int_equal(archive_write_open_filename(archive, to), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	if (text.len > 0)
		assert_int_equal(archive_write_data(archive, text.ptr, text.len), text.len);
	archive_entry_free(entry);
	assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
	if (limit > 0) {
		struct stat st;

		assert_int_equal(stat(to, &st), 0);
		assert_int_equal(truncate(to, st.st_size / (off_t)limit), 0);
	}
	buf_free(&text);
}

static const char *const endings[] = { ".gz", ".xz", ".zst", ".bz2", ".lz4" };

static void pack(struct model_file *file)
{
	unsigned format = below(5);
	char name[NAME + 8];

	if (file->packed)
		return;
	snprintf(name, sizeof(name), "%.*s%s", NAME - 1, file->name, endings[format]);
	compress_to(file->name, name, format, 0);
	unlink(file->name);
	snprintf(file->name, NAME, "%.*s", NAME - 1, name);
	file->packed = true;
}

static const char *ending_of(const struct model_file *file)
{
	return file->packed ? strrchr(file->name, '.') : "";
}

/* Makes way for a new newest rotated file. */
static void shift(struct model_log *log)
{
	size_t rotated = log->count - log->live;

	date++;
	for (size_t i = 0; i < rotated && !dated; i++) {
		char name[NAME];

		rotated_name(name, log, number_of(&log->files[i]) + 1, ending_of(&log->files[i]));
		rename_to(&log->files[i], name);
	}
	if (late_packing && rotated > 0)
		pack(&log->files[rotated - 1]);
}

static void rotate_by_rename(struct model_log *log)
{
	char name[NAME];

	if (!log->live)
		return;
	shift(log);
	rotated_name(name, log, dated ? date : 1, "");
	rename_to(live_of(log), name);
	log->live = false;
	if (!late_packing && below(2) == 0)
		pack(&log->files[log->count - 1]);
	if (below(3) > 0)
		create_live(log);
}

static void run(bool commit);

static void rotate_by_copy(struct model_log *log)
{
	struct model_file *live = live_of(log);
	/* that a file is a copy in the making is known by the file it is made of, if a run has stopped in that */
	bool runs = live != NULL && live->stopped_here;
	struct buf text = { 0 };
	char name[NAME];

	if (live == NULL || live->count == 0)
		return;
	shift(log);
	rotated_name(name, log, dated ? date : 1, "");
	assert_int_equal(file_read(log->name, &text), 0);
	if (runs && below(3) == 0) {
		put(name, text.ptr, text.len / 2, O_TRUNC);
		run(below(2) == 0);
	}
	put(name, text.ptr, text.len, O_TRUNC);
	if (runs && below(3) == 0)
		run(below(2) == 0);
	buf_free(&text);
	put(log->name, "", 0, O_TRUNC);
	snprintf(live->name, NAME, "%s", name);
	log->live = false;
	add_file(log, log->name);
	log->live = true;
}

static void empty(struct model_log *log)
{
	if (!log->live)
		return;
	lose(log, live_of(log), false);
	log->count--;
	add_file(log, log->name);
	put(log->name, "", 0, O_TRUNC);
}

static void replace(struct model_log *log)
{
	if (!log->live)
		return;
	lose(log, live_of(log), false);
	log->count--;
	log->live = false;
	/* in place or as another file */
	if (below(2) == 0)
		unlink(log->name);
	create_live(log);
	add_lines(live_of(log), 1 + below(5));
}

/* The last lines of the log become the log, in place or as another file. */
static void cut_head(struct model_log *log)
{
	struct model_file *live = live_of(log);
	unsigned drop = live != NULL && live->count > 1 ? 1 + below((unsigned)live->count - 1) : 0;
	struct buf text = { 0 };
	char id[32];
	const char *rest;

	if (drop == 0)
		return;
	assert_int_equal(file_read(log->name, &text), 0);
	snprintf(id, sizeof(id), "id=%u ", live->ids[drop]);
	rest = strstr(buf_text(&text), id);
	assert_non_null(rest);
	if (below(2) == 0)
		unlink(log->name);
	put(log->name, rest, (size_t)(text.ptr + text.len - rest), O_TRUNC);
	buf_free(&text);
	lose_first(log, live, drop, false);
	live->count -= drop;
	memmove(live->ids, live->ids + drop, live->count * sizeof(live->ids[0]));
	/* until the next run neither a copy nor a gap is known by it */
	live->stopped_here = live->was_live = false;
}

/* Whether a run can see by the numbers that file i is missing. */
static bool leaves_gap(const struct model_log *log, size_t i)
{
	for (size_t j = 0; j < i && !dated; j++) {
		if (log->files[j].was_live)
			return true;
	}
	return false;
}

static void delete_one(struct model_log *log)
{
	size_t rotated = log->count - log->live, i = below(2) == 0 ? 0 : below((unsigned)rotated + 1);

	if (rotated == 0)
		return;
	i = i < rotated ? i : 0;
	lose(log, &log->files[i], leaves_gap(log, i));
	unlink(log->files[i].name);
	remove_at(log, i);
}

/* A daemon goes on writing to the renamed file until it is told, through another rotation, too. */
static void write_late(struct model_log *log)
{
	size_t rotated = log->count - log->live, back = 1 + below(2);

	if (rotated >= back && !log->files[rotated - back].packed && log->files[rotated - back].count > 0)
		add_lines(&log->files[rotated - back], 1 + below(3));
}

static void pack_one(struct model_log *log)
{
	size_t rotated = log->count - log->live;
	struct model_file *file = rotated > 0 ? &log->files[below((unsigned)rotated)] : NULL;
	unsigned format = below(5);
	char name[NAME + 8];

	if (file == NULL || file->packed)
		return;
	/* a run may come while the compressed file is being written */
	if (below(3) == 0) {
		snprintf(name, sizeof(name), "%.*s%s", NAME - 1, file->name, endings[format]);
		compress_to(file->name, name, format, 1 + below(4));
		run(below(2) == 0);
		unlink(name);
	}
	pack(file);
}

/* Somebody copies a file; a run may come meanwhile. */
static void copy_one(struct model_log *log)
{
	struct model_file *file = log->count > 0 ? &log->files[below((unsigned)log->count)] : NULL;
	struct model_copy *copy = &log->copies[log->copy_count];
	struct buf text = { 0 };

	if (file == NULL || file->count == 0 || file->partial || log->copy_count == COPIES)
		return;
	rotated_name(copy->name, log, (dated ? 800000 : 500) + copies++, below(2) == 0 ? ".gz" : "");
	copy->known = false;
	log->copy_count++;
	assert_int_equal(file_read(file->name, &text), 0);
	if (below(3) == 0) {
		put(copy->name, text.ptr, text.len / 2, O_TRUNC);
		if (!file->packed)
			run(below(2) == 0);
	}
	if (file->packed || below(2) == 0)
		put(copy->name, text.ptr, text.len, O_TRUNC);
	else
		compress_to(file->name, copy->name, below(5), 0);
	buf_free(&text);
}

static void take(void *context, const char *line, size_t len)
{
	unsigned id;
	char text[16];

	(void)context;
	snprintf(text, sizeof(text), "%.*s", (int)(len < 15 ? len : 15), line);
	if (sscanf(text, "id=%u ", &id) == 1)
		found[id]++;
}

static void broken(const char *what, unsigned id)
{
	struct buf text = { 0 };

	positions_format(&driver.positions, &text);
	fprintf(stderr, "%s %u\nnotes of the last run: %s\nhistory: %s\npositions before it:\n%s\n", what, id,
		driver.notes.ptr, buf_text(&history), buf_text(&text));
	if (system("ls -li --full-time") < 0)
		print_error("the files cannot be listed\n");
	buf_free(&text);
	fail();
}

static void check_run(const struct model_log *log)
{
	char *lines = driver.notes.ptr;
	char name[NAME];
	bool told;

	snprintf(name, sizeof(name), "/%s: ", log->name);
	told = strstr(lines, name) != NULL;
	if (log->missed && !told)
		broken("what was lost is not told of log", (unsigned)(log - logs));
	if (told && !log->touched)
		broken("something is told of log, and nothing happened to", (unsigned)(log - logs));
}

static void mark_stops(struct model_log *log)
{
	size_t rotated = log->count - log->live;

	log->missed = log->touched = false;
	for (size_t i = 0; i < log->count; i++) {
		struct model_file *file = &log->files[i];
		bool newest = i + 1 == log->count || i + 1 == rotated;
		/* the end of a rotated file that nothing was added to is a line, finished or not */
		bool open = file->partial && tally[file->ids[file->count - 1]] == 0;

		/* what has no complete line yet leaves no mark */
		file->stopped_here = !file->packed && newest && file->count > (file->partial ? 1 : 0) && (i >= rotated || open);
		file->was_live = file->stopped_here && i >= rotated;
	}
	for (size_t i = 0; i < log->copy_count; i++)
		log->copies[i].known = true;
}

static void run(bool commit)
{
	static char a[] = "a.log", b[] = "./b.log", pattern[] = "*.log*", link[] = "link";
	char *by_name[] = { a, b }, *turned[] = { b, a, link, pattern }, *by_pattern[] = { pattern };
	char **const names[] = { by_name, turned, by_pattern };
	static const size_t counts[] = { 2, 4, 1 }, rooms[] = { 64, 1000, 4096, 65536 };
	unsigned kind = below(logs[0].live ? 3 : 1);

	buf_addf(&history, "%s%u ", commit ? "RUN" : "killed", kind);
	memset(found, 0, sizeof(found[0]) * next_id);
	driver.room = rooms[below(4)];
	if (driver_run(&driver, names[kind], counts[kind], commit) != 0)
		broken("the positions cannot be read again", 0);
	for (unsigned id = 0; id < next_id; id++) {
		if (found[id] + tally[id] > 1)
			broken("counted twice: id", id);
		if (commit)
			tally[id] += found[id];
	}
	if (!commit)
		return;
	for (size_t i = 0; i < LOGS; i++) {
		/* a log of which there is no file at all may come back: what it lost is told then */
		if (logs[i].count == 0)
			continue;
		check_run(&logs[i]);
		mark_stops(&logs[i]);
	}
}

static void step(void)
{
	struct model_log *log = &logs[below(LOGS)];
	unsigned choice = below(100);

	if (choice < 34) {
		buf_addf(&history, "append-%s ", log->name);
		create_live(log);
		add_lines(live_of(log), 1 + below(8));
	} else if (choice < 56) {
		run(true);
	} else if (choice < 64) {
		run(false);
	} else if (choice < 76) {
		buf_addf(&history, "rotate-%s ", log->name);
		rotate_by_rename(log);
	} else if (choice < 82) {
		buf_addf(&history, "copy-%s ", log->name);
		rotate_by_copy(log);
	} else if (choice < 85) {
		buf_addf(&history, "empty-%s ", log->name);
		empty(log);
	} else if (choice < 88) {
		buf_addf(&history, "delete-%s ", log->name);
		delete_one(log);
	} else if (choice < 90) {
		buf_addf(&history, "replace-%s ", log->name);
		replace(log);
	} else if (choice < 92) {
		buf_addf(&history, wide ? "cut-%s " : "keep-%s ", log->name);
		if (wide)
			cut_head(log);
	} else if (choice < 95) {
		buf_addf(&history, "pack-%s ", log->name);
		pack_one(log);
	} else if (choice < 98) {
		buf_addf(&history, "backup-%s ", log->name);
		copy_one(log);
	} else {
		buf_addf(&history, "late-%s ", log->name);
		write_late(log);
	}
}

/* Lets every last line be finished, reads all, and compares. */
static void finish(void)
{
	for (size_t i = 0; i < LOGS; i++) {
		create_live(&logs[i]);
		add_lines(live_of(&logs[i]), 1);
		for (int j = 0; j < 2; j++) {
			struct model_log *log = &logs[i];

			if (live_of(log)->partial)
				add_lines(live_of(log), 0);
			rotate_by_rename(log);
			create_live(log);
			add_lines(live_of(log), 1);
		}
		if (live_of(&logs[i])->partial)
			add_lines(live_of(&logs[i]), 0);
	}
	/* of a file that grew, the second one knows that it does no more */
	run(true);
	run(true);
	for (unsigned id = 0; id < next_id; id++) {
		if (tally[id] != !lost[id])
			broken(lost[id] ? "counted although it is lost: id" : "never counted: id", id);
	}
}

static void clear(void)
{
	for (size_t i = 0; i < LOGS; i++) {
		for (size_t j = 0; j < logs[i].count; j++)
			unlink(logs[i].files[j].name);
		remove_copies(&logs[i], true);
		logs[i].count = 0;
		logs[i].live = logs[i].missed = logs[i].touched = false;
	}
	memset(tally, 0, sizeof(tally[0]) * next_id);
	memset(lost, 0, sizeof(lost[0]) * next_id);
	next_id = 0;
	driver_free(&driver);
	driver = (struct driver){ .take = take };
	buf_clear(&history);
}

static void one_sequence(uint64_t seed)
{
	random_state = random_begin(seed);
	dated = below(2) == 0;
	extended = below(4) == 0;
	late_packing = below(2) == 0;
	banner = below(4) == 0;
	wide = below(3) == 0;
	date = copies = 0;
	buf_addf(&history, "seed %llu: %s%s%s%s%s", (unsigned long long)seed, dated ? "dated " : "",
		 extended ? "extended " : "", late_packing ? "late-packing " : "", banner ? "banner " : "",
		 wide ? "wide " : "");
	for (unsigned steps = 10 + below(30); steps > 0; steps--)
		step();
	finish();
}

/* A daemon and a rotation that do not wait for the runs: what a run meets is the scheduler's, whatever the seed. */
static void live_on(struct model_log *log, unsigned steps)
{
	create_live(log);
	while (steps-- > 0 && next_id < IDS - 10) {
		unsigned choice = below(100);

		if (choice < 85) {
			add_lines(live_of(log), 1 + below(5));
		} else if (choice < 95 && log->count + 2 < FILES) {
			if (live_of(log)->partial)
				add_lines(live_of(log), 0);
			shift(log);
			rename_to(live_of(log), "a.log.1");
			log->live = false;
			create_live(log);
		} else if (log->count > 3) {
			pack(&log->files[below((unsigned)log->count - 2)]);
		}
	}
	if (live_of(log)->partial)
		add_lines(live_of(log), 0);
}

/* Runs, most of which come to their end, until the daemon does. */
static void run_beside(pid_t daemon)
{
	char name[] = "a.log", *const names[] = { name };
	unsigned ids = IDS;

	for (bool last = false;; ) {
		bool commit = last || below(5) > 0;

		memset(found, 0, sizeof(found[0]) * ids);
		driver.room = 4096;
		if (driver_run(&driver, names, 1, commit) != 0)
			broken("the positions cannot be read again", 0);
		for (unsigned id = 0; id < ids && commit; id++) {
			tally[id] += found[id];
			if (tally[id] > 1)
				broken("counted twice: id", id);
		}
		if (last)
			return;
		last = waitpid(daemon, NULL, WNOHANG) != 0;
	}
}

static void counts_while_logs_are_written(void **state)
{
	uint64_t seed = random_seed();

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		int count[2];
		pid_t child;
		unsigned written = 0;

		clear();
		dated = extended = late_packing = banner = wide = false;
		random_state = random_begin(seed + round);
		assert_int_equal(pipe(count), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			/* whatever befalls it, the runs beside it come to an end */
			alarm(DAEMON_SECONDS);
			live_on(&logs[0], 400);
			_exit(write(count[1], &next_id, sizeof(next_id)) != sizeof(next_id));
		}
		/* a child that fails is to be the end of it */
		close(count[1]);
		run_beside(child);
		assert_int_equal(read(count[0], &written, sizeof(written)), sizeof(written));
		close(count[0]);
		for (unsigned id = 0; id < written; id++) {
			if (tally[id] != 1)
				broken("never counted: id", id);
		}
		next_id = IDS;
		assert_int_equal(system("rm -f a.log*"), 0);
	}
}

static void counts_each_line_once(void **state)
{
	const char *given = getenv("SEQUENCES");
	uint64_t seed = random_seed(), sequences = given != NULL ? strtoull(given, NULL, 10) : SEQUENCES;

	(void)state;
	print_message("%llu sequences\n", (unsigned long long)sequences);
	for (uint64_t i = 0; i < sequences; i++) {
		clear();
		one_sequence(seed + i);
	}
}

static int begin(void **state)
{
	logs[0].name = "a.log";
	logs[1].name = "b.log";
	for (size_t i = 0; i < LOGS; i++)
		logs[i].files = mem_zalloc(FILES, sizeof(struct model_file));
	return go_to_folder(state) != 0 || symlink("a.log", "link") < 0;
}

static int end(void **state)
{
	driver_free(&driver);
	buf_free(&history);
	for (size_t i = 0; i < LOGS; i++)
		free(logs[i].files);
	return remove_folder(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_each_line_once),
		cmocka_unit_test(counts_while_logs_are_written),
	};

	return cmocka_run_group_tests_name("reading_model", tests, begin, end);
}
