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

uint64_t event_user_hash(struct span user)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	if (user.len == 0)
		return 0;
	for (size_t i = 0; i < user.len; i++) {
		unsigned c = (unsigned char)user.ptr[i];

		h = (h ^ (c - 'A' < 26 ? c + 32 : c)) * UINT64_C(0x100000001b3);
	}
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	h >>= 24;
	return h != 0 ? h : 1;
}
