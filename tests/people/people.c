/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * people: writes two weeks of a mail host's log as people and attackers of known kinds leave it.
 *
 *	people [--seed N] [--end YYYY-MM-DD] [--percent N] FOLDER
 *
 * FOLDER gets a file a day, named by its date, the last one yesterday's or that of --end. truth.tsv has a line an
 * address: address, honest or attacker, kind, number of the day on which it is seen first. kinds.tsv has a line a
 * kind: honest or attacker, kind, and the percentage of its addresses that may have been banned after two weeks
 * (honest) or that must have been (attackers). --percent makes so much of each kind, one at least. The same seed
 * and date give the same bytes.
 *
 * The log is that of Postfix and Dovecot, its times are UTC. Attackers are never dropped: what a firewall would have
 * kept away goes on. Addresses are in 240.0.0.0/8, which nobody has, and in 2001:db8::/32.
 */
#include "kinds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const struct kind *const tables[] = { users, devices, offices, peers, guessers, botnets, probers };
enum { TABLES = sizeof(tables) / sizeof(*tables) };

void kind_as(struct log *l, const char *name)
{
	for (int i = 0; i < TABLES; i++)
		for (const struct kind *k = tables[i]; k->name; k++)
			if (strcmp(k->name, name) == 0) {
				l->kind = k;
				return;
			}
	abort();
}

static void make(struct log *l, uint64_t seed, const struct kind *kind)
{
	unsigned count = kind->make ? some(l, kind->count) : 0;

	log_seed(l, seed, kind);
	for (l->turn = 0; l->turn < count; l->turn++) {
		l->kind = kind;
		kind->make(l);
	}
}

static bool write_kinds(const char *folder)
{
	FILE *f = log_create(folder, "kinds.tsv");

	if (!f)
		return false;
	for (int i = 0; i < TABLES; i++)
		for (const struct kind *k = tables[i]; k->name; k++)
			fprintf(f, "%s\t%s\t%u\n", k->honest ? "honest" : "attacker", k->name, k->expect);
	return fclose(f) == 0;
}

/* The day of the date TEXT, counted from the first of January 1970; -1 where it is none. */
static int64_t day_of(const char *text)
{
	int year, month, day, length = 0;

	if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 || text[length] || month < 1 || month > 12)
		return -1;
	/* the year begins in March, so that a leap day is its last one */
	if (month < 3) {
		year--;
		month += 12;
	}
	return 365 * (int64_t)year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day - 719469;
}

static int usage(void)
{
	fputs("usage: people [--seed N] [--end YYYY-MM-DD] [--percent N] FOLDER\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static struct log l = { .percent = 100 };
	uint64_t seed = 1;
	int64_t last = time(NULL) / DAY - 1;
	int i;

	for (i = 1; i < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(value, NULL, 10);
		else if (strcmp(argv[i], "--end") == 0)
			last = day_of(value);
		else if (strcmp(argv[i], "--percent") == 0)
			l.percent = (unsigned)strtoul(value, NULL, 10);
		else
			return usage();
	}
	if (i != argc - 1 || last < DAYS || l.percent < 1 || l.percent > 1000)
		return usage();
	l.begin = (last - DAYS + 1) * DAY;
	log_start(&l);
	for (int table = 0; table < TABLES; table++)
		for (const struct kind *k = tables[table]; k->name; k++)
			make(&l, seed, k);
	if ((mkdir(argv[i], 0777) != 0 && errno != EEXIST) || !log_write(&l, argv[i]) || !write_kinds(argv[i])) {
		fprintf(stderr, "people: %s: %s\n", argv[i], strerror(errno));
		return 1;
	}
	log_free(&l);
	return 0;
}
