/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * account: points, credit and ban of one address.
 *
 * The same functions serve a network, whose account holds no credit. Nothing here depends on the clock or on runs: an
 * account changes at events alone.
 */
#include "judge/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Bans end at a whole minute, as the blacklist says it. */
static uint32_t whole_minute(int64_t time)
{
	time += 59;
	return time >= ACCOUNT_FOREVER ? ACCOUNT_FOREVER : (uint32_t)(time - time % 60);
}

int64_t account_half_life(const struct account *a, const struct judge_settings *settings)
{
	unsigned slower = a->since != 0 && a->level > 1 ? a->level - 1U : 0;

	return settings->half_life << (slower < ACCOUNT_SLOWER ? slower : ACCOUNT_SLOWER);
}

struct account_name *account_find_name(const struct account *a, uint32_t name)
{
	for (unsigned i = 0; i < a->name_count; i++) {
		if (a->names[i].name == name)
			return &a->names[i];
	}
	return NULL;
}

/* Room is a power of two and need not be remembered: the array grows when the count is one. */
static struct account_name *add_name(struct account *a, uint32_t name, struct names *names)
{
	struct account_name *made;

	if ((a->name_count & (a->name_count - 1)) == 0)
		a->names = mem_resize(a->names, a->name_count == 0 ? 1 : 2 * (size_t)a->name_count, sizeof(*a->names));
	made = &a->names[a->name_count++];
	*made = (struct account_name){ .name = name };
	names_hold(names, name);
	return made;
}

/* One place is kept for the empty name. */
bool account_has_room(const struct account *a)
{
	unsigned apart = a->name_count;

	if (account_find_name(a, NAME_NONE) != NULL)
		apart--;
	return apart < ACCOUNT_NAMES;
}

struct account_name *account_make_name(struct account *a, uint32_t name, struct names *names)
{
	struct account_name *n = account_find_name(a, name);

	if (n != NULL)
		return n;
	if (name != NAME_NONE && !account_has_room(a))
		return account_make_name(a, NAME_NONE, names);
	return add_name(a, name, names);
}

static bool is_name_over(const struct account_name *n, uint32_t time, const struct judge_settings *settings)
{
	return n->points < POINTS_LEAST && !account_name_is_known(n, time, settings);
}

static void drop_names(struct account *a, uint32_t time, const struct judge_settings *settings, struct names *names)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < a->name_count; i++) {
		if (is_name_over(&a->names[i], time, settings))
			names_release(names, a->names[i].name);
		else
			a->names[kept++] = a->names[i];
	}
	if (kept == a->name_count)
		return;
	a->name_count = (uint16_t)kept;
	if (kept == 0) {
		free(a->names);
		a->names = NULL;
	} else {
		unsigned room = 1;

		while (room < kept)
			room *= 2;
		a->names = mem_resize(a->names, room, sizeof(*a->names));
	}
}

/* The share is in the networks' points, so it fades by the plain half-life, whatever bans the address had. */
static void fade_by(struct account *a, uint32_t time, const struct judge_settings *settings)
{
	int64_t half_life = account_half_life(a, settings);
	double share, fading;

	/* an account before its first event has nothing to fade */
	if (a->time == 0) {
		a->time = time;
		return;
	}
	share = points_fading(time - a->time, settings->half_life);
	fading = half_life == settings->half_life ? share : points_fading(time - a->time, half_life);
	for (unsigned i = 0; i < ACCOUNT_CLASSES; i++) {
		if (a->points[i] > 0)
			a->points[i] = points_times(a->points[i], fading);
	}
	for (unsigned i = 0; i < a->name_count; i++)
		a->names[i].points = points_times(a->names[i].points, fading);
	if (a->credit > 0)
		a->credit = points_times(a->credit, fading);
	if (a->share > 0)
		a->share = points_times(a->share, share);
	if (a->share < POINTS_LEAST)
		a->share = 0;
	a->time = time;
}

