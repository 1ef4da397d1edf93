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

static bool is_wanted(const struct tally *tally, const struct standing *s, const struct mark *m, uint32_t horizon)
{
	int64_t age = (int64_t)horizon - (int64_t)m->time;

	if (mark_kind(m) == MARK_LOGIN)
		return age <= tally->settings->known;
	/* it still speaks for events of the same second */
	if (mark_kind(m) == MARK_GOOD)
		return m->low >= horizon;
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

static void save_entry(const struct tally *tally, const struct entry *e, uint32_t horizon, struct buf *out)
{
	const struct standing *s = store_standing(&tally->ledger.store, e);
	const struct mark *marks = store_marks(&tally->ledger.store, e);
	struct addr a = entry_addr(tally->settings, e);
	struct mark logins[LEDGER_LOGINS];
	size_t login_count = 0, wanted = 0;

	for (size_t i = 0; i < e->mark_count; i++) {
		if (!is_wanted(tally, s, &marks[i], horizon))
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
		if (mark_kind(&marks[i]) != MARK_LOGIN && is_wanted(tally, s, &marks[i], horizon))
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

	for (size_t i = 0; i < name->seen_count; i++) {
		if ((int64_t)horizon - (int64_t)name->seen[i].time > tally->names.window)
			continue;
		seen[count++] = (struct recent){ .time = name->seen[i].time, .user = name->user, .name = name,
			.addr = entry_addr(tally->settings, store_entry(&tally->ledger.store, name->seen[i].entry)) };
	}
	qsort(seen, count, sizeof(*seen), compare_recent);
	return count;
}

static void save_names(const struct tally *tally, uint32_t horizon, struct buf *out)
{
	struct recent *names = mem_alloc(tally->names.used, sizeof(*names)), seen[NAME_SEEN];
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

	buf_add_text(out, "last");
	fields_add(out, horizon);
	buf_add_char(out, '\n');
	save_connections(&tally->connections, horizon, out);
	save_names(tally, horizon, out);
	for (size_t i = 0; i < tally->ledger.store.entry_count; i++)
		save_entry(tally, store_entry(&tally->ledger.store, numbers[i]), horizon, out);
	free(numbers);
}

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
		if (s != NULL && s->doubted && !mark_is_evidence(&m))
			store_insert(&tally->afresh.store, tally_afresh(tally, &a), 0, m);
		if (s != NULL && mark_is_evidence(&m)) {
			s->firm = false;
			e->quiet = 0;
		}
		store_insert(&tally->ledger.store, e, e->mark_count, m);
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
