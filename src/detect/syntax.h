/* SPDX-License-Identifier: GPL-2.0-or-later */
/* syntax: a place in the text of a pattern, and steps over what stands there. */
#ifndef MAILBAN_DETECT_SYNTAX_H
#define MAILBAN_DETECT_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct syntax {
	const char *at;
	bool failed; /* something stands there that is not understood */
};

bool syntax_is_quantifier(char c);

/* The literal bytes at the place, none of them under a quantifier, at most room of them into run; the place moves
 * on behind them. Returns how many there are. */
size_t syntax_literal_run(struct syntax *w, char *run, size_t room);

/* Steps over one thing that is no literal run; over the thing and its quantifier; over a quantifier. */
void syntax_skip_atom(struct syntax *w);
void syntax_skip_item(struct syntax *w);
void syntax_skip_quantifier(struct syntax *w);

/* Moves to the first branch of a group that consumes what it matches. False, and the place stays, for anything else. */
bool syntax_enter_group(struct syntax *w);

/* The bytes that a class (in brackets, \d, \w, \s, \D, \W, \S) can match, as 256 bits; the place is then at its
 * quantifier. False, and the place anywhere, for anything else. */
bool syntax_item_bytes(struct syntax *w, uint8_t *set);

/* Whether the pattern may hold what changes the meaning of other parts: a verb such as (*ACCEPT), a quotation, a
 * comment. */
bool syntax_is_strange(const char *text);

/* Whether the pattern has a | outside of all groups, or is not understood. */
bool syntax_finds_alternation(const char *text);

void byteset_add(uint8_t *set, unsigned byte);
bool byteset_has(const uint8_t *set, unsigned byte);

#endif
