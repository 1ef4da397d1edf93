/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forgive: what a success says for an address, and when it says the opposite.
 *
 * A login takes the failures for the same user name away that came before it; it and accepted mail take connections
 * from unknown hosts and weak rejects away. What came after a login that is read late is judged as a customer's. Where
 * the evidence of a ban goes, the ban goes, or begins with what is left. A ban that ended, and all before it, are
 * struck out by a login of the one user whose failures made them. An address that has reached the threshold of
 * failures and named many users is not forgiven: its success is a breach, and its ban is firm from then on.
 */
#include "judge/ledger.h"
#include "base/mem.h"
#include "judge/window.h"

/* Counts the failures of the window before time, and the user names among them. */
static void count_failures(const struct ledger *ledger, const struct entry *e, uint32_t time, uint32_t *failures,
	uint32_t *users)
{
	const struct mark *marks = store_marks(&ledger->store, e);
	int64_t window = ledger->settings->classes[CLASS_AUTH].window;

	*failures = *users = 0;
	for (size_t i = 0; i < e->mark_count; i++) {
		bool seen = mark_user(&marks[i]) == 0;

		if (mark_kind(&marks[i]) != MARK_FAIL || mark_class(&marks[i]) != CLASS_AUTH || marks[i].time > time ||
		    (int64_t)time - (int64_t)marks[i].time > window)
			continue;
		for (size_t j = 0; j < i && !seen; j++)
			seen = mark_kind(&marks[j]) == MARK_FAIL && mark_class(&marks[j]) == CLASS_AUTH &&
			       mark_user(&marks[j]) == mark_user(&marks[i]) && (int64_t)time - (int64_t)marks[j].time <= window;
		*failures += marks[i].count;
		*users += !seen;
	}
}

/* Once a user and address, a nameless one only where no other is known, and no more than can be of use in a report. */
static void note_breach(struct ledger *ledger, const struct breach *breach)
{
	if (ledger->breach_count == LEDGER_BREACHES)
		return;
	for (size_t i = 0; i < ledger->breach_count; i++) {
		if ((breach->user == 0 || ledger->breaches[i].user == breach->user) &&
		    addr_equal(&ledger->breaches[i].addr, &breach->addr))
			return;
	}
	ledger->breaches = mem_grow(ledger->breaches, &ledger->breach_capacity, ledger->breach_count + 1,
		sizeof(*ledger->breaches));
	ledger->breaches[ledger->breach_count++] = *breach;
}

static bool is_breach(struct ledger *ledger, const struct entry *e, uint32_t time, uint64_t user)
{
	const struct standing *s = store_standing(&ledger->store, e);
	uint32_t failures, users, threshold = ledger->settings->classes[CLASS_AUTH].threshold;

	if (s == NULL || s->until == 0 || time < s->since || threshold == 0)
		return false;
	count_failures(ledger, e, time, &failures, &users);
	if (s->firm) {
		users = (uint32_t)__builtin_popcount(e->users);
		failures = e->main_class == CLASS_AUTH && e->count > s->hits ? e->count : s->hits;
	} else if (failures < threshold) {
		return false;
	}
	if (users < ledger->settings->breach_users)
		return false;
	note_breach(ledger, &(struct breach){ entry_addr(ledger->settings, e), user, time, failures, users });
	return true;
}

/* A login that was read after failures that came behind it: they are a customer's, as they had been in the other order.
 * Whether the mark goes; *changed: it stays as a failure for the customer's own name. */
static bool is_of_customer(const struct ledger *ledger, struct mark *m, uint32_t time, uint64_t user, bool *changed)
{
	if (user == 0 || m->time <= time || (int64_t)m->time - (int64_t)time > ledger->settings->known)
		return false;
	if (mail_forgives(mark_class(m), (m->what & MARK_WEAK) != 0))
		return true;
	if (mark_kind(m) == MARK_FAIL && mark_class(m) == CLASS_AUTH && mark_user(m) == user) {
		m->what = mark_what(MARK_KNOWN, CLASS_AUTH);
		*changed = true;
	}
	return false;
}

/* Takes away what the success forgives; whether there was anything. */
static bool forgive(struct ledger *ledger, struct entry *e, uint32_t time, uint64_t user)
{
	struct mark *marks = store_marks(&ledger->store, e);
	uint16_t kept = 0, before = e->mark_count;
	bool changed = false;

	while (kept < before && mark_is_in_front(&marks[kept]))
		kept++;
	for (uint16_t i = kept; i < before; i++) {
		struct mark *m = &marks[i];
		bool by_login = user != 0 && mark_user(m) == user;
		bool by_mail = mail_forgives(mark_class(m), (m->what & MARK_WEAK) != 0);
		bool goes = mark_is_evidence(m) && ((m->time <= time && (by_login || by_mail)) ||
						    is_of_customer(ledger, m, time, user, &changed));

		if (!goes)
			marks[kept++] = *m;
	}
	e->mark_count = kept;
	e->is_settled = e->is_settled && !changed;
	changed |= kept != before;
	e->has_sums = e->has_sums && !changed;
	return changed;
}

