/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields: one entry in its three forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the ones above */
#include <cmocka.h>

#include "report/fields.h"

static struct addr addr;

static const struct field *entry(void)
{
	static struct field names[3], fields[9];

	assert_true(addr_parse_net(&addr, "192.0.2.7", 9));
	names[0] = field_word(NULL, "ann");
	names[1] = field_word(NULL, "bob");
	fields[0] = field_addr("address", &addr);
	fields[1] = field_number("hits", 1);
	fields[2] = field_some(field_number("hosts", 0));
	fields[3] = field_text("user", (struct span){ "a\n\"", 3 });
	fields[4] = field_time("when", 1796004000);
	fields[5] = field_said(field_number("again", 2));
	fields[6] = field_list("names", names);
	fields[7] = field_word("nobody", NULL);
	return fields;
}

static void assert_said(const char *sentence, const char *expected)
{
	struct buf out = { 0 };

	fields_say(entry(), sentence, &out);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void sentences(void **state)
{
	(void)state;
	assert_said("{address:12}|{hits:>3}|{user.1}", "192.0.2.7   |  1|a...");
	assert_said("{hits|hit|hits}, {again|time|times}, {when}", "1 hit, 2 times, 2026-11-30T02:00Z");
	assert_said("{names}; {names.1}; {names.2}; {nobody}", "ann, bob; ann, ...; ann, bob; -");
	assert_said("a[ of {hosts}][, {again}[ and {hosts}]]", "a, 2");
}

static void assert_seen(const char *user, const char *expected)
{
	const struct field fields[] = { field_word("user", user), field_end() };
	struct buf out = { 0 };

	fields_say_utf8(fields, "{user.20}", &out);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void what_a_person_sees_is_not_escaped(void **state)
{
	(void)state;
	assert_seen("m\xc3\xbcller \xf0\x9f\x99\x82", "m\xc3\xbcller \xf0\x9f\x99\x82");
	assert_seen("a\\xc3\xbc\n", "a\\\\xc3\\xbc\\x0a");
	/* right-to-left override, no-break space, a lone byte, a character that is cut */
	assert_seen("\xe2\x80\xae \xc2\xa0 \xff", "\\xe2\\x80\\xae \\xc2\\xa0 \\xff");
	assert_seen("0123456789012345678\xc3\xbc", "0123456789012345678\\xc3...");
}

static void other_forms(void **state)
{
	struct buf out = { 0 };
	struct json json;

	(void)state;
	json_begin(&json, &out);
	fields_json(entry(), &json);
	assert_string_equal(buf_text(&out),
		"{\n  \"address\": \"192.0.2.7\",\n  \"hits\": 1,\n  \"user\": \"a\\u000a\\\"\",\n"
		"  \"when\": \"2026-11-30T02:00:00Z\",\n  \"names\": [\n    \"ann\",\n    \"bob\"\n  ],\n"
		"  \"nobody\": null\n}\n");
	buf_clear(&out);
	fields_tsv((const struct field[]){ entry()[0], entry()[3], entry()[4], field_end() }, &out);
	assert_string_equal(buf_text(&out), "192.0.2.7\ta\\x0a\"\t2026-11-30T02:00:00Z\n");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(sentences),
					    cmocka_unit_test(what_a_person_sees_is_not_escaped),
					    cmocka_unit_test(other_forms) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
