/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide: who stands in the new blacklist.
 *
 * Two sorted rows are merged: the old list, and the accounts whose bans stand. A person's line stays to the letter. A
 * line of ours whose account is banned becomes what the account says; one whose account is not goes, with the reason.
 * A line that no account knows (made by hand with an end, or from a state that is lost) stays until its time is over.
 */
#include "judge/decide.h"

#include <stdlib.h>

#include "base/mem.h"
#include "judge/allow.h"
#include "judge/told.h"
#include "list/blacklist.h"

/* An account whose ban stands and may be in the list. */
struct candidate {
	struct account *account;
	int64_t balance;
	bool stands, deferred;
};

struct work {
	const struct decide_input *in;
	struct decision *out;
	struct candidate *candidates;  /* by address */
	size_t count, capacity;
	bool *gone;                    /* which entries of the merged list are to leave it */
	size_t gone_capacity;
};

bool decide_is_too_wide(const struct judge_settings *settings, const struct addr *net)
{
	return addr_text_prefix(net) < (addr_is_v4(net) ? settings->max_prefix4 : settings->max_prefix6);
}

struct ban decide_ban_of(const struct account *a)
{
	return (struct ban){
		.net = a->addr,
		.since = a->since - a->since % 60,
		.until = a->until >= ACCOUNT_FOREVER ? BAN_FOREVER : (int64_t)a->until,
		.hits = a->hits,
		.by = a->by,
		.hosts = a->hosts,
	};
}

static void note_account(struct work *w, enum change_kind kind, const struct account *a, int64_t balance)
{
	const struct ban ban = decide_ban_of(a);
	struct change *c = changes_add(&w->out->changes, kind, &a->addr);

	c->since = ban.since;
	c->until = ban.until;
	c->hits = ban.hits;
	c->points = balance;
	c->hosts = ban.hosts;
	c->by = ban.by;
	c->level = a->level;
}

static bool is_allowed(const struct work *w, const struct addr *net)
{
	return w->in->allow != NULL && netset_overlaps(w->in->allow, net);
}

static bool is_news(const struct work *w, const struct account *a)
{
	return a->since > w->in->last_clock;
}

/* Whether an account that is banned may be in the list; says once why not. */
static bool may_stand(struct work *w, const struct account *a, int64_t balance)
{
	const struct judge_settings *settings = w->in->judge->settings;
	enum change_kind why = CHANGE_COUNT;

	if (is_allowed(w, &a->addr) || (!settings->ban_private && allow_is_private(&a->addr)))
		why = CHANGE_REFUSED;
	else if (!w->in->force && decide_is_too_wide(settings, &a->addr))
		why = CHANGE_TOO_WIDE;
	if (why != CHANGE_COUNT && is_news(w, a))
		note_account(w, why, a, balance);
	return why == CHANGE_COUNT;
}

static void collect(struct work *w)
{
	struct judge *j = w->in->judge;

	for (size_t i = 0; i < j->accounts.count; i++) {
		struct account *a = accounts_at(&j->accounts, i);
		int64_t balance;

		if (!account_is_banned(a, w->in->now))
			continue;
		balance = account_balance(a, j->settings);
		if (!may_stand(w, a, balance))
			continue;
		w->candidates = mem_grow(w->candidates, &w->capacity, w->count + 1, sizeof(*w->candidates));
		w->candidates[w->count++] = (struct candidate){ a, balance, banlist_find(w->in->old, &a->addr) != NULL,
								false };
	}
}

static int compare_most_first(const void *a, const void *b)
{
	const struct candidate *const *x = a, *const *y = b;

	if ((*x)->balance != (*y)->balance)
		return (*x)->balance > (*y)->balance ? -1 : 1;
	return addr_compare(&(*x)->account->addr, &(*y)->account->addr);
}

/* Whether a line of the old list stays for which no ban of an account stands. */
static bool stays_by_itself(const struct work *w, const struct ban *old)
{
	const struct account *a = old->person ? NULL : accounts_find(&w->in->judge->accounts, &old->net);
	bool ours = a != NULL && (a->flags & ACCOUNT_LISTED) != 0;

	return old->person || (!ours && old->until > w->in->now && !is_allowed(w, &old->net));
}

static int compare_candidates(const void *net, const void *candidate)
{
	return addr_compare(net, &((const struct candidate *)candidate)->account->addr);
}

