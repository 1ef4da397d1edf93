/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expect: has the memory of addresses fetched before their events are added.
 *
 * Addresses come in no order, and waiting for the memory of each would be most of what adding an event costs. A group of
 * events is gone through three times, with other groups in between: the slot of each address, its entry, and what
 * belongs to that. An event's memo is the address's hash at first, then the number of what is most likely its entry,
 * from 1; 0 is none. Changes nothing but memos, and nothing depends on them but time.
 */
#include "judge/tally_inside.h"

enum { LINE_MARKS = 64 / sizeof(struct mark) };

static void expect_slots(const struct tally *tally, struct event *events, size_t count)
{
	const struct store *store = &tally->ledger.store;
	const uint32_t *slots = store->slots;
	size_t mask = store->slot_mask;

	for (struct event *event = events; event < events + count; event++) {
		uint64_t hi, lo;

		if ((event->flags & EVENT_NO_ADDRESS) != 0)
			continue;
		hi = event->addr.hi;
		lo = event->addr.lo;
		if (!addr_is_v4(&event->addr)) {
			struct addr unit = judge_unit(tally->settings, &event->addr);

			hi = unit.hi;
			lo = unit.lo;
		}
		event->memo = store_hash(store, hi, lo);
		__builtin_prefetch(&slots[event->memo & mask]);
	}
}

static void expect_entries(const struct store *store, struct event *events, size_t count)
{
	const uint32_t *slots = store->slots;
	size_t mask = store->slot_mask;

	for (struct event *event = events; event < events + count; event++) {
		size_t at = event->memo & mask;
		uint32_t slot;

		while ((slot = slots[at]) != 0 && (slot ^ event->memo) > STORE_NUMBERS)
			at = (at + 1) & mask;
		event->memo = slot & STORE_NUMBERS;
		if (event->memo != 0)
			__builtin_prefetch(store_entry(store, event->memo - 1));
	}
}

/* Of an address whose ban is firm nothing else is looked at. */
static void expect_rest(const struct store *store, const struct event *events, size_t count)
{
	for (const struct event *event = events; event < events + count; event++) {
		const struct entry *e;

		if (event->memo == 0)
			continue;
		e = store_entry(store, event->memo - 1);
		if (e->quiet != 0)
			continue;
		if (e->room > 0) {
			const struct mark *marks = store_marks(store, e);

			for (const struct mark *m = marks; m < marks + e->mark_count; m += LINE_MARKS)
				__builtin_prefetch(m);
		}
		if (e->standing != 0)
			__builtin_prefetch(store_standing(store, e));
	}
}

void tally_expect(const struct tally *tally, struct event *events, size_t count, enum scan_when when)
{
	if (when == SCAN_SOON)
		expect_slots(tally, events, count);
	else if (when == SCAN_VERY_SOON)
		expect_entries(&tally->ledger.store, events, count);
	else
		expect_rest(&tally->ledger.store, events, count);
}
