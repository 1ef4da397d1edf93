/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_BASE_TOGETHER_H
#define MAILBAN_BASE_TOGETHER_H

#include <stddef.h>

/* How many threads can work at once: the processors that this process may use, at least 1 and at most most. */
unsigned together_threads(unsigned most);

/* Calls work for each of count items that lie side by side, size bytes each: for the first here, for the others on
 * threads of their own. Returns when all is done. An item that gets no thread is done here, after the first. */
void together(void (*work)(void *item), void *items, size_t size, unsigned count);

#endif
