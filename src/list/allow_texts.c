/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allow_texts: texts of the system, whose addresses are never banned. A part that is not understood is passed over. */
#include "list/allow.h"

#include <string.h>

/* "Iface Destination Gateway ...": the gateway's four bytes as a number in the host's order. */
void allow_read_routes4(struct allow *allow, struct span text)
{
	struct span line, word;

	while (span_take_line(&text, &line)) {
		unsigned char bytes[4];
		uint64_t number;
		uint32_t gateway;
		struct addr a;

		span_word(&line, " \t");
		span_word(&line, " \t");
		word = span_word(&line, " \t");
		if (word.len != 8 || !span_hex(word, &number) || number == 0)
			continue;
		gateway = (uint32_t)number;
		memcpy(bytes, &gateway, sizeof(bytes));
		a = addr_of_v4(bytes);
		allow_add(allow, &a, ALLOW_GATEWAY, 0);
	}
}

/* "destination length source length gateway ...", addresses as 32 digits. */
void allow_read_routes6(struct allow *allow, struct span text)
{
	struct span line;

	while (span_take_line(&text, &line)) {
		struct addr a = { 0, 0, ADDR_BITS };
		struct span word = { NULL, 0 };

		for (unsigned i = 0; i < 5; i++)
			word = span_word(&line, " \t");
		if (word.len != 32 || !span_hex((struct span){ word.ptr, 16 }, &a.hi) ||
		    !span_hex((struct span){ word.ptr + 16, 16 }, &a.lo) || (a.hi == 0 && a.lo == 0))
			continue;
		allow_add(allow, &a, ALLOW_GATEWAY, 0);
	}
}

/* Adds a single address. A link-local one may have a zone. */
static void add_single(struct allow *allow, struct span word, enum allow_from from)
{
	const char *zone = word.len > 0 ? memchr(word.ptr, '%', word.len) : NULL;
	struct addr a;

	if (addr_parse(&a, word.ptr, zone != NULL ? (size_t)(zone - word.ptr) : word.len))
		allow_add(allow, &a, from, 0);
}

void allow_read_resolvers(struct allow *allow, struct span text)
{
	struct span line;

	while (span_take_line(&text, &line)) {
		if (span_is(span_word(&line, " \t\r"), "nameserver"))
			add_single(allow, span_word(&line, " \t\r"), ALLOW_RESOLVER);
	}
}

/* Networks as Postfix writes them, IPv6 in brackets. Exclusions (!...) and tables are passed over, since Postfix alone
 * knows whom they name. A network of everybody is passed over, too: it would end all banning unseen. */
void allow_read_mynetworks(struct allow *allow, struct span text)
{
	for (;;) {
		struct span word = span_word(&text, ", \t\r\n");
		char bare[64];
		size_t len = 0;
		struct addr net;

		if (word.len == 0)
			return;
		if (word.len > sizeof(bare))
			continue;
		for (size_t i = 0; i < word.len; i++) {
			if (word.ptr[i] != '[' && word.ptr[i] != ']')
				bare[len++] = word.ptr[i];
		}
		if (addr_parse_net(&net, bare, len) && addr_text_prefix(&net) > 0)
			allow_add(allow, &net, ALLOW_MYNETWORKS, 0);
	}
}

void allow_format_mynetworks(const struct allow *allow, struct buf *out)
{
	for (size_t i = 0; i < allow->count; i++) {
		char text[ADDR_TEXT_MAX];

		if (allow->entries[i].from != ALLOW_MYNETWORKS)
			continue;
		addr_format(text, &allow->entries[i].net);
		buf_addf(out, "%s\n", text);
	}
}

/* "client-address client-port ..." */
void allow_read_ssh(struct allow *allow, struct span text)
{
	add_single(allow, span_word(&text, " "), ALLOW_SSH);
}

void allow_read_environment(struct allow *allow, struct span bytes)
{
	static const char connection[] = "SSH_CONNECTION=", client[] = "SSH_CLIENT=";

	while (bytes.len > 0) {
		const char *end = memchr(bytes.ptr, '\0', bytes.len);
		struct span one = { bytes.ptr, end != NULL ? (size_t)(end - bytes.ptr) : bytes.len };
		size_t name = 0;

		if (one.len > sizeof(connection) && memcmp(one.ptr, connection, sizeof(connection) - 1) == 0)
			name = sizeof(connection) - 1;
		else if (one.len > sizeof(client) && memcmp(one.ptr, client, sizeof(client) - 1) == 0)
			name = sizeof(client) - 1;
		if (name > 0)
			allow_read_ssh(allow, (struct span){ one.ptr + name, one.len - name });
		bytes.ptr += one.len + (end != NULL);
		bytes.len -= one.len + (end != NULL);
	}
}
