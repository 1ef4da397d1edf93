/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner_inside: the kinds of sources that know owners. Inside src/report only. */
#ifndef MAILBAN_REPORT_OWNER_INSIDE_H
#define MAILBAN_REPORT_OWNER_INSIDE_H

#include <stdio.h>

#include "report/owner.h"

/* A database of libloc. Takes the file over; NULL where libloc is not there or cannot read it. */
struct owner_libloc;
struct owner_libloc *owner_libloc_open(FILE *file);
void owner_libloc_close(struct owner_libloc *db);
void owner_libloc_find(struct owner_libloc *db, const struct addr *addr, struct owner *owner);

/* Finds the country of an address in a text file of tor-geoipdb. Its lines FIRST,LAST,CC are sorted, with numbers for
 * IPv4 and texts for IPv6 addresses. */
void owner_geoip_find(FILE *file, const struct addr *addr, struct owner *owner);

/* The DNS. */
struct owner_dns;
struct owner_dns *owner_dns_open(const char *zone);
void owner_dns_close(struct owner_dns *dns);
void owner_dns_find(struct owner_dns *dns, const struct addr *addr, struct owner *owner);

/* Sets the country where the text is two capital letters, but not XX. */
void owner_set_country(struct owner *owner, const char *text, size_t len);

#endif
