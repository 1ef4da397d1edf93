/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules: rule files to rules.
 *
 * The built-in files come first, in the order of their names, then those of the folder. A rule with the name of an
 * earlier one takes its place, so that a person can mend a built-in rule. Texts are read by detect/rules_text. A run
 * needs no samples: then built-in rules have their attributes as they were embedded, and nothing is read. No pattern
 * is compiled here. Any error is fatal to loading, and told with file and line.
 */
#include "detect/rules_inside.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"
#include "base/near.h"

static void free_list(char **list)
{
	for (char **text = list; text != NULL && *text != NULL; text++)
		free(*text);
	free(list);
}

void rules_free_rule(struct rule *rule)
{
	free(rule->name);
	free(rule->server);
	free(rule->description);
	free(rule->source);
	free(rule->file);
	free(rule->program_text);
	free(rule->match_text);
	free_list(rule->hits);
	free_list(rule->misses);
}

static uint16_t flags_of(const struct rule_attributes *said)
{
	const struct {
		bool said;
		unsigned flags;
	} all[] = {
		{ said->connection, EVENT_PER_CONNECTION },
		{ said->begins, EVENT_BEGINS | EVENT_PER_CONNECTION },
		{ said->ends, EVENT_ENDS | EVENT_PER_CONNECTION },
		{ said->accepted, EVENT_ACCEPTED },
		{ said->sends, EVENT_SENDS },
		{ said->opens, EVENT_OPENS | EVENT_BEGINS | EVENT_PER_CONNECTION },
		{ said->waits, EVENT_WAITS | EVENT_PER_CONNECTION },
		{ said->checker, EVENT_CHECKER },
		{ said->pam, EVENT_PAM },
		{ !said->address, EVENT_NO_ADDRESS },
	};
	unsigned flags = 0;

	for (unsigned i = 0; i < LENGTH_OF(all); i++)
		flags |= all[i].said ? all[i].flags : 0;
	return (uint16_t)flags;
}

void rules_set_attributes(struct rule *rule, const struct rule_attributes *said)
{
	rule->description = mem_text(said->description);
	rule->program_text = mem_text(said->program);
	rule->match_text = mem_text(said->match);
	rule->flags = flags_of(said);
	rule->pieces = (uint32_t)said->pieces;
	rule->points = (uint32_t)(said->points * 1000 + 0.5);
	event_class_parse(&rule->event_class, said->class);
}

static void add(struct ruleset *set, const struct rule *rule)
{
	set->rules = mem_grow(set->rules, &set->capacity, set->count + 1, sizeof(*set->rules));
	set->rules[set->count++] = *rule;
}

void rules_place(struct ruleset *set, struct rule *rule)
{
	struct rule *former = (struct rule *)rules_find(set, rule->name);

	if (former != NULL) {
		rules_free_rule(former);
		*former = *rule;
		return;
	}
	add(set, rule);
}

static void add_builtin(struct ruleset *set, const struct builtin_file *file)
{
	for (const struct rule_attributes *said = file->rules; said->name != NULL; said++) {
		struct rule rule = { .name = mem_text(said->name), .server = mem_text(file->server),
				     .file = mem_text(file->name), .line = said->line,
				     .hits = mem_zalloc(1, sizeof(char *)), .misses = mem_zalloc(1, sizeof(char *)) };

		rules_set_attributes(&rule, said);
		add(set, &rule);
	}
}

static int load_builtin(struct ruleset *set, enum rules_samples samples)
{
	int ret = 0;

	for (const struct builtin_file *b = builtin_rules; ret == 0 && b->server != NULL; b++) {
		const struct rules_text text = { .name = b->name, .server = b->server, .text = b->text };

		if (samples == RULES_WITH_SAMPLES)
			ret = rules_read_text(set, &text);
		else
			add_builtin(set, b);
	}
	return ret;
}

static int load_file(struct ruleset *set, const char *path)
{
	struct rules_text text = { .name = path };
	struct buf bytes = { 0 }, why = { 0 };
	char *server, *dot;
	int ret = file_read(path, &bytes);

	if (!file_is_own(path, &why)) {
		msg("%s; root reads no rules that others can change: see its owner and mode", buf_text(&why));
		buf_free(&why);
		buf_free(&bytes);
		return -1;
	}
	if (ret < 0) {
		msg("%s: %s; rules could not be read", path, strerror(-ret));
		return -1;
	}
	server = mem_text(strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path);
	dot = strrchr(server, '.');
	if (dot != NULL)
		*dot = '\0';
	text.server = server;
	text.text = buf_text(&bytes);
	if (strlen(text.text) != bytes.len) {
		msg("%s: holds NUL bytes; rule files are text", path);
		ret = -1;
	} else {
		ret = rules_read_text(set, &text);
	}
	free(server);
	buf_free(&bytes);
	return ret;
}

static int load_folder(struct ruleset *set, const char *dir)
{
	FREED_BY(buf_free) struct buf pattern = { 0 };
	glob_t found = { 0 };
	struct stat st;
	int ret = 0, error;

	if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode)) {
		msg("%s: is no folder; name the one that holds the files of rules", dir);
		return -1;
	}
	buf_addf(&pattern, "%s/*.conf", dir);
	error = glob(buf_text(&pattern), GLOB_ERR, NULL, &found);
	if (error == GLOB_NOSPACE)
		msg_die("out of memory");
	if (error == GLOB_ABORTED && errno != ENOENT) {
		msg("%s: %s; rules could not be read", dir, strerror(errno));
		ret = -1;
	}
	for (size_t i = 0; ret == 0 && error == 0 && i < found.gl_pathc; i++)
		ret = load_file(set, found.gl_pathv[i]);
	globfree(&found);
	return ret;
}

int rules_load(struct ruleset *set, const char *dir, enum rules_samples samples)
{
	int ret;

	*set = (struct ruleset){ 0 };
	ret = load_builtin(set, samples);
	if (ret == 0 && dir != NULL)
		ret = load_folder(set, dir);
	if (ret < 0)
		rules_free(set);
	return ret;
}

bool rules_is_builtin(const struct rule *rule)
{
	return strncmp(rule->file, "built-in:", 9) == 0;
}

void rules_free(struct ruleset *set)
{
	for (size_t i = 0; i < set->count; i++)
		rules_free_rule(&set->rules[i]);
	free(set->rules);
	*set = (struct ruleset){ 0 };
}

const struct rule *rules_find(const struct ruleset *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++) {
		if (strcmp(set->rules[i].name, name) == 0)
			return &set->rules[i];
	}
	return NULL;
}

void rules_tell_unknown(const struct ruleset *set, const char *name)
{
	struct near near = { .word = name };
	FREED_BY(buf_free) struct buf meant = { 0 };

	for (size_t i = 0; i < set->count; i++)
		near_try(&near, set->rules[i].name);
	near_add(&near, &meant);
	msg("there is no rule %s%s; see: mailban rules", name, buf_text(&meant));
}