/* Whether it goes into a wider entry that stands, and is no new entry then. */
static bool goes_inside(const struct work *w, const struct candidate *c)
{
	const struct judge_settings *settings = w->in->judge->settings;
	const struct addr *addr = &c->account->addr;
	unsigned widest = addr_is_v4(addr) ? ADDR_V4_BITS : 0;

	for (unsigned prefix = addr->prefix; prefix-- > widest;) {
		struct addr net = addr_network(addr, (uint8_t)prefix);
		const struct ban *old = banlist_find(w->in->old, &net);

		if (old != NULL && old->until >= c->account->until && stays_by_itself(w, old))
			return true;
	}
	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		const struct judge_aggregate *aggregate = &settings->aggregates[i];
		struct addr net = addr_network(addr, aggregate->prefix);
		const struct candidate *around;

		if (aggregate->v4 != addr_is_v4(addr) || aggregate->prefix >= addr->prefix)
			continue;
		around = bsearch(&net, w->candidates, w->count, sizeof(*around), compare_candidates);
		if (around != NULL && around->stands && around->account->until >= c->account->until)
			return true;
	}
	return false;
}

/* Of the new ones beyond max-new those with least points wait for the next run. */
static void defer_excess(struct work *w)
{
	uint64_t most = w->in->judge->settings->max_new;
	struct candidate **new_ones;
	size_t count = 0;

	if (w->in->force || w->count <= most)
		return;
	new_ones = mem_alloc(w->count, sizeof(*new_ones));
	for (size_t i = 0; i < w->count; i++) {
		if (!w->candidates[i].stands)
			new_ones[count++] = &w->candidates[i];
	}
	qsort(new_ones, count, sizeof(*new_ones), compare_most_first);
	for (size_t i = 0; i < count; i++) {
		if (goes_inside(w, new_ones[i]))
			continue;
		new_ones[i]->stands = most > 0;
		new_ones[i]->deferred = most == 0;
		most -= most > 0;
	}
	free(new_ones);
}

/* ---- the merge ---- */

static void put(struct work *w, const struct ban *ban, bool gone)
{
	banlist_add(&w->out->list, ban);
	w->gone = mem_grow(w->gone, &w->gone_capacity, w->out->list.count, sizeof(*w->gone));
	w->gone[w->out->list.count - 1] = gone;
}

/* Why a line of ours leaves whose account is not banned, or that no account has. */
static enum change_kind reason_to_go(const struct work *w, const struct ban *old)
{
	const struct account *a = accounts_find(&w->in->judge->accounts, &old->net);

	if (is_allowed(w, &old->net))
		return CHANGE_ALLOWED;
	if (old->until <= w->in->now || a == NULL || (a->flags & ACCOUNT_LISTED) == 0 || a->since != 0)
		return CHANGE_EXPIRED;
	return old->hosts > 0 ? CHANGE_DISSOLVED : CHANGE_FORGIVEN;
}

/* A line of the old list for which no candidate stands. */
static void put_old(struct work *w, const struct ban *old)
{
	bool stays = stays_by_itself(w, old);

	put(w, old, !stays);
	if (!stays)
		changes_add(&w->out->changes, reason_to_go(w, old), &old->net)->by = old->by;
}

static void put_new(struct work *w, const struct candidate *c)
{
	struct ban ban = decide_ban_of(c->account);

	if (c->deferred) {
		note_account(w, CHANGE_DEFERRED, c->account, c->balance);
		return;
	}
	put(w, &ban, false);
	note_account(w, ban.hosts > 0 ? CHANGE_NETWORK : CHANGE_ADDED, c->account, c->balance);
}

/* The texts above a line stay, and a note that a person put behind it; the rest is made anew. */
static void put_changed(struct work *w, const struct ban *old, const struct candidate *c, const struct ban *ban)
{
	struct ban changed = *ban;
	struct span note = blacklist_note(old);
	struct buf line = { 0 };

	changed.text = old->text;
	changed.above_len = old->above_len;
	if (note.len > 0) {
		blacklist_add_line(&line, &changed, note);
		banlist_set_text(&w->out->list, &changed, ban_above(old), (struct span){ line.ptr, line.len });
		buf_free(&line);
	}
	put(w, &changed, false);
	note_account(w, CHANGE_MOVED, c->account, c->balance);
}

static void put_both(struct work *w, const struct ban *old, const struct candidate *c)
{
	const struct ban ban = decide_ban_of(c->account);
	bool ours = (c->account->flags & ACCOUNT_LISTED) != 0;

	if (old->person || (!ours && old->until >= ban.until) ||
	    (old->since == ban.since && old->until == ban.until && old->hits == ban.hits && old->by == ban.by &&
	     old->hosts == ban.hosts))
		put(w, old, false);
	else
		put_changed(w, old, c, &ban);
}

static void merge(struct work *w)
{
	const struct banlist *old = w->in->old;
	size_t o = 0, c = 0;

	while (o < old->count || c < w->count) {
		int order = o == old->count ? 1 : c == w->count ? -1 :
			addr_compare(&old->bans[o].net, &w->candidates[c].account->addr);

		if (order < 0)
			put_old(w, &old->bans[o++]);
		else if (order > 0)
			put_new(w, &w->candidates[c++]);
		else
			put_both(w, &old->bans[o++], &w->candidates[c++]);
	}
	w->out->list.tail = old->tail;
	w->out->list.as_read = old->as_read;
}

