/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judgement against a slow one, over random streams of events: accounts after each event, and the list. The same
 * streams cut into runs, of which some are killed, come to the same bytes; and with what a person does to the list
 * between runs, to the same list. MAILBAN_STREAMS says how many streams; a difference is told with a MAILBAN_SEED that
 * shows it at MAILBAN_STREAMS=1. */
#include <setjmp.h>
#include <malloc.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "amended.h"
#include "base/sanitized.h"
#include "judge/decide.h"
#include "judge/edits.h"
#include "list/blacklist.h"
#include "random.h"
#include "slow_list.h"

enum { STREAMS = SANITIZED ? 600 : 10000 };

enum { HOSTS = 22, NAMES = SLOW_NAMES, EVENTS = 120 };
#define BASE INT64_C(1793491200) /* 2026-11-01T00:00Z */

static uint64_t random_state;

static uint32_t pick(uint32_t below)
{
	return (uint32_t)random_below(&random_state, below);
}

static bool often(uint32_t one_of)
{
	return pick(one_of) != 0;
}

/* The names as they are compared, and as servers write them. */
static char folded[NAMES][8], written[NAMES][3][24];
static unsigned names;

static struct addr hosts[HOSTS];
static struct slow_event stream[EVENTS];
static const char *spelled[EVENTS];
static struct judge_settings settings;
static struct netset allow;
static struct slow_judge slow;

static struct addr net_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse_net(&a, text, strlen(text)));
	return a;
}

static void make_names(void)
{
	static const char *const nobody[3] = { "", "-notset-", "(unavailable)" };

	for (unsigned n = 0; n < NAMES; n++) {
		if (n > 0)
			snprintf(folded[n], sizeof(folded[n]), "ann%u", n);
		for (unsigned i = 0; i < 3; i++)
			snprintf(written[n][i], sizeof(written[n][i]), n == 0 || i == 0 ? "%.15s" :
				i == 1 ? "%.10s@example.org" : "EX\\%.10s", n == 0 ? nobody[i] : folded[n]);
		if (n > 0 && n % 2 == 0)
			written[n][n % 3][0] = 'A';
	}
}

static void make_hosts(void)
{
	char text[60];

	for (unsigned i = 0; i < HOSTS; i++) {
		if (i < 10)
			snprintf(text, sizeof(text), "192.0.2.%u", i + 1);
		else if (i < 14)
			snprintf(text, sizeof(text), "198.51.100.%u", i);
		else if (i < 20)
			snprintf(text, sizeof(text), "2001:db8:%x:%x::%x", i & 1, i / 2, i);
		else
			snprintf(text, sizeof(text), i == 20 ? "10.0.0.1" : "203.0.113.5");
		hosts[i] = net_of(text);
	}
}

/* ---- random streams ---- */

static void make_settings(void)
{
	judge_settings_defaults(&settings);
	settings.threshold = (pick(2) ? 5 : 2 + pick(8)) * POINT;
	settings.half_life = pick(2) ? 4 * 86400 : 3600 * (1 + pick(200));
	settings.known = pick(2) ? 30 * 86400 : 3600 * (1 + pick(400));
	settings.forget = pick(2) ? 36 * 86400 : 86400 * (1 + pick(40));
	settings.ban_least = pick(3) ? 0 : 60 * pick(6000);
	settings.ban_most = pick(3) ? 182 * 86400 : settings.ban_least + 3600 * (1 + pick(400));
	settings.ban_private = pick(2);
	judge_settings_networks(&settings, pick(5) + (pick(2) ? 1 : 0));
	if (pick(3) == 0)
		assert_null(judge_settings_aggregate(&settings, pick(2) ? "20:5" : "28:2", false));
	assert_null(judge_settings_check(&settings));
	netset_free(&allow);
	netset_add(&allow, &hosts[HOSTS - 1]);
	if (pick(3) == 0)
		netset_add(&allow, &hosts[pick(HOSTS)]);
	netset_finish(&allow);
}

