/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match: one line to an event.
 *
 * The header is taken apart, and the program's rules are looked up by name, through a small cache of this thread.
 * PCRE2 tries the rules whose literals the message holds. It runs with limits: a pattern that meets one has not
 * matched, which is counted. A rule that meets limits too often is not tried again. The address comes by (7) of
 * src/README.md, and addr_parse() must take it. Nothing here allocates a line, opens anything or resolves names.
 */
#include "detect/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/msg.h"
#include "detect/repeated.h"
#include "log/header.h"

enum {
	CACHE_SLOTS = 256,         /* programs; a power of two */
	MATCH_LIMIT = 500000,      /* PCRE2's own measure of work: a few for each byte of the longest line */
	DEPTH_LIMIT = 1000,
	HEAP_LIMIT_KB = 1024,
	GROUPS = 16,               /* groups with higher numbers are ignored */
};

/* A program whose lines came lately. */
struct recent {
	const struct engine_program *program; /* NULL: none */
	size_t drift;                         /* its number in the drift */
	uint64_t block;                       /* the block of its last line */
	bool cut;                             /* its last line was a piece of a longer one */
	bool stranger;                        /* it has no rules, and may be a program of mail */
};

struct matcher {
	struct engine *engine;
	pcre2_match_data *data;
	const PCRE2_SIZE *places;            /* begin and end of each group of the last match, within data */
	pcre2_match_context *context;
	struct stamp_reader stamps;
	struct header header;
	struct span program_given;
	const char *server;                  /* the server whose own file the log is; NULL: not known */
	bool believes;                       /* whether lines of such a file are believed */
	struct recent recent[CACHE_SLOTS];
	uint64_t *limit_hits;
	uint64_t block;                      /* number of the block at hand */
	struct span session;                 /* the session that the rule of the last event found */
	struct drift *drift;                 /* NULL: not wanted */
};

struct matcher *matcher_new(struct engine *engine)
{
	struct matcher *m = mem_zalloc(1, sizeof(*m));

	m->engine = engine;
	m->data = pcre2_match_data_create(GROUPS, NULL);
	m->context = pcre2_match_context_create(NULL);
	if (m->data == NULL || m->context == NULL)
		msg_die("out of memory");
	m->places = pcre2_get_ovector_pointer(m->data);
	pcre2_set_match_limit(m->context, MATCH_LIMIT);
	pcre2_set_depth_limit(m->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(m->context, HEAP_LIMIT_KB);
	m->limit_hits = mem_zalloc(engine_ruleset(engine)->count + 1, sizeof(*m->limit_hits));
	return m;
}

void matcher_free(struct matcher *m)
{
	if (m == NULL)
		return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	free(m->limit_hits);
	free(m);
}

void matcher_begin(struct matcher *m, int64_t reference, const char *server)
{
	m->block++;
	m->server = server;
	m->believes = matcher_believes(server);
	stamp_begin(&m->stamps, reference);
}

void matcher_set_program(struct matcher *m, const char *program)
{
	m->program_given = program != NULL ? (struct span){ program, strlen(program) } : (struct span){ 0 };
}

bool matcher_believes(const char *server)
{
	return server == NULL || strcmp(server, "nginx") != 0;
}

void matcher_watch(struct matcher *m, struct drift *drift)
{
	m->drift = drift;
}

const struct header *matcher_header(const struct matcher *m)
{
	return &m->header;
}

uint64_t matcher_limit_hits(const struct matcher *m, uint16_t rule)
{
	return m->limit_hits[rule];
}

/* The first bytes, the last bytes and the length tell nearly all programs apart. */
static unsigned slot_of(struct span name)
{
	uint32_t first = 0, last = 0;

	if (name.len >= 4) {
		memcpy(&first, name.ptr, 4);
		memcpy(&last, name.ptr + name.len - 4, 4);
	} else if (name.len > 0) {
		first = (unsigned char)name.ptr[0];
		last = (unsigned char)name.ptr[name.len - 1];
	}
	/* Knuth's multiplier, 2^32 divided by the golden ratio */
	return ((first ^ (last << 7 | last >> 25) ^ (uint32_t)name.len << 13) * 2654435761U) >> 24;
}

static bool is_named(const struct engine_program *program, struct span name)
{
	return span_equal((struct span){ program->name, program->name_len }, name);
}

static void make_recent(struct matcher *m, struct recent *r, struct span name)
{
	*r = (struct recent){ .program = engine_program(m->engine, name), .drift = DRIFT_PROGRAMS_MAX };
	if (m->drift != NULL && r->program->rule_count > 0)
		r->drift = drift_program(m->drift, name);
	r->stranger = m->drift != NULL && r->program->rule_count == 0 && drift_may_be_mail(name);
}

static struct recent *recent_of(struct matcher *m, struct span name)
{
	struct recent *r = &m->recent[slot_of(name)];

