/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ipset: the sets in the kernel, made equal to the blacklist.
 *
 * Reads both sets (listing), compares them with the bans (plan) and sends the difference (batch).
 * A set that cannot serve is replaced: a temporary one is made and filled, with the counters of the
 * entries that stay, then swapped with the old one, which is destroyed. So the rule never points at
 * nothing. Only mailban's two sets and their temporaries are ever named.
 * Nothing is kept between calls but what struct firewall holds. An error ends the work on its set alone: what
 * was sent stays, and the next synchronisation reconciles. Errors are sentences for a person.
 */
#include "firewall/ipset.h"

#include <errno.h>
#include <libipset/linux_ip_set.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "firewall/batch.h"
#include "firewall/listing.h"
#include "firewall/plan.h"
#include "firewall/session.h"

static const char temporary_ending[] = "-new";

static int explain_reading(const char *name, int error, struct buf *out)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		buf_addf(out, "no permission for the kernel set %s; run as root or with CAP_NET_ADMIN", name);
		return -EPERM;
	case -EINVAL:
	case -EOPNOTSUPP:
	case -EPROTONOSUPPORT:
	case -EAFNOSUPPORT:
		/* what nfnetlink and socket(2) say where nobody listens */
		buf_addf(out, "this kernel has no support for sets, so %s cannot be read; it needs ip_set and ip_set_hash_net",
			 name);
		return -EPROTONOSUPPORT;
	default:
		buf_addf(out, "the kernel set %s could not be read: %s; try: ipset list %s", name,
			 error > -IPSET_ERR_PRIVATE ? strerror(-error) : "refused", name);
		return error;
	}
}

int firewall_read(struct firewall *fw, const struct firewall_names *names, struct buf *error)
{
	static const struct firewall_names usual = { { FIREWALL_SET4, FIREWALL_SET6 } };

	*fw = (struct firewall){ 0 };
	if (names == NULL)
		names = &usual;
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		struct firewall_set *set = &fw->sets[f];
		size_t len = strlen(names->name[f]);
		int ret;

		if (len == 0 || len + sizeof(temporary_ending) > IPSET_MAXNAMELEN) {
			buf_addf(error, "\"%s\" is no name for a kernel set; it takes 1 to 27 bytes", names->name[f]);
			return -EINVAL;
		}
		memcpy(set->name, names->name[f], len + 1);
		ret = listing_read(set, (enum firewall_family)f, false);
		if (ret < 0)
			return explain_reading(set->name, ret, error);
	}
	return 0;
}

/* Adds, or renews, what the plan wants to be in the set; all: whatever it holds already. */
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
	struct batch b;
	int ret = batch_open(&b, name, family, error);

	if (ret == 0)
		ret = fill(&b, plan, true);
	batch_close(&b);
	return ret;
}

static int send_difference(const char *name, enum firewall_family family, const struct plan *plan, struct buf *error)
{
	struct batch b;
	int ret;

	if (plan->gone_count == 0 && plan->added == 0 && plan->renewed == 0)
		return 0;
	ret = batch_open(&b, name, family, error);
	/* removing goes first, so that the set never holds more than it has to */
	for (size_t i = 0; i < plan->gone_count && ret == 0; i++)
		ret = batch_delete(&b, &plan->gone[i]->net);
	if (ret == 0)
		ret = fill(&b, plan, false);
	batch_close(&b);
	return ret;
}

