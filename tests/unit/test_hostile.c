/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile: whatever a client says, the address that is taken is the client's own, or none.
 *
 * Every rule has templates of its lines (tests/corpus/hostile.txt). The fields that are the client's are
 * filled with pieces of real lines of all servers, above all with what follows the field in the same line,
 * so that the client's text imitates the server's, with a stranger's address in it. Lines that no rule knows have
 * templates, too, where the client's words stand ahead or alone.
 */
#include "random.h"
#include "templates.h"

#include "addr/addr.h"
#include "base/sanitized.h"
#include "detect/engine.h"
#include "detect/match.h"
#include "detect/sessions.h"

enum { LINES = SANITIZED ? 50000 : 1000000 };

struct world {
	struct templates templates;
	struct ruleset set;
	struct engine *engine;
	struct matcher *matcher;
	uint64_t random;
	char victim4[ADDR_TEXT_MAX], victim[ADDR_TEXT_MAX];
};

static size_t draw(struct world *w, size_t below)
{
	return random_below(&w->random, below);
}

static int set_up(void **state)
{
	struct world *w = mem_zalloc(1, sizeof(*w));

	templates_load(&w->templates);
	assert_int_equal(rules_load(&w->set, NULL, RULES_WITH_SAMPLES), 0);
	assert_int_equal(engine_new(&w->engine, &w->set, true), 0);
	w->matcher = matcher_new(w->engine);
	matcher_begin(w->matcher, 1795262400, NULL);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	matcher_free(w->matcher);
	engine_free(w->engine);
	rules_free(&w->set);
	buf_free(&w->templates.file);
	free(w);
	return 0;
}

static void begin_line(struct buf *line, const char *program)
{
	buf_clear(line);
	buf_addf(line, "Nov  3 10:00:00 mx %s[4711]: ", program);
}

static void assert_plain(struct world *w, const struct template *t, const char *address)
{
	struct buf line = { 0 };
	struct event event = { 0 };
	struct addr want;
	const struct rule *rule;

	begin_line(&line, t->program);
	template_imitate(&line, t->text, "192.0.2.1", address);
	assert_true(addr_parse(&want, address, strlen(address)));
	if (matcher_line(w->matcher, buf_span(&line), &event) != MATCH_EVENT)
		fail_msg("no event: %s", buf_text(&line));
	rule = engine_rule(w->engine, event.rule)->rule;
	if (strcmp(rule->name, t->rule) != 0)
		fail_msg("%s, not %s: %s", rule->name, t->rule, buf_text(&line));
	if ((event.flags & EVENT_NO_ADDRESS) == 0 && !addr_equal(&event.addr, &want))
		fail_msg("wrong address: %s", buf_text(&line));
	buf_free(&line);
}

static void assert_unknown(struct world *w, const struct template *t)
{
	struct buf line = { 0 };
	struct event event = { 0 };

	begin_line(&line, t->program);
	template_imitate(&line, t->text, "192.0.2.1", "192.0.2.1");
	if (matcher_line(w->matcher, buf_span(&line), &event) == MATCH_EVENT)
		fail_msg("an event: %s", buf_text(&line));
	buf_free(&line);
}

static void templates_are_lines_of_their_rules(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < w->templates.count; i++) {
		const struct template *t = &w->templates.all[i];

		if (!template_has_rule(t)) {
			assert_unknown(w, t);
			continue;
		}
		assert_plain(w, t, "192.0.2.1");
		if (strstr(t->text, "{4}") == NULL && strstr(t->text, "{A}") != NULL)
			assert_plain(w, t, "2001:db8::1");
	}
}

static void every_rule_has_a_template(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < w->set.count; i++) {
		bool found = false;

		for (size_t k = 0; k < w->templates.count && !found; k++)
			found = strcmp(w->templates.all[k].rule, w->set.rules[i].name) == 0;
		if (!found)
			fail_msg("%s has no template", w->set.rules[i].name);
	}
}

