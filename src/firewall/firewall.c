/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * firewall: the sets in the kernel, made equal to the blacklist.
 *
 * Reads both sets, compares them with the bans (plan) and lets the backend send the difference. Only mailban's own sets
 * are ever named. An error ends the work on its set alone; the next synchronisation reconciles. Errors are sentences
 * for a person.
 */
#include "firewall/firewall.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/search.h"
#include "firewall/backend.h"
#include "firewall/conntrack.h"

enum { LONGEST_NAME = 27 };

static bool is_installed(const char *program)
{
	static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin" };
	char path[64];

	for (size_t i = 0; i < LENGTH_OF(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", folders[i], program);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

enum firewall_backend firewall_choose(enum firewall_backend wanted)
{
	if (wanted != FIREWALL_AUTO)
		return wanted;
	if (!HAVE_LIBNFTABLES)
		return FIREWALL_IPSET;
	/* firewalld takes away all rules of iptables whenever it starts or reloads; it leaves foreign tables of
	 * nftables alone */
	if (is_installed("iptables") && !(is_installed("firewalld") && is_installed("nft")))
		return FIREWALL_IPSET;
	return FIREWALL_NFTABLES;
}

const char *firewall_backend_name(enum firewall_backend backend)
{
	return backend == FIREWALL_NFTABLES ? "nftables" : "ipset";
}

int firewall_read(struct firewall *fw, const struct firewall_names *names, struct buf *error)
{
	int ret = 0;

	*fw = (struct firewall){ .backend = firewall_choose(names->backend) };
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		struct firewall_set *set = &fw->sets[f];
		size_t len = strlen(names->name[f]);

		if (len == 0 || len > LONGEST_NAME) {
			buf_addf(error, "\"%s\" is no name for a kernel set; it takes 1 to 27 bytes", names->name[f]);
			return -EINVAL;
		}
		memcpy(set->name, names->name[f], len + 1);
	}
	if (fw->backend == FIREWALL_NFTABLES)
		return nftables_read(fw->sets, error);
	for (unsigned f = 0; f < FIREWALL_FAMILIES && ret == 0; f++)
		ret = ipset_read(&fw->sets[f], (enum firewall_family)f, error);
	return ret;
}

static int apply(const struct firewall *fw, enum firewall_family family, const struct plan *plan, struct buf *error)
{
	const struct firewall_set *set = &fw->sets[family];
	size_t before = error->len;
	int ret;

	buf_addf(error, "the kernel set %s could not be brought up to date: ", set->name);
	ret = (fw->backend == FIREWALL_NFTABLES ? nftables_apply : ipset_apply)(set, family, plan, error);
	if (ret == 0)
		error->len = before;
	return ret;
}

static void report_plan(struct firewall_report *report, enum firewall_family family, const struct plan *plan,
			const struct firewall_set *set)
{
	report->changes[family] = (struct firewall_change){
		.added = plan->added, .removed = plan->gone_count, .renewed = plan->renewed, .kept = plan->kept,
		.created = !set->exists, .replaced = plan->replace,
	};
	report->refused += plan->refused;
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->entries[i].action == PLAN_ADD)
			netset_add(&report->added, &plan->entries[i].net);
	}
	for (size_t i = 0; i < plan->gone_count; i++)
		netset_add(&report->removed, &plan->gone[i]->net);
}

int firewall_sync(struct firewall *fw, const struct banlist *bans, int64_t now, bool dry_run,
		  struct firewall_report *report, struct buf *error)
{
	int first = 0;

	*report = (struct firewall_report){ 0 };
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		size_t before = error->len;
		FREED_BY(plan_free) struct plan plan = { 0 };
		int ret = 0;

		plan_make(&plan, bans, now, &fw->sets[f], (enum firewall_family)f);
		if (!dry_run)
			ret = apply(fw, (enum firewall_family)f, &plan, error);
		if (ret == 0)
			report_plan(report, (enum firewall_family)f, &plan, &fw->sets[f]);
		/* an error of one family is mostly the other's, too, and is said once */
		else if (first != 0)
			error->len = before;
		if (first == 0)
			first = ret;
	}
	if (!dry_run)
		conntrack_forget(&report->added);
	return first;
}

static bool is_before(const void *entry, const void *net)
{
	return addr_compare(&((const struct firewall_entry *)entry)->net, net) < 0;
}

const struct firewall_entry *firewall_find(const struct firewall *fw, const struct addr *net)
{
	const struct firewall_set *set = &fw->sets[addr_is_v4(net) ? FIREWALL_V4 : FIREWALL_V6];
	size_t at = search_first(set->entries, set->count, sizeof(*set->entries), is_before, net);

	return at < set->count && addr_equal(&set->entries[at].net, net) ? &set->entries[at] : NULL;
}

bool firewall_holds(const struct firewall *fw, const struct addr *net)
{
	const struct firewall_set *set = &fw->sets[addr_is_v4(net) ? FIREWALL_V4 : FIREWALL_V6];

	for (size_t i = 0; i < set->count; i++) {
		if (addr_overlaps(&set->entries[i].net, net))
			return true;
	}
	return false;
}

static int more_packets(const void *a, const void *b)
{
	const struct firewall_entry *const *x = a, *const *y = b;

	return (*x)->packets != (*y)->packets ? ((*x)->packets > (*y)->packets ? -1 : 1) :
	       addr_compare(&(*x)->net, &(*y)->net);
}

size_t firewall_knockers(const struct firewall *fw, const struct firewall_entry ***all)
{
	size_t count = 0;

	*all = mem_alloc(fw->sets[FIREWALL_V4].count + fw->sets[FIREWALL_V6].count, sizeof(**all));
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		for (size_t i = 0; i < fw->sets[f].count; i++) {
			if (fw->sets[f].entries[i].packets > 0)
				(*all)[count++] = &fw->sets[f].entries[i];
		}
	}
	qsort(*all, count, sizeof(**all), more_packets);
	return count;
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
	netset_free(&report->added);
	netset_free(&report->removed);
	*report = (struct firewall_report){ 0 };
}
