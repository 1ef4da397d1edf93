/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_judge: the work of a child in the glass, which has no rights.
 *
 * The child takes the state apart, reads the logs, judges, and answers with texts. It changes only its own memory: the
 * parent has the run as it was at the fork.
 */
#include "app/run.h"

#include <inttypes.h>
#include <unistd.h>

#include "app/lock.h"
#include "app/remembered.h"
#include "base/glass_run.h"
#include "base/msg.h"
#include "judge/edits.h"

/* ---- what was ---- */

/* Compares the blacklist's file with the two lists that the state names. */
static enum edits_file kind_of_file(const struct run *r)
{
	if (r->recovered == STATE_UNFINISHED)
		return EDITS_UNWRITTEN;
	if (r->recovered == STATE_UNWRITTEN)
		return EDITS_OF_UNWRITTEN;
	return !r->has_digests || r->list.digest == r->digest_written ? EDITS_NONE : EDITS_BY_PERSON;
}

bool run_may_be_edited(const struct run *r)
{
	return kind_of_file(r) == EDITS_BY_PERSON || kind_of_file(r) == EDITS_OF_UNWRITTEN;
}

static int read_sections(struct run *r)
{
	const struct state *s = &r->state;
	const char *path = r->config->state;

	if (state_check(path, STATE_POSITIONS, positions_parse(&r->positions, state_lines(s, STATE_POSITIONS))) < 0 ||
	    state_check(path, STATE_DRIFT, drift_known_parse(&r->drift_known, state_lines(s, STATE_DRIFT))) < 0 ||
	    state_check(path, STATE_TOLD, run_told_load(&r->told, state_lines(s, STATE_TOLD))) < 0 ||
	    remembered_history(s, path, &r->history) < 0)
		return -1;
	r->history.anew = r->options->full;
	/* logs are read from their start and judged anew; entered accounts are not told a second time */
	if (r->options->full)
		return state_check(path, STATE_ENTERED,
				   entered_load(&r->judge.entered, state_lines(s, STATE_ENTERED)));
	return remembered_judge(s, path, &r->judge) < 0 ? -1 : remembered_sessions(s, path, &r->sessions);
}

static int read_state(struct run *r)
{
	if (read_sections(r) < 0 ||
	    (r->config->fleet.url != NULL && fleet_load(&r->fleet, &r->state, r->config->state) < 0))
		return -1;
	fleet_lay(&r->fleet, &r->judge);
	edits_take(&r->judge, &r->list, kind_of_file(r), &r->edits);
	fleet_lift(&r->fleet, &r->judge);
	r->last_clock = r->judge.clock;
	r->told_day = r->judge.told_day;
	state_keep_only(&r->state, STATE_DRIFT);
	return 0;
}

/* ---- the judgement ---- */

static void take_knock(struct run *r, const struct firewall_entry *entry)
{
	struct account *a = entry->packets > 0 ? accounts_find(&r->judge.accounts, &entry->net) : NULL;
	struct change *c;
	uint64_t since;

	if (a == NULL || (a->flags & ACCOUNT_LISTED) == 0)
		return;
	since = judge_knock(&r->judge, a, entry->packets);
	if (since == 0 || !account_is_banned(a, r->now))
		return;
	c = changes_add(&r->changes, CHANGE_RENEWED, &a->addr);
	c->packets = since;
	c->until = a->until;
}

/* Gives points to banned addresses whose packets the kernel still drops. */
static void take_knocks(struct run *r)
{
	for (unsigned f = 0; r->fw_read && f < FIREWALL_FAMILIES; f++) {
		const struct firewall_set *set = &r->fw.sets[f];

		for (size_t i = 0; i < set->count; i++)
			take_knock(r, &set->entries[i]);
	}
}

/* Talks with the fleet's engine. Where that fails, the points that other hosts told before still count. */
static void meet_fleet(struct run *r)
{
	if (!r->options->dry_run && !fleet_exchange_on(r->line, &r->fleet, &r->judge, r->now)) {
		msg("%s: %s; all else is done, and the next run catches up", r->config->fleet.url,
		    fleet_line_why(r->line));
		r->in_part = true;
	}
	fleet_judge(&r->fleet, &r->judge, r->now);
}

static void judge(struct run *r)
{
	struct decide_input input = {
		.judge = &r->judge, .allow = &r->allow.nets, .now = r->now, .set_back = r->set_back,
		.last_clock = r->options->mail ? r->told.clock : r->last_clock,
		.force = r->options->force,
		.tell_failing = r->options->mail || r->now / WHEN_DAY != r->told_day,
		.done = &r->config->done,
	};

	take_knocks(r);
	if (r->config->fleet.url != NULL)
		meet_fleet(r);
	fleet_lay(&r->fleet, &r->judge);
	decide(&input, &r->list, &r->changes);
}

