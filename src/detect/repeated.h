/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_REPEATED_H
#define MAILBAN_DETECT_REPEATED_H

#include <stdint.h>

#include "base/span.h"
#include "log/header.h"

/* Reads how often a line says that something happened: at most 100000; 0 where the digits are no number. */
uint32_t repeated_number(struct span digits);

/* Cuts rsyslog's "message repeated 3 times: [ TEXT]" down to TEXT. Returns 3; 0, and the message stays, for others. */
uint32_t repeated_inside(struct span *message);

/* The N of "last message repeated N times", which older syslog daemons write without a program; 0 for other lines. Such
 * a line means the line before it, if the same host wrote that. */
uint32_t repeated_before(const struct header *h);

/* A number that tells hosts apart. */
uint64_t repeated_host(struct span host);

#endif