static const char *const fragments[] = {
	"rip=", "rhost=", "relay=", ", ip=[", "client=", ", client: ", "from ", " from ", "user=<", ">, rip=", " - ", "lip=",
	"origin_ip: ", "address=", "oip=", ";ip=", ";oip=", "[", "]", "] ", "<", ">", "(", ")", ") [", "]: ", "\"", "'", ": ", ":",
	",", ", ", ";", " ", "  ", "\t", "\\", "/", "=", "@", "|", "SASL LOGIN authentication failed", "auth failed, 9 attempts",
	"unknown user", "Password mismatch", "unknown[", "H=(", "reject=", "535 ", "\xff\xfe", "\xc3\xa9", "\r", "\x1b[2J", "a@b",
	"a", "0", "$", "helo=<", "] blocked using a.b; Error: ", " from local;", "#012", "\\012", "\\n", "\001", "{\"log\":\"",
	"message repeated 9 times: [ ", "last message repeated 9 times", "2026-11-03T10:00:00.000000000Z stdout F ",
	"generic failure", "SASL(-1): generic failure", "rejected RCPT <", "to=<", "session=<", ", session=<x>", "TLS", ", TLS", "user=", " user=", "authid=",
};

static const char *const names[] = {
	"host.example.net", "unknown", "203.0.113.9", "203-0-113-9.example.net", "rip", "from", "client.example.org", "a", "1.2.3.4",
	"localhost", "unknown.203.0.113.9", "xn--a.example", "a-.-b", "2001.db8.dead.example", "PLAIN", "LOGIN",
};

static void new_victims(struct world *w)
{
	snprintf(w->victim4, sizeof(w->victim4), "203.0.113.%u", (unsigned)draw(w, 256));
	switch (draw(w, 4)) {
	case 0:
		snprintf(w->victim, sizeof(w->victim), "2001:db8:dead::%x", (unsigned)draw(w, 65536));
		break;
	case 1:
		snprintf(w->victim, sizeof(w->victim), "::ffff:203.0.113.%u", (unsigned)draw(w, 256));
		break;
	default:
		memcpy(w->victim, w->victim4, sizeof(w->victim));
	}
}

/* One piece of what the client says; rest: what follows the field in the line. */
static void add_piece(struct world *w, struct buf *out, const char *rest, const char *whole)
{
	const struct template *other = &w->templates.all[draw(w, w->templates.count)];

	switch (draw(w, 9)) {
	case 0:
	case 1:
		template_imitate(out, rest, w->victim4, w->victim);
		break;
	case 2:
		template_imitate(out, whole, w->victim4, w->victim);
		break;
	case 3:
		template_imitate(out, other->text + (draw(w, 2) ? draw(w, strlen(other->text)) : 0), w->victim4, w->victim);
		break;
	case 4:
		buf_add_text(out, w->victim);
		break;
	case 5:
		/* the beginning of the rest: "x" that closes the field as the server would */
		buf_add(out, rest, draw(w, strlen(rest) + 1));
		break;
	case 6:
		/* a line break as rsyslog writes it, and a whole line behind it */
		buf_addf(out, "#012Nov  3 10:00:00 mx %s[4711]: ", other->program);
		template_imitate(out, other->text, w->victim4, w->victim);
		break;
	default:
		buf_add_text(out, fragments[draw(w, sizeof(fragments) / sizeof(fragments[0]))]);
	}
}

static void say(struct world *w, struct buf *out, const char *rest, const char *whole)
{
	uint64_t pieces = draw(w, 5);

	buf_clear(out);
	if (draw(w, 4) == 0)
		buf_add_text(out, "x");
	for (uint64_t i = 0; i < pieces; i++)
		add_piece(w, out, rest, whole);
	for (size_t i = 0; i < out->len; i++) {
		if (out->ptr[i] == '\n' || out->ptr[i] == '\001')
			out->ptr[i] = out->ptr[i] == '\n' ? ' ' : '\0';
	}
}

static void add_word(struct buf *out, const struct buf *said)
{
	for (size_t i = 0; i < said->len; i++)
		buf_add_char(out, said->ptr[i] == ' ' ? '_' : said->ptr[i]);
}

/* Fills a template: the client says the same in all of its fields, or something else in each. */
static void fill(struct world *w, struct buf *line, const struct template *t, const char *v4, const char *address)
{
	struct buf said = { 0 };
	bool same = draw(w, 2), any = false;

	begin_line(line, t->program);
	for (const char *p = t->text; *p != '\0';) {
		char field = template_field(p);

		if (field == 0) {
			buf_add_char(line, *p++);
			continue;
		}
		p += 3;
		if ((field == 'X' || field == 'W') && (!same || !any)) {
			say(w, &said, p, t->text);
			any = true;
		}
		if (field == 'X')
			buf_add(line, said.ptr, said.len);
		else if (field == 'W')
			add_word(line, &said);
		else if (field == 'N')
			buf_add_text(line, names[draw(w, sizeof(names) / sizeof(names[0]))]);
		else
			buf_add_text(line, field == '4' ? v4 : address);
	}
	buf_free(&said);
}

