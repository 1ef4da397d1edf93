/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many people with mailboxes behind one address. */
#include "kinds.h"

#include <stdio.h>

enum { MOST = 400 };

static void staff(struct log *l, struct name *names, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		names[i] = person(l);
}

/* Each of N logs in so many times on a day of work. */
static void work(struct log *l, struct client *c, const struct name *names, unsigned n, unsigned logins)
{
	for (int d = 0; d < DAYS; d++)
		for (unsigned i = 0; i < n && workday(l, d); i++)
			log_in(l, c, &names[i], d, logins, 8, 18);
}

static void office(struct log *l)
{
	struct client *c = client_new(l);
	struct name names[30];

	staff(l, names, 30);
	work(l, c, names, 30, 3);
	for (int d = 0; d < DAYS; d++)
		for (int i = 0; i < 5 && workday(l, d); i++) {
			const struct name *who = &names[below(l, 30)];

			mistype(l, c, who, at(l, d, 8, 17), 1, 4);
		}
}

/* A scanner tries to send with an old password, every ten minutes, for weeks. One PC is on at weekends too. */
static void office_scanner(struct log *l)
{
	struct client *c = client_new(l);
	struct name names[5];

	client_name(c, "office%u.example.net", l->turn);
	staff(l, names, 5);
	work(l, c, names, 4, 4);
	for (int d = 0; d < DAYS; d++)
		log_in(l, c, &names[0], d, 24, 0, 24);
	for (long t = 0; t < END; t += 10 * MINUTE)
		smtp_guess(l, c, t + below(l, MINUTE), SUBMISSION, names[4].text, 1);
}

/* The same where Postfix names nobody: six jobs a day, each tried twice, and a status mail at night. */
static void office_nameless(struct log *l)
{
	struct client *c = client_new(l);
	struct name names[4];

	staff(l, names, 4);
	work(l, c, names, 4, 4);
	for (int d = 0; d < DAYS; d++)
		for (int i = 0; i < 7 && (i == 0 || workday(l, d)); i++) {
			long t = i == 0 ? (long)d * DAY + 3 * HOUR : at(l, d, 8, 18);

			smtp_guess(l, c, t, SUBMISSION, NULL, 1);
			smtp_guess(l, c, t + 61, SUBMISSION, NULL, 1);
		}
}

/* A new colleague spells the name in many ways, twenty times, and then gets in. */
static void office_spelling(struct log *l)
{
	struct client *c = client_new(l);
	struct name names[13], wrong;
	int day;
	long t;

	staff(l, names, 13);
	work(l, c, names, 12, 4);
	do
		day = (int)between(l, 2, DAYS - 2);
	while (!workday(l, day));
	t = at(l, day, 9, 16);
	for (unsigned i = 0; i < 20; i++, t += 40) {
		snprintf(wrong.text, sizeof(wrong.text), "%.*s%s", (int)(1 + i % 7), names[12].text,
			 i % 2 ? "@example.com" : "");
		box_guess(l, c, t, IMAP, wrong.text, 1);
	}
	for (int i = 0; i < 5; i++)
		box_login(l, c, t + 900L * i, IMAP, names[12].text);
}

/* The mailbox of somebody who left is closed; the phone that stayed goes on asking. */
static void office_leaver(struct log *l)
{
	struct client *c = client_new(l);
	struct name names[9];

	staff(l, names, 9);
	work(l, c, names, 8, 4);
	for (int d = 0; d < 3; d++)
		log_in(l, c, &names[8], d, 4, 8, 18);
	poll_in_vain(l, c, &names[8], 3 * DAY, END, 15 * MINUTE);
}

/* All passwords of a school end on one Monday: a fifth of its phones keep the old ones for a day. */
static void school(struct log *l)
{
	static struct name names[200];
	struct client *c = client_new(l);
	int day = 4;

	staff(l, names, 200);
	work(l, c, names, 200, 2);
	while (!workday(l, day) || workday(l, day - 1))
		day++;
	for (int i = 0; i < 40; i++)
		poll_in_vain(l, c, &names[i], (long)day * DAY + 8 * HOUR, (long)day * DAY + 16 * HOUR, 15 * MINUTE);
}

