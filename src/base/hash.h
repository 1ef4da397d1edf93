/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hash: one hash table for the whole program. It maps hashes to numbers; the items stand in the caller's own array.
 *
 *	for (uint32_t n = hash_first(&table, h, &at); n != HASH_NONE; n = hash_next(&table, h, &at))
 *		if (item n has the key) ...
 */
#ifndef MAILBAN_BASE_HASH_H
#define MAILBAN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"

#define HASH_NONE UINT32_MAX

struct hash_slot {
	uint32_t number;  /* an item's number plus one; 0: the slot is free */
	uint32_t hash;
};

/* Zero-initialise it; hash_free() gives the memory back. Open addressing, at most two thirds full. */
struct hash {
	struct hash_slot *slots;
	size_t mask, count;
	uint64_t seed;    /* random, so that nobody can choose keys that collide */
};

/* Takes a seed from the kernel, where the table has none yet: before the first item is put. */
void hash_seed(struct hash *table);

/* The hash of a key, for the calls below. */
uint32_t hash_of_bytes(const struct hash *table, const void *bytes, size_t len);

static inline uint32_t hash_of_numbers(const struct hash *table, uint64_t a, uint64_t b)
{
	return (uint32_t)digest_mix(digest_mix(table->seed, a), b);
}

/* The first number under the hash from slot *at on. For hash_first() and hash_next() alone. */
static inline uint32_t hash_find_from(const struct hash *table, uint32_t hash, size_t *at)
{
	for (; table->slots[*at & table->mask].number != 0; ++*at) {
		if (table->slots[*at & table->mask].hash == hash)
			return table->slots[*at & table->mask].number - 1;
	}
	return HASH_NONE;
}

/* The numbers that were put under a hash, one after another in no particular order; HASH_NONE behind the last one.
 * Other keys may share the hash: the caller compares. *at is the table's own. Nothing may be put or removed
 * meanwhile. */
static inline uint32_t hash_first(const struct hash *table, uint32_t hash, size_t *at)
{
	*at = hash;
	return table->count > 0 ? hash_find_from(table, hash, at) : HASH_NONE;
}

static inline uint32_t hash_next(const struct hash *table, uint32_t hash, size_t *at)
{
	++*at;
	return hash_find_from(table, hash, at);
}

void hash_put(struct hash *table, uint32_t hash, uint32_t number);

/* Takes out a number that was put under that hash. */
void hash_remove(struct hash *table, uint32_t hash, uint32_t number);

/* Takes all out; keeps memory and seed. */
void hash_clear(struct hash *table);
void hash_free(struct hash *table);

#endif
