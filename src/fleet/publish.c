/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * publish: what this host says of addresses.
 *
 * The words are those of the account's line in the state, without parts that concern nobody else. A digest remembers
 * what was said, so that unchanged words are not said again. Each batch has a number. Other hosts look no further than
 * the number that this host names last, when all is there. A run that dies on its way says the same again under
 * numbers that nobody has seen.
 */
#include "fleet/fleet_inside.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/digest.h"
#include "base/mem.h"

enum { BATCH = 1000, GONE_DAYS = 7, LEAP = 1 << 20 };

struct publishing {
	struct fleet *fleet;
	struct engine *engine;
	int64_t now;
	uint32_t *map;               /* the judge's names to those of the fleet */
	struct account_name names[ACCOUNT_NAMES + 1];
	struct fleet_said *said;     /* the new ones */
	size_t count, capacity;
	size_t batch, told;          /* where this batch begins in said; how many addresses it has */
	uint64_t changes, addresses;
	int64_t points;
	bool stopped, lost;
};

static void copy_names(struct publishing *p, const struct account *a, struct account *copy)
{
	copy->names = p->names;
	copy->name_count = 0;
	for (unsigned i = 0; i < a->name_count; i++) {
		const struct account_name *n = &a->names[i];

		int64_t points = fleet_said_points(n->points);

		if (points > 0 || n->last_login != 0)
			p->names[copy->name_count++] = (struct account_name){ points, p->map[n->name], n->last_failure,
				n->last_login, 0 };
	}
}

/* Says that a ban of all hosts together stands. Its end moves with each event of anybody and is said to the day, so
 * that the words stay. */
static void copy_joint_ban(const struct publishing *p, const struct account *a, struct account *copy)
{
	const struct account *j = accounts_find(&p->fleet->joint, &a->addr);

	if (j == NULL || !account_is_banned(j, p->now) || (j->flags & ACCOUNT_HELD) != 0)
		return;
	copy->last_since = j->since;
	copy->ended = j->until < ACCOUNT_FOREVER - WHEN_DAY ? j->until + WHEN_DAY - 1 - (j->until - 1) % WHEN_DAY :
							      ACCOUNT_FOREVER;
	copy->level = j->level;
	copy->by = j->by;
}

static void copy_ban(const struct publishing *p, const struct account *a, struct account *copy)
{
	copy->hits = a->hits;
	if (!account_is_banned(a, p->now))
		return;
	copy->since = a->since;
	copy->until = a->until;
	copy->level = a->level;
	copy->by = a->by;
	copy->hosts = a->hosts;
	copy->flags = a->flags & ACCOUNT_BREACHED;
}

/* Makes the words about the account. False: there is nothing to say. */
static bool words_of(struct publishing *p, const struct account *a, struct account *copy)
{
	bool network = fleet_is_network(p->fleet->judge, &a->addr);

	*copy = (struct account){ .addr = a->addr, .time = a->time };
	if (account_is_over(a, (uint32_t)p->now, p->fleet->judge))
		return false;
	copy_ban(p, a, copy);
	if (copy->since == 0 && !network)
		copy_joint_ban(p, a, copy);
	if (network) {
		copy->last_good = account_is_good(a, p->now, p->fleet->judge) ? a->last_good : 0;
		return copy->since != 0 || copy->last_good != 0;
	}
	copy_names(p, a, copy);
	for (unsigned i = 0; i < ACCOUNT_CLASSES; i++) {
		copy->points[i] = fleet_said_points(a->points[i]);
		copy->last[i] = a->last[i];
	}
	copy->credit = fleet_said_points(a->credit);
	return copy->since != 0 || copy->credit + account_class_points(copy) >= POINTS_LEAST || copy->name_count > 0;
}

static void tell(struct publishing *p, const struct addr *addr, const char *words, size_t len)
{
	const char *host = p->fleet->settings->name;
	char text[ADDR_TEXT_MAX];
	unsigned slot = fleet_slot((struct span){ text, addr_format(text, addr) });

	engine_ask(p->engine, NULL, NULL, "HSET " FLEET_WORDS " %s %b", slot, host, text, words, len);
	engine_ask(p->engine, NULL, NULL, "ZADD " FLEET_CHANGED " %" PRIu64 " %s", slot, host, p->changes + 1, text);
	p->told++;
}

static void take_back(struct publishing *p, const struct addr *addr)
{
	const char *host = p->fleet->settings->name;
	char text[ADDR_TEXT_MAX];
	unsigned slot = fleet_slot((struct span){ text, addr_format(text, addr) });

	engine_ask(p->engine, NULL, NULL, "HDEL " FLEET_WORDS " %s", slot, host, text);
	engine_ask(p->engine, NULL, NULL, "ZREM " FLEET_CHANGED " %s", slot, host, text);
}

/* Sends the batch. Words that did not arrive are said again by the next run. */
static void end_batch(struct publishing *p)
{
	if (p->told > 0)
		p->changes++;
	if (!engine_run(p->engine)) {
		p->stopped = true;
		for (size_t i = p->batch; i < p->count; i++)
			p->said[i].digest = 0;
	}
	p->batch = p->count;
	p->told = 0;
}

static void keep(struct publishing *p, const struct fleet_said *said)
{
	p->said = mem_grow(p->said, &p->capacity, p->count + 1, sizeof(*p->said));
	p->said[p->count++] = *said;
}

