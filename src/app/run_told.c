/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_told: news that were told, and news that are still to be told.
 *
 * Runs act as often as cron says; one of them a day mails (run --mail). The state keeps for that mail what the other
 * runs read, and what they could not do. It also keeps the numbers of the last mornings.
 */
#include "app/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "list/state_line.h"

enum { NOTE_BYTES_MAX = 300, NOTES_MOST = 8 };

static void add_note(struct texts *notes, const char *text, size_t len)
{
	FREED_BY(mem_free) char *note = mem_text_of(text, len < NOTE_BYTES_MAX ? len : NOTE_BYTES_MAX);

	for (size_t i = 0; i < notes->count; i++) {
		if (strcmp(note, notes->texts[i]) == 0)
			return;
	}
	if (notes->count < NOTES_MOST && len > 0)
		texts_add(notes, note);
}

void run_told_note(struct run *r, const char *text)
{
	size_t len = strcspn(text, "\n");

	add_note(&r->notes, text, len);
	add_note(&r->told.notes, text, len);
}

static void add_row(struct told *told, uint64_t bans, uint64_t events)
{
	if (told->row_count == NIGHTS)
		memmove(told->rows, told->rows + 1, --told->row_count * sizeof(*told->rows));
	told->rows[told->row_count++] = (struct night_row){ bans, events };
}

static const struct line_member told_words[] = {
	LINE_MEMBER("time", struct told, time), LINE_MEMBER("clock", struct told, clock),
	LINE_MEMBER("lines", struct told, lines), LINE_MEMBER("events", struct told, events),
}, row_words[] = {
	LINE_MEMBER("bans", struct night_row, bans), LINE_MEMBER("of", struct night_row, events),
};

unsigned run_told_load(struct told *told, struct span lines)
{
	struct line line = { .lines = lines };

	while (line_next(&line)) {
		struct night_row row = { 0 };
		bool is_row = false;

		while (line_word(&line)) {
			if (line_is(&line, "note")) {
				add_note(&told->notes, line.rest.ptr, line.rest.len);
				line.rest.len = 0;
				continue;
			}
			if (!line_is(&line, "night") &&
			    !line_take_member(&line, told_words, LENGTH_OF(told_words), told) &&
			    !line_take_member(&line, row_words, LENGTH_OF(row_words), &row))
				return line.number;
			is_row = is_row || line_is(&line, "night");
		}
		if (is_row)
			add_row(told, row.bans, row.events);
	}
	return 0;
}

void run_told_finish(struct run *r, uint64_t bans)
{
	struct told *told = &r->told;

	add_row(told, bans, told->events);
	told->time = r->now;
	told->clock = r->judge.clock;
	told->lines = told->events = 0;
	texts_free(&told->notes);
}

void run_told_save(const struct told *told, struct buf *out)
{
	FREED_BY(buf_free) struct buf line = { 0 };

	line_add_members(&line, told_words, LENGTH_OF(told_words), told);
	if (line.len > 0)
		buf_addf(out, "%s\n", buf_text(&line) + 1);
	for (size_t i = 0; i < told->row_count; i++) {
		buf_add_text(out, "night");
		line_add_members(out, row_words, LENGTH_OF(row_words), &told->rows[i]);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < told->notes.count; i++)
		buf_addf(out, "note %s\n", told->notes.texts[i]);
}
