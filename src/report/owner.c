/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owner: sources of owners, one asked after another.
 *
 * A file that is missing is left out. The first bytes of a file say its kind.
 */
#include "report/owner.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/fields.h"
#include "report/owner_inside.h"

/* A file that knows owners: libloc's, or text. */
struct known {
	struct owner_libloc *libloc;
	FILE *text;
};

struct owners {
	struct known *known;         /* one for each file; NULL: no file is asked */
	size_t count;
	struct owner_dns *dns;
};

static const char *const usual[] = { "/var/lib/location/database.db", "/usr/share/tor/geoip", "/usr/share/tor/geoip6" };

static void open_file(struct known *known, const char *path)
{
	static const char magic[] = "LOCDBXX";
	char begin[sizeof(magic) - 1];
	FILE *file = fopen(path, "re");
	size_t got = file != NULL ? fread(begin, 1, sizeof(begin), file) : 0;

	if (got == sizeof(begin) && memcmp(begin, magic, sizeof(begin)) == 0) {
		(void)fseek(file, 0, SEEK_SET);
		known->libloc = owner_libloc_open(file);
	} else {
		known->text = file;
	}
}

struct owners *owners_open(const struct owners_settings *settings)
{
	const struct texts *files = &settings->files;
	struct owners *o = mem_zalloc(1, sizeof(*o));

	if (settings->from == OWNERS_DNS && settings->zone != NULL)
		o->dns = owner_dns_open(settings->zone);
	if (settings->from == OWNERS_NONE)
		return o;
	o->count = files->count > 0 ? files->count : LENGTH_OF(usual);
	o->known = mem_zalloc(o->count, sizeof(*o->known));
	for (size_t i = 0; i < o->count; i++)
		open_file(&o->known[i], files->count > 0 ? files->texts[i] : usual[i]);
	return o;
}

void owners_close(struct owners *o)
{
	for (size_t i = 0; o != NULL && i < o->count; i++) {
		owner_libloc_close(o->known[i].libloc);
		if (o->known[i].text != NULL)
			(void)fclose(o->known[i].text);
	}
	if (o != NULL) {
		owner_dns_close(o->dns);
		free(o->known);
	}
	free(o);
}

void owner_set_country(struct owner *owner, const char *text, size_t len)
{
	if (len == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z' &&
	    memcmp(text, "XX", 2) != 0)
		memcpy(owner->country, text, 2);
}

bool owners_find(struct owners *o, const struct addr *addr, struct owner *owner)
{
	*owner = (struct owner){ 0 };
	if (o == NULL)
		return false;
	for (size_t i = 0; i < o->count; i++) {
		if (o->known[i].libloc != NULL && owner->as == 0)
			owner_libloc_find(o->known[i].libloc, addr, owner);
		if (o->known[i].text != NULL && owner->country[0] == '\0')
			owner_geoip_find(o->known[i].text, addr, owner);
	}
	if (o->dns != NULL && owner->as == 0)
		owner_dns_find(o->dns, addr, owner);
	return owner->country[0] != '\0' || owner->as != 0;
}

void owner_add_text(struct buf *out, const struct owner *owner)
{
	buf_add_text(out, owner->country);
	if (owner->as == 0)
		return;
	buf_addf(out, "%sAS%u", owner->country[0] != '\0' ? ", " : "", owner->as);
	if (owner->name[0] != '\0')
		buf_add_char(out, ' ');
	buf_add_escaped(out, owner->name, strlen(owner->name));
}

void owner_members(const struct owner *owner, struct json *json)
{
	const struct field fields[] = {
		field_word("country", owner->country[0] != '\0' ? owner->country : NULL),
		owner->as != 0 ? field_number("as", owner->as) : field_word("as", NULL),
		field_word("as_name", owner->name[0] != '\0' ? owner->name : NULL),
		field_end(),
	};

	fields_members(fields, json);
}