/* Hits and packets belong to the ban that ends. The next ban counts from 0. */
static void end_ban(struct account *a)
{
	a->last_since = a->since;
	a->ended = a->until;
	a->since = a->until = 0;
	a->hits = 0;
	a->packets = 0;
	a->flags &= (uint8_t)~(ACCOUNT_HELD | ACCOUNT_BREACHED);
}

int64_t account_name_points(const struct account *a)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < a->name_count; i++)
		sum += a->names[i].points;
	return sum;
}

int64_t account_class_points(const struct account *a)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < ACCOUNT_CLASSES; i++)
		sum += a->points[i];
	return sum;
}

static bool is_empty(const struct account *a)
{
	return a->name_count == 0 && a->credit + account_class_points(a) < POINTS_LEAST;
}

/* Whether the last ban is so long over that the next one is a first one. */
static bool is_forgotten(const struct account *a, uint32_t time, const struct judge_settings *settings)
{
	return a->ended == 0 || (int64_t)time - a->ended >= settings->forget;
}

static void forget_good(struct account *a)
{
	a->last_good = a->last_mail = a->mails = 0;
	a->flags &= (uint8_t)~ACCOUNT_NAMED;
}

/* Clears an account that is over: it is then equal to an account that was dropped and made again. */
static void reset_if_over(struct account *a, uint32_t time, const struct judge_settings *settings)
{
	if (a->since != 0 || !is_empty(a))
		return;
	memset(a->points, 0, sizeof(a->points));
	memset(a->last, 0, sizeof(a->last));
	a->credit = 0;
	a->hits = 0;
	a->hosts = 0;
	memset(a->untold, 0, sizeof(a->untold));
	a->told_time = 0;
	if (!account_is_good(a, time, settings))
		forget_good(a);
	if (is_forgotten(a, time, settings))
		a->last_since = a->ended = a->level = a->by = 0;
}

void account_fade_to(struct account *a, uint32_t time, const struct judge_settings *settings, struct names *names)
{
	if (a->since != 0 && a->until <= time) {
		if (a->until > a->time)
			fade_by(a, a->until, settings);
		end_ban(a);
	}
	fade_by(a, time, settings);
	if (a->name_count > 0)
		drop_names(a, time, settings, names);
	reset_if_over(a, time, settings);
}

double account_lateness(const struct account *a, uint32_t time, const struct judge_settings *settings)
{
	return time < a->time ? points_fading(a->time - time, account_half_life(a, settings)) : 1;
}

/* Where users log in, failures that name nobody ban nobody. Nor does one device whose connections fail to do
 * anything. */
int64_t account_capped(const struct account *a, int64_t points, const struct judge_settings *settings)
{
	int64_t cap = settings->threshold - POINT;

	return a->credit > POINT / 5 && points > cap && points <= ACCOUNT_CAPPED_MOST ? cap : points;
}

/* Whether the name's points are those of a device with an old password: the name logged in from this address. */
static bool logs_in_here(const struct account *a, const struct account_name *n, const struct judge_settings *settings)
{
	return n->name != NAME_NONE && n->points <= ACCOUNT_CAPPED_MOST && account_name_is_known(n, a->time, settings);
}

int64_t account_name_capped(const struct account *a, const struct account_name *n,
	const struct judge_settings *settings)
{
	int64_t points = account_capped(a, n->points, settings);
	bool device = logs_in_here(a, n, settings) ||
		      (n->name != NAME_NONE && a->credit > POINT / 5 && n->points <= ACCOUNT_CAPPED_MOST);

	return points > POINT && device ? POINT : points;
}

/* What all names count, and by how much those that log in here were over. Where all passwords of an office end on one
 * day, the devices of all who work there fail. That bans nobody. */
static int64_t names_capped(const struct account *a, const struct judge_settings *settings, int64_t *over)
{
	int64_t cap = settings->threshold - POINT, own = 0, others = 0;

	for (unsigned i = 0; i < a->name_count; i++) {
		int64_t points = account_name_capped(a, &a->names[i], settings);

		if (logs_in_here(a, &a->names[i], settings))
			own += points;
		else
			others += points;
	}
	*over = own > cap ? own - cap : 0;
	return others + own - *over;
}

