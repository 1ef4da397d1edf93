/* SPDX-License-Identifier: GPL-2.0-or-later */
/* template: parts and fields, and what an attacker typed as text. */
#include "report/template.h"

#include <string.h>

#include "base/msg.h"

/* The lines of a part. */
static struct span part_of(const char *template, const char *part)
{
	size_t len = strlen(part);
	const char *at = template, *end;

	while (at != NULL && !(strncmp(at, "@@", 2) == 0 && strncmp(at + 2, part, len) == 0 && at[2 + len] == '\n')) {
		at = strstr(at, "\n@@");
		at += at != NULL;
	}
	if (at == NULL)
		msg_die("the template has no part %s; nothing was written", part);
	at += len + 3;
	end = strncmp(at, "@@", 2) == 0 ? at : strstr(at, "\n@@");
	return (struct span){ at, end != NULL ? (size_t)(end - at) : strlen(at) };
}

static struct span value_of(const struct template_field *fields, const char *name, size_t len)
{
	while (fields->name != NULL && (strlen(fields->name) != len || memcmp(fields->name, name, len) != 0))
		fields++;
	if (fields->name == NULL)
		msg_die("the template's field %.*s has no value; nothing was written", (int)len, name);
	return fields->value;
}

/* Whether a brace opens a field: letters and a closing brace follow. Those of style sheets do not. */
static size_t field_length(const char *at, const char *end)
{
	const char *from = at + 1 + (at + 1 < end && at[1] == '='), *to = from;

	while (to < end && *to >= 'a' && *to <= 'z')
		to++;
	return to < end && *to == '}' && to > from ? (size_t)(to - at) + 1 : 0;
}

void template_add(struct buf *out, const char *template, const char *part, const struct template_field *fields)
{
	struct span text = part_of(template, part);
	const char *end = text.ptr + text.len;

	for (const char *at = text.ptr; at < end;) {
		size_t len = *at == '{' ? field_length(at, end) : 0;
		struct span value;

		if (len == 0) {
			buf_add_char(out, *at++);
			continue;
		}
		value = at[1] == '=' ? value_of(fields, at + 2, len - 3) : value_of(fields, at + 1, len - 2);
		if (at[1] == '=')
			buf_add_span(out, value);
		else
			template_add_escaped(out, value.ptr, value.len);
		at += len;
	}
}

/* The number of bytes of a character of UTF-8 (RFC 3629), and its code; 0: it is none. */
static size_t decode(const char *bytes, size_t len, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)*bytes;
	size_t need = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;

	if (need == 0 || need > len)
		return 0;
	*code = need == 1 ? first : first & (0x7fU >> need);
	for (size_t i = 1; i < need; i++) {
		if (((unsigned char)bytes[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | ((unsigned char)bytes[i] & 0x3f);
	}
	return *code >= least[need] && *code <= 0x10ffff && (*code < 0xd800 || *code > 0xdfff) ? need : 0;
}

/* Controls, and characters that show nothing or change how others are shown (Unicode, general category Cf and more). */
static int is_unseen(uint32_t code)
{
	static const struct { uint32_t first, last; } unseen[] = {
		{ 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0x3164, 0x3164 }, { 0xd800, 0xf8ff }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < sizeof(unseen) / sizeof(*unseen); i++) {
		if (code >= unseen[i].first && code <= unseen[i].last)
			return 1;
	}
	return 0;
}

static const char *entity_of(uint32_t code)
{
	return code == '&' ? "&amp;" :
	       code == '<' ? "&lt;" :
	       code == '>' ? "&gt;" :
	       code == '"' ? "&quot;" :
	       code == '\'' ? "&#39;" : NULL;
}

void template_add_escaped(struct buf *out, const char *bytes, size_t len)
{
	while (len > 0) {
		uint32_t code = 0;
		size_t taken = decode(bytes, len, &code);

		if (taken == 0)
			buf_addf(out, "\\x%02x", (unsigned char)*bytes);
		else if (is_unseen(code))
			buf_addf(out, code < 0x80 ? "\\x%02x" : "\\u{%x}", code);
		else if (taken == 1 && entity_of(code) != NULL)
			buf_add_text(out, entity_of(code));
		else
			buf_add(out, bytes, taken);
		taken += taken == 0;
		bytes += taken;
		len -= taken;
	}
}
