/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_FIREWALL_SESSION_H
#define MAILBAN_FIREWALL_SESSION_H

#include "base/buf.h"
#include "firewall/ipset.h"
#include "firewall/plan.h"

struct ipset_session;
struct ipset_type;

/* Commands to the kernel, one after another. Where one fails it adds libipset's words to error, and
 * nothing else is to be sent in that session. All return 0 or -errno (-EIO: error says why). */
struct session {
	struct ipset_session *ipset;
	const struct ipset_type *type;  /* of the set that entries are being sent to */
	uint32_t line;                  /* commands in the batch that is being gathered */
	struct buf *error;
};

int session_open(struct session *s, struct buf *error);
void session_close(struct session *s);

int session_create(struct session *s, const char *name, enum firewall_family family, const struct plan *plan);
int session_destroy(struct session *s, const char *name);
int session_swap(struct session *s, const char *a, const char *b);
int session_rename(struct session *s, const char *from, const char *to);

/* Gathers entries; session_send() sends the rest. An entry that is there already gets its time anew and
 * keeps its counters; former's counters are sent along only where they are asked for. */
int session_begin(struct session *s, const char *name);
int session_add(struct session *s, const char *name, enum firewall_family family, const struct plan_entry *entry,
		bool with_counters);
int session_delete(struct session *s, const char *name, enum firewall_family family, const struct addr *net);
int session_send(struct session *s);

#endif
