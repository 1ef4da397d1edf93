/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stamp_inside: what the files of log/stamp share. */
#ifndef MAILBAN_LOG_STAMP_INSIDE_H
#define MAILBAN_LOG_STAMP_INSIDE_H

#include "log/stamp.h"

enum { STAMP_NO_YEAR = -1, STAMP_NO_DATE = -2 };

/* A time as it was written. */
struct stamp_written {
	int year;              /* STAMP_NO_YEAR, STAMP_NO_DATE */
	int month, day;        /* from 1 */
	int hour, minute, second;
	bool month_or_day;     /* 03-11-2026: which is the month is not said */
	bool zoned;
	int zone;              /* seconds east of Greenwich */
};

/* Takes the text of a time apart. False: it is none. */
bool stamp_take_apart(struct span text, struct stamp_written *written);

#endif
