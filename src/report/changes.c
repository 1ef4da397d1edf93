/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changes: tells what a run changed, and what looks wrong.
 *
 * cron mails the text. So it begins with news on which a person must act, such as an entered account. It says the
 * reason of each ban, and is empty where there is no news. Long lists are cut, and their length is told. The blacklist
 * itself, `mailban diff` and the JSON have them whole. Bytes from logs are escaped.
 */
#include "report/changes.h"

#include <inttypes.h>
#include <stdlib.h>

#include "judge/told.h"
#include "report/fields.h"
#include "report/text.h"
#include "report/unknown.h"

enum { SHOWN = 50, SHOWN_OF_SCANS = 10, ATTACKERS_MAX = 64 };

/* How one kind of change is told. */
struct telling {
	enum change_kind kind;
	const char *name;       /* the name of its list in JSON */
	const char *head;       /* the line above its entries */
	const char *sentence;   /* the sentence of an entry, see report/fields.h */
	bool quiet;             /* told only where a kind that is not quiet is told, too */
};

#define WEIGHT "  {address:24} {class:8} {points} points, {hits|hit|hits}"
#define BAN WEIGHT "; until {until}[, ban number {again}][, of {hosts|address|addresses}][; for {users.4}]\n" \
	"[      {example.200}\n]"
#define ADDRESS "  {address}\n"

static const struct telling tellings[] = {
	{ CHANGE_BREACH, "breaches", "BREACH: a password was guessed",
	  "  account {user} was entered from {address} at {when} after {hits|failure for|failures for} "
	  "{names|user name|user names}: change its password\n"
	  "      tried before: {tried}; since then {logins|login|logins} from there and {mails|mail|mails}, "
	  "the last at {last}\n", false },
	{ CHANGE_ENTERED, "entered", "worth a look: a login from a new place, and more mails than from all others",
	  "  account {user} sends from {address} since {when}: {logins|login|logins} and {mails|mail|mails}, "
	  "the last at {last}; nobody guessed\n", false },
	{ CHANGE_TOO_WIDE, "too_wide", "not banned, being wider than max-prefix allows", WEIGHT "\n", false },
	{ CHANGE_DEFERRED, "deferred", "not banned yet, being more than max-new allows", WEIGHT "\n", false },
	{ CHANGE_ADDED, "added", "banned", BAN, false },
	{ CHANGE_NETWORK, "networks", "networks banned whole", BAN, false },
	{ CHANGE_RENEWED, "renewed", "still knocking, renewed",
	  "  {address:24} {packets|packet|packets} since the last run; until {until}\n", true },
	{ CHANGE_EXPIRED, "expired", "over", ADDRESS, false },
	{ CHANGE_FORGIVEN, "forgiven", "forgiven, since they logged in, sent mail or were pardoned", ADDRESS, false },
	{ CHANGE_DISSOLVED, "dissolved", "networks banned no more, a good address being in them", ADDRESS, false },
	{ CHANGE_ALLOWED, "allowed", "taken off, being in the allowlist", ADDRESS, false },
	{ CHANGE_ATTACKED, "attacked", "users under attack from many addresses",
	  "  {user} from {hits|address|addresses}[: {addresses.20}]\n", false },
	{ CHANGE_FAILING, "failing", "names that keep failing where others log in",
	  "  {user}: {hits|failure from|failures from} {address}, where {names|other logs in|others log in}: "
	  "an old password?\n", false },
	{ CHANGE_REFUSED, "refused", "not banned, being in the allowlist or private", WEIGHT "\n", false },
	{ CHANGE_MOVED, "moved", "banned already, and going on", BAN, true },
	{ CHANGE_INTO, "into", "now part of a network", ADDRESS, true },
};

/* The fields of an entry, and the values to which they point. */
struct entry {
	struct field fields[26], tried[ENTERED_TRIED + 1], users[ACCOUNT_NAMES + 1], addresses[ATTACKERS_MAX + 1];
	struct addr addrs[ATTACKERS_MAX];
};

