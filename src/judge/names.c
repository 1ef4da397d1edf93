/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names: the user names that failures were for, and which addresses failed for them.
 *
 * Finds the slow guessing that many addresses share, each below every threshold, and keeps the names for the report. All
 * of it is bounded: so many names, the first one forgotten first, so many bytes a name and addresses a name. Which ones
 * are forgotten depends on the events alone.
 */
#include "judge/names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/msg.h"

void names_init(struct names *names, uint32_t addresses, int64_t window)
{
	*names = (struct names){ .addresses = addresses < SEEN_MAX ? addresses : SEEN_MAX, .window = window };
	if (getrandom(&names->seed, sizeof(names->seed), 0) != (ssize_t)sizeof(names->seed))
		msg_die("no random bytes from the kernel; nothing was written");
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->used; i++)
		seen_free(&names->ring[i].seen);
	free(names->ring);
	free(names->slots);
	*names = (struct names){ 0 };
}

static size_t home_of(const struct names *names, uint64_t user)
{
	uint64_t mixed = (user ^ names->seed) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)((mixed ^ mixed >> 32) & (NAME_SLOTS - 1));
}

static inline size_t slot_of(const struct names *names, uint64_t user)
{
	size_t at = home_of(names, user);

	while (names->slots[at] != 0 && names->ring[names->slots[at] - 1].user != user)
		at = (at + 1) & (NAME_SLOTS - 1);
	return at;
}

/* Frees a slot, and moves those behind it up that would no longer be found. */
static void free_slot(struct names *names, size_t at)
{
	size_t hole = at;

	for (;;) {
		size_t home;

		at = (at + 1) & (NAME_SLOTS - 1);
		if (names->slots[at] == 0)
			break;
		home = home_of(names, names->ring[names->slots[at] - 1].user);
		if (((at - home) & (NAME_SLOTS - 1)) < ((at - hole) & (NAME_SLOTS - 1)))
			continue;
		names->slots[hole] = names->slots[at];
		hole = at;
	}
	names->slots[hole] = 0;
}

static struct name *add(struct names *names, uint64_t user, struct span text)
{
	struct name *name;

	if (names->next == names->room) {
		names->room = names->room != 0 ? names->room * 2 : 256;
		names->ring = mem_resize(names->ring, names->room, sizeof(*names->ring));
	}
	name = &names->ring[names->next];
	if (names->next < names->used) {
		free_slot(names, slot_of(names, name->user));
		seen_free(&name->seen);
	}
	*name = (struct name){ .user = user, .len = (uint8_t)(text.len < NAME_TEXT ? text.len : NAME_TEXT) };
	if (name->len > 0)
		memcpy(name->text, text.ptr, name->len);
	names->slots[slot_of(names, user)] = names->next + 1;
	names->next = (names->next + 1) % NAMES;
	if (names->used < NAMES)
		names->used++;
	return name;
}

static inline struct name *get(struct names *names, uint64_t user, struct span text)
{
	uint32_t slot;

	if (names->slots == NULL)
		names->slots = mem_zalloc(NAME_SLOTS, sizeof(*names->slots));
	slot = names->slots[slot_of(names, user)];
	return slot != 0 ? &names->ring[slot - 1] : add(names, user, text);
}

struct name *names_get(struct names *names, uint64_t user, struct span text)
{
	return get(names, user, text);
}

struct name *names_find(const struct names *names, uint64_t user)
{
	uint32_t slot = names->slots != NULL ? names->slots[slot_of(names, user)] : 0;

	return slot != 0 ? &names->ring[slot - 1] : NULL;
}

void names_see(const struct names *names, struct name *name, uint32_t entry, uint32_t time)
{
	seen_add(&name->seen, entry, time, names->window);
}

struct name *names_failure(struct names *names, uint64_t user, struct span text, uint32_t entry, uint32_t time)
{
	struct name *name = get(names, user, text);
	size_t first;

	if (!seen_add(&name->seen, entry, time, names->window) || names->addresses == 0 || name->seen.count < names->addresses)
		return NULL;
	first = name->seen.count - names->addresses;
	if ((int64_t)time - (int64_t)seen_time(&name->seen, first) > names->window) {
		name->addresses = 0;
		return NULL;
	}
	name->addresses = name->addresses != 0 ? name->addresses + 1 : names->addresses;
	return name;
}
