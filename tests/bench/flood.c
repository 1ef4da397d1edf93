/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flood: writes the log of an attack on the judge's memory to stdout, for the bench.
 *
 *	flood names|addresses|networks COUNT START
 *
 * names: one address fails for COUNT names. addresses: COUNT IPv4 addresses fail once, none the neighbour of another.
 * networks: COUNT IPv6 /64 fail five times, seven of each /48, which is one short of a ban of the /48. Among them stand,
 * spread over the whole log, three attackers, 203.0.113.1 to 203.0.113.3, with a hundred failures each for a hundred names;
 * and at its start an office, 198.51.100.7, where ten people log in and one of them fails once.
 * The log is that of a day that began at START, in seconds since the epoch. The same arguments give the same bytes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400, ATTACKERS = 3, TRIES = 100, OFFICE = 10, IN_NETWORK = 5 };

struct flood {
	time_t start, stamped;
	uint64_t count;          /* failures of the flood itself */
	char stamp[40];
	void (*address)(uint64_t failure, char text[48]);
};

static void one_address(uint64_t failure, char text[48])
{
	(void)failure;
	strcpy(text, "203.0.113.9");
}

/* An odd multiplier maps none of 2^30 numbers to another's place. */
static void any_address(uint64_t failure, char text[48])
{
	uint32_t n = (uint32_t)(failure * UINT64_C(2654435761)) & 0x3fffffff;

	snprintf(text, 48, "%u.%u.%u.%u", 32 + (n >> 24), n >> 16 & 255, n >> 8 & 255, n & 255);
}

static void any_network(uint64_t failure, char text[48])
{
	uint64_t network = failure / IN_NETWORK;

	snprintf(text, 48, "2001:db8:%x:%x::1", (unsigned)(network / 7), (unsigned)(network % 7));
}

static const struct kind {
	const char *name;
	uint64_t failures;       /* of one */
	void (*address)(uint64_t failure, char text[48]);
} kinds[] = {
	{ "names", 1, one_address }, { "addresses", 1, any_address }, { "networks", IN_NETWORK, any_network },
};

static void make_stamp(struct flood *f, time_t time)
{
	struct tm tm;

	if (f->stamped == time)
		return;
	gmtime_r(&time, &tm);
	strftime(f->stamp, sizeof(f->stamp), "%Y-%m-%dT%H:%M:%S+00:00", &tm);
	f->stamped = time;
}

static void fail(const struct flood *f, const char *address, const char *who, uint64_t number)
{
	printf("%s mail postfix/smtpd[%" PRIu64 "]: warning: unknown[%s]: SASL LOGIN authentication failed: "
	       "(reason unavailable), sasl_username=%s%" PRIu64 "@example.com\n", f->stamp, number % 30000, address, who, number);
}

static void write_office(struct flood *f)
{
	make_stamp(f, f->start);
	for (uint64_t i = 0; i < OFFICE; i++)
		printf("%s mail dovecot: imap-login: Login: user=<clerk%" PRIu64 "@example.com>, method=PLAIN, rip=198.51.100.7, "
		       "lip=192.0.2.25, mpid=%" PRIu64 ", TLS, session=<%08" PRIx64 ">\n", f->stamp, i, 1000 + i, i);
	fail(f, "198.51.100.7", "clerk", 0);
}

static void write_attackers(const struct flood *f, uint64_t number)
{
	for (unsigned i = 1; i <= ATTACKERS; i++) {
		char address[48];

		snprintf(address, sizeof(address), "203.0.113.%u", i);
		fail(f, address, "staff", number);
	}
}

static void write_flood(struct flood *f)
{
	uint64_t tried = 0;

	for (uint64_t i = 0; i < f->count; i++) {
		char address[48];

		make_stamp(f, f->start + (time_t)(i * DAY / f->count));
		if (tried < TRIES && i >= tried * f->count / TRIES)
			write_attackers(f, tried++);
		f->address(i, address);
		fail(f, address, "u", i);
	}
}

int main(int argc, char **argv)
{
	static char buffer[1 << 20];
	struct flood f = { 0 };

	if (argc != 4)
		return 2;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(argv[1], kinds[i].name) != 0)
			continue;
		f.address = kinds[i].address;
		f.count = kinds[i].failures * strtoull(argv[2], NULL, 10);
	}
	f.start = strtoll(argv[3], NULL, 10);
	if (f.address == NULL || f.count < TRIES)
		return 2;
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	write_office(&f);
	write_flood(&f);
	return fflush(stdout) != 0;
}
