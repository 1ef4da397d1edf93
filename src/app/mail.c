/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mail: a report as a mail that sendmail(8) -t takes.
 *
 * Texts in headers come from the environment and from logs. A control byte in them could begin a new header, so none
 * passes. A subject that is not ASCII is written as encoded words (RFC 2047), each of whole characters.
 */
#include "app/mail.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	WORD_BYTES = 42, /* of text: 56 of base64, and with their frame no more than the 75 that a word may have */
};

bool mail_is_wanted(void)
{
	const char *to = getenv("MAILTO");

	return to == NULL || *to != '\0';
}

void mail_host(char *name, size_t size)
{
	if (gethostname(name, size) < 0)
		name[0] = '\0';
	name[size - 1] = '\0';
	name[strcspn(name, ".")] = '\0';
}

static void add_clean(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_add_char(out, (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i]);
}

static void add_header(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%s: ", name);
	add_clean(out, value, strlen(value));
	buf_add_char(out, '\n');
}

static void add_base64(struct buf *out, const char *bytes, size_t len)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		unsigned left = len - i < 3 ? (unsigned)(len - i) : 3;
		unsigned long three = (unsigned long)(unsigned char)bytes[i] << 16;

		if (left > 1)
			three |= (unsigned long)(unsigned char)bytes[i + 1] << 8;
		if (left > 2)
			three |= (unsigned char)bytes[i + 2];
		buf_add_char(out, letters[three >> 18]);
		buf_add_char(out, letters[three >> 12 & 63]);
		buf_add_char(out, left > 1 ? letters[three >> 6 & 63] : '=');
		buf_add_char(out, left > 2 ? letters[three & 63] : '=');
	}
}

static bool is_ascii(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

static void add_encoded(struct buf *out, struct span text)
{
	while (text.len > 0) {
		size_t len = text.len < WORD_BYTES ? text.len : WORD_BYTES;

		/* the cut is not within a character */
		while (len < text.len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
			len--;
		buf_add_text(out, "=?UTF-8?B?");
		add_base64(out, text.ptr, len);
		buf_add_text(out, text.len > len ? "?=\n " : "?=");
		text.ptr += len;
		text.len -= len;
	}
}

void mail_add(struct buf *out, struct span subject, struct span body)
{
	const char *to = getenv("MAILTO"), *from = getenv("MAILFROM");

	if (from != NULL && *from != '\0')
		add_header(out, "From", from);
	add_header(out, "To", to != NULL ? to : "root");
	buf_add_text(out, "Subject: ");
	if (is_ascii(subject))
		add_clean(out, subject.ptr, subject.len);
	else
		add_encoded(out, subject);
	buf_add_text(out, "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
		     "Content-Transfer-Encoding: 8bit\nAuto-Submitted: auto-generated\n\n");
	buf_add_span(out, body);
}
