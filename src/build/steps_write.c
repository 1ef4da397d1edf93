/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps_write: writes steps as a C function.
 *
 * Each step becomes a few lines, with a label where another step leads to it. Choices stand on a small stack, as in any
 * backtracking matcher; a step that fails goes to the end of the function, where the last choice is undone and the next
 * thing tried. Classes become functions of their own: class_write.
 */
#include "build/steps.h"

#include <string.h>

#include "build/class_write.h"
#include "detect/ready.h"
#include "detect/walk.h"

struct writing {
	FILE *out;
	const struct steps *steps;
	unsigned number;
	bool leads[STEPS_MAX + 1];   /* another step leads to it */
	unsigned functions[STEPS_CLASSES]; /* enum class_function: those of a class that are wanted */
	bool has_choices, has_runs;
};

/* Whether a message ends before each byte of the class: a newline or a carriage return stands behind it. */
static bool ends_by_itself(const struct steps *steps, unsigned class)
{
	return class > 0 && !byteset_has(steps->sets[class - 1], '\n') && !byteset_has(steps->sets[class - 1], '\r');
}

/* Whether literal bytes can be compared without asking where the message ends. */
static bool is_compared_freely(const struct steps *steps, const struct step *s)
{
	return s->len <= READY_BEHIND && memchr(steps->text + s->other, '\n', s->len) == NULL &&
	       memchr(steps->text + s->other, '\r', s->len) == NULL;
}

/* Whether a run ends where its bytes do, and need not be told. */
static bool runs_freely(const struct steps *steps, const struct step *s)
{
	return s->kind != STEP_LAZY && s->max == ITEMS_ENDLESS && ends_by_itself(steps, s->class);
}

static bool is_choice(enum step_kind kind)
{
	return kind == STEP_GREEDY || kind == STEP_LAZY || kind == STEP_SPLIT || kind == STEP_LATER;
}

static bool leads_on(enum step_kind kind)
{
	return kind == STEP_SPLIT || kind == STEP_BRANCH || kind == STEP_LATER || kind == STEP_JUMP;
}

static void look_through(struct writing *w)
{
	for (unsigned i = 0; i < w->steps->step_count; i++) {
		const struct step *s = &w->steps->steps[i];
		bool is_run = s->kind == STEP_RUN || s->kind == STEP_GREEDY || s->kind == STEP_LAZY;

		w->has_choices |= is_choice(s->kind);
		w->has_runs |= is_run || s->kind == STEP_ADDRESS;
		if (leads_on(s->kind))
			w->leads[s->other] = true;
		if (is_choice(s->kind) && s->kind != STEP_SPLIT)
			w->leads[i + 1] = true;
		if (is_run && runs_freely(w->steps, s))
			w->functions[s->class - 1] |= CLASS_RUN;
		else if (is_run && (s->kind != STEP_LAZY || s->min > 0))
			w->functions[s->class - 1] |= CLASS_LIMITED_RUN;
		else if (s->class != 0)
			w->functions[s->class - 1] |= CLASS_TELL;
		if (s->kind == STEP_LAZY)
			w->functions[s->class - 1] |= CLASS_TELL;
		if (s->rest != 0)
			w->functions[s->rest - 1] |= CLASS_TELL;
	}
}

/* ---- steps ---- */

static void write_text(const struct writing *w, const struct step *s)
{
	fputc('"', w->out);
	for (unsigned i = 0; i < s->len; i++)
		fprintf(w->out, "\\%03o", (unsigned)(unsigned char)w->steps->text[s->other + i]);
	fputc('"', w->out);
}

static void write_push(const struct writing *w, unsigned place, const char *at, const char *edge)
{
	fprintf(w->out, "\tif (!ready_push(choices, &height, %u, %s, %s))\n\t\treturn READY_UNSURE;\n", place, at, edge);
}

/* What is found is forgotten where the match goes back behind it. */
static void write_push_found(const struct writing *w, unsigned place)
{
	if (w->has_choices)
		fprintf(w->out, "\tif (height > 0 && !ready_push(choices, &height, %u, NULL, NULL))\n\t\treturn READY_UNSURE;\n", place);
}

