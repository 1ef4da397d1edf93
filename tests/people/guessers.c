/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those who guess passwords, each from an address of his own. */
#include "kinds.h"

static struct name target(struct log *l)
{
	return chance(l, 50) ? resident(below(l, 60)) : guess(l);
}

static void named_or_not(struct log *l, struct client *c)
{
	if (chance(l, 50))
		client_name(c, "host-%s.isp.example", c->address);
}

/* One try at a service of the client's choice. */
static void try(struct log *l, struct client *c, long t, const char *user)
{
	switch (below(l, 6)) {
	case 0:
		box_guess(l, c, t, POP3, user, 1);
		break;
	case 1:
		box_guess(l, c, t, IMAP, user, 1);
		break;
	case 2:
		smtp_guess(l, c, t, SMTPS, user, 1);
		break;
	case 3:
		smtp_guess(l, c, t, SMTP, user, 1);
		break;
	default:
		smtp_guess(l, c, t, SUBMISSION, user, 1);
	}
}

/* A list of passwords for one name: up to 300 of them, a try every PACE seconds or a tenth later. */
static void password_list(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = target(l);
	long pace = l->kind->pace, t = at(l, (int)between(l, 0, DAYS - 5), 0, 24), tries = between(l, 80, 300);

	for (long i = 0; i < tries; i++, t += pace)
		smtp_guess(l, c, t + below(l, (uint32_t)pace / 10 + 1), SUBMISSION, user.text, 1);
}

/* 195 tries in ten minutes, four times a day, for three days: each burst seems to be one device. */
static void burst(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = target(l);
	long t = at(l, (int)between(l, 0, DAYS - 4), 0, 6);

	for (int k = 0; k < 12; k++, t += 6 * HOUR + 5 * MINUTE)
		for (long i = 0; i < 195; i++)
			smtp_guess(l, c, t + 3 * i, SUBMISSION, user.text, 1);
}

/* One name as fast as it goes, three tries in one connection. */
static void fast_one_name(struct log *l)
{
	struct client *c = client_new(l);
	struct name user = target(l);
	long t = at(l, (int)between(l, 0, DAYS - 1), 0, 23), connections = between(l, 20, 130);

	for (long i = 0; i < connections; i++)
		smtp_guess(l, c, t + i, SMTP, user.text, 3);
}

static void fast_spray(struct log *l)
{
	struct client *c = client_new(l);
	long t = at(l, (int)between(l, 0, DAYS - 1), 0, 23), tries = between(l, 20, 200);

	named_or_not(l, c);
	for (long i = 0; i < tries; i++) {
		struct name user = guess(l);

		try(l, c, t + 4 * i, user.text);
	}
}

/* The mail host names nobody. */
static void nameless_spray(struct log *l)
{
	struct client *c = client_new(l);
	long t = at(l, (int)between(l, 0, DAYS - 1), 0, 23), tries = between(l, 6, 40);

	for (long i = 0; i < tries; i++)
		smtp_guess(l, c, t + 7 * i, SMTP, NULL, 1);
}

/* Another name every two to five hours, for a week. */
static void patient_spray(struct log *l)
{
	struct client *c = client_new(l);
	long t = at(l, (int)between(l, 0, 5), 0, 24), end = t + 7 * DAY;

	while (t < end) {
		struct name user = guess(l);

		try(l, c, t, user.text);
		t += between(l, 2 * HOUR, 5 * HOUR);
	}
}

/* Several tries in each connection, which Dovecot tells in one line. */
static void many_attempts(struct log *l)
{
	struct client *c = client_new(l);
	long t = at(l, (int)between(l, 0, DAYS - 2), 0, 12), connections = between(l, 3, 12);

	for (long i = 0; i < connections; i++) {
		struct name user = guess(l);
		unsigned attempts = 3 + below(l, 8);

		box_guess(l, c, t + HOUR * i, i % 2 ? POP3 : IMAP, user.text, attempts);
	}
}

