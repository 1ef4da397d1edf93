/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those who guess from many addresses, of which each does little. */
#include "kinds.h"

/* One name from 150 hosts, none to two tries a day each. */
static void one_name(struct log *l)
{
	struct name user = guess(l);
	unsigned hosts = some(l, 150);

	for (unsigned i = 0; i < hosts; i++) {
		struct client *c = client_new(l);

		for (int d = 0; d < DAYS; d++) {
			unsigned tries = below(l, 3);

			for (unsigned k = 0; k < tries; k++)
				smtp_guess(l, c, at(l, d, 0, 24), SUBMISSION, user.text, 1);
		}
	}
}

/* Many names, one try a day from each host. */
static void many_names(struct log *l)
{
	unsigned hosts = some(l, 400);

	for (unsigned i = 0; i < hosts; i++) {
		struct client *c = client_new(l);

		for (int d = 0; d < DAYS; d++) {
			struct name user = guess(l);

			smtp_guess(l, c, at(l, d, 0, 24), SUBMISSION, user.text, 1);
		}
	}
}

/* One name from the homes of others: each address is used for two tries on one day, and never again. */
static void homes(struct log *l)
{
	struct name user = resident(l->turn);
	unsigned hosts = some(l, 100);

	for (unsigned i = 0; i < hosts; i++) {
		struct client *c = client_new(l);
		long t = at(l, (int)(i % DAYS), 0, 24);

		box_guess(l, c, t, IMAP, user.text, 1);
		box_guess(l, c, t + 300, IMAP, user.text, 1);
	}
}

static void two_tries_a_week(struct log *l, struct client *c)
{
	for (int i = 0; i < 4; i++) {
		struct name user = guess(l);
		int day = (int)below(l, 7) + (i < 2 ? 0 : 7);

		smtp_guess(l, c, at(l, day, 0, 24), SUBMISSION, user.text, 1);
	}
}

/* Forty hosts of one /24. */
static void hosting(struct log *l)
{
	uint32_t network = network_new(l);

	for (int i = 0; i < 40; i++)
		two_tries_a_week(l, client_in(l, network));
}

/* The same network has one honest mail host in it. */
static void hosting_mixed(struct log *l)
{
	uint32_t network = network_new(l);
	struct client *peer;

	for (int i = 0; i < 40; i++)
		two_tries_a_week(l, client_in(l, network));
	kind_as(l, "hosting-peer");
	peer = client_in(l, network);
	client_name(peer, "mail%u.hosted.example", l->turn);
	for (int d = 0; d < DAYS; d++)
		smtp_deliver(l, peer, at(l, d, 6, 22), 1, 0);
}

/* A /48 of which each try takes another /64. */
static void ipv6_subnets(struct log *l)
{
	unsigned site = site_new(l), hosts = some(l, 120);

	for (unsigned i = 1; i <= hosts; i++) {
		struct client *c = client_ipv6(l, site, i);
		struct name user = guess(l);

		smtp_guess(l, c, at(l, (int)(i % 5), 0, 24), SUBMISSION, user.text, 1);
	}
}

/* A /64 of which each try takes another address. */
static void ipv6_addresses(struct log *l)
{
	unsigned site = site_new(l), hosts = some(l, 30);
	long t = at(l, (int)between(l, 0, DAYS - 1), 0, 20);

	for (unsigned i = 0; i < hosts; i++) {
		struct client *c = client_ipv6(l, site, 0xbad);
		struct name user = guess(l);

		smtp_guess(l, c, t + 60L * i, SUBMISSION, user.text, 1);
	}
}

const struct kind botnets[] = {
	{ "botnet-one-name", false, 6, 95, one_name, 0 },
	{ "botnet-many-names", false, 1, 50, many_names, 0 },
	{ "botnet-homes", false, 2, 0, homes, 0 },
	{ "hosting", false, 10, 90, hosting, 0 },
	{ "hosting-mixed", false, 3, 0, hosting_mixed, 0 },
	{ "hosting-peer", true, 0, 0, NULL, 0 },
	{ "ipv6-subnets", false, 3, 90, ipv6_subnets, 0 },
	{ "ipv6-addresses", false, 10, 98, ipv6_addresses, 0 },
	{ 0 },
};
