/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fleet: lists the hosts of the fleet; or this host leaves the fleet.
 *
 * Asks the engine, in the glass, and changes no file.
 */
#include <inttypes.h>
#include <string.h>

#include "app/config.h"
#include "base/glass.h"
#include "base/msg.h"
#include "base/when.h"
#include "cmd/commands.h"
#include "fleet/fleet.h"
#include "report/text.h"

static void add_clock(struct buf *out, int64_t ahead)
{
	if (ahead >= -2 && ahead <= 2)
		buf_add_text(out, "right");
	else
		buf_addf(out, "%" PRId64 "s %s", ahead < 0 ? -ahead : ahead, ahead < 0 ? "behind" : "ahead");
}

static void add_host(struct buf *out, const struct fleet_host *host, const char *self)
{
	buf_addf(out, "%-24s ", host->name);
	when_add_minute(out, (int64_t)host->heard);
	if (host->left) {
		buf_add_text(out, "  has left\n");
		return;
	}
	buf_addf(out, " %10" PRIu64 " %10" PRIu64 "  ", host->addresses, host->points);
	add_clock(out, (int64_t)host->clock - (int64_t)host->heard);
	buf_add_text(out, strcmp(host->name, self) == 0 ? "  (this host)\n" : "\n");
}

static bool show(const struct config *config, struct fleet_line *line)
{
	FREED_BY(buf_free) struct buf out = { 0 };
	FREED_BY(fleet_free) struct fleet fleet = { 0 };
	bool ok;

	fleet_init(&fleet, &config->fleet, &config->judge);
	ok = fleet_look(line, &fleet);
	if (ok && fleet.count == 0) {
		buf_add_text(&out, "nobody is there yet: each host comes with its first run\n");
	} else if (ok) {
		buf_addf(&out, "%-24s %-17s %10s %10s  %s\n", "host", "last heard", "addresses", "points", "clock");
	}
	for (size_t i = 0; ok && i < fleet.count; i++)
		add_host(&out, &fleet.hosts[i], config->fleet.name);
	text_print(&out);
	return ok;
}

static int run(const struct config *config, const struct options *options)
{
	struct fleet_line *line;
	bool ok = false;

	if (config->fleet.url == NULL) {
		msg("fleet: the setting fleet names no engine; see mailban-fleet(7)");
		return EXIT_USAGE;
	}
	if (options->arg_count > 0 && strcmp(options->args[0], "leave") != 0) {
		msg("fleet: does not know %s; see: mailban help fleet", options->args[0]);
		return EXIT_USAGE;
	}
	line = fleet_line_open(&config->fleet);
	if (!fleet_line_is_open(line) || glass_enter_or_say()) {
		ok = options->arg_count > 0 ? fleet_leave(line) : show(config, line);
		if (!ok)
			msg("%s: %s", config->fleet.url, fleet_line_why(line));
	}
	fleet_line_close(line);
	return ok ? EXIT_ALL_WELL : EXIT_NOTHING;
}

const struct command command_fleet = {
	.name = "fleet",
	.synopsis = "[leave]",
	.summary = "show the hosts that judge together, or leave them",
	.details =
	"Prints a line a host: when it was last heard, how many addresses it speaks of, the points of all of them,\n"
	"and how far its clock is ahead of the engine's. With leave all that this host said is taken back, until\n"
	"its next run: take the setting fleet away then. mailban-fleet(7) has more.",
	.options = " config ",
	.max_args = 1,
	.run = run,
};
