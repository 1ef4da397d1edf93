/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judgement against a slow one that is written down plainly, over random streams of events that are cut at random
 * into runs; some runs are killed before they have written all and done again. MAILBAN_STREAMS says how many streams;
 * a difference is told with a MAILBAN_SEED that shows it at MAILBAN_STREAMS=1.
 *
 * The slow judge keeps every event in one array, never prunes, goes through everything again for each question, and
 * knows nothing of runs. */
#include "judging_driver.h"
#include "random.h"

enum { HOSTS = 16, USERS = 7, EVENTS = 90, BANS = 400 };

static uint64_t random_state;

static uint32_t pick(uint32_t below)
{
	return (uint32_t)random_below(&random_state, below);
}

/* user 0 is none. */
static const char *const users[USERS] = { "", "alice", "bob", "carol", "dave", "erin", "frank" };

struct happening {
	int64_t time;
	unsigned host, user, count;
	enum event_class class;
	bool weak, mail;
};

static struct addr hosts[HOSTS];
static struct happening happenings[EVENTS];

/* ---- the slow judge ---- */

struct evidence {
	int64_t time;
	unsigned user, count;
	enum event_class class;
	bool weak, known;
};

struct slow_ban {
	struct addr net;
	int64_t since, until;
	uint64_t hits;
	unsigned by, level, hosts;
};

struct slow_host {
	struct evidence evidence[EVENTS];
	size_t count;
	struct slow_ban bans[EVENTS], now;
	size_t ban_count;
	bool stands, firm, tried[USERS];
	int64_t last_end;
	unsigned last_level, sole;  /* sole: all bans that ended were for this user; 0: no such user */
	int64_t login[USERS];
	int64_t goods[EVENTS];
	size_t good_count;
};

struct crossed {
	int64_t time;
	uint64_t hits;
	unsigned by;
};

static const struct judge_settings *rules;

static bool mail_takes(const struct evidence *e)
{
	return e->weak || e->class == CLASS_UNKNOWN;
}

static bool can_go(const struct evidence *e)
{
	return e->user != 0 || mail_takes(e);
}

/* Whether, with the i-th piece, the chosen ones of its kind reach the threshold. */
static bool reaches(const struct slow_host *h, size_t i, bool (*chosen)(const struct evidence *, const struct evidence *),
	uint64_t *hits)
{
	const struct evidence *e = &h->evidence[i];
	int64_t window = e->known ? rules->known_window : rules->classes[e->class].window;
	uint32_t threshold = e->known ? rules->known_threshold : rules->classes[e->class].threshold;

	*hits = 0;
	for (size_t k = 0; k <= i; k++) {
		if (h->evidence[k].class == e->class && h->evidence[k].known == e->known &&
		    (!e->known || h->evidence[k].user == e->user) && chosen(&h->evidence[k], e) &&
		    e->time - h->evidence[k].time <= window)
			*hits += h->evidence[k].count;
	}
	return threshold > 0 && chosen(e, e) && *hits >= threshold;
}

static bool any(const struct evidence *e, const struct evidence *like)
{
	(void)e;
	(void)like;
	return true;
}

static bool only_lasting(const struct evidence *e, const struct evidence *like)
{
	(void)like;
	return !can_go(e);
}

static bool only_like(const struct evidence *e, const struct evidence *like)
{
	return e->user == like->user && e->weak == like->weak;
}

static bool crossing_of(const struct slow_host *h, struct crossed *best)
{
	bool found = false;

	for (size_t i = 0; i < h->count; i++) {
		const struct evidence *e = &h->evidence[i];
		uint64_t hits;

		if (reaches(h, i, any, &hits) &&
		    (!found || e->time < best->time || (e->time == best->time && e->class < best->by))) {
			*best = (struct crossed){ e->time, hits, e->class };
			found = true;
		}
	}
	return found;
}