static void tell_future(const struct run *r)
{
	if (r->judge.future > 0)
		msg("%" PRIu64
		    " lines bear a time that is to come; they count as of when their log was last written: see the "
		    "clock and the time zone of who writes it",
		    r->judge.future);
	if (r->judge.accounts.dropped > 0)
		msg("more than %" PRIu64 " addresses: %" PRIu64 " accounts with least points were forgotten; the "
		    "setting accounts allows more", r->config->judge.accounts, r->judge.accounts.dropped);
}

/* ---- what will be ---- */

/* The report still needs the shapes that earlier runs saw, so drift_known is not changed. */
static void put_drift_into_state(struct run *r)
{
	FREED_BY(drift_known_free) struct drift_known seen = { 0 };
	struct buf lines = { 0 };

	(void)drift_known_parse(&seen, state_lines(&r->state, STATE_DRIFT));
	drift_known_add(&seen, r->detection->drift);
	drift_known_format(&seen, &lines);
	state_take(&r->state, STATE_DRIFT, &lines);
}

static void put_told(struct run *r)
{
	struct buf lines = { 0 };

	run_told_save(&r->told, &lines);
	state_take(&r->state, STATE_TOLD, &lines);
}

static uint32_t count_changes(const struct run *r, enum change_kind from, enum change_kind to)
{
	uint32_t count = 0;

	for (size_t i = 0; i < r->changes.count; i++)
		count += r->changes.all[i].kind >= from && r->changes.all[i].kind <= to;
	return count;
}

/* A run that found nothing is not counted. So a run that died and is repeated leaves the same state as one that did
 * not. */
static void put_run_into_history(struct run *r)
{
	const struct history_day run = {
		.day = (uint32_t)(r->now / WHEN_DAY), .runs = 1, .lines = r->lines,
		.added = count_changes(r, CHANGE_ADDED, CHANGE_NETWORK),
		.over = count_changes(r, CHANGE_EXPIRED, CHANGE_ALLOWED), .banned = (uint32_t)r->list.count,
	};

	if (run.lines > 0 || run.added > 0 || run.over > 0)
		history_run(&r->history, &run);
}

static void put_state(struct run *r)
{
	if (!r->clock_is_wrong)
		r->judge.told_day = r->now / WHEN_DAY;
	put_run_into_history(r);
	put_drift_into_state(r);
	put_told(r);
	judge_save(&r->judge, &r->state);
	if (r->config->fleet.url != NULL)
		fleet_save(&r->fleet, &r->state, r->now);
	remembered_put_sessions(&r->sessions, r->judge.clock, &r->state);
}

static int work(void *context, struct buf *answer)
{
	struct run *r = context;

	/* the lock is the parent's */
	if (r->lock->fd >= 0)
		close(r->lock->fd);
	if (read_state(r) < 0)
		return EXIT_NOTHING;
	run_check_set_back(r);
	run_read_logs(r);
	run_check_set_forward(r);
	judge(r);
	tell_future(r);
	run_make_report(r);
	fleet_lift(&r->fleet, &r->judge);
	put_state(r);
	run_answer(r, answer);
	return EXIT_ALL_WELL;
}

/* Opens and prepares what the child may not open. */
static void open_for_child(struct run *r)
{
	engine_compile(r->detection->engine);
	r->owners = owners_open(&r->config->owners);
	r->rule_is_wanted = rule_is_wanted(r->config);
	if (r->config->fleet.url != NULL && !r->options->dry_run)
		r->line = fleet_line_open(&r->config->fleet);
}

/* Reading may take minutes, and a person may want to ban somebody meanwhile: so the lock is free. Where somebody
 * changed the files, the run tries again, and keeps the lock at its second try. */
int run_judge(struct run *r)
{
	FREED_BY(buf_free) struct buf answer = { 0 };
	int ret, locked = EXIT_ALL_WELL;

	open_for_child(r);
	if (!r->keeps_lock)
		file_unlock(r->lock);
	ret = glass_run(work, r, true, &answer);
	if (!r->keeps_lock)
		locked = lock_blacklist(r->lock, r->config, r->options, "run", true);
	owners_close(r->owners);
	fleet_line_close(r->line);
	if (ret == EXIT_ALL_WELL && locked != EXIT_ALL_WELL)
		ret = locked;
	if (ret == EXIT_ALL_WELL && !r->options->dry_run && run_was_overtaken(r))
		ret = RUN_AGAIN;
	if (ret == EXIT_ALL_WELL)
		ret = run_take_answer(r, &answer);
	return ret;
}
