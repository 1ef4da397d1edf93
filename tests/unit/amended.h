/* SPDX-License-Identifier: GPL-2.0-or-later */
/* amended: whether the list that a judgement made comes out of its amendment too, to the byte, and is not refused. */
#ifndef MAILBAN_TESTS_AMENDED_H
#define MAILBAN_TESTS_AMENDED_H

#include "judge/amend.h"
#include "judge/decide.h"
#include "list/blacklist.h"

static inline void assert_amended(const struct decide_input *input, const char *before, const struct banlist *list,
				  const struct changes *changes)
{
	const struct amend_limits limits = { input->judge->settings, input->allow, input->force, input->now };
	struct buf text = { 0 }, put = { 0 }, gone = { 0 }, is = { 0 }, should_be = { 0 };
	struct banlist amended = { 0 };

	buf_add_text(&text, before);
	assert_int_equal(blacklist_parse(&text, "list", &amended), 0);
	amend_write(changes, &put, &gone);
	assert_int_equal(amend_apply(&amended, &limits, &put, (struct span){ gone.ptr, gone.len }), 0);
	blacklist_format(&amended, &is);
	blacklist_format(list, &should_be);
	assert_string_equal(buf_text(&is), buf_text(&should_be));
	banlist_free(&amended);
	buf_free(&gone);
	buf_free(&is);
	buf_free(&should_be);
}

#endif
