/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outage: whether this server's resolver is down.
 *
 * A server that cannot look up a client's name treats the client as one without a name. Only for some clients does it
 * log that the look-up failed; others are known by a name that they had before. Where these are several within half an
 * hour, the resolver is down for all clients.
 */
#include "judge/outage.h"

/* A number of the client. Who has a /48 of IPv6 has as many addresses in it as he likes, and is one client. */
static uint32_t number_of(const struct addr *addr)
{
	struct addr client = addr_is_v4(addr) ? *addr : addr_network(addr, 48);

	return (uint32_t)((client.hi * 31 + client.lo) * UINT64_C(0x9e3779b97f4a7c15) >> 32) | 1;
}

void outage_note(struct outage *o, const struct addr *client, uint32_t time)
{
	uint32_t host = number_of(client);
	unsigned at = 0;

	/* the place of the same client, or else of the oldest one */
	for (unsigned i = 0; i < OUTAGE_HOSTS; i++) {
		if (o->last[i].time != 0 && o->last[i].host == host) {
			at = i;
			break;
		}
		if (o->last[i].time < o->last[at].time)
			at = i;
	}
	if (time > o->last[at].time || o->last[at].host != host) {
		o->last[at].host = host;
		o->last[at].time = time;
	}
}

bool outage_is(const struct outage *o, uint32_t time)
{
	for (unsigned i = 0; i < OUTAGE_HOSTS; i++) {
		uint32_t then = o->last[i].time;

		if (then == 0 || (time > then ? time - then : then - time) > OUTAGE_SPAN)
			return false;
	}
	return true;
}

void outage_save(const struct outage *o, struct buf *out)
{
	for (unsigned i = 0; i < OUTAGE_HOSTS; i++) {
		if (o->last[i].time != 0)
			line_add_number_at(out, "nameless", o->last[i].host, o->last[i].time);
	}
}

bool outage_load_word(struct outage *o, const struct line *line)
{
	for (unsigned i = 0; i < OUTAGE_HOSTS && line_is(line, "nameless"); i++) {
		if (o->last[i].time == 0)
			return line_u32_at(line, &o->last[i].host, &o->last[i].time);
	}
	return false;
}
