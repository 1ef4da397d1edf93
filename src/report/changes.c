/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changes: what a run changed and what looks wrong.
 *
 * The text is what cron mails, so it begins with what a person must act on (an account that was taken), says
 * of each ban why, and is empty where there is nothing to say. Long lists are cut with their number told; the
 * blacklist itself and `mailban diff` have them whole. Bytes from logs are escaped.
 */
#include "report/changes.h"

#include <inttypes.h>
#include <string.h>

#include "base/when.h"
#include "judge/told.h"
#include "report/text.h"
#include "report/unknown.h"

enum { SHOWN = 50, NAMES_SHOWN = 4, ATTACKERS_SHOWN = 20, EXAMPLE_BYTES = 200 };

/* How one kind of change is told. */
struct telling {
	enum change_kind kind;
	const char *head;       /* above its entries */
	void (*entry)(const struct run_facts *facts, const struct change *c, struct buf *out);
	bool quiet;             /* told only along with something that is not */
};

static void add_user(struct buf *out, const char *user)
{
	buf_add_escaped(out, user, strlen(user));
}

static void add_names(const struct run_facts *facts, const struct change *c, struct buf *out)
{
	const struct account *account = accounts_find(&facts->judge->accounts, &c->net);
	const char *names[NAMES_SHOWN];
	size_t count = account != NULL ? told_names(facts->judge, account, names, NAMES_SHOWN) : 0;

	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
		buf_add_text(out, i == 0 ? "; for " : ", ");
		add_user(out, names[i]);
	}
	if (count > NAMES_SHOWN)
		buf_add_text(out, ", ...");
}

static void add_example(const struct run_facts *facts, const struct change *c, struct buf *out)
{
	struct span line = facts->example(facts->example_context, &c->net, c->by);

	if (line.len == 0)
		return;
	buf_add_text(out, "      ");
	buf_add_escaped(out, line.ptr, line.len < EXAMPLE_BYTES ? line.len : EXAMPLE_BYTES);
	buf_add_text(out, line.len > EXAMPLE_BYTES ? "...\n" : "\n");
}

static void tell_breach(const struct run_facts *facts, const struct change *c, struct buf *out)
{
	(void)facts;
	buf_add_text(out, "  account ");
	add_user(out, c->user);
	buf_add_text(out, " was entered from ");
	addr_add_to(out, &c->net);
	buf_add_text(out, " at ");
	when_add_minute(out, c->when);
	buf_add_text(out, " after ");
	text_add_count(out, c->hits, "failure for ", "failures for ");
	text_add_count(out, c->names, "user name", "user names");
	buf_add_text(out, ": change its password\n");
}

/* "auth  7.5 points, 12 hits" behind the address. */
static void add_weight(const struct change *c, struct buf *out)
{
	buf_add_text(out, "  ");
	text_add_addr(out, &c->net, 24);
	buf_addf(out, " %-8s ", c->by < CLASS_COUNT ? event_class_name(c->by) : "hand");
	points_add_rough(out, c->points);
	buf_add_text(out, " points, ");
	text_add_count(out, c->hits, "hit", "hits");
}

static void tell_added(const struct run_facts *facts, const struct change *c, struct buf *out)
{
	add_weight(c, out);
	buf_add_text(out, "; ");
	text_add_until(out, c->until);
	if (c->level > 1)
		buf_addf(out, ", ban number %u", c->level);
	if (c->hosts > 0)
		buf_addf(out, ", of %" PRIu32 " addresses", c->hosts);
	add_names(facts, c, out);
	buf_add_char(out, '\n');
	if (c->hosts == 0)
		add_example(facts, c, out);
}

static void tell_renewed(const struct run_facts *facts, const struct change *c, struct buf *out)
{
	(void)facts;
	buf_add_text(out, "  ");
	text_add_addr(out, &c->net, 24);
	buf_add_char(out, ' ');
	text_add_count(out, c->packets, "packet", "packets");
	buf_add_text(out, " since the last run; ");
	text_add_until(out, c->until);
	buf_add_char(out, '\n');
}

static void tell_address(const struct run_facts *facts, const struct change *c, struct buf *out)
{
	(void)facts;
	buf_add_text(out, "  ");
	addr_add_to(out, &c->net);
	buf_add_char(out, '\n');
}

static void tell_weight(const struct run_facts *facts, const struct change *c, struct buf *out)
{
	(void)facts;
	add_weight(c, out);
	buf_add_char(out, '\n');
}

static void tell_attacked(const struct run_facts *facts, const struct change *c, struct buf *out)
{
	struct addr addrs[ATTACKERS_SHOWN];
	size_t count = told_attackers(facts->judge, c->user, addrs, ATTACKERS_SHOWN);

	buf_add_text(out, "  ");
	add_user(out, c->user);
	buf_add_text(out, " from ");
	text_add_count(out, c->hits, "address", "addresses");
	for (size_t i = 0; i < count && i < ATTACKERS_SHOWN; i++) {
		buf_add_text(out, i == 0 ? ": " : ", ");
		addr_add_to(out, &addrs[i]);
	}
	buf_add_text(out, count > ATTACKERS_SHOWN ? ", ...\n" : "\n");
}

