/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps_make: turns a pattern's text into steps.
 *
 * The text is read into items (pcre2pattern(3) says what they mean), and the items become steps in order. What comes
 * behind an item decides which steps it needs: a run of bytes that the rest cannot begin with never has to give any
 * back. Whatever is not known for certain makes the whole pattern PCRE2's: options, look behind, counted groups,
 * groups that are told of inside what is never tried twice.
 */
#include <string.h>

#include "build/steps.h"
#include "detect/walk.h"

enum { ITEMS_MAX = 768, ALTERNATIVES_MAX = 128, DEPTH_MAX = 12, COUNT_MOST = 1000 };

enum item_kind { ITEM_BYTES, ITEM_ADDRESS, ITEM_AGAIN, ITEM_GROUP, ITEM_LINE_END, ITEM_WORD_EDGE };

enum group_kind { GROUP_PLAIN, GROUP_USER, GROUP_COUNT, GROUP_ATOMIC, GROUP_AHEAD, GROUP_NOT_AHEAD };

enum mode { MODE_GREEDY, MODE_LAZY, MODE_POSSESSIVE };

struct item {
	enum item_kind kind;
	enum group_kind group;
	enum mode mode;
	uint32_t min, max;
	uint8_t set[32];          /* ITEM_BYTES: one of these */
	int byte;                 /* the only one of set; -1: there are several */
	uint16_t alternatives;    /* of a group, from 1 */
	uint16_t next;            /* from 1; 0: none */
};

struct alternative {
	uint16_t items, next;     /* from 1; 0: none */
};

struct maker {
	const char *at;
	bool failed;
	unsigned depth, sealed;   /* inside how many groups; inside how many things that are never tried twice */
	unsigned repeated;        /* inside how many loops */
	struct item items[ITEMS_MAX];
	unsigned item_count;
	struct alternative alternatives[ALTERNATIVES_MAX];
	unsigned alternative_count;
	unsigned height_count, text_len;
	bool has_address;
	struct steps *steps;
};

/* What a place in the pattern can go on with. */
struct first {
	uint8_t set[32];
	bool unknown;             /* it depends on more than the next byte */
	bool accepts;             /* the match may be complete here */
	bool at_end;              /* or the line may end here */
};

/* ---- reading ---- */

static uint16_t read_alternatives(struct maker *m);

static uint32_t read_number(struct maker *m)
{
	uint32_t value = 0;

	if (*m->at < '0' || *m->at > '9')
		m->failed = true;
	while (*m->at >= '0' && *m->at <= '9' && value < COUNT_MOST)
		value = value * 10 + (uint32_t)(*m->at++ - '0');
	return value;
}

static void read_quantifier(struct maker *m, struct item *item)
{
	item->min = *m->at == '?' || *m->at == '*' ? 0 : 1;
	item->max = *m->at == '*' || *m->at == '+' ? STEPS_ENDLESS : 1;
	item->mode = MODE_GREEDY;
	if (!walk_is_quantifier(*m->at))
		return;
	if (*m->at++ == '{') {
		item->min = item->max = read_number(m);
		if (*m->at == ',') {
			m->at++;
			item->max = *m->at == '}' ? STEPS_ENDLESS : read_number(m);
		}
		m->failed |= *m->at != '}' || item->min > item->max || item->max == 0;
		m->at += *m->at == '}';
	}
	if (*m->at == '?' || *m->at == '+')
		item->mode = *m->at++ == '?' ? MODE_LAZY : MODE_POSSESSIVE;
	m->failed |= walk_is_quantifier(*m->at);
}

static bool take_text(struct maker *m, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(m->at, text, len) != 0)
		return false;
	m->at += len;
	return true;
}

static void read_group(struct maker *m, struct item *item)
{
	item->kind = ITEM_GROUP;
	m->at++;
	if (take_text(m, "?:"))
		item->group = GROUP_PLAIN;
	else if (take_text(m, "?>"))
		item->group = GROUP_ATOMIC;
	else if (take_text(m, "?="))
		item->group = GROUP_AHEAD;
	else if (take_text(m, "?!"))
		item->group = GROUP_NOT_AHEAD;
	else if (take_text(m, "?<user>"))
		item->group = GROUP_USER;
	else if (take_text(m, "?<count>"))
		item->group = GROUP_COUNT;
	else
		m->failed = true;
	if (++m->depth > DEPTH_MAX)
		m->failed = true;
	item->alternatives = m->failed ? 0 : read_alternatives(m);
	m->depth--;
	m->failed |= *m->at != ')';
	m->at += *m->at == ')';
}

