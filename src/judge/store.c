/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store: the memory of the tally.
 *
 * Two million addresses must fit, and most of them have one or two events: an entry is 64 bytes, found through a
 * table of 4-byte slots, and holds one mark of 12 bytes, or owns a small array of them out of a pool with a free list for
 * each size.
 * Entries and what stands in the pools never move, so that growing copies the slots alone.
 * The table is seeded per run; nothing that is shown depends on where an entry stands. Running out of memory ends
 * the program (base/mem).
 */
#include "judge/store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/msg.h"

enum {
	CHUNK = 1 << STORE_CHUNK_BITS,
	MARK_CHUNK = 1 << STORE_MARK_BITS,
};

_Static_assert(sizeof(struct entry) == 64, "an entry is one line of the cache");

/* Makes room for one more item in a list of chunks. */
static void add_chunk(void ***chunks, size_t *chunk_count, size_t items, size_t item_size)
{
	*chunks = mem_resize(*chunks, *chunk_count + 1, sizeof(**chunks));
	(*chunks)[(*chunk_count)++] = mem_alloc_lines(items, item_size);
}

/* The first mark and the first standing are never given out, so that 0 stands for none. */
void store_init(struct store *store)
{
	*store = (struct store){ 0 };
	if (getrandom(store->seed, sizeof(store->seed), 0) != (ssize_t)sizeof(store->seed))
		msg_die("no random bytes from the kernel; nothing was written");
	store->slot_mask = 1023;
	store->slots = mem_zalloc(store->slot_mask + 1, sizeof(*store->slots));
	add_chunk(&store->marks, &store->mark_chunks, MARK_CHUNK, sizeof(struct mark));
	store->mark_used = 1;
	add_chunk(&store->standings, &store->standing_chunks, CHUNK, sizeof(struct standing));
	store->standing_count = 1;
}

static void free_chunks(void **chunks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(chunks[i]);
	free(chunks);
}

void store_free(struct store *store)
{
	free(store->slots);
	free_chunks(store->entries, store->entry_chunks);
	free_chunks(store->marks, store->mark_chunks);
	free_chunks(store->standings, store->standing_chunks);
	*store = (struct store){ 0 };
}

static uint32_t tag_of(uint32_t h)
{
	return h & ~STORE_NUMBERS;
}

static void grow_slots(struct store *store)
{
	size_t mask = store->slot_mask * 2 + 1;
	uint32_t *slots = mem_zalloc(mask + 1, sizeof(*slots));

	for (size_t i = 0; i < store->entry_count; i++) {
		const struct entry *e = store_entry(store, i);
		uint32_t h = store_hash(store, e->hi, e->lo);
		size_t at = h & mask;

		while (slots[at] != 0)
			at = (at + 1) & mask;
		slots[at] = tag_of(h) | (uint32_t)(i + 1);
	}
	free(store->slots);
	store->slots = slots;
	store->slot_mask = mask;
}

static struct entry *add_entry(struct store *store, uint64_t hi, uint64_t lo)
{
	struct entry *e;

	if (store->entry_count >= STORE_NUMBERS - 1)
		msg_die("more than %u addresses; nothing was written", STORE_NUMBERS - 1);
	if (store->entry_count == store->entry_chunks * CHUNK)
		add_chunk(&store->entries, &store->entry_chunks, CHUNK, sizeof(struct entry));
	e = store_entry(store, store->entry_count++);
	*e = (struct entry){ .hi = hi, .lo = lo };
	return e;
}

/* The slot of the address, or the free one where it belongs. */
static size_t slot_of(const struct store *store, uint64_t hi, uint64_t lo, uint32_t h)
{
	uint32_t tag = tag_of(h);
	size_t at = h & store->slot_mask;

	for (;; at = (at + 1) & store->slot_mask) {
		uint32_t slot = store->slots[at];
		const struct entry *e;

		if (slot == 0)
			return at;
		if ((slot & ~STORE_NUMBERS) != tag)
			continue;
		e = store_entry(store, (slot & STORE_NUMBERS) - 1);
		if (e->lo == lo && e->hi == hi)
			return at;
	}
}

