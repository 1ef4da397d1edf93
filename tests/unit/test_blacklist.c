/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blacklist: what is read, what is refused, and that what did not change is written as it stood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "list/blacklist.h"
#include "random.h"

static uint64_t random_state;

static unsigned below(size_t n)
{
	return (unsigned)random_below(&random_state, n);
}

#define HEADER BLACKLIST_HEADER
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int parse(const char *text, size_t len, struct banlist *list)
{
	struct buf bytes = { 0 };

	*list = (struct banlist){ 0 };
	buf_add(&bytes, text, len);
	return blacklist_parse(&bytes, "blacklist", list);
}

static void assert_written(const struct banlist *list, const char *expected)
{
	struct buf out = { 0 };

	blacklist_format(list, &out);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static const char whole[] = HEADER
	"# our list\n"
	"\n"
	"192.0.2.7                # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by auth hits 57\n"
	"# the neighbours\n"
	"198.51.100.0/24          # since 2026-11-20T03:17Z until 2026-12-18T03:17Z by auth hits 812 hosts 37\n"
	"203.0.113.9              # ticket 4711: spam source\n"
	"203.0.113.10\n"
	"203.0.113.11 # since 2026-11-21T03:17Z until forever by hand hits 0 note asked for by  Ann \n"
	"2001:db8:1:2::/64        # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by unknown hits 10\n"
	"2001:DB8:ffff::1#tight\n"
	"# the end\n";

static void what_is_read_is_written_as_it_stood(void **state)
{
	struct banlist list;

	(void)state;
	assert_int_equal(parse(whole, sizeof(whole) - 1, &list), 0);
	assert_int_equal(list.count, 7);
	assert_written(&list, whole);
	banlist_free(&list);
}

static void facts_are_read(void **state)
{
	struct banlist list;
	const struct ban *ban;
	struct span note;

	(void)state;
	assert_int_equal(parse(whole, sizeof(whole) - 1, &list), 0);
	ban = &list.bans[1];
	assert_int_equal(ban->since, 1795144620);
	assert_int_equal(ban->until - ban->since, 28 * 86400);
	assert_int_equal(ban->by, CLASS_AUTH);
	assert_int_equal(ban->hits, 812);
	assert_int_equal(ban->hosts, 37);
	assert_int_equal(ban->net.prefix, 120);
	assert_false(ban->person);
	assert_int_equal(blacklist_note(ban).len, 0);
	ban = &list.bans[2];
	assert_true(ban->person);
	assert_true(ban->until == WHEN_FOREVER);
	note = blacklist_note(ban);
	assert_memory_equal(note.ptr, "ticket 4711: spam source", note.len);
	ban = &list.bans[4];
	assert_false(ban->person);
	assert_true(ban->until == WHEN_FOREVER);
	assert_int_equal(ban->by, BAN_BY_HAND);
	note = blacklist_note(ban);
	assert_int_equal(note.len, strlen("asked for by  Ann"));
	assert_memory_equal(note.ptr, "asked for by  Ann", note.len);
	banlist_free(&list);
}

static void a_person_may_write_as_people_do(void **state)
{
	static const struct {
		const char *name, *from, *to;
	} table[] = {
		{ "an empty file", "", HEADER },
		{ "no header", "192.0.2.7\n", HEADER "192.0.2.7\n" },
		{ "a line appended out of order, without a newline", HEADER "203.0.113.9\n192.0.2.7 # mine",
		  HEADER "192.0.2.7 # mine\n203.0.113.9\n" },
		{ "lines of another system", "# mailban blacklist 1\r\n# note\r\n192.0.2.7 # x\r\n",
		  HEADER "# note\n192.0.2.7 # x\n" },
		{ "and lines that were sent through it twice", HEADER "192.0.2.7 # x\r\r\n192.0.2.8 # y\r\r",
		  HEADER "192.0.2.7 # x\n192.0.2.8 # y\n" },
		{ "a carriage return inside a remark", HEADER "192.0.2.7 # a\rb\n", HEADER "192.0.2.7 # a\rb\n" },
		{ "remarks above the header", "# mine\n\n" HEADER "192.0.2.7\n", HEADER "# mine\n\n192.0.2.7\n" },
		{ "remarks move with their entry", HEADER "# b\n203.0.113.9\n# a\n192.0.2.7\n# end\n",
		  HEADER "# a\n192.0.2.7\n# b\n203.0.113.9\n# end\n" },
		{ "indented and with tabs", HEADER "  192.0.2.7\t# x\n\t# remark\n198.51.100.1\n",
		  HEADER "  192.0.2.7\t# x\n\t# remark\n198.51.100.1\n" },
		{ "since as a later word", HEADER "192.0.2.7 # spams since 2024\n", HEADER "192.0.2.7 # spams since 2024\n" },
		{ "bytes of any kind in a remark", HEADER "192.0.2.7 # \xc3\xa4\xff\x01\n", HEADER "192.0.2.7 # \xc3\xa4\xff\x01\n" },
		{ "the same twice", HEADER "192.0.2.7 # first\n# why\n192.0.2.7 # second\n198.51.100.1\n",
		  HEADER "192.0.2.7 # first\n# why\n198.51.100.1\n" },
		{ "and the one with a note, wherever it stands",
		  HEADER "192.0.2.7\n192.0.2.7 # why\n192.0.2.7 # again\n192.0.2.8 # why\n192.0.2.8 # \n"
			 "192.0.2.9 # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by auth hits 57\n"
			 "192.0.2.9 # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by hand hits 0 note why\n"
			 "192.0.2.9 # since 2026-11-21T03:17Z until 2026-11-27T03:17Z by hand hits 0 note sooner\n",
		  HEADER "192.0.2.7 # why\n192.0.2.8 # why\n"
			 "192.0.2.9 # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by hand hits 0 note why\n" },
		{ "a person's line beats a judgement, wherever it stands",
		  HEADER "# above\n192.0.2.7 # since 2026-11-21T03:17Z until forever by auth hits 57\n# mine\n192.0.2.7\n# end\n",
		  HEADER "# above\n# mine\n192.0.2.7\n# end\n" },
		{ "the longer judgement wins",
		  HEADER "192.0.2.7 # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by auth hits 57\n"
			 "192.0.2.7 # since 2026-11-21T03:17Z until 2026-11-29T03:17Z by helo hits 1\n"
			 "192.0.2.7 # since 2026-11-21T03:17Z until 2026-11-27T03:17Z by probe hits 9\n",
		  HEADER "192.0.2.7 # since 2026-11-21T03:17Z until 2026-11-29T03:17Z by helo hits 1\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct banlist list, again;
		struct buf once = { 0 };

		print_message("%s\n", table[i].name);
		assert_int_equal(parse(table[i].from, strlen(table[i].from), &list), 0);
		assert_written(&list, table[i].to);
		/* and what was written is stable */
		blacklist_format(&list, &once);
		assert_int_equal(parse(once.ptr, once.len, &again), 0);
		assert_written(&again, table[i].to);
		banlist_free(&list);
		banlist_free(&again);
		buf_free(&once);
	}
}

#define GOOD_LINE "192.0.2.1\n"

static void unreadable_lines_are_refused(void **state)
{
	static const char *const bad[] = {
		"192.0.2.300", "mail.example.com", "192.0.2.7 198.51.100.7", "192.0.2.7/24", "192.0.2.7,", "-", "192.0.2.7; x",
		"192.0.2.7 # since 2026-11-21T03:17Z", "192.0.2.7 # since yesterday",
		"192.0.2.7 # since 2026-11-31T03:17Z until 2026-12-28T03:17Z by auth hits 57",
		"192.0.2.7 # since forever until forever by auth hits 57",
		"192.0.2.7 # since 2026-11-21T03:17Z until never by auth hits 57",
		"192.0.2.7 # since 2026-11-21T03:17Z until forever by magic hits 57",
		"192.0.2.7 # since 2026-11-21T03:17Z until forever by auth hits -1",
		"192.0.2.7 # since 2026-11-21T03:17Z until forever by auth hits 99999999999999999999",
		"192.0.2.7 # since 2026-11-21T03:17Z until forever by auth hits 1 hosts 4294967296",
		"192.0.2.7 # since 2026-11-21T03:17Z until forever by auth hits",
		"192.0.2.7 # since 2026-11-21T03:17Z until forever by auth hits 1 more",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct buf text = { 0 };
		struct banlist list;

		print_message("%s\n", bad[i]);
		buf_addf(&text, "%s%s%s\n", HEADER, GOOD_LINE, bad[i]);
		assert_int_equal(parse(text.ptr, text.len, &list), -1);
		assert_int_equal(list.count, 0);
		assert_null(list.text);
		buf_free(&text);
	}
	{
		static const char nul[] = HEADER "192.0.2.7\0\n", newer[] = "# mailban blacklist 2\n192.0.2.7\n";
		struct banlist list;

		assert_int_equal(parse(nul, sizeof(nul) - 1, &list), -1);
		assert_int_equal(parse(newer, sizeof(newer) - 1, &list), -1);
		assert_int_equal(parse("# mailban blacklist 11\n", 23, &list), -1);
	}
}

/* Large files are read in parts side by side: what stands around their borders must not show them. */
static void a_large_file_is_read_as_a_small_one(void **state)
{
	enum { ENTRIES = 60000 };
	const char *const fills[] = { "", "# a remark of no special length\n", "\n\n" };

	(void)state;
	for (unsigned shape = 0; shape < 4; shape++) {
		struct buf text = { 0 }, out = { 0 };
		struct banlist list;

		buf_add_text(&text, HEADER);
		/* the last shape: parts that hold nothing but remarks */
		for (unsigned i = 0; i < ENTRIES * (shape == 3); i++)
			buf_addf(&text, "# %u: a remark in front of all entries, as long as an entry would be\n", i);
		for (unsigned i = 0; i < ENTRIES; i++)
			buf_addf(&text, "%s10.%u.%u.%u # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by auth hits %u\n",
				 i % 7 == 0 ? fills[shape % 3] : "", i >> 16, i >> 8 & 255, i & 255, i);
		buf_add_text(&text, "# the end\n");
		assert_int_equal(parse(text.ptr, text.len, &list), 0);
		assert_int_equal(list.count, ENTRIES);
		for (unsigned i = 0; i < ENTRIES; i++)
			assert_int_equal(list.bans[i].hits, i);
		blacklist_format(&list, &out);
		assert_int_equal(out.len, text.len);
		assert_memory_equal(out.ptr, text.ptr, text.len);
		banlist_free(&list);
		/* the first line that is wrong is found wherever it stands */
		buf_add_text(&text, "nonsense\n");
		assert_int_equal(parse(text.ptr, text.len, &list), -1);
		buf_free(&text);
		buf_free(&out);
	}
}

/* One line that another system's editor wrote, anywhere in a large file, and then all of them. */
static void a_large_file_is_evened_out(void **state)
{
	enum { ENTRIES = 60000 };
	static const unsigned uneven[] = { 0, 1, ENTRIES / 4, ENTRIES - 1, UINT32_MAX };

	(void)state;
	for (unsigned k = 0; k < COUNT(uneven); k++) {
		struct buf text = { 0 }, even = { 0 }, out = { 0 };
		struct banlist list;

		buf_add_text(&text, HEADER);
		buf_add_text(&even, HEADER);
		for (unsigned i = 0; i < ENTRIES; i++) {
			buf_addf(&even, "10.%u.%u.%u # a line\rof a person's\n", i >> 16, i >> 8 & 255, i & 255);
			buf_addf(&text, "10.%u.%u.%u # a line\rof a person's%s\n", i >> 16, i >> 8 & 255, i & 255,
				 i == uneven[k] || uneven[k] == UINT32_MAX ? "\r" : "");
		}
		assert_int_equal(parse(text.ptr, text.len, &list), 0);
		assert_int_equal(list.count, ENTRIES);
		blacklist_format(&list, &out);
		assert_int_equal(out.len, even.len);
		assert_memory_equal(out.ptr, even.ptr, even.len);
		banlist_free(&list);
		buf_free(&text);
		buf_free(&even);
		buf_free(&out);
	}
}

static void new_entries_are_made_as_documented(void **state)
{
	static const char expected[] = HEADER
		"192.0.2.7                # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by auth hits 57\n"
		"198.51.100.0/24          # since 2026-11-21T03:17Z until forever by unknown hits 812 hosts 37\n"
		"# kept\n"
		"203.0.113.9\n"
		"2001:db8:1:2::/64        # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by helo hits 1\n"
		"2001:db8:1:2:3:4:5:6     # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by probe hits 10\n"
		"2001:db8:1000:2000:3000:4000:5000:6000 # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by reject hits 20\n";
	static const struct {
		const char *net;
		int64_t until;
		uint64_t hits;
		uint32_t hosts;
		uint8_t by;
	} table[] = {
		{ "2001:db8:1000:2000:3000:4000:5000:6000", 1795835820, 20, 0, CLASS_REJECT },
		{ "2001:db8:1:2:3:4:5:6", 1795835820, 10, 0, CLASS_PROBE },
		{ "192.0.2.7", 1795835820, 57, 0, CLASS_AUTH },
		{ "198.51.100.0/24", WHEN_FOREVER, 812, 37, CLASS_UNKNOWN },
		{ "2001:db8:1:2::/64", 1795835820, 1, 0, CLASS_HELO },
	};
	struct banlist list;

	(void)state;
	assert_int_equal(parse(HEADER "# kept\n203.0.113.9\n", strlen(HEADER "# kept\n203.0.113.9\n"), &list), 0);
	for (size_t i = 0; i < COUNT(table); i++) {
		struct ban ban = { .since = 1795231020, .until = table[i].until, .hits = table[i].hits,
				   .hosts = table[i].hosts, .by = table[i].by };

		assert_true(addr_parse_net(&ban.net, table[i].net, strlen(table[i].net)));
		banlist_add(&list, &ban);
	}
	banlist_sort(&list);
	assert_written(&list, expected);
	banlist_free(&list);
}

static void a_line_made_by_hand_stands_with_its_note(void **state)
{
	struct ban ban = { .since = 1795231020, .until = 1795835820, .by = BAN_BY_HAND };
	struct buf out = { 0 };

	(void)state;
	assert_true(addr_parse_net(&ban.net, "192.0.2.7", 9));
	blacklist_add_line(&out, &ban, (struct span){ "asked", 5 });
	assert_string_equal(buf_text(&out), "192.0.2.7                # since 2026-11-21T03:17Z until 2026-11-28T03:17Z "
					    "by hand hits 0 note asked");
	ban.person = true;
	buf_clear(&out);
	blacklist_add_line(&out, &ban, (struct span){ "asked", 5 });
	assert_string_equal(buf_text(&out), "192.0.2.7                # asked");
	buf_clear(&out);
	blacklist_add_line(&out, &ban, (struct span){ NULL, 0 });
	assert_string_equal(buf_text(&out), "192.0.2.7");
	buf_free(&out);
}

static void remarks_of_entries_that_leave_stay(void **state)
{
	static const char from[] = HEADER "# a\n192.0.2.1\n# b\n192.0.2.2\n192.0.2.3\n# c\n192.0.2.4\n# d\n192.0.2.5\n# end\n";
	static const bool gone[] = { true, true, false, false, true };
	struct banlist list;

	(void)state;
	assert_int_equal(parse(from, sizeof(from) - 1, &list), 0);
	for (size_t i = 0; i < list.count; i++)
		list.bans[i].leaves = gone[i];
	banlist_remove_leaving(&list);
	assert_written(&list, HEADER "# a\n# b\n192.0.2.3\n# c\n192.0.2.4\n# d\n# end\n");
	banlist_free(&list);
}

static char folder[] = "/tmp/mailban-blacklist-XXXXXX";

static void read_file(const char *path, struct buf *out)
{
	buf_clear(out);
	assert_int_equal(file_read(path, out), 0);
	buf_text(out);
}

/* Makes the file hold the list. Returns whether it was written. */
static bool writes(const char *path, const struct banlist *list)
{
	struct file_new file;
	uint64_t digest;
	bool written;

	assert_int_equal(blacklist_prepare(path, list, &file, &digest), 0);
	written = file.path != NULL;
	assert_int_equal(file_commit(&file), 0);
	return written;
}

static void the_file_is_written_only_where_it_changes(void **state)
{
	struct buf path = { 0 }, former = { 0 }, bytes = { 0 };
	struct banlist list = { 0 };
	struct ban ban = { .person = true };

	(void)state;
	assert_non_null(mkdtemp(folder));
	buf_addf(&path, "%s/blacklist", folder);
	buf_addf(&former, "%s/blacklist.1", folder);
	/* no file: an empty list, for which none is made */
	assert_int_equal(blacklist_read(buf_text(&path), &list), 0);
	assert_false(writes(path.ptr, &list));
	assert_int_equal(access(path.ptr, F_OK), -1);
	banlist_free(&list);

	assert_int_equal(file_replace(path.ptr, whole, sizeof(whole) - 1, false), 0);
	assert_int_equal(blacklist_read(path.ptr, &list), 0);
	assert_false(writes(path.ptr, &list));
	assert_int_equal(access(buf_text(&former), F_OK), -1);

	/* gone since it was read, or another: it is written again */
	assert_int_equal(unlink(path.ptr), 0);
	assert_true(writes(path.ptr, &list));
	assert_int_equal(file_replace(path.ptr, "x\n", 2, false), 0);
	assert_true(writes(path.ptr, &list));
	read_file(path.ptr, &bytes);
	assert_string_equal(bytes.ptr, whole);

	assert_true(addr_parse_net(&ban.net, "192.0.2.8", 9));
	banlist_add(&list, &ban);
	banlist_sort(&list);
	assert_true(writes(path.ptr, &list));
	read_file(former.ptr, &bytes);
	assert_string_equal(bytes.ptr, whole);
	read_file(path.ptr, &bytes);
	assert_non_null(strstr(bytes.ptr, "hits 57\n192.0.2.8\n# the neighbours\n"));
	assert_int_equal(bytes.len, sizeof(whole) - 1 + strlen("192.0.2.8\n"));
	banlist_free(&list);

	/* a folder is no blacklist, and is left alone */
	assert_int_equal(blacklist_read(folder, &list), -1);
	unlink(path.ptr);
	unlink(former.ptr);
	rmdir(folder);
	buf_free(&path);
	buf_free(&former);
	buf_free(&bytes);
}

/* Whatever a file holds, it is refused whole, or what is written of it is read and written the same again. */
static void damaged_files_are_refused_or_stable(void **state)
{
	enum { ROUNDS = 3000 };
	static const char bytes[] = "#\n\r /.:0129af\t since\377\001";
	unsigned understood = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct buf text = { 0 }, once = { 0 }, twice = { 0 };
		struct banlist list, again;

		buf_add(&text, whole, sizeof(whole) - 1);
		for (unsigned changes = 1 + below(3); changes > 0; changes--) {
			size_t at = below(text.len), len = below(30);

			if (below(2) == 0)
				text.ptr[at] = bytes[below(sizeof(bytes) - 1)];
			else if (at + len < text.len)
				memmove(text.ptr + at, text.ptr + at + len, (text.len -= len) - at);
		}
		if (parse(text.ptr, text.len, &list) == 0) {
			understood++;
			blacklist_format(&list, &once);
			assert_int_equal(parse(once.ptr, once.len, &again), 0);
			assert_int_equal(again.count, list.count);
			blacklist_format(&again, &twice);
			assert_int_equal(once.len, twice.len);
			assert_memory_equal(once.ptr, twice.ptr, once.len);
			banlist_free(&again);
			banlist_free(&list);
		}
		buf_free(&text);
		buf_free(&once);
		buf_free(&twice);
	}
	assert_true(understood >= ROUNDS / 20 && understood <= ROUNDS - ROUNDS / 20);
}

/* Lines in random order, some new: the result is that of sorting all lines with qsort(3). */
static int compare(const void *a, const void *b)
{
	return addr_compare(&((const struct ban *)a)->net, &((const struct ban *)b)->net);
}

static void additions_are_merged_in_order(void **state)
{
	enum { MAX = 60, ROUNDS = 2000 };
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct banlist list = { 0 };
		struct ban expected[MAX];
		unsigned count = below(MAX), in_order = count > 0 ? below(count) : 0;

		for (unsigned i = 0; i < count; i++) {
			expected[i] = (struct ban){ .net = { 0, UINT64_C(0xffffc0000200) + below(200), ADDR_BITS },
						    .hits = i };
			if (below(4) == 0) {
				expected[i].net.hi = random_bits(&random_state);
				expected[i].net.lo = random_bits(&random_state);
			}
		}
		qsort(expected, in_order, sizeof(*expected), compare);
		for (unsigned i = 0; i < count; i++)
			banlist_add(&list, &expected[i]);
		qsort(expected, count, sizeof(*expected), compare);
		banlist_sort(&list);
		assert_int_equal(list.count, count);
		for (unsigned i = 0; i < count; i++)
			assert_true(addr_equal(&list.bans[i].net, &expected[i].net));
		banlist_free(&list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_is_written_as_it_stood),
		cmocka_unit_test(facts_are_read),
		cmocka_unit_test(a_person_may_write_as_people_do),
		cmocka_unit_test(unreadable_lines_are_refused),
		cmocka_unit_test(a_large_file_is_read_as_a_small_one),
		cmocka_unit_test(a_large_file_is_evened_out),
		cmocka_unit_test(new_entries_are_made_as_documented),
		cmocka_unit_test(a_line_made_by_hand_stands_with_its_note),
		cmocka_unit_test(remarks_of_entries_that_leave_stay),
		cmocka_unit_test(the_file_is_written_only_where_it_changes),
		cmocka_unit_test(additions_are_merged_in_order),
		cmocka_unit_test(damaged_files_are_refused_or_stable),
	};

	random_state = random_begin(random_seed());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
