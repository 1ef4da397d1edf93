/* SPDX-License-Identifier: GPL-2.0-or-later */
/* origin: which connection of which server process a line belongs to. */
#ifndef MAILBAN_DETECT_ORIGIN_H
#define MAILBAN_DETECT_ORIGIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "log/header.h"

enum { ORIGIN_HOST_MAX = 40 }; /* bytes of a host's name that are remembered */

/* The host of a program's last event, so that it is hashed once; all zero at first. One for each program. */
struct origin {
	char host[ORIGIN_HOST_MAX];
	size_t host_len;
	struct digest digest; /* of that host and the program; its len 0: not worked out yet */
};

/* A number, never 0 and the same from run to run, for a process or session that the program of the line calls id. A
 * process serves one client at a time. */
uint64_t origin_connection(struct origin *origin, const struct header *header, struct span id);

#endif
