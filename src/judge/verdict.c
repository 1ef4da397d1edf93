/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict: who reached a threshold anywhere in the logs of a scan.
 *
 * The same ledgers as in a run, looked at without a list: every ban that they know, over or not. An address that shares
 * in several bans has several verdicts.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "judge/judging.h"

static bool is_breach_of(const struct tally *tally, const struct past *ban)
{
	for (size_t i = 0; i < tally->ledger.breach_count; i++) {
		const struct breach *b = &tally->ledger.breaches[i];

		if (b->addr.hi == ban->hi && b->addr.lo == ban->lo && b->time >= ban->since &&
		    (ban->until == PAST_FOREVER || b->time < ban->until))
			return true;
	}
	return false;
}

size_t policy_verdicts(const struct policy_input *input, struct verdict **verdicts)
{
	const struct store *store = &input->tally->ledger.store;
	struct judging j = { .in = input, .now = past_time(input->now), .horizon = tally_horizon(input->tally) };
	uint32_t *numbers = store_sorted(store);
	size_t count = 0, capacity = 0;
	struct bans_of of;

	*verdicts = NULL;
	for (size_t n = 0; n < store->entry_count; n++) {
		judging_bans_of(&j, store_entry(store, numbers[n]), &of);
		for (size_t i = 0; i < of.count; i++) {
			const struct past *ban = &of.bans[i];
			struct addr a = past_addr(ban);

			*verdicts = mem_grow(*verdicts, &capacity, count + 1, sizeof(**verdicts));
			(*verdicts)[count++] = (struct verdict){ .net = a, .since = ban->since, .until = past_end(ban->until),
				.hits = ban->hits, .by = ban->by, .level = ban->level,
				.over = ban->until != PAST_FOREVER && ban->until <= j.now,
				.allowed = judging_forbids(&j, &a), .breach = is_breach_of(input->tally, ban) };
		}
	}
	free(numbers);
	return count;
}