static void make_firm(struct slow_host *h)
{
	for (size_t i = 0; i < h->count; i++) {
		if (h->evidence[i].class == CLASS_AUTH && !h->evidence[i].known)
			h->tried[h->evidence[i].user] = true;
	}
	h->firm = true;
	h->count = 0;
}

/* Begins, moves or lifts the ban, as the evidence says. */
static void settle(struct slow_host *h, const struct addr *net)
{
	struct crossed c = { 0 };

	if (!crossing_of(h, &c)) {
		h->stands = false;
		return;
	}
	h->now = (struct slow_ban){ .net = *net, .since = c.time / 60 * 60, .hits = c.hits, .by = c.by };
	h->now.level = h->last_end != 0 && h->now.since - h->last_end <= rules->forget ? h->last_level + 1 : 1;
	h->now.until = h->now.since + judge_ban_length(rules, c.by, h->now.level);
	h->stands = true;
	h->firm = false;
	memset(h->tried, 0, sizeof(h->tried));
	for (size_t i = 0; i < h->count && !h->firm; i++) {
		uint64_t hits;

		if (h->evidence[i].class != c.by || h->evidence[i].known || !reaches(h, i, only_lasting, &hits))
			continue;
		if (h->evidence[i].time == c.time && hits == c.hits)
			make_firm(h);
		break;
	}
}

static unsigned sole_of(const struct slow_host *h)
{
	unsigned user = h->count > 0 ? h->evidence[0].user : 0;

	for (size_t i = 0; i < h->count; i++) {
		if (h->evidence[i].user != user)
			return 0;
	}
	return h->now.level == 1 || h->sole == user ? user : 0;
}

static void end_ban(struct slow_host *h, int64_t time)
{
	size_t kept = 0;

	if (!h->stands || time < h->now.until)
		return;
	h->sole = sole_of(h);
	h->bans[h->ban_count++] = h->now;
	h->last_end = h->now.until;
	h->last_level = h->now.level;
	h->stands = h->firm = false;
	for (size_t i = 0; i < h->count; i++) {
		if (h->evidence[i].time >= h->now.until)
			h->evidence[kept++] = h->evidence[i];
	}
	h->count = kept;
}

/* Evidence that can count with nothing any more is none of a ban's. */
static void forget_old(struct slow_host *h, int64_t now)
{
	int64_t span = rules->repeat > rules->known_window ? rules->repeat : rules->known_window;
	size_t kept = 0;

	for (unsigned c = 0; c < CLASS_GOOD; c++)
		span = rules->classes[c].window > span ? rules->classes[c].window : span;
	for (size_t i = 0; i < h->count; i++) {
		if (h->evidence[i].time >= now - span)
			h->evidence[kept++] = h->evidence[i];
	}
	h->count = kept;
}

static void fail_at(struct slow_host *h, const struct addr *net, const struct happening *x)
{
	struct evidence e = { x->time, x->user, x->count, x->class, x->weak, false };
	uint64_t hits;

	end_ban(h, x->time);
	if (h->stands && h->firm) {
		if (x->class == CLASS_AUTH)
			h->tried[x->user] = true;
		return;
	}
	if (x->user != 0 && h->login[x->user] == x->time)
		return;
	if (mail_takes(&e) && h->good_count > 0 && h->goods[h->good_count - 1] == x->time)
		return;
	for (unsigned u = 1; u < USERS && mail_takes(&e); u++) {
		if (h->login[u] != 0 && x->time - h->login[u] <= rules->known)
			return;
	}
	e.known = x->class == CLASS_AUTH && x->user != 0 && h->login[x->user] != 0 &&
		  x->time - h->login[x->user] <= rules->known;
	for (size_t i = 0; i < h->count; i++) {
		if (rules->repeat > 0 && x->user != 0 && h->evidence[i].user == x->user && h->evidence[i].class == x->class &&
		    x->time - h->evidence[i].time <= rules->repeat)
			return;
	}
	if (!h->stands) {
		forget_old(h, x->time);
		h->evidence[h->count++] = e;
		settle(h, net);
		return;
	}
	for (size_t i = 0; i < h->count; i++) {
		if (h->evidence[i].class == e.class && h->evidence[i].known == e.known && only_like(&h->evidence[i], &e) &&
		    reaches(h, i, only_like, &hits))
			return;
	}
	h->evidence[h->count++] = e;
	if (h->count > 16 + rules->classes[h->now.by].threshold)
		make_firm(h);
}

