/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules: rule files to rules.
 *
 * The built-in files come first, in the order of their names, then those of the folder; a rule that bears
 * the name of an earlier one takes its place, so that a person can mend a built-in rule. Everything is read
 * by libconfuse; what it does not check (names of classes, that a pattern names an address) is checked here.
 * No pattern is compiled here: that is detect/pattern. Any error is fatal to loading, with file and line.
 */
#include "detect/rules.h"

#include <confuse.h>
#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"
#include "detect/builtin.h"

struct rule_file {
	const char *name;    /* as messages say it */
	const char *server;
	const char *text;    /* all of it */
	const char *parsed;  /* what is read of it: the same, but perhaps without samples */
	const char *at;      /* where the last rule was found, and its line */
	unsigned line;
};

static cfg_opt_t rule_options[] = {
	CFG_STR("description", "", CFGF_NONE),
	CFG_STR("class", NULL, CFGF_NODEFAULT),
	CFG_STR("program", NULL, CFGF_NODEFAULT),
	CFG_STR("match", NULL, CFGF_NODEFAULT),
	CFG_BOOL("connection", cfg_false, CFGF_NONE),
	CFG_BOOL("begins", cfg_false, CFGF_NONE),
	CFG_BOOL("ends", cfg_false, CFGF_NONE),
	CFG_BOOL("accepted", cfg_false, CFGF_NONE),
	CFG_BOOL("opens", cfg_false, CFGF_NONE),
	CFG_INT("pieces", 0, CFGF_NONE),
	CFG_BOOL("address", cfg_true, CFGF_NONE),
	CFG_FLOAT("points", 0, CFGF_NODEFAULT),
	CFG_STR_LIST("hit", NULL, CFGF_NODEFAULT),
	CFG_STR_LIST("miss", NULL, CFGF_NODEFAULT),
	/* what rules had once, see successors */
	CFG_STR("unit", NULL, CFGF_NODEFAULT),
	CFG_STR("weak", NULL, CFGF_NODEFAULT),
	CFG_STR("weight", NULL, CFGF_NODEFAULT),
	CFG_END(),
};

