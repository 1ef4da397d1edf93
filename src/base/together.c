/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * together: a few pieces of work done at once.
 *
 * For work that can be cut into pieces which know nothing of each other. The caller waits for all of them, so a
 * piece may point to whatever lives in the caller. Never fails: threads that cannot be started are done without.
 */
#define _GNU_SOURCE
#include "base/together.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

enum { TOGETHER_MAX = 16 };

struct piece {
	void (*work)(void *item);
	void *item;
	pthread_t thread;
	bool started;
};

unsigned together_threads(unsigned most)
{
	cpu_set_t allowed;
	int count = 0;

	/* it fails where there are more processors than the set has room for, and then there are enough */
	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		return most;
	count = CPU_COUNT(&allowed);
	return count < 1 ? 1 : (unsigned)count < most ? (unsigned)count : most;
}

static void *run(void *argument)
{
	struct piece *piece = argument;

	piece->work(piece->item);
	return NULL;
}

void together(void (*work)(void *item), void *items, size_t size, unsigned count)
{
	struct piece pieces[TOGETHER_MAX] = { 0 };

	for (unsigned i = 1; i < count && i < TOGETHER_MAX; i++) {
		pieces[i] = (struct piece){ .work = work, .item = (char *)items + i * size };
		pieces[i].started = pthread_create(&pieces[i].thread, NULL, run, &pieces[i]) == 0;
	}
	for (unsigned i = 0; i < count; i++) {
		if (i >= TOGETHER_MAX || !pieces[i].started)
			work((char *)items + i * size);
	}
	for (unsigned i = 1; i < count && i < TOGETHER_MAX; i++) {
		if (pieces[i].started)
			pthread_join(pieces[i].thread, NULL);
	}
}
