/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds, in tables that end with a kind without a name; and what several of them do. */
#ifndef PEOPLE_KINDS_H
#define PEOPLE_KINDS_H

#include "lines.h"

extern const struct kind users[], devices[], offices[], peers[], guessers[], botnets[], probers[];

/* New clients belong to the kind NAME of all tables from here on. */
void kind_as(struct log *l, const char *name);

/* N logins at some time between two hours of DAY. */
void log_in(struct log *l, struct client *c, const struct name *user, int day, unsigned n, int from_hour, int to_hour);
/* A password mistyped once to LEAST..MOST times, then right. */
void mistype(struct log *l, struct client *c, const struct name *user, long time, int least, int most);
/* A device with an old password: a failure every PACE seconds or a little later. */
void poll_in_vain(struct log *l, struct client *c, const struct name *user, long from, long to, long pace);

#endif
