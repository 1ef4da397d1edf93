/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blacklist_line: one line of the blacklist, taken apart.
 *
 * A line of mailban's own is compared with the form that it should have; no words are searched in it. A daily
 * run reads a million of them. What a person wrote is only looked at as far as it must be: the
 * address, and whether the remark begins with the word since. Never allocates, never prints.
 */
#include <string.h>

#include "base/when.h"
#include "list/blacklist.h"
#include "list/blacklist_inside.h"

/* Where reading stands in a line, or in the text. */
struct cursor {
	const char *at, *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline void skip_blanks(struct cursor *c)
{
	const char *at = c->at, *end = c->end;

	while (at < end && is_blank(*at))
		at++;
	c->at = at;
}

/* The first word, up to a blank or #, both of which stand before all bytes of addresses. */
static struct span take_address(struct cursor *c)
{
	const char *first, *at, *end = c->end;

	skip_blanks(c);
	first = at = c->at;
	while (at < end && ((unsigned char)*at > '#' || !(is_blank(*at) || *at == '#')))
		at++;
	c->at = at;
	return (struct span){ first, (size_t)(at - first) };
}

static bool at_word_end(const struct cursor *c)
{
	return c->at == c->end || is_blank(*c->at);
}

/* Whether the next word is this one; then it is taken. */
static inline bool take_bytes(struct cursor *c, const char *word, size_t len)
{
	struct cursor next = *c;

	skip_blanks(&next);
	if ((size_t)(next.end - next.at) < len || memcmp(next.at, word, len) != 0)
		return false;
	next.at += len;
	if (!at_word_end(&next))
		return false;
	c->at = next.at;
	return true;
}

#define take(c, word) take_bytes(c, word, sizeof(word) - 1)

static inline bool take_minute(struct cursor *c, int64_t *seconds)
{
	skip_blanks(c);
	if ((size_t)(c->end - c->at) < WHEN_MINUTE_LEN || !when_parse_minute(c->at, WHEN_MINUTE_LEN, seconds))
		return false;
	c->at += WHEN_MINUTE_LEN;
	return at_word_end(c);
}

static bool take_until(struct cursor *c, int64_t *seconds)
{
	if (!take(c, "forever"))
		return take_minute(c, seconds);
	*seconds = WHEN_FOREVER;
	return true;
}

static bool take_number(struct cursor *c, uint64_t *value)
{
	const char *first;

	skip_blanks(c);
	first = c->at;
	for (*value = 0; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
		if (__builtin_mul_overflow(*value, (uint64_t)10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(*c->at - '0'), value))
			return false;
	}
	return c->at > first && at_word_end(c);
}

const char *blacklist_by_name(unsigned by)
{
	return by == BAN_BY_HAND ? "hand" : event_class_name((enum event_class)by);
}

static bool take_by(struct cursor *c, uint8_t *by)
{
	for (unsigned i = 0; i <= BAN_BY_HAND; i++) {
		const char *name = blacklist_by_name(i);

		if (take_bytes(c, name, strlen(name))) {
			*by = (uint8_t)i;
			return true;
		}
	}
	return false;
}

static struct span rest_of(struct cursor *c)
{
	skip_blanks(c);
	while (c->end > c->at && is_blank(c->end[-1]))
		c->end--;
	return (struct span){ c->at, (size_t)(c->end - c->at) };
}

/* "TIME until TIME by", as it stands behind the word since. */
static bool take_times(struct cursor *c, struct ban *ban)
{
	return take_minute(c, &ban->since) && take(c, "until") && take_until(c, &ban->until) && take(c, "by");
}

/* "CLASS hits N[ hosts N][ note TEXT]", as it stands behind that. */
static bool read_facts(struct cursor *c, struct ban *ban, struct span *note)
{
	uint64_t hosts = 0;

	if (!take_by(c, &ban->by) || !take(c, "hits") || !take_number(c, &ban->hits))
		return false;
	skip_blanks(c);
	if (c->at == c->end)
		return true;
	if (take(c, "hosts") && (!take_number(c, &hosts) || hosts > UINT32_MAX))
		return false;
	ban->hosts = (uint32_t)hosts;
	if (take(c, "note")) {
		*note = rest_of(c);
		return true;
	}
	skip_blanks(c);
	return c->at == c->end;
}

/* Takes the line of an entry apart. Returns NULL, or what is wrong with it. */
const char *blacklist_take_line(struct span line, struct ban *ban, struct span *note)
{
	struct cursor c = { line.ptr, line.ptr + line.len };
	struct span address;

	*ban = (struct ban){ .text = line.ptr, .line_len = (uint32_t)line.len, .until = WHEN_FOREVER, .by = BAN_BY_HAND,
			     .person = true };
	*note = (struct span){ c.end, 0 };
	address = take_address(&c);
	if (!addr_parse_net(&ban->net, address.ptr, address.len))
		return "does not begin with an address or a network without bits behind its prefix; mend or delete it";
	skip_blanks(&c);
	if (c.at == c.end)
		return NULL;
	if (*c.at++ != '#')
		return "holds more than one address; write remarks behind #";
	if (!take(&c, "since")) {
		*note = rest_of(&c);
		return NULL;
	}
	ban->person = false;
	if (take_times(&c, ban) && read_facts(&c, ban, note))
		return NULL;
	return "says since, but not \"since TIME until TIME by CLASS hits N\"; "
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