/* A line that a logger cuts at its limit, right where the imitation ends: what the server wrote behind it is gone. */
static void fill_and_cut(struct world *w, struct buf *line, const struct template *t, const char *v4, const char *address)
{
	static const size_t limits[] = { 1024, 2048, 4096, 8192 };
	size_t limit = limits[draw(w, 4)], fields = 0, chosen;
	struct buf imitation = { 0 };

	for (const char *p = t->text; *p != '\0'; p++)
		fields += template_field(p) == 'X';
	chosen = fields > 0 ? draw(w, fields) : 0;
	begin_line(line, t->program);
	for (const char *p = t->text; *p != '\0';) {
		char field = template_field(p);
		size_t pad, before;

		if (field == 0) {
			buf_add_char(line, *p++);
			continue;
		}
		p += 3;
		if (field != 'X' || chosen-- != 0) {
			buf_add_text(line, field == '4' ? v4 : field == 'A' ? address : "x");
			continue;
		}
		template_imitate(&imitation, p, w->victim4, w->victim);
		pad = line->len + imitation.len < limit ? limit - line->len - imitation.len : 0;
		/* the padding goes ahead of the imitation, behind it, or somewhere into it */
		before = draw(w, 3) == 0 ? 0 : draw(w, 2) ? imitation.len : draw(w, imitation.len + 1);
		buf_add(line, imitation.ptr, before);
		for (size_t i = 0; i < pad; i++)
			buf_add_char(line, 'a');
		buf_add(line, imitation.ptr + before, imitation.len - before);
	}
	if (line->len > limit)
		line->len = limit;
	buf_free(&imitation);
}

/* Whether the client has made more of its line than the server said: a login, or trouble that is not his. */
static bool is_better(const struct world *w, const struct template *t, enum event_class event_class)
{
	const struct rule *rule = rules_find(&w->set, t->rule);

	return (event_class == CLASS_GOOD || event_class == CLASS_TROUBLE) && rule != NULL &&
	       rule->event_class != event_class;
}

/* The connection of the event when the client says nothing of note. */
static uint64_t plain_connection(struct world *w, const struct template *t, const char *v4, const char *address)
{
	struct buf line = { 0 };
	struct event event = { 0 };

	begin_line(&line, t->program);
	template_imitate(&line, t->text, v4, address);
	(void)matcher_line(w->matcher, buf_span(&line), &event);
	buf_free(&line);
	return event.connection;
}

/* rsyslog writes a message that came several times so. */
static void repeat(struct world *w, struct buf *line)
{
	struct buf message = { 0 };
	size_t begin = (size_t)(strstr(buf_text(line), "]: ") + 3 - line->ptr);

	buf_add(&message, line->ptr + begin, line->len - begin);
	line->len = begin;
	buf_addf(line, "message repeated %u times: [ ", 2 + (unsigned)draw(w, 9));
	buf_add(line, message.ptr, message.len);
	buf_add_char(line, ']');
	buf_free(&message);
}

typedef void fill_line(struct world *w, struct buf *line, const struct template *t, const char *v4, const char *address);

/* Returns how many of the lines gave an event. */
static unsigned try_lines(struct world *w, unsigned lines, fill_line *fill_one)
{
	struct buf line = { 0 };
	unsigned events = 0;

	for (unsigned i = 0; i < lines; i++) {
		const struct template *t = &w->templates.all[i % w->templates.count];
		struct addr client, client4;
		struct event event = { 0 };
		char v4[ADDR_TEXT_MAX], v6[ADDR_TEXT_MAX];
		const char *address = draw(w, 2) ? v4 : v6;

		new_victims(w);
		snprintf(v4, sizeof(v4), "198.51.100.%u", (unsigned)draw(w, 256));
		snprintf(v6, sizeof(v6), "2001:db8:1::%x", (unsigned)draw(w, 65536));
		assert_true(addr_parse(&client4, v4, strlen(v4)) && addr_parse(&client, address, strlen(address)));
		fill_one(w, &line, t, v4, address);
		if (draw(w, 16) == 0)
			repeat(w, &line);
		if (matcher_line(w->matcher, buf_span(&line), &event) != MATCH_EVENT || (event.flags & EVENT_NO_ADDRESS) != 0)
			continue;
		events++;
		if (is_better(w, t, event.event_class))
			fail_msg("%s took what a client wrote for %s, in a line of %s: %s",
				 engine_rule(w->engine, event.rule)->rule->name, event_class_name(event.event_class), t->rule,
				 buf_text(&line));
		if (!addr_equal(&event.addr, &client) && !addr_equal(&event.addr, &client4))
			fail_msg("%s took a stranger's address (client %s): %s", engine_rule(w->engine, event.rule)->rule->name, address,
				 buf_text(&line));
		if (event.connection != 0 && draw(w, 4) == 0 && event.connection != plain_connection(w, t, v4, address))
			fail_msg("%s took another connection: %s", engine_rule(w->engine, event.rule)->rule->name, buf_text(&line));
	}
	for (size_t i = 0; i < w->set.count; i++)
		assert_int_equal(matcher_limit_hits(w->matcher, (uint16_t)i), 0);
	buf_free(&line);
	return events;
}

