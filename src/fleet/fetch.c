/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fetch: what other hosts said since this one looked last.
 *
 * A host's words come in parts, and each part is read in pages. First come the addresses that changed, by the numbers
 * of the changes, then the words about them. Several parts are on their way at a time, which saves time and bounds
 * memory. The state keeps how far each part was read: if the time ends, the next run goes on there.
 */
#include "fleet/fleet_inside.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"

enum { PAGE = 1000, PARTS = 64 };

struct fetching;

/* A part of a host's words that is being read. */
struct part {
	struct fetching *all;
	size_t host;
	unsigned slot;
	uint64_t next;           /* the number of the last change of the page */
	bool more;
	struct addr page[PAGE];  /* addresses that changed */
	size_t count;
};

struct fetching {
	struct fleet *fleet;
	struct engine *engine;
	struct judge_settings bounds;   /* bounds of what one host may say */
	int64_t now;
	size_t host;                    /* the next part to be read */
	unsigned slot;
	struct part parts[PARTS];
};

/* ---- who is there ---- */

static int compare_hosts(const void *a, const void *b)
{
	return strcmp(((const struct fleet_host *)a)->name, ((const struct fleet_host *)b)->name);
}

/* Takes the hosts and sorts them by name: the engine keeps no order. */
static bool take_hosts(void *context, const struct answer *answer)
{
	struct fetching *all = context;
	int64_t clock = engine_time(all->engine) / 1000;

	if (answer->kind != ANSWER_LIST || answer->count % 2 != 0)
		return false;
	for (size_t i = 0; i < answer->count; i += 2) {
		struct fleet_host read = { .heard = 0 }, *host;

		if (answer->items[i].kind != ANSWER_TEXT || answer->items[i + 1].kind != ANSWER_TEXT)
			return false;
		if (!fleet_parse_host(&read, answer->items[i + 1].text) || (int64_t)read.heard > clock + WHEN_DAY)
			continue;
		host = fleet_make_host(all->fleet, answer->items[i].text);
		if (host == NULL)
			continue;
		/* the host began anew or left */
		if (read.changes < host->changes || read.left)
			fleet_forget_host(host);
		host->changes = read.changes;
		host->heard = read.heard;
		host->clock = read.clock;
		host->addresses = read.addresses;
		host->points = read.points;
		host->left = read.left;
	}
	if (all->fleet->count > 0)
		qsort(all->fleet->hosts, all->fleet->count, sizeof(*all->fleet->hosts), compare_hosts);
	return true;
}

bool fleet_fetch_hosts(struct fleet *f, struct engine *engine)
{
	struct fetching all = { .fleet = f, .engine = engine };

	engine_ask(engine, take_hosts, &all, "HGETALL " FLEET_WHO);
	return engine_run(engine);
}

static void forget_gone(struct fetching *all)
{
	int64_t clock = engine_time(all->engine) / 1000;

	for (size_t i = 0; i < all->fleet->count; i++) {
		struct fleet_host *host = &all->fleet->hosts[i];

		if (host->heard == 0 || clock - (int64_t)host->heard <= all->fleet->judge->forget)
			continue;
		fleet_forget_host(host);
		host->heard = 0;
		engine_ask(all->engine, NULL, NULL, "HDEL " FLEET_WHO " %s", host->name);
	}
}

/* ---- words ---- */

static bool has_short_names(const struct account *a, const struct names *names)
{
	for (unsigned i = 0; i < a->name_count; i++) {
		if (strlen(names->all[a->names[i].name].text) > 8)
			return false;
	}
	return true;
}

/* Whether the words are but the time at which the host took all back: no event, and not to be taken for one. */
static bool says_nothing(const struct account *a)
{
	return a->name_count == 0 && a->credit + account_class_points(a) == 0 && a->since == 0 && a->ended == 0 &&
	       a->last_good == 0;
}

bool fleet_take_words(struct fleet *f, struct account *a, struct names *names, struct span words,
	int64_t now)
{
	int64_t most = now + f->judge->ban_most;

	if (!account_load(a, names, words) || a->time == 0 || says_nothing(a) || !has_short_names(a, names) ||
	    a->time > now + WHEN_DAY || a->since > a->until || a->last_since > a->ended) {
		account_clear(a, names);
		return false;
	}
	if (a->until > most)
		a->until = most < ACCOUNT_FOREVER ? (uint32_t)most : ACCOUNT_FOREVER;
	a->flags &= ACCOUNT_BREACHED;
	return true;
}

