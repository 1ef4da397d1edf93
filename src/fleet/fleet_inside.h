/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fleet_inside: keys and words that the files of src/fleet share. Inside src/fleet only. */
#ifndef MAILBAN_FLEET_FLEET_INSIDE_H
#define MAILBAN_FLEET_FLEET_INSIDE_H

#include "fleet/engine.h"
#include "fleet/fleet.h"

/* Keys, as formats of engine_ask(): of slot and host. */
#define FLEET_WORDS "mailban:{%u}:%s"             /* what a host says: address and words */
#define FLEET_CHANGED "mailban:{%u}:%s:changed"   /* addresses by the number of the change */
#define FLEET_WHO "mailban:hosts"                 /* host and what it says of itself */
#define FLEET_PARDONS "mailban:pardons"           /* addresses and networks by the engine's ms */

/* The part that an address belongs to. */
unsigned fleet_slot(struct span addr);

/* The numbers that the names of one table have in another: map[n] is that of name n. The caller frees the map. shorten:
 * the other table gets numbers of eight digits for user names, which stay on their hosts. */
uint32_t *fleet_map_names(const struct names *from, struct names *to, bool shorten);

/* The host of that name, made where it is not known; NULL: there is no room, or it is no name. */
struct fleet_host *fleet_make_host(struct fleet *fleet, struct span name);

/* Empties what a host said. */
void fleet_forget_host(struct fleet_host *host);

/* Forgets what others said of what lies in the network, and its bans, but for which lines the blacklist has. */
void fleet_forget_inside(struct fleet *fleet, const struct addr *net);

/* Reads the words of a host about itself, as FLEET_WHO has them. False where they are wrong. */
bool fleet_parse_host(struct fleet_host *host, struct span words);

/* Reads and checks words about an address. False where they are wrong or say nothing: then the account is empty. */
bool fleet_take_words(struct fleet *fleet, struct account *account, struct names *names, struct span words,
	int64_t now);

/* A whole exchange over an open engine; its two steps; and the step that reads which hosts there are. */
bool fleet_exchange_over(struct fleet *fleet, struct engine *engine, struct judge *judge, int64_t now);
bool fleet_publish(struct fleet *fleet, struct engine *engine, struct judge *judge, int64_t now);
bool fleet_fetch(struct fleet *fleet, struct engine *engine, int64_t now);
bool fleet_fetch_hosts(struct fleet *fleet, struct engine *engine);

/* Rounds points as hosts tell them: to a ten-thousandth, and next to nothing to 0. The host counts them so itself. */
int64_t fleet_said_points(int64_t points);

/* What is left of an account's points at a later time. */
double fleet_fading(const struct account *account, uint32_t time, const struct judge_settings *settings);

/* Whether addr is wider than what is judged as one address. */
static inline bool fleet_is_network(const struct judge_settings *settings, const struct addr *addr)
{
	return addr->prefix < (addr_is_v4(addr) ? (uint8_t)ADDR_BITS : settings->ipv6_prefix);
}

/* A network as it is; for an address the address or network by which it is judged. */
static inline struct addr fleet_unit(const struct judge_settings *settings, const struct addr *addr)
{
	return fleet_is_network(settings, addr) ? *addr : judge_unit(settings, addr);
}

#endif
