/* SPDX-License-Identifier: GPL-2.0-or-later */
/* People with a mailbox, each at an address of his own or of his household. */
#include "kinds.h"

#include <stdio.h>

void log_in(struct log *l, struct client *c, const struct name *user, int day, unsigned n, int from_hour, int to_hour)
{
	for (unsigned i = 0; i < n; i++)
		box_login(l, c, at(l, day, from_hour, to_hour), IMAP, user->text);
}

void mistype(struct log *l, struct client *c, const struct name *user, long time, int least, int most)
{
	long times = between(l, least, most);

	for (long i = 0; i < times; i++, time += 20)
		box_guess(l, c, time, IMAP, user->text, 1);
	box_login(l, c, time, IMAP, user->text);
}

void poll_in_vain(struct log *l, struct client *c, const struct name *user, long from, long to, long pace)
{
	for (long t = from; t < to; t += pace)
		box_guess(l, c, t + below(l, (uint32_t)pace / 5), IMAP, user->text, 1);
}

static void home(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = resident(l->turn);

	for (int d = 0; d < DAYS; d++) {
		log_in(l, c, &user, d, 12, 7, 23);
		if (chance(l, 30))
			mistype(l, c, &user, at(l, d, 8, 22), 1, 3);
	}
}

/* The password was changed on the PC; the phone beside it goes on with the old one for three days. */
static void phone_beside_pc(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l);
	int change = (int)between(l, 3, 8);

	for (int d = 0; d < DAYS; d++)
		log_in(l, c, &user, d, 20, 7, 23);
	poll_in_vain(l, c, &user, (long)change * DAY, (change + 3L) * DAY, 5 * MINUTE);
}

/* A phone asks every quarter of an hour while its password is old. */
static void phone_day(struct log *l, struct client *c, const struct name *user, int d, bool old)
{
	if (old)
		poll_in_vain(l, c, user, (long)d * DAY, (d + 1L) * DAY, 15 * MINUTE);
	else
		log_in(l, c, user, d, 20, 0, 24);
}

/* Nothing else is behind the router; the new password was set elsewhere and typed in a day later. */
static void phone_alone(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l);
	int change = (int)between(l, 4, 10);

	for (int d = 0; d < DAYS; d++)
		phone_day(l, c, &user, d, d == change);
}

/* The same where the line has a new address every night. */
static void phone_alone_anew(struct log *l)
{
	struct name user = person(l);
	int change = (int)between(l, 4, 10);

	for (int d = 0; d < DAYS; d++)
		phone_day(l, client_new(l), &user, d, d == change);
}

/* A new address of the mobile network every three hours, for a day of the old password. */
static void roaming(struct log *l)
{
	struct name user = person(l);
	int change = (int)between(l, 2, 11);

	for (int h = 0; h < 24; h += 3) {
		long from = (long)change * DAY + h * HOUR;

		poll_in_vain(l, client_new(l), &user, from, from + 3 * HOUR, 15 * MINUTE);
	}
	kind_as(l, "roaming-at-home");
	struct client *c = client_new(l);
	for (int d = 0; d < DAYS; d++)
		log_in(l, c, &user, d, 3, 7, 23);
}

/* The same with a program that asks every five minutes, of somebody who is seen nowhere else. */
static void roaming_eager(struct log *l)
{
	struct name user = person(l);
	long from = between(l, 2, 11) * DAY;

	for (int h = 0; h < 12; h += 3, from += 3 * HOUR)
		poll_in_vain(l, client_new(l), &user, from, from + 3 * HOUR, 5 * MINUTE);
}

/* Forgot the password: a handful of tries, then a call, and in again on the next day. */
static void forgetful(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l);
	int day = (int)between(l, 1, DAYS - 3);
	long t = at(l, day, 9, 20), tries = between(l, 4, 9);

	for (int d = 0; d < DAYS; d++)
		if (d != day)
			log_in(l, c, &user, d, 3, 8, 22);
	for (long i = 0; i < tries; i++)
		box_guess(l, c, t + 30 * i, IMAP, user.text, 1);
}

/* Mistypes the new name while the program is set up, then learns better. */
static void newcomer(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l), wrong;
	long t = at(l, (int)between(l, 0, DAYS - 2), 9, 20), tries;

	tries = between(l, 2, 6);
	snprintf(wrong.text, sizeof(wrong.text), "x%.70s", user.text);
	for (long i = 0; i < tries; i++)
		box_guess(l, c, t + 60 * i, IMAP, wrong.text, 1);
	for (long i = 0; i < 8; i++)
		box_login(l, c, t + 600 + 900 * i, IMAP, user.text);
}

