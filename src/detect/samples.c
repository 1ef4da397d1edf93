/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * samples: the proof that rules do what their own samples say.
 *
 * A sample is a message without its header. A hit must give an event, and must hold the rule's literals, which decide
 * whether the rule is tried at all. A miss must give none. Nothing is fatal here: all faults are told, so that a
 * person can mend them at once, or the first one alone.
 */
#include "detect/samples.h"

#include <string.h>

#include "base/msg.h"
#include "detect/match.h"

static bool fault(const struct rule *rule, const char *what, const char *sample)
{
	msg_at(rule->file, rule->line, "rule %s: %s: %s", rule->name, what, sample);
	return false;
}

static bool check_sample(struct matcher *matcher, const struct engine_rule *er, const char *sample, bool wanted)
{
	struct span message = { sample, strlen(sample) };
	struct event event;
	bool hit = matcher_try(matcher, er->number, message, &event);

	if (hit && !wanted)
		return fault(er->rule, "a miss sample hits; mend the pattern or the sample", sample);
	if (!hit && wanted)
		return fault(er->rule, "a hit sample does not hit; mend the pattern or the sample", sample);
	if (hit && !literals_pass(&er->literals, message))
		return fault(er->rule, "a hit sample lacks what the pattern was found to need; please report this",
			     sample);
	return true;
}

static size_t check_rule(struct matcher *matcher, const struct engine_rule *er, bool all, size_t *tried)
{
	size_t wrong = 0;

	for (char **hit = er->rule->hits; *hit != NULL && (all || wrong == 0); hit++, (*tried)++)
		wrong += !check_sample(matcher, er, *hit, true);
	for (char **miss = er->rule->misses; *miss != NULL && (all || wrong == 0); miss++, (*tried)++)
		wrong += !check_sample(matcher, er, *miss, false);
	return wrong;
}

size_t samples_check(struct engine *engine, bool all, size_t *tried)
{
	const struct ruleset *set = engine_ruleset(engine);
	struct matcher *matcher = matcher_new(engine);
	size_t wrong = 0;

	*tried = 0;
	for (size_t i = 0; i < set->count && (all || wrong == 0); i++) {
		if (!all && rules_is_builtin(&set->rules[i]))
			continue;
		if (engine_pattern(engine, (uint16_t)i) == NULL)
			wrong++;
		else
			wrong += check_rule(matcher, engine_rule(engine, (uint16_t)i), all, tried);
	}
	matcher_free(matcher);
	return wrong;
}
