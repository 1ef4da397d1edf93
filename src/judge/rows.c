/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rows: what a tally shows: numbers by address and class, and names by address.
 *
 * Everything shown is sorted by address: IPv4 first, by a radix sort of 32-bit keys, since an incident has millions of
 * them; IPv6 by qsort(3). Reads the tally and changes nothing in it but an index of names that is made when first asked.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/radix.h"
#include "judge/tally_inside.h"

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;

	if (x->hi != y->hi)
		return x->hi < y->hi ? -1 : 1;
	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* An entry with where it stands, for sorting IPv6. */
struct placed {
	const struct entry *entry;
	uint32_t number;
};

static void sort_v4(uint64_t *keys, size_t count, uint32_t *numbers)
{
	uint64_t *scratch = mem_alloc(count, sizeof(*scratch));
	const uint64_t *sorted = radix_sort(keys, scratch, count, 32);

	for (size_t i = 0; i < count; i++)
		numbers[i] = (uint32_t)sorted[i];
	free(scratch);
}

uint32_t *store_sorted(const struct store *store)
{
	size_t count = store->entry_count, v4 = 0, v6 = 0;
	uint64_t *keys = mem_alloc(count, sizeof(*keys));
	uint32_t *numbers = mem_alloc(count, sizeof(*numbers));
	struct placed *others;

	for (size_t i = 0; i < count; i++) {
		const struct entry *e = store_entry(store, i);

		if (e->hi == 0 && e->lo >> 32 == 0xffff)
			keys[v4++] = e->lo << 32 | i;
	}
	others = mem_alloc(count - v4, sizeof(*others));
	for (size_t i = 0; i < count; i++) {
		const struct entry *e = store_entry(store, i);

		if (e->hi != 0 || e->lo >> 32 != 0xffff)
			others[v6++] = (struct placed){ e, (uint32_t)i };
	}
	sort_v4(keys, v4, numbers);
	qsort(others, v6, sizeof(*others), compare_entries);
	for (size_t i = 0; i < v6; i++)
		numbers[v4 + i] = others[i].number;
	free(keys);
	free(others);
	return numbers;
}

static struct tally_row row_of(const struct tally *tally, const struct entry *e, unsigned event_class)
{
	struct tally_row row = { .addr = entry_addr(tally->settings, e), .event_class = (uint8_t)event_class };
	const struct mark *marks = store_marks(&tally->ledger.store, e);

	if (e->count != 0 && e->main_class == event_class) {
		row.count = e->count;
		row.first = e->first;
		row.last = e->last;
		return row;
	}
	for (size_t i = 0; i < e->mark_count; i++) {
		const struct mark *m = &marks[i];

		if (m->what != mark_what(MARK_TOTAL, event_class))
			continue;
		row.first = row.count == 0 || m->time < row.first ? m->time : row.first;
		row.last = m->low > row.last ? m->low : row.last;
		row.count += (uint64_t)m->high << 16 | m->count;
	}
	return row;
}

void tally_each(struct tally *tally, void (*take)(void *context, const struct tally_row *row), void *context)
{
	uint32_t *numbers = store_sorted(&tally->ledger.store);

	for (size_t i = 0; i < tally->ledger.store.entry_count; i++) {
		const struct entry *e = store_entry(&tally->ledger.store, numbers[i]);

		for (unsigned c = 0; c < CLASS_COUNT && e->count != 0; c++) {
			struct tally_row row = row_of(tally, e, c);

			if (row.count > 0)
				take(context, &row);
		}
	}
	free(numbers);
}

bool tally_find(const struct tally *tally, const struct addr *addr, enum event_class event_class, struct tally_row *row)
{
	struct addr unit = judge_unit(tally->settings, addr);
	uint32_t number;
	const struct entry *e = store_find(&tally->ledger.store, &unit, &number);

	if (e == NULL)
		return false;
	*row = row_of(tally, e, event_class);
	return row->count > 0;
}

/* That an address failed for a name. */
struct name_of_entry {
	uint32_t entry;
	const struct name *name;
};

static int compare_tried(const void *a, const void *b)
{
	const struct name_of_entry *x = a, *y = b;
	size_t least = x->name->len < y->name->len ? x->name->len : y->name->len;
	int order;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	order = memcmp(x->name->text, y->name->text, least);
	return order != 0 ? order : (int)x->name->len - (int)y->name->len;
}

static void make_tried(struct tally *tally)
{
	const struct name *ring = tally->names.ring;
	size_t count = 0;

	for (size_t i = 0; i < tally->names.used; i++)
		count += ring[i].seen.count;
	tally->tried = mem_alloc(count, sizeof(*tally->tried));
	for (size_t i = 0; i < tally->names.used; i++) {
		for (size_t j = 0; ring[i].len > 0 && j < ring[i].seen.count; j++)
			tally->tried[tally->tried_count++] = (struct name_of_entry){ seen_entry(&ring[i].seen, j), &ring[i] };
	}
	qsort(tally->tried, tally->tried_count, sizeof(*tally->tried), compare_tried);
}

static size_t first_tried(const struct tally *tally, uint32_t number)
{
	size_t low = 0, high = tally->tried_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tally->tried[middle].entry < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t tally_users(struct tally *tally, const struct addr *addr, struct span *names, size_t max, bool *more)
{
	struct addr unit = judge_unit(tally->settings, addr);
	size_t count = 0;
	uint32_t number;

	*more = false;
	if (store_find(&tally->ledger.store, &unit, &number) == NULL)
		return 0;
	if (tally->tried == NULL)
		make_tried(tally);
	for (size_t i = first_tried(tally, number); i < tally->tried_count && tally->tried[i].entry == number; i++) {
		if (count == max) {
			*more = true;
			break;
		}
		names[count++] = (struct span){ tally->tried[i].name->text, tally->tried[i].name->len };
	}
	return count;
}

static int compare_addr(const void *a, const void *b)
{
	return addr_compare(a, b);
}

size_t tally_attackers(const struct tally *tally, struct span user, struct addr *addrs, size_t max)
{
	const struct name *name = names_find(&tally->names, event_user_hash(user));
	struct addr all[SEEN_MAX];
	size_t count = 0;

	if (name == NULL)
		return 0;
	for (size_t i = 0; i < name->seen.count; i++)
		all[count++] = entry_addr(tally->settings, store_entry(&tally->ledger.store, seen_entry(&name->seen, i)));
	qsort(all, count, sizeof(*all), compare_addr);
	if (count > max)
		count = max;
	if (count > 0)
		memcpy(addrs, all, count * sizeof(*all));
	return count;
}
