/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repeated: the lines that syslog daemons write in the place of a message that comes again and again.
 */
#include "detect/repeated.h"

#include "base/digest.h"

enum { COUNT_MAX = 100000, DIGITS_MAX = 6 }; /* attempts that one line may claim */

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
	struct span rest = *message, digits;
	uint32_t count;

	if (!span_skip(&rest, "message repeated ") || rest.len == 0 || rest.ptr[rest.len - 1] != ']')
		return 0;
	digits = span_take(&rest, ' ');
	count = span_skip(&rest, "times: [ ") && digits.len <= DIGITS_MAX ? repeated_number(digits) : 0;
	if (count > 0)
		*message = (struct span){ rest.ptr, rest.len - 1 };
	return count;
}

uint32_t repeated_before(const struct header *h)
{
	struct span rest = h->message, digits;

	if (h->program.len != 0 || !span_skip(&rest, "last message repeated "))
		return 0;
	digits = span_take(&rest, ' ');
	return span_is(rest, "times") ? repeated_number(digits) : 0;
}

uint64_t repeated_host(struct span host)
{
	return digest_of(host.ptr, host.len);
}
