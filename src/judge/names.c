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
	*names = (struct names){ .addresses = addresses < NAME_SEEN ? addresses : NAME_SEEN, .window = window };
	if (getrandom(&names->seed, sizeof(names->seed), 0) != (ssize_t)sizeof(names->seed))
		msg_die("no random bytes from the kernel; nothing was written");
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->used; i++)
		free(names->ring[i].seen);
	free(names->ring);
	free(names->slots);
	*names = (struct names){ 0 };
}

uint64_t names_hash(struct span user)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < user.len; i++) {
		unsigned c = (unsigned char)user.ptr[i];

		h = (h ^ (c - 'A' < 26 ? c + 32 : c)) * UINT64_C(0x100000001b3);
	}
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	h >>= 24;
	return h != 0 ? h : 1;
}

static size_t home_of(const struct names *names, uint64_t user)
{
	uint64_t mixed = (user ^ names->seed) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)((mixed ^ mixed >> 32) & (NAME_SLOTS - 1));
}

static size_t slot_of(const struct names *names, uint64_t user)
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

struct name *names_get(struct names *names, uint64_t user, struct span text)
{
	struct name *name;
	size_t at;

	if (names->slots == NULL)
		names->slots = mem_zalloc(NAME_SLOTS, sizeof(*names->slots));
	at = slot_of(names, user);
	if (names->slots[at] != 0)
		return &names->ring[names->slots[at] - 1];
	if (names->next == names->room) {
		names->room = names->room != 0 ? names->room * 2 : 256;
		names->ring = mem_resize(names->ring, names->room, sizeof(*names->ring));
	}
	name = &names->ring[names->next];
	if (names->next < names->used) {
		free_slot(names, slot_of(names, name->user));
		free(name->seen);
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

struct name *names_find(const struct names *names, uint64_t user)
{
	uint32_t slot = names->slots != NULL ? names->slots[slot_of(names, user)] : 0;

	return slot != 0 ? &names->ring[slot - 1] : NULL;
}

/* Notes that the address failed, forgetting the one that did so longest ago where there are too many. False where it
 * had failed inside the window already. Whoever fails again and again is found at once: it stands last. */
static bool see(struct name *name, uint32_t entry, uint32_t time, int64_t window)
{
	size_t at = name->seen_count, to;
	bool recent = false;

	while (at > 0 && name->seen[at - 1].entry != entry)
		at--;
	if (at > 0) {
		recent = (int64_t)time - (int64_t)name->seen[--at].time <= window;
		time = time > name->seen[at].time ? time : name->seen[at].time;
	} else if (name->seen_count < NAME_SEEN) {
		if (name->seen_count == name->seen_room) {
			name->seen_room = (uint16_t)(name->seen_room != 0 ? name->seen_room * 2 : 1);
			name->seen = mem_resize(name->seen, name->seen_room, sizeof(*name->seen));
		}
		at = name->seen_count++;
	}
	/* it goes where its time belongs, which nearly always is the end */
	to = name->seen_count - 1U;
	while (to > 0 && to > at && name->seen[to].time > time)
		to--;
	memmove(name->seen + at, name->seen + at + 1, (to - at) * sizeof(*name->seen));
	for (; to > 0 && name->seen[to - 1].time > time; to--)
		name->seen[to] = name->seen[to - 1];
	name->seen[to] = (struct name_seen){ entry, time };
	return !recent;
}

void names_see(const struct names *names, struct name *name, uint32_t entry, uint32_t time)
{
	see(name, entry, time, names->window);
}

struct name *names_failure(struct names *names, uint64_t user, struct span text, uint32_t entry, uint32_t time)
{
	struct name *name = names_get(names, user, text);
	size_t first;

	if (!see(name, entry, time, names->window) || names->addresses == 0 || name->seen_count < names->addresses)
		return NULL;
	first = name->seen_count - names->addresses;
	if ((int64_t)time - (int64_t)name->seen[first].time > names->window) {
		name->addresses = 0;
		return NULL;
	}
	name->addresses = name->addresses != 0 ? name->addresses + 1 : names->addresses;
	return name;
}
