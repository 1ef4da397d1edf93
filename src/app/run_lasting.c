/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_lasting: reads and writes the files that last from run to run.
 *
 * Anything wrong with allowlist, blacklist or state stops the run before a log is read. Of state and blacklist both new
 * versions are on the disk before the first one is put in place, the state first. A run that finds the old list beside
 * the new state writes the new list again (list/state.h).
 */
#include "app/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/deeds.h"
#include "app/last_run.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/when.h"
#include "list/blacklist.h"

/* Takes Postfix's networks as the last run knew them, where postconf failed. */
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
	FREED_BY(buf_free) struct buf lines = { 0 };

	allow_format_mynetworks(&r->allow, &lines);
	if (lines.len > 0)
		state_take(&r->state, STATE_MYNETWORKS, &lines);
}

/* Reads the state. The child takes its sections apart, but for those that decide what may be written. */
static int read_state(struct run *r)
{
	if (state_load(&r->state, r->config->state) < 0)
		return -1;
	if (r->state.version == 1)
		msg("%s: was written by an earlier mailban; logs go on where it stopped, "
		    "bans stand until their time is over, and evidence begins anew", r->config->state);
	if (!r->options->dry_run)
		run_tell_left(r);
	take_mynetworks(r);
	r->has_digests = state_digests(&r->state, &r->digest_read, &r->digest_written);
	return 0;
}

/* Resolves the names of the allowlist, once a run. The answers are kept for the commands between two runs. */
static void resolve_names(struct run *r)
{
	FREED_BY(buf_free) struct buf former = { 0 }, answers = { 0 };
	FREED_BY(mem_free) char *path = r->allow.name_count > 0 ? config_answers(r->config) : NULL;

	if (path == NULL)
		return;
	(void)file_read_own(path, &former);
	if (!allow_resolve(&r->allow, buf_span(&former), &answers))
		r->in_part = true;
	if (!r->options->dry_run && !span_equal(buf_span(&answers), buf_span(&former)))
		(void)file_replace_own(path, answers.ptr != NULL ? answers.ptr : "", answers.len);
	allow_take_answers(&r->allow, buf_span(&answers));
	netset_finish(&r->allow.nets);
}

/* Takes away what commands of persons left that were killed. */
static void drop_unfinished(const struct config *config)
{
	char *const left[] = {
		file_beside(config->blacklist, ".1" FILE_NEW), file_beside(config->blacklist, ".log" FILE_NEW),
		file_beside(config->allow, ".1" FILE_NEW), file_beside(config->allow, FILE_NEW),
	};

	for (size_t i = 0; i < LENGTH_OF(left); i++) {
		(void)unlink(left[i]);
		free(left[i]);
	}
}

int run_read_lasting(struct run *r)
{
	(void)file_look(r->config->allow, &r->old_allow);
	r->allow_digest = state_digest_of(r->config->allow);
	if (config_gather_allow(r->config, &r->allow) < 0)
		return EXIT_USAGE;
	resolve_names(r);
	r->recovered = state_recover(r->config->state, r->config->blacklist, !r->options->dry_run);
	if (r->recovered == STATE_FAILED || r->recovered == STATE_UNREADABLE)
		return EXIT_NOTHING;
	if (!r->options->dry_run)
		drop_unfinished(r->config);
	(void)file_look(r->config->blacklist, &r->old_look);
	(void)file_look(r->config->state, &r->old_state);
	if (blacklist_read(r->config->blacklist, &r->list) < 0 || read_state(r) < 0)
		return EXIT_NOTHING;
	return EXIT_ALL_WELL;
}

static int tell_write_error(const char *path, int error)
{
	msg("%s: %s; nothing was changed", path, strerror(-error));
	return EXIT_NOTHING;
}

bool run_was_overtaken(const struct run *r)
{
	struct file_look state = { 0 };

	(void)file_look(r->config->state, &state);
	return !file_looks_same(&state, &r->old_state) ||
	       state_is_edited(r->config->allow, &r->old_allow, r->allow_digest) ||
	       state_is_edited(r->config->blacklist, &r->old_look, r->list.digest);
}

static int put_in_place(struct run *r, struct file_new *report, struct file_new *state, struct file_new *blacklist)
{
	bool unsure;
	int error;

	/* an editor takes no lock */
	if (run_was_overtaken(r))
		return RUN_AGAIN;
	error = file_commit(report);
	if (error < 0)
		return tell_write_error(r->config->state, error);
	error = file_commit(state);
	if (error < 0)
		return tell_write_error(r->config->state, error);
	unsure = file_tell_unsure(r->config->state, error);
	/* where the commit fails, the new file stays beside the list, for the next run to put in place */
	blacklist->keep_temporary = true;
	error = file_commit(blacklist);
	if (error < 0) {
		msg("%s: %s; what was judged is in the state, and the next run writes the list", r->config->blacklist,
		    strerror(-error));
		return EXIT_IN_PART;
	}
	return file_tell_unsure(r->config->blacklist, error) || unsure ? EXIT_IN_PART : EXIT_ALL_WELL;
}

/* Whether a command noted since that minute what it did to net: then no editor took out the line, but unban. */
static bool deed_is_known(const struct run *r, const struct addr *net, const char *since)
{
	FREED_BY(buf_free) struct buf deeds = { 0 };
	struct span rest, line;
	bool known = false;

	deeds_of(r->config->blacklist, net, &deeds);
	for (rest = buf_span(&deeds); !known && span_take_line(&rest, &line);)
		known = strncmp(line.ptr, since, strlen(since)) >= 0;
	return known;
}

/* Adds "took 192.0.2.7 out of the list in an editor" and the like, from a line of edits_take(); nothing where the end
 * is wrong. */
static void add_edit(struct buf *said, const struct addr *net, struct span end)
{
	int64_t until = 0;

	if (end.len > 0 && !when_parse_minute(end.ptr, end.len, &until))
		return;
	buf_add_text(said, end.len == 0 ? "took " : until == WHEN_FOREVER ? "made " : "set the end of ");
	addr_add_to(said, net);
	buf_add_text(said, end.len == 0 ? " out of the list" : until == WHEN_FOREVER ? " permanent" : " to ");
	if (end.len > 0 && until != WHEN_FOREVER)
		when_add_minute(said, until);
	buf_add_text(said, " in an editor\n");
}

/* Notes for `mailban why` what a person changed in an editor. Lines of the child's answer are checked, or left out. No
 * more are looked at than are kept: the deeds are read for each of them. */
static void note_edits(const struct run *r)
{
	struct span rest = buf_span(&r->edits), line;
	FREED_BY(buf_free) struct buf said = { 0 }, since = { 0 };
	struct last_run last = { 0 };
	struct addr net;

	if (rest.len > 0 && last_run_read(r->config->state, &last))
		when_add_minute(&since, last.time);
	for (unsigned n = 0; n < DEEDS_MOST && span_take_line(&rest, &line); n++) {
		struct span word = span_take(&line, ' ');

		if (addr_parse_net(&net, word.ptr, word.len) && !deed_is_known(r, &net, buf_text(&since)))
			add_edit(&said, &net, line);
	}
	if (said.len > 0)
		deeds_add(r->config->blacklist, r->clock, "somebody", &said);
}

int run_write_files(struct run *r)
{
	/* what is not put in place goes again */
	FREED_BY(file_discard) struct file_new blacklist = { 0 }, state = { 0 }, report = { 0 };
	uint64_t written;
	int error, ret;

	put_mynetworks(r);
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
	if (ret == EXIT_ALL_WELL || ret == EXIT_IN_PART)
		note_edits(r);
	return ret;
}
