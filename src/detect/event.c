/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event: the names of the classes, and counting.
 *
 * The names are the ones of rule files, the configuration, the blacklist and every output; they are written
 * here once.
 */
#include "detect/event.h"

#include <string.h>

static const struct {
	const char *name, *help;
} classes[CLASS_COUNT] = {
	[CLASS_AUTH] = { "auth", "A failed login." },
	[CLASS_UNKNOWN] = { "unknown", "A connection of a client without a verified name that came to nothing." },
	[CLASS_HELO] = { "helo", "The greeting of a known bot." },
	[CLASS_REJECT] = { "reject", "A refused command of a client without a verified name; two fifths with one." },
	[CLASS_PROBE] = { "probe", "What no mail program does." },
	[CLASS_GOOD] = { "good", "A login or an accepted mail." },
	[CLASS_TROUBLE] = { "trouble", "This server's own trouble." },
};

const char *event_class_name(enum event_class event_class)
{
	return classes[event_class].name;
}

const char *event_class_help(enum event_class event_class)
{
	return classes[event_class].help;
}

bool event_class_parse(enum event_class *event_class, const char *name)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		if (strcmp(classes[i].name, name) == 0) {
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
