/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match: one line to an event.
 *
 * The header is taken apart, the program's rules are looked up by name (through a small cache of this
 * thread), and of them only those are tried whose literals the message holds. PCRE2 runs with limits:
 * a pattern that meets one has not matched, which is counted with the rule's name.
 * The address comes from the rule's <ADDR> and nowhere else, and must be one that addr_parse() takes.
 * Nothing here allocates a line, opens anything or resolves names.
 */
#include "detect/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "detect/classic.h"

enum {
	CACHE_SLOTS = 64,          /* programs; a power of two */
	MATCH_LIMIT = 250000,      /* PCRE2's own measure of work: a few for each byte of the longest line */
	DEPTH_LIMIT = 1000,
	HEAP_LIMIT_KB = 1024,
	COUNT_MAX = 100000,        /* attempts that one line may claim */
};

struct matcher {
	struct engine *engine;
	pcre2_match_data *data;
	pcre2_match_context *context;
	struct stamp_reader stamps;
	struct header header;
	struct span program_given;
	const struct engine_program *cache[CACHE_SLOTS];
	uint64_t *limit_hits;
	bool want_phrases;
	struct drift *drift;                 /* NULL: nobody wants to know */
	size_t drift_of[CACHE_SLOTS];        /* the number there of the program in the same slot of the cache */
};

struct matcher *matcher_new(struct engine *engine)
{
	struct matcher *m = mem_zalloc(1, sizeof(*m));

	m->engine = engine;
	m->data = pcre2_match_data_create(16, NULL);
	m->context = pcre2_match_context_create(NULL);
	if (m->data == NULL || m->context == NULL)
		msg_die("out of memory; nothing was written");
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

void matcher_begin(struct matcher *m, int64_t reference)
{
	stamp_begin(&m->stamps, reference);
}

void matcher_set_program(struct matcher *m, const char *program)
{
	m->program_given = program != NULL ? (struct span){ program, strlen(program) } : (struct span){ 0 };
}

void matcher_want_phrases(struct matcher *m)
{
	m->want_phrases = true;
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

static unsigned slot_of(struct span name)
{
	unsigned first = name.len > 0 ? (unsigned char)name.ptr[0] : 0;
	unsigned last = name.len > 0 ? (unsigned char)name.ptr[name.len - 1] : 0;
	unsigned middle = name.len > 0 ? (unsigned char)name.ptr[name.len / 2] : 0;

	return ((unsigned)name.len * 7 + first * 5 + last * 3 + middle) % CACHE_SLOTS;
}

static const struct engine_program *program_of(struct matcher *m, struct span name, size_t *drift_of)
{
	unsigned number = slot_of(name);
	const struct engine_program *program = m->cache[number];

	if (program == NULL || program->name_len != name.len ||
	    (name.len > 0 && memcmp(program->name, name.ptr, name.len) != 0)) {
		program = m->cache[number] = engine_program(m->engine, name);
		if (m->drift != NULL && program->rule_count > 0)
			m->drift_of[number] = drift_program(m->drift, name);
	}
	*drift_of = m->drift_of[number];
	return program;
}

static struct span group(const PCRE2_SIZE *ovector, unsigned number, int groups, struct span message)
{
	if (number == 0 || (int)number >= groups || ovector[2 * number] == PCRE2_UNSET)
		return (struct span){ 0 };
	return (struct span){ message.ptr + ovector[2 * number], ovector[2 * number + 1] - ovector[2 * number] };
}

/* The first of several groups of one name that took part in the match. */
static struct span first_group(const PCRE2_SIZE *ovector, const unsigned numbers[PATTERN_GROUPS_MAX], int groups,
			       struct span message)
{
	struct span found = { 0 };

	for (unsigned i = 0; i < PATTERN_GROUPS_MAX && numbers[i] != 0 && found.ptr == NULL; i++)
		found = group(ovector, numbers[i], groups, message);
	return found;
}

static uint32_t number_in(struct span digits)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits.len && value <= COUNT_MAX; i++) {
		unsigned digit = (unsigned)(unsigned char)digits.ptr[i] - '0';

		if (digit > 9)
			return 0;
		value = value * 10 + digit;
	}
	return value <= COUNT_MAX ? value : COUNT_MAX;
}

