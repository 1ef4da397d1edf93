/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_lasting: what lasts from run to run, read and written.
 *
 * Anything wrong with allowlist, blacklist or state stops the run before a log is read. Of blacklist and state both
 * new versions are on the disk before the first one is put in place, the blacklist first: a run that is cut off
 * between them and repeated counts the same lines again, for bans that stand already.
 */
#include "cmd/run_inside.h"

#include <string.h>

#include "base/file.h"
#include "base/msg.h"
#include "base/together.h"
#include "cmd/edit.h"
#include "cmd/remembered.h"
#include "list/blacklist.h"

static int read_state(struct run *r)
{
	const char *path = r->config->state;
	struct span lines;
	unsigned long bad_line = 0;
	unsigned bad;

	if (state_load(&r->state, path) < 0)
		return -1;
	bad = positions_parse(&r->positions, state_lines(&r->state, STATE_POSITIONS));
	if (bad != 0) {
		state_bad_line(path, STATE_POSITIONS, bad);
		return -1;
	}
	bad = drift_known_parse(&r->drift_known, state_lines(&r->state, STATE_DRIFT));
	if (bad != 0) {
		state_bad_line(path, STATE_DRIFT, bad);
		return -1;
	}
	if (remembered_history(&r->state, path, &r->history) < 0)
		return -1;
	r->tally = tally_new(&r->config->judge, &r->history, &r->old, r->now);
	lines = state_lines(&r->state, STATE_EVIDENCE);
	/* what is read from its start brings its evidence again */
	if (!r->options->full && tally_load(r->tally, lines.ptr, lines.len, &bad_line) < 0) {
		state_bad_line(path, STATE_EVIDENCE, (unsigned)bad_line);
		return -1;
	}
	return 0;
}

int run_read_lasting(struct run *r)
{
	int ret;

	if (edit_gather_allow(r->config, &r->allow) < 0)
		return EXIT_USAGE;
	(void)file_look(r->config->blacklist, &r->old_look);
	/* the kernel lists its sets meanwhile, where they are synchronised */
	ret = r->options->no_sync ? blacklist_read(r->config->blacklist, &r->old) :
				    blacklist_read_beside(r->config->blacklist, &r->old);
	if (ret < 0 || read_state(r) < 0)
		return EXIT_NOTHING;
	return EXIT_ALL_WELL;
}

/* The report compares with what the runs before saw, so that is left as it is. */
static void put_drift_into_state(struct run *r)
{
	struct drift_known seen;
	struct buf lines = { 0 };

	(void)drift_known_parse(&seen, state_lines(&r->state, STATE_DRIFT));
	drift_known_add(&seen, r->drift);
	drift_known_format(&seen, &lines);
	state_set(&r->state, STATE_DRIFT, (struct span){ lines.ptr, lines.len });
	drift_known_free(&seen);
	buf_free(&lines);
}

static void put_into_state(struct run *r)
{
	struct buf lines = { 0 };

	put_drift_into_state(r);
	if (r->options->classic)
		return;
	tally_save(r->tally, &lines);
	state_set(&r->state, STATE_EVIDENCE, (struct span){ lines.ptr, lines.len });
	buf_clear(&lines);
	history_save(&r->result.history, &lines);
	state_set(&r->state, STATE_HISTORY, (struct span){ lines.ptr, lines.len });
	buf_free(&lines);
}

static int tell_write_error(const char *path, int error)
{
	msg("%s: %s; nothing was changed", path, strerror(-error));
	return EXIT_NOTHING;
}

/* Logs may take minutes to read, and an editor knows no lock: what a person wrote into the blacklist meanwhile would be
 * gone. */
static int tell_edited(const struct run *r)
{
	msg("%s: was changed by somebody else while the logs were read; nothing was written: run again",
	    r->config->blacklist);
	return EXIT_NOTHING;
}

/* A new version of one of the two files, on the disk beside the old one. */
struct prepared {
	struct run *run;
	bool is_state;
	struct file_new file;
	int error;
};

static void prepare(void *item)
{
	struct prepared *p = item;

	if (p->is_state) {
		put_into_state(p->run);
		p->error = state_prepare(&p->run->state, p->run->config->state, &p->file);
	} else {
		p->error = blacklist_prepare(p->run->config->blacklist, &p->run->result.list, &p->file);
	}
}

/* First the blacklist, then the state: a run that is cut off between them and repeated counts the same lines
 * again, for bans that stand already. */
static int put_in_place(struct run *r, struct prepared *blacklist, struct prepared *state)
{
	struct file_look look = { 0 };
	int error;

	if (blacklist->error < 0)
		return tell_write_error(r->config->blacklist, blacklist->error);
	if (state->error < 0)
		return tell_write_error(r->config->state, state->error);
	(void)file_look(r->config->blacklist, &look);
	if (!file_looks_same(&look, &r->old_look))
		return tell_edited(r);
	error = file_commit(&blacklist->file);
	if (error < 0)
		return tell_write_error(r->config->blacklist, error);
	error = file_commit(&state->file);
	if (error < 0) {
		msg("%s: %s; the blacklist was written, the next run reads the same lines again", r->config->state,
		    strerror(-error));
		return EXIT_IN_PART;
	}
	return EXIT_ALL_WELL;
}

int run_write_files(struct run *r)
{
	struct prepared both[] = { { .run = r }, { .run = r, .is_state = true } };
	int ret;

	/* at once, since each waits for the disk */
	together(prepare, both, sizeof(*both), 2);
	ret = put_in_place(r, &both[0], &both[1]);
	/* what is in place is not to be discarded any more */
	file_discard(&both[0].file);
	file_discard(&both[1].file);
	return ret;
}
