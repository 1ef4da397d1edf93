/* SPDX-License-Identifier: GPL-2.0-or-later */
/* history_inside: the tables of an open day, and their lines. Inside src/record only. */
#ifndef MAILBAN_RECORD_HISTORY_INSIDE_H
#define MAILBAN_RECORD_HISTORY_INSIDE_H

#include "record/history.h"
#include "list/user.h"
#include "list/state_line.h"

/* The item of an address, or of a user name where user is not NULL, made where it is missing. Valid until the next item
 * is made. */
struct history_item *history_item_of(struct history_table *table, const struct addr *addr, const char *user);

/* Adds to one of the item's counts. weighs: adds to its weight, too, which keeps it in the table. */
void history_item_add(struct history_item *item, unsigned which, uint32_t count, bool weighs);

void history_table_clear(struct history_table *table);

/* Adds items as lines of the state, by address and by name. The first adds all; the second those that a closed day
 * keeps, and networks. */
void history_add_open(struct history_table tables[2], uint32_t day, struct buf *out);
void history_add_closed(struct history_table tables[2], uint32_t day, struct buf *out);

/* The networks of a table of addresses, /24 or /48, most events first. Returns how many; the caller frees *all. */
size_t history_networks(const struct history_table *addrs, struct history_item **all);

/* Reads a line of the state into an item, which owns its user name. False where the line is wrong. */
bool history_read_item(struct line *line, struct history_item *item);

/* Reads the word that history_add_day() makes. */
bool history_read_day(struct line *line, uint32_t *day);

#endif
