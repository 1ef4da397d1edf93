/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine: one connection to a Valkey or Redis, within a time. Questions are sent in one stream, and answers are taken
 * in their order.
 *
 *	engine = engine_open(&settings, &why);
 *	if (!engine_greet(engine)) ...                         from here on in the glass
 *	engine_ask(engine, take, context, "GET %s", key);      as often as wanted, from within take, too
 *	if (!engine_run(engine)) ...
 *	engine_close(engine);
 */
#ifndef MAILBAN_FLEET_ENGINE_H
#define MAILBAN_FLEET_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "fleet/settings.h"

/* The kinds of answers, which answer.c makes of what hiredis reads. */
enum answer_kind { ANSWER_NOTHING, ANSWER_TEXT, ANSWER_NUMBER, ANSWER_LIST, ANSWER_ERROR };

struct answer {
	enum answer_kind kind;
	int64_t number;
	struct span text;             /* of ANSWER_TEXT and ANSWER_ERROR: any bytes */
	const struct answer *items;   /* of a list: never lists themselves */
	size_t count;
};

struct engine;

struct redisReader;

/* Has a reader of hiredis make answers. A list is bounded and holds no lists, so that no answer takes much more memory
 * than it has bytes. */
void answer_shape(struct redisReader *reader);
void answer_free(void *answer);

/* Takes one answer, which ends with the call. False: it is nonsense, and nothing more is taken. Errors never come
 * here. */
typedef bool engine_take(void *context, const struct answer *answer);

/* Connects, and reads the files that the settings name. NULL where that fails. why outlives the engine and gets the
 * first reason why anything fails. */
struct engine *engine_open(const struct fleet_settings *settings, struct buf *why);
void engine_close(struct engine *engine);

/* Begins to talk: TLS, user and password, the database, the time. Call it in the glass (base/glass). False with why. */
bool engine_greet(struct engine *engine);

/* Makes an engine of a connected socket, before any greeting. milliseconds: the time for all talk. NULL: see why. */
struct engine *engine_over(int fd, int64_t milliseconds, struct buf *why);

/* Gives all further talk so much time from now on. */
void engine_begin_anew(struct engine *engine, int64_t milliseconds);

/* The engine's clock when it was greeted, in milliseconds since the epoch. */
int64_t engine_time(const struct engine *engine);

/* Adds a question. The format is hiredis's: blanks between words; %s, %b (bytes, then their number as size_t) and
 * printf's numbers. take NULL: only errors matter. */
void engine_ask(struct engine *engine, engine_take *take, void *context, const char *format, ...);

/* Sends what was asked and takes all answers. False where there was an error since the engine was opened. After an
 * error that the engine told, it is alive, and all other answers are taken; after any other error nothing comes. */
bool engine_run(struct engine *engine);

/* Whether no such other error came. */
bool engine_is_alive(const struct engine *engine);

#endif
