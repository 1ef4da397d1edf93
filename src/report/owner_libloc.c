/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owner_libloc: databases of libloc, which is loaded when the first one is met.
 *
 * libloc loads a library of cryptography that nothing else in mailban needs.
 */
#include "report/owner_inside.h"

#include <stdlib.h>

#include "base/library.h"
#include "base/mem.h"

#if HAVE_LIBLOC

#include <stdarg.h>
#include <string.h>
#include <time.h>
/* libloc's headers need time.h, and do not include it */
#include <libloc/database.h>

#define SONAME "libloc.so.1"

LIBRARY_NOTE(SONAME, "libloc", "owners of addresses", "suggested");

/* The functions of libloc that mailban uses. */
#define LIBLOC_FUNCTIONS(with) \
	with(loc_new) \
	with(loc_unref) \
	with(loc_set_log_fn) \
	with(loc_database_new) \
	with(loc_database_unref) \
	with(loc_database_lookup) \
	with(loc_database_get_as) \
	with(loc_network_unref) \
	with(loc_network_get_country_code) \
	with(loc_network_get_asn) \
	with(loc_as_unref) \
	with(loc_as_get_name)

struct owner_libloc {
	LIBLOC_FUNCTIONS(LIBRARY_MEMBER)
	FILE *file;
	struct loc_ctx *context;
	struct loc_database *database;
};

static bool load(struct owner_libloc *lib)
{
	LIBRARY_LOAD(SONAME, LIBLOC_FUNCTIONS);
	return found;
}

/* libloc's log, which is dropped: a database that cannot be read knows nothing. */
static void say_nothing(struct loc_ctx *context, int priority, const char *file, int line, const char *function,
			const char *format, va_list args)
{
	(void)context, (void)priority, (void)file, (void)line, (void)function, (void)format, (void)args;
}

struct owner_libloc *owner_libloc_open(FILE *file)
{
	struct owner_libloc *db = mem_zalloc(1, sizeof(*db));

	db->file = file;
	if (load(db) && db->loc_new(&db->context) == 0) {
		db->loc_set_log_fn(db->context, say_nothing);
		if (db->loc_database_new(db->context, &db->database, file) == 0)
			return db;
		db->database = NULL;
	}
	owner_libloc_close(db);
	return NULL;
}

void owner_libloc_close(struct owner_libloc *db)
{
	if (db == NULL)
		return;
	if (db->database != NULL)
		db->loc_database_unref(db->database);
	if (db->context != NULL)
		db->loc_unref(db->context);
	(void)fclose(db->file);
	free(db);
}

/* libloc knows IPv4 as this program does: mapped into IPv6. */
static struct in6_addr in6_of(const struct addr *addr)
{
	struct in6_addr in6;

	for (unsigned i = 0; i < 8; i++) {
		in6.s6_addr[i] = (uint8_t)(addr->hi >> (56 - 8 * i));
		in6.s6_addr[8 + i] = (uint8_t)(addr->lo >> (56 - 8 * i));
	}
	return in6;
}

static void take_as(struct owner_libloc *db, uint32_t number, struct owner *owner)
{
	struct loc_as *as = NULL;
	const char *name;

	owner->as = number;
	if (number == 0 || db->loc_database_get_as(db->database, &as, number) != 0 || as == NULL)
		return;
	name = db->loc_as_get_name(as);
	if (name != NULL)
		snprintf(owner->name, sizeof(owner->name), "%s", name);
	db->loc_as_unref(as);
}

void owner_libloc_find(struct owner_libloc *db, const struct addr *addr, struct owner *owner)
{
	const struct in6_addr in6 = in6_of(addr);
	struct loc_network *network = NULL;
	const char *country;

	if (db->loc_database_lookup(db->database, &in6, &network) != 0 || network == NULL)
		return;
	country = db->loc_network_get_country_code(network);
	if (country != NULL)
		owner_set_country(owner, country, strlen(country));
	take_as(db, db->loc_network_get_asn(network), owner);
	db->loc_network_unref(network);
}

#else

struct owner_libloc *owner_libloc_open(FILE *file)
{
	(void)fclose(file);
	return NULL;
}

void owner_libloc_close(struct owner_libloc *db)
{
	(void)db;
}

void owner_libloc_find(struct owner_libloc *db, const struct addr *addr, struct owner *owner)
{
	(void)db, (void)addr, (void)owner;
}

#endif
