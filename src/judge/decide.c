/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide: who stands in the new blacklist.
 *
 * Two sorted rows are merged: the old list, and the accounts whose bans stand. A person's line stays to the letter. A
 * line of mailban whose account is banned becomes what the account says. A line whose account is not banned goes, with
 * the reason. A line that no account knows was made by hand with an end, or its state is lost. It stays until its end.
 */
#include "judge/decide.h"

#include <stdlib.h>

#include "base/mem.h"
#include "judge/network.h"
#include "list/allow.h"
#include "judge/told.h"
#include "list/blacklist.h"

/* An account whose ban stands and may be in the list. */
struct candidate {
	struct account *account;
	int64_t balance;
	bool stands;                   /* the old list has its line */
	bool deferred;
};

struct work {
	const struct decide_input *in;
	struct banlist *list;
	struct changes *changes;
	struct candidate *candidates;  /* by address */
	size_t count, capacity;
	bool changed;                  /* the new list differs from the old one */
};

bool decide_is_too_wide(const struct judge_settings *settings, const struct addr *net)
{
	return addr_text_prefix(net) < (addr_is_v4(net) ? settings->max_prefix4 : settings->max_prefix6);
}

/* The ban that the account's line says, in whole minutes. */
static struct ban ban_of(const struct account *a)
{
	return (struct ban){
		.net = a->addr,
		.since = a->since - a->since % 60,
		.until = a->until >= ACCOUNT_FOREVER ? WHEN_FOREVER : (int64_t)a->until,
		.hits = a->hits,
		.by = a->by,
		.hosts = a->hosts,
	};
}