int64_t account_names_over(const struct account *a, const struct judge_settings *settings)
{
	int64_t over;

	(void)names_capped(a, settings, &over);
	return over;
}

int64_t account_balance(const struct account *a, const struct judge_settings *settings)
{
	int64_t over;

	return account_capped(a, account_class_points(a), settings) - a->credit + a->elsewhere +
	       names_capped(a, settings, &over);
}

/* The class with the most points, the earlier one where two have as many. */
static uint8_t main_class(const struct account *a)
{
	int64_t most = a->points[CLASS_AUTH] + account_name_points(a);
	unsigned main = CLASS_AUTH;

	for (unsigned i = 0; i < ACCOUNT_CLASSES; i++) {
		if (i != CLASS_AUTH && a->points[i] > most) {
			most = a->points[i];
			main = i;
		}
	}
	return (uint8_t)main;
}

static void begin_ban(struct account *a, const struct judge_settings *settings)
{
	a->level = is_forgotten(a, a->time, settings) ? 1 : a->level < UINT8_MAX ? a->level + 1 : UINT8_MAX;
	a->since = a->time;
	a->by = main_class(a);
}

static uint32_t end_of(const struct account *a, int64_t balance, int64_t threshold,
		       const struct judge_settings *settings)
{
	int64_t end = a->time + points_wait(balance, judge_release(threshold), account_half_life(a, settings));

	if ((a->flags & ACCOUNT_BREACHED) != 0 || end > a->since + settings->ban_most)
		end = a->since + settings->ban_most;
	else if (end < a->since + settings->ban_least)
		end = a->since + settings->ban_least;
	return whole_minute(end);
}

void account_settle(struct account *a, int64_t threshold, const struct judge_settings *settings)
{
	int64_t balance = account_balance(a, settings);

	if (a->since == 0) {
		if (!judge_reaches(balance, threshold) && (a->flags & ACCOUNT_BREACHED) == 0)
			return;
		begin_ban(a, settings);
	}
	if ((a->flags & ACCOUNT_HELD) == 0)
		a->until = end_of(a, balance, threshold, settings);
}

void account_forgive(struct account *a, int64_t threshold, const struct judge_settings *settings)
{
	if (a->since != 0 && (a->flags & (ACCOUNT_HELD | ACCOUNT_BREACHED)) == 0 &&
	    account_balance(a, settings) <= judge_release(threshold))
		account_lift(a);
	else
		account_settle(a, threshold, settings);
}

void account_lift(struct account *a)
{
	a->since = a->until = 0;
	a->level--;
	a->packets = 0;
	a->flags &= (uint8_t)~(ACCOUNT_HELD | ACCOUNT_BREACHED);
}

/* Whether the last ban is forgotten at a time. A ban that stands at the account's own time is the last ban. */
static bool is_ban_forgotten(const struct account *a, uint32_t time, const struct judge_settings *settings)
{
	return a->since != 0 ? (int64_t)time - a->until >= settings->forget : is_forgotten(a, time, settings);
}

bool account_is_over(const struct account *a, uint32_t time, const struct judge_settings *settings)
{
	int64_t sum = a->credit + a->share + account_class_points(a) + account_name_points(a);

	/* a late event may still need an account that has not faded: the account is over only later than its time */
	if (time <= a->time || !is_ban_forgotten(a, time, settings) || account_is_good(a, time, settings))
		return false;
	/* a login after guessing is no good login, and yet makes its name known */
	for (unsigned i = 0; i < a->name_count; i++) {
		if (account_name_is_known(&a->names[i], time, settings))
			return false;
	}
	/* where the ban has ended since, the points have really faded at least as fast as this */
	return points_times(sum, points_fading(time - a->time, account_half_life(a, settings))) < POINTS_LEAST;
}

void account_clear(struct account *a, struct names *names)
{
	const struct account empty = { .addr = a->addr, .total = a->total };

	for (unsigned i = 0; i < a->name_count; i++)
		names_release(names, a->names[i].name);
	free(a->names);
	*a = empty;
}
