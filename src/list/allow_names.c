/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * allow_names: names of hosts in the allowlist, for customers whose address changes.
 *
 * A run asks for the addresses of each name, with a timeout, and keeps the answers. Other commands take the kept
 * answers. A name without an answer keeps its last one. Names in logs are never resolved, by (7) of src/README.md.
 */
#include "list/allow.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/command.h"
#include "base/mem.h"
#include "base/msg.h"

enum {
	ANSWER_MS = 3000,      /* for one name */
	ALL_SECONDS = 10,      /* for all of them together */
	ADDRESSES_MOST = 16,   /* of one name */
};

bool allow_is_name(const char *text, size_t len)
{
	bool dot = false, letter = false;

	for (size_t i = 0; i < len; i++) {
		bool is_letter = (text[i] | 32) >= 'a' && (text[i] | 32) <= 'z';

		if (!is_letter && (text[i] < '0' || text[i] > '9') && text[i] != '-' && text[i] != '.')
			return false;
		dot = dot || text[i] == '.';
		letter = letter || is_letter;
	}
	return len > 3 && len < 254 && dot && letter && text[0] != '-' && text[0] != '.';
}

void allow_add_name(struct allow *allow, const char *text, size_t len, unsigned long line, int64_t until)
{
	for (size_t i = 0; i < allow->name_count; i++) {
		struct allow_name *name = &allow->names[i];

		if (strlen(name->text) != len || strncasecmp(name->text, text, len) != 0)
			continue;
		if (until > name->until) {
			name->line = line;
			name->until = until;
		}
		return;
	}
	allow->names = mem_grow(allow->names, &allow->name_capacity, allow->name_count + 1, sizeof(*allow->names));
	allow->names[allow->name_count++] = (struct allow_name){ mem_text_of(text, len), line, until };
}

/* Copies each "NAME ADDRESS" of the answers that is about the name. Returns how many there are. */
static unsigned copy_answers(struct span answers, const char *name, struct buf *out)
{
	unsigned count = 0;

	while (answers.len > 0) {
		struct span word = span_word(&answers, " \n"), address = span_word(&answers, " \n");

		if (address.len == 0 || !span_is(word, name))
			continue;
		buf_addf(out, "%s %.*s\n", name, (int)address.len, address.ptr);
		count++;
	}
	return count;
}

void allow_take_answers(struct allow *allow, struct span answers)
{
	while (answers.len > 0) {
		struct span word = span_word(&answers, " \n"), address = span_word(&answers, " \n");
		struct addr addr;

		for (size_t i = 0; i < allow->name_count; i++) {
			const struct allow_name *name = &allow->names[i];

			if (span_is(word, name->text) && addr_parse(&addr, address.ptr, address.len))
				allow_add_line(allow, &addr, name->line, name->until);
		}
	}
}

/* Lines of getent(1): "ADDRESS STREAM NAME", one for each kind of socket. */
static bool ask(char *name, struct buf *out)
{
	char program[] = "/usr/bin/getent", database[] = "ahosts";
	char *arguments[] = { program, database, name, NULL };
	FREED_BY(buf_free) struct buf text = { 0 }, why = { 0 };
	struct span rest, line;
	unsigned count = 0;

	if (!command_read(arguments, ANSWER_MS, &text, &why))
		text.len = 0;
	rest = buf_span(&text);
	while (count < ADDRESSES_MOST && span_take_line(&rest, &line)) {
		struct span address = span_word(&line, " ");
		struct addr addr;

		if (!span_is(span_word(&line, " "), "STREAM") || !addr_parse(&addr, address.ptr, address.len))
			continue;
		buf_addf(out, "%s %.*s\n", name, (int)address.len, address.ptr);
		count++;
	}
	return count > 0;
}

bool allow_resolve(const struct allow *allow, struct span former, struct buf *answers)
{
	time_t begin = time(NULL);
	bool all = true;

	for (size_t i = 0; i < allow->name_count; i++) {
		char *name = allow->names[i].text;

		if (time(NULL) - begin < ALL_SECONDS && ask(name, answers))
			continue;
		if (copy_answers(former, name, answers) > 0) {
			msg("%s: nobody answers for its address; the last answer stands", name);
		} else {
			msg("%s: nobody answers for its address, so that it allows nobody; see the name", name);
			all = false;
		}
	}
	return all;
}
