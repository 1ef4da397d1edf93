/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_BASE_MEM_H
#define MAILBAN_BASE_MEM_H

#include <stddef.h>

/* Allocation that cannot fail: where memory runs out or a size overflows, the program says so and exits
 * with 3. The caller owns what it gets and gives it to free(). Sizes are count times bytes an item. */
void *mem_alloc(size_t count, size_t size);
void *mem_zalloc(size_t count, size_t size);
void *mem_resize(void *old, size_t count, size_t size);
char *mem_text(const char *text);                /* a copy, NUL-terminated */
char *mem_text_of(const char *bytes, size_t len); /* the same of bytes that have no NUL */

/* Makes room for at least need items in an array that has room for *capacity, doubling it. */
void *mem_grow(void *array, size_t *capacity, size_t need, size_t size);

#endif
