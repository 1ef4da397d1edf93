/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nftables_read: reads the entries of the sets, and how many rules use them, from libnftables' listings.
 *
 * The table is listed once, for libnftables 1.0.6 reads all elements even when asked for heads or rules alone. A
 * million entries take 980 MB: 830 MB of libnftables' objects, and 90 MB of text. As JSON they would take 2 GB. The
 * kernel finds each next piece of a set by counting from the beginning: 1.3 s for 100,000 entries, two minutes for a
 * million. While the kernel makes a hash larger, entries change their places. A listing then has some twice, and lacks
 * as many others.
 */
#if HAVE_LIBNFTABLES

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr/order.h"
#include "base/mem.h"
#include "firewall/backend.h"
#include "firewall/listing.h"
#include "firewall/nftables_inside.h"

enum { TRIES = 20, SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

struct reading {
	struct firewall_set *set;
	enum firewall_family family;
	size_t capacity;
};

static struct span next_word(struct span *rest)
{
	while (rest->len > 0 && strchr(" \t\n", *rest->ptr) != NULL) {
		rest->ptr++;
		rest->len--;
	}
	return span_take(rest, ' ');
}

/* Milliseconds of a unit, which stands at at: d, h, m, s or ms. */
static uint32_t unit_at(const char *at, const char *end)
{
	switch (*at) {
	case 'd':
		return DAY;
	case 'h':
		return HOUR;
	case 'm':
		return at + 1 < end && at[1] == 's' ? 1 : MINUTE;
	default:
		return SECOND;
	}
}

/* Turns "6d23h59m58s992ms" into seconds, rounded up. */
static uint32_t seconds_of(struct span time)
{
	uint64_t ms = 0, number = 0;

	for (const char *p = time.ptr, *end = p + time.len; p < end; p++) {
		uint32_t unit = 0;

		if (*p >= '0' && *p <= '9') {
			number = number * 10 + (uint64_t)(*p - '0');
			continue;
		}
		unit = unit_at(p, end);
		ms += number * unit;
		number = 0;
		p += unit == 1;
	}
	return (uint32_t)((ms + SECOND - 1) / SECOND);
}

/* Reads the words behind the key: "counter packets 5 bytes 500 timeout 1d expires 23h". */
static void read_words(struct span words, struct firewall_entry *e)
{
	while (words.len > 0) {
		struct span word = next_word(&words);

		if (span_is(word, "packets"))
			(void)span_decimal(next_word(&words), UINT64_MAX, &e->packets);
		else if (span_is(word, "bytes"))
			(void)span_decimal(next_word(&words), UINT64_MAX, &e->bytes);
		else if (span_is(word, "expires"))
			e->remaining = seconds_of(next_word(&words));
		else if (span_is(word, "timeout"))
			/* an entry that expires at once is listed without the time that is left */
			e->remaining = 1;
	}
}

/* Reads one element. False where a person added it: it is no network, or none that the part can have. Such an element
 * is left alone. */
static bool read_element(const struct reading *r, const struct nftables_part *part, struct span element,
			 struct firewall_entry *e)
{
	struct span key = next_word(&element);
	struct addr first;

