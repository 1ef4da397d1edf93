/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_lasting: what lasts from run to run, read and written.
 *
 * Anything wrong with allowlist, blacklist or state stops the run before a log is read. Of state and blacklist both new
 * versions are on the disk before the first one is put in place, the state first: whoever finds the old list beside
 * the new state writes the new list again (list/state.h).
 */
#include "app/run.h"

#include <stdlib.h>
#include <string.h>

#include "app/edit.h"
#include "app/remembered.h"
#include "base/file.h"
#include "base/msg.h"
#include "judge/edits.h"
#include "list/blacklist.h"

enum { DAY = 86400 };

/* What stands in the file beside the two lists that the state names. */
static enum edits_file kind_of_file(const struct run *r, enum state_recovered recovered)
{
	if (recovered == STATE_UNFINISHED)
		return EDITS_UNWRITTEN;
	if (recovered == STATE_UNWRITTEN)
		return EDITS_OF_UNWRITTEN;
	return !r->has_digests || r->list.digest == r->digest_written ? EDITS_NONE : EDITS_BY_PERSON;
}

static int bad_section(const struct run *r, const char *name, unsigned bad)
{
	state_bad_line(r->config->state, name, bad);
	return -1;
}

static int read_sections(struct run *r)
{
	unsigned bad = positions_parse(&r->positions, state_lines(&r->state, STATE_POSITIONS));

	if (bad != 0)
		return bad_section(r, STATE_POSITIONS, bad);
	bad = drift_known_parse(&r->drift_known, state_lines(&r->state, STATE_DRIFT));
	if (bad != 0)
		return bad_section(r, STATE_DRIFT, bad);
	bad = run_told_load(&r->told, state_lines(&r->state, STATE_TOLD));
	if (bad != 0)
		return bad_section(r, STATE_TOLD, bad);
	if (remembered_history(&r->state, r->config->state, &r->history) < 0)
		return -1;
	r->history.anew = r->options->full;
	/* what is read from its start is judged anew; accounts that were entered are not told a second time */
	if (r->options->full) {
		bad = entered_load(&r->judge.entered, state_lines(&r->state, STATE_ENTERED));
		return bad != 0 ? bad_section(r, STATE_ENTERED, bad) : 0;
	}
	return remembered_judge(&r->state, r->config->state, &r->judge) < 0 ?
		       -1 : remembered_sessions(&r->state, r->config->state, &r->sessions);
}

/* Postfix's networks, where postconf failed: as the last run knew them. */
static void take_mynetworks(struct run *r)
{
	if (!r->allow.incomplete)
		return;
	r->in_part = true;
	allow_read_mynetworks(&r->allow, state_lines(&r->state, STATE_MYNETWORKS));
	netset_finish(&r->allow.nets);
}

static void put_mynetworks(struct run *r)
{
	struct buf lines = { 0 };

	allow_format_mynetworks(&r->allow, &lines);
	if (lines.len > 0)
		state_take(&r->state, STATE_MYNETWORKS, &lines);
	buf_free(&lines);
}

static void put_told(struct run *r)
{
	struct buf lines = { 0 };

	run_told_save(&r->told, &lines);
	state_take(&r->state, STATE_TOLD, &lines);
}

static int read_state(struct run *r, enum state_recovered recovered)
{
	if (state_load(&r->state, r->config->state) < 0 || read_sections(r) < 0 ||
	    (r->config->fleet.url != NULL && fleet_load(&r->fleet, &r->state, r->config->state) < 0))
		return -1;
	if (r->state.version == 1)
		msg("%s: was written by an earlier mailban; logs go on where it stopped, "
		    "bans stand until their time is over, and evidence begins anew", r->config->state);
	if (!r->options->dry_run)
		run_tell_left(r);
	take_mynetworks(r);
	r->has_digests = state_digests(&r->state, &r->digest_read, &r->digest_written);
	fleet_lay(&r->fleet, &r->judge);
	(void)edits_take(&r->judge, &r->list, kind_of_file(r, recovered));
	fleet_lift(&r->fleet, &r->judge);
	r->last_clock = r->judge.clock;
	r->told_day = r->judge.told_day;
	state_keep_only(&r->state, STATE_DRIFT);
	return 0;
}

/* Where customers are whose address changes: asked once a run, and kept for the commands between. */
static void resolve_names(struct run *r)
{
	struct buf former = { 0 }, answers = { 0 };
	char *path = r->allow.name_count > 0 ? config_answers(r->config) : NULL;

	if (path == NULL)
		return;
	(void)file_read(path, &former);
	if (!allow_resolve(&r->allow, (struct span){ former.ptr, former.len }, &answers))
		r->in_part = true;
	if (!r->options->dry_run && (answers.len != former.len || memcmp(answers.ptr, former.ptr, answers.len) != 0))
		(void)file_replace(path, answers.ptr != NULL ? answers.ptr : "", answers.len, 0);
	allow_take_answers(&r->allow, (struct span){ answers.ptr, answers.len });
	netset_finish(&r->allow.nets);
	buf_free(&former);
	buf_free(&answers);
	free(path);
}