/* So slow that a day shows little: a try every PACE seconds, give or take half of that. */
static void slow(struct log *l)
{
	struct client *c = client_new(l);
	long pace = l->kind->pace, first = below(l, 4 * DAY);

	named_or_not(l, c);
	for (long t = first; t < END; t += pace) {
		struct name user = guess(l);

		try(l, c, t + below(l, (uint32_t)pace / 2), user.text);
	}
}

/* Uses one stolen account daily and guesses others beside it. */
static void stolen_account(struct log *l)
{
	struct client *c = client_new(l);
	struct name stolen = resident(40 + l->turn);

	for (int d = 0; d < DAYS; d++) {
		long tries = between(l, 4, 8);

		box_login(l, c, at(l, d, 0, 24), IMAP, stolen.text);
		for (long i = 0; i < tries; i++) {
			struct name user = guess(l);

			try(l, c, at(l, d, 0, 24), user.text);
		}
	}
}

/* Leaves a mail a day that is taken, and guesses beside it. */
static void mail_and_guesses(struct log *l)
{
	struct client *c = client_new(l);

	client_name(c, "mta%u.bulk.example", l->turn);
	for (int d = 0; d < DAYS; d++) {
		smtp_deliver(l, c, at(l, d, 0, 24), 1, 0);
		for (int i = 0; i < 4; i++) {
			struct name user = guess(l);

			try(l, c, at(l, d, 0, 24), user.text);
		}
	}
}

/* Guesses until it is in, and sends. */
static void breach(struct log *l)
{
	struct client *c = client_new(l);
	struct name victim = resident(l->turn);
	long t = at(l, (int)between(l, 2, DAYS - 1), 0, 22);

	for (int i = 0; i < 30; i++, t += 20) {
		struct name user = guess(l);

		try(l, c, t, user.text);
	}
	smtp_guess(l, c, t, SUBMISSION, victim.text, 1);
	for (int i = 0; i < 20; i++)
		smtp_send(l, c, t + 60 + 10L * i, victim.text);
}

/* A wave on an early day, silence while the ban lasts, and another wave. */
static void comeback(struct log *l)
{
	struct client *c = client_new(l);
	int early = (int)below(l, 2), late = (int)between(l, 11, DAYS - 1);

	for (int wave = 0; wave < 2; wave++) {
		long t = at(l, wave ? late : early, 0, 23);

		for (int i = 0; i < 8; i++) {
			struct name user = guess(l);

			try(l, c, t + 30L * i, user.text);
		}
	}
}

const struct kind guessers[] = {
	{ "list-1-a-second", false, 20, 98, password_list, 1 },
	{ "list-1-a-minute", false, 20, 90, password_list, MINUTE },
	/* phones with an old password come as often, and for days */
	{ "list-1-in-10-minutes", false, 20, 50, password_list, 10 * MINUTE },
	{ "list-1-an-hour", false, 20, 90, password_list, 61 * MINUTE },
	{ "burst", false, 10, 98, burst, 0 },
	{ "fast-one-name", false, 60, 90, fast_one_name, 0 },
	{ "fast-spray", false, 60, 98, fast_spray, 0 },
	{ "nameless-spray", false, 20, 98, nameless_spray, 0 },
	{ "patient-spray", false, 40, 98, patient_spray, 0 },
	{ "many-attempts", false, 30, 98, many_attempts, 0 },
	{ "slow-8-a-day", false, 80, 98, slow, 3 * HOUR },
	{ "slow-4-a-day", false, 80, 98, slow, 6 * HOUR },
	{ "slow-3-a-day", false, 80, 98, slow, 8 * HOUR },
	{ "slow-2-a-day", false, 80, 95, slow, 12 * HOUR },
	{ "slow-1-a-day", false, 80, 50, slow, DAY },
	{ "slow-1-in-2-days", false, 80, 0, slow, 2 * DAY },
	{ "stolen-account", false, 10, 98, stolen_account, 0 },
	{ "mail-and-guesses", false, 10, 98, mail_and_guesses, 0 },
	{ "breach", false, 5, 98, breach, 0 },
	{ "comeback", false, 20, 98, comeback, 0 },
	{ 0 },
};
