/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrapping: what containers and their tools put around each line of a log. */
#ifndef MAILBAN_LOG_WRAPPING_H
#define MAILBAN_LOG_WRAPPING_H

#include <stdbool.h>
#include <stddef.h>

enum wrapping {
	WRAPPING_NONE,
	WRAPPING_COMPOSE,  /* "postfix-1  | LINE", of docker compose logs and docker service logs; "[pod/a/b] LINE" */
	WRAPPING_COMPOSE_STAMP, /* "postfix-1  | 2026-11-03T10:00:00.123456789Z LINE", of the same with --timestamps */
	WRAPPING_STAMP,    /* "2026-11-03T10:00:00.123456789Z LINE", of docker logs --timestamps */
	WRAPPING_CRI,      /* "2026-11-03T10:00:00.123456789Z stdout F LINE", of Kubernetes */
	WRAPPING_JSON,     /* {"log":"LINE\n","stream":"stdout","time":"..."}, of Docker's json-file */
	WRAPPING_SYSLOG,   /* "Nov  3 10:00:00 mx docker[99]: LINE" */
};

/* The wrapping that every whole line of the first bytes of a log has, and inside of which lines of a known form
 * stand. */
enum wrapping wrapping_of(const char *bytes, size_t len);

/* Takes the wrapping off the lines, in place. A line without that wrapping, or a piece of a longer line, becomes an
 * empty line. *in_pieces says before the call whether the lines begin behind a piece, and after it whether they end
 * with one. Returns how many bytes are left. */
size_t wrapping_take_off(enum wrapping wrapping, bool *in_pieces, char *bytes, size_t len);

#endif