	if (r->program == NULL || !is_named(r->program, name))
		make_recent(m, r, name);
	return r;
}

/* A group of the last match; its ptr is NULL where the group took no part. */
static struct span group_of(const struct matcher *m, unsigned number, struct span message)
{
	const PCRE2_SIZE *place = m->places + 2 * (size_t)number;

	if (number == 0 || number >= GROUPS || place[0] == PCRE2_UNSET)
		return (struct span){ 0 };
	return (struct span){ message.ptr + place[0], place[1] - place[0] };
}

/* The first of several groups of one name that took part in the match. */
static inline struct span first_group(const struct matcher *m, const unsigned numbers[PATTERN_GROUPS_MAX],
				      struct span message)
{
	struct span found = { 0 };

	for (unsigned i = 0; i < PATTERN_GROUPS_MAX && numbers[i] != 0 && found.ptr == NULL; i++)
		found = group_of(m, numbers[i], message);
	return found;
}

/* Fills in an event of the rule. False: the line means nothing, or lacks the address that the rule needs. */
static bool fill_event(struct event *event, uint16_t number, const struct rule *rule, struct span user,
			      struct span count, bool has_address)
{
	event->rule = number;
	event->repeats = 0;
	event->lines = 1;
	event->count = 1;
	event->points = rule->points;
	if (count.ptr != NULL) {
		/* "auth=0/0" or "0 attempts": nothing happened */
		event->count = repeated_number(count);
		if (event->count == 0)
			return false;
	}
	event->flags = rule->flags;
	event->event_class = (uint8_t)rule->event_class;
	event->user = user;
	return has_address || (rule->flags & EVENT_NO_ADDRESS) != 0;
}

/* Whether the program itself ended the message here, as far as anybody can tell. */
static bool is_whole(const struct matcher *m, struct span message)
{
	return message.len <= MATCH_WHOLE_MAX && !m->header.cut;
}

/* Whether the pattern matches the message. */
static bool match_pattern(struct matcher *m, const struct pattern *pattern, uint64_t *limit_hits, struct span message)
{
	int found;

	if (*limit_hits >= MATCH_LIMIT_HITS_MAX)
		return false;
	if (pattern->jit)
		found = pcre2_jit_match(pattern->code, (PCRE2_SPTR)message.ptr, message.len, 0, 0, m->data, m->context);
	else
		found = pcre2_match(pattern->code, (PCRE2_SPTR)message.ptr, message.len, 0, 0, m->data, m->context);
	if (found < 0 && found != PCRE2_ERROR_NOMATCH)
		++*limit_hits;
	return found >= 0;
}

static bool try_rule(struct matcher *m, const struct engine_rule *rule, struct span message, struct event *event)
{
	const struct pattern *pattern;
	struct span address, user, count;

	if (rule->wants_end && !is_whole(m, message))
		return false;
	pattern = engine_pattern(m->engine, rule->number);
	if (pattern == NULL || !match_pattern(m, pattern, &m->limit_hits[rule->number], message))
		return false;
	address = group_of(m, pattern->address, message);
	user = first_group(m, pattern->users, message);
	count = first_group(m, pattern->counts, message);
	if (!fill_event(event, rule->number, rule->rule, user, count,
			address.ptr != NULL && addr_parse(&event->addr, address.ptr, address.len)))
		return false;
	if (first_group(m, pattern->named, message).ptr != NULL)
		event->flags |= EVENT_NAMED;
	m->session = first_group(m, pattern->sessions, message);
	return true;
}

bool matcher_try(struct matcher *m, uint16_t number, struct span message, struct event *event)
{
	return try_rule(m, engine_rule(m->engine, number), message, event);
}

static bool begins(const struct engine_candidate *c, struct span text)
{
	return text.len >= c->begin->len && span_same(text.ptr, c->begin->bytes, c->begin->len);
}

/* Tries the rules of the program on the message, which is not empty. The user of the event points into the message. */
static bool try_rules(struct matcher *m, const struct engine_program *program, struct span message, struct event *event)
{
	const struct engine_candidate *c = program->lists + program->first[(unsigned char)message.ptr[0]];

	for (; c->rule != NULL; c++) {
		if (begins(c, message) && literals_inside(&c->rule->literals, message) &&
		    try_rule(m, c->rule, message, event))
			return true;
	}
	return false;
}

/* What a line means that no rule knows. */
static enum match_verdict other_line(const struct header *h, struct event *event)
{
	event->count = repeated_before(h);
	return event->count > 0 ? MATCH_REPEATED : MATCH_NONE;
}

/* Fills in an event that says nothing but its flag, for detect/sessions. */
static void fill_note(struct event *event, const struct engine_program *program, enum event_flag flag)
{
	*event = (struct event){ .event_class = CLASS_TROUBLE, .rule = program->rules[0], .count = 1,
				 .flags = (uint16_t)(EVENT_NO_ADDRESS | flag) };
}

/* Whether the line is an event, or tells something of the next line. The program makes several lines of a long one. The
 * lines before this block are not known here. */
static bool is_event_of_pieces(struct matcher *m, struct recent *r, struct event *event)
{
	const struct span message = m->header.message;
	bool unknown_before = r->cut || r->block != m->block;

	r->block = m->block;
	r->cut = message.len >= r->program->pieces;
	if (r->cut)
		fill_note(event, r->program, EVENT_PIECE);
	else if (!try_rules(m, r->program, message, event)) {
		if (!unknown_before)
			return false;
		fill_note(event, r->program, EVENT_WHOLE);
	}
	return true;
}

/* A number, never 0, for the process or session that the program of the line calls id: a process serves one client at a
 * time. The state keeps such numbers, so they are the same on every machine. */
static uint64_t number_of(const struct header *h, struct span id)
{
	struct digest digest = { 0 };

	digest_add(&digest, h->host.ptr, h->host.len);
	digest_add(&digest, "", 1);
	digest_add(&digest, h->program.ptr, h->program.len);
	digest_add(&digest, "", 1);
	digest_add(&digest, id.ptr, id.len);
	return digest_value(&digest);
}

/* The connection that the line belongs to; of a line that may be a piece, the program. 0: none is known. */
static uint64_t connection_of(const struct matcher *m, const struct engine_program *program, const struct event *event)
{
	if ((event->flags & EVENT_PER_CONNECTION) != 0)
		return number_of(&m->header, m->session.len > 0 ? m->session : m->header.pid);
	return program->pieces > 0 ? number_of(&m->header, (struct span){ "", 0 }) : 0;
}

/* Matches a line of a program with rules; its header was taken apart. */
static enum match_verdict match_message(struct matcher *m, struct recent *r, struct event *event)
{
	struct header *h = &m->header;
	struct drift_program *counted;
	uint32_t repeated;
	bool known, noted;

