/* SPDX-License-Identifier: GPL-2.0-or-later */
/* People with a mailbox whose programs, certificates or networks make the trouble, not their passwords alone. */
#include "kinds.h"

/* Outlook asks for NTLM first and gives that up. */
static void ntlm_first(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l);

	for (int d = 0; d < DAYS; d++)
		for (int i = 0; i < 6 && workday(l, d); i++)
			smtp_send_after_ntlm(l, c, at(l, d, 8, 18), user.text);
}

/* Does not believe a renewed certificate for a day. */
static void tls_trouble(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l);
	int day = (int)between(l, 2, DAYS - 3);

	for (int d = 0; d < DAYS; d++)
		if (d != day)
			log_in(l, c, &user, d, 10, 7, 23);
	for (long t = 7 * HOUR; t < 23 * HOUR; t += 30 * MINUTE)
		box_fail_tls(l, c, day * (long)DAY + t, IMAP);
}

/* Connections break in the lift and in the train. */
static void bad_reception(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l);

	for (int d = 0; d < DAYS; d++) {
		log_in(l, c, &user, d, 6, 7, 23);
		for (int i = 0; i < 4; i++)
			smtp_lose(l, c, at(l, d, 7, 23), i % 2 ? "EHLO" : "STARTTLS");
	}
}

/* A notebook that takes another address of its /64 each day; one day of it with the old password. */
static void ipv6_privacy(struct log *l)
{
	unsigned site = site_new(l);
	struct name user = person(l);
	int change = (int)between(l, 3, 10);

	for (int d = 0; d < DAYS; d++) {
		struct client *c = client_ipv6(l, site, 1);

		if (d == change)
			poll_in_vain(l, c, &user, d * (long)DAY + 8 * HOUR, d * (long)DAY + 20 * HOUR, 15 * MINUTE);
		else
			mistype(l, c, &user, at(l, d, 8, 12), 0, 2);
		log_in(l, c, &user, d, d == change ? 0 : 8, 12, 23);
	}
}

/* Four people of one /64, a device each; the tablet of the fourth has an old password for a week. */
static void ipv6_household(struct log *l)
{
	unsigned site = site_new(l);

	for (int i = 0; i < 4; i++) {
		struct client *c = client_ipv6(l, site, 1);
		struct name user = person(l);

		for (int d = 0; d < DAYS; d++)
			log_in(l, c, &user, d, 8, 7, 23);
		if (i == 3)
			poll_in_vain(l, client_ipv6(l, site, 1), &user, 4 * DAY, 11 * DAY, 15 * MINUTE);
	}
}

/* Two networks a day, of trains and hotels. */
static void traveller(struct log *l)
{
	struct name user = person(l);

	for (int d = 0; d < DAYS; d++)
		for (int i = 0; i < 2; i++) {
			struct client *c = client_new(l);

			if (chance(l, 25))
				mistype(l, c, &user, at(l, d, 8 + 8 * i, 9 + 8 * i), 1, 3);
			log_in(l, c, &user, d, 5, 9 + 8 * i, 15 + 8 * i);
		}
}

/* A program on a rented host sends by the hour; after a change of the password it fails each minute until noticed. */
static void web_application(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l);
	long change = between(l, 3, 10) * DAY + 10 * HOUR;

	client_name(c, "www%u.hosting.example.net", l->turn);
	for (long t = 0; t < END; t += HOUR)
		if (t < change || t > change + 6 * HOUR)
			smtp_send(l, c, t + below(l, MINUTE), user.text);
	for (long t = change; t < change + 6 * HOUR; t += MINUTE)
		smtp_guess(l, c, t, SUBMISSION, user.text, 1);
}

/* Sixteen share a mailbox. Its password is changed; their programs ask on until evening, two of them on the way. */
static void shared_mailbox(struct log *l)
{
	struct name user = person(l);
	int change = (int)between(l, 3, 10);
	long from = change * (long)DAY + 9 * HOUR;

	for (int i = 0; i < 16; i++) {
		struct client *c = client_new(l);

		for (int d = 0; d < DAYS && i < 14; d++)
			log_in(l, c, &user, d, d == change ? 0 : 4, 7, 23);
		poll_in_vain(l, c, &user, from, from + (i < 14 ? 9 : 3) * HOUR, 15 * MINUTE);
	}
}

/* A name that a botnet guesses at; its owner mistypes the password in a hotel meanwhile. */
static void attacked_owner(struct log *l)
{
	struct name user = person(l);
	struct client *home = client_new(l), *hotel = client_new(l);
	unsigned bots = some(l, 30);

	for (int d = 0; d < DAYS; d++)
		log_in(l, home, &user, d, d == 9 ? 0 : 6, 7, 23);
	mistype(l, hotel, &user, at(l, 9, 18, 22), 2, 4);
	kind_as(l, "attacked-owner-bots");
	for (unsigned i = 0; i < bots; i++) {
		struct client *bot = client_new(l);

		for (int d = 6; d < 12; d++)
			smtp_guess(l, bot, at(l, d, 0, 24), SUBMISSION, user.text, 1);
	}
}

/* This server cannot check passwords for an hour: phones at new addresses try every two minutes. */
static void backend_down(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l);

	for (long t = 0; t < HOUR; t += 2 * MINUTE)
		smtp_fail_to_check(l, c, 5 * DAY + 11 * HOUR + t + below(l, MINUTE));
	smtp_send(l, c, 5 * DAY + 12 * HOUR + 5 * MINUTE, user.text);
}

const struct kind devices[] = {
	{ "ntlm-first", true, 10, 0, ntlm_first, 0 },
	{ "tls-trouble", true, 10, 0, tls_trouble, 0 },
	{ "bad-reception", true, 10, 0, bad_reception, 0 },
	{ "ipv6-privacy", true, 10, 0, ipv6_privacy, 0 },
	{ "ipv6-household", true, 6, 0, ipv6_household, 0 },
	{ "traveller", true, 12, 0, traveller, 0 },
	{ "web-application", true, 4, 0, web_application, 0 },
	{ "shared-mailbox", true, 3, 0, shared_mailbox, 0 },
	{ "attacked-owner", true, 6, 0, attacked_owner, 0 },
	{ "attacked-owner-bots", false, 0, 90, NULL, 0 },
	{ "backend-down", true, 10, 0, backend_down, 0 },
	{ 0 },
};
