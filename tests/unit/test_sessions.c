/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sessions: addresses that an earlier line told, and lines that follow a piece of a longer one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "detect/sessions.h"

static struct event event_of(uint64_t connection, enum event_class event_class, unsigned flags, const char *address)
{
	struct event event = { .connection = connection, .event_class = (uint8_t)event_class, .count = 1,
			       .flags = (uint16_t)(flags | EVENT_PER_CONNECTION) };

	if (address != NULL)
		assert_true(addr_parse(&event.addr, address, strlen(address)));
	else
		event.flags |= EVENT_NO_ADDRESS;
	return event;
}

static bool take(struct sessions *s, struct event event, const char *address)
{
	struct event wanted = event_of(0, 0, 0, address);

	if (!sessions_take(s, &event))
		return false;
	assert_int_equal(event.flags & EVENT_NO_ADDRESS, wanted.flags & EVENT_NO_ADDRESS);
	if (address != NULL)
		assert_true(addr_equal(&event.addr, &wanted.addr));
	return true;
}

static void later_lines_of_a_session_get_its_address(void **state)
{
	struct sessions *s = sessions_new();

	(void)state;
	assert_true(take(s, event_of(7, CLASS_UNKNOWN, EVENT_OPENS, "192.0.2.1"), "192.0.2.1"));
	/* that a client with a name comes is no event */
	assert_false(take(s, event_of(8, CLASS_UNKNOWN, EVENT_OPENS | EVENT_NAMED, "192.0.2.2"), NULL));
	assert_true(take(s, event_of(8, CLASS_AUTH, 0, NULL), "192.0.2.2"));
	assert_true(take(s, event_of(7, CLASS_GOOD, 0, NULL), "192.0.2.1"));
	assert_true(take(s, event_of(7, CLASS_UNKNOWN, EVENT_ENDS, NULL), "192.0.2.1"));
	assert_false(take(s, event_of(8, CLASS_UNKNOWN, EVENT_ENDS, NULL), NULL));
	/* both are over: a failure is one without an address, and nobody can be forgiven */
	assert_true(take(s, event_of(7, CLASS_AUTH, 0, NULL), NULL));
	assert_false(take(s, event_of(8, CLASS_GOOD, 0, NULL), NULL));
	sessions_free(s);
}

static void what_needs_no_other_line_is_left_alone(void **state)
{
	struct sessions *s = sessions_new();
	struct event event = event_of(0, CLASS_AUTH, 0, NULL);

	(void)state;
	assert_true(take(s, event, NULL));
	assert_true(take(s, event_of(3, CLASS_REJECT, 0, "192.0.2.1"), "192.0.2.1"));
	sessions_free(s);
}

/* Whether the event still begins its connection. */
static bool begins(struct sessions *s, enum event_class event_class, const char *address)
{
	struct event event = event_of(7, event_class, EVENT_BEGINS, address);

	assert_true(sessions_take(s, &event));
	return (event.flags & EVENT_BEGINS) != 0;
}

static void a_connection_begins_with_the_trouble_that_is_told_ahead_of_it(void **state)
{
	struct sessions *s = sessions_new();

	(void)state;
	assert_true(begins(s, CLASS_UNKNOWN, "192.0.2.1"));
	assert_true(begins(s, CLASS_TROUBLE, "192.0.2.1"));
	assert_false(begins(s, CLASS_UNKNOWN, "192.0.2.1"));
	/* once, and for that client */
	assert_true(begins(s, CLASS_UNKNOWN, "192.0.2.1"));
	assert_true(begins(s, CLASS_TROUBLE, "192.0.2.1"));
	assert_true(begins(s, CLASS_UNKNOWN, "192.0.2.2"));
	assert_true(begins(s, CLASS_UNKNOWN, "192.0.2.1"));
	sessions_free(s);
}

static bool follow(struct sessions *s, uint64_t program, unsigned flags, uint32_t repeats)
{
	struct event event = { .connection = program, .event_class = CLASS_GOOD, .count = 1, .flags = (uint16_t)flags,
			       .repeats = repeats };
	bool taken = sessions_take(s, &event);

	if (taken)
		assert_true(event.connection == 0);
	return taken;
}

static void a_line_behind_a_piece_is_not_believed(void **state)
{
	struct sessions *s = sessions_new();

	(void)state;
	assert_true(follow(s, 1, 0, 0));
	assert_false(follow(s, 1, EVENT_PIECE, 0));
	assert_false(follow(s, 1, EVENT_PIECE, 0));
	assert_true(follow(s, 2, 0, 0)); /* another program's */
	assert_false(follow(s, 1, 0, 0));
	assert_true(follow(s, 1, 0, 0));
	/* a line that is no event ends it, too */
	assert_false(follow(s, 1, EVENT_PIECE, 0));
	assert_false(follow(s, 1, EVENT_WHOLE, 0));
	assert_true(follow(s, 1, 0, 0));
	/* nor is it believed when it is said to have been repeated */
	assert_false(follow(s, 1, EVENT_PIECE, 0));
	assert_false(follow(s, 1, 0, 0));
	assert_false(follow(s, 1, 0, 3));
	assert_true(follow(s, 1, 0, 0));
	sessions_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(later_lines_of_a_session_get_its_address),
		cmocka_unit_test(a_connection_begins_with_the_trouble_that_is_told_ahead_of_it),
		cmocka_unit_test(what_needs_no_other_line_is_left_alone),
		cmocka_unit_test(a_line_behind_a_piece_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
