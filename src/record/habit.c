/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * habit: from which networks a user logs in.
 *
 * The first network of all is the user's own. A further network becomes the user's own when its first day is over. The
 * caller compares the mails of an address in its first day with the mails of all the user's networks together.
 */
#include "record/habit.h"

#include <string.h>

#include "base/count.h"
#include "base/mem.h"

/* The bits of an IPv4 /24 or an IPv6 /48, and one that says which; never 0. */
static uint64_t net_of(const struct addr *a)
{
	return addr_is_v4(a) ? (a->lo & 0xffffffff) >> 8 | UINT64_C(1) << 62 : a->hi >> 16 | UINT64_C(1) << 63;
}

/* Moves a network to the front, where it is looked for first. */
static void learn(struct habit *h, uint64_t net)
{
	unsigned at = 0;

	while (at < HABIT_NETS - 1 && h->nets[at] != net)
		at++;
	memmove(h->nets + 1, h->nets, at * sizeof(*h->nets));
	h->nets[0] = net;
}

static bool knows(const struct habit *h, uint64_t net)
{
	for (unsigned i = 0; i < HABIT_NETS; i++) {
		if (h->nets[i] == net)
			return true;
	}
	return false;
}

enum { MONTH = 30 * WHEN_DAY };

static void forget_half(struct habit *h, uint32_t time)
{
	if (h->since == 0)
		h->since = time;
	for (; (int64_t)time - h->since >= MONTH; h->since += MONTH)
		h->mails /= 2;
}

/* An address that is older than within makes its network the user's own. The other addresses stand without gaps, as in
 * the state. */
static void take_in(struct habit *h, uint32_t time, int64_t within)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < HABIT_NEW && h->new[i].first != 0; i++) {
		struct habit_new n = h->new[i];

		h->new[i] = (struct habit_new){ 0 };
		if ((int64_t)time - n.first <= within) {
			h->new[kept++] = n;
			continue;
		}
		learn(h, net_of(&n.addr));
		h->mails = count_sum(h->mails, n.mails);
	}
}

static struct habit_new *place_of(struct habit *h, const struct addr *addr, uint32_t time)
{
	struct habit_new *least = &h->new[0];

	for (unsigned i = 0; i < HABIT_NEW; i++) {
		struct habit_new *n = &h->new[i];

		if (n->first != 0 && addr_equal(&n->addr, addr))
			return n;
		if (least->first != 0 && (n->first == 0 || n->mails < least->mails))
			least = n;
	}
	*least = (struct habit_new){ .addr = *addr, .first = time };
	return least;
}

const struct habit_new *habit_login(struct habit **habit, const struct addr *addr, uint32_t time, uint32_t mails,
	int64_t within)
{
	uint64_t net = net_of(addr);
	struct habit_new *n;
	struct habit *h;

	if (*habit == NULL) {
		*habit = mem_zalloc(1, sizeof(**habit));
		(*habit)->nets[0] = net;
	}
	h = *habit;
	forget_half(h, time);
	if (h->nets[0] != net)
		take_in(h, time, within);
	if (knows(h, net)) {
		learn(h, net);
		h->mails = count_sum(h->mails, mails);
		return NULL;
	}
	n = place_of(h, addr, time);
	n->mails = count_sum(n->mails, mails);
	return n;
}

uint64_t habit_others(const struct habit *h, const struct habit_new *but)
{
	uint64_t sum = h->mails;

	for (unsigned i = 0; i < HABIT_NEW; i++)
		sum += &h->new[i] != but ? h->new[i].mails : 0;
	return sum;
}

void habit_save(const struct habit *h, struct buf *out)
{
	for (unsigned i = 0; i < HABIT_NETS; i++)
		line_add_number(out, "net", h->nets[i]);
	line_add_number(out, "mails", h->mails);
	line_add_number(out, "from", h->since);
	for (unsigned i = 0; i < HABIT_NEW; i++) {
		if (h->new[i].first == 0)
			continue;
		buf_addf(out, " new=%u@%u ", h->new[i].mails, h->new[i].first);
		addr_add_to(out, &h->new[i].addr);
	}
}

static bool load_new(struct habit *h, struct line *line)
{
	struct habit_new *n = h->new;

	while (n < h->new + HABIT_NEW && n->first != 0)
		n++;
	return n < h->new + HABIT_NEW && line_u32_at(line, &n->mails, &n->first) && line_addr(line, &n->addr);
}

static bool load_net(struct habit *h, const struct line *line)
{
	unsigned at = 0;

	while (at < HABIT_NETS && h->nets[at] != 0)
		at++;
	return at < HABIT_NETS && line_u64(line, &h->nets[at]);
}

bool habit_load_word(struct habit **habit, struct line *line)
{
	if (*habit == NULL)
		*habit = mem_zalloc(1, sizeof(**habit));
	if (line_is(line, "net"))
		return load_net(*habit, line);
	if (line_is(line, "mails"))
		return line_u32(line, &(*habit)->mails);
	if (line_is(line, "from"))
		return line_u32(line, &(*habit)->since);
	return line_is(line, "new") && load_new(*habit, line);
}