static void list_users(const struct run_facts *facts, const struct change *c, struct entry *e)
{
	const struct account *account = accounts_find(&facts->judge->accounts, &c->net);
	const char *names[ACCOUNT_NAMES];
	size_t count = account != NULL ? told_names(facts->judge, account, names, ACCOUNT_NAMES) : 0;

	for (size_t i = 0; i < count; i++)
		e->users[i] = field_word(NULL, names[i]);
}

static void list_attackers(const struct run_facts *facts, const struct change *c, struct entry *e)
{
	size_t count = told_attackers(facts->judge, c->user, e->addrs, ATTACKERS_MAX);

	for (size_t i = 0; i < count && i < ATTACKERS_MAX; i++)
		e->addresses[i] = field_addr(NULL, &e->addrs[i]);
}

static void describe(const struct run_facts *facts, const struct change *c, struct entry *e)
{
	bool is_ban = c->kind == CHANGE_ADDED || c->kind == CHANGE_NETWORK || c->kind == CHANGE_MOVED;

	bool is_entered = c->entered != NULL;

	*e = (struct entry){ .fields = {
		field_addr("address", &c->net),
		field_some(field_time("since", c->since)),
		field_some(field_time("until", c->until)),
		field_some(field_time("when", c->when)),
		field_some(field_word("class", c->by < CLASS_COUNT ? event_class_name(c->by) : NULL)),
		field_some(field_points("points", c->points)),
		field_number("hits", c->hits),
		field_some(field_number("hosts", c->hosts)),
		field_some(field_number("names", c->names)),
		field_some(field_number("level", c->level)),
		field_said(field_number("again", c->level > 1 ? c->level : 0)),
		field_some(field_number("packets", c->packets)),
		field_some(field_word("user", c->user)),
		field_if(is_entered, field_list("tried", e->tried)),
		field_if(is_entered, field_number("logins", is_entered ? c->entered->logins : 0)),
		field_if(is_entered, field_number("mails", is_entered ? c->entered->mails : 0)),
		field_if(is_entered, field_time("last", is_entered ? c->entered->last : 0)),
		field_if(is_entered, field_bool("new", is_entered && c->entered->fresh)),
		field_if(is_ban, field_list("users", e->users)),
		field_if(c->kind == CHANGE_ATTACKED, field_list("addresses", e->addresses)),
		field_some(field_text("example", is_ban && c->hosts == 0 && facts->examples != NULL ?
			examples_find(facts->examples, &c->net, c->by) : (struct span){ 0 })),
	} };
	for (unsigned i = 0; is_entered && i < c->entered->tried_count; i++)
		e->tried[i] = field_word(NULL, c->entered->tried[i]);
	if (is_ban)
		list_users(facts, c, e);
	else if (c->kind == CHANGE_ATTACKED)
		list_attackers(facts, c, e);
}

static const struct change *changes_of(const struct run_facts *facts, enum change_kind kind, size_t *count)
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

static void tell_kind(const struct run_facts *facts, const struct telling *telling, struct buf *out)
{
	size_t count, shown;
	const struct change *c = changes_of(facts, telling->kind, &count);
	struct entry entry;

	if (count == 0)
		return;
	shown = facts->most > 0 ? facts->most : SHOWN;
	shown = facts->all || count <= shown || telling->kind == CHANGE_BREACH ? count : shown;
	buf_addf(out, "%s (%zu):\n", telling->head, count);
	for (size_t i = 0; i < shown; i++) {
		describe(facts, &c[i], &entry);
		fields_say(entry.fields, telling->sentence, out);
	}
	if (shown < count)
		buf_addf(out, "  and %zu more\n", count - shown);
	buf_add_char(out, '\n');
}

static void list_kind(const struct run_facts *facts, const struct telling *telling, struct json *j)
{
	size_t count;
	const struct change *c = changes_of(facts, telling->kind, &count);
	struct entry entry;

	json_list(j, telling->name);
	for (size_t i = 0; i < count; i++) {
		describe(facts, &c[i], &entry);
		fields_json(entry.fields, j);
	}
	json_close(j, ']');
}

bool changes_are_news(const struct run_facts *facts)
{
	size_t count;

	for (unsigned i = 0; i < LENGTH_OF(tellings); i++) {
		if (!tellings[i].quiet && changes_of(facts, tellings[i].kind, &count) != NULL)
			return true;
	}
	for (size_t i = 0; facts->drift != NULL && i < facts->drift->shape_count; i++) {
		if (!drift_known_shape(facts->drift_known, &facts->drift->shapes[i]))
			return true;
	}
	return facts->all;
}

