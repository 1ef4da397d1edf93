/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run: the steps of the daily run, which cmd/run.c takes in order, and what they share. */
#ifndef MAILBAN_APP_RUN_H
#define MAILBAN_APP_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/config.h"
#include "app/detection.h"
#include "app/kernel.h"
#include "app/options.h"
#include "base/buf.h"
#include "base/file.h"
#include "detect/drift_known.h"
#include "detect/sessions.h"
#include "fleet/fleet.h"
#include "judge/decide.h"
#include "judge/judge.h"
#include "list/allow.h"
#include "list/state.h"
#include "log/reading.h"
#include "report/examples.h"
#include "report/night.h"

/* What the last mail told, and what was read since. */
struct told {
	int64_t time;                   /* of that mail, seconds since the epoch; 0: there was none */
	uint32_t clock;                 /* of the judge at that time */
	uint64_t lines, events;         /* since then, this run's too */
	struct night_row rows[NIGHTS];  /* the figures of earlier mails, the latest last */
	size_t row_count;
	struct texts notes;             /* failures, and things that need a person: a sentence each */
};

struct run {
	const struct config *config;
	const struct options *options;
	struct detection *detection;
	int64_t now, since;
	int64_t clock;                  /* the host's time when the run began; now may be the logs' time */
	struct file_lock *lock;
	bool keeps_lock;                /* while it reads logs, too */
	/* of the parent, which opens and writes: */
	struct banlist list;            /* the blacklist: the old one, then the new one */
	struct file_look old_look;      /* of the blacklist, before it was read */
	struct file_look old_state;     /* of the state */
	struct file_look old_allow;     /* of the allowlist */
	uint64_t allow_digest;
	struct state state;
	enum state_recovered recovered;
	struct allow allow;
	bool has_digests;               /* of the blacklist, as the state names them */
	uint64_t digest_read, digest_written;
	struct reading reading;
	struct texts silent;            /* logs that nobody writes to, a sentence each */
	struct firewall fw;
	bool fw_read;
	bool rule_is_wanted;            /* mailban-firewall made a rule */
	bool in_part;
	struct fleet_line *line;        /* to the fleet's server; NULL: there is none */
	struct owners *owners;          /* while the report is made */
	uint64_t lines, events;
	struct buf report;              /* what is to be told, as text */
	struct buf subject;             /* of the mail whose body that is; empty: there is no mail */
	struct buf left;                /* what earlier runs could not tell, and this one has not yet */
	uint64_t old_sum;               /* of the state, before */
	struct buf edits;               /* what a person changed in the list, a line each (judge/edits.h) */
	/* of the child, which judges: */
	struct positions positions;
	struct drift_known drift_known; /* the shapes that earlier runs saw */
	struct judge judge;
	struct fleet fleet;             /* where the setting fleet names one */
	struct sessions sessions;
	struct history history;
	uint32_t last_clock;            /* of the judge before this run's events */
	int64_t told_day;               /* the last day on which names that keep failing were told, since the epoch */
	int64_t last_line;              /* the time of the latest line that was read, if it is not of the future */
	bool clock_is_wrong;            /* now is the logs' time */
	int64_t set_back;               /* seconds that the host's clock is behind now */
	struct examples *examples;
	struct texts unread;            /* logs that could not be read, or lines that are lost, a sentence each */
	struct changes changes;         /* what is to be told */
	struct told told;
	struct texts notes;             /* those of this run */
};

/* The section of the state; run_told_load() returns 0, or the number of the first wrong line, from 1. */
unsigned run_told_load(struct told *told, struct span lines);
void run_told_save(const struct told *told, struct buf *out);

/* Adds a note to this run's, and keeps it for the next mail, too. Copies the text up to a newline. */
void run_told_note(struct run *run, const char *text);

/* Notes that everything is told now. bans: how many new bans that told. */
void run_told_finish(struct run *run, uint64_t bans);

/* Reads allowlist, blacklist and the state's sections. EXIT_ALL_WELL, or another status after a message. */
int run_read_lasting(struct run *r);

/* Opens the logs, and reads no byte of them. */
void run_open_logs(struct run *r);

/* Makes a new list, a new state and a report of what is new in the logs. A child in the glass does so, and its answer
 * is checked. The lock is given back meanwhile. EXIT_ALL_WELL, RUN_AGAIN, or another status after a message. */
int run_judge(struct run *r);

/* Whether the clock can be right at all; else says so. */
bool run_clock_is_set(int64_t now);

/* The child's two checks, before and after the logs are read. The first says that the clock was set back behind what
 * former runs judged. The second says that it is far ahead of the logs; r->now is then the logs' time. */
void run_check_set_back(struct run *r);
void run_check_set_forward(struct run *r);

/* The child's part: hands the new lines of the logs to the judge, and puts the new positions into the state. */
void run_read_logs(struct run *r);

/* Whether somebody may have changed the blacklist since the last run: it is none of the lists that the state names. */
bool run_may_be_edited(const struct run *r);

/* The first makes the child's answer. The second takes the answer in the parent, and returns as run_judge() does. */
void run_answer(struct run *r, struct buf *answer);
int run_take_answer(struct run *r, struct buf *answer);

/* Whether somebody changed the blacklist, the state or the allowlist since they were read. */
bool run_was_overtaken(const struct run *r);

/* Stands for an exit status: somebody changed the files during the run, so it begins anew. */
enum { RUN_AGAIN = 100 };

/* Replaces the state, then the blacklist; both new files are on the disk before. EXIT_ALL_WELL, RUN_AGAIN, or another
 * status after a message: EXIT_NOTHING where both files are as they were. */
int run_write_files(struct run *r);

/* Prints what a dry run prints: the report, and the unified diff of the blacklist. */
void run_print_diff(const struct run *r);

/* Writes into r->report what the run changed. A dry run without --json and --mail leaves out what its diff shows. */
void run_make_report(struct run *r);

/* A report is kept in STATE.report until it is printed. Where a run dies before it prints, or cannot print, the next
 * run prints the report. The first function writes r->left and r->report to the disk, for file_commit() before the
 * state, and returns 0 or -errno. The second prints them, and removes the file when all is printed. The third takes
 * what earlier runs could not print, if their state is in place, and prints it at once where it is no mail. */
int run_keep_report(const struct run *r, struct file_new *file);
void run_print_report(struct run *r);
void run_tell_left(struct run *r);

/* For another command that changes the state: what could not be printed goes with the new state. from and to are the
 * sums of the states. The file is for file_commit() before the state. Returns 0 or -errno. */
int run_carry_report(const struct config *config, uint64_t from, uint64_t to, struct file_new *file);

#endif
