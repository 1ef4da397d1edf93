/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mem: allocation that cannot fail.
 *
 * A one-shot program without memory can do nothing better than stop before it writes anything. So callers never see
 * NULL. Every size is checked for overflow before it is used.
 */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static size_t bytes_of(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		msg_die("a table would outgrow the address space");
	return bytes != 0 ? bytes : 1;
}

static void *must(void *ptr)
{
	if (ptr == NULL)
		msg_die("out of memory");
	return ptr;
}

void *mem_alloc(size_t count, size_t size)
{
	return must(malloc(bytes_of(count, size)));
}

void *mem_zalloc(size_t count, size_t size)
{
	return must(calloc(1, bytes_of(count, size)));
}

void *mem_resize(void *old, size_t count, size_t size)
{
	return must(realloc(old, bytes_of(count, size)));
}

char *mem_text(const char *text)
{
	return mem_text_of(text, strlen(text));
}

char *mem_text_of(const char *bytes, size_t len)
{
	size_t room;
	char *copy;

	if (__builtin_add_overflow(len, (size_t)1, &room))
		msg_die("a text would outgrow the address space");
	copy = mem_alloc(room, 1);
	if (len > 0)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

void *mem_grow(void *array, size_t *capacity, size_t need, size_t size)
{
	size_t room = *capacity != 0 ? *capacity : 16;

	if (array != NULL && need <= *capacity)
		return array;
	while (room < need) {
		if (__builtin_mul_overflow(room, (size_t)2, &room))
			msg_die("a table would outgrow the address space");
	}
	array = mem_resize(array, room, size);
	*capacity = room;
	return array;
}

void texts_add(struct texts *list, const char *text)
{
	list->texts = mem_grow(list->texts, &list->capacity, list->count + 1, sizeof(*list->texts));
	list->texts[list->count++] = mem_text(text);
}

void texts_free(struct texts *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->texts[i]);
	free(list->texts);
	*list = (struct texts){ 0 };
}
