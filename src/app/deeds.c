/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deeds: what persons did by hand.
 *
 * Each line is "TIME AUTHOR what the command said". The judgement never reads the file; `mailban why` does.
 */
#include "app/deeds.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr/addr.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/when.h"

#define SUFFIX ".log"

const char *deeds_author(void)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *user;

	/* a blank or a newline is in no user's name, and would spoil the lines that the name stands in */
	if (sudo != NULL && *sudo != '\0' && sudo[strcspn(sudo, " \t\r\n")] == '\0')
		return sudo;
	user = getpwuid(getuid());
	return user != NULL ? user->pw_name : "somebody";
}

/* The last lines of the text, at most as many as are kept. */
static struct span last_lines(const struct buf *text)
{
	const char *at = text->ptr, *end = text->ptr + text->len;
	size_t count = 0;

	for (const char *c = at; c < end; c++)
		count += *c == '\n';
	for (; count > DEEDS_MOST && at < end; at++)
		count -= *at == '\n';
	return (struct span){ at, (size_t)(end - at) };
}

static void drop_unfinished(const char *path)
{
	FREED_BY(mem_free) char *unfinished = file_beside(path, FILE_NEW);

	(void)unlink(unfinished);
}

void deeds_add(const char *blacklist, int64_t now, const char *author, const struct buf *said)
{
	struct span rest = buf_span(said), line, kept;
	FREED_BY(mem_free) char *path = file_beside(blacklist, SUFFIX);
	FREED_BY(buf_free) struct buf text = { 0 };
	int ret;

	if (said->len == 0) {
		drop_unfinished(path);
		return;
	}
	ret = file_read_own(path, &text);
	while (span_take_line(&rest, &line)) {
		when_add_minute(&text, now);
		buf_addf(&text, " %s ", author);
		buf_add_escaped(&text, line.ptr, line.len);
		buf_add_char(&text, '\n');
	}
	kept = last_lines(&text);
	/* a file that cannot be read must not be overwritten */
	ret = ret == -ENOENT ? 0 : ret;
	if (kept.len > 0 && ret == 0)
		ret = file_replace_own(path, kept.ptr, kept.len);
	if (ret < 0)
		msg("%s: %s; what was done now is not noted there", path,
		    ret == -EPERM ? "others than root can change it" : strerror(-ret));
}

static bool names(struct span line, const struct addr *net)
{
	struct span word = span_word(&line, " ,");
	struct addr other;

	for (; word.len > 0; word = span_word(&line, " ,")) {
		if (addr_parse_net(&other, word.ptr, word.len) && addr_overlaps(&other, net))
			return true;
	}
	return false;
}

void deeds_of(const char *blacklist, const struct addr *net, struct buf *out)
{
	FREED_BY(mem_free) char *path = file_beside(blacklist, SUFFIX);
	FREED_BY(buf_free) struct buf text = { 0 };
	struct span rest = { 0 }, line;

	if (file_read_own(path, &text) == 0)
		rest = buf_span(&text);
	while (span_take_line(&rest, &line)) {
		if (names(line, net))
			buf_addf(out, "%.*s\n", (int)line.len, line.ptr);
	}
}
