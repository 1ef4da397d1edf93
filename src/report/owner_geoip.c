/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owner_geoip: the text files of tor-geoipdb.
 *
 *	16777216,16777471,AU
 *	2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP
 *
 * They are sorted and have some 400,000 lines, of which a search reads twenty. Comments stand before the first range.
 */
#include "report/owner_inside.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { LINE_BYTES = 256 };

struct range {
	struct addr first, last;
	char country[3];
};

static bool parse_addr(struct addr *addr, const char *text, size_t len)
{
	char *end;
	unsigned long number;

	if (memchr(text, ':', len) != NULL)
		return addr_parse(addr, text, len);
	number = strtoul(text, &end, 10);
	*addr = addr_of_v4_number((uint32_t)number);
	return len > 0 && end == text + len && number <= UINT32_MAX;
}

static bool parse_range(struct range *range, const char *line)
{
	const char *second = strchr(line, ','), *third = second != NULL ? strchr(second + 1, ',') : NULL;

	if (third == NULL || strlen(third) < 3)
		return false;
	memcpy(range->country, third + 1, 2);
	range->country[2] = '\0';
	return parse_addr(&range->first, line, (size_t)(second - line)) &&
	       parse_addr(&range->last, second + 1, (size_t)(third - second - 1));
}

/* The first range that begins in a line at or behind the offset; false: there is none. */
static bool range_behind(FILE *file, off_t offset, struct range *range)
{
	char line[LINE_BYTES];

	if (fseeko(file, offset > 0 ? offset - 1 : 0, SEEK_SET) != 0)
		return false;
	/* the offset lies within a line that began before it: the rest of that line is skipped */
	if (offset > 0 && fgets(line, sizeof(line), file) == NULL)
		return false;
	while (fgets(line, sizeof(line), file) != NULL) {
		if (parse_range(range, line))
			return true;
	}
	return false;
}

/* The last range that begins at or before the address; lines are searched by halves. */
static bool find_range(FILE *file, const struct addr *addr, struct range *found)
{
	off_t low = 0, high;
	struct range range;
	bool any = false;

	if (fseeko(file, 0, SEEK_END) != 0)
		return false;
	high = ftello(file);
	while (low < high) {
		off_t middle = low + (high - low) / 2;

		if (range_behind(file, middle, &range) && addr_compare(&range.first, addr) <= 0) {
			*found = range;
			any = true;
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return any;
}

void owner_geoip_find(FILE *file, const struct addr *addr, struct owner *owner)
{
	struct addr one = *addr;
	struct range range;

	one.prefix = ADDR_BITS;
	if (find_range(file, &one, &range) && addr_compare(&one, &range.last) <= 0)
		owner_set_country(owner, range.country, strlen(range.country));
}
