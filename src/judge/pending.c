/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pending: what one run leaves for the next: evidence that can still reach a threshold or be taken out of a standing
 * ban, logins that make customers known, connections that are open, names that many addresses failed for.
 *
 * Lines, in this order: "last TIME"; "open KEY TIME SEEN" a connection, oldest first; "name USER ADDRESSES TEXT" and
 * behind it address and time of each that failed, the name that was tried last last; then an address and behind it kind,
 * time, count and user of each mark. Numbers are hex. What can no longer matter at the time of the last event is left
 * out, so that the state is as small as the evidence, and the same events give the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/fields.h"
#include "judge/tally_inside.h"
#include "judge/window.h"

enum { LOGINS_KEPT = 200000 }; /* known customers; those who logged in last */

/* What is saved is seen from here. */
struct saving {
	const struct tally *tally;
	uint32_t horizon;
	uint32_t oldest_login;   /* logins up to then are too many */
};

static bool is_wanted(const struct saving *saving, const struct standing *s, const struct mark *m)
{
	const struct tally *tally = saving->tally;
	uint32_t horizon = saving->horizon;
	int64_t age = (int64_t)horizon - (int64_t)m->time;

	if (mark_kind(m) == MARK_LOGIN)
		return age <= tally->settings->known && m->time > saving->oldest_login;
	/* it still speaks for events of the same second, and for who shares in guessing */
	if (mark_kind(m) == MARK_GOOD)
		return m->low >= horizon ||
		       (tally->settings->ban_sprayers && (int64_t)horizon - (int64_t)m->low <= tally->settings->known);
	if (!mark_is_evidence(m))
		return false;
	if (s != NULL && s->until != 0)
		return s->until > horizon ? !s->firm : m->time >= s->until;
	return age <= (int64_t)tally->ledger.span;
}

static void save_mark(const struct mark *m, struct buf *out)
{
	fields_add(out, m->what);
	fields_add(out, mark_kind(m) == MARK_GOOD ? m->low : m->time);
	fields_add(out, m->count);
	fields_add(out, mark_user(m));
}

/* Logins come first and by user, whatever the order in which they are kept. */
static void save_logins(struct mark *logins, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		size_t least = i;
		struct mark m;

		for (size_t k = i + 1; k < count; k++)
			least = mark_user(&logins[k]) < mark_user(&logins[least]) ? k : least;
		m = logins[least];
		logins[least] = logins[i];
		logins[i] = m;
		save_mark(&m, out);
	}
}

static int compare_times(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

static uint32_t oldest_login(const struct tally *tally)
{
	const struct store *store = &tally->ledger.store;
	uint32_t *times = NULL, oldest = 0;
	size_t count = 0, capacity = 0;

	for (size_t i = 0; i < store->entry_count; i++) {
		const struct entry *e = store_entry(store, i);
		const struct mark *marks = store_marks(store, e);

		for (size_t k = 0; k < e->mark_count; k++) {
			if (mark_kind(&marks[k]) != MARK_LOGIN)
				continue;
			times = mem_grow(times, &capacity, count + 1, sizeof(*times));
			times[count++] = marks[k].time;
		}
	}
	if (count > LOGINS_KEPT) {
		qsort(times, count, sizeof(*times), compare_times);
		oldest = times[LOGINS_KEPT];
	}
	free(times);
	return oldest;
}

static void save_entry(const struct saving *saving, const struct entry *e, struct buf *out)
{
	const struct tally *tally = saving->tally;
	const struct standing *s = store_standing(&tally->ledger.store, e);
	const struct mark *marks = store_marks(&tally->ledger.store, e);
	struct addr a = entry_addr(tally->settings, e);
	struct mark logins[LEDGER_LOGINS];
	size_t login_count = 0, wanted = 0;

	for (size_t i = 0; i < e->mark_count; i++) {
		if (!is_wanted(saving, s, &marks[i]))
			continue;
		if (mark_kind(&marks[i]) == MARK_LOGIN && login_count < LEDGER_LOGINS)
			logins[login_count++] = marks[i];
		wanted++;
	}
	if (wanted == 0)
		return;
	addr_add_to(out, &a);
	save_logins(logins, login_count, out);
	for (size_t i = 0; i < e->mark_count; i++) {
		if (mark_kind(&marks[i]) != MARK_LOGIN && is_wanted(saving, s, &marks[i]))
			save_mark(&marks[i], out);
	}
	buf_add_char(out, '\n');
}

static void save_connections(const struct connections *all, uint32_t horizon, struct buf *out)
{
	for (uint32_t i = 0; i < all->used; i++) {
		const struct connection *c = &all->ring[(all->next + i) % all->used];

		if (c->key == 0 || (int64_t)horizon - (int64_t)c->time > CONNECTION_AGE)
			continue;
		buf_add_text(out, "open");
		fields_add(out, c->key);
		fields_add(out, c->time);
		fields_add(out, c->seen);
		buf_add_char(out, '\n');
	}
}

/* A blank or a control byte in a name would end its word. */
static void add_word(struct buf *out, const char *text, size_t len)
{
	buf_add_char(out, ' ');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c > ' ' && c < 0x7f && c != '%')
			buf_add_char(out, (char)c);
		else
			buf_addf(out, "%%%02x", c);
	}
	if (len == 0)
		buf_add_char(out, '%');
}

