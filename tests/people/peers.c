/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other mail hosts, and those that watch this one. */
#include "kinds.h"

static void deliver_often(struct log *l, struct client *c, int day, long times)
{
	for (long i = 0; i < times; i++)
		smtp_deliver(l, c, at(l, day, 0, 24), 1, 0);
}

/* No reverse name; the mail is taken, some of it after greylisting. */
static void nameless(struct log *l)
{
	struct client *c = client_new(l);

	for (int d = 0; d < DAYS; d++) {
		long mails = between(l, 1, 12);

		for (long i = 0; i < mails; i++) {
			long t = at(l, d, 0, 24);

			if (chance(l, 30)) {
				smtp_greylist(l, c, t);
				t += 600;
			}
			smtp_deliver(l, c, t, 1, 0);
		}
	}
}

/* The same by IPv6, from four addresses of one /64. */
static void nameless_ipv6(struct log *l)
{
	unsigned site = site_new(l);

	for (int i = 0; i < 4; i++) {
		struct client *c = client_ipv6(l, site, 0x25);

		for (int d = i; d < DAYS; d += 2)
			deliver_often(l, c, d, 3);
	}
}

/* A list with subscribers who are gone: each mail has a connection of its own. */
static void list_host(struct log *l)
{
	struct client *c = client_new(l);

	client_name(c, "lists%u.example.org", l->turn);
	for (int d = 0; d < DAYS; d++) {
		long dead = between(l, 5, 25);

		deliver_often(l, c, d, between(l, 4, 15));
		for (long i = 0; i < dead; i++)
			smtp_deliver(l, c, at(l, d, 0, 24), 0, 1);
	}
}

/* A newsletter on three mornings: forty mails of fifteen recipients in an hour, a third of them dead. */
static void newsletter(struct log *l)
{
	struct client *c = client_new(l);

	client_name(c, "news%u.example.net", l->turn);
	for (int d = 2; d < DAYS; d += 5)
		for (int i = 0; i < 40; i++) {
			long t = at(l, d, 7, 8);
			unsigned dead = below(l, 11);

			smtp_deliver(l, c, t, 15 - dead, dead);
		}
}

/* Passes on what it gets, spam too: that is refused for what it says or for its sender. */
static void forwarder(struct log *l)
{
	static const char spam[] = "550 5.7.1 <post@example.net>: Sender address rejected: Access denied";
	struct client *c = client_new(l);

	client_name(c, "forward%u.example.org", l->turn);
	for (int d = 0; d < DAYS; d++) {
		long refused = between(l, 3, 12);

		deliver_often(l, c, d, between(l, 10, 30));
		for (long i = 0; i < refused; i++)
			smtp_refuse(l, c, at(l, d, 0, 24), spam, 1);
	}
}

/* The second mail exchanger knows no users: it brings what the first one refuses. */
static void second_exchanger(struct log *l)
{
	struct client *c = client_new(l);

	client_name(c, "mx2-%u.example.net", l->turn);
	for (int d = 0; d < DAYS; d++) {
		deliver_often(l, c, d, 8);
		for (int i = 0; i < 30; i++)
			smtp_deliver(l, c, at(l, d, 0, 24), 0, (unsigned)i % 4 + 1);
	}
}

/* Asks whether senders exist before it takes their mail; half of them were made up by spammers. */
static void call_out(struct log *l)
{
	struct client *c = client_new(l);

	client_name(c, "verify%u.example.org", l->turn);
	for (int d = 0; d < DAYS; d++) {
		long asked = between(l, 10, 30);

		deliver_often(l, c, d, 2);
		for (long i = 0; i < asked; i++)
			smtp_call_out(l, c, at(l, d, 0, 24), i % 2);
	}
}

/* Writes for the first time, is greylisted, and tries again every twelve minutes. */
static void greylisted(struct log *l)
{
	struct client *c = client_new(l);
	long t = at(l, (int)between(l, 0, DAYS - 1), 0, 20), times = between(l, 1, 6);

	for (long i = 0; i < times; i++)
		smtp_greylist(l, c, t + 700 * i);
	smtp_deliver(l, c, t + 700 * times, 1, 0);
}

/* One of a big provider's hosts, of which only mail to dead recipients came in these weeks. */
static void provider_dead(struct log *l)
{
	struct client *c = client_new(l);

	client_name(c, "out%u.provider.example", l->turn);
	for (int d = 0; d < DAYS; d++) {
		long dead = between(l, 1, 5);

		for (long i = 0; i < dead; i++)
			smtp_deliver(l, c, at(l, d, 0, 24), 0, 1);
	}
}

/* Forty hosts of one /24: a dead recipient or two from each on a day, and now and then a mail that is taken. */
static void provider_network(struct log *l)
{
	uint32_t network = network_new(l);

	for (unsigned i = 0; i < 40; i++) {
		struct client *c = client_in(l, network);

		client_name(c, "o%u.mailing%u.example", i, l->turn);
		for (int d = 0; d < DAYS; d++) {
			long dead = between(l, 0, 2);

			for (long k = 0; k < dead; k++)
				smtp_deliver(l, c, at(l, d, 0, 24), 0, 1);
			if (chance(l, 5))
				smtp_deliver(l, c, at(l, d, 6, 20), 1, 0);
		}
	}
}

/* This server's resolver is down for an hour: whoever comes then has no name, and is asked to come again. */
static void provider_unresolved(struct log *l)
{
	static const char later[] = "450 4.7.25 Client host rejected: cannot find your hostname";
	struct client *c = client_new(l);

	client_name(c, "mail-%u.provider.example", l->turn);
	for (int d = 0; d < DAYS; d++)
		deliver_often(l, c, d, between(l, 20, 60));
	client_name(c, "unknown");
	for (int i = 0; i < 30; i++)
		smtp_refuse(l, c, at(l, 6, 14, 15), later, 1);
	for (int i = 0; i < 15; i++)
		smtp_look(l, c, at(l, 6, 14, 15));
}

/* The watcher of this very host: EHLO and QUIT every five minutes, and a look at IMAP in the second kind. */
static void monitor(struct log *l)
{
	struct client *c = client_new(l);

	client_name(c, "monitor%u.example.net", l->turn);
	for (long t = 0; t < END; t += 5 * MINUTE)
		smtp_look(l, c, t + below(l, 20));
}

static void monitor_imap(struct log *l)
{
	struct client *c = client_new(l);

	client_name(c, "watch%u.example.net", l->turn);
	for (long t = 0; t < END; t += 5 * MINUTE) {
		smtp_look(l, c, t + below(l, 20));
		box_look(l, c, t + 30, IMAP);
	}
}

const struct kind peers[] = {
	{ "nameless-peer", true, 40, 0, nameless, 0 },
	{ "nameless-peer-ipv6", true, 6, 0, nameless_ipv6, 0 },
	{ "list-host", true, 15, 0, list_host, 0 },
	{ "newsletter", true, 5, 0, newsletter, 0 },
	{ "forwarder", true, 6, 0, forwarder, 0 },
	{ "second-exchanger", true, 2, 0, second_exchanger, 0 },
	{ "call-out", true, 6, 0, call_out, 0 },
	{ "greylisted", true, 25, 0, greylisted, 0 },
	{ "provider-dead", true, 20, 0, provider_dead, 0 },
	{ "provider-network", true, 2, 0, provider_network, 0 },
	{ "provider-unresolved", true, 10, 0, provider_unresolved, 0 },
	{ "monitor", true, 3, 0, monitor, 0 },
	{ "monitor-imap", true, 3, 0, monitor_imap, 0 },
	{ 0 },
};
