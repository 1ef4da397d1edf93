/* SPDX-License-Identifier: GPL-2.0-or-later */
/* order: sorts addresses, whatever item they stand in. */
#include "addr/order.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/msg.h"

struct key {
	struct addr addr;
	uint32_t number;
};

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = addr_compare(&x->addr, &y->addr);

	return order != 0 ? order : x->number < y->number ? -1 : x->number > y->number;
}

uint32_t *addr_order(const struct addr *first, size_t stride, size_t count)
{
	uint32_t *order = mem_alloc(count, sizeof(*order));
	struct key *keys = mem_alloc(count, sizeof(*keys));

	if (count > UINT32_MAX)
		msg_die("a list of more than 4294967295 addresses is beyond this program");
	for (size_t i = 0; i < count; i++) {
		const void *at = (const char *)first + i * stride;

		keys[i] = (struct key){ *(const struct addr *)at, (uint32_t)i };
	}
	qsort(keys, count, sizeof(*keys), compare_keys);
	for (size_t i = 0; i < count; i++)
		order[i] = keys[i].number;
	free(keys);
	return order;
}
