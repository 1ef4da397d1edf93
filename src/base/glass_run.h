/* SPDX-License-Identifier: GPL-2.0-or-later */
/* glass_run: work done by a child in the glass, which answers by a text. */
#ifndef MAILBAN_BASE_GLASS_RUN_H
#define MAILBAN_BASE_GLASS_RUN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/glass.h"

/* What the child does: fills in the answer and returns its exit status, 0 to 3. It has said why where it is 3.
 * It is in the glass already, and has no input, no output but messages, and no descriptor that an exec would leave
 * open. */
typedef int glass_work(void *context, struct buf *answer);

/* Forks, enters the glass, works, and waits for the answer. The child shares nothing that it changes; its messages are
 * passed on as printable text. Without work the answer says in a few words what is in force in the glass.
 * tells: lines that say what the kernel lacks are wanted. Returns the child's status with its answer in full, or 3
 * after saying what stopped it. No other thread may run. */
int glass_run(glass_work *work, void *context, bool tells, struct buf *answer);

#endif
