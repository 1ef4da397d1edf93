/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer: the answers that hiredis makes of the bytes of an engine.
 *
 * Replies of hiredis are trees of any depth, and it takes room for a list before the items have come. Ours are flat.
 */
#include "fleet/engine.h"

#if HAVE_HIREDIS
#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "base/mem.h"

enum { ITEMS_MOST = 1 << 16 };

/* Makes the answer at its place: in its list, or alone. */
static struct answer *place(const redisReadTask *task, enum answer_kind kind)
{
	struct answer *answer = task->parent == NULL ? mem_zalloc(1, sizeof(*answer)) :
		(struct answer *)&((struct answer *)task->parent->obj)->items[task->idx];

	answer->kind = kind;
	return answer;
}

static void *make_text(const redisReadTask *task, char *text, size_t len)
{
	struct answer *answer = place(task, task->type == REDIS_REPLY_ERROR ? ANSWER_ERROR : ANSWER_TEXT);

	answer->text = (struct span){ mem_text_of(text, len), len };
	return answer;
}

static void *make_number(const redisReadTask *task, long long number)
{
	struct answer *answer = place(task, ANSWER_NUMBER);

	answer->number = number;
	return answer;
}

static void *make_nothing(const redisReadTask *task)
{
	return place(task, ANSWER_NOTHING);
}

/* Returns NULL for an error of the reader. Version 1 of hiredis changed the type of the count. */
#if HIREDIS_MAJOR >= 1
static void *make_list(const redisReadTask *task, size_t count)
#else
static void *make_list(const redisReadTask *task, int count)
#endif
{
	struct answer *answer;

	if (task->parent != NULL || task->type != REDIS_REPLY_ARRAY || (size_t)count > ITEMS_MOST)
		return NULL;
	answer = place(task, ANSWER_LIST);
	answer->items = mem_zalloc((size_t)count + 1, sizeof(*answer->items));
	answer->count = (size_t)count;
	return answer;
}

void answer_free(void *object)
{
	struct answer *answer = object;

	for (size_t i = 0; answer != NULL && i < answer->count; i++)
		free((char *)answer->items[i].text.ptr);
	if (answer != NULL) {
		free((char *)answer->text.ptr);
		free((struct answer *)answer->items);
	}
	free(answer);
}

#if HIREDIS_MAJOR >= 1
/* Refuses types of version 3 of the protocol, which nobody asked for. */
static void *refuse_double(const redisReadTask *task, double value, char *text, size_t len)
{
	(void)task, (void)value, (void)text, (void)len;
	return NULL;
}

static void *refuse_bool(const redisReadTask *task, int value)
{
	(void)task, (void)value;
	return NULL;
}
#endif

void answer_shape(redisReader *reader)
{
	static const redisReplyObjectFunctions functions = {
		.createString = make_text, .createArray = make_list, .createInteger = make_number,
		.createNil = make_nothing, .freeObject = answer_free,
#if HIREDIS_MAJOR >= 1
		.createDouble = refuse_double, .createBool = refuse_bool,
#endif
	};

	reader->fn = (redisReplyObjectFunctions *)&functions;
}
#endif
