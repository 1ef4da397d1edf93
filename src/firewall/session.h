/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_FIREWALL_SESSION_H
#define MAILBAN_FIREWALL_SESSION_H

#include "base/buf.h"
#include "firewall/set.h"
#include "firewall/plan.h"

struct ipset_session;

/* Commands to the kernel, one after another. A command that fails adds libipset's words to error; then the
 * caller sends nothing else in that session. All return 0 or -errno (-EIO: error says why). */
struct session {
	struct ipset_session *ipset;
	struct buf *error;
};

int session_open(struct session *s, struct buf *error);
void session_close(struct session *s);

int session_create(struct session *s, const char *name, enum firewall_family family, const struct plan *plan);
int session_destroy(struct session *s, const char *name);
int session_swap(struct session *s, const char *a, const char *b);
int session_rename(struct session *s, const char *from, const char *to);

#endif
