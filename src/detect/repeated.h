/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_REPEATED_H
#define MAILBAN_DETECT_REPEATED_H

#include <stdint.h>

#include "base/span.h"
#include "log/header.h"

/* How often a line says that something happened: at most 100000; 0 where that is no number. */
uint32_t repeated_number(struct span digits);

/* Makes TEXT of rsyslog's "message repeated 3 times: [ TEXT]". Returns the 3; 0 where the message is none such. */
uint32_t repeated_inside(struct span *message);

/* The N of "last message repeated N times", which older syslog daemons write without a program; 0 where it is none. The
 * line before it is meant, if the same host wrote it. */
uint32_t repeated_before(const struct header *h);

/* A number that tells hosts apart. */
uint64_t repeated_host(struct span host);

#endif
