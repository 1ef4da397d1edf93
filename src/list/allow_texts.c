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
		allow_add(allow, &a, ALLOW_GATEWAY);
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
		allow_add(allow, &a, ALLOW_GATEWAY);
	}
}

/* Adds a single address. A link-local one may have a zone. */
static void add_single(struct allow *allow, struct span word, enum allow_from from)
{
	const char *zone = word.len > 0 ? memchr(word.ptr, '%', word.len) : NULL;
	struct addr a;

	if (addr_parse(&a, word.ptr, zone != NULL ? (size_t)(zone - word.ptr) : word.len))
		allow_add(allow, &a, from);
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
			allow_add(allow, &net, ALLOW_MYNETWORKS);
	}
}

void allow_format_mynetworks(const struct allow *allow, struct buf *out)
{
	for (size_t i = 0; i < allow->count; i++) {
		if (allow->entries[i].from == ALLOW_MYNETWORKS)
			buf_addf(out, "%s\n", addr_text(&allow->entries[i].net).text);
	}
}

/* "client-address client-port ..." */
void allow_read_ssh(struct allow *allow, struct span text)
{
	add_single(allow, span_word(&text, " "), ALLOW_SSH);
}

void allow_read_environment(struct allow *allow, struct span bytes)
{
	while (bytes.len > 0) {
		struct span one = span_take(&bytes, '\0');

		if (span_skip(&one, "SSH_CONNECTION=") || span_skip(&one, "SSH_CLIENT="))
			allow_read_ssh(allow, one);
	}
}
