/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban_values: the value of an option, with all references replaced.
 *
 * A value that refers to itself ends at a depth or a size that no filter needs. See detect/fail2ban_options.
 */
#include "detect/fail2ban_inside.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/msg.h"

enum { DEPTH_MAX = 20, TAGS_MAX = 1000, VALUE_MAX = 1 << 18 };

static unsigned rank_of(const char *section)
{
	static const char *const sections[] = { "DEFAULT", "Definition", "Init", "" };

	for (unsigned i = 0; i < 4; i++) {
		if (strcmp(section, sections[i]) == 0)
			return i + 1;
	}
	return 0;
}

/* Whether option a wins over option b. */
static bool wins(const struct f2b_option *a, const struct f2b_option *b)
{
	unsigned of_a = rank_of(a->section), of_b = rank_of(b->section);

	return of_a != of_b ? of_a > of_b : a > b;
}

/* How an option is referred to. */
enum reference {
	BY_TAG,      /* <NAME> */
	BY_PERCENT,  /* %(NAME)s, which [Init] does not give */
	KNOWN,       /* what lost to the option that refers to it */
};

/* The option of that name that wins over all others, for the value of from. */
static const struct f2b_option *find(const struct f2b_options *o, struct span name, const struct f2b_option *from,
				     enum reference reference)
{
	const struct f2b_option *found = NULL;

	for (const struct f2b_option *i = o->items; i < o->items + o->count; i++) {
		bool named = strlen(i->name) == name.len && strncasecmp(i->name, name.ptr, name.len) == 0;
		bool init = strcmp(i->section, "Init") == 0 && strcmp(from->section, "Init") != 0;

		if (!named || rank_of(i->section) == 0 || (reference == BY_PERCENT && init) ||
		    (reference == KNOWN && (i == from || !wins(from, i))))
			continue;
		if (found == NULL || wins(i, found))
			found = i;
	}
	return found;
}

static const struct f2b_option *find_in(const struct f2b_options *o, struct span section, struct span name)
{
	const struct f2b_option *found = NULL;

	for (const struct f2b_option *i = o->items; i < o->items + o->count; i++) {
		if (span_is(section, i->section) &&
		    strlen(i->name) == name.len && strncasecmp(i->name, name.ptr, name.len) == 0)
			found = i;
	}
	return found;
}

/* The option that NAME, known/NAME or SECTION/NAME refers to in the value of from. */
static const struct f2b_option *referred(const struct f2b_options *o, struct span name, const struct f2b_option *from,
					 enum reference reference)
{
	const char *slash = memchr(name.ptr, '/', name.len);
	const struct f2b_option *found = NULL;
	struct span section, rest;

	if (slash == NULL)
		return find(o, name, from, reference);
	section = (struct span){ name.ptr, (size_t)(slash - name.ptr) };
	rest = (struct span){ slash + 1, name.len - section.len - 1 };
	if (span_is(section, "known"))
		return find(o, rest, from, KNOWN);
	found = find_in(o, section, rest);
	return found != NULL ? found : find_in(o, (struct span){ "DEFAULT", 7 }, rest);
}

static void fail(struct f2b_options *o, const struct f2b_option *option, const char *what, struct span name)
{
	if (!o->failed)
		msg("%s: %s: %s%.*s; no rules were made of it", o->path, option->name, what, (int)name.len, name.ptr);
	o->failed = true;
}

/* Adds the value with each %(NAME)s replaced. */
static void add_value(struct f2b_options *o, const struct f2b_option *option, unsigned depth, struct buf *out)
{
	if (depth > DEPTH_MAX || out->len > VALUE_MAX) {
		fail(o, option, "refers to itself", (struct span){ "", 0 });
		return;
	}
	for (const char *c = option->value; *c != '\0' && !o->failed; c++) {
		const char *close = strncmp(c, "%(", 2) == 0 ? strstr(c, ")s") : NULL;
		struct span name = { c + 2, close != NULL ? (size_t)(close - c - 2) : 0 };
		const struct f2b_option *other = close != NULL ? referred(o, name, option, BY_PERCENT) : NULL;

		if (close == NULL) {
			c += c[0] == '%' && c[1] == '%';
			buf_add_char(out, *c);
			continue;
		}
		if (span_is(name, "__name__"))
			buf_add_text(out, option->section);
		else if (other == NULL)
			fail(o, option, "there is no option ", name);
		else
			add_value(o, other, depth + 1, out);
		c = close + 1;
	}
}

/* The option of the first <NAME> that is set, in the value of from; NULL: there is none. */
static const struct f2b_option *find_tag(const struct f2b_options *o, const struct f2b_option *from, const char *text,
					 struct span *tag)
{
	for (const char *open = strchr(text, '<'); open != NULL; open = strchr(open + 1, '<')) {
		const struct f2b_option *option;
		size_t len = 1;

		while (isalnum((unsigned char)open[len]) || (open[len] != '\0' && strchr("_-/", open[len]) != NULL))
			len++;
		option = open[len] == '>' ? referred(o, (struct span){ open + 1, len - 1 }, from, BY_TAG) : NULL;
		*tag = (struct span){ open, len + 1 };
		if (option != NULL)
			return option;
	}
	return NULL;
}

/* Replaces each <NAME>, inner ones first. */
static char *resolve_tags(struct f2b_options *o, const struct f2b_option *of, char *text)
{
	const struct f2b_option *option;
	struct span tag;

	for (unsigned i = 0; (option = find_tag(o, of, text, &tag)) != NULL && !o->failed; i++) {
		struct buf next = { 0 };

		buf_add(&next, text, (size_t)(tag.ptr - text));
		add_value(o, option, i > TAGS_MAX ? DEPTH_MAX + 1 : 1, &next);
		buf_add_text(&next, tag.ptr + tag.len);
		free(text);
		if (next.len > VALUE_MAX)
			fail(o, of, "refers to itself", (struct span){ "", 0 });
		text = buf_take(&next);
	}
	return text;
}

char *f2b_options_get(struct f2b_options *o, const char *name)
{
	const struct f2b_option nobody = { .section = (char[]){ "" } };
	const struct f2b_option *option = find(o, (struct span){ name, strlen(name) }, &nobody, BY_TAG);
	struct buf value = { 0 };
	char *text;

	if (option == NULL)
		return NULL;
	add_value(o, option, 0, &value);
	text = resolve_tags(o, option, buf_take(&value));
	if (o->failed) {
		free(text);
		text = NULL;
	}
	return text;
}