static void make_failure(struct slow_event *e, unsigned named)
{
	e->class = often(3) ? CLASS_AUTH : (unsigned)pick(CLASS_GOOD);
	e->name = pick(8) < named ? pick(names) : 0;
	e->count = often(8) ? 1 : 1 + pick(6);
	if (pick(20) == 0) {
		e->repeats = 1 + pick(4);
		e->count *= e->repeats;
	}
	e->named = pick(4) == 0;
	e->teller = pick(4);
	e->thousandths = pick(25) == 0 ? 1 + pick(pick(4) ? 4000 : 150000) : 0;
}

static void make_stream(void)
{
	static const uint32_t steps[] = { 2, 6, 30, 300, 3000, 30000, 200000 };
	uint32_t quick = 2 + pick(6), busy = 1 + pick(HOSTS), named = pick(9), good = pick(10), from = pick(HOSTS);
	uint32_t connected = pick(3), kinds = pick(4), late = pick(4);
	/* lengths of time that decide something, and one second more */
	const int64_t edges[] = { 5, 6, 60, 61, 3600, 3601, 86400, 86401, settings.known, settings.known + 1,
		settings.half_life };
	uint32_t exact = UINT32_C(4) << pick(8);
	int64_t now = BASE;
	bool spread = pick(12) == 0, crowded = !spread && pick(12) == 0, unresolved = !spread && !crowded && pick(12) == 0;

	names = crowded ? NAMES : spread ? 3 : 9;
	if (crowded) {
		busy = 1;
		good = pick(2);
	}
	if (spread || crowded)
		named = 8;
	if (spread || unresolved)
		busy = HOSTS;
	/* mails and nameless connections of many clients: the names of some are lost */
	if (unresolved) {
		good = 12;
		connected = 2;
	}
	for (unsigned i = 0; i < EVENTS; i++) {
		struct slow_event *e = &stream[i];

		*e = (struct slow_event){ .count = 1, .addr = hosts[(from + pick(busy)) % HOSTS] };
		now += pick(exact) == 0 ? edges[pick(sizeof(edges) / sizeof(*edges))] : pick(steps[pick(quick)]);
		e->time = now - (pick(12) < late ? pick(pick(2) ? 10 : 9000) : 0);
		if (pick(24) < good) {
			e->class = CLASS_GOOD;
			e->accepted = pick(2);
			e->named = pick(unresolved ? 2 : 4) == 0;
			e->name = pick(5) ? pick(names) : 0;
		} else {
			make_failure(e, named);
			if (crowded || (e->class == CLASS_AUTH && kinds == 0))
				e->class = crowded ? CLASS_AUTH : (unsigned)pick(CLASS_GOOD);
			if (unresolved && pick(2))
				e->class = CLASS_UNKNOWN;
		}
		if (pick(2) < connected) {
			e->connection = 1 + pick(pick(2) ? 4 : 40) + 1000 * (e->addr.lo & 0xff);
			e->begins = pick(unresolved ? 2 : 8) == 0;
			e->ends = pick(8) == 0;
		}
		spelled[i] = written[e->name][pick(3)];
	}
}

/* Deals the stream to a few logs, each in its own order, and merges them by time, the first log first. */
static void deal_and_merge(void)
{
	struct slow_event dealt[EVENTS];
	const char *dealt_spelled[EVENTS];
	unsigned logs = 1 + pick(4), log[EVENTS];

	memcpy(dealt, stream, sizeof(dealt));
	memcpy(dealt_spelled, spelled, sizeof(dealt_spelled));
	for (unsigned i = 0; i < EVENTS; i++)
		log[i] = pick(logs);
	for (unsigned i = 0; i < EVENTS; i++) {
		unsigned best = EVENTS;

		for (unsigned l = 0; l < logs; l++) {
			unsigned head = 0;

			while (head < EVENTS && log[head] != l)
				head++;
			if (head < EVENTS && (best == EVENTS || dealt[head].time < dealt[best].time))
				best = head;
		}
		stream[i] = dealt[best];
		spelled[i] = dealt_spelled[best];
		log[best] = logs;
	}
}

