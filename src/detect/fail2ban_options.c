/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban_options: what a filter of fail2ban says, its includes and interpolation done.
 *
 * A file is as Python's configparser reads it: sections, NAME = VALUE, and indented lines that continue a value. Of
 * several values of a name the one on the command line wins over [Init], [Init] over [Definition], and [Definition]
 * over [DEFAULT]. In one section the last value wins. %(known/NAME)s is the value that lost to this one. %(NAME)s and
 * %(SECTION/NAME)s refer to other options. So does <NAME>, which is replaced last and from the inside out:
 * <mdre-<mode>>.
 */
#include "detect/fail2ban_inside.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"

enum { DEPTH_MAX = 20 };

static int read_file(struct f2b_options *options, const char *path, unsigned depth);

static char *small_letters(const char *text, size_t len)
{
	char *copy = mem_text_of(text, len);

	for (char *c = copy; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

/* Whether the option describes a header: mailban has its own reader of headers. */
static bool is_header(const char *section, const char *name)
{
	return strcmp(section, "DEFAULT") == 0 && strcmp(name, "__prefix_line") == 0;
}

static void add(struct f2b_options *o, const char *section, struct span name, struct span value)
{
	struct f2b_option option = { .section = mem_text(section), .name = small_letters(name.ptr, name.len) };

	option.value = is_header(section, option.name) ? mem_text("\1") : mem_text_of(value.ptr, value.len);
	o->items = mem_grow(o->items, &o->capacity, o->count + 1, sizeof(*o->items));
	o->items[o->count++] = option;
}

static struct span trimmed(const char *from, const char *to)
{
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	return (struct span){ from, (size_t)(to - from) };
}

/* Adds a further line to the value that was read last. */
static void add_line(struct f2b_options *o, struct span line)
{
	struct f2b_option *last = &o->items[o->count - 1];
	struct buf value = { 0 };

	if (is_header(last->section, last->name))
		return;
	buf_addf(&value, "%s\n%.*s", last->value, (int)line.len, line.ptr);
	free(last->value);
	last->value = buf_take(&value);
}

/* The end of the line for configparser: a semicolon behind a blank begins a comment. */
static const char *end_of_line(const char *line, const char *end)
{
	for (const char *c = line; c < end; c++) {
		if (*c == ';' && (c == line || isspace((unsigned char)c[-1])))
			return c;
	}
	return end;
}

/* Reads one line; *section is the section of the lines that follow, *indent the blanks before the option that they may
 * continue, -1 for none. False: configparser does not read the line. */
static bool read_line(struct f2b_options *o, const char *line, const char *end, char **section, long *indent)
{
	struct span text = trimmed(line, end_of_line(line, end));
	size_t name, close = text.len;

	if (text.len == 0 || *text.ptr == '#')
		return true;
	if (*indent >= 0 && text.ptr - line > *indent) {
		add_line(o, text);
		return true;
	}
	while (close > 0 && text.ptr[close - 1] != ']')
		close--;
	if (*text.ptr == '[' && close > 0) {
		free(*section);
		*section = mem_text_of(text.ptr + 1, close - 2);
		*indent = -1;
		return true;
	}
	for (name = 0; name < text.len && text.ptr[name] != '=' && text.ptr[name] != ':'; name++)
		continue;
	if (name == text.len || name == 0 || *section == NULL)
		return false;
	add(o, *section, trimmed(text.ptr, text.ptr + name), trimmed(text.ptr + name + 1, text.ptr + text.len));
	*indent = text.ptr - line;
	return true;
}

static int read_lines(struct f2b_options *o, const char *path, struct buf *text)
{
	struct span rest = { buf_text(text), text->len }, line;
	FREED_BY(mem_free) char *section = NULL;
	bool good = true;
	long indent = -1;

	for (unsigned long number = 1; good && span_take_line(&rest, &line); number++) {
		good = read_line(o, line.ptr, line.ptr + line.len, &section, &indent);
		if (!good)
			msg_at(path, number, "neither [SECTION] nor NAME = VALUE; no rules were made of it");
	}
	return good ? 0 : -1;
}

/* The files that an option of [INCLUDES] names, one a line. */
static const char *includes_of(const struct f2b_options *own, const char *which)
{
	const char *names = "";

	for (size_t i = 0; i < own->count; i++) {
		if (strcmp(own->items[i].section, "INCLUDES") == 0 && strcmp(own->items[i].name, which) == 0)
			names = own->items[i].value;
	}
	return names;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* Reads the files that the file at path names. */
static int read_includes(struct f2b_options *o, const char *path, const char *names, unsigned depth)
{
	const char *slash = strrchr(path, '/');
	char *copy = mem_text(names), *rest = NULL;
	FREED_BY(buf_free) struct buf full = { 0 };
	int ret = 0;

	for (char *name = strtok_r(copy, "\n", &rest); ret == 0 && name != NULL; name = strtok_r(NULL, "\n", &rest)) {
		buf_clear(&full);
		if (*name != '/' && slash != NULL)
			buf_add(&full, path, (size_t)(slash + 1 - path));
		buf_add_text(&full, name);
		ret = read_file(o, buf_text(&full), depth + 1);
		if (ret == -ENOENT && !ends_with(name, ".local"))
			msg("%s: it includes %s, which is not there; passed over, as fail2ban does", path,
			    buf_text(&full));
		ret = ret == -ENOENT ? 0 : ret;
	}
	free(copy);
	return ret;
}

/* Reads what changes FILE.conf: FILE.local, and for the filter itself the files of the folder FILE.d. */
static int read_local(struct f2b_options *o, const char *path, unsigned depth)
{
	static const char *const endings[] = { ".d/*.conf", ".local", ".d/*.local" };
	int ret = 0;

	for (unsigned i = 0; i < 3 && ret == 0 && ends_with(path, ".conf"); i++) {
		FREED_BY(buf_free) struct buf pattern = { 0 };
		glob_t found;

		buf_addf(&pattern, "%.*s%s", (int)(strlen(path) - strlen(".conf")), path, endings[i]);
		if ((depth == 0 || i == 1) && glob(buf_text(&pattern), 0, NULL, &found) == 0) {
			for (size_t n = 0; n < found.gl_pathc && ret == 0; n++)
				ret = read_file(o, found.gl_pathv[n], depth + 1);
			globfree(&found);
		}
	}
	return ret == -ENOENT ? 0 : ret;
}

static void move_all(struct f2b_options *to, struct f2b_options *from)
{
	for (size_t i = 0; i < from->count; i++) {
		to->items = mem_grow(to->items, &to->capacity, to->count + 1, sizeof(*to->items));
		to->items[to->count++] = from->items[i];
	}
	from->count = 0;
}

static int read_own(struct f2b_options *own, const char *path, unsigned depth)
{
	FREED_BY(buf_free) struct buf text = { 0 };
	int ret = file_read(path, &text);

	if (ret < 0 && ret != -ENOENT)
		msg("%s: %s; no rules were made of it", path, strerror(-ret));
	if (ret == 0 && (depth > DEPTH_MAX || strlen(buf_text(&text)) != text.len)) {
		msg("%s: %s; no rules were made of it", path,
		    depth > DEPTH_MAX ? "includes itself" : "holds NUL bytes");
		ret = -1;
	}
	if (ret == 0)
		ret = read_lines(own, path, &text);
	return ret;
}

/* Returns 0; -ENOENT without a message where there is no such file; or another error after a message. */
static int read_file(struct f2b_options *o, const char *path, unsigned depth)
{
	FREED_BY(f2b_options_free) struct f2b_options own = { 0 };
	int ret = read_own(&own, path, depth);
	const char *after = includes_of(&own, "after");

	if (ret == 0)
		ret = read_includes(o, path, includes_of(&own, "before"), depth);
	move_all(o, &own);
	if (ret == 0)
		ret = read_includes(o, path, after, depth);
	if (ret == 0)
		ret = read_local(o, path, depth);
	return ret;
}

/* Reads NAME=VALUE,NAME="VALUE" behind the file's name; ][ divides as a comma does. */
static int read_given(struct f2b_options *o, const char *at)
{
	for (at += strspn(at, ", ]["); *at != '\0'; at += strspn(at, ", ][")) {
		const char *equals = strchr(at, '='), *value, *to;

		if (equals == NULL)
			return -1;
		value = equals + 1;
		if (*value == '"' || *value == '\'') {
			to = strchr(value + 1, *value);
			value++;
		} else {
			to = value + strcspn(value, ",]");
		}
		if (to == NULL)
			return -1;
		add(o, "", trimmed(at, equals), (struct span){ value, (size_t)(to - value) });
		at = to + strspn(to, "\"'");
	}
	return 0;
}

int f2b_options_read(struct f2b_options *o, const char *filter)
{
	size_t len = strlen(filter);
	const char *bracket = len > 0 && filter[len - 1] == ']' ? strchr(filter, '[') : NULL;
	int ret;

	*o = (struct f2b_options){ 0 };
	o->path = bracket != NULL ? mem_text_of(filter, (size_t)(bracket - filter)) : mem_text(filter);
	ret = read_file(o, o->path, 0);
	if (ret == -ENOENT)
		msg("%s: %s; name a file such as /etc/fail2ban/filter.d/postfix.conf", o->path, strerror(ENOENT));
	if (ret == 0 && bracket != NULL && read_given(o, bracket + 1) < 0) {
		msg("%s: expected are options as in %s[mode=auth]", filter, o->path);
		ret = -1;
	}
	return ret < 0 ? -1 : 0;
}

void f2b_options_free(struct f2b_options *o)
{
	for (size_t i = 0; i < o->count; i++) {
		free(o->items[i].section);
		free(o->items[i].name);
		free(o->items[i].value);
	}
	free(o->items);
	free(o->path);
	*o = (struct f2b_options){ 0 };
}
