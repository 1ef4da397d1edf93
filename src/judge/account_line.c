/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * account_line: accounts and names as lines of the state.
 *
 *	192.0.2.7 time=1795910400 u:info=3.25@1795910400@4 u:=1@1795910390@1 probe=0.5@1795900000 hits=5
 *	192.0.2.8 time=1795910400 u:ann=0@0@0@1795910300 credit=3.5 good=1795910300
 *	192.0.2.9 time=1795910400 u:root=9@1795910400@11 since=1795900000 until=1796500000 level=1 by=auth listed
 *
 * The address, then words in a fixed order. A value of 0 is left out. A name has its points, its last failure, the
 * number of failures since its last login, and its last login. A class has its points and its last event. All points
 * are as of the time that the word time says.
 */
#include "judge/accounts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "list/state_line.h"

static const struct {
	const char *name;
	uint8_t flag;
} flags[] = {
	{ "listed", ACCOUNT_LISTED }, { "was-listed", ACCOUNT_WAS_LISTED }, { "held", ACCOUNT_HELD },
	{ "breached", ACCOUNT_BREACHED }, { "covered", ACCOUNT_COVERED },
	{ "named", ACCOUNT_NAMED },
};

/* The words whose values are plain numbers of 32 bits. */
static const struct line_member numbers[] = {
	LINE_MEMBER("since", struct account, since), LINE_MEMBER("until", struct account, until),
	LINE_MEMBER("last", struct account, last_since), LINE_MEMBER("ended", struct account, ended),
	LINE_MEMBER("good", struct account, last_good), LINE_MEMBER("hits", struct account, hits),
	LINE_MEMBER("packets", struct account, packets), LINE_MEMBER("hosts", struct account, hosts),
};

static void save_names(const struct account *a, const struct names *names, struct buf *out)
{
	for (unsigned i = 0; i < a->name_count; i++) {
		const struct account_name *n = &a->names[i];

		buf_add_char(out, ' ');
		line_add_user(out, names->all[n->name].text);
		line_add_name_facts(out, n->points, n->last_failure, n->failures, n->last_login);
	}
}

/* " untold=1,0,1,1,0@1795910400": the failures of each teller, in the order of enum account_teller. */
static void save_untold(const struct account *a, struct buf *out)
{
	static const uint8_t none[TELLERS];

	if (memcmp(a->untold, none, TELLERS) == 0)
		return;
	buf_add_text(out, " untold=");
	for (unsigned i = 0; i < TELLERS; i++)
		buf_addf(out, "%u%c", a->untold[i], i + 1 < TELLERS ? ',' : '@');
	buf_addf(out, "%" PRIu32, a->told_time);
}

void account_add_line(const struct account *a, const struct names *names, struct buf *out)
{
	addr_add_to(out, &a->addr);
	line_add_number(out, "time", a->time);
	save_names(a, names, out);
	for (unsigned i = 0; i < ACCOUNT_CLASSES; i++)
		line_add_points_at(out, event_class_name((enum event_class)i), a->points[i], a->last[i]);
	line_add_points(out, "credit", a->credit);
	line_add_points(out, "share", a->share);
	line_add_members(out, numbers, LENGTH_OF(numbers), a);
	line_add_number(out, "level", a->level);
	if (a->level > 0) {
		buf_add_text(out, " by=");
		buf_add_text(out, event_class_name((enum event_class)a->by));
	}
	line_add_number_at(out, "mails", a->mails, a->last_mail);
	save_untold(a, out);
	for (unsigned i = 0; i < LENGTH_OF(flags); i++)
		line_add_flag(out, flags[i].name, (a->flags & flags[i].flag) != 0);
	buf_add_char(out, '\n');
}

void accounts_save(const struct accounts *accounts, uint32_t time, const struct judge_settings *settings,
		   struct buf *out)
{
	for (size_t i = 0; i < accounts->count; i++) {
		struct account *a = accounts_at(accounts, i);

		if (!account_is_over(a, time, settings))
			account_add_line(a, &accounts->names, out);
	}
}

static bool load_by(const struct line *line, uint8_t *by)
{
	struct line word = { .name = line->value };
	enum event_class event_class;

	if (!line_class(&word, &event_class) || event_class >= CLASS_GOOD)
		return false;
	*by = (uint8_t)event_class;
	return true;
}

static bool load_level(const struct line *line, uint8_t *level)
{
	uint32_t number;

	if (!line_u32(line, &number) || number > UINT8_MAX)
		return false;
	*level = (uint8_t)number;
	return true;
}

static bool load_user(const struct line *line, struct account *a, struct names *names, const char *text, size_t len)
{
	struct account_name *n;
	uint32_t number = names_make(names, text, len);

	if (account_find_name(a, number) != NULL)
		return false;
	n = account_make_name(a, number, names);
	return n->name == number && line_name_facts(line, &n->points, &n->last_failure, &n->failures, &n->last_login);
}

static bool load_untold(struct span value, struct account *a)
{
	uint64_t number;

	for (unsigned i = 0; i < TELLERS; i++) {
		if (!span_decimal(span_take(&value, i + 1 < TELLERS ? ',' : '@'), ACCOUNT_UNTOLD, &number))
			return false;
		a->untold[i] = (uint8_t)number;
	}
	if (!span_decimal(value, UINT32_MAX, &number))
		return false;
	a->told_time = (uint32_t)number;
	return true;
}

