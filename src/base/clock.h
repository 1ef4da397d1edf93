/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock: the clock that never jumps, and waiting by it. */
#ifndef MAILBAN_BASE_CLOCK_H
#define MAILBAN_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since some moment: only their differences mean something. */
int64_t clock_ms(void);

/* Waits until the descriptor is ready for events, as poll(2) names them, or ends. False where clock_ms() reaches
 * deadline before that. */
bool clock_wait(int fd, short events, int64_t deadline);

#endif