/* Takes the words about an address. Words that cannot be read count for nothing: the host may lie, or be newer. */
static void take_account(struct fetching *all, struct fleet_host *host, struct addr addr, const struct answer *words)
{
	struct account *a;

	addr = fleet_unit(all->fleet->judge, &addr);
	accounts_bound(&host->accounts, (uint32_t)all->now, &all->bounds);
	a = accounts_make(&host->accounts, &addr);
	account_clear(a, &host->accounts.names);
	if (words->kind == ANSWER_TEXT)
		(void)fleet_take_words(all->fleet, a, &host->accounts.names, words->text, all->now);
}

/* ---- pages ---- */

static void ask_page(struct part *part);
static void begin_next(struct part *part);

static struct fleet_host *host_of(const struct part *part)
{
	return &part->all->fleet->hosts[part->host];
}

static bool end_page(struct part *part)
{
	host_of(part)->seen[part->slot] = part->next;
	if (part->more)
		ask_page(part);
	else
		begin_next(part);
	return true;
}

static bool take_words(void *context, const struct answer *answer)
{
	struct part *part = context;

	if (answer->kind != ANSWER_LIST || answer->count != part->count)
		return false;
	for (size_t i = 0; i < part->count; i++)
		take_account(part->all, host_of(part), part->page[i], &answer->items[i]);
	return end_page(part);
}

static void ask_words(struct part *part)
{
	FREED_BY(buf_free) struct buf question = { 0 };

	buf_addf(&question, "HMGET " FLEET_WORDS, part->slot, host_of(part)->name);
	for (size_t i = 0; i < part->count; i++) {
		buf_add_char(&question, ' ');
		addr_add_to(&question, &part->page[i]);
	}
	engine_ask(part->all->engine, take_words, part, buf_text(&question));
}

/* A full page may end within the changes of one number: they are read again, unless one number alone fills the page.
 * False where nothing is behind what was seen. */
static bool find_end(struct part *part, size_t count, uint64_t last)
{
	uint64_t seen = host_of(part)->seen[part->slot];

	part->more = count == PAGE;
	part->next = !part->more ? host_of(part)->changes : last > seen + 1 ? last - 1 : last;
	return part->next > seen;
}

/* Takes a page: addresses and numbers by turns. */
static bool take_page(void *context, const struct answer *answer)
{
	struct part *part = context;
	uint64_t last = 0;

	if (answer->kind != ANSWER_LIST || answer->count % 2 != 0 || answer->count > 2 * PAGE)
		return false;
	part->count = 0;
	for (size_t i = 0; i < answer->count; i += 2) {
		const struct answer *addr = &answer->items[i], *number = &answer->items[i + 1];

		if (addr->kind != ANSWER_TEXT || number->kind != ANSWER_TEXT)
			return false;
		part->count += addr_parse_net(&part->page[part->count], addr->text.ptr, addr->text.len);
		last = strtoull(number->text.ptr, NULL, 10);
	}
	if (!find_end(part, answer->count / 2, last))
		return false;
	if (part->count == 0)
		return end_page(part);
	ask_words(part);
	return true;
}

static void ask_page(struct part *part)
{
	const struct fleet_host *host = host_of(part);

	engine_ask(part->all->engine, take_page, part,
		   "ZRANGEBYSCORE " FLEET_CHANGED " (%" PRIu64 " %" PRIu64 " WITHSCORES LIMIT 0 %d", part->slot,
		   host->name, host->seen[part->slot], host->changes, PAGE);
}

static bool is_to_read(const struct fetching *all, const struct fleet_host *host, unsigned slot)
{
	return host->heard != 0 && !host->left && host->seen[slot] < host->changes &&
	       strcmp(host->name, all->fleet->settings->name) != 0;
}

/* Goes on to the next part that has something new. The place stays free where there is none. */
static void begin_next(struct part *part)
{
	struct fetching *all = part->all;

	while (all->host < all->fleet->count) {
		size_t host = all->host;
		unsigned slot = all->slot;

		all->slot = (slot + 1) % FLEET_SLOTS;
		all->host += all->slot == 0;
		if (is_to_read(all, &all->fleet->hosts[host], slot)) {
			part->host = host;
			part->slot = slot;
			ask_page(part);
			return;
		}
	}
}

bool fleet_fetch(struct fleet *f, struct engine *engine, int64_t now)
{
	struct fetching *all = mem_zalloc(1, sizeof(*all));
	bool ok;

	all->fleet = f;
	all->engine = engine;
	all->now = now;
	all->bounds = *f->judge;
	ok = fleet_fetch_hosts(f, engine);
	forget_gone(all);
	if (f->count > 0)
		all->bounds.accounts /= f->count;
	for (unsigned i = 0; i < PARTS; i++) {
		all->parts[i].all = all;
		begin_next(&all->parts[i]);
	}
	ok = engine_run(engine) && ok;
	free(all);
	return ok;
}
