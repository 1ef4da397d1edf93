/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entered: accounts that strangers entered.
 *
 * An account stays here after a person has seen to it, so that the same logins read again are no news.
 */
#include "record/entered.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/mem.h"
#include "list/user.h"
#include "list/state_line.h"

static void clear(struct entered *e)
{
	free(e->user);
	for (unsigned i = 0; i < e->tried_count; i++)
		free(e->tried[i]);
}

void entered_free(struct entered_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		clear(&list->all[i]);
	free(list->all);
	*list = (struct entered_list){ 0 };
}

static bool is_user(const struct entered *e, const char *folded, size_t len)
{
	char own[USER_MAX + 1];

	return user_fold(own, (struct span){ e->user, strlen(e->user) }) == len && memcmp(own, folded, len) == 0;
}

bool entered_is_user(const struct entered *e, struct span user)
{
	char folded[USER_MAX + 1] = "";

	return is_user(e, folded, user_fold(folded, user));
}

struct entered *entered_find(const struct entered_list *list, const struct addr *addr, struct span user)
{
	char folded[USER_MAX + 1];
	size_t len = list->count > 0 ? user_fold(folded, user) : 0;

	for (size_t i = 0; i < list->count; i++) {
		if (addr_equal(&list->all[i].addr, addr) && is_user(&list->all[i], folded, len))
			return &list->all[i];
	}
	return NULL;
}

static void drop_oldest(struct entered_list *list)
{
	clear(&list->all[0]);
	list->count--;
	memmove(list->all, list->all + 1, list->count * sizeof(*list->all));
}

struct entered *entered_add(struct entered_list *list, const struct addr *addr, struct span user, enum entered_how how,
	uint32_t time)
{
	struct entered *e;

	if (list->count == ENTERED_MOST)
		drop_oldest(list);
	list->all = mem_grow(list->all, &list->capacity, list->count + 1, sizeof(*list->all));
	e = &list->all[list->count++];
	*e = (struct entered){
		.addr = *addr, .user = mem_text_of(user.ptr, user.len < USER_SHOWN_MAX ? user.len : USER_SHOWN_MAX),
		.how = how, .time = time, .last = time, .fresh = true,
	};
	return e;
}

void entered_count(struct entered *e, uint32_t time, uint32_t logins, uint32_t mails)
{
	e->logins = count_sum(e->logins, logins);
	e->mails = count_sum(e->mails, mails);
	e->last = time > e->last ? time : e->last;
}

size_t entered_done(struct entered_list *list, struct span user, int64_t now)
{
	char folded[USER_MAX + 1];
	size_t len = user_fold(folded, user), count = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (list->all[i].done != 0 || !is_user(&list->all[i], folded, len))
			continue;
		list->all[i].done = (uint32_t)now;
		count++;
	}
	return count;
}

/* ---- the state ---- */

static const char *const hows[] = { "guessed", "beside", "unguessed" };

static const struct line_member numbers[] = {
	LINE_MEMBER("time", struct entered, time), LINE_MEMBER("last", struct entered, last),
	LINE_MEMBER("hits", struct entered, hits), LINE_MEMBER("names", struct entered, names),
	LINE_MEMBER("logins", struct entered, logins), LINE_MEMBER("mails", struct entered, mails),
	LINE_MEMBER("done", struct entered, done),
};

static void save(const struct entered *e, struct buf *out)
{
	addr_add_to(out, &e->addr);
	line_add_user_value(out, "user", e->user);
	line_add_flag(out, hows[e->how], true);
	line_add_members(out, numbers, LENGTH_OF(numbers), e);
	for (unsigned i = 0; i < e->tried_count; i++)
		line_add_user_value(out, "tried", e->tried[i]);
	buf_add_char(out, '\n');
}

void entered_save(const struct entered_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->count; i++)
		save(&list->all[i], out);
}

static bool load_word(const struct line *line, struct entered *e)
{
	char text[USER_SHOWN_MAX + 1];
	size_t len;

	for (unsigned i = 0; i < LENGTH_OF(hows); i++) {
		if (line_is(line, hows[i])) {
			e->how = (enum entered_how)i;
			return true;
		}
	}
	if (!line_is(line, "tried"))
		return line_take_member(line, numbers, LENGTH_OF(numbers), e);
	if (e->tried_count == ENTERED_TRIED || !line_user_value(line, text, USER_SHOWN_MAX, &len))
		return false;
	e->tried[e->tried_count++] = mem_text_of(text, len);
	return true;
}

unsigned entered_load(struct entered_list *list, struct span lines)
{
	struct line line = { .lines = lines };

	while (line_next(&line)) {
		char text[USER_SHOWN_MAX + 1];
		struct entered *e;
		struct addr addr;
		size_t len;

		if (!line_addr(&line, &addr) || !line_word(&line) || !line_is(&line, "user") ||
		    !line_user_value(&line, text, USER_SHOWN_MAX, &len))
			return line.number;
		e = entered_add(list, &addr, (struct span){ text, len }, ENTERED_GUESSED, 0);
		e->fresh = false;
		while (line_word(&line)) {
			if (!load_word(&line, e))
				return line.number;
		}
	}
	return 0;
}
