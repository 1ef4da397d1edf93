/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner: the owner of an address: its country, and number and name of its autonomous system (AS).
 *
 * Files tell owners: databases of libloc, and the text files of tor-geoipdb, which have countries alone. Nothing is
 * asked over the network unless the settings say so. */
#ifndef MAILBAN_REPORT_OWNER_H
#define MAILBAN_REPORT_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"
#include "report/json.h"

enum owners_from { OWNERS_NONE, OWNERS_FILES, OWNERS_DNS };

/* The sources of owners. */
struct owners_settings {
	enum owners_from from;
	struct texts files;          /* the first file that knows the owner decides; empty: the usual files */
	char *zone;                  /* of the DNS: it answers as asn.cymru.com does; NULL: none */
};

enum { OWNER_NAME_MAX = 80 };

struct owner {
	char country[3];             /* ISO 3166; "": not known */
	uint32_t as;                 /* 0: not known */
	char name[OWNER_NAME_MAX];   /* of the AS, any bytes but NUL; "": not known */
};

struct owners;

/* Opens all files, so that owners can be asked for in the glass, too. The settings' texts live as long as the
 * owners. owners_close() takes NULL, too. */
struct owners *owners_open(const struct owners_settings *settings);
void owners_close(struct owners *owners);

/* The owner of an address, or of a network's first address. False where nothing is known; owner is empty then. All
 * questions to the DNS together take at most three seconds. owners may be NULL: nothing is known. */
bool owners_find(struct owners *owners, const struct addr *addr, struct owner *owner);

/* Appends the known parts of "DE, AS64496 Example Ltd", escaped; nothing where nothing is known. */
void owner_add_text(struct buf *out, const struct owner *owner);

/* The members country, as and as_name of the object at hand; null where they are not known. */
void owner_members(const struct owner *owner, struct json *json);

#endif
