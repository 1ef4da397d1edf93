/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unban: a person lifts bans.
 *
 * Takes out the entry that is named, or all entries inside the named network. An address inside a banned network cannot
 * leave alone: the command says so and changes nothing. --force splits the network around the address. The next run
 * sees that the line is gone, and empties the account. To allow an address is another command.
 */
#include <string.h>

#include "app/edit.h"
#include "app/fleet_left.h"
#include "app/kernel.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "list/split.h"
#include "report/text.h"

/* Whether the address lies inside a banned network; says so where it does. */
static bool lies_in_network(const struct edit *edit, const struct addr *net, const char *name)
{
	for (size_t i = 0; i < edit->list.count; i++) {
		const struct ban *ban = &edit->list.bans[i];
		FREED_BY(buf_free) struct buf until = { 0 };

		if (addr_equal(&ban->net, net) || !addr_contains(&ban->net, net))
			continue;
		text_add_until(&until, ban->until);
		msg("%s lies in the network %s, banned %s; --force splits the network and leaves the rest banned, "
		    "and mailban unban %s lifts it whole", name, addr_text(&ban->net).text, buf_text(&until),
		    addr_text(&ban->net).text);
		return true;
	}
	return false;
}

/* Lifts the bans of one argument. Returns an exit status, and changes the list only where that is EXIT_ALL_WELL. */
static int lift(struct edit *edit, const char *argument)
{
	FREED_BY(split_free) struct split split = { 0 };
	char name[ADDR_TEXT_MAX];
	struct addr net;
	int ret = EXIT_ALL_WELL;

	if (!edit_parse_net(&net, argument))
		return EXIT_USAGE;
	addr_format(name, &net);
	if (!edit->options->force && lies_in_network(edit, &net, name))
		return EXIT_NOTHING;
	split_out(&edit->list, &net, &split);
	if (split.lifted.count + split.networks.count > 0) {
		edit_say_split(edit, &split, name);
	} else if (!edit->options->no_sync && !edit->options->dry_run && kernel_holds(edit->config, &net)) {
		/* a command that wrote the file died before it changed the sets */
		edit_say(edit, "%s is not in the blacklist any more; the set is made equal to it", name);
	} else if (!edit->options->fleet) {
		msg("%s is not banned; mailban list shows who is", name);
		ret = EXIT_NOTHING;
	}
	return ret;
}

static int tell_fleet(const struct edit *edit, const char *argument)
{
	struct addr net;

	(void)addr_parse_net(&net, argument, strlen(argument));
	return fleet_left(edit, &net);
}

static int run(const struct config *config, const struct options *options)
{
	FREED_BY(edit_end) struct edit edit = { .lock.fd = -1 };
	int ret = edit_begin(&edit, "unban", config, options);

	for (int i = 0; i < options->arg_count && ret == EXIT_ALL_WELL; i++)
		ret = lift(&edit, options->args[i]);
	if (ret == EXIT_ALL_WELL)
		ret = edit_commit(&edit);
	for (int i = 0; i < options->arg_count && ret != EXIT_USAGE && ret != EXIT_NOTHING; i++) {
		if (tell_fleet(&edit, options->args[i]) != EXIT_ALL_WELL)
			ret = EXIT_IN_PART;
	}
	return ret;
}

const struct command command_unban = {
	.name = "unban",
	.synopsis = "ADDR|NET...",
	.summary = "lift the ban of an address or a network",
	.details =
	"A network lifts every ban inside it. An address inside a banned network is not lifted alone unless\n"
	"--force says so: then the network is split around it. --fleet has the other hosts forget it, too.",
	.options = " config dry-run quiet blacklist state no-sync force fleet color ",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
