/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reading_inside: what a reading is made of; for src/log/reading*.c alone. */
#ifndef MAILBAN_LOG_READING_INSIDE_H
#define MAILBAN_LOG_READING_INSIDE_H

#include "log/discover.h"
#include "log/reading.h"

/* One file of a log. */
struct reading_file {
	char *path;
	struct source *source;       /* NULL: not opened, since nothing in it can be new; or handed to the reading */
	struct file_look file;
	const struct position *old;  /* where the last run stopped in it, or NULL */
	struct buf why;              /* it could not be read: a sentence */
	bool hindered;               /* it could not be read, and the next run may be able to */
	bool is_copy;                /* all of it stands in another file, too: nothing of it counts */
	bool skip;                   /* another name of a file that is read already, or a copy */
};

struct reading_log {
	struct log_files names;
	struct reading_file *files;     /* the oldest first; the last one is the one written to, where it exists */
	size_t count;
	bool settled;                /* nothing moved while they were opened */
	struct source *journal;      /* opened and not among the sources; NULL: none */
	struct buf why;              /* the journal could not be read: a sentence */
	uint64_t compared;           /* bytes spent on files that are alike for a while and not the same */
	bool whole;                  /* all files that there are were listed and could be read */
	int64_t read_up_to;          /* of a log whose last file is gone: when its last line read was written; of a
	                                journal: of the last line of the logs whose place it took */
};

/* Opens the files of a log, as they stand together at one moment; and closes them. */
void reading_open_log(struct reading_log *log);
void reading_close_log(struct reading_log *log);

/* Looks at their first bytes, and closes those in which nothing can be new. Notes what cannot be read. */
void reading_begin_log(struct reading *reading, struct reading_log *log);

/* Opens a journal; then begins behind the entry where the last run stopped, and adds it to the sources. */
void reading_open_journal(struct reading_log *log, const char *directory);
void reading_add_journal(struct reading *reading, struct reading_log *log);

/* Finds the old positions again in the files of all logs, and copies of files among them. */
void reading_match(struct reading *reading);

struct reading_source *reading_add_source(struct reading *reading, const char *log, struct source *source);
void reading_note(struct reading *reading, enum reading_note_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void reading_claim(struct reading *reading, struct reading_file *file, const struct position *old);
bool reading_same_file(const struct file_look *a, const struct file_look *b); /* false where one is not known */
bool reading_same_place(const struct position *a, const struct position *b); /* in files that are alike up to there */
bool reading_is_done(const struct reading *reading, const struct reading_file *file); /* nothing in it is to be read */
bool reading_is_live(const struct reading_log *log, const struct reading_file *file);

/* The time of the first line that has one among the first bytes of an open file, or WHEN_UNKNOWN. */
int64_t reading_first_time(const struct reading_file *file);

/* Appends " after FROM and before TO", as far as they are known. */
void reading_add_span(struct buf *text, int64_t from, int64_t to);

/* Says what may have been lost with the files that are gone, and sets read_up_to. */
void reading_note_lost(struct reading *reading, struct reading_log *log);

#endif