	*e = (struct firewall_entry){ 0 };
	if (!addr_parse_net(&e->net, key.ptr, key.len) || addr_is_v4(&e->net) != (r->family == FIREWALL_V4))
		return false;
	first = e->net;
	if (part->prefix != 0)
		e->net = addr_network(&first, (uint8_t)part->prefix);
	if (first.hi != e->net.hi || first.lo != e->net.lo || nftables_part_of(&e->net, r->family) != part)
		return false;
	read_words(element, e);
	return true;
}

/* "elements = { 192.0.2.1 counter packets 0 bytes 0, 192.0.2.2 counter ... }", on several lines. */
static void take_elements(struct reading *r, const struct nftables_part *part, struct span lines)
{
	struct firewall_set *set = r->set;
	struct firewall_entry e;

	(void)span_take(&lines, '{');
	while (lines.len > 0) {
		if (!read_element(r, part, span_take(&lines, ','), &e))
			continue;
		set->entries = mem_grow(set->entries, &r->capacity, set->count + 1, sizeof(*set->entries));
		set->entries[set->count++] = e;
	}
}

/* Finds the lines of one set; false where the table has no set of that name. */
static bool find_set(const char *table, const char *name, struct span *lines)
{
	char head[NFTABLES_NAME + 16];
	const char *at, *end;

	snprintf(head, sizeof(head), "\tset %s {\n", name);
	at = strstr(table, head);
	if (at == NULL)
		return false;
	at += strlen(head);
	end = strstr(at, "\n\t}");
	*lines = (struct span){ at, end == NULL ? strlen(at) : (size_t)(end - at) };
	return true;
}

/* Whether a set is as sync makes it. Leaves in *lines the elements, which follow the set's head. */
static bool is_right(const struct reading *r, const struct nftables_part *part, struct span *lines)
{
	bool type = false, flags = false, counters = false;

	while (lines->len > 0) {
		struct span rest = *lines, line = span_take(&rest, '\n'), word = next_word(&line);

		if (span_is(word, "elements"))
			break;
		if (span_is(word, "type"))
			type = span_is(line, nftables_type(r->family));
		else if (span_is(word, "flags"))
			flags = span_holds(line, "timeout") && span_holds(line, "interval") == (part->prefix == 0);
		else if (span_is(word, "counter"))
			counters = true;
		*lines = rest;
	}
	return type && flags && counters;
}

/* How many rules look an address up in the set. */
static uint32_t count_rules(const char *table, const char *name)
{
	char lookup[NFTABLES_NAME + 2];
	uint32_t count = 0;

	snprintf(lookup, sizeof(lookup), "@%s ", name);
	while ((table = strstr(table, lookup)) != NULL) {
		table += strlen(lookup);
		count++;
	}
	return count;
}

static void read_part(struct reading *r, const struct nftables_part *part, const char *table)
{
	struct firewall_set *set = r->set;
	char name[NFTABLES_NAME];
	struct span lines;
	uint32_t rules;

	nftables_name(name, set, part);
	rules = count_rules(table, name);
	if (rules < set->references)
		set->references = rules;
	if (!find_set(table, name, &lines))
		set->exists = false;
	else if (!is_right(r, part, &lines))
		set->right_kind = false;
	else
		take_elements(r, part, lines);
}

static bool has_twice(const struct firewall_set *set)
{
	for (size_t i = 1; i < set->count; i++) {
		if (addr_compare(&set->entries[i - 1].net, &set->entries[i].net) == 0)
			return true;
	}
	return false;
}

/* False where the set was listed while it changed. */
static bool read_set(struct firewall_set *set, enum firewall_family family, const char *table)
{
	size_t count;
	const struct nftables_part *parts = nftables_parts(family, &count);
	struct reading r = { .set = set, .family = family };

	free(set->entries);
	set->entries = NULL;
	set->count = 0;
	set->exists = true;
	set->right_kind = true;
	set->flat = true;
	set->references = UINT32_MAX;
	/* sets of nftables have no bound */
	set->max_entries = UINT32_MAX;
	set->hash_size = UINT32_MAX;
	memcpy(set->type, "nftables", sizeof("nftables"));
	for (size_t i = 0; i < count; i++)
		read_part(&r, &parts[i], table);
	addr_sort(set->entries, sizeof(*set->entries), set->count);
	return !has_twice(set);
}

static int read_once(struct nftables *n, struct firewall_set sets[FIREWALL_FAMILIES])
{
	struct span listing;
	int ret = nftables_run(n, "list table " NFTABLES_TABLE, &listing);
	const char *table = ret == 0 ? listing.ptr : "";

	if (ret < 0 && ret != -ENOENT)
		return ret;
	return read_set(&sets[FIREWALL_V4], FIREWALL_V4, table) && read_set(&sets[FIREWALL_V6], FIREWALL_V6, table)
		       ? 0 : -EINTR;
}

int nftables_read(struct firewall_set sets[FIREWALL_FAMILIES], struct buf *error)
{
	FREED_BY(nftables_close) struct nftables n = { 0 };
	int ret = nftables_open(&n, error);

	if (ret == 0)
		ret = -EINTR;
	for (unsigned i = 0; i < TRIES && ret == -EINTR; i++)
		ret = read_once(&n, sets);
	if (ret < 0 && ret != -ELIBACC)
		return listing_explain(sets[0].name, ret, "nf_tables", "nft list table", NFTABLES_TABLE, error);
	return ret;
}

#endif
