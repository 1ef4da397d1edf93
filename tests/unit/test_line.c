/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line: names and values come back from lines of the state as they were; what is malformed is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/sanitized.h"
#include "judge/decide.h"
#include "list/state_line.h"
#include "random.h"

enum { NAMES = 20000, MUTATIONS = SANITIZED ? 3000 : 20000, EVENTS = 80 };

#define BASE INT64_C(1793491200) /* 2026-11-01T00:00Z */

static uint64_t random_state;

static uint32_t pick(uint32_t below)
{
	return (uint32_t)random_below(&random_state, below);
}

/* ---- words ---- */

static struct line first_line(const struct buf *text)
{
	struct line line = { .lines = { text->ptr, text->len } };

	assert_true(line_next(&line));
	return line;
}

static void names_of_any_bytes_come_back(void **state)
{
	struct buf text = { 0 };

	(void)state;
	random_state = random_begin(random_seed());
	for (unsigned i = 0; i < NAMES; i++) {
		char name[USER_MAX + 1], read[USER_MAX + 1];
		size_t len = pick(USER_MAX + 1), read_len = 0;
		int64_t points = 0;
		uint32_t fail = 0, fails = 0, login = 0, wants[3] = { pick(UINT32_MAX), pick(2) * pick(99), pick(2) * pick(9) };
		struct line line;

		for (size_t k = 0; k < len; k++)
			name[k] = (char)(1 + pick(255));
		name[len] = '\0';
		buf_clear(&text);
		line_add_user(&text, name);
		line_add_name_facts(&text, i * POINT / 8 % (9 * POINT), wants[0], wants[1], wants[2]);
		line_add_user_value(&text, "shown", name);
		buf_add_char(&text, '\n');
		line = first_line(&text);
		assert_true(line_word(&line) && line_user(&line, read, USER_MAX, &read_len));
		assert_int_equal(read_len, len);
		assert_string_equal(read, name);
		assert_true(line_name_facts(&line, &points, &fail, &fails, &login));
		assert_int_equal(points, i * POINT / 8 % (9 * POINT));
		assert_true(fail == wants[0] && fails == wants[1] && login == wants[2]);
		assert_true(line_word(&line) && line_is(&line, "shown"));
		assert_true(line_user_value(&line, read, USER_MAX, &read_len));
		assert_string_equal(read, name);
		/* one byte less room, and it is refused */
		assert_true(len == 0 || !line_user_value(&line, read, len - 1, &read_len));
		assert_false(line_word(&line) || line_next(&line));
	}
	buf_free(&text);
}

static void values_come_back(void **state)
{
	static const uint64_t numbers[] = { 1, 9, 10, UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX };
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct line line;
		uint64_t number;
		uint32_t small, at;
		int64_t points;

		buf_clear(&text);
		buf_add_text(&text, "x");
		line_add_number(&text, "nothing", 0);
		line_add_number(&text, "n", numbers[i]);
		line_add_number_at(&text, "a", 7, UINT32_MAX);
		line_add_points_at(&text, "p", 5 * POINT / 4, 8);
		line_add_flag(&text, "unset", false);
		line_add_flag(&text, "set", true);
		line = first_line(&text);
		assert_true(line_word(&line) && line_is(&line, "x") && line_word(&line) && line_is(&line, "n"));
		assert_true(line_u64(&line, &number) && number == numbers[i]);
		assert_int_equal(line_u32(&line, &small), numbers[i] <= UINT32_MAX);
		assert_true(line_word(&line) && line_u32_at(&line, &small, &at) && small == 7 && at == UINT32_MAX);
		assert_true(line_word(&line) && line_points_at(&line, &points, &at) && points == 5 * POINT / 4 && at == 8);
		assert_true(line_word(&line) && line_is(&line, "set"));
		assert_false(line_word(&line));
	}
	buf_free(&text);
}