static bool is_breach(const struct slow_host *h, int64_t time)
{
	uint64_t failures = 0;
	unsigned names = 0;
	bool tried[USERS] = { false };

	if (!h->stands)
		return false;
	for (size_t i = 0; i < h->count; i++) {
		const struct evidence *e = &h->evidence[i];

		if (e->class != CLASS_AUTH || e->known || time - e->time > rules->classes[CLASS_AUTH].window)
			continue;
		failures += e->count;
		tried[e->user] = true;
	}
	for (unsigned u = 1; u < USERS; u++)
		names += h->firm ? h->tried[u] : tried[u];
	return names >= rules->breach_users && (h->firm || failures >= rules->classes[CLASS_AUTH].threshold);
}

static void good_at(struct slow_host *h, const struct addr *net, const struct happening *x)
{
	size_t kept = 0;

	end_ban(h, x->time);
	if ((!x->mail || x->user != 0) && is_breach(h, x->time)) {
		if (!h->firm)
			make_firm(h);
		return;
	}
	for (size_t i = 0; i < h->count; i++) {
		const struct evidence *e = &h->evidence[i];

		if (!mail_takes(e) && (x->user == 0 || e->user != x->user))
			h->evidence[kept++] = *e;
	}
	if (kept != h->count) {
		h->count = kept;
		if (h->stands && !h->firm) {
			do {
				end_ban(h, x->time);
				settle(h, net);
			} while (h->stands && h->now.until <= x->time);
		}
	}
	if (x->user != 0 && !h->stands && h->sole == x->user) {
		h->ban_count = 0;
		h->last_end = 0;
		h->sole = 0;
	}
	if (x->user != 0)
		h->login[x->user] = x->time;
	h->goods[h->good_count++] = x->time;
}

static struct slow_host slow[HOSTS];
static struct slow_ban slow_nets[BANS], slow_all[BANS];
static size_t slow_net_count, slow_all_count;

static bool good_between(const struct addr *net, int64_t first, int64_t last)
{
	for (unsigned h = 0; h < HOSTS; h++) {
		for (size_t i = 0; addr_contains(net, &hosts[h]) && i < slow[h].good_count; i++) {
			if (slow[h].goods[i] >= first && slow[h].goods[i] <= last)
				return true;
		}
	}
	return false;
}

static void dissolve(int64_t until)
{
	size_t kept = 0;

	for (size_t i = 0; i < slow_net_count; i++) {
		struct slow_ban *n = &slow_nets[i];

		if (!good_between(&n->net, n->since, until < n->until ? until : n->until - 1))
			slow_nets[kept++] = *n;
	}
	slow_net_count = kept;
}

static void join(struct slow_ban *net, size_t at)
{
	const struct slow_ban *ban = &slow_all[at];
	bool member = false;

	for (size_t i = 0; i < at; i++)
		member |= addr_equal(&slow_all[i].net, &ban->net) && slow_all[i].until > net->since;
	net->until = ban->until > net->until ? ban->until : net->until;
	net->hits += ban->hits;
	net->hosts += !member;
	if (ban->since == net->since && ban->by < net->by)
		net->by = ban->by;
}

