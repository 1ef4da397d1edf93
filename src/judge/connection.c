/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * connection: the connections that are open.
 *
 * A server writes several lines about one client. Lines of one host, program and process id (detect/origin) are of one
 * connection, where a process serves one client at a time. The table is bounded: the oldest connection makes room.
 */
#include "judge/connection.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "judge/names.h"
#include "list/state_line.h"

void connections_free(struct connections *all)
{
	for (size_t i = 0; i < all->used; i++)
		free(all->ring[i].user);
	free(all->ring);
	hash_free(&all->index);
	*all = (struct connections){ 0 };
}

static struct connection *find(const struct connections *all, uint64_t key)
{
	size_t at;

	for (uint32_t n = hash_first(&all->index, hash_of_numbers(&all->index, key, 0), &at); n != HASH_NONE;
	     n = hash_next(&all->index, hash_of_numbers(&all->index, key, 0), &at)) {
		if (all->ring[n].key == key)
			return &all->ring[n];
	}
	return NULL;
}

static struct connection *begin(struct connections *all, uint64_t key)
{
	struct connection *c;

	/* many logs have no connections at all, so the first connection allocates the ring */
	if (all->ring == NULL)
		all->ring = mem_zalloc(CONNECTIONS, sizeof(*all->ring));
	hash_seed(&all->index);
	c = &all->ring[all->next];
	if (c->key != 0)
		connections_end(all, c);
	*c = (struct connection){ .key = key };
	hash_put(&all->index, hash_of_numbers(&all->index, key, 0), (uint32_t)all->next);
	all->next = (all->next + 1) % CONNECTIONS;
	if (all->used < CONNECTIONS)
		all->used++;
	return c;
}

/* Whether the process serves another client by now: another address, a first line, or a day without a line. */
static bool is_another(const struct connection *c, const struct event *event, const struct addr *addr, uint32_t time)
{
	return (event->flags & EVENT_BEGINS) != 0 || !addr_equal(&c->addr, addr) ||
	       (time > c->time && time - c->time > CONNECTION_AGE);
}

struct connection *connections_of(struct connections *all, const struct event *event, const struct addr *addr,
	uint32_t time)
{
	struct connection *c;

	if (event->connection == 0)
		return NULL;
	c = find(all, event->connection);
	if (c != NULL && is_another(c, event, addr, time)) {
		connections_end(all, c);
		c = NULL;
	}
	if (c == NULL)
		c = begin(all, event->connection);
	c->addr = *addr;
	c->time = time > c->time ? time : c->time;
	return c;
}

void connections_end(struct connections *all, struct connection *c)
{
	hash_remove(&all->index, hash_of_numbers(&all->index, c->key, 0), (uint32_t)(c - all->ring));
	c->key = 0;
	free(c->user);
	c->user = NULL;
}

static const struct line_member words[] = {
	LINE_MEMBER("failed", struct connection, failed), LINE_MEMBER("good", struct connection, good),
	LINE_MEMBER("refused", struct connection, refused), LINE_MEMBER("time", struct connection, time),
	LINE_MEMBER("at", struct connection, added_time),
};

enum { FLAGS = 3 };

static void save_one(const struct connection *c, struct buf *out)
{
	buf_addf(out, "%016" PRIx64 " ", c->key);
	addr_add_to(out, &c->addr);
	if (c->user != NULL)
		line_add_user_value(out, "user", c->user);
	line_add_number(out, "time", c->time);
	line_add_points(out, "strongest", c->strongest);
	if (c->added > 0) {
		line_add_points(out, event_class_name((enum event_class)c->event_class), c->added);
		line_add_number(out, "at", c->added_time);
	}
	line_add_members(out, words, FLAGS, c);
	buf_add_char(out, '\n');
}

void connections_save(const struct connections *all, uint32_t time, struct buf *out)
{
	for (size_t i = 0; i < all->used; i++) {
		const struct connection *c = &all->ring[(all->next + CONNECTIONS - all->used + i) % CONNECTIONS];

		if (c->key != 0 && (time <= c->time || time - c->time <= CONNECTION_AGE))
			save_one(c, out);
	}
}

static bool load_user(const struct line *line, struct connection *c)
{
	char text[USER_SHOWN_MAX + 1];
	size_t len;

	if (c->user != NULL || !line_user_value(line, text, USER_SHOWN_MAX, &len))
		return false;
	c->user = mem_text_of(text, len);
	return true;
}

static bool load_word(struct line *line, struct connection *c)
{
	enum event_class event_class;

	if (line_is(line, "user"))
		return load_user(line, c);
	if (line_is(line, "strongest"))
		return line_points(line, &c->strongest);
	/* "good" is a class, too */
	if (line_take_member(line, words, LENGTH_OF(words), c))
		return true;
	if (!line_class(line, &event_class))
		return false;
	c->event_class = (uint8_t)event_class;
	return line_points(line, &c->added);
}

unsigned connections_load(struct connections *all, struct span lines)
{
	struct line line = { .lines = lines };

	while (line_next(&line)) {
		struct connection read = { 0 }, *c;

		if (!line_hex(&line, &read.key) || read.key == 0 || !line_addr(&line, &read.addr))
			return line.number;
		while (line_word(&line)) {
			if (!load_word(&line, &read)) {
				free(read.user);
				return line.number;
			}
		}
		c = find(all, read.key);
		if (c == NULL)
			c = begin(all, read.key);
		free(c->user);
		*c = read;
	}
	return 0;
}
