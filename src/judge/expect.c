/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expect: has the memory of addresses fetched before their events are added.
 *
 * Addresses come in no order, and waiting for the memory of each would be most of what adding an event costs. A group of
 * events is gone through three times, with other groups in between: the slot of each address, its entry, and what
 * belongs to that. An event's memo is the address's hash at first, then the number of what is most likely its entry.
 * Changes nothing but memos, and nothing depends on them but time. What an address has is not to be foreseen, so there
 * are few branches: where there are no marks and no standing, the ones that nobody owns are fetched.
 */
#include "judge/tally_inside.h"

/* An address counted by its network comes as that. */
static inline uint32_t hash_of(const struct tally *tally, const struct event *event)
{
	struct addr unit;

	if (addr_is_v4(&event->addr))
		return store_hash(&tally->ledger.store, event->addr.hi, event->addr.lo);
	unit = judge_unit(tally->settings, &event->addr);
	return store_hash(&tally->ledger.store, unit.hi, unit.lo);
}

/* The place of events without a connection is always at hand, and good ones hardly have one. Inlined in any case, as
 * below: a compiler may take a function that only fetches for one that does nothing. */
static inline __attribute__((always_inline)) void expect_connections(const struct connections *all,
	const struct event *events, size_t count)
{
	for (size_t i = 0; all->slots != NULL && i < count; i++)
		__builtin_prefetch(&all->slots[connections_home(all, events[i].connection)]);
}

static inline void expect_slots(const struct tally *tally, struct event *events, size_t count)
{
	const uint32_t *slots = tally->ledger.store.slots;
	size_t mask = tally->ledger.store.slot_mask;

	for (struct event *event = events; event < events + count; event++) {
		if ((event->flags & EVENT_NO_ADDRESS) != 0)
			continue;
		event->memo = hash_of(tally, event);
		__builtin_prefetch(&slots[event->memo & mask]);
	}
}

static inline void expect_entries(const struct store *store, struct event *events, size_t count)
{
	const uint32_t *slots = store->slots;
	size_t mask = store->slot_mask;

	for (struct event *event = events; event < events + count; event++) {
		size_t at = event->memo & mask;
		uint32_t slot;

		while ((slot = slots[at]) != 0 && (slot ^ event->memo) > STORE_NUMBERS)
			at = (at + 1) & mask;
		event->memo = (slot & STORE_NUMBERS) - (slot != 0);
		__builtin_prefetch(store_entry(store, event->memo));
	}
}

/* Most have no more marks than fill two lines; where there are three or more, the processor sees what comes. */
static inline __attribute__((always_inline)) void expect_rest(const struct store *store, const struct event *events,
	size_t count)
{
	for (const struct event *event = events; event < events + count; event++) {
		const struct entry *e = store_entry(store, event->memo);
		const struct mark *marks;

		/* of an address whose ban is firm nothing else is looked at */
		if (e->is_firm && e->main_class == event->event_class)
			continue;
		marks = store_marks_at(store, e->marks);
		__builtin_prefetch(marks);
		__builtin_prefetch(marks + e->mark_count);
		__builtin_prefetch(store_standing_at(store, e->standing & (0U - (e->until == 0))));
	}
}

void tally_expect(const struct tally *tally, struct event *events, size_t count, enum scan_when when)
{
	const struct store *store = &tally->ledger.store;

	if (store->entry_count == 0)
		return;
	if (when == SCAN_SOON) {
		expect_slots(tally, events, count);
		expect_connections(&tally->connections, events, count);
	} else if (when == SCAN_VERY_SOON) {
		expect_entries(store, events, count);
	} else {
		expect_rest(store, events, count);
	}
}