/* ann@exmaple.com: the domain is wrong, for ten minutes or so. */
static void wrong_domain(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l), wrong = in_domain(&user, "exmaple.com");
	int day = (int)between(l, 0, DAYS - 2);
	long t = at(l, day, 9, 20), tries = between(l, 4, 10);

	for (long i = 0; i < tries; i++)
		box_guess(l, c, t + 70 * i, IMAP, wrong.text, 1);
	for (int d = day + 1; d < DAYS; d++)
		log_in(l, c, &user, d, 6, 7, 23);
	box_login(l, c, t + 70 * tries, IMAP, user.text);
}

/* The mail program finds out its settings: `ann` and `ann@example.com`, at each service in turn. */
static void autoconfiguration(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l), local = in_domain(&user, "");
	int day = (int)between(l, 0, DAYS - 2);
	long t = at(l, day, 9, 21);

	box_guess(l, c, t, IMAP, local.text, 1);
	box_guess(l, c, t + 3, POP3, local.text, 1);
	smtp_guess(l, c, t + 5, SUBMISSION, local.text, 1);
	smtp_guess(l, c, t + 12, SMTPS, local.text, 1);
	box_login(l, c, t + 20, IMAP, user.text);
	smtp_send(l, c, t + 25, user.text);
	for (int d = day + 1; d < DAYS; d++)
		log_in(l, c, &user, d, 6, 7, 23);
}

/* Hands in by SMTP from an address without a name; the old password for half a day. */
static void sender_without_name(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l);
	int change = (int)between(l, 3, 11);

	for (int d = 0; d < DAYS; d++)
		for (int i = 0; i < 4 && d != change; i++)
			smtp_send(l, c, at(l, d, 8, 22), user.text);
	for (long t = 9 * HOUR; t < 15 * HOUR; t += 20 * MINUTE)
		smtp_guess(l, c, change * (long)DAY + t, SUBMISSION, user.text, 1);
}

/* The password for reading is right and the one for sending is not; a mail waits and is tried again. */
static void half_right(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l);
	int day = (int)between(l, 2, DAYS - 3);

	for (int d = 0; d < DAYS; d++)
		log_in(l, c, &user, d, 15, 7, 23);
	for (long t = day * (long)DAY + 9 * HOUR; t < day * (long)DAY + 33 * HOUR; t += 10 * MINUTE)
		smtp_guess(l, c, t, SMTPS, user.text, 1);
}

/* Postfix before 3.9 names nobody; Dovecot's auth process tells the same failure with the name, before or after. */
static void told_twice(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = person(l);
	int change = (int)between(l, 2, 10);

	for (int d = 0; d < DAYS; d++)
		for (int i = 0; i < 4 && d != change; i++)
			smtp_send(l, c, at(l, d, 8, 22), user.text);
	for (long t = change * (long)DAY + 9 * HOUR; t < change * (long)DAY + 17 * HOUR; t += 20 * MINUTE) {
		smtp_guess(l, c, t, SUBMISSION, NULL, 1);
		auth_mismatch(l, c, t + below(l, 4), user.text);
	}
}

const struct kind users[] = {
	{ "home", true, 60, 0, home, 0 },
	{ "phone-beside-pc", true, 15, 0, phone_beside_pc, 0 },
	{ "phone-alone", true, 15, 0, phone_alone, 0 },
	{ "phone-alone-anew", true, 15, 0, phone_alone_anew, 0 },
	{ "roaming", true, 15, 0, roaming, 0 },
	{ "roaming-at-home", true, 0, 0, NULL, 0 },
	{ "roaming-eager", true, 10, 0, roaming_eager, 0 },
	{ "forgetful", true, 30, 0, forgetful, 0 },
	{ "newcomer", true, 20, 0, newcomer, 0 },
	{ "wrong-domain", true, 10, 0, wrong_domain, 0 },
	{ "autoconfiguration", true, 12, 0, autoconfiguration, 0 },
	{ "sender-without-name", true, 15, 0, sender_without_name, 0 },
	{ "half-right", true, 8, 0, half_right, 0 },
	{ "told-twice", true, 10, 0, told_twice, 0 },
	{ 0 },
};
