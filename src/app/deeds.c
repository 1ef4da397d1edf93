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

enum { DEEDS_MOST = 1000 };

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

void deeds_add(const char *blacklist, int64_t now, const char *author, const struct buf *said)
{
	struct span rest = buf_span(said), kept;
	char *path = file_beside(blacklist, SUFFIX);
	struct buf text = { 0 };
	int ret = file_read_own(path, &text);

	while (rest.len > 0) {
		const char *end = memchr(rest.ptr, '\n', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.ptr) : rest.len;

		when_add_minute(&text, now);
		buf_addf(&text, " %s ", author);
		buf_add_escaped(&text, rest.ptr, len);
		buf_add_char(&text, '\n');
		rest.ptr += len + (end != NULL);
		rest.len -= len + (end != NULL);
	}
	kept = last_lines(&text);
	/* a file that cannot be read must not be overwritten */
	ret = ret == -ENOENT ? 0 : ret;
	if (kept.len > 0 && ret == 0)
		ret = file_replace_own(path, kept.ptr, kept.len);
	if (ret < 0)
		msg("%s: %s; what was done now is not noted there", path,
		    ret == -EPERM ? "others than root can change it" : strerror(-ret));
	buf_free(&text);
	free(path);
}

static bool names(const char *line, size_t len, const struct addr *net)
{
	for (size_t at = 0, word; at < len; at += word + 1) {
		struct addr other;

		word = strcspn(line + at, " ,\n");
		if (addr_parse_net(&other, line + at, word) && addr_overlaps(&other, net))
			return true;
	}
	return false;
}

void deeds_of(const char *blacklist, const struct addr *net, struct buf *out)
{
	char *path = file_beside(blacklist, SUFFIX);
	struct buf text = { 0 };

	if (file_read_own(path, &text) == 0) {
		for (const char *line = buf_text(&text), *end; *line != '\0'; line = end + (*end == '\n')) {
			end = line + strcspn(line, "\n");
			if (names(line, (size_t)(end - line), net))
				buf_addf(out, "%.*s\n", (int)(end - line), line);
		}
	}
	buf_free(&text);
	free(path);
}
