/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf: a text of settings, for libconfuse.
 *
 * libconfuse 3.3 counts two lines too many for each comment, and forgets the name of a text in memory. So comments are
 * overwritten with blanks before it reads; each newline stays. libconfuse then reads from a stream, whose name it
 * keeps. libconfuse begins a comment at # anywhere outside of quotes, and at // and slash-star where a word begins. It
 * takes a comment that is never closed for the rest of the file; here that is an error. Nothing here is fatal.
 */
#include "base/conf.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/near.h"

/* The place behind the closing quote, or the end. */
static char *skip_quoted(char *c, const char *end)
{
	char quote = *c++;

	while (c < end && *c != quote)
		c += *c == '\\' && c + 1 < end ? 2 : 1;
	return c < end ? c + 1 : c;
}

static char *blank_until(char *c, const char *end)
{
	for (; c < end; c++) {
		if (*c != '\n')
			*c = ' ';
	}
	return c;
}

static char *blank_line(char *c, const char *end)
{
	const char *newline = memchr(c, '\n', (size_t)(end - c));

	return blank_until(c, newline != NULL ? newline : end);
}

/* The place behind the block; NULL where nothing closes it. */
static char *blank_block(char *c, const char *end)
{
	for (const char *close = c + 2; close + 1 < end; close++) {
		if (close[0] == '*' && close[1] == '/')
			return blank_until(c, close + 2);
	}
	return NULL;
}

/* Returns the comment, or the brace of a section or list, that nothing closes; NULL: there is none. */
static const char *blank_comments(char *text, size_t len)
{
	const char *end = text + len, *brace = NULL;
	bool in_word = false;
	unsigned depth = 0;

	for (char *c = text; c < end;) {
		bool slashes = !in_word && *c == '/' && c + 1 < end;

		if (*c == '"' || *c == '\'') {
			c = skip_quoted(c, end);
			in_word = false;
		} else if (*c == '#' || (slashes && c[1] == '/')) {
			c = blank_line(c, end);
		} else if (slashes && c[1] == '*') {
			char *next = blank_block(c, end);

			if (next == NULL)
				return c;
			c = next;
		} else {
			brace = *c == '{' && depth == 0 ? c : brace;
			depth += *c == '{';
			depth -= *c == '}' && depth > 0;
			in_word = strchr(" \t\r\n\f,={}+()", *c) == NULL;
			c++;
		}
	}
	return depth > 0 ? brace : NULL;
}

static int unclosed_error(cfg_t *cfg, const char *text, const char *at)
{
	cfg->line = 1;
	for (const char *c = text; c < at; c++)
		cfg->line += *c == '\n';
	cfg_error(cfg, *at == '{' ? "a brace that nothing closes" : "a comment that nothing closes");
	return CFG_PARSE_ERROR;
}

/* A section that can be there only once exists before the file is read, and knows no file name otherwise. */
static void name_file(cfg_t *cfg, const char *name)
{
	free(cfg->filename);
	cfg->filename = mem_text(name);
	for (cfg_opt_t *opt = cfg->opts; opt->name != NULL; opt++) {
		for (unsigned i = 0; opt->type == CFGT_SEC && i < opt->nvalues; i++)
			name_file(opt->values[i]->section, name);
	}
}

int conf_parse(cfg_t *cfg, const char *name, struct buf *text)
{
	const char *unclosed;
	FILE *stream;
	int ret;

	name_file(cfg, name);
	unclosed = blank_comments(text->ptr, text->len);
	if (unclosed != NULL)
		return unclosed_error(cfg, text->ptr, unclosed);
	/* some C libraries refuse a stream of no bytes */
	buf_add_char(text, '\n');
	stream = fmemopen(text->ptr, text->len, "r");
	if (stream == NULL)
		return CFG_FILE_ERROR;
	ret = cfg_parse_fp(cfg, stream);
	fclose(stream);
	return ret;
}

char **conf_list(cfg_t *cfg, const char *name)
{
	unsigned count = cfg_size(cfg, name);
	char **list = mem_zalloc((size_t)count + 1, sizeof(*list));

	for (unsigned i = 0; i < count; i++)
		list[i] = mem_text(cfg_getnstr(cfg, name, i));
	return list;
}

static void add_unknown(cfg_t *cfg, const struct conf_told *told, const char *word, struct buf *out)
{
	const char *former = told->former != NULL ? told->former(word) : NULL;
	struct near near = { .word = word };

	if (former != NULL) {
		buf_addf(out, "%s is no %s any more: %s", word, told->what, former);
		return;
	}
	for (cfg_opt_t *opt = cfg->opts; opt->name != NULL; opt++)
		near_try(&near, opt->name);
	buf_addf(out, "there is no %s %s", told->what, word);
	near_add(&near, out);
}

void conf_tell(cfg_t *cfg, const struct conf_told *told, const char *format, va_list args)
{
	/* libconfuse names an unknown option in these words */
	static const char unknown[] = "no such option '";
	const size_t len = sizeof(unknown) - 1;
	FREED_BY(buf_free) struct buf out = { 0 };
	char text[500];

	vsnprintf(text, sizeof(text), format, args);
	if (strncmp(text, unknown, len) == 0) {
		text[len + strcspn(text + len, "'")] = '\0';
		add_unknown(cfg, told, text + len, &out);
	} else {
		buf_add_text(&out, text);
	}
	msg_at(cfg->filename != NULL ? cfg->filename : told->name, (unsigned long)cfg->line, "%s; see %s",
	       buf_text(&out), told->manual);
}