static bool fill_event(const struct pattern *pattern, const struct rule *rule, const PCRE2_SIZE *ovector, int groups,
		       struct span message, struct event *event)
{
	struct span count = first_group(ovector, pattern->counts, groups, message);
	struct span address = group(ovector, pattern->address, groups, message);

	event->count = rule->weight;
	if (count.ptr != NULL) {
		/* "auth=0/0" or "0 attempts": nothing happened */
		event->count = event_times(event->count, number_in(count));
		if (event->count == 0)
			return false;
	}
	event->flags = rule->flags;
	event->event_class = (uint8_t)rule->event_class;
	event->user = first_group(ovector, pattern->users, groups, message);
	if (rule->flags & EVENT_NO_ADDRESS)
		return true;
	return address.ptr != NULL && addr_parse(&event->addr, address.ptr, address.len);
}

bool matcher_try(struct matcher *m, uint16_t number, struct span message, struct event *event)
{
	const struct pattern *pattern = engine_pattern(m->engine, number);
	int groups;

	if (pattern == NULL || (pattern->wants_end && message.len > MATCH_WHOLE_MAX))
		return false;
	if (pattern->jit)
		groups = pcre2_jit_match(pattern->code, (PCRE2_SPTR)message.ptr, message.len, 0, 0, m->data, m->context);
	else
		groups = pcre2_match(pattern->code, (PCRE2_SPTR)message.ptr, message.len, 0, 0, m->data, m->context);
	if (groups < 0) {
		if (groups != PCRE2_ERROR_NOMATCH)
			m->limit_hits[number]++;
		return false;
	}
	event->rule = number;
	event->repeats = 0;
	/* 0: more groups than the vector has places for; the first ones are there */
	return fill_event(pattern, engine_rule(m->engine, number)->rule, pcre2_get_ovector_pointer(m->data),
			  groups > 0 ? groups : 16, message, event);
}

/* Eight bytes a step (the multiplier is 2^64 divided by the golden ratio, odd): it runs once an event. */
static uint64_t hash_span(uint64_t hash, struct span s)
{
	const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t word;

	for (; s.len >= 8; s.ptr += 8, s.len -= 8) {
		memcpy(&word, s.ptr, 8);
		hash = (hash ^ word) * odd;
		hash ^= hash >> 32;
	}
	word = s.len;
	for (size_t i = 0; i < s.len; i++)
		word = word << 8 | (unsigned char)s.ptr[i];
	hash = (hash ^ word) * odd;
	return hash ^ hash >> 32;
}

/* A name for the connection, the same from run to run: a server process serves one client at a time. */
static uint64_t connection_of(const struct header *h)
{
	uint64_t hash = hash_span(hash_span(hash_span(0, h->host), h->program), h->pid);

	return hash != 0 ? hash : 1;
}

static bool try_rules(struct matcher *m, const struct engine_program *program, struct span message, struct event *event)
{
	unsigned char first = message.len > 0 ? (unsigned char)message.ptr[0] : 0;
	struct span colon = { 0 };
	bool begins = false;

	for (const struct engine_candidate *c = program->lists + program->first[first]; c->rule != ENGINE_END; c++) {
		const struct literals *literals = &engine_rule(m->engine, c->rule)->literals;

		if (literals->at_colon && colon.ptr == NULL)
			colon = literals_behind_colon(message);
		if (!c->same)
			begins = literals_begin(literals, c->beginning, message, colon);
		if (begins && literals_inside(literals, message) && matcher_try(m, c->rule, message, event))
			return true;
	}
	return false;
}