/* Puts the temporary set into the place of the one that cannot serve. */
static int take_place(struct session *s, const struct firewall_set *set, const char *temporary)
{
	bool other_type = strcmp(set->type, "hash:net") != 0;
	size_t before = s->error->len;
	int ret = session_swap(s, temporary, set->name);

	if (ret == 0)
		return session_destroy(s, temporary);
	/* the kernel swaps only sets of like types; one that nobody uses can go first */
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

/* Removes what a run that was killed, or failed, while it replaced a set has left behind. */
static int remove_temporary(const struct firewall_set *set, enum firewall_family family, struct buf *error)
{
	struct firewall_set leftover = { 0 };
	struct session s;
	int ret;

	snprintf(leftover.name, sizeof(leftover.name), "%.27s%s", set->name, temporary_ending);
	ret = listing_read(&leftover, family, true);
	if (ret < 0)
		return explain_reading(leftover.name, ret, error);
	if (!leftover.exists)
		return 0;
	ret = session_open(&s, error);
	if (ret == 0)
		ret = session_destroy(&s, leftover.name);
	session_close(&s);
	return ret;
}

static int apply(const struct firewall_set *set, enum firewall_family family, const struct plan *plan, struct buf *error)
{
	struct buf ignored = { 0 };
	struct session s = { 0 };
	size_t before = error->len;
	bool whole = !set->exists || plan->replace;
	int ret;

	buf_addf(error, "the kernel set %s could not be brought up to date: ", set->name);
	ret = remove_temporary(set, family, error);
	if (ret == 0 && whole)
		ret = session_open(&s, error);
	if (ret == 0)
		ret = whole ? make(&s, set, family, plan) : send_difference(set->name, family, plan, error);
	session_close(&s);
	if (ret == 0)
		error->len = before;
	else if (whole)
		remove_temporary(set, family, &ignored);
	buf_free(&ignored);
	return ret;
}

static void note(struct addr **list, size_t *count, size_t *capacity, const struct addr *net)
{
	*list = mem_grow(*list, capacity, *count + 1, sizeof(**list));
	(*list)[(*count)++] = *net;
}

static void report_plan(struct firewall_report *report, enum firewall_family family, const struct plan *plan,
			const struct firewall_set *set, size_t capacity[2])
{
	report->changes[family] = (struct firewall_change){
		.added = plan->added, .removed = plan->gone_count, .renewed = plan->renewed, .kept = plan->kept,
		.created = !set->exists, .replaced = plan->replace,
	};
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->entries[i].action == PLAN_ADD)
			note(&report->added, &report->added_count, &capacity[0], &plan->entries[i].net);
	}
	for (size_t i = 0; i < plan->gone_count; i++)
		note(&report->removed, &report->removed_count, &capacity[1], &plan->gone[i]->net);
}

int firewall_sync(struct firewall *fw, const struct banlist *bans, int64_t now, bool dry_run,
		  struct firewall_report *report, struct buf *error)
{
	size_t capacity[2] = { 0 };
	int first = 0;

	*report = (struct firewall_report){ 0 };
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		size_t before = error->len;
		struct plan plan;
		int ret = 0;

		plan_make(&plan, bans, now, &fw->sets[f], (enum firewall_family)f);
		if (!dry_run)
			ret = apply(&fw->sets[f], (enum firewall_family)f, &plan, error);
		if (ret == 0)
			report_plan(report, (enum firewall_family)f, &plan, &fw->sets[f], capacity);
		/* what hinders one family mostly hinders the other, too, and is said once */
		else if (first != 0)
			error->len = before;
		if (first == 0)
			first = ret;
		plan_free(&plan);
	}
	return first;
}

const struct firewall_entry *firewall_find(const struct firewall *fw, const struct addr *net)
{
	const struct firewall_set *set = &fw->sets[addr_is_v4(net) ? FIREWALL_V4 : FIREWALL_V6];
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = addr_compare(&set->entries[middle].net, net);

		if (order == 0)
			return &set->entries[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool firewall_unused(const struct firewall *fw, enum firewall_family family)
{
	return fw->sets[family].exists && fw->sets[family].references == 0;
}

void firewall_free(struct firewall *fw)
{
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++)
		free(fw->sets[f].entries);
	*fw = (struct firewall){ 0 };
}

void firewall_report_free(struct firewall_report *report)
{
	free(report->added);
	free(report->removed);
	*report = (struct firewall_report){ 0 };
}