	repeated = h->message.ptr[0] == 'm' ? repeated_inside(&h->message) : 0;
	counted = r->drift < DRIFT_PROGRAMS_MAX ? &m->drift->programs[r->drift] : NULL;
	if (counted != NULL)
		counted->lines++;
	known = r->program->pieces > 0 ? is_event_of_pieces(m, r, event) : try_rules(m, r->program, h->message, event);
	/* no rule knows a piece, though it tells something of the next line */
	noted = known && (event->flags & (EVENT_PIECE | EVENT_WHOLE)) != 0;
	if (m->drift != NULL && (!known || noted))
		drift_unknown(m->drift, r->drift, h->message);
	if (!known)
		return other_line(h, event);
	if (counted != NULL && !noted)
		counted->recognised++;
	if (m->drift != NULL && !noted)
		m->drift->recognised++;
	if (repeated > 1) {
		event->lines = repeated;
		event->count = event_times(event->count, repeated);
	}
	event->connection = connection_of(m, r->program, event);
	if (h->stamp.len == 0 || !stamp_read(&m->stamps, h->stamp, &event->time))
		event->time = WHEN_UNKNOWN;
	return MATCH_EVENT;
}

/* Takes any line apart. False: somebody else wrote it into the file of a server. */
static bool read_header(struct matcher *m, struct header *h, struct span line)
{
	header_parse(h, line.ptr, line.len);
	return m->server == NULL || (m->believes && h->server != NULL && strcmp(h->server, m->server) == 0);
}

enum match_verdict matcher_line(struct matcher *m, struct span line, struct event *event)
{
	struct header *h = &m->header;
	struct recent *r;

	if (line.len > MATCH_LINE_MAX) {
		*h = (struct header){ .message = line };
		return MATCH_NONE;
	}
	if (!read_header(m, h, line))
		return MATCH_NONE;
	if (m->program_given.ptr != NULL)
		h->program = m->program_given;
	r = recent_of(m, h->program);
	if (r->stranger)
		drift_stranger(m->drift, h->program, h->message);
	if (r->program->rule_count == 0 || h->message.len == 0)
		return other_line(h, event);
	return match_message(m, r, event);
}

bool matcher_time(struct matcher *m, struct span line, int64_t *when)
{
	struct header h;

	return line.len <= MATCH_LINE_MAX && read_header(m, &h, line) && h.stamp.len > 0 &&
	       stamp_read(&m->stamps, h.stamp, when);
}
