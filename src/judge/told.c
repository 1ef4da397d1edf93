/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * told: news that are no bans.
 *
 * Reads accounts and names, and changes nothing.
 */
#include "judge/told.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	FAILING_LEAST = 10,  /* so many failures since the last login are worth a line */
};

void changes_free(struct changes *changes)
{
	free(changes->all);
	*changes = (struct changes){ 0 };
}

struct change *changes_add(struct changes *changes, enum change_kind kind, const struct addr *net)
{
	struct change *c;

	changes->all = mem_grow(changes->all, &changes->capacity, changes->count + 1, sizeof(*changes->all));
	c = &changes->all[changes->count++];
	*c = (struct change){ .kind = kind, .net = *net, .by = CLASS_COUNT };
	return c;
}

/* Whether a person has seen to the entered account, or the settings say not to tell of its user. */
static bool is_done(const struct decide_input *in, const struct entered *e)
{
	bool done = e->done != 0 || (in->allow != NULL && netset_overlaps(in->allow, &e->addr));

	for (size_t i = 0; in->done != NULL && i < in->done->count && !done; i++)
		done = entered_is_user(e, (struct span){ in->done->texts[i], strlen(in->done->texts[i]) });
	return done;
}

void told_entered(const struct decide_input *in, struct changes *changes)
{
	for (size_t i = 0; i < in->judge->entered.count; i++) {
		const struct entered *e = &in->judge->entered.all[i];
		struct change *c;

		if (is_done(in, e))
			continue;
		c = changes_add(changes, e->how == ENTERED_UNGUESSED ? CHANGE_ENTERED : CHANGE_BREACH, &e->addr);
		c->user = e->user;
		c->when = e->time;
		c->hits = e->hits;
		c->names = e->names;
		c->entered = e;
	}
}

static bool failed_lately(const struct judge *j, const struct account_name *n)
{
	return n->last_failure != 0 && n->last_failure + (int64_t)WHEN_DAY >= j->clock;
}

static size_t attackers_of(const struct judge *j, uint32_t number, struct addr *addrs, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < j->accounts.count; i++) {
		const struct account *a = accounts_at(&j->accounts, i);
		const struct account_name *n = account_find_name(a, number);

		if (n == NULL || !failed_lately(j, n))
			continue;
		if (count < max)
			addrs[count] = a->addr;
		count++;
	}
	return count;
}

size_t told_attackers(const struct judge *j, const char *user, struct addr *addrs, size_t max)
{
	for (uint32_t n = 1; n < j->accounts.names.count; n++) {
		const struct name *name = &j->accounts.names.all[n];

		if (name->text != NULL && strcmp(name_shown(name), user) == 0)
			return attackers_of(j, n, addrs, max);
	}
	return 0;
}

/* Names that are attacked and were so in this run, by number. */
static bool *attacked_names(const struct decide_input *in, size_t *count)
{
	const struct judge *j = in->judge;
	bool *attacked = mem_zalloc(j->accounts.names.count, sizeof(*attacked));

	*count = 0;
	for (uint32_t n = 1; n < j->accounts.names.count; n++) {
		struct name then = j->accounts.names.all[n];

		attacked[n] = then.text != NULL && then.attack_time > in->last_clock &&
			      name_is_attacked(&then, j->clock);
		*count += attacked[n];
	}
	return attacked;
}

static void tell_attack(const struct judge *j, uint32_t number, const struct addr *first, struct changes *changes)
{
	const struct name *name = &j->accounts.names.all[number];
	struct change *c = changes_add(changes, CHANGE_ATTACKED, first);
	struct name then = *name;

	c->user = name_shown(name);
	c->hits = (uint64_t)((name_attack(&then, j->clock) + POINT / 2) / POINT);
}

/* Each attacked name is told with the first address that attacks it. */
static void tell_attacked(const struct decide_input *in, struct changes *changes)
{
	const struct judge *j = in->judge;
	size_t left;
	FREED_BY(mem_free) bool *attacked = attacked_names(in, &left);

	for (size_t i = 0; left > 0 && i < j->accounts.count; i++) {
		const struct account *a = accounts_at(&j->accounts, i);

		for (unsigned k = 0; k < a->name_count; k++) {
			if (!attacked[a->names[k].name] || !failed_lately(j, &a->names[k]))
				continue;
			tell_attack(j, a->names[k].name, &a->addr, changes);
			attacked[a->names[k].name] = false;
			left--;
		}
	}
}

static uint32_t others_there(const struct judge *j, const struct account *a, uint32_t number)
{
	uint32_t count = 0;

	for (unsigned i = 0; i < a->name_count; i++) {
		const struct account_name *n = &a->names[i];

		count += n->name != number && n->name != NAME_NONE && account_name_is_known(n, j->clock, j->settings);
	}
	return count;
}

static void tell_failing_at(const struct decide_input *in, const struct account *a, struct changes *changes)
{
	for (unsigned i = 0; i < a->name_count; i++) {
		const struct account_name *n = &a->names[i];
		uint32_t others = others_there(in->judge, a, n->name);
		struct change *c;

		if (n->name == NAME_NONE || n->failures < FAILING_LEAST || n->last_failure <= in->last_clock ||
		    others == 0)
			continue;
		c = changes_add(changes, CHANGE_FAILING, &a->addr);
		c->user = name_shown(&in->judge->accounts.names.all[n->name]);
		c->hits = n->failures;
		c->names = others;
	}
}

static void tell_failing(const struct decide_input *in, struct changes *changes)
{
	const struct judge *j = in->judge;

	for (size_t i = 0; in->tell_failing && i < j->accounts.count; i++) {
		const struct account *a = accounts_at(&j->accounts, i);

		if (a->credit > POINT / 5)
			tell_failing_at(in, a, changes);
	}
}

void told_add(const struct decide_input *in, struct changes *changes)
{
	told_entered(in, changes);
	tell_attacked(in, changes);
	tell_failing(in, changes);
}

static int compare_names(const void *a, const void *b)
{
	const struct account_name *x = a, *y = b;

	if (x->points != y->points)
		return x->points > y->points ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

size_t told_names(const struct judge *j, const struct account *a, const char **names, size_t max)
{
	struct account_name sorted[ACCOUNT_NAMES + 1] = { 0 };
	size_t count = 0;

	for (unsigned i = 0; i < a->name_count; i++) {
		if (a->names[i].name != NAME_NONE && a->names[i].failures > 0)
			sorted[count++] = a->names[i];
	}
	qsort(sorted, count, sizeof(*sorted), compare_names);
	for (size_t i = 0; i < count && i < max; i++)
		names[i] = name_shown(&j->accounts.names.all[sorted[i].name]);
	return count;
}
