/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_clock: a clock that does not agree with the logs.
 *
 * A host without a battery may start in 1970, and a wrong time server may say 2099. Bans that a run then makes or ends
 * outlast the mistake. So the run tells of the clock, and judges bans as of the logs' time, until the clock agrees with
 * the logs.
 */
#include "app/run.h"

#include "base/msg.h"
#include "base/when.h"

/* MADE: 2026-01-01, before mailban existed. JUMP: no host is off, nor are its logs quiet, for so long. */
enum { MADE = 1767225600, JUMP = 90 * WHEN_DAY };

/* 2100-01-01: accounts keep times in 32 bits, which end in 2106. */
#define LAST INT64_C(4102444800)

static void tell(struct run *r, int64_t logs)
{
	FREED_BY(buf_free) struct buf text = { 0 };

	when_add_minute(&text, r->now);
	buf_add_text(&text, ", and the logs are of ");
	when_add_minute(&text, logs);
	msg("the clock says %s: bans are left as they are until both agree", buf_text(&text));
	r->set_back = logs > r->now ? logs - r->now : 0;
	r->now = logs;
	r->in_part = r->clock_is_wrong = true;
}

bool run_clock_is_set(int64_t now)
{
	FREED_BY(buf_free) struct buf text = { 0 };

	if (now >= MADE && now < LAST)
		return true;
	when_add_minute(&text, now);
	msg("the clock says %s; nothing was judged: set it, and run again", buf_text(&text));
	return false;
}

void run_check_set_back(struct run *r)
{
	if (r->judge.clock > r->now + WHEN_DAY)
		tell(r, r->judge.clock);
	r->judge.now = r->now;
}

void run_check_set_forward(struct run *r)
{
	int64_t logs = r->last_line > (int64_t)r->judge.clock ? r->last_line : (int64_t)r->judge.clock;

	/* the first run of all may read old logs */
	if (r->told_day > 0 && r->now - r->told_day * WHEN_DAY > JUMP && logs > 0 && r->now - logs > JUMP)
		tell(r, logs);
}
