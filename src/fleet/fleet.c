/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fleet: what lasts from run to run.
 *
 *	section fleet          changes=17 pardons=1795910400123
 *	                       mx2 changes=33 heard=1795910400 clock=2 seen=33@1 seen=33@2 ...
 *	section fleet-said     192.0.2.7 1a2b3c4d        what this host said, by a digest; "gone=TIME" behind it
 *	section fleet-bans     accounts: the bans of the fleet
 *	section fleet-of-mx2   accounts: what mx2 said
 */
#include "fleet/fleet_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/mem.h"
#include "list/state_line.h"

#define SECTION "fleet"
#define SECTION_SAID "fleet-said"
#define SECTION_BANS "fleet-bans"
#define SECTION_OF "fleet-of-"

void fleet_init(struct fleet *f, const struct fleet_settings *settings, const struct judge_settings *judge)
{
	*f = (struct fleet){ .settings = settings, .judge = judge };
	accounts_init(&f->joint);
}

void fleet_free(struct fleet *f)
{
	for (size_t i = 0; i < f->count; i++) {
		accounts_free(&f->hosts[i].accounts);
		free(f->hosts[i].names);
	}
	free(f->hosts);
	free(f->said);
	free(f->facts);
	free(f->laid);
	accounts_free(&f->joint);
	*f = (struct fleet){ 0 };
}

static struct fleet_host *find_host(const struct fleet *f, struct span name)
{
	for (size_t i = 0; i < f->count; i++) {
		if (span_is(name, f->hosts[i].name))
			return &f->hosts[i];
	}
	return NULL;
}

struct fleet_host *fleet_make_host(struct fleet *f, struct span name)
{
	struct fleet_host *host = find_host(f, name);

	if (host != NULL || f->count == FLEET_HOSTS || !fleet_is_name(name.ptr, name.len))
		return host;
	f->hosts = mem_grow(f->hosts, &f->capacity, f->count + 1, sizeof(*f->hosts));
	host = &f->hosts[f->count++];
	*host = (struct fleet_host){ 0 };
	memcpy(host->name, name.ptr, name.len);
	accounts_init(&host->accounts);
	return host;
}

void fleet_forget_host(struct fleet_host *host)
{
	accounts_free(&host->accounts);
	accounts_init(&host->accounts);
	memset(host->seen, 0, sizeof(host->seen));
}

void fleet_forget_inside(struct fleet *f, const struct addr *net)
{
	for (size_t i = 0; i < f->count; i++)
		accounts_empty_inside(&f->hosts[i].accounts, net);
	accounts_empty_inside(&f->joint, net);
}

unsigned fleet_slot(struct span addr)
{
	return digest_fnv32(DIGEST_FNV32_FIRST, addr.ptr, addr.len) % FLEET_SLOTS;
}

/* A user name as a number of eight digits. Empty for the empty name. */
static void number_of_name(char text[9], const char *name)
{
	snprintf(text, 9, "%08" PRIx32, digest_fnv32(DIGEST_FNV32_FIRST, name, strlen(name)));
	if (*name == '\0')
		*text = '\0';
}

uint32_t *fleet_map_names(const struct names *from, struct names *to, bool shorten)
{
	uint32_t *map = mem_zalloc(from->count, sizeof(*map));
	char text[9];

	for (uint32_t n = 1; n < from->count; n++) {
		if (from->all[n].text == NULL)
			continue;
		number_of_name(text, from->all[n].text);
		map[n] = shorten ? names_make(to, text, 8) :
			names_make(to, from->all[n].text, strlen(from->all[n].text));
	}
	return map;
}

/* ---- the state ---- */

static bool load_host_word(const struct line *line, struct fleet_host *host)
{
	const struct {
		const char *name;
		uint64_t *value;
	} numbers[] = {
		{ "changes", &host->changes }, { "heard", &host->heard }, { "clock", &host->clock },
		{ "addresses", &host->addresses }, { "points", &host->points },
	};
	uint32_t number, slot;

	for (size_t i = 0; i < LENGTH_OF(numbers); i++) {
		if (line_is(line, numbers[i].name))
			return line_u64(line, numbers[i].value) && *numbers[i].value < UINT32_MAX;
	}
	if (line_is(line, "left"))
		return host->left = true;
	if (!line_is(line, "seen") || !line_u32_at(line, &number, &slot) || slot >= FLEET_SLOTS)
		return false;
	host->seen[slot] = number;
	return true;
}

bool fleet_parse_host(struct fleet_host *host, struct span words)
{
	struct line line = { .lines = words };

	host->changes = host->heard = host->clock = host->addresses = host->points = 0;
	host->left = false;
	if (!line_next(&line))
		return false;
	while (line_word(&line)) {
		if (line_is(&line, "seen") || !load_host_word(&line, host))
			return false;
	}
	return line.lines.len == 0 && host->heard > 0;
}