static void read_bytes(struct maker *m, struct item *item)
{
	struct walk w = { .at = m->at };
	int byte;

	item->kind = ITEM_BYTES;
	item->byte = -1;
	if (*m->at == '.') {
		m->at++;
		memset(item->set, 0xff, sizeof(item->set));
	} else if (walk_item_bytes(&w, item->set)) {
		m->at = w.at;
	} else if ((byte = walk_byte(&w)) >= 0) {
		m->at = w.at;
		item->byte = byte;
		byteset_add(item->set, (unsigned)byte);
	} else {
		m->failed = true;
	}
}

static void read_item(struct maker *m, struct item *item)
{
	*item = (struct item){ 0 };
	if (take_text(m, "<ADDR>")) {
		item->kind = ITEM_ADDRESS;
		m->failed |= m->has_address;
		m->has_address = true;
	} else if (take_text(m, "\\k<ADDR>")) {
		item->kind = ITEM_AGAIN;
		m->failed |= !m->has_address;
	} else if (*m->at == '(') {
		read_group(m, item);
	} else if (take_text(m, "$")) {
		item->kind = ITEM_LINE_END;
	} else if (take_text(m, "\\b")) {
		item->kind = ITEM_WORD_EDGE;
	} else {
		read_bytes(m, item);
	}
	read_quantifier(m, item);
}

static uint16_t read_sequence(struct maker *m)
{
	uint16_t begin = 0, last = 0;

	while (!m->failed && *m->at != '\0' && *m->at != '|' && *m->at != ')') {
		uint16_t number;

		if (m->item_count == ITEMS_MAX) {
		m->failed = true;
			break;
		}
		number = (uint16_t)++m->item_count;
		read_item(m, &m->items[number - 1]);
		if (last != 0)
			m->items[last - 1].next = number;
		else
			begin = number;
		last = number;
	}
	return begin;
}

static uint16_t read_alternatives(struct maker *m)
{
	uint16_t begin = 0, last = 0;

	do {
		uint16_t number;

		m->at += begin != 0; /* the | */
		if (m->alternative_count == ALTERNATIVES_MAX) {
			m->failed = true;
			break;
		}
		number = (uint16_t)++m->alternative_count;
		m->alternatives[number - 1] = (struct alternative){ 0 };
		m->alternatives[number - 1].items = read_sequence(m);
		if (last != 0)
			m->alternatives[last - 1].next = number;
		else
			begin = number;
		last = number;
	} while (!m->failed && *m->at == '|');
	return begin;
}

/* ---- what comes next ---- */

static const struct item *item_of(const struct maker *m, uint16_t number)
{
	return number != 0 ? &m->items[number - 1] : NULL;
}

static const struct alternative *alternative_of(const struct maker *m, uint16_t number)
{
	return number != 0 ? &m->alternatives[number - 1] : NULL;
}

static void add_first(struct first *to, const struct first *from)
{
	for (unsigned i = 0; i < 32; i++)
		to->set[i] |= from->set[i];
	to->unknown |= from->unknown;
	to->accepts |= from->accepts;
	to->at_end |= from->at_end;
}

static bool alternatives_empty(const struct maker *m, uint16_t number);

/* Whether the item can match without taking a byte. */
static bool is_empty(const struct maker *m, const struct item *item)
{
	if (item->kind == ITEM_GROUP)
		return item->min == 0 || item->group == GROUP_AHEAD || item->group == GROUP_NOT_AHEAD ||
		       alternatives_empty(m, item->alternatives);
	return item->kind == ITEM_LINE_END || item->kind == ITEM_WORD_EDGE || item->min == 0;
}

static bool sequence_empty(const struct maker *m, uint16_t number)
{
	for (const struct item *item = item_of(m, number); item != NULL; item = item_of(m, item->next)) {
		if (!is_empty(m, item))
			return false;
	}
	return true;
}

static bool alternatives_empty(const struct maker *m, uint16_t number)
{
	for (const struct alternative *a = alternative_of(m, number); a != NULL; a = alternative_of(m, a->next)) {
		if (sequence_empty(m, a->items))
			return true;
	}
	return false;
}

static struct first first_of_alternatives(const struct maker *m, uint16_t number, const struct first *behind);

/* What the item can begin with; what stands behind it is the caller's to add where it can be empty. */
static struct first first_of_item(const struct maker *m, const struct item *item)
{
	struct first f = { .unknown = false }, none = { .unknown = false };

