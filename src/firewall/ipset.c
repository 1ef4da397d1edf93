/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ipset: the sets as ipset has them, of the type hash:net.
 *
 * Reads a set (listing) and sends what the plan says (batch). A set that cannot serve is replaced. A temporary set is
 * made and filled, with the counters of the entries that stay. It is swapped with the old set, which is destroyed. So
 * the rule never points at nothing. Only mailban's two sets and their temporaries are ever named. Nothing is kept
 * between calls. Entries that were sent before an error stay, and the next synchronisation reconciles.
 */
#include <libipset/linux_ip_set.h>
#include <stdio.h>
#include <string.h>

#include "firewall/backend.h"
#include "firewall/batch.h"
#include "firewall/listing.h"
#include "firewall/plan.h"
#include "firewall/session.h"

static const char temporary_ending[] = "-new";

static int explain_reading(const char *name, int error, struct buf *out)
{
	return listing_explain(name, error, "ip_set and ip_set_hash_net", "ipset list", name, out);
}

int ipset_read(struct firewall_set *set, enum firewall_family family, struct buf *error)
{
	int ret = listing_read(set, family, false);

	return ret < 0 ? explain_reading(set->name, ret, error) : 0;
}

/* Adds or renews the entries that the plan wants in the set. all: those that stay are added, too. */
static int fill(struct batch *b, const struct plan *plan, bool all)
{
	int ret = 0;

	for (size_t i = 0; i < plan->count && ret == 0; i++) {
		if (all || plan->entries[i].action != PLAN_KEEP)
			ret = batch_add(b, &plan->entries[i], all);
	}
	return ret == 0 ? batch_send(b) : ret;
}

static int fill_new(const char *name, enum firewall_family family, const struct plan *plan, struct buf *error)
{
	FREED_BY(batch_close) struct batch b = { 0 };
	int ret = batch_open(&b, name, family, error);

	return ret == 0 ? fill(&b, plan, true) : ret;
}

static int send_difference(const char *name, enum firewall_family family, const struct plan *plan, struct buf *error)
{
	FREED_BY(batch_close) struct batch b = { 0 };
	int ret;

	if (plan->gone_count == 0 && plan->added == 0 && plan->renewed == 0)
		return 0;
	ret = batch_open(&b, name, family, error);
	/* entries are removed first, so that the set never holds more than it has to */
	for (size_t i = 0; i < plan->gone_count && ret == 0; i++)
		ret = batch_delete(&b, &plan->gone[i]->net);
	return ret == 0 ? fill(&b, plan, false) : ret;
}

/* Puts the temporary set into the place of the set that cannot serve. */
static int take_place(struct session *s, const struct firewall_set *set, const char *temporary)
{
	bool other_type = strcmp(set->type, "hash:net") != 0;
	size_t before = s->error->len;
	int ret = session_swap(s, temporary, set->name);

	if (ret == 0)
		return session_destroy(s, temporary);
	/* the kernel swaps only sets of like types; a set that nothing uses can be destroyed first */
	if (set->references == 0) {
		s->error->len = before;
		ret = session_destroy(s, set->name);
		return ret == 0 ? session_rename(s, temporary, set->name) : ret;
	}
	s->error->len = before;
	buf_addf(s->error, "it is of %s%s, and while a rule uses it the kernel lets no other kind take its place;"
		 " take the rule away, synchronise, and put the rule back", other_type ? "type " : "the other family",
		 other_type ? set->type : "");
	session_destroy(s, temporary);
	return ret;
}

static int make(struct session *s, const struct firewall_set *set, enum firewall_family family, const struct plan *plan)
{
	char temporary[IPSET_MAXNAMELEN];
	const char *name = set->name;
	int ret;

	snprintf(temporary, sizeof(temporary), "%.27s%s", set->name, temporary_ending);
	if (set->exists)
		name = temporary;
	ret = session_create(s, name, family, plan);
	if (ret == 0)
		ret = fill_new(name, family, plan, s->error);
	return ret == 0 && set->exists ? take_place(s, set, temporary) : ret;
}

/* Removes the temporary set of a run that was killed or failed while it replaced a set. */
static int remove_temporary(const struct firewall_set *set, enum firewall_family family, struct buf *error)
{
	struct firewall_set leftover = { 0 };
	FREED_BY(session_close) struct session s = { 0 };
	int ret;

	snprintf(leftover.name, sizeof(leftover.name), "%.27s%s", set->name, temporary_ending);
	ret = listing_read(&leftover, family, true);
	if (ret < 0)
		return explain_reading(leftover.name, ret, error);
	if (!leftover.exists)
		return 0;
	ret = session_open(&s, error);
	return ret == 0 ? session_destroy(&s, leftover.name) : ret;
}

int ipset_apply(const struct firewall_set *set, enum firewall_family family, const struct plan *plan, struct buf *error)
{
	FREED_BY(buf_free) struct buf ignored = { 0 };
	struct session s = { 0 };
	bool whole = !set->exists || plan->replace;
	int ret;

	ret = remove_temporary(set, family, error);
	if (ret == 0 && whole)
		ret = session_open(&s, error);
	if (ret == 0)
		ret = whole ? make(&s, set, family, plan) : send_difference(set->name, family, plan, error);
	session_close(&s);
	if (ret < 0 && whole)
		remove_temporary(set, family, &ignored);
	return ret;
}