static void print_stream(unsigned to)
{
	print_message("threshold %lld half-life %lld known %lld forget %lld least %lld most %lld networks %u\n",
		(long long)(settings.threshold / POINT), (long long)settings.half_life, (long long)settings.known,
		(long long)settings.forget, (long long)settings.ban_least, (long long)settings.ban_most,
		settings.aggregate_count > 0 ? settings.aggregates[0].hosts : 0);
	for (unsigned i = 0; i < to; i++) {
		const struct slow_event *e = &stream[i];
		char text[ADDR_TEXT_MAX];

		addr_format(text, &e->addr);
		print_message("%u: %lld %s %s%s name=%u n=%u/%u own=%u c=%llu%s%s%s%s\n", i, (long long)(e->time - BASE), text,
			event_class_name(e->class), e->accepted ? "-mail" : "", e->name, e->count, e->repeats, e->thousandths,
			(unsigned long long)e->connection, e->begins ? " begins" : "", e->ends ? " ends" : "",
			e->named ? " named" : "", e->teller > 1 ? " pam" : e->teller == 1 ? " checker" : "");
	}
}

/* ---- the judge that is tested ---- */

/* What stands in the files. */
struct files {
	struct buf accounts, names, connections, clocks, list;
};

static void files_free(struct files *f)
{
	buf_free(&f->accounts);
	buf_free(&f->names);
	buf_free(&f->connections);
	buf_free(&f->clocks);
	buf_free(&f->list);
}

struct run {
	struct judge judge;
	struct banlist list;
	int64_t now;
};

static struct span span_of(const struct buf *b)
{
	return (struct span){ b->ptr, b->len };
}

static void run_begin(struct run *r, const struct files *f, int64_t now, enum edits_file kind)
{
	struct buf text = { 0 }, gone = { 0 };

	*r = (struct run){ .now = now };
	judge_init(&r->judge, &settings, now);
	assert_int_equal(names_load(&r->judge.accounts.names, span_of(&f->names)), 0);
	assert_int_equal(accounts_load(&r->judge.accounts, span_of(&f->accounts)), 0);
	assert_int_equal(connections_load(&r->judge.connections, span_of(&f->connections)), 0);
	assert_int_equal(judge_load_clocks(&r->judge, span_of(&f->clocks)), 0);
	buf_add(&text, f->list.ptr, f->list.len);
	if (f->list.len > 0)
		assert_int_equal(blacklist_parse(&text, "list", &r->list), 0);
	edits_take(&r->judge, &r->list, kind, &gone);
	buf_free(&gone);
}

static void run_event(struct run *r, unsigned i)
{
	const struct slow_event *e = &stream[i];
	struct event event = { .addr = e->addr, .time = e->time, .connection = e->connection, .count = e->count,
		.repeats = e->repeats, .lines = e->repeats, .points = e->thousandths, .event_class = (uint8_t)e->class };

	event.user = (struct span){ spelled[i], strlen(spelled[i]) };
	event.flags = (uint16_t)((e->accepted ? EVENT_ACCEPTED : 0) | (e->named ? EVENT_NAMED : 0) |
		(e->teller > 1 ? EVENT_PAM : e->teller == 1 ? EVENT_CHECKER : 0) |
		(e->connection != 0 ? EVENT_PER_CONNECTION : 0) | (e->connection != 0 && e->begins ? EVENT_BEGINS : 0) |
		(e->connection != 0 && e->ends ? EVENT_ENDS : 0));
	judge_event(&r->judge, &event, r->now);
}

