/* SPDX-License-Identifier: GPL-2.0-or-later */
/* merge: events of many batches are handed on in order, few of them wait, and what waits is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "detect/event.h"
#include "detect/merge.h"
#include "random.h"

enum { EVENTS = 40 };

static uint64_t random_state;

struct taken {
	struct event last;
	size_t count, late;
	uint64_t sum;       /* of what tells events apart, so that none is taken twice */
};

static void take(void *context, const struct event *event)
{
	struct taken *taken = context;

	if (taken->count++ > 0 && event_is_before(event, &taken->last))
		taken->late++;
	taken->sum += event->offset * event->offset;
	taken->last = *event;
	taken->last.user = taken->last.line = (struct span){ NULL, 0 };
}

static struct event event_at(int64_t time)
{
	static uint64_t number;

	return (struct event){ .time = time, .addr = { 0, random_below(&random_state, 5), 128 }, .count = 1,
			       .offset = ++number };
}

/* A host's clock is ahead by a day: of each of its blocks an event or two wait for long. */
static void a_clock_that_is_ahead_keeps_few_batches(void **state)
{
	struct merge m = { 0 };
	struct taken taken = { 0 };
	size_t added = 0, kept = 0;
	uint64_t sum = 0;

	(void)state;
	for (int64_t time = 0; time < 3 * 86400; time += 60) {
		struct batch *batch = batch_new(EVENTS, 0);

		for (unsigned i = 0; i < EVENTS; i++) {
			bool ahead = random_below(&random_state, 20) == 0;
			struct event event = event_at(time + (int64_t)random_below(&random_state, 90) + (ahead ? 86400 : 0));

			batch_add_copy(batch, &event);
			sum += event.offset * event.offset;
			added++;
		}
		batch_sort(batch);
		merge_add(&m, batch);
		merge_hand_on(&m, time, take, &taken);
		kept = m.count > kept ? m.count : kept;
	}
	merge_hand_on(&m, INT64_MAX, take, &taken);
	assert_int_equal(taken.count, added);
	assert_int_equal(taken.sum, sum);
	assert_int_equal(taken.late, 0);
	assert_int_equal(m.bytes, 0);
	assert_true(kept <= 128);
	merge_free(&m);
}

/* Where more waits than there is room for, the first events go on, and no more of them than need be. */
static void what_waits_is_bounded(void **state)
{
	enum { LINE = 64 * 1024, LINES = 3000, ROOM = 64 * 1024 * 1024 };
	char *line = mem_zalloc(LINE, 1);
	struct merge m = { 0 };
	struct taken taken = { 0 };

	(void)state;
	for (size_t i = 0; i < LINES; i++) {
		struct batch *batch = batch_new(1, LINE);
		struct event event = event_at((int64_t)i);

		event.line = (struct span){ line, LINE };
		event.user = (struct span){ line + 1, 3 };
		batch_add_copy(batch, &event);
		batch_sort(batch);
		merge_add(&m, batch);
		merge_hand_on(&m, WHEN_UNKNOWN, take, &taken);
		assert_true(m.bytes <= ROOM && (taken.count == 0 || m.bytes > ROOM - 2 * LINE));
	}
	merge_hand_on(&m, INT64_MAX, take, &taken);
	assert_int_equal(taken.count, LINES);
	assert_int_equal(taken.late, 0);
	merge_free(&m);
	free(line);
}

static void a_late_event_goes_on_at_once(void **state)
{
	struct merge m = { 0 };
	struct taken taken = { 0 };

	(void)state;
	for (int64_t time = 1000; time > 0; time -= 100) {
		struct batch *batch = batch_new(1, 0);
		struct event event = event_at(time);

		batch_add_copy(batch, &event);
		batch_sort(batch);
		merge_add(&m, batch);
		merge_hand_on(&m, 1001, take, &taken);
		assert_int_equal(taken.last.time, time);
	}
	assert_int_equal(m.count, 0);
	merge_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_that_is_ahead_keeps_few_batches),
		cmocka_unit_test(what_waits_is_bounded),
		cmocka_unit_test(a_late_event_goes_on_at_once),
	};

	random_state = random_begin(random_seed());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
