/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who takes part: addresses, of which nobody gets one twice, and the names of users. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const first_names[] = { "anna", "ben", "carla", "david", "emma", "felix", "greta", "hugo",
					   "ines", "jan",  "karin", "leo",   "marie", "nils", "olga",  "paul",
					   "rosa", "sven", "tina",	"uwe",   "vera",  "wim",  "yuki",  "zoe" };
static const char *const last_names[] = { "adler", "berg", "conti", "dahl", "ende", "frey", "gomez", "haas",
					  "ito",   "jung", "kurz",	"lang", "moser", "nagy", "ortiz", "pohl",
					  "reich", "sato", "thal",	"unger", "vogel", "weiss", "young", "zeller" };
static const char *const guesses[] = { "info",	  "sales", "admin",   "test", "office", "contact", "support", "root",
				       "web",	  "fax",   "backup",  "mail", "scan",	"hr",	   "billing", "service",
				       "shop",	  "abuse", "scanner", "team", "jobs",	"press",   "noreply", "user" };

/* Takes the bit NUMBER; false where somebody has it. */
static bool take(unsigned char *bits, uint32_t number)
{
	unsigned char bit = (unsigned char)(1u << (number & 7));

	if (bits[number >> 3] & bit)
		return false;
	bits[number >> 3] |= bit;
	return true;
}

static struct client *add(struct log *l)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c) {
		perror("people");
		exit(1);
	}
	*c = (struct client){ .host = "unknown", .kind = l->kind, .first = -1 };
	*l->last = c;
	l->last = &c->next;
	return c;
}

/* NUMBER holds the last three bytes of an address in 240.0.0.0/8. */
static struct client *add_ipv4(struct log *l, uint32_t number)
{
	struct client *c = add(l);

	snprintf(c->address, sizeof(c->address), "240.%u.%u.%u", number >> 16, number >> 8 & 255, number & 255);
	return c;
}

struct client *client_new(struct log *l)
{
	uint32_t number;

	do
		number = below(l, 1 << 24);
	while ((number & 255) == 0 || (number & 255) == 255 || !take(l->taken, number));
	return add_ipv4(l, number);
}

uint32_t network_new(struct log *l)
{
	return below(l, 1 << 16);
}

struct client *client_in(struct log *l, uint32_t network)
{
	uint32_t host;

	do
		host = 1 + below(l, 254);
	while (!take(l->taken, network << 8 | host));
	return add_ipv4(l, network << 8 | host);
}

unsigned site_new(struct log *l)
{
	uint32_t site;

	do
		site = 1 + below(l, 0xffff);
	while (!take(l->sites, site));
	return site;
}

struct client *client_ipv6(struct log *l, unsigned site, unsigned subnet)
{
	struct client *c = add(l);
	unsigned part[4];

	/* no part is zero, so that the text is canonical as it is */
	for (int i = 0; i < 4; i++)
		part[i] = 1 + below(l, 0xffff);
	snprintf(c->address, sizeof(c->address), "2001:db8:%x:%x:%x:%x:%x:%x", site, subnet, part[0], part[1],
		 part[2], part[3]);
	return c;
}

void client_name(struct client *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(c->host, sizeof(c->host), format, args);
	va_end(args);
}

struct name person(struct log *l)
{
	const char *first = first_names[below(l, 24)];
	const char *last = last_names[below(l, 24)];
	struct name n;

	snprintf(n.text, sizeof(n.text), "%s.%s%u@example.com", first, last, 100 + below(l, 9900));
	return n;
}

struct name resident(unsigned number)
{
	struct name n;

	snprintf(n.text, sizeof(n.text), "%s.%s@example.com", first_names[number % 24], last_names[number / 24 % 24]);
	return n;
}

struct name guess(struct log *l)
{
	const char *word = guesses[below(l, 24)];
	const char *first = first_names[below(l, 24)];
	struct name n;

	switch (below(l, 3)) {
	case 0:
		snprintf(n.text, sizeof(n.text), "%s@example.com", word);
		break;
	case 1:
		snprintf(n.text, sizeof(n.text), "%s%u@example.com", word, 1 + below(l, 99));
		break;
	default:
		snprintf(n.text, sizeof(n.text), "%s.%s@example.com", word, first);
	}
	return n;
}

struct name in_domain(const struct name *local, const char *domain)
{
	struct name n;
	int length = 0;

	while (local->text[length] && local->text[length] != '@')
		length++;
	snprintf(n.text, sizeof(n.text), "%.*s%s%s", length, local->text, *domain ? "@" : "", domain);
	return n;
}
