/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain: why a rule did not match, for those who write rules.
 *
 * Tries what matching tries, in the same order (program, literals, pattern), and stops at the first failure. PCRE2 says
 * how far a pattern gets: the longest beginning of the message behind which the pattern could still go on. This is
 * slow, and only for people at a terminal.
 */
#include "app/explain.h"

#include "base/msg.h"

static bool program_fits(const struct engine_program *program, uint16_t rule)
{
	for (size_t i = 0; i < program->rule_count; i++) {
		if (program->rules[i] == rule)
			return true;
	}
	return false;
}

static void add_quoted(struct buf *out, const char *bytes, size_t len)
{
	buf_add_char(out, '\'');
	buf_add_escaped(out, bytes, len);
	buf_add_char(out, '\'');
}

static void add_literals(struct buf *out, const struct literal *literals, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		buf_add_text(out, i > 0 ? " or " : "");
		add_quoted(out, literals[i].bytes, literals[i].len);
	}
}

static void say_literals(struct buf *out, const struct literals *l, struct span message)
{
	if (!literals_begin(l, message)) {
		buf_add_text(out, "the message does not begin with ");
		add_literals(out, l->beginnings, l->beginning_count);
	} else {
		buf_add_text(out, "the message does not hold ");
		add_literals(out, l->insides, l->inside_count);
	}
	buf_add_char(out, '\n');
}

/* The length of the longest beginning of the message that the pattern can be in the middle of. */
static size_t reach(const struct pattern *pattern, struct span message)
{
	pcre2_match_data *data = pcre2_match_data_create(16, NULL);
	size_t low = 0, high = message.len;

	if (data == NULL)
		msg_die("out of memory");
	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;
		int got = pcre2_match(pattern->code, (PCRE2_SPTR)message.ptr, middle, 0,
				      PCRE2_PARTIAL_HARD | PCRE2_NO_JIT, data, NULL);

		if (got == PCRE2_ERROR_PARTIAL || got >= 0)
			low = middle;
		else
			high = middle - 1;
	}
	pcre2_match_data_free(data);
	return low;
}

static void say_pattern(struct buf *out, const struct pattern *pattern, struct span message)
{
	size_t len = reach(pattern, message), rest = message.len - len;

	if (len == message.len) {
		buf_add_text(out, "the pattern fits, but what stands for <ADDR> is no address, the count is 0, or the "
				  "message ends too early\n");
		return;
	}
	buf_add_text(out, "the pattern gets as far as ");
	add_quoted(out, message.ptr, len);
	buf_add_text(out, " and fails at ");
	add_quoted(out, message.ptr + len, rest < 40 ? rest : 40);
	buf_add_char(out, '\n');
}

void explain_rule(struct buf *out, struct engine *engine, struct matcher *matcher, uint16_t number, int chosen)
{
	const struct engine_rule *er = engine_rule(engine, number);
	const struct header *h = matcher_header(matcher);
	const struct engine_program *program = engine_program(engine, h->program);
	const struct pattern *pattern;
	struct event event;

	buf_addf(out, "  %s: ", er->rule->name);
	if (chosen == number) {
		buf_add_text(out, "matches\n");
		return;
	}
	if (!program_fits(program, number)) {
		buf_add_text(out, "is not for the program ");
		add_quoted(out, h->program.ptr, h->program.len);
		buf_addf(out, ": it wants %s\n", er->rule->program_text);
		return;
	}
	if (!literals_pass(&er->literals, h->message)) {
		say_literals(out, &er->literals, h->message);
		return;
	}
	pattern = engine_pattern(engine, number);
	if (pattern == NULL)
		buf_add_text(out, "has a pattern that is wrong\n");
	else if (er->wants_end && h->message.len > MATCH_WHOLE_MAX)
		buf_addf(out, "looks at the end of the line, and a message of over %d bytes may have been cut\n",
			 MATCH_WHOLE_MAX);
	else if (matcher_try(matcher, number, h->message, &event) && chosen >= 0)
		buf_addf(out, "matches too, but %s comes first\n", engine_rule(engine, (uint16_t)chosen)->rule->name);
	else
		say_pattern(out, pattern, h->message);
}
