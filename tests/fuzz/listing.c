/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listing: what the kernel tells of a set, in two pieces; what is understood can be planned with. */
#include "fuzz.h"

#include "firewall/listing_inside.h"
#include "firewall/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct firewall_set set = { 0 };
	struct listing listing = { .set = &set, .family = size % 2 == 0 ? FIREWALL_V4 : FIREWALL_V6 };
	size_t cut = size > 0 ? data[size - 1] % size : 0;
	/* aligned as a socket's buffer is, and exactly so long */
	char *piece = mem_alloc(size, 1);

	memcpy(piece, data, cut);
	if (listing_take(piece, cut, &listing) >= 0) {
		memmove(piece, data + cut, size - cut);
		(void)listing_take(piece, size - cut, &listing);
	}
	for (size_t i = 0; i < set.count; i++)
		fuzz_check(set.entries[i].net.prefix <= ADDR_BITS);
	free(piece);
	free(set.entries);
	return 0;
}
