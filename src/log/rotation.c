/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rotation: the names that logs get when they are rotated.
 *
 * Knows the styles of logrotate (numbers, dateext with any dateformat of digits, extension), newsyslog and savelog. A
 * name says that a file may belong to a log, and how old it is beside its siblings. Which part of the file is new its
 * bytes tell (log/reading_match). Opens nothing.
 */
#include "log/rotation.h"

#include <stdint.h>
#include <string.h>

#include "base/span.h"
#include "log/form.h"

enum { DATE_DIGITS_MIN = 6, NUMBER_DIGITS_MAX = 5 };

size_t rotation_unpacked_length(const char *name)
{
	static const char *const endings[] = { ".gz", ".xz", ".zst", ".bz2", ".lz4" };
	size_t len = strlen(name);

	for (size_t i = 0; i < LENGTH_OF(endings); i++) {
		size_t ending = strlen(endings[i]);

		if (len > ending && strcmp(name + len - ending, endings[i]) == 0)
			return len - ending;
	}
	return len;
}

/* Digits with separators between them, as dateformat writes a time. */
static bool parse_date(struct rotation *rotation, const char *text, size_t len)
{
	size_t digits = 0;

	for (size_t i = 0; i < len; i++) {
		if (form_is_digit(text[i])) {
			if (digits + 1 == sizeof(rotation->date))
				return false;
			rotation->date[digits++] = text[i];
		} else if (i == 0 || strchr("-_.T:", text[i]) == NULL || !form_is_digit(text[i - 1])) {
			return false;
		}
	}
	rotation->date[digits] = '\0';
	rotation->style = ROTATION_DATED;
	return digits >= DATE_DIGITS_MIN && form_is_digit(text[len - 1]);
}

static bool parse_number(struct rotation *rotation, const char *text, size_t len)
{
	uint64_t number;

	if (len > NUMBER_DIGITS_MAX || !span_decimal((struct span){ text, len }, UINT32_MAX, &number))
		return false;
	rotation->style = ROTATION_COUNTED;
	rotation->number = (unsigned)number;
	return true;
}

/* The part between the log's name and the endings: ".1", "-20261121". */
static bool parse_middle(struct rotation *rotation, const char *text, size_t len)
{
	if (len < 2)
		return false;
	if (*text == '.' && parse_number(rotation, text + 1, len - 1))
		return true;
	return strchr("-._", *text) != NULL && parse_date(rotation, text + 1, len - 1);
}

static bool begins_with(const char *name, size_t name_len, const char *part, size_t len)
{
	return name_len >= len && memcmp(name, part, len) == 0;
}

bool rotation_parse(struct rotation *rotation, const char *base, const char *name)
{
	size_t len = rotation_unpacked_length(name), base_len = strlen(base);
	const char *dot = strrchr(base, '.');
	size_t stem = dot != NULL ? (size_t)(dot - base) : 0, ending = base_len - stem;
	bool packed = name[len] != '\0';

	if (begins_with(name, len, base, base_len)) {
		if (parse_middle(rotation, name + base_len, len - base_len))
			return true;
		rotation->style = ROTATION_OTHER;
		return len == base_len ? packed : len == base_len + 4 && memcmp(name + base_len, ".old", 4) == 0;
	}
	/* logrotate's extension: mail.log becomes mail.1.log or mail-20261121.log */
	return stem > 0 && len > base_len && begins_with(name, len, base, stem) &&
	       memcmp(name + len - ending, dot, ending) == 0 &&
	       parse_middle(rotation, name + stem, len - ending - stem);
}

/* Where the middle begins in the first len bytes of name; 0: there is none. */
static size_t find_middle(const char *name, size_t len)
{
	struct rotation rotation;

	for (size_t at = 1; at < len; at++) {
		if (parse_middle(&rotation, name + at, len - at))
			return at;
	}
	return 0;
}

bool rotation_base(const char *name, char *base)
{
	size_t len = rotation_unpacked_length(name), middle = find_middle(name, len), ending = len;

	if (middle == 0) {
		while (ending > 0 && name[ending - 1] != '.')
			ending--;
		ending -= ending > 0;
		middle = ending > 0 ? find_middle(name, ending) : 0;
	}
	if (middle == 0)
		return false;
	memcpy(base, name, middle);
	memcpy(base + middle, name + ending, len - ending);
	base[middle + len - ending] = '\0';
	return true;
}
