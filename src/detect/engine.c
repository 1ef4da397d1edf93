/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine: which rules can match which program's lines, and their patterns compiled when first needed.
 *
 * A run meets few programs, and its lines come near few of their rules. So each name of a program is matched once with
 * the patterns for programs. A rule's literals are read off its pattern when its program comes, and the pattern is
 * compiled when a line has the literals. All of that is published under one lock and never changed again: threads read
 * it without a lock. The rules of the folder are compiled when the engine is made, so that a wrong pattern is told
 * before the first line. `mailban rules --check`, which the tests run, proves the built-in ones.
 */
#include "detect/engine.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "detect/syntax.h"

enum { PROGRAMS_MAX = 1024, RULES_MAX = UINT16_MAX };

struct engine {
	const struct ruleset *set;
	bool prefilter;
	struct engine_rule *rules;     /* prepared when their program comes */
	_Atomic(struct pattern *) *patterns;
	uint16_t *program_of;          /* for each rule: its program pattern, as a place in codes */
	pcre2_code **codes;
	size_t code_count;
	pthread_mutex_t lock;          /* of all members below, of preparing rules and of publishing patterns */
	struct engine_program **programs;
	size_t program_count, program_capacity;
	struct engine_program *none;   /* for names without rules beyond PROGRAMS_MAX, and all beyond twice that */
	atomic_bool left_out;          /* a name was beyond twice PROGRAMS_MAX */
};

/* Rules share program patterns: each text is compiled once. */
static int compile_programs(struct engine *engine)
{
	const struct ruleset *set = engine->set;

	engine->codes = mem_zalloc(set->count + 1, sizeof(*engine->codes));
	engine->program_of = mem_zalloc(set->count + 1, sizeof(*engine->program_of));
	for (size_t i = 0; i < set->count; i++) {
		size_t same = 0;

		while (same < i && strcmp(set->rules[same].program_text, set->rules[i].program_text) != 0)
			same++;
		if (same < i) {
			engine->program_of[i] = engine->program_of[same];
			continue;
		}
		engine->codes[engine->code_count] = pattern_compile_program(&set->rules[i]);
		if (engine->codes[engine->code_count] == NULL)
			return -1;
		engine->program_of[i] = (uint16_t)engine->code_count++;
	}
	return 0;
}

static struct engine_program *make_program(struct engine *engine, struct span name, const bool *fits);

int engine_new(struct engine **out, const struct ruleset *set, bool prefilter)
{
	struct engine *engine = mem_zalloc(1, sizeof(*engine));
	int ret = 0;

	engine->set = set;
	engine->prefilter = prefilter;
	engine->rules = mem_zalloc(set->count + 1, sizeof(*engine->rules));
	engine->patterns = mem_zalloc(set->count + 1, sizeof(*engine->patterns));
	pthread_mutex_init(&engine->lock, NULL);
	if (set->count > RULES_MAX)
		msg_die("more than %d rules", RULES_MAX);
	for (size_t i = 0; i < set->count; i++)
		engine->rules[i] = (struct engine_rule){ .rule = &set->rules[i], .number = (uint16_t)i };
	ret = compile_programs(engine);
	for (size_t i = 0; i < set->count && ret == 0; i++) {
		if (!rules_is_builtin(&set->rules[i]) && engine_pattern(engine, (uint16_t)i) == NULL)
			ret = -1;
	}
	if (ret < 0) {
		engine_free(engine);
		return -1;
	}
	engine->none = make_program(engine, (struct span){ "", 0 }, NULL);
	*out = engine;
	return 0;
}

static void free_program(struct engine_program *program)
{
	if (program == NULL)
		return;
	free(program->first);
	free(program->lists);
	free(program->rules);
	free(program->name);
	free(program);
}

void engine_free(struct engine *engine)
{
	if (engine == NULL)
		return;
	for (size_t i = 0; i < engine->set->count; i++) {
		struct pattern *pattern = atomic_load(&engine->patterns[i]);

		if (pattern != NULL)
			pattern_free(pattern);
		free(pattern);
	}
	for (size_t i = 0; i < engine->code_count; i++)
		pcre2_code_free(engine->codes[i]);
	for (size_t i = 0; i < engine->program_count; i++)
		free_program(engine->programs[i]);
	free_program(engine->none);
	free(engine->programs);
	free(engine->codes);
	free(engine->program_of);
	free(engine->patterns);
	free(engine->rules);
	pthread_mutex_destroy(&engine->lock);
	free(engine);
}

const struct ruleset *engine_ruleset(const struct engine *engine)
{
	return engine->set;
}

/* Called with the lock. */
static const struct engine_rule *prepare_rule(struct engine *engine, uint16_t number)
{
	struct engine_rule *rule = &engine->rules[number];
	const char *text = rule->rule->match_text;

	if (rule->prepared)
		return rule;
	rule->wants_end = pattern_wants_end(text);
	memset(rule->first, 0xff, sizeof(rule->first));
	if (engine->prefilter)
		literals_derive(&rule->literals, text);
	/* the text tells no beginning: PCRE2 tells at least the first byte */
	if (engine->prefilter && rule->literals.beginning_count == 0)
		pattern_first_bytes(rule->rule, rule->first);
	rule->prepared = true;
	return rule;
}

const struct engine_rule *engine_rule(struct engine *engine, uint16_t number)
{
	const struct engine_rule *rule;

	pthread_mutex_lock(&engine->lock);
	rule = prepare_rule(engine, number);
	pthread_mutex_unlock(&engine->lock);
	return rule;
}

