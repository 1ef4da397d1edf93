/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blacklist_line: one line of the blacklist, taken apart.
 *
 * A line of mailban's own is compared with the form that it should have. Of a person's line only two things matter: the
 * address, and whether the remark begins with the word since. A daily run reads a million lines. Never allocates, never
 * prints.
 */
#include <string.h>

#include "base/when.h"
#include "list/blacklist.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline struct span skip_blanks(struct span rest)
{
	while (rest.len > 0 && is_blank(*rest.ptr)) {
		rest.ptr++;
		rest.len--;
	}
	return rest;
}

/* The next word, up to a blank or the byte stop. */
static inline struct span take_up_to(struct span *rest, char stop)
{
	struct span word = skip_blanks(*rest);
	size_t len = 0;

	while (len < word.len && !is_blank(word.ptr[len]) && word.ptr[len] != stop)
		len++;
	*rest = (struct span){ word.ptr + len, word.len - len };
	return (struct span){ word.ptr, len };
}

static struct span take_word(struct span *rest)
{
	return take_up_to(rest, ' ');
}

/* Takes the next word, if it is that one. */
static inline bool take(struct span *rest, const char *word)
{
	struct span at = skip_blanks(*rest);
	size_t len = strlen(word);

	if (!span_starts(at, word) || (at.len > len && !is_blank(at.ptr[len])))
		return false;
	*rest = (struct span){ at.ptr + len, at.len - len };
	return true;
}

static bool take_minute(struct span *rest, int64_t *seconds)
{
	struct span word = take_word(rest);

	return when_parse_minute(word.ptr, word.len, seconds);
}

static bool take_number(struct span *rest, uint64_t most, uint64_t *value)
{
	return span_decimal(take_word(rest), most, value);
}

const char *blacklist_by_name(unsigned by)
{
	return by == BAN_BY_HAND ? "hand" : event_class_name((enum event_class)by);
}

static bool take_by(struct span *rest, uint8_t *by)
{
	for (unsigned i = 0; i <= BAN_BY_HAND; i++) {
		if (take(rest, blacklist_by_name(i))) {
			*by = (uint8_t)i;
			return true;
		}
	}
	return false;
}

/* The text without blanks around it. */
static struct span trimmed(struct span rest)
{
	rest = skip_blanks(rest);
	while (rest.len > 0 && is_blank(rest.ptr[rest.len - 1]))
		rest.len--;
	return rest;
}

/* "TIME until TIME by CLASS hits N[ hosts N][ note TEXT]", as it stands behind the word since. Persons write # for
 * note. */
static bool take_facts(struct span rest, struct ban *ban, struct span *note)
{
	uint64_t hosts = 0;

	if (!take_minute(&rest, &ban->since) || ban->since == WHEN_FOREVER || !take(&rest, "until") ||
	    !take_minute(&rest, &ban->until) || !take(&rest, "by") || !take_by(&rest, &ban->by) ||
	    !take(&rest, "hits") || !take_number(&rest, UINT64_MAX, &ban->hits))
		return false;
	if (take(&rest, "hosts") && !take_number(&rest, UINT32_MAX, &hosts))
		return false;
	ban->hosts = (uint32_t)hosts;
	rest = skip_blanks(rest);
	if (rest.len > 0 && *rest.ptr == '#')
		rest = (struct span){ rest.ptr + 1, rest.len - 1 };
	else if (!take(&rest, "note"))
		return rest.len == 0;
	*note = trimmed(rest);
	return true;
}

/* Takes the line of an entry apart. Returns NULL, or what is wrong with it. */
const char *blacklist_take_line(struct span line, struct ban *ban, struct span *note)
{
	struct span rest = line, address = take_up_to(&rest, '#');

	*ban = (struct ban){ .text = line.ptr, .line_len = (uint32_t)line.len, .until = WHEN_FOREVER, .by = BAN_BY_HAND,
			     .person = true };
	*note = (struct span){ line.ptr + line.len, 0 };
	if (!addr_parse_net(&ban->net, address.ptr, address.len))
		return "does not begin with an address or a network without bits behind its prefix; mend or delete it";
	rest = skip_blanks(rest);
	if (rest.len == 0)
		return NULL;
	if (*rest.ptr != '#')
		return "holds more than one address; write remarks behind #";
	rest = (struct span){ rest.ptr + 1, rest.len - 1 };
	if (!take(&rest, "since")) {
		*note = trimmed(rest);
		return NULL;
	}
	ban->person = false;
	if (take_facts(rest, ban, note))
		return NULL;
	return "says since, but not \"since TIME until TIME by CLASS hits N\", with remarks behind another #; "
	       "mend it, or take the word away to make the line your own";
}

struct span blacklist_note(const struct ban *ban)
{
	struct span note = { NULL, 0 };
	struct ban ignored;

	if (ban->line_len > 0)
		blacklist_take_line(ban_line(ban), &ignored, &note);
	return note;
}