	switch (item->kind) {
	case ITEM_BYTES:
		memcpy(f.set, item->set, sizeof(f.set));
		break;
	case ITEM_ADDRESS:
		for (unsigned c = 0; c < 256; c++) {
			if ((c >= '0' && c <= ':') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'))
				byteset_add(f.set, c);
		}
		break;
	case ITEM_GROUP:
		if (item->group == GROUP_AHEAD || item->group == GROUP_NOT_AHEAD)
			f.unknown = true;
		else
			f = first_of_alternatives(m, item->alternatives, &none);
		break;
	case ITEM_LINE_END:
		f.at_end = true;
		break;
	case ITEM_AGAIN:
	case ITEM_WORD_EDGE:
		f.unknown = true;
		break;
	}
	return f;
}

static struct first first_of(const struct maker *m, uint16_t number, const struct first *behind)
{
	struct first f = { .unknown = false };

	for (const struct item *item = item_of(m, number); item != NULL; item = item_of(m, item->next)) {
		struct first of_item = first_of_item(m, item);

		add_first(&f, &of_item);
		if (item->kind == ITEM_LINE_END || !is_empty(m, item))
			return f;
	}
	add_first(&f, behind);
	return f;
}

static struct first first_of_alternatives(const struct maker *m, uint16_t number, const struct first *behind)
{
	struct first f = { .unknown = false };

	for (const struct alternative *a = alternative_of(m, number); a != NULL; a = alternative_of(m, a->next)) {
		struct first of_one = first_of(m, a->items, behind);

		add_first(&f, &of_one);
	}
	return f;
}

static bool disjoint(const uint8_t *a, const uint8_t *b)
{
	for (unsigned i = 0; i < 32; i++) {
		if ((a[i] & b[i]) != 0)
			return false;
	}
	return true;
}

/* ---- writing ---- */

static void write_alternatives(struct maker *m, uint16_t number, const struct first *behind);

static unsigned put_step(struct maker *m, struct step step)
{
	if (m->steps->step_count == STEPS_MAX) {
		m->failed = true;
		return 0;
	}
	m->steps->steps[m->steps->step_count] = step;
	return m->steps->step_count++;
}

static unsigned class_of(struct maker *m, const uint8_t *set)
{
	struct steps *steps = m->steps;
	unsigned number = 0;

	while (number < steps->set_count && memcmp(steps->sets[number], set, 32) != 0)
		number++;
	if (number == STEPS_CLASSES) {
		m->failed = true;
		return 0;
	}
	if (number == steps->set_count)
		memcpy(steps->sets[steps->set_count++], set, 32);
	return number + 1;
}

/* The class of the bytes that must come, one of them; 0 where that cannot be said. */
static unsigned class_of_first(struct maker *m, const struct first *f)
{
	return f->unknown || f->accepts || f->at_end ? 0 : class_of(m, f->set);
}

/* Whether the next byte alone decides between the two, and for one only where there is such a byte. */
static bool decides(const struct first *one, const struct first *others)
{
	return !one->unknown && !one->accepts && !one->at_end && !others->unknown && !others->accepts &&
	       disjoint(one->set, others->set);
}

static void set_other(struct maker *m, unsigned step)
{
	if (!m->failed)
		m->steps->steps[step].other = m->steps->step_count;
}

static unsigned take_height(struct maker *m)
{
	if (m->height_count == STEPS_HEIGHTS) {
		m->failed = true;
		return 0;
	}
	return m->height_count++;
}

/* Literal bytes, from the item on; returns the last item of them. */
static const struct item *write_literal(struct maker *m, const struct item *item, enum step_kind kind)
{
	struct step step = { .kind = kind, .other = m->text_len };
	const struct item *last = item;

	for (; item != NULL && item->kind == ITEM_BYTES && item->byte >= 0 && item->min == 1 && item->max == 1;
	     item = item_of(m, item->next)) {
		if (m->text_len == STEPS_TEXT_MAX) {
			m->failed = true;
			return last;
		}
		m->steps->text[m->text_len++] = (char)item->byte;
		step.len++;
		last = item;
	}
	put_step(m, step);
	return last;
}

static bool all_wordy(const uint8_t *set)
{
	uint8_t wordy[32] = { 0 };
	struct walk w = { .at = "\\w" };

	walk_item_bytes(&w, wordy);
	for (unsigned i = 0; i < 32; i++) {
		if ((set[i] & ~wordy[i]) != 0)
			return false;
	}
	return true;
}

/* Whether a run has to be tried with other lengths than the longest one. */
static enum step_kind run_kind(const struct maker *m, const struct item *item, const struct first *behind)
{
	const struct item *next = item_of(m, item->next);
	bool apart = !behind->unknown && disjoint(item->set, behind->set);

