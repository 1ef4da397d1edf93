/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allow: who is never banned, and why. */
#ifndef MAILBAN_LIST_ALLOW_H
#define MAILBAN_LIST_ALLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "addr/netset.h"
#include "base/buf.h"
#include "base/span.h"
#include "base/when.h"

/* Why an address is in the allowlist. */
enum allow_from {
	ALLOW_FILE,
	ALLOW_SETTING,
	ALLOW_LOOPBACK,
	ALLOW_OWN,
	ALLOW_GATEWAY,
	ALLOW_RESOLVER,
	ALLOW_MYNETWORKS,
	ALLOW_SSH,
	ALLOW_FROM_COUNT,
};

struct allow_entry {
	struct addr net;
	enum allow_from from;
	unsigned long line;    /* of the file, for ALLOW_FILE */
	int64_t until;         /* when that line ends, in seconds since the epoch; WHEN_FOREVER for all others */
};

/* A host's name in the file. */
struct allow_name {
	char *text;
	unsigned long line;
	int64_t until;         /* as of an entry */
};

/* Zero-initialise it; allow_free() gives the memory back. */
struct allow {
	struct netset nets;    /* all entries' networks, finished */
	struct allow_entry *entries;
	size_t count, capacity;
	struct allow_name *names; /* their addresses are among the entries once allow_take_answers() was called */
	size_t name_count, name_capacity;
	bool incomplete;       /* postconf or another part of this host failed, which was said */
	bool again;            /* set by the caller: this command has read the file before, and told what is no time */
};

/* Where the allowlist comes from. */
struct allow_sources {
	const char *path;      /* the file; one that is not there is an empty one */
	struct texts also;     /* further addresses and networks of the settings; borrowed */
	bool mynetworks;       /* ask postconf, where it is */
};

/* Gathers all of them, and what is always in it. That is loopback, this host's addresses, gateways and resolvers, and
 * the client of the SSH session that the program is run from. Returns 0, or -1 after saying FILE:LINE and what is wrong
 * with the file or a setting. */
int allow_gather(struct allow *allow, const struct allow_sources *sources);
void allow_free(struct allow *allow);

/* Whether a text can be the name of a host. */
bool allow_is_name(const char *text, size_t len);

/* Adds a name. Of two lines with one name the line that ends last counts. */
void allow_add_name(struct allow *allow, const char *text, size_t len, unsigned long line, int64_t until);

/* Adds the addresses of names from lines "NAME ADDRESS". The networks are then unfinished. */
void allow_take_answers(struct allow *allow, struct span answers);

/* Asks the resolver for all names, and appends such lines to answers. Where nobody answers for a name, says so and
 * copies its lines from the former answers. False where a name has no line at all, and so allows nobody. */
bool allow_resolve(const struct allow *allow, struct span former, struct buf *answers);

/* An entry that has an address in common with net, the widest reason first in the order of enum allow_from;
 * NULL: net may be banned. */
const struct allow_entry *allow_overlapping(const struct allow *allow, const struct addr *net);

/* "the allowlist", "an address of this host", ... */
const char *allow_from_name(enum allow_from from);

/* Whether net has an address in common with the private, link-local and loopback ranges, which ban-private is
 * about. */
bool allow_is_private(const struct addr *net);

/* The parts of allow_gather() that read texts; they leave the networks unfinished. */
int allow_read_file(struct allow *allow, const char *path, struct buf *text); /* and appends the file's bytes to text */
void allow_read_routes4(struct allow *allow, struct span text);       /* as /proc/net/route */
void allow_read_routes6(struct allow *allow, struct span text);       /* as /proc/net/ipv6_route */
void allow_read_resolvers(struct allow *allow, struct span text);     /* as /etc/resolv.conf */
void allow_read_mynetworks(struct allow *allow, struct span text);    /* as postconf prints it */
void allow_read_ssh(struct allow *allow, struct span text);           /* as SSH_CONNECTION's value */
void allow_read_environment(struct allow *allow, struct span bytes);  /* as /proc/PID/environ */

/* The mynetworks as text that allow_read_mynetworks() reads, one a line. */
void allow_format_mynetworks(const struct allow *allow, struct buf *out);

/* Add an entry: for that reason; of a line of the file. */
void allow_add(struct allow *allow, const struct addr *net, enum allow_from from);
void allow_add_line(struct allow *allow, const struct addr *net, unsigned long line, int64_t until);

/* When a line of the file with that remark behind # ends, in seconds since the epoch: "until" and a minute, or a day
 * in UTC, at whose end the line ends. WHEN_FOREVER where it says no end. False where a number stands behind "until"
 * that is no time. */
bool allow_until(struct span remark, int64_t *until);

/* Adds what only this host knows (allow_host.c). */
void allow_add_host(struct allow *allow);
void allow_add_mynetworks(struct allow *allow);
void allow_add_ssh_client(struct allow *allow);

#endif
