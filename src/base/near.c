/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * near: which name somebody may have meant.
 *
 * A slip is a letter too many, too few or wrong, or two letters that changed places. A name is near within two slips.
 */
#include "base/near.h"

#include <string.h>

enum { LENGTH_MOST = 32, SLIPS_MOST = 2 };

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned both = a < b ? a : b;

	return both < c ? both : c;
}

/* Damerau's distance, by Wagner and Fischer's table. Both have at most LENGTH_MOST bytes. */
static unsigned distance_of(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned table[LENGTH_MOST + 1][LENGTH_MOST + 1];

	for (unsigned i = 0; i <= a_len; i++) {
		for (unsigned j = 0; j <= b_len; j++) {
			if (i == 0 || j == 0) {
				table[i][j] = i + j;
				continue;
			}
			table[i][j] = least(table[i - 1][j] + 1, table[i][j - 1] + 1,
					    table[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				table[i][j] = least(table[i][j], table[i - 2][j - 2] + 1, table[i][j]);
		}
	}
	return table[a_len][b_len];
}

void near_try(struct near *near, const char *name)
{
	size_t len = strlen(near->word), other = strlen(name);
	unsigned distance;

	if (len < 2 || len > LENGTH_MOST || other > LENGTH_MOST)
		return;
	distance = distance_of(near->word, len, name, other);
	if (distance > SLIPS_MOST || 2 * distance >= other + (distance == 1) ||
	    (near->best != NULL && distance >= near->distance))
		return;
	near->best = name;
	near->distance = distance;
}

void near_add(const struct near *near, struct buf *out)
{
	if (near->best != NULL)
		buf_addf(out, "; did you mean %s?", near->best);
}
