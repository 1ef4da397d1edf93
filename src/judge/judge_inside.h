/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_inside: one event with its account and connection on its way through the judgement. Inside src/judge only. */
#ifndef MAILBAN_JUDGE_JUDGE_INSIDE_H
#define MAILBAN_JUDGE_JUDGE_INSIDE_H

#include "judge/judge.h"

struct work {
	struct judge *judge;
	const struct event *event;
	struct account *account;
	struct connection *connection;   /* NULL: none */
	uint32_t time;
	double lateness;                 /* the factor of account_lateness() */
	uint32_t hits;                   /* how often it happened; what two daemons logged counts once */
	uint8_t taken_class;             /* of the points that were taken back from the connection */
	int64_t taken;                   /* how many points these are */
	int64_t of_user;                 /* points added for a name that logged in lately, from anywhere */
	uint32_t user;                   /* the number of that name */
};

/* Points as of the event's time, faded to the account's time where the event is late. */
static inline int64_t work_late(const struct work *w, int64_t points)
{
	return w->lateness < 1 ? points_times(points, w->lateness) : points;
}

/* Takes back the points that the connection had added for a weaker kind of event. */
void work_take_back(struct work *w);

/* Points of one event that speaks against an address: the rule's own, else those of its class. */
int64_t evidence_points(const struct judge_settings *settings, const struct event *event);

/* Adds the points of an event that speaks against the address; sets hits. */
void evidence_add(struct work *w);

/* Takes a login or an accepted mail. Returns whether it speaks for the address; a breach does not. */
bool good_take(struct work *w);

#endif
