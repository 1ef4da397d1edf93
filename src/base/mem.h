/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_BASE_MEM_H
#define MAILBAN_BASE_MEM_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Allocation that cannot fail: where memory runs out or a size overflows, the program says so and exits
 * with 3. The caller owns what it gets and gives it to free(). Sizes are count times bytes an item. */
void *mem_alloc(size_t count, size_t size);
void *mem_zalloc(size_t count, size_t size);
void *mem_resize(void *old, size_t count, size_t size);
char *mem_text(const char *text);                /* a copy, NUL-terminated */
char *mem_text_of(const char *bytes, size_t len); /* the same of bytes that have no NUL */

/* A list of texts, which it owns. Zero-initialise it; texts_free() gives the memory back. */
struct texts {
	char **texts;
	size_t count, capacity;
};
void texts_add(struct texts *list, const char *text); /* a copy */
void texts_free(struct texts *list);

/* Begins the declaration of a variable that its block owns: when the block is left, whichever way, the function frees
 * what the variable holds. Initialise it where it is declared.
 *
 *	FREED_BY(buf_free) struct buf text = { 0 };
 *	FREED_BY(mem_free) char *path = file_beside(state, ".log"); */
#define FREED_BY(function) __attribute__((cleanup(function)))

static inline void mem_free(void *pointer) /* for FREED_BY(): what a pointer points to */
{
	void *memory;

	memcpy(&memory, pointer, sizeof(memory));
	free(memory);
}

/* Makes room for at least need items in an array that has room for *capacity, doubling it. */
void *mem_grow(void *array, size_t *capacity, size_t need, size_t size);

#endif
