/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings: where the engine of a fleet is, and who this host is there. */
#ifndef MAILBAN_FLEET_SETTINGS_H
#define MAILBAN_FLEET_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FLEET_NAME_MAX = 64 };

/* Texts that are not set are NULL. */
struct fleet_settings {
	char *url;            /* NULL: this host is in no fleet */
	char *name;           /* of this host there */
	bool bans;            /* a ban of another host is one here */
	int64_t timeout;      /* seconds for all that a command does there */
	char *password_file;
	char *ca, *cert, *key;
};

/* The parts of an address such as valkey://host:6379/0. Texts point into it. */
struct fleet_url {
	const char *host;     /* or the path of a socket */
	size_t host_len;
	unsigned port;        /* 0: a socket */
	unsigned database;
	bool tls;
};

/* False where it is no such address, or holds a user or a password. */
bool fleet_parse_url(const char *text, struct fleet_url *url);

/* Letters, digits, dots, dashes and underscores: so a name can stand in keys, in the state and on a terminal. */
bool fleet_is_name(const char *text, size_t len);

#endif
