/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store: the memory of the tally, an entry an address and a few marks an entry. Inside src/judge only. */
#ifndef MAILBAN_JUDGE_STORE_H
#define MAILBAN_JUDGE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"

/* What a mark says; the other fields of struct mark mean what stands behind it. */
enum mark_kind {
	MARK_FAIL,       /* evidence: time, user, count, class, weak */
	MARK_KNOWN,      /* a known customer's failure for his own name: the same */
	MARK_LOGIN,      /* time: the last login of user */
	MARK_GOOD,       /* time: first, low: last of good events no further apart than settings.known */
	MARK_ENDED,      /* a ban of this run that ended: time: since, low: until, high: level, count: hits */
	MARK_TOTAL,      /* events of a further class: time: first, low: last, high and count: how many */
};

struct mark {
	uint32_t time;   /* seconds since the epoch */
	uint32_t low;    /* the low 32 bits of the user's hash */
	uint16_t count;
	uint8_t high;    /* its next 8 bits; a hash of 0 is no user */
	uint8_t what;    /* class 0-2, kind 3-5, weak 6 */
};

enum { MARK_CLASS = 7, MARK_KIND = 7 << 3, MARK_WEAK = 1 << 6 };

/* The bans of one address, as far as its events up to the last one say. */
struct standing {
	uint64_t sole;          /* the one user whose failures made all bans that ended; 0: none */
	uint32_t since, until;  /* of the ban that stands; until 0: none does */
	uint32_t hits;
	uint32_t before;        /* when the last ban ended; 0: there was none */
	uint8_t by, level;
	uint8_t level_before;
	bool firm;              /* no success can lift it, and no more evidence is kept */
	bool lifted;            /* evidence of a ban was forgiven in this run, and the ban went or moved */
	bool doubted;           /* the list lacks it: a person took it out, or a run lifted it and died (tally.c) */
};

/* One line of the cache: most events are of addresses that are banned, and look at nothing else. */
struct entry {
	uint64_t hi, lo;
	uint32_t count, first, last; /* events of main_class in this run; count 0: none yet */
	uint32_t standing;           /* number of its struct standing; 0: none */
	uint32_t since, until;       /* a failure between them comes while a ban stands; until 0: the standing says */
	uint32_t users;              /* a firm ban: a bit for each user's hash modulo 32 */
	uint16_t mark_count;
	uint8_t room : 4;            /* there is room for 2^room marks */
	uint8_t is_firm : 1;         /* the ban between since and until: failures change nothing */
	uint8_t is_settled : 1;      /* its evidence is known to reach no threshold */
	uint8_t has_goods : 1;       /* there may be marks of logins and good events */
	uint8_t has_sums : 1;
	uint8_t main_class : 3;
	uint8_t by : 3;              /* class of the ban that it knows of */
	uint8_t is_many : 1;         /* while firm: it is known to have failed for many users */
	uint8_t is_counted : 1;      /* is_many is about users as they are; those of an earlier run wait for the next one */
	uint32_t marks;              /* where they begin; 0 where room is 0; sorted by time a kind */
	union {
		struct mark mark;    /* the only one where room is 0 */
		uint8_t sums[12];    /* else, where it has them: see sums.h */
	};
};

enum {
	STORE_CHUNK_BITS = 11,       /* entries a chunk */
	STORE_MARK_BITS = 13,        /* marks a chunk; half of them is the most that an entry can have */
	STORE_TAG_BITS = 6,          /* of the hash, in a slot */
};

#define STORE_NUMBERS (UINT32_MAX >> STORE_TAG_BITS) /* the bits of a slot that are a number */

struct store {
	uint32_t *slots;             /* number of an entry, from 1, below 6 bits of its hash; 0: free */
	size_t slot_mask;
	void **entries;              /* chunks of struct entry */
	size_t entry_count, entry_chunks;
	void **marks;                /* chunks of struct mark */
	size_t mark_chunks;
	uint32_t mark_used;          /* of the last chunk */
	uint32_t free_marks[STORE_MARK_BITS]; /* the first free range of each size; 0: none */
	void **standings;            /* chunks of struct standing */
	size_t standing_count, standing_chunks;
	uint64_t seed[2];
};

void store_init(struct store *store);
void store_free(struct store *store);

/* The entry of an address or network; made where there is none, *made then true. Entries
 * never move; their numbers begin at 0. */
struct entry *store_get(struct store *store, const struct addr *a, uint32_t *number, bool *made);
struct entry *store_find(const struct store *store, const struct addr *a, uint32_t *number);

/* The part of store_insert() that moves marks; takes the mark at position at away. */
struct mark *store_insert_slow(struct store *store, struct entry *e, size_t at);
void store_remove(struct store *store, struct entry *e, size_t at);
void store_shrink(struct store *store, struct entry *e); /* gives back room that is not needed */

/* The entry's standing, made where it has none. */
struct standing *store_standing_made(struct store *store, struct entry *e);

/* The hash of an address: its lower bits say where its slot is looked for first, its upper ones are the slot's tag. */
static inline uint32_t store_hash(const struct store *store, uint64_t hi, uint64_t lo)
{
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)(hi ^ store->seed[0] ^ UINT64_C(0x9e3779b97f4a7c15)) * (lo ^ store->seed[1]);
	uint64_t mixed = (uint64_t)(product >> 64) ^ (uint64_t)product;

	mixed ^= mixed >> 32;
	mixed *= UINT64_C(0xd6e8feb86659fd93);
	return (uint32_t)(mixed >> 32);
}

static inline struct entry *store_entry(const struct store *store, size_t number) /* from 0 */
{
	return (struct entry *)store->entries[number >> STORE_CHUNK_BITS] +
	       (number & ((UINT32_C(1) << STORE_CHUNK_BITS) - 1));
}

/* What stands at a place, 0 included, where nothing of an entry's is. */
static inline struct mark *store_marks_at(const struct store *store, uint32_t place)
{
	return (struct mark *)store->marks[place >> STORE_MARK_BITS] + (place & ((UINT32_C(1) << STORE_MARK_BITS) - 1));
}

static inline struct standing *store_standing_at(const struct store *store, uint32_t number)
{
	return (struct standing *)store->standings[number >> STORE_CHUNK_BITS] +
	       (number & ((UINT32_C(1) << STORE_CHUNK_BITS) - 1));
}

/* The entry's marks; valid until one is added to any entry. */
static inline struct mark *store_marks(const struct store *store, const struct entry *e)
{
	return e->room == 0 ? (struct mark *)&e->mark : store_marks_at(store, e->marks);
}

/* Makes place for a mark before position at, and returns it to be filled. */
static inline struct mark *store_insert(struct store *store, struct entry *e, size_t at)
{
	/* most belong at the end */
	if (at == e->mark_count && at < 1U << e->room)
		return &store_marks(store, e)[e->mark_count++];
	return store_insert_slow(store, e, at);
}

/* NULL where the entry has none. */
static inline struct standing *store_standing(const struct store *store, const struct entry *e)
{
	return e->standing == 0 ? NULL : store_standing_at(store, e->standing);
}

static inline unsigned mark_class(const struct mark *m)
{
	return m->what & (unsigned)MARK_CLASS;
}

static inline enum mark_kind mark_kind(const struct mark *m)
{
	return (enum mark_kind)((m->what & (unsigned)MARK_KIND) >> 3);
}

static inline uint64_t mark_user(const struct mark *m)
{
	return (uint64_t)m->high << 32 | m->low;
}

static inline uint8_t mark_what(enum mark_kind kind, unsigned event_class)
{
	return (uint8_t)((unsigned)kind << 3 | event_class);
}

#endif
