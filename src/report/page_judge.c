/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_judge: takes from accounts and names who was entered, is attacked, keeps failing, or is banned.
 */
#include "report/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/when.h"
#include "judge/network.h"
#include "judge/told.h"
#include "report/text.h"

enum { NAMED = 5 /* so many names are told where there are more */ };

static int64_t begins(const struct page *p)
{
	return (int64_t)p->first * WHEN_DAY;
}

/* Whether a time lies in the days of the page. */
static bool is_within(const struct page *p, int64_t time)
{
	return time >= begins(p) && time < begins(p) + (int64_t)p->day_count * WHEN_DAY;
}

/* ---- entered ---- */

/* "203.0.113.7 (AT, AS64496 Example)" */
static void add_whose(const struct page *p, const struct addr *addr, struct buf *out)
{
	struct owner owner;

	addr_add_to(out, addr);
	if (!owners_find(p->owners, addr, &owner))
		return;
	buf_add_text(out, " (");
	owner_add_text(out, &owner);
	buf_add_char(out, ')');
}

static void add_tried(const struct entered *e, struct buf *out)
{
	buf_add_text(out, " after ");
	text_add_count(out, e->hits, "failure for ", "failures for ");
	text_add_count(out, e->names, "user name", "user names");
	for (unsigned i = 0; i < e->tried_count; i++)
		buf_addf(out, "%s%s", i == 0 ? ", as " : ", ", e->tried[i]);
}

static void need_entered(struct page *p, const struct change *c)
{
	bool guessed = c->kind == CHANGE_BREACH;
	FREED_BY(buf_free) struct buf what = { 0 }, details = { 0 };

	buf_addf(&what, guessed ? "%s was entered by a guesser" : "Worth a look: %s sends from a new place", c->user);
	buf_add_text(&details, "From ");
	add_whose(p, &c->net, &details);
	buf_add_text(&details, guessed ? " at " : " since ");
	when_add_minute(&details, c->when);
	if (guessed)
		add_tried(c->entered, &details);
	buf_add_text(&details, "; since then ");
	text_add_count(&details, c->entered->logins, "login", "logins");
	buf_add_text(&details, " and ");
	text_add_count(&details, c->entered->mails, "mail", "mails");
	buf_add_text(&details, guessed ? " from there. Change the password" : ", more than from all others. See to it");
	buf_add_text(&details, ", then say so: mailban done USER");
	page_need(p, guessed, buf_text(&what), buf_text(&details));
}

/* ---- news ---- */

static void add_one(const struct change *c, struct buf *out)
{
	if (c->kind == CHANGE_ATTACKED) {
		buf_addf(out, "%s from ", c->user);
		text_add_count(out, c->hits, "address", "addresses");
	} else {
		buf_addf(out, "%s (", c->user);
		text_add_count(out, c->hits, "failure from ", "failures from ");
		addr_add_to(out, &c->net);
		buf_add_char(out, ')');
	}
}

static int more_hits(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return x->hits != y->hits ? (x->hits > y->hits ? -1 : 1) : addr_compare(&x->net, &y->net);
}

/* Adds the first changes of a kind. Returns how many there are. */
static size_t add_news(const struct changes *news, enum change_kind kind, struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < news->count; i++) {
		if (news->all[i].kind != kind || count++ >= NAMED)
			continue;
		if (count > 1)
			buf_add_text(out, ", ");
		add_one(&news->all[i], out);
	}
	if (count > NAMED)
		buf_addf(out, " and %zu more", count - NAMED);
	return count;
}

static void need_attacked(struct page *p, const struct changes *news)
{
	FREED_BY(buf_free) struct buf what = { 0 }, details = { 0 };
	size_t count = add_news(news, CHANGE_ATTACKED, &details);

	text_add_count(&what, count, "user is", "users are");
	buf_add_text(&what, " under attack from many addresses");
	if (count > 0)
		page_need(p, false, buf_text(&what), buf_text(&details));
}

static void need_failing(struct page *p, const struct changes *news)
{
	FREED_BY(buf_free) struct buf what = { 0 }, details = { 0 };

	p->failing = add_news(news, CHANGE_FAILING, &details);
	text_add_count(&what, p->failing, "user name keeps", "user names keep");
	buf_add_text(&what, " failing where others log in");
	buf_add_text(&details, ". An old password on a device?");
	if (p->failing > 0)
		page_need(p, false, buf_text(&what), buf_text(&details));
}

/* ---- rows ---- */

static void take_user(struct page_row *row, struct judge *j)
{
	uint32_t number = names_find(&j->accounts.names, row->user, strlen(row->user));
	struct name *name;

	if (number == HASH_NONE)
		return;
	name = &j->accounts.names.all[number];
	row->login = name->last_login;
	row->attacked = name_is_attacked(&(struct name){ .attack = name->attack, .attack_time = name->attack_time },
					 j->clock);
	free(row->user);
	row->user = mem_text(name_shown(name));
}

static void take_ban(const struct page *p, struct page_row *row, const struct judge *j, const struct banlist *bans)
{
	const struct ban *ban = bans != NULL ? banlist_covering(bans, &row->addr, p->now + 1) : NULL;
	const struct account *a = bans == NULL ? accounts_find(&j->accounts, &row->addr) : NULL;

	if (ban != NULL)
		row->until = ban->until;
	else if (a != NULL && account_is_banned(a, p->now))
		row->until = a->until >= ACCOUNT_FOREVER ? WHEN_FOREVER : (int64_t)a->until;
}

static void count_bans(struct page *p, const struct banlist *bans)
{
	p->banned = bans->count;
	for (size_t i = 0; i < bans->count; i++)
		p->fresh += !bans->bans[i].person && is_within(p, bans->bans[i].since);
}

static void count_banned_accounts(struct page *p, const struct judge *j)
{
	for (size_t i = 0; i < j->accounts.count; i++) {
		const struct account *a = &j->accounts.all[i];

		if (!account_is_banned(a, p->now) || network_outlives(&j->accounts, j->settings, a, p->now))
			continue;
		p->banned++;
		p->fresh += is_within(p, a->since);
	}
}

void page_take_judge(struct page *p, const struct decide_input *input, const struct banlist *bans)
{
	struct decide_input since = *input;
	struct judge *j = input->judge;
	FREED_BY(changes_free) struct changes news = { 0 };

	since.tell_failing = true;
	since.last_clock = (uint32_t)(begins(p) > 0 ? begins(p) - 1 : 0);
	told_add(&since, &news);
	if (news.count > 0)
		qsort(news.all, news.count, sizeof(*news.all), more_hits);
	for (size_t i = 0; i < news.count; i++) {
		if (news.all[i].kind == CHANGE_BREACH || news.all[i].kind == CHANGE_ENTERED)
			need_entered(p, &news.all[i]);
	}
	need_attacked(p, &news);
	need_failing(p, &news);
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++) {
		for (size_t i = 0; i < p->rows[kind].count; i++) {
			if (kind == HISTORY_USER)
				take_user(&p->rows[kind].all[i], j);
			else
				take_ban(p, &p->rows[kind].all[i], j, bans);
		}
	}
	if (bans != NULL)
		count_bans(p, bans);
	else
		count_banned_accounts(p, j);
}