/* Adds a rule to the list of a first byte, once for each beginning that starts with that byte. */
static size_t add_candidates(struct engine_candidate *list, const struct engine_rule *rule, unsigned char first)
{
	static const struct literal none = { .len = 0 };
	const struct literals *l = &rule->literals;
	size_t count = 0;

	if (l->beginning_count == 0 && byteset_has(rule->first, first))
		list[count++] = (struct engine_candidate){ rule, &none };
	for (unsigned i = 0; i < l->beginning_count; i++) {
		if ((unsigned char)l->beginnings[i].bytes[0] == first)
			list[count++] = (struct engine_candidate){ rule, &l->beginnings[i] };
	}
	return count;
}

static void sort_by_first(struct engine *engine, struct engine_program *program)
{
	size_t used = 0, room = 0;

	program->first = mem_alloc(256, sizeof(*program->first));
	for (unsigned first = 0; first < 256; first++) {
		program->lists = mem_grow(program->lists, &room, used + program->rule_count * LITERALS_BEGINNINGS + 1,
					  sizeof(*program->lists));
		program->first[first] = (uint32_t)used;
		for (size_t i = 0; i < program->rule_count; i++) {
			const struct engine_rule *rule = &engine->rules[program->rules[i]];

			used += add_candidates(&program->lists[used], rule, (unsigned char)first);
		}
		program->lists[used++] = (struct engine_candidate){ .rule = NULL };
	}
}

/* fits says of each program pattern whether it matches the name; NULL: none does. */
static struct engine_program *make_program(struct engine *engine, struct span name, const bool *fits)
{
	struct engine_program *program = mem_zalloc(1, sizeof(*program));

	program->name = mem_text_of(name.ptr, name.len);
	program->name_len = name.len;
	program->rules = mem_alloc(engine->set->count + 1, sizeof(*program->rules));
	for (size_t i = 0; fits != NULL && i < engine->set->count; i++) {
		if (!fits[engine->program_of[i]])
			continue;
		prepare_rule(engine, (uint16_t)i);
		program->rules[program->rule_count++] = (uint16_t)i;
		if (engine->set->rules[i].pieces > 0)
			program->pieces = engine->set->rules[i].pieces;
	}
	if (program->rule_count > 0)
		sort_by_first(engine, program);
	return program;
}

static struct engine_program *new_program(struct engine *engine, struct span name)
{
	FREED_BY(mem_free) bool *fits = mem_zalloc(engine->code_count + 1, sizeof(*fits));
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	struct engine_program *program;

	if (data == NULL)
		msg_die("out of memory");
	for (size_t i = 0; i < engine->code_count; i++)
		fits[i] = pcre2_match(engine->codes[i], (PCRE2_SPTR)name.ptr, name.len, 0, 0, data, NULL) >= 0;
	program = make_program(engine, name, fits);
	pcre2_match_data_free(data);
	return program;
}

static struct engine_program *find_program(const struct engine *engine, struct span name)
{
	for (size_t i = 0; i < engine->program_count; i++) {
		struct engine_program *program = engine->programs[i];

		if (span_equal((struct span){ program->name, program->name_len }, name))
			return program;
	}
	return NULL;
}

/* The log of a real host has far fewer names; a log that has more must not fill the memory. Anybody may give any name
 * to logger(1): names without rules take no room from names with rules. */
static struct engine_program *keep_program(struct engine *engine, struct engine_program *program)
{
	if (program->rule_count == 0 && engine->program_count >= PROGRAMS_MAX) {
		free_program(program);
		return engine->none;
	}
	engine->programs = mem_grow(engine->programs, &engine->program_capacity, engine->program_count + 1,
				    sizeof(struct engine_program *));
	engine->programs[engine->program_count++] = program;
	return program;
}

const struct engine_program *engine_program(struct engine *engine, struct span name)
{
	struct engine_program *program;

	if (name.ptr == NULL)
		name.ptr = "";
	pthread_mutex_lock(&engine->lock);
	program = find_program(engine, name);
	if (program == NULL && engine->program_count >= 2 * PROGRAMS_MAX) {
		atomic_store(&engine->left_out, true);
		program = engine->none;
	} else if (program == NULL) {
		program = keep_program(engine, new_program(engine, name));
	}
	pthread_mutex_unlock(&engine->lock);
	return program;
}

bool engine_left_out(const struct engine *engine)
{
	return atomic_load(&engine->left_out);
}

/* A pattern that fails is kept as a failed one, so that the fault is told once. */
static struct pattern *compile(struct engine *engine, size_t number)
{
	struct pattern *pattern = mem_zalloc(1, sizeof(*pattern));

	(void)pattern_compile(pattern, &engine->set->rules[number]);
	atomic_store_explicit(&engine->patterns[number], pattern, memory_order_release);
	return pattern;
}

const struct pattern *engine_pattern(struct engine *engine, uint16_t number)
{
	struct pattern *pattern = atomic_load_explicit(&engine->patterns[number], memory_order_acquire);

	if (pattern != NULL)
		return pattern->code != NULL ? pattern : NULL;
	pthread_mutex_lock(&engine->lock);
	pattern = atomic_load(&engine->patterns[number]);
	if (pattern == NULL)
		pattern = compile(engine, number);
	pthread_mutex_unlock(&engine->lock);
	return pattern->code != NULL ? pattern : NULL;
}

void engine_compile(struct engine *engine)
{
	for (size_t i = 0; i < engine->set->count; i++)
		(void)engine_pattern(engine, (uint16_t)i);
}
