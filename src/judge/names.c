/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names: a table of user names.
 *
 * Accounts hold names by number. A name stays while an account holds it, while it has logged in lately, and while
 * somebody guesses at it. So any number of other names does not drive it out. A value below POINTS_LEAST counts as 0
 * at once, so that it makes no difference when the table is swept. Names that no account holds are bounded.
 */
#include "judge/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void names_init(struct names *names)
{
	*names = (struct names){ 0 };
	hash_seed(&names->index);
	(void)names_make(names, "", 0);
	names_hold(names, NAME_NONE);
}

static void name_clear(struct name *name)
{
	free(name->text);
	free(name->shown);
	free(name->habit);
	*name = (struct name){ 0 };
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		name_clear(&names->all[i]);
	free(names->all);
	free(names->free);
	hash_free(&names->index);
	*names = (struct names){ 0 };
}

static uint32_t find(const struct names *names, const char *text, uint32_t hash)
{
	size_t at;

	for (uint32_t n = hash_first(&names->index, hash, &at); n != HASH_NONE;
	     n = hash_next(&names->index, hash, &at)) {
		if (strcmp(names->all[n].text, text) == 0)
			return n;
	}
	return HASH_NONE;
}

uint32_t names_find(const struct names *names, const char *text, size_t len)
{
	return len == 0 ? NAME_NONE : find(names, text, hash_of_bytes(&names->index, text, len));
}

static uint32_t free_place(struct names *names)
{
	if (names->free_count > 0)
		return names->free[--names->free_count];
	names->all = mem_grow(names->all, &names->capacity, names->count + 1, sizeof(*names->all));
	return (uint32_t)names->count++;
}

uint32_t names_make(struct names *names, const char *text, size_t len)
{
	uint32_t hash = hash_of_bytes(&names->index, text, len), n;

	if (len == 0 && names->count > 0)
		return NAME_NONE;
	n = find(names, text, hash);
	if (n != HASH_NONE)
		return n;
	n = free_place(names);
	names->all[n] = (struct name){ .text = mem_text_of(text, len) };
	hash_put(&names->index, hash, n);
	names->idle++;
	return n;
}

void names_hold(struct names *names, uint32_t number)
{
	if (names->all[number].holders++ == 0)
		names->idle--;
}

void names_release(struct names *names, uint32_t number)
{
	if (--names->all[number].holders == 0)
		names->idle++;
}

void name_show(struct name *name, struct span user)
{
	user.len = user.len < USER_SHOWN_MAX ? user.len : USER_SHOWN_MAX;
	if (span_is(user, name_shown(name)))
		return;
	free(name->shown);
	/* the state leaves a shown name out that equals the folded one, so that is left out here, too */
	name->shown = span_is(user, name->text) ? NULL : mem_text_of(user.ptr, user.len);
}

int64_t name_attack(struct name *name, uint32_t time)
{
	if (time > name->attack_time) {
		if (name->attack > 0)
			name->attack = points_times(name->attack,
						    points_fading(time - name->attack_time, NAME_ATTACK_HALF_LIFE));
		if (name->attack < POINTS_LEAST)
			name->attack = 0;
		name->attack_time = time;
	}
	return name->attack;
}

void name_add_attacker(struct name *name, uint32_t time)
{
	int64_t attack = name_attack(name, time);

	/* the state does not keep an attack that has faded to 0: a late event begins anew */
	if (attack == 0)
		name->attack_time = time;
	name->attack = points_sum(attack,
				  points_times(POINT, points_fading(name->attack_time - time, NAME_ATTACK_HALF_LIFE)));
}

bool name_is_over(struct name *name, uint32_t time, int64_t known)
{
	struct name then = *name;

	return name->holders == 0 && name_attack(&then, time) == 0 && !name_is_known(name, time, known);
}

static void forget(struct names *names, uint32_t number)
{
	struct name *name = &names->all[number];

	hash_remove(&names->index, hash_of_bytes(&names->index, name->text, strlen(name->text)), number);
	name_clear(name);
	names->free = mem_grow(names->free, &names->free_capacity, names->free_count + 1, sizeof(*names->free));
	names->free[names->free_count++] = number;
	names->idle--;
}

/* For qsort(3): names that logged in lately go last. Of the others the one with the oldest event goes first. */
struct rank {
	bool known;
	uint32_t time, number;
};

static int compare_ranks(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->known != y->known)
		return x->known ? 1 : -1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void forget_oldest(struct names *names, size_t count, uint32_t time, int64_t known)
{
	FREED_BY(mem_free) struct rank *ranks = mem_alloc(names->count, sizeof(*ranks));
	size_t found = 0;

	for (uint32_t n = 0; n < names->count; n++) {
		const struct name *name = &names->all[n];

		if (name->text != NULL && name->holders == 0)
			ranks[found++] = (struct rank){ name_is_known(name, time, known),
				name->last_login > name->attack_time ? name->last_login : name->attack_time, n };
	}
	qsort(ranks, found, sizeof(*ranks), compare_ranks);
	for (size_t i = 0; i < found && i < count; i++)
		forget(names, ranks[i].number);
}

void names_bound(struct names *names, size_t most, uint32_t time, int64_t known)
{
	if (names->idle < most)
		return;
	for (uint32_t n = 0; n < names->count; n++) {
		if (names->all[n].text != NULL && name_is_over(&names->all[n], time, known))
			forget(names, n);
	}
	if (names->idle > most / 4 * 3)
		forget_oldest(names, names->idle - most / 4 * 3, time, known);
}
