/* SPDX-License-Identifier: GPL-2.0-or-later */
/* answer: what a child that was taken over may answer, under the right checksum. Whatever is taken of it leaves a
 * person's lines to the letter and a ban by hand for its time, bans nobody who is allowed or private, nothing too wide,
 * no more than max-new, and can be printed and written. */
#include "fuzz.h"

#include <inttypes.h>

#include "app/run.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "judge/settings.h"
#include "list/blacklist.h"

#define BAN " # since 2026-11-20T03:00Z until 2026-12-01T03:00Z by auth hits 9\n"
#define HAND " # since 2026-11-20T03:00Z until 2026-12-01T03:00Z by hand hits 0 note x\n"

static const char old_list[] = BLACKLIST_HEADER "192.0.2.1" BAN "198.51.100.7 # ticket 4711\n198.51.100.9" HAND
					       "203.0.113.0/24" BAN "2001:db8::/64" BAN;

static void read_list(const void *bytes, size_t len, struct banlist *list)
{
	struct buf text = fuzz_text(bytes, len);

	fuzz_check(blacklist_parse(&text, "list", list) == 0);
}

static void check_bans(const struct run *r, const struct banlist *old)
{
	const int64_t asked = old->bans[2].until;
	unsigned persons = 0, added = 0;

	for (size_t i = 0; i < r->list.count; i++) {
		const struct ban *ban = &r->list.bans[i];

		/* a ban by hand may be made longer */
		persons += ban->person || (addr_equal(&ban->net, &old->bans[2].net) && ban->until >= asked);
		if (banlist_find(old, &ban->net) != NULL)
			continue;
		added++;
		fuzz_check(!ban->person && !netset_overlaps(&r->allow.nets, &ban->net));
		fuzz_check(!allow_is_private(&ban->net) && !decide_is_too_wide(&r->config->judge, &ban->net));
	}
	fuzz_check(persons == 2 && added <= r->config->judge.max_new);
}

static void check_texts(const struct run *r)
{
	struct buf text = { 0 }, again = { 0 };
	struct banlist list = { 0 };

	for (size_t at = 0, len; at < r->report.len; at += len) {
		uint32_t code = 0;

		len = utf8_decode(r->report.ptr + at, r->report.len - at, &code);
		fuzz_check(len > 0 && (code == '\n' || utf8_is_seen(code)));
	}
	blacklist_format(&r->list, &text);
	fuzz_check(strstr(buf_text(&text), "\n198.51.100.7 # ticket 4711\n") != NULL);
	read_list(text.ptr, text.len, &list);
	blacklist_format(&list, &again);
	fuzz_same(&text, &again);
	banlist_free(&list);
	buf_free(&text);
	buf_free(&again);
}

static void begin(struct run *r, struct config *config)
{
	struct addr office = { 0 };

	judge_settings_defaults(&config->judge);
	config->judge.max_new = 3;
	(void)addr_parse_net(&office, "192.0.2.128/25", 14);
	netset_add(&r->allow.nets, &office);
	netset_finish(&r->allow.nets);
	read_list(old_list, sizeof(old_list) - 1, &r->list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct options options = { 0 };
	struct config config = { 0 };
	struct run r = { .config = &config, .options = &options, .now = FUZZ_NOW };
	struct buf text = { 0 };
	struct digest digest = { 0 };
	struct banlist old = { 0 };

	begin(&r, &config);
	read_list(old_list, sizeof(old_list) - 1, &old);
	buf_add_text(&text, "mailban state 2\n");
	buf_add(&text, (const char *)data, size);
	if (size > 0 && text.ptr[text.len - 1] != '\n')
		buf_add_char(&text, '\n');
	digest_add(&digest, text.ptr, text.len);
	buf_addf(&text, "checksum %016" PRIx64 "\n", digest_value(&digest));
	if (run_take_answer(&r, &text) == 0) {
		check_bans(&r, &old);
		check_texts(&r);
		fuzz_check(r.now > 0 && r.now < UINT32_MAX);
	}
	state_free(&r.state);
	allow_free(&r.allow);
	banlist_free(&r.list);
	banlist_free(&old);
	buf_free(&r.report);
	buf_free(&r.subject);
	buf_free(&r.edits);
	buf_free(&text);
	return 0;
}