static void run_end(struct run *r, struct files *f)
{
	struct decide_input input = { .judge = &r->judge, .allow = &allow, .now = r->now };
	struct changes changes = { 0 };
	struct state state = { 0 };

	decide(&input, &r->list, &changes);
	assert_amended(&input, buf_text(&f->list), &r->list, &changes);
	files_free(f);
	*f = (struct files){ 0 };
	blacklist_format(&r->list, &f->list);
	judge_save(&r->judge, &state);
	buf_add_span(&f->accounts, state_lines(&state, STATE_ACCOUNTS));
	buf_add_span(&f->names, state_lines(&state, STATE_NAMES));
	buf_add_span(&f->connections, state_lines(&state, STATE_CONNECTIONS));
	buf_add_span(&f->clocks, state_lines(&state, STATE_JUDGE));
	state_free(&state);
	changes_free(&changes);
	judge_free(&r->judge);
	banlist_free(&r->list);
}

/* ---- comparing ---- */

static unsigned stream_number, event_number;
static uint64_t stream_seed;

static void same(const struct addr *addr, const char *what, int64_t is, int64_t slow_is)
{
	char text[ADDR_TEXT_MAX];

	if (is == slow_is)
		return;
	print_stream(event_number + 1);
	addr_format(text, addr);
	fail_msg("stream %u, MAILBAN_SEED=%llu: after event %u %s of %s is %lld, slowly %lld", stream_number,
		(unsigned long long)stream_seed, event_number, what, text, (long long)is, (long long)slow_is);
}

static int64_t or_0(int64_t time)
{
	return time < 0 ? 0 : time;
}

static void compare_names(const struct judge *judge, const struct account *a, const struct slow_account *s)
{
	for (unsigned n = 0; n < names; n++) {
		uint32_t number = names_find(&judge->accounts.names, folded[n], strlen(folded[n]));
		const struct account_name *p = number == HASH_NONE ? NULL : account_find_name(a, number);

		same(&a->addr, folded[n], p != NULL ? p->points : 0, s->names[n].points);
		same(&a->addr, "login", p != NULL ? p->last_login : 0, or_0(s->names[n].login));
		if (n != 0)
			same(&a->addr, "fail", p != NULL ? p->last_failure : 0, or_0(s->names[n].fail));
	}
}

static void compare_account(const struct judge *judge, const struct account *a, const struct slow_account *s)
{
	int64_t sum = 0, slow_sum = 0;

	same(&a->addr, "time", a->time, s->time);
	same(&a->addr, "since", a->since, or_0(s->since));
	for (unsigned c = 0; c < CLASS_GOOD; c++) {
		sum += a->points[c];
		slow_sum += s->points[c];
		if (s->net == NULL)
			same(&a->addr, event_class_name(c), a->points[c], s->points[c]);
	}
	same(&a->addr, "sum", sum, slow_sum);
	compare_names(judge, a, s);
	same(&a->addr, "credit", a->credit, s->credit);
	same(&a->addr, "share", a->share, s->share);
	same(&a->addr, "until", a->until, or_0(s->until));
	same(&a->addr, "ended", a->ended, or_0(s->ended));
	same(&a->addr, "good", a->last_good, or_0(s->good));
	same(&a->addr, "mail", a->last_mail, or_0(s->mail));
	same(&a->addr, "hosts", a->hosts, s->hosts);
	same(&a->addr, "breached", (a->flags & ACCOUNT_BREACHED) != 0, s->breached);
	if (a->since != 0 || a->ended != 0)
		same(&a->addr, "level", a->level, s->level);
	if (s->net == NULL)
		same(&a->addr, "hits", a->hits, s->hits);
}

/* All, or those that an event of the address is about. */
static void compare_accounts(const struct judge *judge, const struct addr *about)
{
	same(&stream[0].addr, "clock", judge->clock, slow.clock);
	for (size_t i = 0; i < slow.account_count; i++) {
		struct slow_account *s = &slow.accounts[i];
		const struct account *a;

		if (about != NULL && !addr_contains(&s->addr, about))
			continue;
		a = accounts_find(&judge->accounts, &s->addr);
		if (a != NULL)
			compare_account(judge, a, s);
		else if (!slow_is_over(&slow, s, slow.clock - SLOW_DAY))
			same(&s->addr, "account", 0, 1);
	}
	same(&stream[0].addr, "entered", (int64_t)judge->entered.count, slow.entered);
}