/* rsyslog's "message repeated 3 times: [ TEXT]" becomes TEXT; 0 where the message is none. */
static uint32_t repeated_inside(struct span *message)
{
	static const char begin[] = "message repeated ", middle[] = " times: [ ";
	const char *at = message->ptr + sizeof(begin) - 1, *end = message->ptr + message->len;
	struct span digits = { at, 0 };

	if (message->len < sizeof(begin) + sizeof(middle) || memcmp(message->ptr, begin, sizeof(begin) - 1) != 0 ||
	    end[-1] != ']')
		return 0;
	while (digits.len < 6 && at[digits.len] >= '0' && at[digits.len] <= '9')
		digits.len++;
	at += digits.len;
	if (digits.len == 0 || (size_t)(end - at) < sizeof(middle) || memcmp(at, middle, sizeof(middle) - 1) != 0)
		return 0;
	*message = (struct span){ at + sizeof(middle) - 1, (size_t)(end - at) - sizeof(middle) };
	return number_in(digits);
}

/* "last message repeated N times" of the older syslog daemons, which has no program; 0 where it is none. */
static uint32_t repeated_before(const struct header *h)
{
	static const char begin[] = "last message repeated ", end[] = " times";
	struct span digits = { h->message.ptr + sizeof(begin) - 1, 0 };

	if (h->program.len != 0 || h->message.len < sizeof(begin) + sizeof(end) - 1 ||
	    memcmp(h->message.ptr, begin, sizeof(begin) - 1) != 0)
		return 0;
	digits.len = h->message.len - (sizeof(begin) - 1) - (sizeof(end) - 1);
	if (memcmp(digits.ptr + digits.len, end, sizeof(end) - 1) != 0)
		return 0;
	return number_in(digits);
}

enum match_verdict matcher_line(struct matcher *m, const char *line, size_t len, struct event *event)
{
	struct header *h = &m->header;
	const struct engine_program *program;
	size_t drift_of;
	uint32_t repeated;

	if (len > MATCH_LINE_MAX) {
		*h = (struct header){ .message = { line, len } };
		return MATCH_NONE;
	}
	header_parse(h, line, len);
	if (m->program_given.ptr != NULL)
		h->program = m->program_given;
	program = program_of(m, h->program, &drift_of);
	if (program->rule_count == 0 || h->message.len == 0) {
		event->count = repeated_before(h);
		return event->count > 0 ? MATCH_REPEATED : MATCH_NONE;
	}
	repeated = h->message.ptr[0] == 'm' ? repeated_inside(&h->message) : 0;
	if (m->drift != NULL && drift_of < DRIFT_PROGRAMS_MAX)
		m->drift->programs[drift_of].lines++;
	if (!try_rules(m, program, h->message, event)) {
		if (m->drift != NULL)
			drift_unknown(m->drift, drift_of, h->message);
		event->count = repeated_before(h);
		return event->count > 0 ? MATCH_REPEATED : MATCH_NONE;
	}
	if (m->drift != NULL && drift_of < DRIFT_PROGRAMS_MAX)
		m->drift->programs[drift_of].recognised++;
	if (repeated > 1)
		event->count = event_times(event->count, repeated);
	event->connection = program->has_connections ? connection_of(h) : 0;
	event->phrases = m->want_phrases ? classic_phrases(line, len) : 0;
	if (h->stamp.len == 0 || !stamp_read(&m->stamps, h->stamp, &event->time))
		event->time = EVENT_TIME_UNKNOWN;
	return MATCH_EVENT;
}

bool matcher_time(struct matcher *m, const char *line, size_t len, int64_t *when)
{
	struct header h;

	if (len > MATCH_LINE_MAX)
		return false;
	header_parse(&h, line, len);
	return h.stamp.len > 0 && stamp_read(&m->stamps, h.stamp, when);
}