	if (item->mode == MODE_POSSESSIVE || item->min == item->max)
		return STEP_RUN;
	if (item->mode == MODE_LAZY)
		return apart && !behind->accepts ? STEP_RUN : STEP_LAZY;
	/* behind all letters and digits of a word is its edge, and nowhere before */
	if (item->max == STEPS_ENDLESS && next != NULL && next->kind == ITEM_WORD_EDGE && item->min > 0 && all_wordy(item->set))
		return STEP_RUN;
	return apart ? STEP_RUN : STEP_GREEDY;
}

static void write_run(struct maker *m, const struct item *item, const struct first *behind)
{
	struct step step = { .class = class_of(m, item->set), .min = item->min, .max = item->max };

	step.kind = item->min == 1 && item->max == 1 ? STEP_ONE : run_kind(m, item, behind);
	if (step.kind == STEP_GREEDY || step.kind == STEP_LAZY) {
		m->steps->loops = true;
		if (!behind->unknown && !behind->accepts)
			step.rest = class_of(m, behind->set);
	}
	put_step(m, step);
}

/* What is never tried twice: nothing inside it is told of, and nothing behind it has a say. */
static void write_sealed(struct maker *m, uint16_t alternatives)
{
	struct first accepts = { .accepts = true };

	m->sealed++;
	write_alternatives(m, alternatives, &accepts);
	m->sealed--;
}

static void write_ahead(struct maker *m, const struct item *item)
{
	const struct alternative *only = alternative_of(m, item->alternatives);
	unsigned height, split;

	if (item->group == GROUP_NOT_AHEAD && only->next == 0 && only->items != 0) {
		unsigned step = m->steps->step_count, text_len = m->text_len;
		const struct item *last = write_literal(m, item_of(m, only->items), STEP_NOT_BYTES);

		if (last->next == 0 && !m->failed && m->steps->steps[step].len > 0)
			return;
		m->steps->step_count = step;
		m->text_len = text_len;
	}
	height = take_height(m);
	put_step(m, (struct step){ .kind = STEP_HOLD, .other = height });
	if (item->group == GROUP_AHEAD) {
		write_sealed(m, item->alternatives);
		put_step(m, (struct step){ .kind = STEP_BACK, .other = height });
		return;
	}
	split = put_step(m, (struct step){ .kind = STEP_SPLIT });
	write_sealed(m, item->alternatives);
	put_step(m, (struct step){ .kind = STEP_CUT, .other = height });
	put_step(m, (struct step){ .kind = STEP_FAIL });
	set_other(m, split);
}

/* The inside of a group, once. */
static void write_once(struct maker *m, const struct item *item, const struct first *behind)
{
	bool named = item->group == GROUP_USER || item->group == GROUP_COUNT;
	unsigned number = m->steps->group_count;

	if (named) {
		unsigned *count = item->group == GROUP_USER ? &m->steps->user_count : &m->steps->count_count;
		unsigned *numbers = item->group == GROUP_USER ? m->steps->users : m->steps->counts;

		if (*count == STEPS_GROUPS || m->sealed > 0 || m->repeated > 0) {
			m->failed = true;
			return;
		}
		numbers[(*count)++] = number;
		m->steps->group_count++;
		put_step(m, (struct step){ .kind = STEP_BEGIN, .other = number });
	}
	write_alternatives(m, item->alternatives, behind);
	if (named)
		put_step(m, (struct step){ .kind = STEP_END, .other = number });
}

/* (...)? */
static void write_optional(struct maker *m, const struct item *item, const struct first *behind)
{
	struct first inside = first_of_alternatives(m, item->alternatives, behind);
	bool apart = decides(&inside, behind);
	unsigned split;

	if (item->mode == MODE_POSSESSIVE && !apart)
		m->failed = true;
	split = put_step(m, (struct step){ .kind = item->mode == MODE_LAZY ? STEP_LATER : apart ? STEP_BRANCH : STEP_SPLIT,
					   .class = item->mode == MODE_LAZY ? 0 : class_of_first(m, &inside) });
	write_once(m, item, behind);
	set_other(m, split);
}

/* (...)* and (...)+ */
static void write_loop(struct maker *m, const struct item *item, const struct first *behind)
{
	struct first inside = first_of_alternatives(m, item->alternatives, behind), accepts = { .accepts = true }, both = *behind;
	bool possessive = item->mode == MODE_POSSESSIVE;
	unsigned height = possessive ? take_height(m) : 0, begin, split;

	/* an empty turn would go on for ever */
	m->failed |= item->group != GROUP_PLAIN || alternatives_empty(m, item->alternatives);
	add_first(&both, &inside);
	m->steps->loops = true;
	if (possessive) {
		both = accepts;
		m->sealed++;
		put_step(m, (struct step){ .kind = STEP_HOLD, .other = height });
	}
	m->repeated++;
	if (item->min == 1)
		write_once(m, item, &both);
	begin = m->steps->step_count;
	if (possessive)
		put_step(m, (struct step){ .kind = STEP_CUT, .other = height });
	split = put_step(m, (struct step){ .kind = item->mode == MODE_LAZY ? STEP_LATER : STEP_SPLIT,
					   .class = item->mode == MODE_LAZY ? 0 : class_of_first(m, &inside) });
	write_once(m, item, &both);
	put_step(m, (struct step){ .kind = STEP_JUMP, .other = begin });
	set_other(m, split);
	m->repeated--;
	if (possessive) {
		m->sealed--;
		put_step(m, (struct step){ .kind = STEP_CUT, .other = height });
	}
}

static void write_group(struct maker *m, const struct item *item, const struct first *behind)
{
	bool once = item->min == 1 && item->max == 1;

	if (item->group == GROUP_AHEAD || item->group == GROUP_NOT_AHEAD) {
		m->failed |= !once;
		write_ahead(m, item);
	} else if (item->group == GROUP_ATOMIC) {
		unsigned height = take_height(m);

		m->failed |= !once;
		put_step(m, (struct step){ .kind = STEP_HOLD, .other = height });
		write_sealed(m, item->alternatives);
		put_step(m, (struct step){ .kind = STEP_CUT, .other = height });
	} else if (once) {
		write_once(m, item, behind);
	} else if (item->min == 0 && item->max == 1) {
		write_optional(m, item, behind);
	} else if (item->min <= 1 && item->max == STEPS_ENDLESS) {
		write_loop(m, item, behind);
	} else {
		m->failed = true;
	}
}

static void write_sequence(struct maker *m, uint16_t number, const struct first *behind)
{
	for (const struct item *item = item_of(m, number); item != NULL && !m->failed; item = item_of(m, item->next)) {
		struct first rest = first_of(m, item->next, behind);
		bool once = item->min == 1 && item->max == 1;

		switch (item->kind) {
		case ITEM_BYTES:
			if (item->byte >= 0 && once)
				item = write_literal(m, item, STEP_BYTES);
			else
				write_run(m, item, &rest);
			break;
		case ITEM_ADDRESS:
			m->failed |= !once || m->sealed > 0 || m->repeated > 0;
			put_step(m, (struct step){ .kind = STEP_ADDRESS });
			break;
		case ITEM_GROUP:
			write_group(m, item, &rest);
			break;
		case ITEM_AGAIN:
		case ITEM_LINE_END:
		case ITEM_WORD_EDGE:
			m->failed |= !once;
			put_step(m, (struct step){ .kind = item->kind == ITEM_AGAIN ? STEP_AGAIN :
								item->kind == ITEM_LINE_END ? STEP_LINE_END : STEP_WORD_EDGE });
			break;
		}
	}
}

static void write_alternatives(struct maker *m, uint16_t number, const struct first *behind)
{
	unsigned jumps[ALTERNATIVES_MAX], jump_count = 0;

	for (const struct alternative *a = alternative_of(m, number); a != NULL && !m->failed; a = alternative_of(m, a->next)) {
		struct first one = first_of(m, a->items, behind), others = first_of_alternatives(m, a->next, behind);
		unsigned split = 0;

		if (a->next != 0)
			split = put_step(m, (struct step){ .kind = decides(&one, &others) ? STEP_BRANCH : STEP_SPLIT,
							   .class = class_of_first(m, &one) });
		write_sequence(m, a->items, behind);
		if (a->next == 0)
			break;
		jumps[jump_count++] = put_step(m, (struct step){ .kind = STEP_JUMP });
		set_other(m, split);
	}
	for (unsigned i = 0; i < jump_count; i++)
		set_other(m, jumps[i]);
}

bool steps_make(struct steps *steps, const char *pattern)
{
	struct first accepts = { .accepts = true }, first;
	struct maker m = { .at = pattern, .steps = steps };
	uint16_t all;

	memset(steps, 0, sizeof(*steps));
	if (*m.at == '^')
		m.at++;
	all = read_alternatives(&m);
	if (m.failed || *m.at != '\0')
		return false;
	first = first_of_alternatives(&m, all, &accepts);
	if (first.unknown || first.accepts || first.at_end)
		memset(steps->first, 0xff, sizeof(steps->first));
	else
		memcpy(steps->first, first.set, sizeof(steps->first));
	write_alternatives(&m, all, &accepts);
	put_step(&m, (struct step){ .kind = STEP_ACCEPT });
	return !m.failed;
}