static void write_run_step(const struct writing *w, const struct step *s, unsigned place)
{
	char limit[60] = "end", low[40] = "from";

	if (s->max != ITEMS_ENDLESS)
		snprintf(limit, sizeof(limit), "ready_limit(from, end, %u)", (unsigned)s->max);
	if (s->min > 0)
		snprintf(low, sizeof(low), "from + %u", (unsigned)s->min);
	fprintf(w->out, "\tfrom = p;\n");
	if (s->kind == STEP_LAZY) {
		if (s->min > 0)
			fprintf(w->out,
				"\tp = limited_%u_%u(p, ready_limit(from, end, %u));\n"
				"\tif (p - from < %u)\n\t\tgoto fail;\n",
				w->number, s->class - 1, (unsigned)s->min, (unsigned)s->min);
		write_push(w, place, "p", limit);
		return;
	}
	if (runs_freely(w->steps, s))
		fprintf(w->out, "\tp = run_%u_%u(p);\n", w->number, s->class - 1);
	else
		fprintf(w->out, "\tp = limited_%u_%u(p, %s);\n", w->number, s->class - 1, limit);
	if (s->min > 0)
		fprintf(w->out, "\tif (p - from < %u)\n\t\tgoto fail;\n", (unsigned)s->min);
	if (s->kind == STEP_GREEDY) {
		fprintf(w->out, "\tif (p > %s && !ready_push(choices, &height, %u, p, %s))\n\t\treturn READY_UNSURE;\n", low, place, low);
	}
}

static void write_tell_of(const struct writing *w, unsigned class, const char *what)
{
	fprintf(w->out, "\tif (%s!in_%u_%u(*p))\n\t\tgoto %s;\n", ends_by_itself(w->steps, class) ? "" : "p >= end || ", w->number,
		class - 1, what);
}

/* What says with which step to go on, and what of that can be undone. */
static void write_choosing_step(const struct writing *w, const struct step *s, unsigned place)
{
	char other[20];

	snprintf(other, sizeof(other), "s%u", s->other);
	switch (s->kind) {
	case STEP_SPLIT:
		if (s->class != 0)
			write_tell_of(w, s->class, other);
		write_push(w, place, "p", "NULL");
		break;
	case STEP_BRANCH:
		write_tell_of(w, s->class, other);
		break;
	case STEP_LATER:
		write_push(w, place, "p", "NULL");
		fprintf(w->out, "\tgoto %s;\n", other);
		break;
	case STEP_JUMP:
		fprintf(w->out, "\tgoto %s;\n", other);
		break;
	case STEP_HOLD:
		fprintf(w->out, "\theld_%u = height;\n\tplace_%u = p;\n", s->other, s->other);
		break;
	case STEP_BACK:
		fprintf(w->out, "\tp = place_%u;\n\theight = held_%u;\n", s->other, s->other);
		break;
	case STEP_CUT:
		fprintf(w->out, "\theight = held_%u;\n", s->other);
		break;
	case STEP_FAIL:
		fprintf(w->out, "\tgoto fail;\n");
		break;
	default:
		break;
	}
}

static void write_step(const struct writing *w, unsigned place)
{
	const struct step *s = &w->steps->steps[place];

	if (w->leads[place])
		fprintf(w->out, "s%u:\n", place);
	switch (s->kind) {
	case STEP_BYTES:
		fprintf(w->out, "\tif (");
		if (!is_compared_freely(w->steps, s))
			fprintf(w->out, "end - p < %u || ", s->len);
		fprintf(w->out, "!span_same(p, ");
		write_text(w, s);
		fprintf(w->out, ", %u))\n\t\tgoto fail;\n\tp += %u;\n", s->len, s->len);
		break;
	case STEP_NOT_BYTES:
		fprintf(w->out, "\tif (");
		if (!is_compared_freely(w->steps, s))
			fprintf(w->out, "end - p >= %u && ", s->len);
		fprintf(w->out, "span_same(p, ");
		write_text(w, s);
		fprintf(w->out, ", %u))\n\t\tgoto fail;\n", s->len);
		break;
	case STEP_ONE:
		write_tell_of(w, s->class, "fail");
		fprintf(w->out, "\tp++;\n");
		break;
	case STEP_RUN:
	case STEP_GREEDY:
	case STEP_LAZY:
		write_run_step(w, s, place);
		break;
	case STEP_ADDRESS:
		fprintf(w->out, "\tfrom = p;\n\tp = ready_address(p, end, found);\n\tif (p == NULL && ready_may_be_address(from))\n"
				"\t\treturn READY_UNSURE;\n\tif (p == NULL)\n\t\tgoto fail;\n");
		write_push_found(w, place);
		break;
	case STEP_AGAIN:
		fprintf(w->out, "\tif (!ready_again(&p, end, found))\n\t\tgoto fail;\n");
		break;
	case STEP_BEGIN:
		fprintf(w->out, "\topened_%u = p;\n", s->other);
		break;
	case STEP_END:
		write_push_found(w, place);
		fprintf(w->out, "\tfound->begins[%u] = opened_%u;\n\tfound->ends[%u] = p;\n", s->other, s->other, s->other);
		break;
	case STEP_LINE_END:
		fprintf(w->out, "\tif (p != end)\n\t\tgoto fail;\n");
		break;
	case STEP_WORD_EDGE:
		fprintf(w->out, "\tif (!ready_word_edge(begin, p, end))\n\t\tgoto fail;\n");
		break;
	case STEP_ACCEPT:
		fprintf(w->out, "\treturn READY_YES;\n");
		break;
	default:
		write_choosing_step(w, s, place);
		break;
	}
}

