/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps_make: turns the items of a pattern into steps.
 *
 * What comes behind an item decides which steps it needs: a run of bytes that the rest cannot begin with never has to give
 * any back. Counted groups, and groups that are told of inside what is never tried twice, are left to PCRE2.
 */
#include <string.h>

#include "build/steps.h"
#include "detect/walk.h"

struct maker {
	struct items items;
	bool failed;
	unsigned sealed;          /* inside how many things that are never tried twice */
	unsigned repeated;        /* inside how many loops */
	unsigned height_count, text_len;
	struct steps *steps;
};

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
	       first_disjoint(one->set, others->set);
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
	     item = item_of(&m->items, item->next)) {
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
	const struct item *next = item_of(&m->items, item->next);
	bool apart = !behind->unknown && first_disjoint(item->set, behind->set);

	if (item->mode == MODE_POSSESSIVE || item->min == item->max)
		return STEP_RUN;
	if (item->mode == MODE_LAZY)
		return apart && !behind->accepts ? STEP_RUN : STEP_LAZY;
	/* behind all letters and digits of a word is its edge, and nowhere before */
	if (item->max == ITEMS_ENDLESS && next != NULL && next->kind == ITEM_WORD_EDGE && item->min > 0 && all_wordy(item->set))
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
	const struct alternative *only = alternative_of(&m->items, item->alternatives);
	unsigned height, split;

	if (item->group == GROUP_NOT_AHEAD && only->next == 0 && only->items != 0) {
		unsigned step = m->steps->step_count, text_len = m->text_len;
		const struct item *last = write_literal(m, item_of(&m->items, only->items), STEP_NOT_BYTES);

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
	struct first inside = first_of_alternatives(&m->items, item->alternatives, behind);
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
	struct first inside = first_of_alternatives(&m->items, item->alternatives, behind), accepts = { .accepts = true }, both = *behind;
	bool possessive = item->mode == MODE_POSSESSIVE;
	unsigned height = possessive ? take_height(m) : 0, begin, split;

	/* an empty turn would go on for ever */
	m->failed |= item->group != GROUP_PLAIN || alternatives_empty(&m->items, item->alternatives);
	first_add(&both, &inside);
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
	} else if (item->min <= 1 && item->max == ITEMS_ENDLESS) {
		write_loop(m, item, behind);
	} else {
		m->failed = true;
	}
}

static void write_sequence(struct maker *m, uint16_t number, const struct first *behind)
{
	for (const struct item *item = item_of(&m->items, number); item != NULL && !m->failed; item = item_of(&m->items, item->next)) {
		struct first rest = first_of(&m->items, item->next, behind);
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

	for (const struct alternative *a = alternative_of(&m->items, number); a != NULL && !m->failed; a = alternative_of(&m->items, a->next)) {
		struct first one = first_of(&m->items, a->items, behind), others = first_of_alternatives(&m->items, a->next, behind);
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
	struct maker m = { .steps = steps };
	uint16_t all = items_read(&m.items, pattern);

	memset(steps, 0, sizeof(*steps));
	if (all == 0)
		return false;
	first = first_of_alternatives(&m.items, all, &accepts);
	if (first.unknown || first.accepts || first.at_end)
		memset(steps->first, 0xff, sizeof(steps->first));
	else
		memcpy(steps->first, first.set, sizeof(steps->first));
	write_alternatives(&m, all, &accepts);
	put_step(&m, (struct step){ .kind = STEP_ACCEPT });
	return !m.failed;
}
