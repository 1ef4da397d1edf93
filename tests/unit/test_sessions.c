/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sessions, pieces: addresses that another line told, and lines that follow a piece of a longer one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "detect/sessions.h"

static struct event event_of(uint64_t connection, enum event_class event_class, unsigned flags, const char *address)
{
	struct event event = { .connection = connection, .event_class = (uint8_t)event_class, .count = 1, .time = 1000,
			       .flags = (uint16_t)(flags | EVENT_PER_CONNECTION) };

	if (address != NULL)
		assert_true(addr_parse(&event.addr, address, strlen(address)));
	else
		event.flags |= EVENT_NO_ADDRESS;
	return event;
}

struct handed {
	struct event events[2];
	unsigned count;
};

static void hand(void *context, const struct event *event)
{
	struct handed *handed = context;

	assert_true(handed->count < 2);
	handed->events[handed->count++] = *event;
}

static struct handed hand_all(struct sessions *s, struct event event)
{
	struct handed handed = { .count = 0 };

	sessions_take(s, &event, hand, &handed);
	return handed;
}

/* Whether the event says something; then it is of that address, or of none. */
static bool take(struct sessions *s, struct event event, const char *address)
{
	struct event wanted = event_of(0, 0, 0, address);
	struct handed handed = hand_all(s, event);

	if (handed.count == 0)
		return false;
	assert_int_equal(handed.count, 1);
	assert_int_equal(handed.events[0].flags & EVENT_NO_ADDRESS, wanted.flags & EVENT_NO_ADDRESS);
	if (address != NULL)
		assert_true(addr_equal(&handed.events[0].addr, &wanted.addr));
	return true;
}

static void later_lines_of_a_session_get_its_address(void **state)
{
	struct sessions s = { 0 };

	(void)state;
	assert_true(take(&s, event_of(7, CLASS_UNKNOWN, EVENT_OPENS | EVENT_BEGINS, "192.0.2.1"), "192.0.2.1"));
	/* that a client with a name comes is no event */
	assert_false(take(&s, event_of(8, CLASS_UNKNOWN, EVENT_OPENS | EVENT_BEGINS | EVENT_NAMED, "192.0.2.2"), NULL));
	assert_true(take(&s, event_of(8, CLASS_AUTH, 0, NULL), "192.0.2.2"));
	assert_true(take(&s, event_of(7, CLASS_GOOD, 0, NULL), "192.0.2.1"));
	assert_true(take(&s, event_of(7, CLASS_UNKNOWN, EVENT_ENDS, NULL), "192.0.2.1"));
	assert_false(take(&s, event_of(8, CLASS_UNKNOWN, EVENT_ENDS, NULL), NULL));
	/* both are over: a failure is one without an address, and nobody can be forgiven */
	assert_true(take(&s, event_of(7, CLASS_AUTH, 0, NULL), NULL));
	assert_false(take(&s, event_of(8, CLASS_GOOD, 0, NULL), NULL));
	sessions_free(&s);
}

/* Numbers as connections have them, of which some fall on one place. */
static uint64_t number_of(unsigned i)
{
	uint64_t x = (i + 1) * UINT64_C(0xbf58476d1ce4e5b9);

	return (x ^ (x >> 29)) * UINT64_C(0x94d049bb133111eb);
}

static void two_sessions_of_one_place_are_kept_and_the_older_one_is_forgotten(void **state)
{
	struct sessions s = { 0 };
	unsigned kept = 0;

	(void)state;
	for (unsigned i = 0; i < 240; i++)
		take(&s, event_of(number_of(i), CLASS_UNKNOWN, EVENT_OPENS | EVENT_BEGINS, "192.0.2.1"), "192.0.2.1");
	for (unsigned i = 0; i < 240; i++)
		assert_true(take(&s, event_of(number_of(i), CLASS_AUTH, 0, NULL), "192.0.2.1"));
	for (unsigned i = 240; i < 40000; i++) {
		struct event event = event_of(number_of(i), CLASS_UNKNOWN, EVENT_OPENS | EVENT_BEGINS, "192.0.2.2");

		event.time = 1001 + i;
		hand_all(&s, event);
	}
	/* a quarter of the table's size: nearly all of the last ones are there */
	for (unsigned i = 40000 - 4096; i < 40000; i++) {
		struct event event = event_of(number_of(i), CLASS_GOOD, 0, NULL);

		event.time = 1001 + 40000;
		kept += hand_all(&s, event).count;
	}
	assert_in_range(kept, 3850, 4096);
	sessions_free(&s);
}