int run_read_lasting(struct run *r)
{
	enum state_recovered recovered;

	if (config_gather_allow(r->config, &r->allow) < 0)
		return EXIT_USAGE;
	resolve_names(r);
	recovered = state_recover(r->config->state, r->config->blacklist, !r->options->dry_run);
	if (recovered == STATE_FAILED)
		return EXIT_NOTHING;
	(void)file_look(r->config->blacklist, &r->old_look);
	(void)file_look(r->config->state, &r->old_state);
	if (blacklist_read(r->config->blacklist, &r->list) < 0 || read_state(r, recovered) < 0)
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
	state_take(&r->state, STATE_DRIFT, &lines);
	drift_known_free(&seen);
}

static int tell_write_error(const char *path, int error)
{
	msg("%s: %s; nothing was changed", path, strerror(-error));
	return EXIT_NOTHING;
}

bool run_was_overtaken(const struct run *r)
{
	struct file_look list = { 0 }, state = { 0 };

	(void)file_look(r->config->blacklist, &list);
	(void)file_look(r->config->state, &state);
	/* whoever copies or touches the list has not changed it */
	return !file_looks_same(&state, &r->old_state) ||
	       (!file_looks_same(&list, &r->old_look) && state_digest_of(r->config->blacklist) != r->list.digest);
}

static int put_in_place(struct run *r, struct file_new *report, struct file_new *state, struct file_new *blacklist)
{
	bool unsure;
	int error;

	/* an editor knows no lock */
	if (run_was_overtaken(r))
		return RUN_AGAIN;
	error = file_commit(report);
	if (error < 0)
		return tell_write_error(r->config->state, error);
	error = file_commit(state);
	if (error < 0)
		return tell_write_error(r->config->state, error);
	unsure = file_tell_unsure(r->config->state, error);
	/* where it fails it stays beside the list, for the next run to finish */
	blacklist->keep_temporary = true;
	error = file_commit(blacklist);
	if (error < 0) {
		msg("%s: %s; what was judged is in the state, and the next run writes the list", r->config->blacklist,
		    strerror(-error));
		return EXIT_IN_PART;
	}
	return file_tell_unsure(r->config->blacklist, error) || unsure ? EXIT_IN_PART : EXIT_ALL_WELL;
}

static uint32_t count_changes(const struct run *r, enum change_kind from, enum change_kind to)
{
	uint32_t count = 0;

	for (size_t i = 0; i < r->changes.count; i++)
		count += r->changes.all[i].kind >= from && r->changes.all[i].kind <= to;
	return count;
}

/* A run that found nothing is none: so one that died and is repeated leaves the state of one that did not. */
static void put_run_into_history(struct run *r)
{
	const struct history_day run = {
		.day = (uint32_t)(r->now / DAY), .runs = 1, .lines = r->lines,
		.added = count_changes(r, CHANGE_ADDED, CHANGE_NETWORK),
		.over = count_changes(r, CHANGE_EXPIRED, CHANGE_ALLOWED), .banned = (uint32_t)r->list.count,
	};

	if (run.lines > 0 || run.added > 0 || run.over > 0)
		history_run(&r->history, &run);
}

int run_write_files(struct run *r)
{
	struct file_new blacklist = { 0 }, state = { 0 }, report = { 0 };
	uint64_t written;
	int error, ret;

	if (!r->clock_is_wrong)
		r->judge.told_day = r->now / DAY;
	put_run_into_history(r);
	put_drift_into_state(r);
	put_mynetworks(r);
	put_told(r);
	remembered_put(&r->judge, &r->state);
	if (r->config->fleet.url != NULL)
		fleet_save(&r->fleet, &r->state, r->now);
	remembered_put_sessions(&r->sessions, r->judge.clock, &r->state);
	error = blacklist_prepare(r->config->blacklist, &r->list, &blacklist, &written);
	if (error < 0)
		return tell_write_error(r->config->blacklist, error);
	/* a run that changes nothing leaves the state as it is */
	if (!r->has_digests || written != r->digest_written || written != r->list.digest)
		r->digest_read = r->list.digest;
	state_set_digests(&r->state, r->digest_read, written);
	error = state_prepare(&r->state, r->config->state, &state);
	if (error == 0)
		error = run_keep_report(r, &report);
	ret = error < 0 ? tell_write_error(r->config->state, error) : put_in_place(r, &report, &state, &blacklist);
	/* what is in place is not to be discarded any more */
	file_discard(&blacklist);
	file_discard(&state);
	file_discard(&report);
	return ret;
}