static bool load_rest(const struct line *line, struct account *a)
{
	enum event_class event_class;
	uint32_t count;

	if (line_take_member(line, numbers, LENGTH_OF(numbers), a))
		return true;
	for (unsigned i = 0; i < LENGTH_OF(flags); i++) {
		if (line_is(line, flags[i].name)) {
			a->flags |= flags[i].flag;
			return true;
		}
	}
	if (line_class(line, &event_class))
		return event_class < CLASS_GOOD && line_points_at(line, &a->points[event_class], &a->last[event_class]);
	if (line_is(line, "mails")) {
		if (!line_u32_at(line, &count, &a->last_mail) || count > ACCOUNT_MAILS)
			return false;
		a->mails = (uint8_t)count;
		return true;
	}
	if (line_is(line, "untold"))
		return load_untold(line->value, a);
	/* an earlier mailban's word for it, which counted for five seconds */
	return span_holds(line->name, "-twins");
}

static bool load_word(const struct line *line, struct account *a, struct names *names)
{
	char text[USER_MAX + 1];
	size_t len;

	if (line_user(line, text, USER_MAX, &len))
		return load_user(line, a, names, text, len);
	if (line_is(line, "time"))
		return line_u32(line, &a->time);
	if (line_is(line, "credit"))
		return line_points(line, &a->credit);
	if (line_is(line, "share"))
		return line_points(line, &a->share);
	if (line_is(line, "level"))
		return load_level(line, &a->level);
	if (line_is(line, "by"))
		return load_by(line, &a->by);
	return load_rest(line, a);
}

/* A ban has a beginning, an end and a level. */
static bool is_sound(const struct account *a)
{
	return (a->since == 0) == (a->until == 0) && (a->since == 0 || a->level > 0);
}

static bool load_words(struct line *line, struct account *a, struct names *names)
{
	while (line_word(line)) {
		if (!load_word(line, a, names))
			return false;
	}
	return is_sound(a);
}

bool account_load(struct account *a, struct names *names, struct span words)
{
	struct line line = { .lines = words };

	return line_next(&line) && load_words(&line, a, names) && line.lines.len == 0;
}

unsigned accounts_load(struct accounts *accounts, struct span lines)
{
	struct line line = { .lines = lines };

	while (line_next(&line)) {
		size_t count = accounts->count;
		struct addr addr;
		struct account *a;

		if (!line_addr(&line, &addr))
			return line.number;
		a = accounts_make(accounts, &addr);
		/* the address stands in two lines */
		if (accounts->count == count)
			return line.number;
		if (!load_words(&line, a, &accounts->names))
			return line.number;
	}
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct name *const *x = a, *const *y = b;

	return strcmp((*x)->text, (*y)->text);
}

/* Sorts the lines, so that the same names give the same text. */
void names_save(const struct names *names, uint32_t time, int64_t known, struct buf *out)
{
	const struct name **sorted = mem_alloc(names->count + 1, sizeof(*sorted));
	size_t count = 0;

	for (size_t i = 0; i < names->count; i++) {
		const struct name *name = &names->all[i];
		struct name alone = *name;

		alone.holders = 0;
		if (name->text != NULL && !name_is_over(&alone, time, known))
			sorted[count++] = name;
	}
	qsort(sorted, count, sizeof(*sorted), compare_names);
	for (size_t i = 0; i < count; i++) {
		struct name then = *sorted[i];

		line_add_user(out, sorted[i]->text);
		if (sorted[i]->shown != NULL)
			line_add_user_value(out, "shown", sorted[i]->shown);
		if (name_is_known(sorted[i], time, known)) {
			line_add_number(out, "login", sorted[i]->last_login);
			if (sorted[i]->habit != NULL)
				habit_save(sorted[i]->habit, out);
		}
		if (name_attack(&then, time) > 0)
			line_add_points_at(out, "attack", sorted[i]->attack, sorted[i]->attack_time);
		buf_add_char(out, '\n');
	}
	free(sorted);
}

static bool load_name_word(struct line *line, struct name *name)
{
	char text[USER_SHOWN_MAX + 1];
	size_t len;

	if (line_is(line, "login"))
		return line_u32(line, &name->last_login);
	if (line_is(line, "attack"))
		return line_points_at(line, &name->attack, &name->attack_time);
	if (!line_is(line, "shown"))
		return habit_load_word(&name->habit, line);
	if (!line_user_value(line, text, USER_SHOWN_MAX, &len))
		return false;
	name_show(name, (struct span){ text, len });
	return true;
}

unsigned names_load(struct names *names, struct span lines)
{
	struct line line = { .lines = lines };

	while (line_next(&line)) {
		char text[USER_MAX + 1];
		struct name *name;
		uint32_t number;
		size_t len;

		if (!line_word(&line) || !line_user(&line, text, USER_MAX, &len))
			return line.number;
		number = names_make(names, text, len);
		name = &names->all[number];
		while (line_word(&line)) {
			if (!load_name_word(&line, name))
				return line.number;
		}
	}
	return 0;
}