static cfg_opt_t file_options[] = {
	CFG_SEC("rule", rule_options, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_END(),
};

__attribute__((format(printf, 2, 0))) static void confuse_error(cfg_t *cfg, const char *format, va_list args)
{
	char text[500];

	vsnprintf(text, sizeof(text), format, args);
	msg_at(cfg->filename != NULL ? cfg->filename : "rules", (unsigned long)cfg->line, "%s; see mailban-rules(5)", text);
}

static char **copy_list(cfg_t *section, const char *name)
{
	unsigned count = cfg_size(section, name);
	char **list = mem_zalloc((size_t)count + 1, sizeof(*list));

	for (unsigned i = 0; i < count; i++)
		list[i] = mem_text(cfg_getnstr(section, name, i));
	return list;
}

static void free_list(char **list)
{
	for (char **text = list; text != NULL && *text != NULL; text++)
		free(*text);
	free(list);
}

static void free_rule(struct rule *rule)
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

/* The text of the rule that is called name: from its line that begins with `rule "name"` to the brace that
 * closes it at the start of a line. Rules are asked for in the order of the file: the search goes on where the
 * last one was found. */
static char *source_of(struct rule_file *file, const char *name, unsigned *line)
{
	struct buf head = { 0 };
	const char *from, *to;

	buf_addf(&head, "rule \"%s\"", name);
	from = strstr(file->at, buf_text(&head));
	buf_free(&head);
	if (from == NULL)
		return mem_text("");
	for (const char *c = file->at; c < from; c++)
		file->line += *c == '\n';
	file->at = from;
	*line = file->line;
	to = strstr(from, "\n}");
	return mem_text_of(from, to != NULL ? (size_t)(to - from) + 2 : strlen(from));
}

static void set_flags(cfg_t *section, struct rule *rule)
{
	static const struct {
		const char *name;
		uint16_t flag;
	} names[] = {
		{ "connection", EVENT_PER_CONNECTION },
		{ "begins", EVENT_BEGINS | EVENT_PER_CONNECTION },
		{ "ends", EVENT_ENDS | EVENT_PER_CONNECTION },
		{ "accepted", EVENT_ACCEPTED },
		{ "opens", EVENT_OPENS | EVENT_BEGINS | EVENT_PER_CONNECTION },
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (cfg_getbool(section, names[i].name))
			rule->flags |= names[i].flag;
	}
	if (!cfg_getbool(section, "address"))
		rule->flags |= EVENT_NO_ADDRESS;
}

static int fault(const struct rule *rule, const char *what)
{
	msg_at(rule->file, rule->line, "rule %s: %s; see mailban-rules(5)", rule->name, what);
	return -1;
}

/* An attribute that rules had once is told with what took its place. */
static int check_former(const struct rule *rule, cfg_t *section)
{
	static const char *const successors[][2] = {
		{ "unit", "unit is no attribute any more; write connection = true for a line of a connection that is known" },
		{ "weak", "weak is no attribute any more; logins and accepted mail forgive by class, and points may be less" },
		{ "weight", "weight is no attribute any more; write points, as in points = 0.5" },
	};

	for (unsigned i = 0; i < sizeof(successors) / sizeof(successors[0]); i++) {
		if (cfg_size(section, successors[i][0]) > 0)
			return fault(rule, successors[i][1]);
	}
	return 0;
}

static int set_numbers(struct rule *rule, cfg_t *section)
{
	double points;

	if (cfg_getint(section, "pieces") < 0 || cfg_getint(section, "pieces") > 100000)
		return fault(rule, "pieces is not a number of bytes up to 100000");
	rule->pieces = (uint32_t)cfg_getint(section, "pieces");
	if (cfg_size(section, "points") == 0)
		return 0;
	points = cfg_getfloat(section, "points");
	if (!(points >= 0.001 && points <= 1000))
		return fault(rule, "points is not a number from 0.001 to 1000");
	rule->points = (uint32_t)(points * 1000 + 0.5);
	return 0;
}

static int check(const struct rule *rule, const char *class_name, bool wants_samples)
{
	bool has_address = strstr(rule->match_text, "<ADDR>") != NULL;
	enum event_class ignored;

	if (!event_class_parse(&ignored, class_name))
		return fault(rule, "class is not one of auth, unknown, helo, reject, probe, good, trouble");
	if (has_address == ((rule->flags & EVENT_NO_ADDRESS) != 0))
		return fault(rule, has_address ? "<ADDR> in a rule with address = false" : "match has no <ADDR>");
	if (rule->hits[0] == NULL && wants_samples)
		return fault(rule, "has no hit sample");
	return 0;
}

static int read_rule(struct rule *rule, cfg_t *section, struct rule_file *file)
{
	static const char *const needed[] = { "class", "program", "match" };
	const char *class_name;
	int ret;

	rule->name = mem_text(cfg_title(section));
	rule->server = mem_text(file->server);
	rule->file = mem_text(file->name);
	rule->line = (unsigned)section->line;
	rule->source = source_of(file, rule->name, &rule->line);
	rule->description = mem_text(cfg_getstr(section, "description"));
	rule->hits = copy_list(section, "hit");
	rule->misses = copy_list(section, "miss");
	ret = check_former(rule, section);
	for (unsigned i = 0; ret == 0 && i < 3; i++) {
		if (cfg_getstr(section, needed[i]) == NULL) {
			msg_at(rule->file, rule->line, "rule %s: %s is missing; see mailban-rules(5)", rule->name, needed[i]);
			ret = -1;
		}
	}
	if (ret < 0)
		return ret;
	rule->program_text = mem_text(cfg_getstr(section, "program"));
	rule->match_text = mem_text(cfg_getstr(section, "match"));
	class_name = cfg_getstr(section, "class");
	set_flags(section, rule);
	ret = check(rule, class_name, file->parsed == file->text);
	if (ret == 0)
		ret = set_numbers(rule, section);
	if (ret == 0)
		event_class_parse(&rule->event_class, class_name);
	return ret;
}

/* Puts a rule where one of its name stands, or at the end. */
static void place(struct ruleset *set, struct rule *rule)
{
	struct rule *former = (struct rule *)rules_find(set, rule->name);

	if (former != NULL) {
		free_rule(former);
		*former = *rule;
		return;
	}
	set->rules = mem_grow(set->rules, &set->capacity, set->count + 1, sizeof(*set->rules));
	set->rules[set->count++] = *rule;
}

static int load_text(struct ruleset *set, struct rule_file *file)
{
	cfg_t *cfg = cfg_init(file_options, CFGF_NONE);
	struct buf text = { 0 };
	int ret = 0;

	file->at = file->text;
	file->line = 1;
	if (cfg == NULL)
		msg_die("out of memory; nothing was written");
	cfg_set_error_function(cfg, confuse_error);
	/* the rules' own text keeps its comments, for those who ask for it */
	buf_add_text(&text, file->parsed);
	if (conf_parse(cfg, file->name, &text) != CFG_SUCCESS)
		ret = -1;
	for (unsigned i = 0; ret == 0 && i < cfg_size(cfg, "rule"); i++) {
		struct rule rule = { 0 };

		ret = read_rule(&rule, cfg_getnsec(cfg, "rule", i), file);
		if (ret == 0)
			place(set, &rule);
		else
			free_rule(&rule);
	}
	buf_free(&text);
	cfg_free(cfg);
	return ret;
}

static int load_builtin(struct ruleset *set, enum rules_samples samples)
{
	struct buf name = { 0 };
	int ret = 0;

	for (const struct builtin_file *b = builtin_rules; ret == 0 && b->server != NULL; b++) {
		struct rule_file file = { .server = b->server, .text = b->text,
					  .parsed = samples == RULES_WITH_SAMPLES ? b->text : b->bare };

		buf_clear(&name);
		buf_addf(&name, "built-in:%s", b->server);
		file.name = buf_text(&name);
		ret = load_text(set, &file);
	}
	buf_free(&name);
	return ret;
}

static int load_file(struct ruleset *set, const char *path)
{
	struct rule_file file = { .name = path };
	struct buf text = { 0 };
	char *server, *dot;
	int ret = file_read(path, &text);

	if (ret < 0) {
		msg("%s: %s; rules could not be read", path, strerror(-ret));
		return -1;
	}
	server = mem_text(strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path);
	dot = strrchr(server, '.');
	if (dot != NULL)
		*dot = '\0';
	file.server = server;
	file.text = file.parsed = buf_text(&text);
	if (strlen(file.text) != text.len) {
		msg("%s: holds NUL bytes; rule files are text", path);
		ret = -1;
	} else {
		ret = load_text(set, &file);
	}
	free(server);
	buf_free(&text);
	return ret;
}

static int load_folder(struct ruleset *set, const char *dir)
{
	struct buf pattern = { 0 };
	glob_t found = { 0 };
	struct stat st;
	int ret = 0, error;

	if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode)) {
		msg("%s: is no folder; name the one that holds the files of rules", dir);
		return -1;
	}
	buf_addf(&pattern, "%s/*.conf", dir);
	error = glob(buf_text(&pattern), GLOB_ERR, NULL, &found);
	buf_free(&pattern);
	if (error == GLOB_NOSPACE)
		msg_die("out of memory; nothing was written");
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

void rules_free(struct ruleset *set)
{
	for (size_t i = 0; i < set->count; i++)
		free_rule(&set->rules[i]);
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