/* Of a name or of an address that failed for it, for sorting: those that failed last stand last. */
struct recent {
	uint32_t time;
	uint64_t user;
	struct addr addr;
	const struct name *name;
};

static int compare_recent(const void *a, const void *b)
{
	const struct recent *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->user != y->user)
		return x->user < y->user ? -1 : 1;
	return addr_compare(&x->addr, &y->addr);
}

static size_t recent_seen(const struct tally *tally, const struct name *name, uint32_t horizon, struct recent *seen)
{
	size_t count = 0;

	for (size_t i = 0; i < name->seen.count; i++) {
		if ((int64_t)horizon - (int64_t)seen_time(&name->seen, i) > tally->names.window)
			continue;
		seen[count++] = (struct recent){ .time = seen_time(&name->seen, i), .user = name->user, .name = name,
			.addr = entry_addr(tally->settings, store_entry(&tally->ledger.store, seen_entry(&name->seen, i))) };
	}
	qsort(seen, count, sizeof(*seen), compare_recent);
	return count;
}

static void save_names(const struct tally *tally, uint32_t horizon, struct buf *out)
{
	struct recent *names = mem_alloc(tally->names.used, sizeof(*names)), seen[SEEN_MAX];
	size_t count = 0;

	for (uint32_t i = 0; i < tally->names.used; i++) {
		size_t n = recent_seen(tally, &tally->names.ring[i], horizon, seen);

		if (n > 0)
			names[count++] = seen[n - 1];
	}
	qsort(names, count, sizeof(*names), compare_recent);
	for (size_t i = 0; i < count; i++) {
		const struct name *name = names[i].name;
		size_t n = recent_seen(tally, name, horizon, seen);

		buf_add_text(out, "name");
		fields_add(out, name->user);
		fields_add(out, name->addresses);
		add_word(out, name->text, name->len);
		for (size_t k = 0; k < n; k++) {
			buf_add_char(out, ' ');
			addr_add_to(out, &seen[k].addr);
			fields_add(out, seen[k].time);
		}
		buf_add_char(out, '\n');
	}
	free(names);
}

void tally_save(struct tally *tally, struct buf *out)
{
	uint32_t *numbers = store_sorted(&tally->ledger.store), horizon = tally_horizon(tally);
	struct saving saving = { tally, horizon, oldest_login(tally) };

	buf_add_text(out, "last");
	fields_add(out, horizon);
	buf_add_char(out, '\n');
	save_connections(&tally->connections, horizon, out);
	save_names(tally, horizon, out);
	for (size_t i = 0; i < tally->ledger.store.entry_count; i++)
		save_entry(&saving, store_entry(&tally->ledger.store, numbers[i]), out);
	free(numbers);
}
