/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exchange: what a run and a person do at the engine.
 *
 * Pardons are obeyed first, so that this host says nothing again that is forgiven. Then it speaks, and then it
 * listens.
 */
#include "fleet/fleet_inside.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"

enum { PARDONS = 1000 };

struct listening {
	struct fleet *fleet;
	struct judge *judge;
	struct engine *engine;
};

/* Obeys pardons. Those from before this host came do not concern it. */
static bool take_pardons(void *context, const struct answer *answer)
{
	struct listening *l = context;

	if (answer->kind != ANSWER_LIST || answer->count % 2 != 0)
		return false;
	for (size_t i = 0; i < answer->count && l->fleet->pardons != 0; i += 2) {
		const struct answer *name = &answer->items[i], *ms = &answer->items[i + 1];
		struct addr addr;

		if (name->kind != ANSWER_TEXT || ms->kind != ANSWER_TEXT || ms->text.len == 0)
			return false;
		if (!addr_parse_net(&addr, name->text.ptr, name->text.len))
			continue;
		accounts_empty_inside(&l->judge->accounts, &addr);
		fleet_forget_inside(l->fleet, &addr);
		l->fleet->pardons = strtoull(ms->text.ptr, NULL, 10);
	}
	if (l->fleet->pardons == 0)
		l->fleet->pardons = (uint64_t)engine_time(l->engine);
	return true;
}

bool fleet_exchange_over(struct fleet *f, struct engine *engine, struct judge *judge, int64_t now)
{
	struct listening l = { f, judge, engine };
	bool ok;

	/* the engine's clock was set back, or it is another engine */
	if (f->pardons > (uint64_t)engine_time(engine))
		f->pardons = (uint64_t)engine_time(engine);
	engine_ask(l.engine, take_pardons, &l,
		   "ZRANGEBYSCORE " FLEET_PARDONS " (%" PRIu64 " %" PRId64 " WITHSCORES LIMIT 0 %d", f->pardons,
		   engine_time(engine), PARDONS);
	(void)engine_run(l.engine);
	ok = engine_is_alive(l.engine) && fleet_publish(f, l.engine, judge, now);
	return engine_is_alive(l.engine) && fleet_fetch(f, l.engine, now) && ok;
}

struct fleet_line {
	const struct fleet_settings *settings;
	struct engine *engine;
	struct buf why;
};

struct fleet_line *fleet_line_open(const struct fleet_settings *settings)
{
	struct fleet_line *line = mem_zalloc(1, sizeof(*line));

	line->settings = settings;
	line->engine = engine_open(settings, &line->why);
	return line;
}

bool fleet_line_is_open(const struct fleet_line *line)
{
	return line->engine != NULL;
}

const char *fleet_line_why(struct fleet_line *line)
{
	return buf_text(&line->why);
}

void fleet_line_close(struct fleet_line *line)
{
	if (line == NULL)
		return;
	engine_close(line->engine);
	buf_free(&line->why);
	free(line);
}

static bool greet(struct fleet_line *line)
{
	return line->engine != NULL && engine_greet(line->engine);
}

/* reading the logs took time since the connection was made */
bool fleet_exchange_on(struct fleet_line *line, struct fleet *f, struct judge *judge, int64_t now)
{
	if (line->engine != NULL)
		engine_begin_anew(line->engine, line->settings->timeout * 1000);
	return greet(line) && fleet_exchange_over(f, line->engine, judge, now);
}

bool fleet_look(struct fleet_line *line, struct fleet *f)
{
	return greet(line) && fleet_fetch_hosts(f, line->engine);
}

struct asking {
	struct fleet fleet;
	size_t host;             /* the next one that answers */
	struct addr addr;
	int64_t now;
	struct fleet_word *words;
	size_t count, capacity;
};

static void add_word(struct asking *a, const struct fleet_host *host, const struct account *account)
{
	struct fleet_word word = { .until = account_is_banned(account, a->now) ? account->until : 0 };

	memcpy(word.host, host->name, sizeof(word.host));
	word.points = points_times(account_balance(account, a->fleet.judge),
				   fleet_fading(account, (uint32_t)a->now, a->fleet.judge));
	/* what this host itself said last is changed by its next run */
	if (strcmp(host->name, a->fleet.settings->name) == 0 || (word.points < POINTS_LEAST && word.until == 0))
		return;
	a->words = mem_grow(a->words, &a->capacity, a->count + 1, sizeof(*a->words));
	a->words[a->count++] = word;
}

static bool take_word(void *context, const struct answer *answer)
{
	struct asking *a = context;
	struct fleet_host *host = &a->fleet.hosts[a->host++];
	struct account account = { .addr = a->addr };

	if (answer->kind == ANSWER_TEXT &&
	    fleet_take_words(&a->fleet, &account, &a->fleet.joint.names, answer->text, a->now))
		add_word(a, host, &account);
	account_clear(&account, &a->fleet.joint.names);
	return answer->kind == ANSWER_TEXT || answer->kind == ANSWER_NOTHING;
}

bool fleet_ask(struct fleet_line *line, const struct judge_settings *judge, const struct addr *addr, int64_t now,
	       struct fleet_word **words, size_t *count)
{
	struct asking a = { .addr = fleet_unit(judge, addr), .now = now };
	char text[ADDR_TEXT_MAX];
	bool ok = false;

	fleet_init(&a.fleet, line->settings, judge);
	if (greet(line) && fleet_fetch_hosts(&a.fleet, line->engine)) {
		unsigned slot = fleet_slot((struct span){ text, addr_format(text, &a.addr) });

		for (size_t i = 0; i < a.fleet.count; i++)
			engine_ask(line->engine, take_word, &a, "HGET " FLEET_WORDS " %s", slot, a.fleet.hosts[i].name,
				   text);
		ok = engine_run(line->engine);
	}
	fleet_free(&a.fleet);
	*words = a.words;
	*count = a.count;
	return ok;
}

/* Adds a pardon, and forgets pardons that nobody has to obey any more. */
bool fleet_pardon(struct fleet_line *line, const struct judge_settings *judge, const struct addr *addr)
{
	struct engine *engine = line->engine;
	int64_t expiry = judge->forget + WHEN_DAY;
	struct addr unit = fleet_unit(judge, addr);

	if (!greet(line))
		return false;
	engine_ask(engine, NULL, NULL, "ZADD " FLEET_PARDONS " %" PRId64 " %s", engine_time(engine),
		   addr_text(&unit).text);
	engine_ask(engine, NULL, NULL, "ZREMRANGEBYSCORE " FLEET_PARDONS " 0 %" PRId64,
		   engine_time(engine) - expiry * 1000);
	engine_ask(engine, NULL, NULL, "EXPIRE " FLEET_PARDONS " %" PRId64, expiry);
	return engine_run(engine);
}

/* Takes back what this host said. Its line stays and says that it left: others then forget what it said. */
bool fleet_leave(struct fleet_line *line)
{
	const char *name = line->settings->name;
	struct engine *engine = line->engine;

	if (!greet(line))
		return false;
	for (unsigned slot = 0; slot < FLEET_SLOTS; slot++) {
		engine_ask(engine, NULL, NULL, "DEL " FLEET_WORDS, slot, name);
		engine_ask(engine, NULL, NULL, "DEL " FLEET_CHANGED, slot, name);
	}
	engine_ask(engine, NULL, NULL, "HSET " FLEET_WHO " %s %s%" PRId64, name, "left heard=",
		   engine_time(engine) / 1000);
	return engine_run(engine);
}
