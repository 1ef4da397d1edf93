/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ledger: what the events of one address come to.
 *
 * An address keeps its evidence as long as it can still reach a threshold together with what may come. When it does, a
 * ban begins; what happens while it stands is not counted. Evidence of a ban is kept while it stands, so that a success
 * can take its part away: then the ban begins later, or never did. Of each user name no more is kept than makes a ban
 * alone, and where more than LEDGER_OPEN names and moments beyond the threshold would have to be kept, or where what
 * nothing forgives would do alone, the ban is firm and all evidence goes. What no threshold asks for is not kept, and of
 * much evidence that reaches none only what is not too old, and no more than LEDGER_MOST: memory an address is bounded,
 * whatever an attacker does.
 * The outcome depends on the order and the times of the events alone; whether they came in one run or in many, and when
 * the runs were, makes no difference. Events that come late (another log's) count where evidence of their time is still
 * kept. Nothing here fails, prints or looks at a clock.
 */
#include "judge/ledger.h"

#include <stdlib.h>

#include "base/when.h"
#include "judge/history.h"
#include "judge/sums.h"
#include "judge/window.h"

enum { MINUTE = 60 };

void ledger_init(struct ledger *ledger, const struct judge_settings *settings)
{
	int64_t span = settings->repeat > settings->known_window ? settings->repeat : settings->known_window;

	*ledger = (struct ledger){ .settings = settings };
	store_init(&ledger->store);
	for (unsigned c = 0; c < CLASS_GOOD; c++) {
		if (settings->classes[c].window > span)
			span = settings->classes[c].window;
	}
	ledger->span = (uint32_t)span;
}

void ledger_free(struct ledger *ledger)
{
	store_free(&ledger->store);
	free(ledger->breaches);
	*ledger = (struct ledger){ 0 };
}

struct addr entry_addr(const struct judge_settings *settings, const struct entry *e)
{
	struct addr a = { e->hi, e->lo, ADDR_BITS };

	if (!addr_is_v4(&a))
		a.prefix = settings->ipv6_prefix;
	return a;
}

static uint16_t first_evidence(const struct mark *marks, uint16_t count)
{
	uint16_t at = 0;

	while (at < count && !mark_is_evidence(&marks[at]))
		at++;
	return at;
}

/* Evidence before that time goes. */
void ledger_drop_evidence(struct ledger *ledger, struct entry *e, uint32_t before)
{
	struct mark *marks = store_marks(&ledger->store, e);
	uint16_t kept = first_evidence(marks, e->mark_count);

	/* nearly always the first one is not too old, and so none is */
	if (kept < e->mark_count && marks[kept].time < before) {
		for (uint16_t i = kept; i < e->mark_count; i++) {
			if (!mark_is_evidence(&marks[i]) || marks[i].time >= before)
				marks[kept++] = marks[i];
		}
		e->mark_count = kept;
		e->has_sums = false;
		store_shrink(&ledger->store, e);
	}
}

void ledger_make_room(struct ledger *ledger, struct entry *e, enum mark_kind kind, unsigned max)
{
	const struct mark *marks = store_marks(&ledger->store, e);
	size_t oldest = SIZE_MAX;
	unsigned count = 0;

	for (size_t i = 0; i < e->mark_count; i++) {
		if (mark_kind(&marks[i]) != kind)
			continue;
		count++;
		if (oldest == SIZE_MAX || marks[i].time < marks[oldest].time ||
		    (marks[i].time == marks[oldest].time && mark_user(&marks[i]) < mark_user(&marks[oldest])))
			oldest = i;
	}
	if (count >= max)
		store_remove(&ledger->store, e, oldest);
}

uint64_t ledger_sole(const struct ledger *ledger, const struct entry *e)
{
	const struct standing *s = store_standing(&ledger->store, e);
	const struct mark *marks = store_marks(&ledger->store, e);
	bool first = s != NULL && (s->before == 0 || s->level <= 1);
	uint64_t user = 0;

	if (s == NULL || s->until == 0)
		return s != NULL ? s->sole : 0;
	for (size_t i = 0; i < e->mark_count; i++) {
		if (!mark_is_evidence(&marks[i]))
			continue;
		if (mark_user(&marks[i]) == 0 || (user != 0 && user != mark_user(&marks[i])))
			return 0;
		user = mark_user(&marks[i]);
	}
	return first || s->sole == user ? user : 0;
}

static void end_ban(struct ledger *ledger, struct entry *e, struct standing *s)
{
	struct mark ended = { .time = s->since, .low = s->until, .high = s->level,
			      .count = (uint16_t)(s->hits < UINT16_MAX ? s->hits : UINT16_MAX),
			      .what = mark_what(MARK_ENDED, s->by) };
	uint32_t until = s->until;

	s->sole = ledger_sole(ledger, e);
	s->before = until;
	s->level_before = s->level;
	s->until = 0;
	s->firm = false;
	e->users = 0;
	e->until = 0;
	e->is_firm = false;
	e->is_many = false;
	ledger_drop_evidence(ledger, e, until);
	ledger_make_room(ledger, e, MARK_ENDED, LEDGER_ENDED);
	*store_insert(&ledger->store, e, e->mark_count) = ended;
}

/* How the bans stand at that time: one that stood until then is over. */
struct standing *ledger_standing_at(struct ledger *ledger, struct entry *e, uint32_t time)
{
	struct standing *s = store_standing(&ledger->store, e);

	if (s != NULL && s->until != 0 && s->until != PAST_FOREVER && time >= s->until)
		end_ban(ledger, e, s);
	return s;
}

static uint32_t user_bit(uint64_t user)
{
	return UINT32_C(1) << (user & 31);
}

/* That an attacker tries many names matters when it succeeds; beyond a number of them nothing is noted. */
void ledger_fail_quiet(struct ledger *ledger, struct entry *e, uint64_t user)
{
	uint32_t many;

	if (e->is_counted && (e->users & user_bit(user)) != 0)
		return;
	many = ledger->settings->breach_users > LEDGER_MANY ? ledger->settings->breach_users : LEDGER_MANY;
	e->is_counted = true;
	e->users |= user_bit(user);
	e->is_many = (uint32_t)__builtin_popcount(e->users) >= many;
}

/* A ban that is not firm does not begin in the entry before the last one ended: what comes earlier has been judged. */
void ledger_note_ban(struct entry *e, const struct standing *s)
{
	e->is_firm = s->firm;
	e->by = s->by & 7U;
	e->since = s->firm || s->since > s->before ? s->since : s->before;
	e->until = s->doubted ? 0 : s->until;
}

void ledger_make_firm(struct ledger *ledger, struct entry *e)
{
	struct standing *s = store_standing(&ledger->store, e);
	const struct mark *marks = store_marks(&ledger->store, e);

	for (size_t i = 0; i < e->mark_count; i++) {
		if (mark_kind(&marks[i]) == MARK_FAIL && mark_class(&marks[i]) == CLASS_AUTH && mark_user(&marks[i]) != 0)
			ledger_fail_quiet(ledger, e, mark_user(&marks[i]));
	}
	s->firm = true;
	ledger_note_ban(e, s);
	ledger_drop_evidence(ledger, e, UINT32_MAX);
}

static void begin_ban(struct ledger *ledger, struct entry *e, const struct crossing *crossing)
{
	struct standing *s = store_standing_made(&ledger->store, e);
	uint32_t since = crossing->time / MINUTE * MINUTE;
	bool again = s->before != 0 && (int64_t)since - (int64_t)s->before <= ledger->settings->forget;
	unsigned level = again ? s->level_before + 1U : 1;
	int64_t length;

	s->lifted |= s->until != 0 && (since != s->since || crossing->by != s->by || crossing->hits != s->hits);
	s->level = (uint8_t)(level < UINT8_MAX ? level : UINT8_MAX);
	s->since = since;
	s->by = crossing->by;
	s->hits = crossing->hits;
	length = judge_ban_length(ledger->settings, s->by, s->level);
	s->until = length >= (int64_t)PAST_FOREVER - since ? PAST_FOREVER : since + (uint32_t)(length / MINUTE * MINUTE);
	ledger_note_ban(e, s);
}

/* Whether the ban is the same without anything that could be forgiven. */
static bool is_firm(const struct ledger *ledger, const struct entry *e, const struct crossing *crossing)
{
	struct crossing firm;

	return window_first_firm(ledger->settings, store_marks(&ledger->store, e), e->mark_count, crossing->by, &firm) &&
	       firm.time == crossing->time && firm.hits == crossing->hits;
}

/* Where the evidence reaches a threshold; the last of it to come is added, or NULL where that is not known. */
static bool find_crossing(const struct ledger *ledger, struct entry *e, const struct mark *added, struct crossing *crossing)
{
	const struct mark *marks = store_marks(&ledger->store, e);
	bool found = e->is_settled && added != NULL
			     ? window_first_with(ledger->settings, marks, e->mark_count, added, crossing)
			     : window_first(ledger->settings, marks, e->mark_count, crossing);

	e->is_settled = !found;
	return found;
}

/* Begins the ban that the evidence asks for, or lifts the one that it no longer does. A firm ban can only begin
 * earlier. */
void ledger_settle(struct ledger *ledger, struct entry *e, const struct mark *added)
{
	struct standing *s = store_standing(&ledger->store, e);
	bool stands = s != NULL && s->until != 0, firm = stands && s->firm;
	struct crossing crossing;

	if (!find_crossing(ledger, e, added, &crossing)) {
		if (stands && !firm) {
			s->until = 0;
			e->until = 0;
			s->lifted = true;
		}
		return;
	}
	if (firm && crossing.time >= s->since)
		return;
	if (!stands)
		ledger_drop_evidence(ledger, e, crossing.time > ledger->span ? crossing.time - ledger->span : 0);
	begin_ban(ledger, e, &crossing);
	if (firm || is_firm(ledger, e, &crossing))
		ledger_make_firm(ledger, e);
}

/* Whether a success has forgiven it already: a later one that came first, or, where mail would do, a login not long before.
 * *known: it is a customer's own name. */
static bool is_forgiven(const struct ledger *ledger, const struct entry *e, const struct failure *f, bool *known)
{
	const struct mark *marks = store_marks(&ledger->store, e);
	bool by_mail = mail_forgives(f->event_class, f->weak);

	*known = false;
	if (!e->has_goods)
		return false;
	for (const struct mark *m = marks; m < marks + e->mark_count && mark_is_in_front(m); m++) {
		if (mark_kind(m) == MARK_GOOD && by_mail && m->low >= f->time)
			return true;
		/* somebody who logged in lately is no stranger */
		if (mark_kind(m) == MARK_LOGIN && by_mail && (int64_t)f->time - (int64_t)m->time <= ledger->settings->known)
			return true;
		if (mark_kind(m) != MARK_LOGIN || f->user == 0 || mark_user(m) != f->user)
			continue;
		if (m->time >= f->time)
			return true;
		*known = f->event_class == CLASS_AUTH && f->time - m->time <= ledger->settings->known;
	}
	return false;
}

static bool is_repeated(const struct ledger *ledger, const struct entry *e, const struct failure *f)
{
	const struct mark *marks = store_marks(&ledger->store, e);

	if (f->user == 0 || f->sprayed || ledger->settings->repeat == 0)
		return false;
	for (size_t i = e->mark_count; i-- > 0;) {
		int64_t apart = (int64_t)f->time - (int64_t)marks[i].time;

		if (!mark_is_evidence(&marks[i]))
			continue;
		/* what stands further in front came before it */
		if (apart > ledger->settings->repeat)
			return false;
		if (mark_user(&marks[i]) == f->user && mark_class(&marks[i]) == f->event_class &&
		    -apart <= ledger->settings->repeat)
			return true;
	}
	return false;
}

static struct mark evidence_of(const struct failure *f, bool known)
{
	return (struct mark){ .time = f->time, .low = (uint32_t)f->user, .high = (uint8_t)(f->user >> 32), .count = f->count,
			      .what = (uint8_t)(mark_what(known ? MARK_KNOWN : MARK_FAIL, f->event_class) |
						(f->weak ? MARK_WEAK : 0)) };
}

/* Whether it can neither count with an event of that time nor be repeated by one. */
static bool is_stale(const struct judge_settings *settings, const struct mark *m, uint32_t time)
{
	int64_t window = mark_kind(m) == MARK_KNOWN ? settings->known_window : settings->classes[mark_class(m)].window;

	return (int64_t)time - (int64_t)m->time > (window > settings->repeat ? window : settings->repeat);
}

/* Where windows differ, evidence of a short one piles up for as long as the longest asks for. */
static void drop_stale(struct ledger *ledger, struct entry *e, uint32_t time)
{
	struct mark *marks = store_marks(&ledger->store, e);
	uint16_t kept = 0;

	for (uint16_t i = 0; i < e->mark_count; i++) {
		if (!mark_is_evidence(&marks[i]) || !is_stale(ledger->settings, &marks[i], time))
			marks[kept++] = marks[i];
	}
	e->has_sums = e->has_sums && kept == e->mark_count;
	e->mark_count = kept;
	store_shrink(&ledger->store, e);
}

/* Before an array is doubled. */
static void drop_old(struct ledger *ledger, struct entry *e, uint32_t time)
{
	if (time > ledger->span)
		ledger_drop_evidence(ledger, e, time - ledger->span);
	if (e->mark_count >= LEDGER_MUCH)
		drop_stale(ledger, e, time);
}

static void drop_oldest(struct ledger *ledger, struct entry *e)
{
	uint16_t at = first_evidence(store_marks(&ledger->store, e), e->mark_count);

	if (at < e->mark_count)
		store_remove(&ledger->store, e, at);
	e->has_sums = false;
}

/* Where its time says. */
static inline void insert_evidence(struct ledger *ledger, struct entry *e, const struct mark *added)
{
	const struct mark *marks;
	size_t at;

	if (e->mark_count >= LEDGER_MOST)
		drop_oldest(ledger, e);
	marks = store_marks(&ledger->store, e);
	at = e->mark_count;
	for (size_t i = e->mark_count; i-- > 0;) {
		if (!mark_is_evidence(&marks[i]))
			continue;
		if (marks[i].time <= added->time)
			break;
		at = i;
	}
	*store_insert(&ledger->store, e, at) = *added;
	sums_add(e, added);
}

/* How much evidence a standing ban has beyond its threshold. */
static bool has_too_much(const struct ledger *ledger, const struct entry *e, unsigned by)
{
	const struct mark *marks = store_marks(&ledger->store, e);
	size_t count = 0, most = LEDGER_OPEN + (size_t)ledger->settings->classes[by].threshold;

	if (e->mark_count <= most)
		return false;
	for (size_t i = 0; i < e->mark_count; i++)
		count += mark_is_evidence(&marks[i]);
	return count > most;
}

/* Whether there is as much evidence alike as makes a ban alone. */
static bool is_full(const struct ledger *ledger, struct entry *e, const struct mark *added)
{
	if (!sums_may_reach(e, added, window_threshold(ledger->settings, added)))
		return false;
	if (window_full(ledger->settings, store_marks(&ledger->store, e), e->mark_count, added))
		return true;
	sums_make(&ledger->store, e);
	return false;
}

/* While a ban stands, evidence only matters in case a success takes other evidence away. */
static void add_to_ban(struct ledger *ledger, struct entry *e, unsigned by, const struct mark *added)
{
	if (is_full(ledger, e, added))
		return;
	insert_evidence(ledger, e, added);
	e->is_settled = false;
	if (has_too_much(ledger, e, by))
		ledger_make_firm(ledger, e);
}

/* What comes before the ban that stands makes it begin earlier; it can be too much, like what comes behind. */
static void add_evidence(struct ledger *ledger, struct entry *e, const struct standing *s, const struct mark *added)
{
	bool stood = s != NULL && s->until != 0;

	if (e->mark_count == 1U << e->room && !stood)
		drop_old(ledger, e, added->time);
	insert_evidence(ledger, e, added);
	ledger_settle(ledger, e, added);
	if (stood && s->until != 0 && !s->firm && has_too_much(ledger, e, s->by))
		ledger_make_firm(ledger, e);
}

void ledger_fail(struct ledger *ledger, struct entry *e, const struct failure *f)
{
	bool stands = !e->is_firm && f->time >= e->since && f->time < e->until, known;
	const struct standing *s = NULL;
	struct mark added;

	/* where the entry knows of the ban, its standing is not looked at */
	if (!stands) {
		s = ledger_standing_at(ledger, e, f->time);
		/* a log that is read once more: what came before the end of the last ban has been judged */
		if (s != NULL && f->time < s->before)
			return;
		stands = s != NULL && s->until != 0 && f->time >= s->since;
		if (stands && s->firm) {
			if (f->event_class == CLASS_AUTH && f->user != 0)
				ledger_fail_quiet(ledger, e, f->user);
			return;
		}
	}
	if (is_forgiven(ledger, e, f, &known) || is_repeated(ledger, e, f))
		return;
	added = evidence_of(f, known);
	/* a class without a threshold would pile it up */
	if (window_threshold(ledger->settings, &added) == 0)
		return;
	if (stands)
		add_to_ban(ledger, e, s != NULL ? s->by : e->by, &added);
	else
		add_evidence(ledger, e, s, &added);
}
