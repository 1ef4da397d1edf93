/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * done: a person has seen to an account that a stranger entered.
 *
 * Reports say no more of it, until somebody enters it again from there. Its address stays banned. Without a name the
 * accounts are listed that are to be seen to.
 */
#include <string.h>
#include <time.h>

#include "app/lock.h"
#include "app/remembered.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "report/changes.h"
#include "report/text.h"

static int write_state(struct state *state, const struct judge *judge, const char *path)
{
	struct file_new file = { 0 };
	struct buf lines = { 0 };
	int error;

	entered_save(&judge->entered, &lines);
	state_take(state, STATE_ENTERED, &lines);
	error = state_prepare(state, path, &file);
	if (error == 0)
		error = file_commit(&file);
	file_discard(&file);
	if (error == 0)
		return EXIT_ALL_WELL;
	msg("%s: %s; nothing was changed", path, strerror(-error));
	return EXIT_NOTHING;
}

static int list(const struct config *config, struct judge *judge)
{
	const struct decide_input input = {
		.judge = judge, .done = config->done.texts, .done_count = config->done.count,
	};
	struct buf out = { 0 };

	changes_unseen(&input, &out);
	if (out.len == 0)
		buf_add_text(&out, "no account is to be seen to\n");
	text_print(&out);
	buf_free(&out);
	return EXIT_ALL_WELL;
}

static int mark(const struct config *config, const struct options *options, struct state *state, struct judge *judge)
{
	size_t count = 0;

	for (int i = 0; i < options->arg_count; i++) {
		const char *user = options->args[i];
		size_t found = entered_done(&judge->entered, (struct span){ user, strlen(user) }, judge->now);

		if (found == 0)
			msg("%s: no report speaks of an account of that name; mailban done lists them", user);
		count += found > 0;
	}
	if (count == 0)
		return EXIT_NOTHING;
	if (!options->dry_run && write_state(state, judge, config->state) != EXIT_ALL_WELL)
		return EXIT_NOTHING;
	return count < (size_t)options->arg_count ? EXIT_IN_PART : EXIT_ALL_WELL;
}

static int done(const struct config *config, const struct options *options)
{
	bool writes = options->arg_count > 0;
	struct file_lock lock = { .fd = -1 };
	struct state state = { 0 };
	struct judge judge;
	int ret = writes ? lock_blacklist(&lock, config, options, "done", true) : EXIT_ALL_WELL;

	judge_init(&judge, &config->judge, time(NULL));
	if (ret == EXIT_ALL_WELL &&
	    (state_load(&state, config->state) < 0 || remembered_judge(&state, config->state, &judge) < 0))
		ret = EXIT_NOTHING;
	if (ret == EXIT_ALL_WELL)
		ret = writes ? mark(config, options, &state, &judge) : list(config, &judge);
	judge_free(&judge);
	state_free(&state);
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
