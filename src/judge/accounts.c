/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * accounts: a table of accounts.
 *
 * One array and one hash table over it. The number of accounts is bounded: an attacker with many addresses costs
 * memory up to the bound. Then the accounts that matter least are forgotten.
 */
#include "judge/accounts.h"

#include <stdlib.h>
#include <string.h>

#include "addr/order.h"
#include "base/mem.h"

void accounts_init(struct accounts *accounts)
{
	*accounts = (struct accounts){ 0 };
	hash_seed(&accounts->index);
	names_init(&accounts->names);
}

void accounts_free(struct accounts *accounts)
{
	for (size_t i = 0; i < accounts->count; i++)
		free(accounts->all[i].names);
	free(accounts->all);
	free(accounts->order);
	hash_free(&accounts->index);
	names_free(&accounts->names);
	*accounts = (struct accounts){ 0 };
}

static uint32_t hash_of(const struct accounts *accounts, const struct addr *addr)
{
	return hash_of_numbers(&accounts->index, addr->hi ^ (uint64_t)addr->prefix << 56, addr->lo);
}

static struct account *find(const struct accounts *accounts, const struct addr *addr, uint32_t hash)
{
	size_t at;

	for (uint32_t n = hash_first(&accounts->index, hash, &at); n != HASH_NONE;
	     n = hash_next(&accounts->index, hash, &at)) {
		if (addr_equal(&accounts->all[n].addr, addr))
			return &accounts->all[n];
	}
	return NULL;
}

struct account *accounts_find(const struct accounts *accounts, const struct addr *addr)
{
	return find(accounts, addr, hash_of(accounts, addr));
}

struct account *accounts_make(struct accounts *accounts, const struct addr *addr)
{
	uint32_t hash = hash_of(accounts, addr);
	struct account *a = find(accounts, addr, hash);

	if (a != NULL)
		return a;
	accounts->all = mem_grow(accounts->all, &accounts->capacity, accounts->count + 1, sizeof(*accounts->all));
	hash_put(&accounts->index, hash, (uint32_t)accounts->count);
	a = &accounts->all[accounts->count++];
	*a = (struct account){ .addr = *addr };
	return a;
}

/* For qsort(3): accounts by what they are worth at one time. */
struct rank {
	int64_t worth;
	const struct account *account;
};

/* The points or the credit, whichever is more. A banned account is worth more than all others. */
static int64_t worth(const struct account *a, uint32_t time, const struct judge_settings *settings)
{
	int64_t against = account_balance(a, settings) + a->credit, sum = against > a->credit ? against : a->credit;

	if (time > a->time)
		sum = points_times(sum, points_fading(time - a->time, settings->half_life));
	return account_is_banned(a, time) ? sum + 2 * POINTS_MOST : sum;
}

static int compare_ranks(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->worth != y->worth)
		return x->worth < y->worth ? -1 : 1;
	return addr_compare(&x->account->addr, &y->account->addr);
}

static void mark_least(struct accounts *accounts, size_t count, uint32_t time, const struct judge_settings *settings,
	bool *gone)
{
	FREED_BY(mem_free) struct rank *ranks = mem_alloc(accounts->count, sizeof(*ranks));

	for (size_t i = 0; i < accounts->count; i++)
		ranks[i] = (struct rank){ worth(&accounts->all[i], time, settings), &accounts->all[i] };
	qsort(ranks, accounts->count, sizeof(*ranks), compare_ranks);
	for (size_t i = 0; i < count; i++)
		gone[ranks[i].account - accounts->all] = true;
}

static void remove_marked(struct accounts *accounts, const bool *gone)
{
	size_t kept = 0;

	for (size_t i = 0; i < accounts->count; i++) {
		if (gone[i])
			account_clear(&accounts->all[i], &accounts->names);
		else
			accounts->all[kept++] = accounts->all[i];
	}
	accounts->count = kept;
}

void accounts_make_room(struct accounts *accounts, uint32_t time, const struct judge_settings *settings)
{
	size_t most = settings->accounts < SIZE_MAX ? (size_t)settings->accounts : SIZE_MAX, over = 0;
	bool *gone;

	names_bound(&accounts->names, most / NAMES_SHARE, time, settings->known);
	if (accounts->count < most)
		return;
	gone = mem_zalloc(accounts->count, sizeof(*gone));
	for (size_t i = 0; i < accounts->count; i++)
		over += gone[i] = account_is_over(&accounts->all[i], time, settings);
	if (accounts->count - over > most / 4 * 3) {
		mark_least(accounts, accounts->count / 4, time, settings, gone);
		accounts->dropped += accounts->count / 4;
	}
	remove_marked(accounts, gone);
	free(gone);
	hash_clear(&accounts->index);
	for (size_t i = 0; i < accounts->count; i++)
		hash_put(&accounts->index, hash_of(accounts, &accounts->all[i].addr), (uint32_t)i);
}

void accounts_sort(struct accounts *accounts)
{
	free(accounts->order);
	accounts->order = accounts->count == 0 ? NULL :
		addr_order(&accounts->all->addr, sizeof(*accounts->all), accounts->count);
}

void accounts_empty_inside(struct accounts *accounts, const struct addr *net)
{
	for (size_t i = 0; i < accounts->count; i++) {
		struct account *a = &accounts->all[i];
		uint8_t listed = a->flags & (ACCOUNT_LISTED | ACCOUNT_WAS_LISTED);

		if (!addr_contains(net, &a->addr))
			continue;
		account_clear(a, &accounts->names);
		a->flags = listed;
	}
}