static void form(const struct addr *around, unsigned enough, size_t at)
{
	int64_t since = slow_all[at].since;
	struct slow_ban net = { .net = *around, .since = since, .by = CLASS_COUNT };

	if (good_between(around, since - rules->known, since))
		return;
	for (size_t i = 0; i <= at; i++) {
		if (!addr_contains(around, &slow_all[i].net) || slow_all[i].until <= since)
			continue;
		net.hosts++;
		net.hits += slow_all[i].hits;
		net.until = slow_all[i].until > net.until ? slow_all[i].until : net.until;
		net.by = slow_all[i].by < net.by ? slow_all[i].by : net.by;
	}
	if (net.hosts < enough)
		return;
	slow_nets[slow_net_count++] = net;
}

static int by_time(const void *a, const void *b)
{
	const struct slow_ban *x = a, *y = b;

	return x->since != y->since ? (x->since < y->since ? -1 : 1) : addr_compare(&x->net, &y->net);
}

static void slow_networks(void)
{
	slow_net_count = slow_all_count = 0;
	for (unsigned h = 0; h < HOSTS; h++) {
		for (size_t i = 0; i < slow[h].ban_count; i++)
			slow_all[slow_all_count++] = slow[h].bans[i];
		if (slow[h].stands)
			slow_all[slow_all_count++] = slow[h].now;
	}
	qsort(slow_all, slow_all_count, sizeof(slow_all[0]), by_time);
	for (size_t at = 0; at < slow_all_count; at++) {
		dissolve(slow_all[at].since);
		for (unsigned i = 0; i < rules->aggregate_count; i++) {
			struct addr around = addr_network(&slow_all[at].net, rules->aggregates[i].prefix);
			struct slow_ban *standing = NULL;

			if (rules->aggregates[i].v4 != addr_is_v4(&slow_all[at].net))
				continue;
			for (size_t k = 0; k < slow_net_count; k++) {
				if (addr_equal(&slow_nets[k].net, &around) && slow_nets[k].until > slow_all[at].since)
					standing = &slow_nets[k];
			}
			if (standing != NULL)
				join(standing, at);
			else
				form(&around, rules->aggregates[i].hosts, at);
		}
	}
	dissolve(INT64_MAX);
}

/* Joins two networks that are the halves of one; whether there were any. */
static bool collapse_two(struct banlist *list)
{
	for (size_t i = 0; i < list->count; i++) {
		for (size_t k = 0; k < list->count; k++) {
			struct ban *a = &list->bans[i], *b = &list->bans[k];
			struct addr around = addr_network(&a->net, (uint8_t)(a->net.prefix - 1));

			if (i == k || a->hosts == 0 || b->hosts == 0 || a->net.prefix != b->net.prefix ||
			    a->since != b->since || a->until != b->until || a->by != b->by ||
			    !addr_contains(&around, &b->net))
				continue;
			a->net = around;
			a->hits += b->hits;
			a->hosts += b->hosts;
			*b = list->bans[--list->count];
			return true;
		}
	}
	return false;
}

static void slow_list(int64_t now, struct buf *out)
{
	struct banlist list = { 0 };

	memset(slow, 0, sizeof(slow));
	for (unsigned i = 0; i < EVENTS; i++) {
		const struct happening *x = &happenings[i];

		if (x->class == CLASS_GOOD)
			good_at(&slow[x->host], &hosts[x->host], x);
		else
			fail_at(&slow[x->host], &hosts[x->host], x);
	}
	slow_networks();
	for (size_t i = 0; i < slow_net_count; i++) {
		const struct slow_ban *n = &slow_nets[i];

		bool inside = false;

		for (size_t k = 0; k < slow_net_count; k++)
			inside |= slow_nets[k].until > now && slow_nets[k].net.prefix < n->net.prefix &&
				  addr_contains(&slow_nets[k].net, &n->net);
		if (n->until > now && !inside)
			banlist_add(&list, &(struct ban){ .net = n->net, .since = n->since, .until = n->until, .hits = n->hits,
				.hosts = n->hosts, .by = (uint8_t)n->by });
	}
	for (size_t i = 0; i < slow_all_count; i++) {
		const struct slow_ban *b = &slow_all[i];
		bool inside = false;

		for (size_t k = 0; k < slow_net_count; k++)
			inside |= slow_nets[k].until > now && addr_contains(&slow_nets[k].net, &b->net);
		if (b->until > now && !inside)
			banlist_add(&list, &(struct ban){ .net = b->net, .since = b->since, .until = b->until, .hits = b->hits,
				.by = (uint8_t)b->by });
	}
	while (rules->collapse && collapse_two(&list))
		continue;
	banlist_sort(&list);
	blacklist_format(&list, out);
	banlist_free(&list);
}