static void a_session_is_over_after_a_day_without_a_line(void **state)
{
	struct sessions s = { 0 };
	struct event late = event_of(7, CLASS_AUTH, 0, NULL);
	size_t at = 0;

	(void)state;
	assert_true(take(&s, event_of(7, CLASS_UNKNOWN, EVENT_OPENS | EVENT_BEGINS, "192.0.2.1"), "192.0.2.1"));
	late.time += SESSION_AGE;
	assert_true(take(&s, late, "192.0.2.1"));
	assert_non_null(sessions_next(&s, late.time, &at));
	assert_null(sessions_next(&s, late.time, &at));
	late.time += SESSION_AGE + 1;
	assert_true(take(&s, late, NULL));
	sessions_free(&s);
}

static void what_needs_no_other_line_is_left_alone(void **state)
{
	struct sessions s = { 0 };

	(void)state;
	assert_true(take(&s, event_of(0, CLASS_AUTH, 0, NULL), NULL));
	assert_true(take(&s, event_of(3, CLASS_REJECT, 0, "192.0.2.1"), "192.0.2.1"));
	sessions_free(&s);
}

static void what_waits_counts_for_the_address_that_ends_it(void **state)
{
	struct sessions s = { 0 };
	struct handed handed;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		assert_false(take(&s, event_of(7, CLASS_REJECT, EVENT_WAITS, NULL), NULL));
	/* nothing waited in that one */
	assert_false(take(&s, event_of(8, CLASS_REJECT, EVENT_WAITS | EVENT_ENDS, "192.0.2.2"), NULL));
	handed = hand_all(&s, event_of(7, CLASS_REJECT, EVENT_WAITS | EVENT_ENDS, "192.0.2.1"));
	assert_int_equal(handed.count, 1);
	assert_int_equal(handed.events[0].count, 3);
	/* and once */
	assert_false(take(&s, event_of(7, CLASS_REJECT, EVENT_WAITS | EVENT_ENDS, "192.0.2.1"), NULL));
	/* a mail that was accepted all the same is one more event */
	assert_false(take(&s, event_of(7, CLASS_REJECT, EVENT_WAITS, NULL), NULL));
	handed = hand_all(&s, event_of(7, CLASS_GOOD, EVENT_WAITS | EVENT_ENDS | EVENT_ACCEPTED, "192.0.2.1"));
	assert_int_equal(handed.count, 2);
	assert_int_equal(handed.events[0].event_class, CLASS_REJECT);
	assert_int_equal(handed.events[0].flags & (EVENT_ENDS | EVENT_ACCEPTED), 0);
	assert_int_equal(handed.events[1].event_class, CLASS_GOOD);
	sessions_free(&s);
}

static void a_line_that_ends_the_waiting_may_give_its_address_once_more(void **state)
{
	struct sessions s = { 0 };
	struct handed handed;
	unsigned ends = EVENT_WAITS | EVENT_OPENS | EVENT_BEGINS;

	(void)state;
	assert_false(take(&s, event_of(7, CLASS_REJECT, EVENT_WAITS, NULL), NULL));
	handed = hand_all(&s, event_of(7, CLASS_REJECT, ends, "192.0.2.1"));
	assert_int_equal(handed.count, 1);
	assert_int_equal(handed.events[0].flags & (EVENT_BEGINS | EVENT_OPENS), 0);
	assert_true(take(&s, event_of(7, CLASS_GOOD, EVENT_ACCEPTED, NULL), "192.0.2.1"));
	assert_false(take(&s, event_of(7, CLASS_GOOD, EVENT_ACCEPTED, NULL), NULL));
	/* nothing waited */
	assert_false(take(&s, event_of(7, CLASS_REJECT, ends, "192.0.2.2"), NULL));
	assert_true(take(&s, event_of(7, CLASS_GOOD, EVENT_ACCEPTED, NULL), "192.0.2.2"));
	sessions_free(&s);
}

