/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log that people and attackers leave in two weeks, with the truth about each address, while it is made.
 *
 * Times are seconds since the log's first midnight (UTC); a line outside of the two weeks is left out. Numbers are
 * drawn by a generator of the log's own, in integers, so that a seed gives the same bytes on every machine. C does
 * not say in which order arguments are evaluated: a statement draws at most one number.
 */
#ifndef PEOPLE_LOG_H
#define PEOPLE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, DAYS = 14, END = DAYS * DAY };

struct log;

/* A kind of people or of attackers. make() writes the two weeks of one of them. */
struct kind {
	const char *name;
	bool honest;
	unsigned count;  /* how many there are: people, hosts or networks, as make() has it */
	unsigned expect; /* percent of its addresses that may (honest) or must (attackers) have been banned */
	void (*make)(struct log *l); /* NULL: another kind makes these */
	long pace;		     /* a number for make(): seconds between two tries, in most kinds */
};

/* An address of the Internet. The log owns it. */
struct client {
	char address[40];
	char host[64]; /* its verified name, or "unknown" */
	const struct kind *kind;
	long first; /* when it is seen first, -1 before that */
	struct client *next;
};

/* A user name, or a part of one. */
struct name {
	char text[80];
};

struct line {
	long time;
	size_t start; /* in the log's text */
	uint32_t length, serial;
};

struct log {
	uint64_t random;
	int64_t begin;	       /* the first midnight, in seconds since 1970 */
	unsigned percent;      /* of each kind's count that is made */
	const struct kind *kind; /* whom new clients belong to */
	unsigned turn;	       /* which of the kind is made, from 0 */
	struct client *clients, **last;
	struct line *lines;
	size_t count, lines_room;
	char *text;
	size_t used, text_room;
	unsigned char taken[1 << 21], sites[1 << 13]; /* a bit an IPv4 address, a bit an IPv6 /48 */
};

/* LOG is all zero but for begin and percent. */
void log_start(struct log *l);
void log_free(struct log *l);

/* Whoever makes a kind draws the same numbers whatever other kinds there are. */
void log_seed(struct log *l, uint64_t seed, const struct kind *kind);

/* Writes a file a day into FOLDER, named by its date, and truth.tsv. False, with errno, where that fails. */
bool log_write(struct log *l, const char *folder);

/* A new file NAME in FOLDER, for the caller to close; NULL, with errno, where that fails. */
FILE *log_create(const char *folder, const char *name);

/* A line of PROGRAM at TIME about C, without its newline. */
__attribute__((format(printf, 6, 7))) void log_line(struct log *l, struct client *c, long time, const char *program,
						    unsigned pid, const char *format, ...);

uint32_t below(struct log *l, uint32_t n);		    /* 0 to N - 1 */
long between(struct log *l, long from, long to);	    /* FROM to TO */
bool chance(struct log *l, unsigned percent);
unsigned log_pid(struct log *l);
long at(struct log *l, int day, int from_hour, int to_hour); /* some time of DAY between two hours */
unsigned some(const struct log *l, unsigned n);		    /* N by the log's percent, at least one */
bool workday(const struct log *l, int day);

/* Addresses that nobody has yet, without a name: anywhere in 240.0.0.0/8; in NETWORK.0/24; in a /64 of a /48. */
struct client *client_new(struct log *l);
uint32_t network_new(struct log *l);
struct client *client_in(struct log *l, uint32_t network);
unsigned site_new(struct log *l);
struct client *client_ipv6(struct log *l, unsigned site, unsigned subnet);
__attribute__((format(printf, 2, 3))) void client_name(struct client *c, const char *format, ...);

/* Somebody who has a mailbox; the one of the users at home by number; a name that a guesser tries; NAME@DOMAIN. */
struct name person(struct log *l);
struct name resident(unsigned number);
struct name guess(struct log *l);
struct name in_domain(const struct name *local, const char *domain);

#endif
