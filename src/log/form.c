/* SPDX-License-Identifier: GPL-2.0-or-later */
/* form: see form.h. */
#include "log/form.h"

#include <stddef.h>
#include <string.h>

bool form_starts(const char *p, const char *end, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(end - p) >= len && memcmp(p, text, len) == 0;
}

bool form_fits(const char *p, const char *end, const char *form)
{
	for (; *form != '\0'; form++, p++) {
		if (p >= end)
			return false;
		if (*form == '0' ? !form_is_digit(*p)
		    : *form == 'a' ? !form_is_letter(*p)
		    : *form == 'h' ? !form_is_digit(*p) && (((unsigned char)*p | 0x20u) - (unsigned)'a' > 5)
				   : *p != *form)
			return false;
	}
	return true;
}

const char *form_skip_name(const char *p, const char *end, const char *also)
{
	while (p < end && (form_is_letter(*p) || form_is_digit(*p) || (*p != '\0' && strchr(also, *p) != NULL)))
		p++;
	return p;
}

const char *form_skip_zone(const char *p, const char *end)
{
	static const char *const zones[] = { "Z", "z", "+00:00", "-00:00", "+0000", "-0000" };

	if (p + 1 < end && (*p == '.' || *p == ',') && form_is_digit(p[1]))
		p = form_skip_digits(p + 1, end);
	for (unsigned i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		if (form_fits(p, end, zones[i]))
			return p + strlen(zones[i]);
	}
	return p;
}

const char *form_skip_time(const char *p, const char *end)
{
	if (!form_fits(p, end, "0000-00-00 00:00:00"))
		return NULL;
	p = form_skip_zone(p + 19, end);
	return form_fits(p, end, " +0000") || form_fits(p, end, " -0000") ? p + 6 : p;
}

bool form_is_dovecot(const char *p, const char *end)
{
	static const char *const names[] = { "auth(", "auth-worker(", "imap-login(", "pop3-login(", "imap(", "pop3(",
		"lmtp(", "lda(", "submission-login(", "submission(", "managesieve-login(", "managesieve(", "doveadm(",
		"sieve(", "indexer-worker(", "quota-status(" };
	static const char *const levels[] = { "Info: ", "Warning: ", "Error: ", "Debug: ", "Fatal: ", "Panic: " };
	const char *colon = form_skip_name(p, end, "-");

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (form_starts(p, end, names[i]))
			return true;
	}
	if (colon == p || end - colon < 8 || colon[0] != ':' || colon[1] != ' ')
		return false;
	for (unsigned i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (form_starts(colon + 2, end, levels[i]))
			return true;
	}
	return false;
}

bool form_is_stalwart(const char *p, const char *end)
{
	const char *open = form_skip_name(p, end, " -/."), *dot;

	if (open == p || open >= end || *open != '(' || open[-1] != ' ' || !form_is_letter(*p) || open - p >= 80)
		return false;
	dot = form_skip_name(open + 1, end, "-");
	return dot > open + 1 && dot < end && *dot == '.' && form_fits(form_skip_name(dot + 1, end, "-"), end, ") ");
}
