/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settings: addresses of engines.
 *
 *	valkey://HOST[:PORT][/DATABASE]     redis:// is the same
 *	rediss://HOST[:PORT][/DATABASE]     over TLS; valkeys:// is the same
 *	unix:///PATH[?db=DATABASE]
 */
#include "fleet/settings.h"

#include <stdlib.h>
#include <string.h>

enum { PORT = 6379, DATABASES = 1 << 16 };

static bool take_number(const char **at, unsigned most, unsigned *number)
{
	char *end;
	unsigned long value = strtoul(*at, &end, 10);

	if (**at < '0' || **at > '9' || value > most)
		return false;
	*number = (unsigned)value;
	*at = end;
	return true;
}

static bool parse_socket(const char *path, struct fleet_url *url)
{
	const char *end = path + strcspn(path, "?"), *at = end + 4;

	*url = (struct fleet_url){ .host = path, .host_len = (size_t)(end - path) };
	return *end == '\0' ||
	       (strncmp(end, "?db=", 4) == 0 && take_number(&at, DATABASES, &url->database) && *at == '\0');
}

static bool parse_host(const char *at, struct fleet_url *url)
{
	bool closed = *at == '[';
	const char *end = closed ? strchr(at, ']') : at + strcspn(at, ":/");

	url->host = at + closed;
	url->host_len = end != NULL ? (size_t)(end - url->host) : 0;
	url->port = PORT;
	if (url->host_len == 0)
		return false;
	at = end + closed;
	if (*at == ':' && (at++, !take_number(&at, 65535, &url->port) || url->port == 0))
		return false;
	if (*at == '/' && at[1] != '\0' && (at++, !take_number(&at, DATABASES, &url->database)))
		return false;
	return *at == '\0' || strcmp(at, "/") == 0;
}

bool fleet_parse_url(const char *text, struct fleet_url *url)
{
	static const char *const schemes[] = { "valkey://", "redis://", "valkeys://", "rediss://" };

	*url = (struct fleet_url){ 0 };
	if (strchr(text, '@') != NULL)
		return false;
	if (strncmp(text, "unix:///", 8) == 0)
		return parse_socket(text + 7, url);
	for (unsigned i = 0; i < 4; i++) {
		if (strncmp(text, schemes[i], strlen(schemes[i])) == 0) {
			url->tls = i >= 2;
			return parse_host(text + strlen(schemes[i]), url);
		}
	}
	return false;
}

bool fleet_is_name(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '.' &&
		    c != '-' && c != '_')
			return false;
	}
	return len > 0 && len <= FLEET_NAME_MAX;
}