static void compare_list(const struct files *f, const struct slow_list *list)
{
	struct banlist bans = { 0 };
	struct buf text = { 0 };

	buf_add(&text, f->list.ptr, f->list.len);
	if (f->list.len > 0)
		assert_int_equal(blacklist_parse(&text, "list", &bans), 0);
	for (size_t i = 0; i < list->count; i++) {
		const struct slow_line *l = &list->lines[i];
		const struct ban *b = banlist_find(&bans, &l->net);

		same(&l->net, "line", b != NULL, true);
		if (b == NULL)
			continue;
		same(&l->net, "line's end", b->until, l->until);
		if (l->account != NULL)
			same(&l->net, "line's begin", b->since, l->account->since / 60 * 60);
	}
	for (size_t i = 0; i < bans.count; i++) {
		bool found = false;

		for (size_t k = 0; k < list->count; k++)
			found |= addr_equal(&list->lines[k].net, &bans.bans[i].net);
		same(&bans.bans[i].net, "line", true, found);
	}
	banlist_free(&bans);
}

/* Which lines stood in the list before the last one is the one thing that depends on runs. */
static void forget_was_listed(struct buf *text)
{
	static const char word[] = " was-listed";
	size_t kept = 0;

	for (size_t i = 0; i < text->len; i++) {
		if (text->len - i > strlen(word) && memcmp(text->ptr + i, word, strlen(word)) == 0)
			i += strlen(word);
		text->ptr[kept++] = text->ptr[i];
	}
	text->len = kept;
}

static void same_text(const char *what, struct buf *often_is, struct buf *once_is)
{
	size_t at = 0, line = 0;

	forget_was_listed(often_is);
	forget_was_listed(once_is);
	if (often_is->len == once_is->len && (once_is->len == 0 || memcmp(often_is->ptr, once_is->ptr, once_is->len) == 0))
		return;
	for (; at < often_is->len && at < once_is->len && often_is->ptr[at] == once_is->ptr[at]; at++)
		line = often_is->ptr[at] == '\n' ? at + 1 : line;
	fail_msg("stream %u, MAILBAN_SEED=%llu: %s of many runs and of one:\n%.600s\n%.600s", stream_number,
		(unsigned long long)stream_seed, what, often_is->len > line ? often_is->ptr + line : "",
		once_is->len > line ? once_is->ptr + line : "");
}

/* ---- one run, and many ---- */

static void one_run(struct files *f, int64_t now)
{
	struct slow_list list = { .count = 0 };
	struct run run;

	run_begin(&run, f, now, EDITS_NONE);
	slow = (struct slow_judge){ .s = &settings };
	for (event_number = 0; event_number < EVENTS; event_number++) {
		run_event(&run, event_number);
		slow_judge_event(&slow, &stream[event_number]);
		compare_accounts(&run.judge, &stream[event_number].addr);
	}
	event_number = EVENTS - 1;
	compare_accounts(&run.judge, NULL);
	run_end(&run, f);
	slow_decide(&slow, now, &allow, &list);
	compare_list(f, &list);
}

static void files_copy(struct files *to, const struct files *from)
{
	files_free(to);
	*to = (struct files){ 0 };
	buf_add(&to->accounts, from->accounts.ptr, from->accounts.len);
	buf_add(&to->names, from->names.ptr, from->names.len);
	buf_add(&to->connections, from->connections.ptr, from->connections.len);
	buf_add(&to->clocks, from->clocks.ptr, from->clocks.len);
	buf_add(&to->list, from->list.ptr, from->list.len);
}

static bool is_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0);
}

enum killed { KILLED_EARLY, KILLED_BETWEEN, KILLED_NOT };

static enum killed pick_killed(void)
{
	return pick(2) ? KILLED_NOT : (enum killed)pick(2);
}

/* A run over the events before `to`, which is killed before it has written anything, or when the state was written and
 * the list was not. */
