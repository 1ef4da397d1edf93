/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state: sections come back as they were set; what is damaged, newer or no state is refused. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/digest.h"
#include "list/state.h"
#include "folder.h"

static void set(struct state *state, const char *name, const char *lines)
{
	state_set(state, name, (struct span){ lines, strlen(lines) });
}

static void assert_lines(const struct state *state, const char *name, const char *lines)
{
	struct span found = state_lines(state, name);

	assert_int_equal(found.len, strlen(lines));
	assert_memory_equal(found.ptr, lines, found.len);
}

/* Loads the text as a state, with what is said kept in the file "said". */
static int load_text(const char *bytes, size_t len)
{
	struct state state;
	int ret, saved = dup(STDERR_FILENO), said = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(file_replace("state", bytes, len, false), 0);
	dup2(said, STDERR_FILENO);
	ret = state_load(&state, "state");
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(said);
	state_free(&state);
	return ret;
}

static void assert_said(const char *words)
{
	struct buf said = { 0 };

	assert_int_equal(file_read("said", &said), 0);
	if (strstr(buf_text(&said), words) == NULL)
		fail_msg("said: %s", said.ptr);
	buf_free(&said);
}

static void keeps_sections(void **unused)
{
	struct state state = { 0 }, again;
	struct file_new file;
	struct buf text = { 0 };

	(void)unused;
	set(&state, "positions", "/var/log/maillog offset=1\n");
	set(&state, "history", "section history 1\nchecksum 0\n");
	set(&state, "pending", "");
	assert_lines(&state, "other", "");
	assert_int_equal(state_prepare(&state, "state", &file), 0);
	assert_int_equal(file_commit(&file), 0);
	assert_int_equal(state_load(&again, "state"), 0);
	assert_lines(&again, "positions", "/var/log/maillog offset=1\n");
	assert_lines(&again, "history", "section history 1\nchecksum 0\n");
	assert_lines(&again, "pending", "");
	set(&again, "positions", "");
	set(&again, "history", "x\n");
	state_format(&again, &text);
	assert_string_equal(buf_text(&text), "mailban state 2\nsection history 1\nx\nchecksum ae6d1ed0d98304ef\n");
	buf_free(&text);
	state_free(&state);
	state_free(&again);
}

static void none_is_empty(void **unused)
{
	struct state state;

	(void)unused;
	unlink("state");
	assert_int_equal(state_load(&state, "state"), 0);
	assert_int_equal(state.count, 0);
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(load_text("", 0), -1);
	assert_said("no state of mailban");
}

static void any_damage_is_found(void **unused)
{
	struct state state = { 0 };
	struct buf text = { 0 };

	(void)unused;
	set(&state, "a", "one\ntwo\n");
	set(&state, "b", "three\n");
	state_format(&state, &text);
	assert_int_equal(load_text(text.ptr, text.len), 0);
	for (size_t len = 0; len < text.len; len++)
		assert_int_equal(load_text(text.ptr, len), -1);
	assert_said("move it away");
	for (size_t i = 0; i < text.len; i++) {
		text.ptr[i] ^= 1;
		assert_int_equal(load_text(text.ptr, text.len), -1);
		text.ptr[i] ^= 1;
	}
	buf_add(&text, "\n", 1);
	assert_int_equal(load_text(text.ptr, text.len), -1);
	buf_free(&text);
	state_free(&state);
}

static void a_name_with_a_nul_is_none(void **unused)
{
	static const char body[] = "mailban state 2\nsection \0x 1\none\n";
	struct digest digest = { 0 };
	struct buf text = { 0 };

	(void)unused;
	buf_add(&text, body, sizeof(body) - 1);
	digest_add(&digest, text.ptr, text.len);
	buf_addf(&text, "checksum %016" PRIx64 "\n", digest_value(&digest));
	assert_int_equal(load_text(text.ptr, text.len), -1);
	buf_free(&text);
}

static void newer_is_refused(void **unused)
{
	static const char newer[] = "mailban state 22\nwhatever\n", other[] = "hello\n";

	(void)unused;
	assert_int_equal(load_text(newer, sizeof(newer) - 1), -1);
	assert_said("newer mailban");
	assert_int_equal(load_text(other, sizeof(other) - 1), -1);
	assert_said("state:1: this is no state");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_sections),
		cmocka_unit_test(none_is_empty),
		cmocka_unit_test(any_damage_is_found),
		cmocka_unit_test(a_name_with_a_nul_is_none),
		cmocka_unit_test(newer_is_refused),
	};

	return cmocka_run_group_tests_name("state", tests, go_to_folder, remove_folder);
}
