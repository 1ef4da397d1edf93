/* SPDX-License-Identifier: GPL-2.0-or-later */
/* window: where evidence reaches a threshold. Inside src/judge only. */
#ifndef MAILBAN_JUDGE_WINDOW_H
#define MAILBAN_JUDGE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/settings.h"
#include "judge/store.h"

/* The event that reached a threshold. */
struct crossing {
	uint32_t time;
	uint32_t hits;       /* events inside the window that ends with it */
	uint8_t by;          /* class */
	uint32_t at;         /* its place among the marks */
};

static inline bool mark_is_evidence(const struct mark *m)
{
	return mark_kind(m) == MARK_FAIL || mark_kind(m) == MARK_KNOWN;
}

/* Marks stand in an order: these come first; behind them evidence and bans that ended, each by time. */
static inline bool mark_is_in_front(const struct mark *m)
{
	return ((1U << MARK_LOGIN | 1U << MARK_GOOD | 1U << MARK_TOTAL) >> mark_kind(m) & 1U) != 0;
}

/* Whether accepted mail speaks against it. */
static inline bool mail_forgives(unsigned event_class, bool weak)
{
	return weak || event_class == CLASS_UNKNOWN;
}

/* Whether some success could take it away. */
static inline bool mark_is_forgivable(const struct mark *m)
{
	return mark_user(m) != 0 || mail_forgives(mark_class(m), (m->what & MARK_WEAK) != 0);
}

/* The first event that reached a threshold of any class, over evidence sorted by time; false: none did. */
bool window_first(const struct judge_settings *settings, const struct mark *marks, size_t count,
	struct crossing *crossing);

/* The same where nothing reached one before the mark added came: it is one of the marks. */
bool window_first_with(const struct judge_settings *settings, const struct mark *marks, size_t count,
	const struct mark *added, struct crossing *crossing);

/* The same for one class, over the evidence that nothing can forgive. */
bool window_first_firm(const struct judge_settings *settings, const struct mark *marks, size_t count,
	unsigned event_class, struct crossing *crossing);

/* The threshold of evidence like it; 0: none. */
static inline uint32_t window_threshold(const struct judge_settings *settings, const struct mark *like)
{
	return mark_kind(like) == MARK_KNOWN ? settings->known_threshold : settings->classes[mark_class(like)].threshold;
}

/* Whether the evidence of the class, user and weakness of like reaches its threshold all alone. */
bool window_full(const struct judge_settings *settings, const struct mark *marks, size_t count,
	const struct mark *like);

#endif