void changes_entered(const struct run_facts *facts, bool news, struct buf *out)
{
	struct changes some = { 0 };
	struct run_facts those = *facts;

	for (size_t i = 0; i < facts->changes->count; i++) {
		const struct change *c = &facts->changes->all[i];

		if (c->entered != NULL && (c->entered->fresh || !news))
			*changes_add(&some, c->kind, &c->net) = *c;
	}
	those.changes = &some;
	tell_kind(&those, &tellings[0], out);
	tell_kind(&those, &tellings[1], out);
	free(some.all);
}

void changes_unseen(struct judge *judge, const struct texts *done, struct buf *out)
{
	const struct decide_input input = { .judge = judge, .done = done };
	FREED_BY(changes_free) struct changes changes = { 0 };

	told_entered(&input, &changes);
	changes_entered(&(struct run_facts){ .changes = &changes, .judge = judge }, false, out);
}

/* Whether a scan tells this kind, too. */
static bool is_of_scans(enum change_kind kind)
{
	return kind <= CHANGE_ENTERED || kind == CHANGE_ATTACKED || kind == CHANGE_FAILING;
}

void changes_news(const struct changes *changes, const struct judge *judge, bool all, struct buf *out)
{
	const struct run_facts facts = { .changes = changes, .judge = judge, .all = all, .most = SHOWN_OF_SCANS };

	for (unsigned i = 0; i < LENGTH_OF(tellings); i++) {
		if (is_of_scans(tellings[i].kind))
			tell_kind(&facts, &tellings[i], out);
	}
}

void changes_news_json(const struct changes *changes, const struct judge *judge, struct json *j)
{
	const struct run_facts facts = { .changes = changes, .judge = judge };

	for (unsigned i = 0; i < LENGTH_OF(tellings); i++) {
		if (is_of_scans(tellings[i].kind))
			list_kind(&facts, &tellings[i], j);
	}
}

void changes_uncounted(const struct judge *judge, struct buf *out)
{
	if (judge->without_address > 0)
		buf_addf(out, "failures without an address: %" PRIu64 "; nobody is banned for these\n",
			 judge->without_address);
	if (judge->troubles > 0)
		buf_addf(out, "this server's own trouble, which is nobody's failure: %" PRIu64 "\n", judge->troubles);
	if (judge->unresolved > 0)
		buf_addf(out, "without a name while this server could not look names up: %" PRIu64 "\n",
			 judge->unresolved);
}

void changes_text(const struct run_facts *facts, struct buf *out)
{
	FREED_BY(buf_free) struct buf news = { 0 };

	if (facts->drift != NULL)
		unknown_news_text(facts->drift, facts->drift_known, &news);
	if (news.len == 0 && !changes_are_news(facts))
		return;
	for (unsigned i = 0; i < LENGTH_OF(tellings); i++)
		tell_kind(facts, &tellings[i], out);
	buf_add_span(out, buf_span(&news));
	changes_uncounted(facts->judge, out);
	text_add_count(out, facts->lines, "new line, ", "new lines, ");
	text_add_count(out, facts->events, "event; ", "events; ");
	text_add_count(out, facts->banned, "entry in the blacklist\n", "entries in the blacklist\n");
}

void changes_json(const struct run_facts *facts, struct buf *out)
{
	struct json j;

	json_begin(&j, out);
	json_open(&j, '{');
	fields_members((const struct field[]){
		field_number("lines", facts->lines),
		field_number("events", facts->events),
		field_number("without_address", facts->judge->without_address),
		field_number("banned", facts->banned),
		field_end(),
	}, &j);
	for (unsigned i = 0; i < LENGTH_OF(tellings); i++)
		list_kind(facts, &tellings[i], &j);
	json_list(&j, "unread");
	for (size_t i = 0; i < facts->unread->count; i++)
		json_word(&j, facts->unread->texts[i]);
	json_close(&j, ']');
	if (facts->drift != NULL)
		unknown_json(facts->drift, &j);
	json_close(&j, '}');
}
