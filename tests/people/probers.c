/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those who look for something else than a password: open relays, recipients, what kind of server this is. */
#include "kinds.h"

#include <stdio.h>

static const char relay_denied[] = "554 5.7.1 <probe@relay.example.net>: Relay access denied";

static void named_or_not(struct log *l, struct client *c)
{
	if (chance(l, 50))
		client_name(c, "scan%u.cloud.example", l->turn);
}

/* AUTH where none is offered, lost connections, junk: each a little, on most days. */
static void mixed(struct log *l)
{
	struct client *c = client_new(l);

	named_or_not(l, c);
	for (int d = 0; d < DAYS; d++) {
		long probes = chance(l, 60) ? between(l, 1, 3) : 0;

		for (long i = 0; i < probes; i++) {
			uint32_t dice = below(l, 100);
			long t = at(l, d, 0, 24);

			if (dice < 35)
				smtp_give_up_auth(l, c, t, dice < 10);
			else if (dice < 60)
				smtp_lose(l, c, t, dice < 45 ? "EHLO" : "CONNECT");
			else if (dice < 80)
				smtp_refuse(l, c, t, relay_denied, 1);
			else
				smtp_speak_http(l, c, t);
		}
	}
}

/* Asks for one recipient after the other; with PACE one of them exists, and a mail is left there. */
static void harvest(struct log *l)
{
	struct client *c = client_new(l);
	long t = at(l, (int)between(l, 0, DAYS - 1), 0, 22), connections = between(l, 10, 60), lucky = -1;

	if (l->kind->pace)
		lucky = between(l, 3, 9);
	for (long i = 0; i < connections; i++) {
		unsigned dead = 1 + below(l, 5);

		smtp_deliver(l, c, t + 10 * i, i == lucky, dead);
	}
}

/* Some tries a day to send through this server to another one. */
static void relay(struct log *l)
{
	struct client *c = client_new(l);
	int first = (int)below(l, 5);

	for (int d = first; d < first + 7; d++) {
		long probes = between(l, 4, 10);

		for (long i = 0; i < probes; i++) {
			unsigned times = 1 + below(l, 3);

			smtp_refuse(l, c, at(l, d, 0, 24), relay_denied, times);
		}
	}
}

/* One such try, and away. */
static void relay_once(struct log *l)
{
	struct client *c = client_new(l);

	named_or_not(l, c);
	smtp_refuse(l, c, at(l, (int)between(l, 0, DAYS - 1), 0, 24), relay_denied, 1);
}

static void bot_greeting(struct log *l)
{
	struct client *c = client_new(l);
	long t = at(l, (int)between(l, 0, DAYS - 1), 0, 23), times = between(l, 1, 10);

	for (long i = 0; i < times; i++)
		smtp_greet_as_bot(l, c, t + 20 * i);
}

/* A browser's request to a port that speaks SMTP: a dozen in a day. */
static void junk_http(struct log *l)
{
	struct client *c = client_new(l);
	int day = (int)between(l, 0, DAYS - 1);
	long times = between(l, 7, 15);

	named_or_not(l, c);
	for (long i = 0; i < times; i++)
		smtp_speak_http(l, c, at(l, day, 0, 24));
}

/* TLS to port 25, and handshakes that fail at port 465. */
static void junk_tls(struct log *l)
{
	struct client *c = client_new(l);
	int day = (int)between(l, 0, DAYS - 1);
	long times = between(l, 4, 8);

	named_or_not(l, c);
	for (long i = 0; i < times; i++) {
		smtp_speak_tls(l, c, at(l, day, 0, 24));
		smtp_fail_tls(l, c, at(l, day, 0, 24));
	}
}

/* Begins AUTH and gives up, a few times on each of some days. */
static void aborted_auth(struct log *l)
{
	struct client *c = client_new(l);
	int first = (int)below(l, 7);

	named_or_not(l, c);
	for (int d = first; d < first + 6; d++) {
		long times = between(l, 1, 4);

		for (long i = 0; i < times; i++)
			smtp_give_up_auth(l, c, at(l, d, 0, 24), i % 2);
	}
}

/* Comes without a name and goes without a word, one to three times a day. */
static void knocker(struct log *l)
{
	struct client *c = client_new(l);

	for (int d = 0; d < DAYS; d++) {
		long times = between(l, 1, 3);

		for (long i = 0; i < times; i++)
			smtp_lose(l, c, at(l, d, 0, 24), "CONNECT");
	}
}

/* A survey of the Internet: each port once. */
static void survey(struct log *l)
{
	struct client *c = client_new(l);
	long t = at(l, (int)between(l, 0, DAYS - 1), 0, 23);

	client_name(c, "survey%u.research.example", l->turn);
	smtp_look(l, c, t);
	box_look(l, c, t + 5, IMAP);
	box_look(l, c, t + 9, POP3);
}

/* On a block list: all mail is refused, some twenty a day for a week. */
static void spammer(struct log *l)
{
	struct client *c = client_new(l);
	int first = (int)below(l, 7);
	char reply[160];

	named_or_not(l, c);
	snprintf(reply, sizeof(reply), "554 5.7.1 Service unavailable; Client host [%s] blocked using bl.example.org",
		 c->address);
	for (int d = first; d < first + 7; d++) {
		long mails = between(l, 10, 30);

		for (long i = 0; i < mails; i++)
			smtp_refuse(l, c, at(l, d, 0, 24), reply, 1);
	}
}

const struct kind probers[] = {
	{ "mixed-probe", false, 60, 60, mixed, 0 },
	{ "harvest", false, 40, 98, harvest, 0 },
	{ "harvest-with-luck", false, 20, 80, harvest, 1 },
	{ "relay", false, 30, 98, relay, 0 },
	{ "relay-once", false, 40, 0, relay_once, 0 },
	{ "bot-greeting", false, 40, 98, bot_greeting, 0 },
	{ "junk-http", false, 20, 98, junk_http, 0 },
	{ "junk-tls", false, 20, 98, junk_tls, 0 },
	{ "aborted-auth", false, 30, 90, aborted_auth, 0 },
	{ "knocker", false, 40, 50, knocker, 0 },
	{ "spammer", false, 40, 90, spammer, 0 },
	{ "survey", false, 30, 0, survey, 0 },
	{ 0 },
};
