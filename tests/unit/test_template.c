/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "report/template.h"

static void assert_escaped(const char *bytes, size_t len, const char *expected)
{
	struct buf out = { 0 };

	template_add_escaped(&out, bytes, len);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

#define assert_shown(text, expected) assert_escaped(text, sizeof(text) - 1, expected)

static void whatever_a_stranger_typed_is_text(void **unused)
{
	(void)unused;
	assert_shown("<script>\"&'", "&lt;script&gt;&quot;&amp;&#39;");
	assert_shown("\0\x01\t\n\x7f", "\\x00\\x01\\x09\\x0a\\x7f");
	assert_shown("m\xc3\xbcller \xd7\x90 \xf0\x9f\x99\x82", "m\xc3\xbcller \xd7\x90 \xf0\x9f\x99\x82");
	/* right-to-left override, isolate, zero-width space, a C1 control */
	assert_shown("\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b\xc2\x85", "\\u{202e}\\u{2066}\\u{200b}\\u{85}");
	/* no UTF-8: a lone byte, a cut one, an overlong slash, a surrogate, beyond the last code */
	assert_shown("\xff\xc3", "\\xff\\xc3");
	assert_shown("\xc0\xaf", "\\xc0\\xaf");
	assert_shown("\xed\xa0\x80", "\\xed\\xa0\\x80");
	assert_shown("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	assert_shown("\xe2\x80<", "\\xe2\\x80&lt;");
}

static void parts_have_their_fields(void **unused)
{
	static const char template[] = "@@a\nfirst { x: 1 } {name} {=made}\n@@b\nsecond\n";
	const struct template_field fields[] = { { "name", { "<b>", 3 } }, { "made", { "<i>", 3 } }, { 0 } };
	struct buf out = { 0 };

	(void)unused;
	template_add(&out, template, "b", fields);
	template_add(&out, template, "a", fields);
	assert_string_equal(buf_text(&out), "second\nfirst { x: 1 } &lt;b&gt; <i>");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_a_stranger_typed_is_text),
		cmocka_unit_test(parts_have_their_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
