/* SPDX-License-Identifier: GPL-2.0-or-later */
/* glass: a process that works on bytes of strangers gives up what it does not need for that. */
#ifndef MAILBAN_BASE_GLASS_H
#define MAILBAN_BASE_GLASS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum {
	GLASS_SECONDS = 2 * 3600,             /* of processor time */
	GLASS_GIGABYTES = 4,                  /* of memory, beyond what it has */
};

/* What is in force. */
struct glass {
	bool off;            /* nothing is: built with a sanitizer, which needs calls of its own */
	const char *user;    /* whom root became; NULL: it was not root, or there is no other user here */
	bool no_network;     /* it has a network of its own, with nothing in it */
	unsigned landlock;   /* the version of the kernel's; 0: it has none */
	bool seccomp;
};

/* Gives up capabilities, new privileges, the user root, files and folders, and the network. Gives up all system calls
 * but those of reading, writing and memory. Bounds memory, processor time and descriptors. A child writes no file, and
 * ends with its parent. Descriptors that are open stay so. Libraries must be loaded and patterns be compiled before.
 * Returns 0, with what is in force, or -1 with a sentence about the step that failed: then nothing is to be read. */
int glass_enter(struct glass *glass, bool is_child, struct buf *why);

/* glass_enter() for a command that from now on only reads open files and prints. False after saying why it failed. */
bool glass_enter_or_say(void);

/* A first step towards glass_enter(), for a process that still has files to find. From now on it can open only the
 * files and folders of these paths, for reading. Missing paths are passed over; paths ends with NULL. Of the
 * capabilities only those stay that read files or that glass_enter() needs. Returns 0, or -1 with a sentence. */
int glass_fence(const char *const *paths, struct buf *why);

/* Appends in a few words which of these steps this kernel or build lacks; nothing where it lacks none. */
void glass_add_lacking(const struct glass *glass, struct buf *out);

/* Appends in a few words what is in force. */
void glass_add_force(const struct glass *glass, struct buf *out);

#endif