static void tell_failing(const struct run_facts *facts, const struct change *c, struct buf *out)
{
	(void)facts;
	buf_add_text(out, "  ");
	add_user(out, c->user);
	buf_add_text(out, ": ");
	text_add_count(out, c->hits, "failure from ", "failures from ");
	addr_add_to(out, &c->net);
	buf_add_text(out, ", where ");
	text_add_count(out, c->names, "other logs in", "others log in");
	buf_add_text(out, ": an old password?\n");
}

static const struct telling tellings[] = {
	{ CHANGE_BREACH, "BREACH: a password was guessed", tell_breach, false },
	{ CHANGE_TOO_WIDE, "not banned, being wider than max-prefix allows", tell_weight, false },
	{ CHANGE_DEFERRED, "not banned yet, being more than max-new allows", tell_weight, false },
	{ CHANGE_ADDED, "banned", tell_added, false },
	{ CHANGE_NETWORK, "networks banned whole", tell_added, false },
	{ CHANGE_RENEWED, "still knocking, renewed", tell_renewed, true },
	{ CHANGE_EXPIRED, "over", tell_address, false },
	{ CHANGE_FORGIVEN, "forgiven, since they logged in or sent mail", tell_address, false },
	{ CHANGE_DISSOLVED, "networks banned no more, a good address being in them", tell_address, false },
	{ CHANGE_ALLOWED, "taken off, being in the allowlist", tell_address, false },
	{ CHANGE_ATTACKED, "users under attack from many addresses", tell_attacked, false },
	{ CHANGE_FAILING, "names that keep failing where others log in", tell_failing, false },
	{ CHANGE_REFUSED, "not banned, being in the allowlist or private", tell_weight, false },
	{ CHANGE_MOVED, "banned already, and going on", tell_added, true },
	{ CHANGE_INTO, "now part of a network", tell_address, true },
};

enum { TELLINGS = sizeof(tellings) / sizeof(tellings[0]) };

const struct change *changes_of(const struct run_facts *facts, enum change_kind kind, size_t *count)
{
	const struct change *first = NULL;

	*count = 0;
	for (size_t i = 0; i < facts->changes->count; i++) {
		if (facts->changes->all[i].kind != kind)
			continue;
		if (first == NULL)
			first = &facts->changes->all[i];
		++*count;
	}
	return first;
}

static bool is_worth_telling(const struct run_facts *facts)
{
	size_t count;

	for (unsigned i = 0; i < TELLINGS; i++) {
		if (!tellings[i].quiet && changes_of(facts, tellings[i].kind, &count) != NULL)
			return true;
	}
	return facts->all;
}

static void tell_kind(const struct run_facts *facts, const struct telling *telling, struct buf *out)
{
	size_t count, shown;
	const struct change *c = changes_of(facts, telling->kind, &count);

	if (count == 0)
		return;
	shown = facts->all || count <= SHOWN || telling->kind == CHANGE_BREACH ? count : SHOWN;
	buf_addf(out, "%s (%zu):\n", telling->head, count);
	for (size_t i = 0; i < shown; i++)
		telling->entry(facts, &c[i], out);
	if (shown < count)
		buf_addf(out, "  and %zu more\n", count - shown);
	buf_add_char(out, '\n');
}

void changes_breaches(const struct run_facts *facts, struct buf *out)
{
	tell_kind(facts, &tellings[0], out);
}

void changes_news(const struct changes *changes, const struct judge *judge, bool all, struct buf *out)
{
	const struct run_facts facts = { .changes = changes, .judge = judge, .all = all };

	for (unsigned i = 0; i < TELLINGS; i++) {
		if (tellings[i].kind == CHANGE_BREACH || tellings[i].kind == CHANGE_ATTACKED ||
		    tellings[i].kind == CHANGE_FAILING)
			tell_kind(&facts, &tellings[i], out);
	}
}

void changes_text(const struct run_facts *facts, struct buf *out)
{
	struct buf news = { 0 };

	if (facts->drift != NULL)
		unknown_news_text(facts->drift, facts->drift_known, &news);
	if (news.len == 0 && !is_worth_telling(facts))
		return;
	for (unsigned i = 0; i < TELLINGS; i++)
		tell_kind(facts, &tellings[i], out);
	buf_add(out, news.ptr, news.len);
	buf_free(&news);
	if (facts->judge->without_address > 0)
		buf_addf(out, "failures without an address: %" PRIu64 "\n", facts->judge->without_address);
	if (facts->judge->troubles > 0)
		buf_addf(out, "this server's own trouble, which is nobody's failure: %" PRIu64 "\n",
			 facts->judge->troubles);
	text_add_count(out, facts->lines, "new line, ", "new lines, ");
	text_add_count(out, facts->events, "event; ", "events; ");
	text_add_count(out, facts->banned, "entry in the blacklist\n", "entries in the blacklist\n");
}
