/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/utf8.h"

size_t utf8_decode(const char *bytes, size_t len, uint32_t *code)
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

bool utf8_is_seen(uint32_t code)
{
	/* Unicode, general category Cf and more */
	static const struct { uint32_t first, last; } unseen[] = {
		{ 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0x3164, 0x3164 }, { 0xd800, 0xf8ff }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < LENGTH_OF(unseen); i++) {
		if (code >= unseen[i].first && code <= unseen[i].last)
			return false;
	}
	return true;
}

void utf8_add_seen(struct buf *out, struct span text)
{
	for (size_t at = 0, len; at < text.len; at += len > 0 ? len : 1) {
		uint32_t code = 0;

		len = utf8_decode(text.ptr + at, text.len - at, &code);
		if (len > 0 && (code == '\n' || utf8_is_seen(code)))
			buf_add(out, text.ptr + at, len);
		else
			buf_add_char(out, '?');
	}
}

void utf8_add_escaped(struct buf *out, struct span text)
{
	while (text.len > 0) {
		uint32_t code = 0;
		size_t len = utf8_decode(text.ptr, text.len, &code);

		/* U+00A0 is seen, and taken for a blank */
		if (len > 1 && utf8_is_seen(code) && code != 0xa0)
			buf_add(out, text.ptr, len);
		else
			buf_add_escaped(out, text.ptr, len > 0 ? len : 1);
		text.ptr += len > 0 ? len : 1;
		text.len -= len > 0 ? len : 1;
	}
}
