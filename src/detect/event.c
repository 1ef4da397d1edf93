/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event: the names of the classes, and counting.
 *
 * The names are the ones of rule files, the configuration, the blacklist and every output; they are written
 * here once.
 */
#include "detect/event.h"

#include <string.h>

static const char *const class_names[CLASS_COUNT] = {
	[CLASS_AUTH] = "auth",     [CLASS_UNKNOWN] = "unknown", [CLASS_HELO] = "helo",
	[CLASS_REJECT] = "reject", [CLASS_PROBE] = "probe",     [CLASS_GOOD] = "good",
	[CLASS_TROUBLE] = "trouble",
};

const char *event_class_name(enum event_class event_class)
{
	return class_names[event_class];
}

bool event_class_parse(enum event_class *event_class, const char *name)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		if (strcmp(class_names[i], name) == 0) {
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