/* Whether the event still begins its connection. */
static bool begins(struct sessions *s, enum event_class event_class, const char *address)
{
	struct handed handed = hand_all(s, event_of(7, event_class, EVENT_BEGINS, address));

	assert_int_equal(handed.count, 1);
	return (handed.events[0].flags & EVENT_BEGINS) != 0;
}

static void a_connection_begins_with_the_trouble_that_is_told_ahead_of_it(void **state)
{
	struct sessions s = { 0 };

	(void)state;
	assert_true(begins(&s, CLASS_UNKNOWN, "192.0.2.1"));
	assert_true(begins(&s, CLASS_TROUBLE, "192.0.2.1"));
	assert_false(begins(&s, CLASS_UNKNOWN, "192.0.2.1"));
	/* once, and for that client */
	assert_true(begins(&s, CLASS_UNKNOWN, "192.0.2.1"));
	assert_true(begins(&s, CLASS_TROUBLE, "192.0.2.1"));
	assert_true(begins(&s, CLASS_UNKNOWN, "192.0.2.2"));
	assert_true(begins(&s, CLASS_UNKNOWN, "192.0.2.1"));
	sessions_free(&s);
}

static bool follow(struct pieces *p, uint64_t log, uint64_t program, unsigned flags, uint32_t repeats)
{
	struct event event = { .connection = program, .event_class = CLASS_GOOD, .count = 1, .flags = (uint16_t)flags,
			       .repeats = repeats };
	bool believed = pieces_believes(p, log, &event);

	assert_true(event.connection == 0);
	return believed;
}

static void a_line_behind_a_piece_is_not_believed(void **state)
{
	struct pieces p = { 0 };

	(void)state;
	assert_true(follow(&p, 0, 1, 0, 0));
	assert_false(follow(&p, 0, 1, EVENT_PIECE, 0));
	assert_false(follow(&p, 0, 1, EVENT_PIECE, 0));
	assert_true(follow(&p, 0, 2, 0, 0)); /* another program's */
	assert_true(follow(&p, 50, 1, 0, 0)); /* another log's */
	assert_false(follow(&p, 0, 1, 0, 0));
	assert_true(follow(&p, 0, 1, 0, 0));
	/* a line that is no event ends it, too */
	assert_false(follow(&p, 0, 1, EVENT_PIECE, 0));
	assert_false(follow(&p, 0, 1, EVENT_WHOLE, 0));
	assert_true(follow(&p, 0, 1, 0, 0));
	/* nor is it believed when it is said to have been repeated */
	assert_false(follow(&p, 0, 1, EVENT_PIECE, 0));
	assert_false(follow(&p, 0, 1, 0, 0));
	assert_false(follow(&p, 0, 1, 0, 3));
	assert_true(follow(&p, 0, 1, 0, 0));
	pieces_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(later_lines_of_a_session_get_its_address),
		cmocka_unit_test(two_sessions_of_one_place_are_kept_and_the_older_one_is_forgotten),
		cmocka_unit_test(a_session_is_over_after_a_day_without_a_line),
		cmocka_unit_test(what_waits_counts_for_the_address_that_ends_it),
		cmocka_unit_test(a_line_that_ends_the_waiting_may_give_its_address_once_more),
		cmocka_unit_test(a_connection_begins_with_the_trouble_that_is_told_ahead_of_it),
		cmocka_unit_test(what_needs_no_other_line_is_left_alone),
		cmocka_unit_test(a_line_behind_a_piece_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