static void takes_no_strangers_address(void **state)
{
	struct world *w = *state;
	unsigned events;

	w->random = random_begin(random_seed());
	events = try_lines(w, LINES, fill);
	print_message("%u of %u lines gave an event\n", events, (unsigned)LINES);
	/* else nothing was tried */
	assert_true(events > LINES / 4);
}

static void takes_none_from_lines_that_were_cut(void **state)
{
	struct world *w = *state;

	w->random = random_begin(random_seed());
	assert_true(try_lines(w, LINES / 5, fill_and_cut) > LINES / 50);
}

/* What the client says in a line of a program whose logger makes pieces of long ones: it fills the first piece, and goes
 * on with an imitation where the next one begins, or somewhere about there. */
static void fill_pieces(struct world *w, struct buf *message, const struct template *t, const char *address)
{
	enum { FIRST = 505 };
	const struct template *other = &w->templates.all[draw(w, w->templates.count)];
	bool said = false;

	buf_clear(message);
	for (const char *p = t->text; *p != '\0';) {
		char field = template_field(p);

		if (field == 0) {
			buf_add_char(message, *p++);
			continue;
		}
		p += 3;
		if (field != 'X' || said) {
			buf_add_text(message, field == 'A' || field == '4' ? address : "x");
			continue;
		}
		said = true;
		for (size_t until = FIRST + (draw(w, 2) ? 0 : draw(w, 12)); message->len < until;)
			buf_add_char(message, 'b');
		template_imitate(message, draw(w, 2) ? t->text : other->text, w->victim4, w->victim);
		for (uint64_t pad = draw(w, 2) ? draw(w, 600) : 0; pad > 0; pad--)
			buf_add_char(message, 'a');
	}
}

/* Nor does anybody log in by them. */
static void take_pieces(struct world *w, struct pieces *pieces, const struct template *t, const struct buf *message,
	const char *address)
{
	struct buf line = { 0 };
	struct addr client;

	assert_true(addr_parse(&client, address, strlen(address)));
	for (size_t at = 0, len = 505; at < message->len; at += len, len = 511) {
		struct event event = { .time = 0 };

		buf_clear(&line);
		buf_addf(&line, "Nov  3 10:00:00 mx %s: ", t->program);
		buf_add(&line, message->ptr + at, message->len - at < len ? message->len - at : len);
		if (matcher_line(w->matcher, buf_span(&line), &event) != MATCH_EVENT ||
		    !pieces_believes(pieces, 0, &event))
			continue;
		if (event.event_class == CLASS_GOOD || !addr_equal(&event.addr, &client))
			fail_msg("%s believed a piece of a line (client %s): %s", engine_rule(w->engine, event.rule)->rule->name,
				 address, buf_text(&line));
	}
	buf_free(&line);
}

static void believes_no_piece_of_a_line(void **state)
{
	struct world *w = *state;
	struct pieces pieces = { 0 };
	struct buf message = { 0 };
	unsigned tried = 0;

	w->random = random_begin(random_seed());
	for (unsigned i = 0; i < LINES / 5; i++) {
		const struct template *t = &w->templates.all[i % w->templates.count];
		struct span program = { t->program, strlen(t->program) };

		if (engine_program(w->engine, program)->pieces == 0 || strstr(t->text, "{X}") == NULL)
			continue;
		new_victims(w);
		fill_pieces(w, &message, t, "198.51.100.7");
		take_pieces(w, &pieces, t, &message, "198.51.100.7");
		tried++;
	}
	/* else there is no such program any more */
	assert_true(tried > LINES / 200);
	buf_free(&message);
	pieces_free(&pieces);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates_are_lines_of_their_rules),
		cmocka_unit_test(every_rule_has_a_template),
		cmocka_unit_test(takes_no_strangers_address),
		cmocka_unit_test(takes_none_from_lines_that_were_cut),
		cmocka_unit_test(believes_no_piece_of_a_line),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
