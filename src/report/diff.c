/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff: the unified diff of two texts.
 *
 * One walk over both texts. A line that does not stand further on in the other text was taken out or added. Where each
 * text has the other's line further on, a line moved: it counts as added here and taken out there. Sorted lists get the
 * shortest diff. Of other texts the diff may have more lines than the shortest one. It is always right. Never prints,
 * never fails.
 */
#include "report/diff.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

enum { CONTEXT = 3 };

#define NONE SIZE_MAX

struct text {
	struct span *lines;    /* each with its newline, which the last line may lack */
	size_t *partner;       /* of each line: its line in the other text, or NONE */
	size_t count, capacity;
};

/* A line's text, and how often it still stands in each text behind the walk's place. */
struct both {
	struct span line;
	size_t old_left, new_left;
};

struct table {
	struct both *all;
	size_t count;
	struct hash index;     /* their numbers, by text */
};

static void split(struct text *text, struct span bytes)
{
	struct span line;

	while (span_take_line(&bytes, &line)) {
		/* the newline is part of the line */
		line.len = (size_t)(bytes.ptr - line.ptr);
		text->lines = mem_grow(text->lines, &text->capacity, text->count + 1, sizeof(*text->lines));
		text->lines[text->count++] = line;
	}
	text->partner = mem_alloc(text->count, sizeof(*text->partner));
	for (size_t i = 0; i < text->count; i++)
		text->partner[i] = NONE;
}

static void text_free(struct text *text)
{
	free(text->lines);
	free(text->partner);
}

/* The entry of a line's text, made where it is missing. The table has room. */
static struct both *both_of(struct table *table, struct span line)
{
	uint32_t hash = hash_of_bytes(&table->index, line.ptr, line.len);
	size_t at;

	for (uint32_t n = hash_first(&table->index, hash, &at); n != HASH_NONE;
	     n = hash_next(&table->index, hash, &at)) {
		if (span_equal(line, table->all[n].line))
			return &table->all[n];
	}
	hash_put(&table->index, hash, (uint32_t)table->count);
	table->all[table->count] = (struct both){ .line = line };
	return &table->all[table->count++];
}

static struct both **count_lines(struct table *table, const struct text *text)
{
	struct both **of = mem_alloc(text->count, sizeof(struct both *));

	for (size_t i = 0; i < text->count; i++)
		of[i] = both_of(table, text->lines[i]);
	return of;
}

static void find_what_stayed(struct text *old_text, struct text *new_text)
{
	struct table table = { .all = mem_alloc(old_text->count + new_text->count, sizeof(*table.all)) };
	struct both **of_old, **of_new;
	size_t i = 0, j = 0;

	hash_seed(&table.index);
	of_old = count_lines(&table, old_text);
	of_new = count_lines(&table, new_text);
	for (size_t n = 0; n < old_text->count; n++)
		of_old[n]->old_left++;
	for (size_t n = 0; n < new_text->count; n++)
		of_new[n]->new_left++;
	while (i < old_text->count && j < new_text->count) {
		bool same = of_old[i] == of_new[j], goes = !same && of_old[i]->new_left == 0;

		if (same) {
			old_text->partner[i] = j;
			new_text->partner[j] = i;
		}
		if (same || goes)
			of_old[i++]->old_left--;
		if (same || !goes)
			of_new[j++]->new_left--;
	}
	free(of_old);
	free(of_new);
	free(table.all);
	hash_free(&table.index);
}

/* The diff while it is written. */
struct writer {
	struct buf *out;
	bool color;
};

static void put(const struct writer *w, const char *color, char mark, struct span line)
{
	bool newline = line.len > 0 && line.ptr[line.len - 1] == '\n';

	if (w->color && color != NULL)
		buf_add_text(w->out, color);
	buf_add_char(w->out, mark);
	buf_add(w->out, line.ptr, line.len - newline);
	if (w->color && color != NULL)
		buf_add_text(w->out, "\033[0m");
	buf_add_char(w->out, '\n');
	if (!newline)
		buf_add_text(w->out, "\\ No newline at end of file\n");
}

/* "12,3" as diff writes it: "12" for one line, the line before for none. */
static void put_range(struct buf *out, size_t first, size_t count)
{
	buf_addf(out, "%zu", count == 0 ? first : first + 1);
	if (count != 1)
		buf_addf(out, ",%zu", count);
}

static void put_hunk(const struct writer *w, const struct text *old_text, const struct text *new_text, size_t i,
		     size_t i_end, size_t j, size_t j_end)
{
	buf_add_text(w->out, w->color ? "\033[36m@@ -" : "@@ -");
	put_range(w->out, i, i_end - i);
	buf_add_text(w->out, " +");
	put_range(w->out, j, j_end - j);
	buf_add_text(w->out, w->color ? " @@\033[0m\n" : " @@\n");
	while (i < i_end || j < j_end) {
		if (i < i_end && old_text->partner[i] == NONE) {
			put(w, "\033[31m", '-', old_text->lines[i++]);
		} else if (j < j_end && new_text->partner[j] == NONE) {
			put(w, "\033[32m", '+', new_text->lines[j++]);
		} else {
			put(w, NULL, ' ', old_text->lines[i++]);
			j++;
		}
	}
}

/* How many lines from (i, j) on are equal, at most `most`. */
static size_t unchanged(const struct text *old_text, size_t i, size_t j, size_t most)
{
	size_t n = 0;

	while (n < most && i + n < old_text->count && old_text->partner[i + n] == j + n)
		n++;
	return n;
}

static void put_hunks(const struct writer *w, const struct text *old_text, const struct text *new_text)
{
	size_t i = 0, j = 0;

	for (;;) {
		size_t same = unchanged(old_text, i, j, SIZE_MAX), lead, i_first, j_first, tail;

		i += same;
		j += same;
		if (i == old_text->count && j == new_text->count)
			return;
		lead = same < CONTEXT ? same : CONTEXT;
		i_first = i - lead;
		j_first = j - lead;
		/* where the next change is near, the hunk goes on over the equal lines before it */
		do {
			while (i < old_text->count && old_text->partner[i] == NONE)
				i++;
			while (j < new_text->count && new_text->partner[j] == NONE)
				j++;
			tail = unchanged(old_text, i, j, 2 * CONTEXT + 1);
			i += tail;
			j += tail;
		} while (tail <= 2 * CONTEXT && (i < old_text->count || j < new_text->count));
		if (tail > CONTEXT) {
			i -= tail - CONTEXT;
			j -= tail - CONTEXT;
		}
		put_hunk(w, old_text, new_text, i_first, i, j_first, j);
	}
}

static void put_name(const struct writer *w, const char *mark, const char *name)
{
	buf_addf(w->out, w->color ? "\033[1m%s %s\033[0m\n" : "%s %s\n", mark, name);
}

bool diff_unified(struct buf *out, const char *old_name, struct span old_text, const char *new_name,
		  struct span new_text, bool color)
{
	struct writer w = { out, color };
	struct text a = { 0 }, b = { 0 };

	if (span_equal(old_text, new_text))
		return false;
	split(&a, old_text);
	split(&b, new_text);
	find_what_stayed(&a, &b);
	put_name(&w, "---", old_name);
	put_name(&w, "+++", new_name);
	put_hunks(&w, &a, &b);
	text_free(&a);
	text_free(&b);
	return true;
}