/* ---- random streams ---- */

static void make_settings(struct judge_settings *s)
{
	static const int64_t lengths[] = { 3600, 4 * 3600, 86400, 3 * 86400, 120 };

	judge_settings_defaults(s);
	for (unsigned c = 0; c < CLASS_GOOD; c++) {
		s->classes[c].threshold = c == CLASS_HELO ? 1 + pick(2) : 2 + pick(5);
		s->classes[c].window = 600 + pick(3) * 3600;
		s->classes[c].ban_count = 1 + pick(3);
		for (unsigned i = 0; i < s->classes[c].ban_count; i++)
			s->classes[c].bans[i] = lengths[pick(5)];
	}
	s->repeat = pick(3) == 0 ? 0 : 60 + pick(900);
	s->known = 3600 + pick(86400);
	s->known_threshold = 2 + pick(8);
	s->known_window = 600 + pick(7200);
	s->breach_users = 2 + pick(3);
	s->forget = 3600 * (1 + pick(72));
	s->collapse = pick(2);
	s->attack_addresses = 0;
	assert_null(judge_settings_aggregate(s, pick(2) ? "24:3" : "24:5", true));
	assert_null(judge_settings_aggregate(s, "48:2", false));
	if (pick(2))
		assert_null(judge_settings_aggregate(s, "20:6", false));
	assert_null(judge_settings_check(s));
}

static void make_hosts(void)
{
	for (unsigned i = 0; i < HOSTS; i++) {
		char text[60];

		if (i < 12)
			snprintf(text, sizeof(text), "192.0.%u.%u", i % 3, i);
		else
			snprintf(text, sizeof(text), "2001:db8:%u:%u::", i & 1, i);
		hosts[i] = net_of(text);
		if (i >= 12)
			hosts[i].prefix = 64;
	}
}

static void make_happenings(void)
{
	static const int64_t steps[] = { 1, 7, 40, 200, 900, 3000, 20000 };
	int64_t now = BASE;
	uint32_t quick = 1 + pick(7), busy = 1 + pick(HOSTS), named = pick(4), good = pick(12);

	for (unsigned i = 0; i < EVENTS; i++) {
		struct happening *x = &happenings[i];

		*x = (struct happening){ .host = pick(busy) };
		x->count = pick(8) == 0 ? 1 + pick(4) : 1;
		now += pick((uint32_t)steps[pick(quick)]);
		x->time = now;
		if (pick(24) < good) {
			x->class = CLASS_GOOD;
			x->mail = pick(3) == 0;
			x->user = x->mail && pick(2) ? 0 : pick(USERS);
			continue;
		}
		x->class = pick(3) != 0 ? CLASS_AUTH : (enum event_class)pick(CLASS_GOOD);
		x->user = x->class == CLASS_AUTH && pick(4) < named ? pick(USERS) : 0;
		x->weak = x->class == CLASS_REJECT && pick(2);
	}
}

static void feed(struct run *run, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		const struct happening *x = &happenings[i];
		struct event event = { .addr = hosts[x->host], .time = x->time, .count = x->count,
				       .event_class = (uint8_t)x->class };

		event.addr.prefix = ADDR_BITS;
		event.user = (struct span){ users[x->user], strlen(users[x->user]) };
		event.user_hash = event_user_hash(event.user);
		event.flags = (uint8_t)((x->weak ? EVENT_WEAK : 0) | (x->mail ? EVENT_ACCEPTED : 0));
		tally_add(run->tally, &event);
	}
}