static void remember_login(struct ledger *ledger, struct entry *e, uint32_t time, uint64_t user)
{
	struct mark *marks = store_marks(&ledger->store, e);

	for (struct mark *m = marks; m < marks + e->mark_count && mark_is_in_front(m); m++) {
		if (mark_kind(m) == MARK_LOGIN && mark_user(m) == user) {
			if (m->time < time)
				m->time = time;
			return;
		}
	}
	e->has_goods = true;
	ledger_make_room(ledger, e, MARK_LOGIN, LEDGER_LOGINS);
	*store_insert(&ledger->store, e, 0) = (struct mark){ .time = time, .low = (uint32_t)user,
		.high = (uint8_t)(user >> 32), .what = mark_what(MARK_LOGIN, CLASS_GOOD) };
}

static void remember_good(struct ledger *ledger, struct entry *e, uint32_t time)
{
	struct mark *marks = store_marks(&ledger->store, e);
	int64_t near = ledger->settings->known;

	for (struct mark *m = marks; m < marks + e->mark_count && mark_is_in_front(m); m++) {
		if (mark_kind(m) != MARK_GOOD || (int64_t)time - (int64_t)m->low > near ||
		    (int64_t)m->time - (int64_t)time > near)
			continue;
		if (time < m->time)
			m->time = time;
		if (time > m->low)
			m->low = time;
		return;
	}
	e->has_goods = true;
	ledger_make_room(ledger, e, MARK_GOOD, LEDGER_GOODS);
	*store_insert(&ledger->store, e, 0) =
		(struct mark){ .time = time, .low = time, .what = mark_what(MARK_GOOD, CLASS_GOOD) };
}

/* Bans that ended never were, as far as the address's record goes. */
static void strike_out(struct ledger *ledger, struct entry *e, struct standing *s)
{
	const struct mark *marks = store_marks(&ledger->store, e);

	for (size_t i = e->mark_count; i-- > 0;) {
		if (mark_kind(&marks[i]) == MARK_ENDED)
			store_remove(&ledger->store, e, i);
	}
	s->before = 0;
	s->level_before = 0;
	s->sole = 0;
}

/* What is left may ask for a ban that is over by now, and for another one behind it. */
static void settle_until(struct ledger *ledger, struct entry *e, uint32_t time)
{
	const struct standing *s;

	do {
		(void)ledger_standing_at(ledger, e, time);
		ledger_settle(ledger, e, NULL);
		s = store_standing(&ledger->store, e);
	} while (s != NULL && s->until != 0 && s->until <= time);
}

/* Whether the last of the spans of good events that is noted first goes on. */
static inline bool is_near(const struct mark *m, uint32_t time, int64_t near)
{
	return (int64_t)time - (int64_t)m->low <= near && (int64_t)m->time - (int64_t)time <= near;
}

/* The usual case: an address that was never banned and has no evidence does what it did before. */
static bool good_again(const struct ledger *ledger, struct entry *e, uint32_t time, uint64_t user)
{
	struct mark *marks = store_marks(&ledger->store, e), *good = NULL, *login = NULL;

	if (e->standing != 0 || e->mark_count == 0 || !mark_is_in_front(&marks[e->mark_count - 1]))
		return false;
	for (struct mark *m = marks; m < marks + e->mark_count; m++) {
		if (mark_kind(m) == MARK_LOGIN && login == NULL && mark_user(m) == user)
			login = m;
		if (mark_kind(m) == MARK_GOOD && good == NULL && is_near(m, time, ledger->settings->known))
			good = m;
	}
	if (good == NULL || (user != 0 && login == NULL && ledger->settings->known > 0))
		return false;
	if (login != NULL && ledger->settings->known > 0 && login->time < time)
		login->time = time;
	good->time = time < good->time ? time : good->time;
	good->low = time > good->low ? time : good->low;
	return true;
}

void ledger_good(struct ledger *ledger, struct entry *e, uint32_t time, uint64_t user, bool login)
{
	struct standing *s;

	if (good_again(ledger, e, time, user))
		return;
	s = ledger_standing_at(ledger, e, time);
	if (login && is_breach(ledger, e, time, user)) {
		if (!s->firm)
			ledger_make_firm(ledger, e);
		return;
	}
	if (forgive(ledger, e, time, user) && s != NULL && s->until != 0)
		settle_until(ledger, e, time);
	if (user != 0) {
		if (s != NULL && s->until == 0 && s->sole == user)
			strike_out(ledger, e, s);
		if (ledger->settings->known > 0)
			remember_login(ledger, e, time, user);
	}
	remember_good(ledger, e, time);
	store_shrink(&ledger->store, e);
}
