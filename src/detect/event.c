/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event: the names of the classes, and counting.
 *
 * The names are the ones of rule files, the configuration, the blacklist and every output; they are written
 * here once. The hash of a name is taken where it is found, by the threads that look for events.
 */
#define _DEFAULT_SOURCE
#include "detect/event.h"

#include <endian.h>
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

/* Eight bytes of a name, the first one lowest whatever the host, capital letters as small ones. */
static uint64_t folded(uint64_t bytes)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = 0x80 * each;
	uint64_t low = bytes & ~high;
	uint64_t from_a = low + (0x80 - 'A') * each, behind_z = low + (0x7f - 'Z') * each;

	/* the high bit of a byte: it is at least 'A', and is not behind 'Z', and is ASCII */
	return bytes | ((from_a & ~behind_z & ~bytes & high) >> 2);
}

static uint64_t load(const char *p)
{
	uint64_t bytes;

	memcpy(&bytes, p, 8);
	return folded(le64toh(bytes));
}

static uint64_t load_short(const char *p, size_t len)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < len; i++)
		bytes |= (uint64_t)(unsigned char)p[i] << 8 * i;
	return folded(bytes);
}

static uint64_t mixed(uint64_t hash, uint64_t bytes)
{
	/* 2^64 divided by the golden ratio, odd */
	hash = (hash ^ bytes) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

uint64_t event_user_hash(struct span user)
{
	const char *p = user.ptr, *end = user.ptr + user.len;
	uint64_t hash = user.len;

	if (user.len == 0)
		return 0;
	for (; end - p > 8; p += 8)
		hash = mixed(hash, load(p));
	/* the last eight, some of them once more */
	hash = mixed(hash, user.len >= 8 ? load(end - 8) : load_short(p, user.len));
	hash = mixed(hash, hash >> 29) >> 24;
	return hash != 0 ? hash : 1;
}
