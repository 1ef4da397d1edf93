/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * window: where evidence reaches a threshold.
 *
 * Evidence is a short array of marks sorted by time. A threshold is reached by the first event with which the events
 * of its class inside a span of the class's window, both ends included, are at least as many as the threshold says. A
 * known customer's failures for his own name have a threshold and a window of their own, for each name.
 * Pure: looks at what it is given and changes nothing.
 */
#include "judge/window.h"

/* Which evidence counts together. */
struct choice {
	uint8_t what, mask;     /* of what a mark says, the bits that matter: kind, class, perhaps weakness */
	bool firm_only;         /* only what nothing can forgive */
	bool same;              /* only that user */
	uint64_t user;
	uint32_t threshold;
	int64_t window;
};

/* The count of a mark that counts, else 0; without a branch, since which ones do is not to be foreseen. */
static inline uint32_t counted(const struct mark *m, bool counts)
{
	return m->count & (0U - counts);
}

static inline bool chosen(const struct choice *choice, const struct mark *m)
{
	if ((m->what & choice->mask) != choice->what)
		return false;
	if (choice->firm_only && mark_is_forgivable(m))
		return false;
	return !choice->same || mark_user(m) == choice->user;
}

static bool first_of(const struct choice *choice, const struct mark *marks, size_t count, struct crossing *crossing)
{
	uint64_t sum = 0;
	size_t begin = 0;

	if (choice->threshold == 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!chosen(choice, &marks[i]))
			continue;
		sum += marks[i].count;
		for (; (int64_t)marks[i].time - (int64_t)marks[begin].time > choice->window || !chosen(choice, &marks[begin]);
		     begin++) {
			if (chosen(choice, &marks[begin]))
				sum -= marks[begin].count;
		}
		if (sum >= choice->threshold) {
			*crossing = (struct crossing){ marks[i].time, (uint32_t)(sum < UINT32_MAX ? sum : UINT32_MAX),
						       choice->what & MARK_CLASS, (uint32_t)i };
			return true;
		}
	}
	return false;
}

static struct choice of_class(const struct judge_settings *settings, unsigned event_class)
{
	const struct judge_class *c = &settings->classes[event_class];

	return (struct choice){ .what = mark_what(MARK_FAIL, event_class), .mask = MARK_KIND | MARK_CLASS,
				.threshold = c->threshold, .window = c->window };
}

static struct choice of_known(const struct judge_settings *settings, uint64_t user)
{
	return (struct choice){ .what = mark_what(MARK_KNOWN, CLASS_AUTH), .mask = MARK_WEAK | MARK_KIND | MARK_CLASS,
				.same = true, .user = user, .threshold = settings->known_threshold,
				.window = settings->known_window };
}

/* In the same second the class that stands first wins, then what came first. */
static void keep_earlier(struct crossing *best, bool *found, const struct crossing *other)
{
	if (!*found || other->time < best->time || (other->time == best->time && other->by < best->by) ||
	    (other->time == best->time && other->by == best->by && other->at < best->at))
		*best = *other;
	*found = true;
}

bool window_first(const struct judge_settings *settings, const struct mark *marks, size_t count,
	struct crossing *crossing)
{
	struct crossing other;
	bool found = false;
	uint64_t sums[CLASS_COUNT] = { 0 };
	size_t first_known = count;
	unsigned classes = 0;

	for (size_t i = 0; i < count; i++) {
		if (mark_kind(&marks[i]) == MARK_FAIL) {
			sums[mark_class(&marks[i])] += marks[i].count;
			classes |= 1U << mark_class(&marks[i]);
		} else if (mark_kind(&marks[i]) == MARK_KNOWN && first_known == count) {
			first_known = i;
		}
	}
	for (; classes != 0; classes &= classes - 1) {
		unsigned c = (unsigned)__builtin_ctz(classes);
		struct choice choice;

		/* most addresses have less in all than a window may hold */
		if (sums[c] < settings->classes[c].threshold)
			continue;
		choice = of_class(settings, c);
		if (first_of(&choice, marks, count, &other))
			keep_earlier(crossing, &found, &other);
	}
	for (size_t i = first_known; i < count; i++) {
		struct choice choice = of_known(settings, mark_user(&marks[i]));

		if (mark_kind(&marks[i]) == MARK_KNOWN && first_of(&choice, marks, count, &other))
			keep_earlier(crossing, &found, &other);
	}
	return found;
}

bool window_first_firm(const struct judge_settings *settings, const struct mark *marks, size_t count,
	unsigned event_class, struct crossing *crossing)
{
	struct choice choice = of_class(settings, event_class);

	if (mail_forgives(event_class, false))
		return false;
	choice.firm_only = true;
	return first_of(&choice, marks, count, crossing);
}

bool window_first_with(const struct judge_settings *settings, const struct mark *marks, size_t count,
	const struct mark *added, struct crossing *crossing)
{
	struct choice choice;
	uint64_t sum = 0;

	if (mark_kind(added) == MARK_KNOWN) {
		choice = of_known(settings, mark_user(added));
		return first_of(&choice, marks, count, crossing);
	}
	for (const struct mark *m = marks; m < marks + count; m++)
		sum += counted(m, ((m->what ^ added->what) & (MARK_KIND | MARK_CLASS)) == 0);
	if (sum < settings->classes[mark_class(added)].threshold)
		return false;
	choice = of_class(settings, mark_class(added));
	return first_of(&choice, marks, count, crossing);
}

static inline bool is_like(const struct mark *m, const struct mark *like)
{
	return ((m->low ^ like->low) | (uint32_t)(m->high ^ like->high) | (uint32_t)(m->what ^ like->what)) == 0;
}

bool window_full(const struct judge_settings *settings, const struct mark *marks, size_t count,
	const struct mark *like)
{
	bool known = mark_kind(like) == MARK_KNOWN;
	struct choice choice;
	struct crossing crossing;
	uint64_t sum = 0;

	for (const struct mark *m = marks; m < marks + count; m++)
		sum += counted(m, is_like(m, like));
	/* most names have less in all than a window may hold */
	if (sum < window_threshold(settings, like))
		return false;
	choice = known ? of_known(settings, mark_user(like)) : of_class(settings, mark_class(like));
	choice.what = like->what;
	choice.mask = MARK_WEAK | MARK_KIND | MARK_CLASS;
	choice.same = true;
	choice.user = mark_user(like);
	return first_of(&choice, marks, count, &crossing);
}