static void malformed_values_are_refused(void **state)
{
	static const char *const numbers[] = { "n", "n=", "n=x", "n=1x", "n=-1", "n=+1", "n= 1", "n=18446744073709551616",
		"n=1@2" };
	static const char *const names[] = { "u", "u:%", "u:%4", "u:%4g", "u:%4G", "u:%00", "v:ann", "ann" };

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct line line = { .lines = { numbers[i], strlen(numbers[i]) } };
		uint64_t number;
		uint32_t small;

		assert_true(line_next(&line) && line_word(&line));
		if (line_u64(&line, &number) || line_u32(&line, &small))
			fail_msg("\"%s\" was read", numbers[i]);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct line line = { .lines = { names[i], strlen(names[i]) } };
		char text[USER_MAX + 1];
		size_t len;

		assert_true(line_next(&line) && line_word(&line));
		if (line_user(&line, text, USER_MAX, &len))
			fail_msg("\"%s\" was read", names[i]);
	}
}

/* ---- lines of accounts ---- */

static unsigned load_accounts(struct judge *judge, const char *lines, size_t len)
{
	return accounts_load(&judge->accounts, (struct span){ lines, len });
}

static void malformed_accounts_are_refused(void **state)
{
	static const char *const lines[] = {
		"", "192.0.2", "192.0.2.1/24", "x time=1", "192.0.2.1 time", "192.0.2.1 time=", "192.0.2.1  time=1",
		"192.0.2.1 time=4294967296",
		"192.0.2.1 what=1", "192.0.2.1 time=1 u:ann=1", "192.0.2.1 time=1 u:ann=1@", "192.0.2.1 time=1 u:ann=1@1@x",
		"192.0.2.1 time=1 u:ann=1@1 u:ann=1@1", "192.0.2.1 time=1 u:%0=1@1", "192.0.2.1 time=1 auth=-1@1",
		"192.0.2.1 time=1 good-mail=1@1",
		"192.0.2.1 time=1 probe=4001@1", "192.0.2.1 time=1 mails=10@1", "192.0.2.1 time=1 untold=0,1,0,0,128@1",
		"192.0.2.1 time=1 untold=0,1,0,0@1", "192.0.2.1 time=1 untold=0,1,0,0,1", "192.0.2.1 time=1 untold=1@1",
		"192.0.2.1 time=1 level=256",
		"192.0.2.1 time=1 since=1", "192.0.2.1 time=1 until=1", "192.0.2.1 time=1 since=1 until=2", 
		"192.0.2.1 time=1 by=good", "192.0.2.1 time=1 by=x",
	};
	struct judge_settings settings;

	(void)state;
	judge_settings_defaults(&settings);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct judge judge;
		struct buf text = { 0 };

		judge_init(&judge, &settings, BASE);
		buf_addf(&text, "198.51.100.7 time=1 probe=1@1\n%s\n", lines[i]);
		if (load_accounts(&judge, text.ptr, text.len) != 2)
			fail_msg("\"%s\" was read", lines[i]);
		judge_free(&judge);
		buf_free(&text);
	}
}

/* ---- a state that was damaged ---- */

static void judge_some(struct judge *judge, int64_t from)
{
	static const char *const users[] = { "", "ann", "Bob@example.com", "c d=\"%", "\xff\x01" };

	for (unsigned i = 0; i < EVENTS; i++) {
		struct event event = { .count = 1 + (pick(6) == 0 ? pick(5) : 0), .time = from + i * (1 + pick(900)) };
		const char *user = users[pick(5)];

		event.addr = addr_of_v4_number(0xc0000200 + pick(10));
		if (pick(4) == 0)
			event.addr = (struct addr){ UINT64_C(0x20010db800000000) + pick(4), pick(9), ADDR_BITS };
		event.event_class = (uint8_t)(pick(3) ? CLASS_AUTH : pick(CLASS_GOOD + 1));
		event.flags = (uint8_t)(pick(2) ? EVENT_ACCEPTED : 0);
		event.connection = pick(3) == 0 ? 1 + pick(9) : 0;
		event.user = (struct span){ user, strlen(user) };
		judge_event(judge, &event, judge->now);
	}
}

static const char *damaged(struct buf *text, struct span from)
{
	static const char bytes[] = "\0\n =@:.%u-0123456789abcdef";

	buf_clear(text);
	buf_add_span(text, from);
	for (unsigned changes = 1 + pick(3); changes > 0 && text->len > 0; changes--) {
		size_t at = pick((uint32_t)text->len), len = 1 + pick(pick(2) ? 2 : 30);

		len = len < text->len - at ? len : text->len - at;
		if (pick(3) == 0) {
			memmove(text->ptr + at, text->ptr + at + len, text->len - at - len);
			text->len -= len;
		} else if (pick(3) == 0) {
			memmove(text->ptr + at, text->ptr + pick((uint32_t)(text->len - len + 1)), len);
		} else {
			text->ptr[at] = pick(2) ? bytes[pick(sizeof(bytes) - 1)] : (char)pick(256);
		}
	}
	return text->ptr;
}

