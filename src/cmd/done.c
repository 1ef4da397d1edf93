/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * done: a person has seen to an account that a stranger entered.
 *
 * Reports tell of the account no more, until somebody enters it again from the same address. The address stays banned.
 * Without a name the command lists the accounts that nobody has seen to.
 */
#include <string.h>
#include <time.h>

#include "app/lock.h"
#include "app/remembered.h"
#include "app/run.h"
#include "base/glass_run.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "report/changes.h"
#include "report/text.h"

/* Puts the child's answer into the state. The answer must be lines: the child of a run could write the same. */
static int write_state(struct state *state, struct buf *lines, const struct config *config)
{
	FREED_BY(file_discard) struct file_new file = { 0 }, report = { 0 };
	const uint64_t former = state->sum;
	int error;

	if (lines->len > 0 && lines->ptr[lines->len - 1] != '\n') {
		msg("what the reader of the state answers are no lines; nothing was changed");
		return EXIT_NOTHING;
	}
	state_take(state, STATE_ENTERED, lines);
	error = state_prepare(state, config->state, &file);
	if (error == 0)
		error = run_carry_report(config, former, state->sum, &report);
	if (error == 0)
		error = file_commit(&report);
	if (error >= 0)
		error = file_commit(&file);
	if (error >= 0)
		return file_tell_unsure(config->state, error) ? EXIT_IN_PART : EXIT_ALL_WELL;
	msg("%s: %s; nothing was changed", config->state, strerror(-error));
	return EXIT_NOTHING;
}

static int list(const struct config *config)
{
	FREED_BY(judge_free) struct judge judge = { 0 };
	FREED_BY(buf_free) struct buf out = { 0 };
	int ret = EXIT_NOTHING;

	if (remembered_load(config->state, &config->judge, time(NULL), &judge) == 0) {
		changes_unseen(&judge, &config->done, &out);
		if (out.len == 0)
			buf_add_text(&out, "no account is to be seen to\n");
		text_print(&out);
		ret = EXIT_ALL_WELL;
	}
	return ret;
}

struct job {
	const struct config *config;
	const struct options *options;
	const struct state *state;
};

/* Marks accounts whose name is typed as reports show it: a byte that a terminal does not show stands as \\xHH. */
static size_t mark_as_shown(struct entered_list *list, const char *typed, int64_t now)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const char *user = list->all[i].user;
		struct span name = { user, strlen(user) };
		FREED_BY(buf_free) struct buf shown = { 0 };

		buf_add_escaped(&shown, name.ptr, name.len);
		if (strcmp(buf_text(&shown), typed) == 0)
			count += entered_done(list, name, now);
	}
	return count;
}

/* Runs in the glass: answers with the new lines of the section. */
static int mark(void *context, struct buf *answer)
{
	const struct job *job = context;
	const struct options *options = job->options;
	FREED_BY(judge_free) struct judge judge = { 0 };
	int count = 0;
	bool ok;

	judge_init(&judge, &job->config->judge, time(NULL));
	ok = remembered_judge(job->state, job->config->state, &judge) == 0;
	for (int i = 0; ok && i < options->arg_count; i++) {
		const char *user = options->args[i];
		bool found = entered_done(&judge.entered, (struct span){ user, strlen(user) }, judge.now) > 0 ||
			     mark_as_shown(&judge.entered, user, judge.now) > 0;

		if (!found)
			msg("%s: no report speaks of an account of that name; mailban done lists them", user);
		count += found;
	}
	entered_save(&judge.entered, answer);
	return count == 0 ? EXIT_NOTHING : count < options->arg_count ? EXIT_IN_PART : EXIT_ALL_WELL;
}

static int done(const struct config *config, const struct options *options)
{
	struct file_lock lock;
	FREED_BY(state_free) struct state state = { 0 };
	FREED_BY(buf_free) struct buf lines = { 0 };
	struct job job = { config, options, &state };
	int ret;

	if (options->arg_count == 0)
		return list(config);
	ret = lock_blacklist(&lock, config, options, "done", true);
	if (ret == EXIT_ALL_WELL)
		ret = state_load(&state, config->state) < 0 ? EXIT_NOTHING : glass_run(mark, &job, false, &lines);
	if (ret <= EXIT_IN_PART && !options->dry_run) {
		int written = write_state(&state, &lines, config);

		ret = written > ret ? written : ret;
	}
	file_unlock(&lock);
	return ret;
}

const struct command command_done = {
	.name = "done",
	.synopsis = "[USER...]",
	.summary = "say that an account that was entered has been seen to",
	.details =
	"Each report and mailban check speak of an account that a stranger entered until this was said. Its address\n"
	"stays banned. Without a name: the accounts that are to be seen to.",
	.options = " config dry-run blacklist state ",
	.max_args = -1,
	.run = done,
};
