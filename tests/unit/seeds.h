/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seeds: lines of all kinds to begin from: those of the corpora, and every rule's own samples under a header of a
 * program that the rule is for; and the words that rules look for. Tests run in the folder of the project. */
#ifndef MAILBAN_TESTS_SEEDS_H
#define MAILBAN_TESTS_SEEDS_H

#include "templates.h"

#include <glob.h>

#include "detect/rules.h"
#include "log/header.h"

struct seed {
	char *line;
	size_t len;
	size_t message;   /* where in line it begins */
};

struct seeds {
	struct seed *all;
	size_t count, capacity;
	char **words;     /* literal pieces of the patterns */
	size_t word_count, word_capacity;
};

static inline void seeds_add(struct seeds *s, const char *line, size_t len)
{
	struct header header;
	struct seed *seed;

	s->all = mem_grow(s->all, &s->capacity, s->count + 1, sizeof(*s->all));
	seed = &s->all[s->count++];
	*seed = (struct seed){ .line = mem_text_of(line, len), .len = len };
	header_parse(&header, seed->line, len);
	/* some formats have the address ahead of the time: there the message is the whole line */
	if (header.message.ptr >= seed->line && header.message.ptr <= seed->line + len)
		seed->message = (size_t)(header.message.ptr - seed->line);
}

static inline void seeds_add_message(struct seeds *s, const char *program, const char *message)
{
	struct buf line = { 0 };

	buf_addf(&line, "Nov  3 10:00:00 mx %s[4711]: %s", program, message);
	seeds_add(s, line.ptr, line.len);
	buf_free(&line);
}

/* The lines of tests/corpus/NAME.tsv: what stands behind the fifth tab. */
static inline void seeds_load_corpus(struct seeds *s)
{
	struct buf file = { 0 };
	glob_t found;

	assert_int_equal(glob("tests/corpus/*.tsv", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		assert_int_equal(file_read(found.gl_pathv[i], &file), 0);
	globfree(&found);
	for (char *line = file.ptr, *end; (end = memchr(line, '\n', (size_t)(file.ptr + file.len - line))) != NULL; line = end + 1) {
		for (int tabs = 0; line != NULL && tabs < 5 && *line != '#'; tabs++) {
			line = memchr(line, '\t', (size_t)(end - line));
			assert_non_null(line);
			line++;
		}
		if (*line != '#')
			seeds_add(s, line, (size_t)(end - line));
	}
	buf_free(&file);
}

static inline const char *program_of_rule(const struct templates *templates, const char *rule)
{
	for (size_t i = 0; i < templates->count; i++) {
		if (strcmp(templates->all[i].rule, rule) == 0)
			return templates->all[i].program;
	}
	fail_msg("%s has no template", rule);
	return NULL;
}

static inline void seeds_add_word(struct seeds *s, const struct buf *word)
{
	if (word->len == 0)
		return;
	s->words = mem_grow(s->words, &s->word_capacity, s->word_count + 1, sizeof(*s->words));
	s->words[s->word_count++] = mem_text_of(word->ptr, word->len);
}

/* What stands between the signs of the pattern; a word that is none ("?:") does no harm. */
static inline void seeds_add_words(struct seeds *s, const char *pattern)
{
	struct buf word = { 0 };

	for (const char *p = pattern; *p != '\0'; p++) {
		bool quoted = *p == '\\' && p[1] != '\0';
		bool literal = quoted ? strchr("[](){}|^$.?*+\\/", p[1]) != NULL : strchr("[](){}|^$?*+", *p) == NULL;

		p += quoted;
		if (literal) {
			buf_add_char(&word, *p);
		} else {
			seeds_add_word(s, &word);
			buf_clear(&word);
		}
	}
	seeds_add_word(s, &word);
	buf_free(&word);
}

static inline void seeds_load(struct seeds *s, const struct ruleset *set)
{
	struct templates templates;
	struct buf message = { 0 };

	*s = (struct seeds){ 0 };
	templates_load(&templates);
	seeds_load_corpus(s);
	for (size_t i = 0; i < templates.count; i++) {
		buf_clear(&message);
		template_imitate(&message, templates.all[i].text, "192.0.2.1", i % 2 ? "2001:db8::1" : "192.0.2.1");
		seeds_add_message(s, templates.all[i].program, buf_text(&message));
	}
	for (size_t i = 0; i < set->count; i++) {
		const struct rule *rule = &set->rules[i];
		const char *program = program_of_rule(&templates, rule->name);

		for (char **sample = rule->hits; *sample != NULL; sample++)
			seeds_add_message(s, program, *sample);
		for (char **sample = rule->misses; *sample != NULL; sample++)
			seeds_add_message(s, program, *sample);
		seeds_add_words(s, rule->match_text);
	}
	buf_free(&message);
	buf_free(&templates.file);
}

static inline void seeds_free(struct seeds *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->all[i].line);
	for (size_t i = 0; i < s->word_count; i++)
		free(s->words[i]);
	free(s->all);
	free(s->words);
}

#endif