static unsigned load_hosts(struct fleet *f, struct span lines)
{
	struct line line = { .lines = lines };

	while (line_next(&line)) {
		struct fleet_host *host = NULL;

		while (line_word(&line)) {
			if (line.number == 1 && line_is(&line, "changes") ? line_u64(&line, &f->changes) :
			    line.number == 1 && line_is(&line, "pardons") && line_u64(&line, &f->pardons))
				continue;
			if (host != NULL ? !load_host_word(&line, host) :
			    line.number == 1 || (host = fleet_make_host(f, line.name)) == NULL)
				return line.number;
		}
	}
	return 0;
}

static unsigned load_said(struct fleet *f, struct span lines)
{
	struct line line = { .lines = lines };
	size_t capacity = 0;

	while (line_next(&line)) {
		struct fleet_said said = { .gone = 0 };
		uint64_t digest;

		if (!line_addr(&line, &said.addr) || !line_hex(&line, &digest) || digest > UINT32_MAX ||
		    (line_word(&line) && (!line_is(&line, "gone") || !line_u32(&line, &said.gone))))
			return line.number;
		said.digest = (uint32_t)digest;
		f->said = mem_grow(f->said, &capacity, f->said_count + 1, sizeof(*f->said));
		f->said[f->said_count++] = said;
	}
	return 0;
}

int fleet_load(struct fleet *f, const struct state *state, const char *path)
{
	int ret = state_check(path, SECTION, load_hosts(f, state_lines(state, SECTION)));

	if (ret == 0)
		ret = state_check(path, SECTION_SAID, load_said(f, state_lines(state, SECTION_SAID)));
	if (ret == 0)
		ret = state_check(path, SECTION_BANS, accounts_load(&f->joint, state_lines(state, SECTION_BANS)));
	for (size_t i = 0; i < f->count && ret == 0; i++) {
		FREED_BY(buf_free) struct buf section = { 0 };

		buf_addf(&section, SECTION_OF "%s", f->hosts[i].name);
		ret = state_check(path, buf_text(&section),
				  accounts_load(&f->hosts[i].accounts, state_lines(state, buf_text(&section))));
	}
	return ret;
}

static void save_host(const struct fleet_host *host, struct buf *out)
{
	buf_addf(out, "%s changes=%" PRIu64 " heard=%" PRIu64, host->name, host->changes, host->heard);
	for (unsigned slot = 0; slot < FLEET_SLOTS; slot++)
		line_add_number_at(out, "seen", host->seen[slot], slot);
	line_add_flag(out, "left", host->left);
	buf_add_char(out, '\n');
}

static void save_said(const struct fleet *f, struct buf *out)
{
	for (size_t i = 0; i < f->said_count; i++) {
		addr_add_to(out, &f->said[i].addr);
		buf_addf(out, " %" PRIx32, f->said[i].digest);
		line_add_number(out, "gone", f->said[i].gone);
		buf_add_char(out, '\n');
	}
}

/* Saves the bans alone: each run adds up the points anew. */
static void save_bans(struct fleet *f, int64_t now, struct buf *out)
{
	for (size_t i = 0; i < f->joint.count; i++) {
		struct account *a = &f->joint.all[i];
		struct account ban = {
			.addr = a->addr, .time = a->time, .since = a->since, .until = a->until,
			.last_since = a->last_since, .ended = a->ended, .hits = a->hits, .hosts = a->hosts,
			.level = a->level, .by = a->by, .flags = a->flags, .total = a->total,
		};

		account_clear(a, &f->joint.names);
		*a = ban;
	}
	accounts_sort(&f->joint);
	accounts_save(&f->joint, (uint32_t)now, f->judge, out);
}

void fleet_save(struct fleet *f, struct state *state, int64_t now)
{
	struct buf lines = { 0 };

	buf_addf(&lines, "changes=%" PRIu64 " pardons=%" PRIu64 "\n", f->changes, f->pardons);
	for (size_t i = 0; i < f->count; i++) {
		struct buf section = { 0 }, accounts = { 0 };

		/* a forgotten host has no line any more: its section is emptied */
		if (f->hosts[i].heard > 0) {
			save_host(&f->hosts[i], &lines);
			accounts_sort(&f->hosts[i].accounts);
			accounts_save(&f->hosts[i].accounts, (uint32_t)now, f->judge, &accounts);
		}
		buf_addf(&section, SECTION_OF "%s", f->hosts[i].name);
		state_take(state, buf_text(&section), &accounts);
		buf_free(&section);
	}
	state_take(state, SECTION, &lines);
	save_said(f, &lines);
	state_take(state, SECTION_SAID, &lines);
	save_bans(f, now, &lines);
	state_take(state, SECTION_BANS, &lines);
}