/* ---- entries inside others ---- */

enum { DEPTH_MOST = ADDR_BITS + 1 };

/* Entries around the one at hand, the widest first. */
struct around {
	const struct ban *entries[DEPTH_MOST];
	unsigned count;
};

static bool outlives_it(const struct around *around, const struct ban *ban)
{
	for (unsigned i = 0; i < around->count; i++) {
		if (around->entries[i]->until >= ban->until)
			return true;
	}
	return false;
}

/* What lies inside a wider entry that outlives it leaves, but for what a person wrote. */
static void drop_inside(struct work *w)
{
	struct around around = { .count = 0 };

	for (size_t i = 0; i < w->out->list.count; i++) {
		const struct ban *ban = &w->out->list.bans[i];

		if (w->gone[i])
			continue;
		while (around.count > 0 && !addr_contains(&around.entries[around.count - 1]->net, &ban->net))
			around.count--;
		if (!ban->person && ban->by != BAN_BY_HAND && outlives_it(&around, ban)) {
			w->gone[i] = true;
			if (banlist_find(w->in->old, &ban->net) != NULL)
				changes_add(&w->out->changes, CHANGE_INTO, &ban->net);
			continue;
		}
		if (around.count < DEPTH_MOST)
			around.entries[around.count++] = ban;
	}
}

/* A line with another end is a person's, or of a state that is lost. */
static bool has_line(const struct account *a, const struct banlist *list, size_t *at)
{
	const struct ban *ban;

	*at = banlist_seek(list, *at, &a->addr);
	ban = *at < list->count ? &list->bans[*at] : NULL;
	return ban != NULL && addr_equal(&ban->net, &a->addr) && !ban->person && ban->by != BAN_BY_HAND &&
	       ban->until == decide_ban_of(a).until;
}

static bool is_as_before(const struct banlist *list, const struct banlist *old)
{
	if (list->count != old->count)
		return false;
	for (size_t i = 0; i < list->count; i++) {
		if (list->bans[i].line_len == 0 || list->bans[i].text != old->bans[i].text)
			return false;
	}
	return true;
}

/* A run that changes nothing leaves the marks of the one before. */
static void mark_listed(struct work *w)
{
	const struct accounts *accounts = &w->in->judge->accounts;
	size_t at = 0;

	if (is_as_before(&w->out->list, w->in->old))
		return;
	for (size_t i = 0; i < accounts->count; i++) {
		struct account *a = accounts_at(accounts, i);
		bool was = (a->flags & ACCOUNT_LISTED) != 0;
		bool is = account_is_banned(a, w->in->now) && has_line(a, &w->out->list, &at);

		a->flags &= (uint8_t)~(ACCOUNT_LISTED | ACCOUNT_WAS_LISTED);
		a->flags |= (uint8_t)((was ? ACCOUNT_WAS_LISTED : 0) | (is ? ACCOUNT_LISTED : 0));
	}
}

static int compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return addr_compare(&x->net, &y->net);
}

/* A new entry that went into another at once is no news. */
static void forget_unlisted_news(struct work *w)
{
	struct changes *changes = &w->out->changes;
	size_t kept = 0;

	for (size_t i = 0; i < changes->count; i++) {
		const struct change *c = &changes->all[i];

		if ((c->kind == CHANGE_ADDED || c->kind == CHANGE_NETWORK || c->kind == CHANGE_MOVED) &&
		    banlist_find(&w->out->list, &c->net) == NULL)
			continue;
		changes->all[kept++] = *c;
	}
	changes->count = kept;
}

void decide(const struct decide_input *in, struct decision *out)
{
	struct work w = { .in = in, .out = out };

	*out = (struct decision){ 0 };
	accounts_sort(&in->judge->accounts);
	collect(&w);
	defer_excess(&w);
	merge(&w);
	drop_inside(&w);
	banlist_remove(&out->list, w.gone);
	forget_unlisted_news(&w);
	mark_listed(&w);
	told_add(in, &out->changes);
	for (size_t i = 0; in->also != NULL && i < in->also->count; i++)
		*changes_add(&out->changes, CHANGE_RENEWED, &in->also->all[i].net) = in->also->all[i];
	if (out->changes.count > 0)
		qsort(out->changes.all, out->changes.count, sizeof(*out->changes.all), compare_changes);
	free(w.candidates);
	free(w.gone);
}

void decision_free(struct decision *decision)
{
	banlist_free(&decision->list);
	free(decision->changes.all);
	*decision = (struct decision){ 0 };
}