/* Says the words about an address. A line is the address, a blank, the words and a newline. */
static void say(struct publishing *p, const struct account *words, const struct fleet_said *before)
{
	struct fleet_said said = { .addr = words->addr };
	FREED_BY(buf_free) struct buf line = { 0 };
	size_t skip;

	if (p->told == BATCH)
		end_batch(p);
	account_add_line(words, &p->fleet->joint.names, &line);
	line.len--;
	skip = (size_t)((char *)memchr(line.ptr, ' ', line.len) + 1 - line.ptr);
	said.digest = (uint32_t)digest_of(line.ptr, line.len);
	said.digest += said.digest == 0;
	if (p->stopped && before != NULL)
		keep(p, before);
	if (!p->stopped) {
		if (before == NULL || before->digest != said.digest || before->gone != 0)
			tell(p, &said.addr, line.ptr + skip, line.len - skip);
		keep(p, &said);
	}
	p->addresses++;
	p->points += account_class_points(words) + account_name_points(words);
}

/* Says that there is nothing more to say. After a week the address itself goes. */
static void say_gone(struct publishing *p, const struct fleet_said *before)
{
	struct fleet_said said = *before;
	struct buf words = { 0 };

	if (p->told == BATCH)
		end_batch(p);
	if (!p->stopped && said.gone != 0 && said.digest != 0 && p->now - said.gone > GONE_DAYS * WHEN_DAY) {
		take_back(p, &said.addr);
		return;
	}
	if (!p->stopped && (said.gone == 0 || said.digest == 0)) {
		said.gone = (uint32_t)p->now;
		said.digest = 1;
		buf_addf(&words, "time=%" PRIu32, said.gone);
		tell(p, &said.addr, words.ptr, words.len);
		buf_free(&words);
	}
	keep(p, &said);
}

static void say_all(struct publishing *p, struct judge *judge)
{
	size_t old = 0, all = p->fleet->said_count;

	accounts_sort(&judge->accounts);
	for (size_t i = 0; i < judge->accounts.count; i++) {
		const struct account *a = accounts_at(&judge->accounts, i);
		struct account words;
		bool same;

		if (!words_of(p, a, &words))
			continue;
		while (old < all && addr_compare(&p->fleet->said[old].addr, &a->addr) < 0)
			say_gone(p, &p->fleet->said[old++]);
		same = old < all && addr_equal(&p->fleet->said[old].addr, &a->addr);
		say(p, &words, same ? &p->fleet->said[old] : NULL);
		old += same;
	}
	while (old < all)
		say_gone(p, &p->fleet->said[old++]);
	end_batch(p);
}

/* Says the host's own line, the last step: it makes all words visible. */
static bool say_host(struct publishing *p)
{
	int64_t clock = engine_time(p->engine) / 1000, expiry = p->fleet->judge->forget + WHEN_DAY;
	const char *host = p->fleet->settings->name;
	FREED_BY(buf_free) struct buf words = { 0 };

	for (unsigned slot = 0; slot < FLEET_SLOTS; slot++) {
		engine_ask(p->engine, NULL, NULL, "EXPIRE " FLEET_WORDS " %" PRId64, slot, host, expiry);
		engine_ask(p->engine, NULL, NULL, "EXPIRE " FLEET_CHANGED " %" PRId64, slot, host, expiry);
	}
	buf_addf(&words, "changes=%" PRIu64 " heard=%" PRId64 " clock=%lld", p->changes, clock, (long long)time(NULL));
	buf_addf(&words, " addresses=%" PRIu64 " points=%" PRIu64, p->addresses, (uint64_t)(p->points / POINT));
	engine_ask(p->engine, NULL, NULL, "HSET " FLEET_WHO " %s %b", host, words.ptr, words.len);
	engine_ask(p->engine, NULL, NULL, "EXPIRE " FLEET_WHO " %" PRId64, expiry);
	return engine_run(p->engine);
}

/* An engine that knows less than was said has lost it: all is said again. So it is where somebody else wrote a number
 * that this host cannot have come to. */
static bool take_own(void *context, const struct answer *answer)
{
	struct publishing *p = context;
	struct fleet_host host = { .heard = 0 };

	if (answer->kind != ANSWER_TEXT && answer->kind != ANSWER_NOTHING)
		return false;
	if (answer->kind == ANSWER_TEXT && (!fleet_parse_host(&host, answer->text) || host.changes > p->changes + LEAP))
		host.changes = 0;
	p->lost = host.changes < p->changes;
	p->changes = p->lost ? p->changes : host.changes;
	return true;
}

bool fleet_publish(struct fleet *f, struct engine *engine, struct judge *judge, int64_t now)
{
	struct publishing p = { .fleet = f, .engine = engine, .now = now, .changes = f->changes };

	engine_ask(engine, take_own, &p, "HGET " FLEET_WHO " %s", f->settings->name);
	if (!engine_run(engine))
		return false;
	if (p.lost) {
		for (size_t i = 0; i < f->said_count; i++)
			f->said[i].digest = 0;
		if (!say_host(&p))
			return false;
	}
	p.map = fleet_map_names(&judge->accounts.names, &f->joint.names, true);
	say_all(&p, judge);
	free(p.map);
	free(f->said);
	f->said = p.said;
	f->said_count = p.count;
	if (p.stopped || !say_host(&p))
		return false;
	f->changes = p.changes;
	return true;
}
