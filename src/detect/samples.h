/* SPDX-License-Identifier: GPL-2.0-or-later */
/* samples: the proof that rules do what their own samples say. */
#ifndef MAILBAN_DETECT_SAMPLES_H
#define MAILBAN_DETECT_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/engine.h"

/* Tries every hit and miss sample of the rules, of built-in ones only where with_builtin. Each sample that
 * is wrong is told with file, line and rule. Returns how many were, rules that do not compile included;
 * *tried: how many samples were tried. */
size_t samples_check(struct engine *engine, bool with_builtin, size_t *tried);

#endif