static void run_over(struct files *f, unsigned from, unsigned to, int64_t now, enum edits_file *kind,
	enum killed killed)
{
	struct files before = { 0 };
	struct run run;

	files_copy(&before, f);
	run_begin(&run, f, now, *kind);
	for (; from < to; from++)
		run_event(&run, from);
	run_end(&run, f);
	if (killed == KILLED_EARLY)
		files_copy(f, &before);
	else
		*kind = EDITS_NONE;
	if (killed == KILLED_BETWEEN && !is_same(&f->list, &before.list)) {
		*kind = EDITS_UNWRITTEN;
		buf_clear(&f->list);
		buf_add(&f->list, before.list.ptr, before.list.len);
	}
	files_free(&before);
}

static void many_runs(struct files *f, int64_t now)
{
	unsigned from = 0, runs = 2 + pick(8);
	enum edits_file kind = EDITS_NONE;

	for (unsigned i = 0; i < runs; i++) {
		bool last = i == runs - 1;
		unsigned to = last ? EVENTS : from + pick(EVENTS - from + 1);
		enum killed killed = last ? KILLED_NOT : pick_killed();

		run_over(f, from, to, last ? now : to > 0 ? stream[to - 1].time : BASE, &kind, killed);
		from = killed == KILLED_EARLY ? from : to;
	}
}

/* ---- a person's edits between runs ---- */

static const char remark[] = "# a remark\n";
static unsigned remarks;

/* Puts a text in the place of the line of net, or behind all lines. */
static void put_line(struct files *f, const struct addr *net, const char *text)
{
	char address[ADDR_TEXT_MAX + 1];
	struct buf edited = { 0 };
	size_t len = addr_format(address, net);
	bool found = false;

	address[len++] = ' ';
	if (f->list.len == 0)
		buf_add_text(&f->list, BLACKLIST_HEADER);
	for (size_t at = 0, next; at < f->list.len; at = next) {
		const char *line = f->list.ptr + at;

		next = at + (size_t)((const char *)memchr(line, '\n', f->list.len - at) - line) + 1;
		if (next - at > len && memcmp(line, address, len) == 0) {
			buf_add_text(&edited, text);
			found = true;
		} else {
			buf_add(&edited, line, next - at);
		}
	}
	if (!found)
		buf_add_text(&edited, text);
	buf_free(&f->list);
	f->list = edited;
}

static void put_ban(struct files *f, const struct slow_line *l, int64_t since, const char *above)
{
	struct ban ban = { .net = l->net, .since = since, .until = l->until, .by = CLASS_AUTH };
	struct buf line = { 0 };

	if (l->hand)
		ban.by = BAN_BY_HAND;
	buf_add_text(&line, above);
	blacklist_add_line(&line, &ban, (struct span){ "", 0 });
	buf_add_char(&line, '\n');
	put_line(f, &l->net, buf_text(&line));
	buf_free(&line);
}

static void add_by_hand(struct files *f, struct slow_list *list, int64_t now)
{
	struct addr unit = judge_unit(&settings, &hosts[pick(HOSTS)]);
	struct slow_line *l;

	if (slow_list_find(list, &unit) != NULL)
		return;
	l = &list->lines[list->count++];
	*l = (struct slow_line){ .net = unit, .until = slow_minute(now) + 60 * (1 + pick(20000)), .hand = true };
	put_ban(f, l, now / 60 * 60, "");
}

static void make_own(struct files *f, struct slow_line *l)
{
	char text[ADDR_TEXT_MAX + 10];
	size_t len = addr_format(text, &l->net);

	snprintf(text + len, sizeof(text) - len, " # mine\n");
	put_line(f, &l->net, text);
	*l = (struct slow_line){ .net = l->net, .until = WHEN_FOREVER, .person = true };
}

