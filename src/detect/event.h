/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event: one recognised line of a log, and the classes that events have. */
#ifndef MAILBAN_DETECT_EVENT_H
#define MAILBAN_DETECT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"
#include "base/span.h"
#include "base/when.h"

/* What a rule is evidence of. */
enum event_class {
	CLASS_AUTH,
	CLASS_UNKNOWN,
	CLASS_HELO,
	CLASS_REJECT,
	CLASS_PROBE,
	CLASS_GOOD,
	CLASS_TROUBLE,  /* this server's own trouble: evidence of nothing */
	CLASS_COUNT,
};

/* What is known of a class. Rule files, settings, the state and every output have its name, never its number. */
struct event_class_row {
	const char *name;
	const char *help;      /* a sentence */
	int64_t points;        /* of one event, where no setting says otherwise; in billionths */
	bool is_weak;          /* a login and accepted mail take its points away */
};

extern const struct event_class_row event_classes[CLASS_COUNT];

static inline const char *event_class_name(enum event_class event_class)
{
	return event_classes[event_class].name;
}

/* Appends all names, "auth, unknown, ...". */
void event_class_add_names(struct buf *out);

bool event_class_parse(enum event_class *event_class, const char *name);

/* The product, at most UINT32_MAX. */
uint32_t event_times(uint32_t count, uint32_t times);

enum event_flag {
	EVENT_NO_ADDRESS = 1,      /* the line names a failure and no address; addr is not set */
	EVENT_PER_CONNECTION = 2,  /* its line belongs to a connection that is known; set with the next two, too */
	EVENT_BEGINS = 4,          /* the first line of its connection */
	EVENT_ENDS = 8,            /* the last one */
	EVENT_SENDS = 16,          /* class good: a login whose line is a mail, too */
	EVENT_ACCEPTED = 32,       /* class good: a mail accepted, not a login */
	EVENT_NAMED = 64,          /* the line shows that the client has a verified name */
	EVENT_OPENS = 128,         /* it tells the address of a connection whose other lines have none */
	EVENT_WAITS = 256,         /* it waits for a line of its connection that has an address, or is that line */
	EVENT_CHECKER = 2048,      /* told by the service that checks passwords: the server may tell it, too */
	EVENT_PAM = 4096,          /* told by PAM: whoever called it may tell it, too */
	/* of no rule, and only for detect/sessions: */
	EVENT_PIECE = 512,         /* the line is a piece of a longer one */
	EVENT_WHOLE = 1024,        /* the line is no piece of a longer one, and no rule knows it */
};

struct event {
	struct addr addr;       /* a single address, prefix 128 */
	int64_t time;           /* seconds since the epoch */
	uint64_t connection;    /* which connection of which server process it belongs to; 0 without
	                         * EVENT_PER_CONNECTION */
	uint64_t offset;        /* of its line in the uncompressed bytes of its source */
	struct span user;       /* bytes of the log line; len 0 where it names none; valid only while the
	                           event is handed over */
	struct span line;       /* the whole line where the scan was asked for lines, else len 0; as user */
	uint32_t source;        /* number of the source among those given */
	uint32_t stream;        /* the same in the order of how the sources begin, whatever their order */
	uint32_t count;         /* how many times it happened, at least 1 */
	uint32_t points;        /* thousandths of a point that its rule sets; 0: what its class has */
	uint32_t lines;         /* how many lines it stands for: more than one where a line says that it was repeated */
	uint32_t repeats;       /* "last message repeated": how often; 0 for a line that says what it is */
	uint16_t rule;          /* index in the ruleset */
	uint8_t event_class;    /* enum event_class */
	uint16_t flags;         /* enum event_flag */
};

/* Which of two events of one second comes first: <0, 0, >0. The order stands in event.c. */
int event_compare_in_second(const struct event *a, const struct event *b);

/* Whether a comes before b. Most events have seconds of their own. */
static inline bool event_is_before(const struct event *a, const struct event *b)
{
	return a->time != b->time ? a->time < b->time : event_compare_in_second(a, b) < 0;
}

/* Sorts by event_is_before(). Events that are nearly in order, as those of a log are, cost a few steps each. */
void event_sort(struct event **events, size_t count);

#endif
