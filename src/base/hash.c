/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hash: open addressing with linear probing.
 *
 * A slot holds the whole hash beside the number. So the table grows without asking for keys, and most other keys are
 * told apart without a look at the item. A removed item leaves no trace: the slots behind it move up.
 */
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/msg.h"

enum { SLOTS_FIRST = 64 };

void hash_seed(struct hash *table)
{
	if (table->seed == 0 && getrandom(&table->seed, sizeof(table->seed), 0) != (ssize_t)sizeof(table->seed))
		msg_die("no random bytes from the kernel");
}

uint32_t hash_of_bytes(const struct hash *table, const void *bytes, size_t len)
{
	const char *at = bytes;
	uint64_t hash = digest_mix(table->seed, len), word;

	for (; len >= sizeof(word); at += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = digest_mix(hash, word);
	}
	word = 0;
	if (len > 0)
		memcpy(&word, at, len);
	return (uint32_t)digest_mix(hash, word);
}

static void place(struct hash *table, struct hash_slot slot)
{
	size_t at = slot.hash & table->mask;

	while (table->slots[at].number != 0)
		at = (at + 1) & table->mask;
	table->slots[at] = slot;
}

static void grow(struct hash *table)
{
	struct hash_slot *old = table->slots;
	size_t size = old != NULL ? table->mask + 1 : 0;

	table->mask = (size > 0 ? 2 * size : SLOTS_FIRST) - 1;
	table->slots = mem_zalloc(table->mask + 1, sizeof(*table->slots));
	for (size_t i = 0; i < size; i++) {
		if (old[i].number != 0)
			place(table, old[i]);
	}
	free(old);
}

void hash_put(struct hash *table, uint32_t hash, uint32_t number)
{
	if (table->slots == NULL || 3 * table->count >= 2 * table->mask)
		grow(table);
	place(table, (struct hash_slot){ number + 1, hash });
	table->count++;
}

/* Moves up the slots behind the free one that could not be found any more. */
static void close_gap(struct hash *table, size_t gap)
{
	for (size_t at = (gap + 1) & table->mask; table->slots[at].number != 0; at = (at + 1) & table->mask) {
		size_t home = table->slots[at].hash & table->mask;

		if (((at - home) & table->mask) < ((at - gap) & table->mask))
			continue;
		table->slots[gap] = table->slots[at];
		gap = at;
	}
	table->slots[gap].number = 0;
}

void hash_remove(struct hash *table, uint32_t hash, uint32_t number)
{
	size_t at = hash & table->mask;

	while (table->slots[at].number != number + 1)
		at = (at + 1) & table->mask;
	close_gap(table, at);
	table->count--;
}

void hash_clear(struct hash *table)
{
	if (table->slots != NULL)
		memset(table->slots, 0, (table->mask + 1) * sizeof(*table->slots));
	table->count = 0;
}

void hash_free(struct hash *table)
{
	free(table->slots);
	*table = (struct hash){ 0 };
}
