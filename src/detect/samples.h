/* SPDX-License-Identifier: GPL-2.0-or-later */
/* samples: the proof that rules do what their own samples say. */
#ifndef MAILBAN_DETECT_SAMPLES_H
#define MAILBAN_DETECT_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/engine.h"

/* Tries the hit and miss samples. all: of every rule; else of rules that are not built in, up to the first wrong one.
 * Each wrong sample, and each rule that does not compile, is told with file, line and rule. Returns how many were
 * told; *tried is how many samples were tried. */
size_t samples_check(struct engine *engine, bool all, size_t *tried);

#endif