struct entry *store_find(const struct store *store, const struct addr *a, uint32_t *number)
{
	uint32_t slot = store->slots[slot_of(store, a->hi, a->lo, store_hash(store, a->hi, a->lo))];

	if (slot == 0)
		return NULL;
	*number = (slot & STORE_NUMBERS) - 1;
	return store_entry(store, *number);
}

struct entry *store_get(struct store *store, const struct addr *a, uint32_t *number, bool *made)
{
	uint32_t h = store_hash(store, a->hi, a->lo);
	size_t at = slot_of(store, a->hi, a->lo, h);
	struct entry *e;

	*made = store->slots[at] == 0;
	if (!*made) {
		*number = (store->slots[at] & STORE_NUMBERS) - 1;
		return store_entry(store, *number);
	}
	/* fuller than half, few addresses would be found where they are looked for first */
	if (store->entry_count > store->slot_mask / 2) {
		grow_slots(store);
		at = slot_of(store, a->hi, a->lo, h);
	}
	*number = (uint32_t)store->entry_count;
	e = add_entry(store, a->hi, a->lo);
	store->slots[at] = tag_of(h) | (*number + 1);
	return e;
}

/* A range of 2^room marks. */
static uint32_t take_range(struct store *store, unsigned room)
{
	uint32_t size = UINT32_C(1) << room, where = store->free_marks[room];

	if (where != 0) {
		memcpy(&store->free_marks[room], store_marks_at(store, where), sizeof(uint32_t));
		return where;
	}
	if (store->mark_used + size > MARK_CHUNK) {
		if (store->mark_chunks >= UINT32_MAX >> STORE_MARK_BITS)
			msg_die("more evidence than there is room for; nothing was written");
		add_chunk(&store->marks, &store->mark_chunks, MARK_CHUNK, sizeof(struct mark));
		store->mark_used = 0;
	}
	where = (uint32_t)(store->mark_chunks - 1) << STORE_MARK_BITS | store->mark_used;
	store->mark_used += size;
	return where;
}

static void give_range(struct store *store, uint32_t where, unsigned room)
{
	if (room == 0)
		return;
	memcpy(store_marks_at(store, where), &store->free_marks[room], sizeof(uint32_t));
	store->free_marks[room] = where;
}

static void move_marks(struct store *store, struct entry *e, unsigned room)
{
	const struct mark *from = store_marks(store, e);
	uint32_t where = room != 0 ? take_range(store, room) : 0;
	struct mark *to = room != 0 ? store_marks_at(store, where) : &e->mark;

	memcpy(to, from, e->mark_count * sizeof(*to));
	give_range(store, e->marks, e->room);
	e->marks = where;
	e->room = room & 15U;
	e->has_sums = e->has_sums && room != 0;
}

struct mark *store_insert_slow(struct store *store, struct entry *e, size_t at)
{
	struct mark *marks;

	if (e->mark_count == 1U << e->room) {
		if (e->room == STORE_MARK_BITS - 1)
			msg_die("a threshold asks for more evidence an address than there is room for");
		move_marks(store, e, e->room + 1U);
	}
	marks = store_marks(store, e);
	if (at < e->mark_count)
		memmove(marks + at + 1, marks + at, (e->mark_count - at) * sizeof(*marks));
	e->mark_count++;
	return &marks[at];
}

void store_remove(struct store *store, struct entry *e, size_t at)
{
	struct mark *marks = store_marks(store, e);

	e->mark_count--;
	memmove(marks + at, marks + at + 1, (e->mark_count - at) * sizeof(*marks));
}

void store_shrink(struct store *store, struct entry *e)
{
	unsigned room = e->room;

	while (room > 0 && e->mark_count <= 1U << (room - 1))
		room--;
	if (room != e->room)
		move_marks(store, e, room);
}

struct standing *store_standing_made(struct store *store, struct entry *e)
{
	struct standing *s;

	if (e->standing != 0)
		return store_standing(store, e);
	if (store->standing_count >= store->standing_chunks * CHUNK)
		add_chunk(&store->standings, &store->standing_chunks, CHUNK, sizeof(*s));
	e->standing = (uint32_t)store->standing_count++;
	s = store_standing(store, e);
	*s = (struct standing){ 0 };
	return s;
}