static void note_account(struct work *w, enum change_kind kind, const struct account *a, int64_t balance)
{
	const struct ban ban = ban_of(a);
	struct change *c = changes_add(w->changes, kind, &a->addr);

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

/* Whether a banned account may be in the list. Adds a change that says why not. */
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
		w->candidates[w->count++] = (struct candidate){ a, balance, banlist_find(w->list, &a->addr) != NULL,
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

/* Whether the line comes from the account, and not from somebody who banned by hand since. */
static bool is_ours(const struct ban *old, const struct account *a)
{
	return a != NULL && (a->flags & ACCOUNT_LISTED) != 0 && old->by != BAN_BY_HAND;
}

/* Whether a line of the old list stays for which no ban of an account stands. */
static bool stays_by_itself(const struct work *w, const struct ban *old)
{
	const struct account *a = old->person ? NULL : accounts_find(&w->in->judge->accounts, &old->net);
	/* the commands that ban by hand know only the host's own clock */
	int64_t now = w->in->now - (old->by == BAN_BY_HAND ? w->in->set_back : 0);

	return old->person || (!is_ours(old, a) && old->until > now && !is_allowed(w, &old->net));
}

static int compare_candidates(const void *net, const void *candidate)
{
	return addr_compare(net, &((const struct candidate *)candidate)->account->addr);
}

/* Whether the candidate goes into a wider entry that stands, and so is no new entry. */
static bool goes_inside(const struct work *w, const struct candidate *c)
{
	const struct judge_settings *settings = w->in->judge->settings;
	const struct addr *addr = &c->account->addr;
	unsigned widest = addr_is_v4(addr) ? ADDR_V4_BITS : 0;

	for (unsigned prefix = addr->prefix; prefix-- > widest;) {
		struct addr net = addr_network(addr, (uint8_t)prefix);
		const struct ban *old = banlist_find(w->list, &net);

		if (old != NULL && old->until >= c->account->until && stays_by_itself(w, old))
			return true;
	}
	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		const struct candidate *around;
		struct addr net;

		if (!network_around(&settings->aggregates[i], addr, &net))
			continue;
		around = bsearch(&net, w->candidates, w->count, sizeof(*around), compare_candidates);
		if (around != NULL && around->stands && around->account->until >= c->account->until)
			return true;
	}
	return false;
}

/* Of more than max-new new bans, those with the least points wait for the next run. */
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

/* Why a line leaves that mailban made: its account is not banned, or no account has it. */
static enum change_kind reason_to_go(const struct work *w, const struct ban *old)
{
	const struct account *a = accounts_find(&w->in->judge->accounts, &old->net);

	if (is_allowed(w, &old->net))
		return CHANGE_ALLOWED;
	if (old->until <= w->in->now || a == NULL || (a->flags & ACCOUNT_LISTED) == 0 || a->since != 0)
		return CHANGE_EXPIRED;
	return old->hosts > 0 ? CHANGE_DISSOLVED : CHANGE_FORGIVEN;
}

static void leave(struct work *w, struct ban *ban)
{
	ban->leaves = true;
	w->changed = true;
}

/* A line of the old list for which no candidate stands. */
static void take_old(struct work *w, struct ban *old)
{
	if (stays_by_itself(w, old))
		return;
	changes_add(w->changes, reason_to_go(w, old), &old->net)->by = old->by;
	leave(w, old);
}

static void take_new(struct work *w, const struct candidate *c)
{
	struct ban ban = ban_of(c->account);

	if (c->deferred) {
		note_account(w, CHANGE_DEFERRED, c->account, c->balance);
		return;
	}
	banlist_add(w->list, &ban);
	w->changed = true;
	note_account(w, ban.hosts > 0 ? CHANGE_NETWORK : CHANGE_ADDED, c->account, c->balance);
}

static void change(struct work *w, struct ban *old, const struct candidate *c, const struct ban *ban)
{
	blacklist_change(w->list, old, ban);
	w->changed = true;
	note_account(w, CHANGE_MOVED, c->account, c->balance);
}

static void take_both(struct work *w, struct ban *old, const struct candidate *c)
{
	const struct ban ban = ban_of(c->account);

	if (old->person || (!is_ours(old, c->account) && old->until > ban.until))
		return;
	if (old->since != ban.since || old->until != ban.until || old->hits != ban.hits || old->by != ban.by ||
	    old->hosts != ban.hosts)
		change(w, old, c, &ban);
}

/* New entries go behind the old ones, and are sorted in at the end. */
static void merge(struct work *w)
{
	size_t old_count = w->list->count, o = 0, c = 0;

	while (o < old_count || c < w->count) {
		int order = o == old_count ? 1 : c == w->count ? -1 :
			addr_compare(&w->list->bans[o].net, &w->candidates[c].account->addr);

		if (order < 0)
			take_old(w, &w->list->bans[o++]);
		else if (order > 0)
			take_new(w, &w->candidates[c++]);
		else
			take_both(w, &w->list->bans[o++], &w->candidates[c++]);
	}
	banlist_sort(w->list);
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

/* An entry leaves that lies inside a wider entry that outlives it, unless a person wrote it. */
static void drop_inside(struct work *w)
{
	struct around around = { .count = 0 };

	for (size_t i = 0; i < w->list->count; i++) {
		struct ban *ban = &w->list->bans[i];

		if (ban->leaves)
			continue;
		while (around.count > 0 && !addr_contains(&around.entries[around.count - 1]->net, &ban->net))
			around.count--;
		if (!ban_is_of_person(ban) && outlives_it(&around, ban)) {
			/* a new entry has no text */
			if (ban->text != NULL)
				changes_add(w->changes, CHANGE_INTO, &ban->net);
			leave(w, ban);
			continue;
		}
		if (around.count < DEPTH_MOST)
			around.entries[around.count++] = ban;
	}
}

/* Whether the list has the account's line. A line with another end is a person's, or of a state that is lost. */
static bool has_line(const struct account *a, const struct banlist *list)
{
	const struct ban *ban = banlist_find(list, &a->addr);

	return ban != NULL && !ban_is_of_person(ban) && ban->until == ban_of(a).until;
}

/* A run that changes nothing leaves the marks that the run before made. */
static void mark_listed(struct work *w)
{
	const struct accounts *accounts = &w->in->judge->accounts;

	if (!w->changed)
		return;
	for (size_t i = 0; i < accounts->count; i++) {
		struct account *a = accounts_at(accounts, i);
		bool was = (a->flags & ACCOUNT_LISTED) != 0;
		bool is = account_is_banned(a, w->in->now) && has_line(a, w->list);

		a->flags &= (uint8_t)~(ACCOUNT_LISTED | ACCOUNT_WAS_LISTED);
		a->flags |= (uint8_t)((was ? ACCOUNT_WAS_LISTED : 0) | (is ? ACCOUNT_LISTED : 0) |
				      (is && !was ? ACCOUNT_CAME : 0));
	}
}

/* Marks the accounts that lines of persons ban, whatever the accounts hold: to take such a line away is a pardon. */
static void mark_covered(struct work *w)
{
	const struct accounts *accounts = &w->in->judge->accounts;
	size_t at = 0;

	for (size_t i = 0; i < accounts->count; i++)
		accounts->all[i].flags &= (uint8_t)~ACCOUNT_COVERED;
	for (size_t i = 0; i < w->list->count; i++) {
		const struct ban *ban = &w->list->bans[i];

		if (!ban_is_of_person(ban))
			continue;
		while (at < accounts->count && addr_compare(&accounts_at(accounts, at)->addr, &ban->net) < 0)
			at++;
		for (; at < accounts->count && addr_contains(&ban->net, &accounts_at(accounts, at)->addr); at++)
			accounts_at(accounts, at)->flags |= ACCOUNT_COVERED;
	}
}

static int compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return addr_compare(&x->net, &y->net);
}

/* A new entry that went into a wider one at once is no news. */
static void forget_unlisted_news(struct work *w)
{
	struct changes *changes = w->changes;
	size_t kept = 0;

	for (size_t i = 0; i < changes->count; i++) {
		const struct change *c = &changes->all[i];

		if ((c->kind == CHANGE_ADDED || c->kind == CHANGE_NETWORK || c->kind == CHANGE_MOVED) &&
		    banlist_find(w->list, &c->net) == NULL)
			continue;
		changes->all[kept++] = *c;
	}
	changes->count = kept;
}

void decide(const struct decide_input *in, struct banlist *list, struct changes *changes)
{
	struct work w = { .in = in, .list = list, .changes = changes };

	accounts_sort(&in->judge->accounts);
	collect(&w);
	defer_excess(&w);
	merge(&w);
	drop_inside(&w);
	banlist_remove_leaving(list);
	forget_unlisted_news(&w);
	mark_listed(&w);
	mark_covered(&w);
	told_add(in, changes);
	if (changes->count > 0)
		qsort(changes->all, changes->count, sizeof(*changes->all), compare_changes);
	free(w.candidates);
}
