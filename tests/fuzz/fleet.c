/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fleet: what an engine answers to a run. Nobody is banned who is allowed, max-new holds, and what is written to the
 * state can be read. */
#include "fuzz.h"

#include <sys/socket.h>

#include "fleet/fleet_inside.h"
#include "judge/decide.h"

#if HAVE_HIREDIS
enum { NEW_MOST = 2 };

static void read_again(struct fleet *fleet, const struct fleet_settings *settings, const struct judge_settings *judge)
{
	struct fleet again;
	struct state state = { 0 };

	fleet_save(fleet, &state, FUZZ_NOW);
	fleet_init(&again, settings, judge);
	fuzz_check(fleet_load(&again, &state, "state") == 0);
	fleet_free(&again);
	state_free(&state);
}

static void decide_by(struct fleet *fleet, struct judge *judge)
{
	struct netset allow = { 0 };
	struct banlist list = { 0 };
	struct changes changes = { 0 };
	struct decide_input input = { .judge = judge, .allow = &allow, .now = FUZZ_NOW };
	struct addr allowed;

	fuzz_check(addr_parse_net(&allowed, "203.0.113.0/24", 14));
	netset_add(&allow, &allowed);
	netset_finish(&allow);
	fleet_judge(fleet, judge, FUZZ_NOW);
	fleet_lay(fleet, judge);
	decide(&input, &list, &changes);
	fleet_lift(fleet, judge);
	fuzz_check(list.count <= NEW_MOST);
	for (size_t i = 0; i < list.count; i++)
		fuzz_check(!netset_overlaps(&allow, &list.bans[i].net));
	changes_free(&changes);
	banlist_free(&list);
	netset_free(&allow);
}

static void answer_with(struct fleet *fleet, struct judge *judge, const uint8_t *data, size_t size)
{
	struct buf why = { 0 };
	struct engine *engine;
	int ends[2];

	fuzz_check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	fuzz_check(write(ends[1], data, size) == (ssize_t)size && shutdown(ends[1], SHUT_WR) == 0);
	engine = engine_over(ends[0], 10000, &why);
	(void)fleet_exchange_over(fleet, engine, judge, FUZZ_NOW);
	engine_close(engine);
	close(ends[1]);
	buf_free(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char own[] = "192.0.2.7 time=1795262000 u:ann=2@1795262000@2 credit=1\n";
	struct fleet_settings settings = { .name = (char *)"me", .bans = true };
	struct judge_settings of_judge;
	struct fleet fleet;
	struct judge judge;

	if (size > 100000)
		return 0;
	judge_settings_defaults(&of_judge);
	of_judge.accounts = 1000;
	of_judge.max_new = NEW_MOST;
	judge_init(&judge, &of_judge, FUZZ_NOW);
	fleet_init(&fleet, &settings, &of_judge);
	fuzz_check(accounts_load(&judge.accounts, (struct span){ own, strlen(own) }) == 0);
	answer_with(&fleet, &judge, data, size);
	decide_by(&fleet, &judge);
	read_again(&fleet, &settings, &of_judge);
	fleet_free(&fleet);
	judge_free(&judge);
	return 0;
}
#else
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)data, (void)size;
	return 0;
}
#endif
