/* SPDX-License-Identifier: GPL-2.0-or-later */
/* template: fills in the fields of parts; bytes of strangers stay text. */
#include "report/template.h"

#include <string.h>

#include "base/msg.h"
#include "base/utf8.h"

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
	while (fields->name != NULL && !span_is((struct span){ name, len }, fields->name))
		fields++;
	if (fields->name == NULL)
		msg_die("the template's field %.*s has no value; nothing was written", (int)len, name);
	return fields->value;
}

/* The length of a field that a brace opens: letters and a closing brace follow. Braces of style sheets open none: 0. */
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
		size_t taken = utf8_decode(bytes, len, &code);

		if (taken == 0)
			buf_addf(out, "\\x%02x", (unsigned char)*bytes);
		else if (!utf8_is_seen(code))
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
