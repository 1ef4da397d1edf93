/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recall: what an earlier run left pending, read back into a new tally.
 *
 * The lines are those of pending.c. A line that was not written there is refused with its number, and the caller stops:
 * evidence is never guessed. Evidence of a ban that stands makes it one that a success can lift; evidence of a ban that
 * the list lacks goes with the ban, unless it turns out that no person took it out (doubt.c).
 */
#include <string.h>

#include "judge/fields.h"
#include "judge/tally_inside.h"
#include "judge/window.h"

static bool load_last(struct tally *tally, struct fields *f)
{
	if (!fields_u32(f, &tally->loaded_last))
		return false;
	tally->last = tally->loaded_last;
	return fields_at_end(f);
}

static bool load_open(struct tally *tally, struct fields *f)
{
	struct connection c = { 0 };

	if (!fields_number(f, UINT64_MAX, &c.key) || !fields_u32(f, &c.time) || !fields_u8(f, &c.seen) || c.key == 0)
		return false;
	connections_put(&tally->connections, &c);
	return fields_at_end(f);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The other way of add_word(). */
static bool read_word(struct fields *f, char text[NAME_TEXT], size_t *len)
{
	const char *word;
	size_t word_len;

	*len = 0;
	if (!fields_word(f, &word, &word_len))
		return false;
	if (word_len == 1 && word[0] == '%')
		return true;
	for (size_t i = 0; i < word_len; i++) {
		int c = (unsigned char)word[i];

		if (c == '%') {
			if (word_len - i < 3 || hex_digit(word[i + 1]) < 0 || hex_digit(word[i + 2]) < 0)
				return false;
			c = hex_digit(word[i + 1]) << 4 | hex_digit(word[i + 2]);
			i += 2;
		}
		if (*len == NAME_TEXT)
			return false;
		text[(*len)++] = (char)c;
	}
	return true;
}

static bool load_name(struct tally *tally, struct fields *f)
{
	char text[NAME_TEXT];
	struct name *name;
	uint32_t addresses, time, number;
	uint64_t user;
	struct addr a;
	size_t len;

	if (!fields_number(f, (UINT64_C(1) << 40) - 1, &user) || !fields_u32(f, &addresses) || !read_word(f, text, &len) ||
	    user == 0)
		return false;
	name = names_get(&tally->names, user, (struct span){ text, len });
	name->addresses = addresses;
	while (!fields_at_end(f)) {
		if (!fields_addr(f, &a) || !fields_u32(f, &time))
			return false;
		a = judge_unit(tally->settings, &a);
		tally_entry(tally, &a, &number);
		names_see(&tally->names, name, number, time);
	}
	return true;
}

/* Where a mark of the state belongs: behind those of its kind. */
static size_t place_of(const struct store *store, const struct entry *e, const struct mark *m)
{
	const struct mark *marks = store_marks(store, e);
	size_t at = 0;

	if (!mark_is_in_front(m))
		return e->mark_count;
	while (at < e->mark_count && mark_is_in_front(&marks[at]))
		at++;
	return at;
}

/* Evidence makes a ban one that a success can lift. */
static bool load_entry(struct tally *tally, struct fields *f)
{
	struct entry *e;
	struct addr a;
	uint32_t number;

	if (!fields_addr(f, &a))
		return false;
	a = judge_unit(tally->settings, &a);
	e = tally_entry(tally, &a, &number);
	while (!fields_at_end(f)) {
		struct standing *s = store_standing(&tally->ledger.store, e);
		struct mark m = { 0 };
		uint64_t count, user;

		if (!fields_u8(f, &m.what) || !fields_u32(f, &m.time) || !fields_number(f, UINT16_MAX, &count) ||
		    !fields_number(f, (UINT64_C(1) << 40) - 1, &user))
			return false;
		m.count = (uint16_t)count;
		m.low = (uint32_t)user;
		m.high = (uint8_t)(user >> 32);
		if (mark_class(&m) >= CLASS_COUNT ||
		    !(mark_is_evidence(&m) || mark_kind(&m) == MARK_LOGIN || mark_kind(&m) == MARK_GOOD))
			return false;
		if (s != NULL && s->doubted && !mark_is_evidence(&m)) {
			struct entry *afresh = tally_afresh(tally, &a);

			afresh->has_goods = true;
			*store_insert(&tally->afresh.store, afresh, 0) = m;
		}
		if (s != NULL && mark_is_evidence(&m)) {
			s->firm = false;
			e->is_firm = false;
			e->until = 0;
		}
		e->has_goods |= !mark_is_evidence(&m);
		*store_insert(&tally->ledger.store, e, place_of(&tally->ledger.store, e, &m)) = m;
	}
	return true;
}

static bool load_line(struct tally *tally, struct fields *f)
{
	static const struct {
		const char *word;
		bool (*load)(struct tally *tally, struct fields *f);
	} kinds[] = { { "last ", load_last }, { "open ", load_open }, { "name ", load_name } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (f->line_end - f->at <= 5 || memcmp(f->at, kinds[i].word, 5) != 0)
			continue;
		f->at += 5;
		return kinds[i].load(tally, f);
	}
	return load_entry(tally, f);
}

int tally_load(struct tally *tally, const char *text, size_t len, unsigned long *bad_line)
{
	struct fields f = { 0 };

	while (fields_line(&f, text, len)) {
		if (!load_line(tally, &f)) {
			*bad_line = f.line;
			return -1;
		}
	}
	return 0;
}
