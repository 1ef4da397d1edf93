/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walk: steps over the text of a pattern, for detect/literals. */
#ifndef MAILBAN_DETECT_WALK_H
#define MAILBAN_DETECT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct walk {
	const char *at;
	bool failed; /* something that the walk does not understand */
};

bool walk_is_quantifier(char c);

/* The literal bytes at the walk's place, none of them under a quantifier, at most room of them into run; the walk moves
 * on behind them. Returns how many there are. */
size_t walk_literal_run(struct walk *w, char *run, size_t room);

/* Steps over one thing that is no literal run, with its quantifier; over a quantifier alone. */
void walk_skip_item(struct walk *w);
void walk_skip_quantifier(struct walk *w);

/* Moves to the first branch of a group that consumes what it matches. False, and the walk stays, for anything else. */
bool walk_enter_group(struct walk *w);

/* The bytes that a class (in brackets, \d, \w, \s, \D, \W, \S) can match, as 256 bits; the walk then stands at its
 * quantifier. False, and the walk nowhere in particular, for anything else. */
bool walk_item_bytes(struct walk *w, uint8_t *set);

/* Whether the pattern may hold what changes the meaning of other parts: a verb such as (*ACCEPT), a quotation, a
 * comment. */
bool walk_is_strange(const char *text);

/* Whether the pattern has a | outside of all groups, or is not understood. */
bool walk_finds_alternation(const char *text);

void byteset_add(uint8_t *set, unsigned byte);
bool byteset_has(const uint8_t *set, unsigned byte);

#endif