static void change_end(struct files *f, struct slow_line *l, int64_t now)
{
	int64_t until = pick(6) == 0 ? WHEN_FOREVER : now / 60 * 60 + 60 * (int64_t)pick(40000) - (pick(4) ? 0 : 864000);

	if (l->account == NULL || until == l->until)
		return;
	l->until = until;
	l->account->until = until == WHEN_FOREVER ? UINT32_MAX : until;
	l->account->held = true;
	put_ban(f, l, l->account->since / 60 * 60, "");
}

static void edit_one(struct files *f, struct slow_list *list, int64_t now)
{
	struct slow_line *l = list->count > 0 ? &list->lines[pick((uint32_t)list->count)] : NULL;
	uint32_t what = pick(6);

	if (l == NULL || what == 0) {
		add_by_hand(f, list, now);
	} else if (what == 1) {
		make_own(f, l);
	} else if (what == 2 && l->account != NULL) {
		put_ban(f, l, l->account->since / 60 * 60, remark);
		remarks++;
	} else if (what == 3) {
		change_end(f, l, now);
	} else if (what > 3) {
		put_line(f, &l->net, "");
		slow_take_line(&slow, list, l);
	}
}

static unsigned count_remarks(struct files *f)
{
	unsigned count = 0;

	for (const char *at = buf_text(&f->list); (at = strstr(at, remark)) != NULL; at++)
		count++;
	return count;
}

/* Runs of which each may find what a person did to the list. The slow judge is told of it. */
static void edited_runs(void)
{
	struct slow_list list = { .count = 0 };
	struct files f = { 0 };
	enum edits_file kind = EDITS_NONE;
	int64_t now = BASE;
	unsigned from = 0;

	slow = (struct slow_judge){ .s = &settings };
	remarks = 0;
	settings.max_new = pick(2) ? 1 + pick(4) : 100000;
	while (from < EVENTS) {
		unsigned to = from + 1 + pick(EVENTS - from);

		now = slow_more(now, stream[to - 1].time);
		if (pick(3) == 0)
			run_over(&f, from, to, now, &kind, KILLED_EARLY);
		run_over(&f, from, to, now, &kind, KILLED_NOT);
		for (event_number = from; event_number < to; event_number++)
			slow_judge_event(&slow, &stream[event_number]);
		event_number = to - 1;
		slow_decide(&slow, now, &allow, &list);
		compare_list(&f, &list);
		same(&hosts[0], "remarks", count_remarks(&f), remarks);
		if (pick(2)) {
			edit_one(&f, &list, now);
			kind = EDITS_BY_PERSON;
		}
		from = to;
	}
	files_free(&f);
}

static void one_stream(uint64_t seed)
{
	struct files once = { 0 }, cut = { 0 };
	int64_t now;

	stream_seed = seed;
	random_state = random_begin(seed);
	make_names();
	make_hosts();
	make_settings();
	make_stream();
	deal_and_merge();
	now = stream[EVENTS - 1].time + (pick(2) ? pick(900000) : 0);
	one_run(&once, now);
	many_runs(&cut, now);
	same_text("list", &cut.list, &once.list);
	same_text("accounts", &cut.accounts, &once.accounts);
	same_text("names", &cut.names, &once.names);
	same_text("connections", &cut.connections, &once.connections);
	same_text("clocks", &cut.clocks, &once.clocks);
	edited_runs();
	files_free(&once);
	files_free(&cut);
}

static void the_slow_judge_agrees(void **state)
{
	const char *count = getenv("MAILBAN_STREAMS");
	uint64_t seed = random_seed();
	unsigned streams = count != NULL ? (unsigned)strtoul(count, NULL, 10) : STREAMS;

	(void)state;
	for (stream_number = 0; stream_number < streams; stream_number++)
		one_stream(seed + stream_number);
	/* a test that reaches nothing proves nothing; a few streams may miss what is rare */
	for (unsigned i = 0; i < SLOW_SEEN && streams >= 5000; i++)
		assert_true(slow_saw[i] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_slow_judge_agrees),
	};

#ifdef __GLIBC__
	/* each run has a table of connections of some megabytes, of which it touches little */
	(void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}