/*
 * A mobile network puts 160 phones behind one address. Six of them have old passwords from some day on; three of
 * these six were never seen here with the right ones.
 */
static void cgnat(struct log *l)
{
	struct client *c = client_new(l);

	for (int i = 0; i < 160; i++) {
		struct name user = person(l);
		int change = i < 6 ? 2 + i : DAYS;

		for (int d = 0; d < change && (i < 3 || i >= 6); d++)
			log_in(l, c, &user, d, 4, 6, 24);
		poll_in_vain(l, c, &user, change * (long)DAY, END, 15 * MINUTE);
	}
}

/* Another host's webmail: all logins come from it, mistyped ones too, and names that nobody has. */
static void webmail(struct log *l)
{
	static struct name names[MOST];
	struct client *c = client_new(l);

	client_name(c, "webmail%u.example.org", l->turn);
	staff(l, names, MOST);
	for (int d = 0; d < DAYS; d++) {
		for (int i = 0; i < MOST; i++)
			log_in(l, c, &names[i], d, 1, 6, 24);
		for (int i = 0; i < 25; i++) {
			const struct name *who = &names[below(l, MOST)];

			mistype(l, c, who, at(l, d, 7, 23), 1, 3);
		}
		for (int i = 0; i < 8; i++) {
			struct name who = i < 5 ? names[below(l, MOST)] : person(l);

			box_guess(l, c, at(l, d, 7, 23), IMAP, who.text, 1);
		}
	}
}

/* Three people whose phones at work keep old passwords, over the weekends too. */
static void office_own_phones(struct log *l)
{
	struct client *c = client_new(l);
	struct name names[3];

	staff(l, names, 3);
	work(l, c, names, 3, 3);
	for (int i = 0; i < 3; i++)
		poll_in_vain(l, c, &names[i], (2 + i) * DAY, END, 10 * MINUTE);
}

/* Programs of eight customers send from one web server; that of the last one has an old password. */
static void web_server(struct log *l)
{
	struct client *c = client_new(l);
	struct name names[8];

	client_name(c, "web%u.example.org", l->turn);
	staff(l, names, 8);
	for (int d = 0; d < DAYS; d++)
		for (int i = 0; i < 7 * 3; i++)
			smtp_send(l, c, at(l, d, 0, 24), names[i % 7].text);
	for (long t = 3 * DAY; t < END; t += 5 * MINUTE)
		smtp_guess(l, c, t, SUBMISSION, NULL, 1);
}

/* On a new line: seven of twelve mistype before anybody has logged in there. */
static void office_new_line(struct log *l)
{
	struct client *c = client_new(l);
	struct name names[12];
	long start = between(l, 2, DAYS - 3) * DAY + 8 * HOUR;

	staff(l, names, 12);
	for (int i = 0; i < 7; i++)
		box_guess(l, c, start + i * 2 * MINUTE, IMAP, names[i].text, 1);
	for (int i = 0; i < 12; i++)
		box_login(l, c, start + HOUR / 2 + i * 5 * MINUTE, IMAP, names[i].text);
	for (int d = (int)(start / DAY) + 1; d < DAYS; d++)
		for (int i = 0; i < 12; i++)
			log_in(l, c, &names[i], d, 2, 8, 18);
}

const struct kind offices[] = {
	{ "office", true, 8, 0, office, 0 },
	{ "office-scanner", true, 8, 0, office_scanner, 0 },
	{ "office-scanner-nameless", true, 6, 0, office_nameless, 0 },
	{ "office-spelling", true, 6, 0, office_spelling, 0 },
	{ "office-leaver", true, 6, 0, office_leaver, 0 },
	{ "office-own-phones", true, 6, 0, office_own_phones, 0 },
	{ "office-new-line", true, 6, 0, office_new_line, 0 },
	{ "web-server", true, 4, 0, web_server, 0 },
	{ "school", true, 2, 0, school, 0 },
	{ "cgnat", true, 4, 0, cgnat, 0 },
	{ "webmail", true, 2, 0, webmail, 0 },
	{ 0 },
};