/* Runs over all events, cut into at most so many runs. Neither logs nor clock go back after a run that was killed. */
static void run_cut(struct world *w, unsigned cuts, int64_t end, bool killed)
{
	unsigned from = 0, seen = 0;
	int64_t now = BASE;

	for (unsigned i = 0; i <= cuts; i++) {
		unsigned to = i == cuts ? EVENTS : seen + pick(EVENTS - seen + 1);
		int64_t last = to > 0 ? happenings[to - 1].time : BASE, next = to < EVENTS ? happenings[to].time : end;
		struct run run;

		last = last > now ? last : now;
		now = i == cuts ? end : last + (next > last ? pick((uint32_t)(next - last)) : 0);
		seen = to;
		run_begin(&run, w, now);
		feed(&run, from, to);
		if (killed && i < cuts && pick(3) == 0) {
			run_end(&run, (int)pick(2));
			continue;
		}
		run_end(&run, 2);
		from = to;
	}
}

/* What happened, in the words of the driver, so that a failure can be looked into. */
static void print_stream(void)
{
	for (unsigned i = 0; i < EVENTS; i++) {
		const struct happening *x = &happenings[i];
		char text[ADDR_TEXT_MAX];

		addr_format(text, &hosts[x->host]);
		print_message("%lld %s %s user=%s n=%u%s%s\n", (long long)(x->time - BASE), text, event_class_name(x->class),
			users[x->user], x->count, x->weak ? " weak" : "", x->mail ? " mail" : "");
	}
}

static void agree(unsigned number, uint64_t seed, const char *what, struct buf *these, struct buf *those)
{
	const char *a = buf_text(these), *b = buf_text(those), *line_a = a, *line_b = b;

	if (strcmp(a, b) == 0)
		return;
	print_stream();
	for (; *a != '\0' && *a == *b; a++, b++) {
		line_a = *a == '\n' ? a + 1 : line_a;
		line_b = *b == '\n' ? b + 1 : line_b;
	}
	fail_msg("stream %u, seed %llu: %s differ first in\n%.*s\n%.*s", number, (unsigned long long)seed, what,
		(int)strcspn(line_a, "\n"), line_a, (int)strcspn(line_b, "\n"), line_b);
}

static void one_stream(uint64_t seed, unsigned number)
{
	struct buf expected = { 0 };
	struct world once, often;
	int64_t end;

	random_state = random_begin(seed);
	world_init(&once);
	make_settings(&once.settings);
	rules = &once.settings;
	make_hosts();
	make_happenings();
	end = happenings[EVENTS - 1].time;
	end += pick(2) ? pick(90000) : 0;
	slow_list(end, &expected);
	run_cut(&once, 0, end, false);
	world_init(&often);
	often.settings = once.settings;
	run_cut(&often, 1 + pick(8), end, false);
	agree(number, seed, "one run and the slow judge", &once.list, &expected);
	agree(number, seed, "many runs and the slow judge", &often.list, &expected);
	agree(number, seed, "the evidence of many runs and of one", &often.pending, &once.pending);
	world_free(&often);
	world_init(&often);
	often.settings = once.settings;
	run_cut(&often, 2 + pick(8), end, true);
	agree(number, seed, "killed runs and the slow judge", &often.list, &expected);
	world_free(&once);
	world_free(&often);
	buf_free(&expected);
}

static void runs_agree_with_the_slow_judge(void **state)
{
	const char *count = getenv("MAILBAN_STREAMS");
	uint64_t seed = random_seed();
	unsigned streams = count != NULL ? (unsigned)strtoul(count, NULL, 10) : 10000;

	(void)state;
	print_message("%u streams\n", streams);
	for (unsigned i = 0; i < streams; i++)
		one_stream(seed + i, i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_agree_with_the_slow_judge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
