/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page: the report of some days: things that need a person, then figures, as a page of HTML, text or JSON.
 *
 *	page_begin(&page, first, last, now);
 *	page_need(&page, ...);                   a thing that needs a person
 *	page_take_history(&page, &history);
 *	page_take_judge(&page, &input, &bans);
 *	page_finish(&page);
 *	page_html(&page, &out);
 *	page_free(&page);
 */
#ifndef MAILBAN_REPORT_PAGE_H
#define MAILBAN_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "record/history.h"
#include "judge/judge.h"
#include "judge/told.h"
#include "list/ban.h"
#include "report/owner.h"

enum {
	PAGE_ROWS = 12,          /* at most so many rows of each kind */
	PAGE_KINDS = HISTORY_NETWORK + 1,
};

/* A thing that needs a person. Both texts are for people, and may hold any bytes of logs, not escaped. */
struct page_need {
	bool urgent;
	char *what, *details;
};

/* An address, a user name or a network. */
struct page_row {
	uint8_t kind;                    /* enum history_kind */
	struct addr addr;
	char *user;                      /* as a server wrote it, if the state has that, else folded; NULL: none */
	uint64_t events;                 /* of a user name: failures */
	uint64_t by_class[CLASS_GOOD];   /* of an address */
	uint32_t most;                   /* addresses that failed for the name, or hosts of the network, in one day */
	uint32_t *days;                  /* events of each day of the page */
	struct owner owner;
	int64_t until;                   /* of the ban that covers it; 0: there is none */
	int64_t login;                   /* of a user name: the last login; 0: none is known */
	bool attacked;                   /* by many addresses at once, now */
};

struct page_rows {
	struct page_row *all;            /* once the page is finished: the rows that are told, most first */
	size_t count, capacity;
	struct hash index;
};

struct page {
	int64_t now;
	const char *host;                /* borrowed; NULL: not told */
	struct owners *owners;           /* borrowed; NULL: owners are not told */
	uint32_t first, day_count;       /* days since the epoch, UTC */
	struct history_day *days;        /* each of them, by day */
	uint64_t lines, runs;
	uint64_t failures, before;       /* before: in as many days before; has_before: the history goes back as far */
	bool has_before;
	struct page_need *needs;         /* urgent ones first, once the page is finished */
	size_t need_count, need_capacity;
	struct page_rows rows[PAGE_KINDS];
	uint64_t banned, fresh;          /* entries of the blacklist now; those that began in these days */
	size_t failing;                  /* names that keep failing where others log in */
};

/* Begins a page of the days from first to last, both included. now in seconds since the epoch. */
void page_begin(struct page *page, uint32_t first, uint32_t last, int64_t now);
void page_free(struct page *page);

/* Appends a thing that needs a person. Copies the texts. */
void page_need(struct page *page, bool urgent, const char *what, const char *details);

/* Takes the figures of the days. Returns 0, or the number of a wrong line of the history. */
unsigned page_take_history(struct page *page, const struct history *history);

/* Takes what accounts and names tell; the accounts are sorted. Of the input it uses judge, allow and done. bans: the
 * blacklist; NULL: the judge alone says who is banned. Call it behind page_take_history(). */
void page_take_judge(struct page *page, const struct decide_input *input, const struct banlist *bans);

/* Sorts the rows and needs, and finds owners of the rows that are told. */
void page_finish(struct page *page);

/* How many days one bar shows: one, or seven where there are many days. Bars are counted from the last day back. */
unsigned page_bar_days(const struct page *page);
size_t page_bar_count(const struct page *page);

/* The bar that a day belongs to, from 0. */
size_t page_bar_of(const struct page *page, size_t day);

/* The first day of a bar, in days since the epoch; of the first bar, the first day of the page. */
uint32_t page_bar_begins(const struct page *page, size_t bar);

/* The row's events of each bar, and the most of them from the bar `from` on, but at least 1. The caller frees them. */
uint64_t *page_row_bars(const struct page *page, const struct page_row *row, size_t from, uint64_t *most);

/* The entries of the blacklist at the end of a day, as the last run before it left them; -1: no run is known. */
int64_t page_banned_at(const struct page *page, size_t day);

/* How many of the four figures there are, and what each says: "25,579", "failed logins in 14 days (+1%)". */
enum { PAGE_FIGURES = 4 };
void page_figure(const struct page *page, unsigned number, struct buf *value, struct buf *name);

/* "14 to 27 Nov 2026, 426,789 lines read in 14 runs; times in UTC". */
void page_add_time(const struct page *page, struct buf *out);

/* "1,234,567"; "Fri 20 Nov". */
void page_add_number(struct buf *out, uint64_t number);
void page_add_date(struct buf *out, uint32_t day);

/* What a class is called on the page, in the plural. */
const char *page_class_name(unsigned event_class);

void page_html(const struct page *page, struct buf *out);
void page_json(const struct page *page, struct buf *out);

/* blocks: the terminal can show U+2581 to U+2588. */
void page_text(const struct page *page, bool blocks, struct buf *out);

#endif
