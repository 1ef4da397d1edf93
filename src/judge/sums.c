/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sums: how much evidence of an address is alike, at most.
 *
 * Of each user name no more evidence is kept than makes a ban alone, and going through all of it for each failure would
 * fetch several lines of memory to find, nearly always, that there is less. So an entry whose marks stand elsewhere
 * counts, in the place of the only mark of others, by 24 values of a hash of user, class and weakness: four bits each,
 * of which the highest number says nothing. What is alike has the same value, and so never comes to more than is
 * counted. Evidence that goes takes the sums along; they are made anew when all of it has been gone through anyway.
 */
#include "judge/sums.h"

#include <string.h>

#include "judge/window.h"

void sums_make(const struct store *store, struct entry *e)
{
	const struct mark *marks = store_marks(store, e);

	if (e->room == 0)
		return;
	e->has_sums = true;
	memset(e->sums, 0, sizeof(e->sums));
	for (const struct mark *m = marks; m < marks + e->mark_count; m++) {
		if (mark_is_evidence(m))
			sums_add(e, m);
	}
}