/* ---- going back ---- */

static void write_back_to(const struct writing *w, unsigned place)
{
	const struct step *s = &w->steps->steps[place];

	switch (s->kind) {
	case STEP_SPLIT:
		fprintf(w->out, "\t\tcase %u:\n\t\t\tp = c->at;\n\t\t\tgoto s%u;\n", place, s->other);
		break;
	case STEP_LATER:
		fprintf(w->out, "\t\tcase %u:\n\t\t\tp = c->at;\n\t\t\tgoto s%u;\n", place, place + 1);
		break;
	case STEP_GREEDY:
	case STEP_LAZY:
		fprintf(w->out, "\t\tcase %u:\n\t\t\tp = c->at;\n\t\t\tdo {\n", place);
		if (s->kind == STEP_GREEDY)
			fprintf(w->out, "\t\t\t\tif (p == c->edge)\n\t\t\t\t\tgoto fail;\n\t\t\t\tp--;\n");
		else
			fprintf(w->out, "\t\t\t\tif (p == c->edge || !in_%u_%u(*p))\n\t\t\t\t\tgoto fail;\n\t\t\t\tp++;\n", w->number,
				s->class - 1);
		if (s->rest == 0)
			fprintf(w->out, "\t\t\t} while (false);\n");
		else
			fprintf(w->out, "\t\t\t} while (%s!in_%u_%u(*p));\n", s->kind == STEP_LAZY ? "p != c->edge && " : "", w->number,
				s->rest - 1);
		fprintf(w->out, "\t\t\tc->at = p;\n\t\t\theight++;\n\t\t\tgoto s%u;\n", place + 1);
		break;
	case STEP_ADDRESS:
		fprintf(w->out, "\t\tcase %u:\n\t\t\tfound->address_begin = NULL;\n\t\t\tgoto fail;\n", place);
		break;
	case STEP_END:
		fprintf(w->out, "\t\tcase %u:\n\t\t\tfound->begins[%u] = NULL;\n\t\t\tgoto fail;\n", place, s->other);
		break;
	default:
		break;
	}
}

static void write_failing(const struct writing *w)
{
	fprintf(w->out, "fail:\n");
	if (w->has_choices) {
		fprintf(w->out, "\tif (height > 0) {\n\t\tstruct ready_choice *c = &choices[--height];\n\n"
				"\t\tif (++failures > READY_FAILURES)\n\t\t\treturn READY_UNSURE;\n\t\tswitch (c->place) {\n");
		for (unsigned i = 0; i < w->steps->step_count; i++)
			write_back_to(w, i);
		fprintf(w->out, "\t\t}\n\t}\n");
	}
	fprintf(w->out, "\treturn READY_NO;\n");
}

static void write_variables(const struct writing *w)
{
	const struct steps *steps = w->steps;
	unsigned heights = 0;

	fprintf(w->out, "\tconst char *p = begin;\n");
	if (w->has_runs)
		fprintf(w->out, "\tconst char *from;\n");
	if (w->has_choices)
		fprintf(w->out, "\tstruct ready_choice choices[READY_CHOICES];\n\tunsigned failures = 0;\n");
	for (unsigned i = 0; i < steps->step_count; i++) {
		if (steps->steps[i].kind == STEP_HOLD && steps->steps[i].other >= heights)
			heights = steps->steps[i].other + 1;
	}
	if (w->has_choices || heights > 0)
		fprintf(w->out, "\tunsigned height = 0;\n");
	for (unsigned i = 0; i < heights; i++)
		fprintf(w->out, "\tunsigned held_%u = 0;\n\tconst char *place_%u = p;\n", i, i);
	for (unsigned i = 0; i < steps->group_count; i++)
		fprintf(w->out, "\tconst char *opened_%u = p;\n", i);
	fprintf(w->out, "\n\tfound->address_begin = NULL;\n");
	for (unsigned i = 0; i < steps->group_count; i++)
		fprintf(w->out, "\tfound->begins[%u] = NULL;\n", i);
	for (unsigned i = 0; i < heights; i++)
		fprintf(w->out, "\t(void)place_%u;\n", i);
	fprintf(w->out, "\t(void)end;\n");
}

void steps_write(FILE *out, const struct steps *steps, unsigned number)
{
	struct writing w = { .out = out, .steps = steps, .number = number };

	look_through(&w);
	for (unsigned i = 0; i < steps->set_count; i++)
		class_write(out, steps->sets[i], number, i, w.functions[i]);
	fprintf(out, "\nstatic enum ready_verdict match_%u(const char *begin, const char *end, struct ready_found *found)\n{\n",
		number);
	write_variables(&w);
	for (unsigned i = 0; i < steps->step_count; i++)
		write_step(&w, i);
	write_failing(&w);
	fprintf(out, "}\n\n");
}
