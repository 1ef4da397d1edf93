/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event: the one table of classes, and counting. */
#include "detect/event.h"

#include <string.h>

#include "base/points.h"

const struct event_class_row event_classes[CLASS_COUNT] = {
	[CLASS_AUTH] = { "auth", "A failed login.", POINT, false },
	[CLASS_UNKNOWN] = { "unknown", "A connection of a client without a verified name that came to nothing.",
			    POINT / 2, true },
	[CLASS_HELO] = { "helo", "The greeting of a known bot.", 5 * POINT, false },
	[CLASS_REJECT] = { "reject", "A refused command of a client without a verified name; two fifths with one.",
			   POINT / 4, true },
	[CLASS_PROBE] = { "probe", "What no mail program does.", POINT, true },
	[CLASS_GOOD] = { "good", "A login or an accepted mail.", 0, false },
	[CLASS_TROUBLE] = { "trouble", "This server's own trouble.", 0, false },
};

void event_class_add_names(struct buf *out)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "", event_classes[i].name);
}

bool event_class_parse(enum event_class *event_class, const char *name)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		if (strcmp(event_classes[i].name, name) == 0) {
			*event_class = (enum event_class)i;
			return true;
		}
	}
	return false;
}

uint32_t event_times(uint32_t count, uint32_t times)
{
	uint32_t product;

	return __builtin_mul_overflow(count, times, &product) ? UINT32_MAX : product;
}
