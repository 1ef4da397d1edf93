/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * allow: the allowlist, made of a file, the settings, and texts of the system.
 *
 * A line of the file that is no address is an error: a typing mistake must not turn into a ban. Texts of the system
 * are not ours: a part that is not understood is passed over. allow_host finds these texts; this file asks the system
 * for no more than the file.
 */
#include "list/allow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"
#include "base/when.h"

enum { QUOTE_MAX = 60 };

const char *allow_from_name(enum allow_from from)
{
	static const char *const names[ALLOW_FROM_COUNT] = {
		[ALLOW_FILE] = "the allowlist",
		[ALLOW_SETTING] = "the setting allow-also",
		[ALLOW_LOOPBACK] = "loopback",
		[ALLOW_OWN] = "an address of this host",
		[ALLOW_GATEWAY] = "a gateway of this host",
		[ALLOW_RESOLVER] = "a resolver of this host",
		[ALLOW_MYNETWORKS] = "Postfix's mynetworks",
		[ALLOW_SSH] = "the client of this SSH session",
	};

	return names[from];
}

void allow_free(struct allow *allow)
{
	for (size_t k = 0; k < allow->name_count; k++)
		free(allow->names[k].text);
	free(allow->names);
	netset_free(&allow->nets);
	free(allow->entries);
	*allow = (struct allow){ 0 };
}

void allow_add(struct allow *allow, const struct addr *net, enum allow_from from)
{
	allow->entries = mem_grow(allow->entries, &allow->capacity, allow->count + 1, sizeof(*allow->entries));
	allow->entries[allow->count++] = (struct allow_entry){ .net = *net, .from = from, .until = WHEN_FOREVER };
	netset_add(&allow->nets, net);
}

void allow_add_line(struct allow *allow, const struct addr *net, unsigned long line, int64_t until)
{
	allow_add(allow, net, ALLOW_FILE);
	allow->entries[allow->count - 1].line = line;
	allow->entries[allow->count - 1].until = until;
}

const struct allow_entry *allow_overlapping(const struct allow *allow, const struct addr *net)
{
	const struct allow_entry *found = NULL;

	for (size_t i = 0; i < allow->count; i++) {
		const struct allow_entry *entry = &allow->entries[i];

		if ((found == NULL || entry->from < found->from) && addr_overlaps(&entry->net, net))
			found = entry;
	}
	return found;
}

bool allow_is_private(const struct addr *net)
{
	static const struct addr ranges[] = {
		{ 0, UINT64_C(0xffff00000000), 104 },                 /* 0.0.0.0/8 */
		{ 0, UINT64_C(0xffff0a000000), 104 },                 /* 10.0.0.0/8 */
		{ 0, UINT64_C(0xffff64400000), 106 },                 /* 100.64.0.0/10 */
		{ 0, UINT64_C(0xffff7f000000), 104 },                 /* 127.0.0.0/8 */
		{ 0, UINT64_C(0xffffa9fe0000), 112 },                 /* 169.254.0.0/16 */
		{ 0, UINT64_C(0xffffac100000), 108 },                 /* 172.16.0.0/12 */
		{ 0, UINT64_C(0xffffc0a80000), 112 },                 /* 192.168.0.0/16 */
		{ 0, 0, 127 },                                        /* :: and ::1 */
		/* behind a translator all IPv4 clients share one network: RFC 6052, 2.1, and RFC 8215 */
		{ UINT64_C(0x0064ff9b00000000), 0, 96 },              /* 64:ff9b::/96 */
		{ UINT64_C(0x0064ff9b00010000), 0, 48 },              /* 64:ff9b:1::/48 */
		{ UINT64_C(0xfc00000000000000), 0, 7 },               /* fc00::/7 */
		{ UINT64_C(0xfe80000000000000), 0, 10 },              /* fe80::/10 */
	};

	for (size_t i = 0; i < LENGTH_OF(ranges); i++) {
		if (addr_overlaps(&ranges[i], net))
			return true;
	}
	return false;
}

bool allow_until(struct span remark, int64_t *until)
{
	struct span word = span_word(&remark, " \t\r"), time_word;
	int64_t day;

	*until = WHEN_FOREVER;
	if (!span_is(word, "until"))
		return true;
	time_word = span_word(&remark, " \t\r,;");
	if (when_parse_minute(time_word.ptr, time_word.len, until))
		return true;
	if (when_parse_date(time_word.ptr, time_word.len, &day)) {
		*until = day + WHEN_DAY;
		return true;
	}
	return time_word.len == 0 || time_word.ptr[0] < '0' || time_word.ptr[0] > '9';
}

static int read_line(struct allow *allow, struct span line, const char *path, unsigned long number)
{
	const char *hash = memchr(line.ptr, '#', line.len);
	int64_t until = WHEN_FOREVER;
	struct span word, more;
	struct addr net;
	bool readable = true;

	if (hash != NULL) {
		readable = allow_until((struct span){ hash + 1, line.len - (size_t)(hash + 1 - line.ptr) }, &until);
		if (until <= time(NULL))
			return 0;
		line.len = (size_t)(hash - line.ptr);
	}
	word = span_word(&line, " \t\r");
	if (word.len == 0)
		return 0;
	if (!readable && !allow->again)
		msg_at(path, number, "what stands behind \"until\" is no time, so that the line has no end; "
				     "write 2026-12-24 or 2026-12-24T18:00Z");
	more = span_word(&line, " \t\r");
	if (more.len == 0 && !addr_parse_net(&net, word.ptr, word.len) && allow_is_name(word.ptr, word.len)) {
		allow_add_name(allow, word.ptr, word.len, number, until);
		return 0;
	}
	if (more.len > 0 || !addr_parse_net(&net, word.ptr, word.len)) {
		if (more.len > 0)
			word = more;
		msg_at(path, number, "\"%.*s\" %s", (int)(word.len < QUOTE_MAX ? word.len : QUOTE_MAX), word.ptr,
		       more.len > 0
			       ? "stands behind the address; write one a line, and remarks behind #"
			       : "is no address, and no network without bits behind its prefix; mend or delete it");
		return -1;
	}
	allow_add_line(allow, &net, number, until);
	return 0;
}

int allow_read_file(struct allow *allow, const char *path, struct buf *text)
{
	struct span rest, line;
	int ret = file_read(path, text);

	if (ret == -ENOENT)
		ret = 0;
	else if (ret < 0)
		msg("%s: the allowlist cannot be read: %s", path, file_why(ret));
	rest = buf_span(text);
	for (unsigned long number = 1; ret == 0 && span_take_line(&rest, &line); number++)
		ret = read_line(allow, line, path, number);
	return ret == 0 ? 0 : -1;
}

int allow_gather(struct allow *allow, const struct allow_sources *sources)
{
	FREED_BY(buf_free) struct buf text = { 0 };
	int ret = allow_read_file(allow, sources->path, &text);

	for (size_t i = 0; i < sources->also.count && ret == 0; i++) {
		struct addr net;

		if (addr_parse_net(&net, sources->also.texts[i], strlen(sources->also.texts[i]))) {
			allow_add(allow, &net, ALLOW_SETTING);
		} else {
			msg("the setting allow-also: \"%s\" is no address or network; mend it", sources->also.texts[i]);
			ret = -1;
		}
	}
	if (ret == 0) {
		allow_add_host(allow);
		allow_add_ssh_client(allow);
		if (sources->mynetworks)
			allow_add_mynetworks(allow);
	}
	netset_finish(&allow->nets);
	return ret;
}
