/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repeated: the lines that syslog daemons write in the place of a message that comes again and again.
 */
#include "detect/repeated.h"

#include <string.h>

enum { COUNT_MAX = 100000 }; /* attempts that one line may claim */

uint32_t repeated_number(struct span digits)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits.len && value <= COUNT_MAX; i++) {
		unsigned digit = (unsigned)(unsigned char)digits.ptr[i] - '0';

		if (digit > 9)
			return 0;
		value = value * 10 + digit;
	}
	return value <= COUNT_MAX ? value : COUNT_MAX;
}

uint32_t repeated_inside(struct span *message)
{
	static const char begin[] = "message repeated ", middle[] = " times: [ ";
	const char *at = message->ptr + sizeof(begin) - 1, *end = message->ptr + message->len;
	struct span digits = { at, 0 };

	if (message->len < sizeof(begin) + sizeof(middle) || memcmp(message->ptr, begin, sizeof(begin) - 1) != 0 ||
	    end[-1] != ']')
		return 0;
	while (digits.len < 6 && at[digits.len] >= '0' && at[digits.len] <= '9')
		digits.len++;
	at += digits.len;
	if (digits.len == 0 || (size_t)(end - at) < sizeof(middle) || memcmp(at, middle, sizeof(middle) - 1) != 0)
		return 0;
	*message = (struct span){ at + sizeof(middle) - 1, (size_t)(end - at) - sizeof(middle) };
	return repeated_number(digits);
}

uint32_t repeated_before(const struct header *h)
{
	static const char begin[] = "last message repeated ", end[] = " times";
	struct span digits = { h->message.ptr + sizeof(begin) - 1, 0 };

	if (h->program.len != 0 || h->message.len < sizeof(begin) + sizeof(end) - 1 ||
	    memcmp(h->message.ptr, begin, sizeof(begin) - 1) != 0)
		return 0;
	digits.len = h->message.len - (sizeof(begin) - 1) - (sizeof(end) - 1);
	if (memcmp(digits.ptr + digits.len, end, sizeof(end) - 1) != 0)
		return 0;
	return repeated_number(digits);
}