/* Memory of exactly that length, so that the sanitizers see a read behind it. */
static struct span exactly(struct span text, char **copy)
{
	*copy = malloc(text.len > 0 ? text.len : 1);
	assert_non_null(*copy);
	if (text.len > 0)
		memcpy(*copy, text.ptr, text.len);
	return (struct span){ *copy, text.len };
}

static bool load_damaged(struct judge *judge, const struct state *memory)
{
	const struct span sections[] = { state_lines(memory, STATE_NAMES), state_lines(memory, STATE_ACCOUNTS),
					 state_lines(memory, STATE_CONNECTIONS), state_lines(memory, STATE_JUDGE) };
	unsigned which = pick(4), bad[4];
	struct buf text = { 0 };
	char *copies[4];
	struct span spans[4];

	damaged(&text, sections[which]);
	for (unsigned i = 0; i < 4; i++)
		spans[i] = exactly(i == which ? buf_span(&text) : sections[i], &copies[i]);
	bad[0] = names_load(&judge->accounts.names, spans[0]);
	bad[1] = accounts_load(&judge->accounts, spans[1]);
	bad[2] = connections_load(&judge->connections, spans[2]);
	bad[3] = judge_load_clocks(judge, spans[3]);
	for (unsigned i = 0; i < 4; i++) {
		assert_true(i == which || bad[i] == 0);
		free(copies[i]);
	}
	buf_free(&text);
	return bad[which] == 0;
}

/* What was read although it was damaged is as good as any other state: it is judged, saved and read again. */
static void go_on(struct judge *judge, const struct judge_settings *settings)
{
	struct banlist old = { 0 };
	struct decide_input input = { .judge = judge, .now = judge->now };
	struct changes changes = { 0 };
	struct state memory = { 0 };
	struct span accounts;
	struct judge again;

	judge_some(judge, judge->now - 20000);
	decide(&input, &old, &changes);
	judge_save(judge, &memory);
	judge_init(&again, settings, judge->now);
	assert_int_equal(names_load(&again.accounts.names, state_lines(&memory, STATE_NAMES)), 0);
	accounts = state_lines(&memory, STATE_ACCOUNTS);
	assert_int_equal(load_accounts(&again, accounts.ptr, accounts.len), 0);
	assert_int_equal(connections_load(&again.connections, state_lines(&memory, STATE_CONNECTIONS)), 0);
	assert_int_equal(judge_load_clocks(&again, state_lines(&memory, STATE_JUDGE)), 0);
	judge_free(&again);
	state_free(&memory);
	changes_free(&changes);
	banlist_free(&old);
}

static void a_damaged_state_harms_nobody(void **state)
{
	struct judge_settings settings;
	struct state memory = { 0 };
	struct judge judge;
	unsigned read = 0;

	(void)state;
	random_state = random_begin(random_seed());
	judge_settings_defaults(&settings);
	judge_init(&judge, &settings, BASE);
	judge_some(&judge, BASE - 20000);
	judge_save(&judge, &memory);
	judge_free(&judge);
	for (unsigned i = 0; i < MUTATIONS; i++) {
		judge_init(&judge, &settings, BASE + 40000);
		if (load_damaged(&judge, &memory)) {
			read++;
			go_on(&judge, &settings);
		}
		judge_free(&judge);
	}
	/* both happen, or nothing was tried */
	assert_true(read > MUTATIONS / 20 && read < MUTATIONS);
	state_free(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_any_bytes_come_back),
		cmocka_unit_test(values_come_back),
		cmocka_unit_test(malformed_values_are_refused),
		cmocka_unit_test(malformed_accounts_are_refused),
		cmocka_unit_test(a_damaged_state_harms_nobody),
	};

#ifdef __GLIBC__
	/* each judge has a table of connections of some megabytes, of which it touches little */
	(void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}
