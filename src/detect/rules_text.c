/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules_text: a text of rules, read by libconfuse.
 *
 * The names of classes, and that a pattern names an address, are checked here: libconfuse does not know them. The
 * first error is told with file and line, and ends the reading.
 */
#include "detect/rules_inside.h"

#include <confuse.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/mem.h"
#include "base/msg.h"

/* Where the last rule was found, and its line. */
struct place {
	const char *at;
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
	CFG_BOOL("sends", cfg_false, CFGF_NONE),
	CFG_BOOL("opens", cfg_false, CFGF_NONE),
	CFG_BOOL("waits", cfg_false, CFGF_NONE),
	CFG_BOOL("checker", cfg_false, CFGF_NONE),
	CFG_BOOL("pam", cfg_false, CFGF_NONE),
	CFG_INT("pieces", 0, CFGF_NONE),
	CFG_BOOL("address", cfg_true, CFGF_NONE),
	CFG_FLOAT("points", 0, CFGF_NODEFAULT),
	CFG_STR_LIST("hit", NULL, CFGF_NODEFAULT),
	CFG_STR_LIST("miss", NULL, CFGF_NODEFAULT),
	CFG_END(),
};

static cfg_opt_t file_options[] = {
	CFG_SEC("rule", rule_options, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_END(),
};

__attribute__((format(printf, 2, 0))) static void confuse_error(cfg_t *cfg, const char *format, va_list args)
{
	const struct conf_told told = { "rules", "mailban-rules(5)", "attribute", NULL };

	conf_tell(cfg, &told, format, args);
}

/* The text of the rule: from its line that begins with `rule "name"` to the closing brace at the start of a line.
 * Rules are asked for in the order of the file: the search goes on behind the last one. */
static char *source_of(struct place *last, const char *name)
{
	FREED_BY(buf_free) struct buf head = { 0 };
	const char *from, *to;

	buf_addf(&head, "rule \"%s\"", name);
	from = strstr(last->at, buf_text(&head));
	if (from == NULL)
		return mem_text("");
	for (const char *c = last->at; c < from; c++)
		last->line += *c == '\n';
	last->at = from;
	to = strstr(from, "\n}");
	return mem_text_of(from, to != NULL ? (size_t)(to - from) + 2 : strlen(from));
}

static struct rule_attributes attributes_of(cfg_t *section)
{
	return (struct rule_attributes){
		.name = cfg_title(section),
		.line = (unsigned)section->line,
		.description = cfg_getstr(section, "description"),
		.class = cfg_getstr(section, "class"),
		.program = cfg_getstr(section, "program"),
		.match = cfg_getstr(section, "match"),
		.pieces = cfg_getint(section, "pieces"),
		.points = cfg_size(section, "points") > 0 ? cfg_getfloat(section, "points") : 0,
		.address = cfg_getbool(section, "address"),
		.connection = cfg_getbool(section, "connection"),
		.begins = cfg_getbool(section, "begins"),
		.ends = cfg_getbool(section, "ends"),
		.accepted = cfg_getbool(section, "accepted"),
		.sends = cfg_getbool(section, "sends"),
		.opens = cfg_getbool(section, "opens"),
		.waits = cfg_getbool(section, "waits"),
		.checker = cfg_getbool(section, "checker"),
		.pam = cfg_getbool(section, "pam"),
	};
}

static int fault(const struct rule *rule, const char *what)
{
	msg_at(rule->file, rule->line, "rule %s: %s; see mailban-rules(5)", rule->name, what);
	return -1;
}

static int check_needed(const struct rule *rule, const struct rule_attributes *said)
{
	if (said->class == NULL)
		return fault(rule, "class is missing");
	if (said->program == NULL)
		return fault(rule, "program is missing");
	return said->match == NULL ? fault(rule, "match is missing") : 0;
}

static int check_numbers(const struct rule *rule, const struct rule_attributes *said, bool says_points)
{
	if (said->pieces < 0 || said->pieces > 100000)
		return fault(rule, "pieces is not a number of bytes up to 100000");
	if (says_points && !(said->points >= 0.001 && said->points <= 1000))
		return fault(rule, "points is not a number from 0.001 to 1000");
	return 0;
}

static int fault_class(const struct rule *rule)
{
	FREED_BY(buf_free) struct buf what = { 0 };

	buf_add_text(&what, "class is not one of ");
	event_class_add_names(&what);
	fault(rule, buf_text(&what));
	return -1;
}

static int check(const struct rule *rule, const struct rule_attributes *said)
{
	bool has_address = strstr(said->match, "<ADDR>") != NULL;
	enum event_class ignored;

	if (!event_class_parse(&ignored, said->class))
		return fault_class(rule);
	if (has_address != said->address)
		return fault(rule, has_address ? "<ADDR> in a rule with address = false" : "match has no <ADDR>");
	if (rule->hits[0] == NULL)
		return fault(rule, "has no hit sample");
	return 0;
}

static int read_rule(struct rule *rule, cfg_t *section, const struct rules_text *text, struct place *last)
{
	const struct rule_attributes said = attributes_of(section);

	rule->name = mem_text(said.name);
	rule->server = mem_text(text->server);
	rule->file = mem_text(text->name);
	rule->source = source_of(last, rule->name);
	rule->line = *rule->source != '\0' ? last->line : said.line;
	rule->hits = conf_list(section, "hit");
	rule->misses = conf_list(section, "miss");
	if (check_needed(rule, &said) < 0 || check(rule, &said) < 0 ||
	    check_numbers(rule, &said, cfg_size(section, "points") > 0) < 0)
		return -1;
	rules_set_attributes(rule, &said);
	return 0;
}

int rules_read_text(struct ruleset *set, const struct rules_text *text)
{
	cfg_t *cfg = cfg_init(file_options, CFGF_NONE);
	struct place last = { text->text, 1 };
	FREED_BY(buf_free) struct buf copy = { 0 };
	int ret = 0;

	if (cfg == NULL)
		msg_die("out of memory");
	cfg_set_error_function(cfg, confuse_error);
	/* the text keeps its comments, since a person may ask for the source of a rule */
	buf_add_text(&copy, text->text);
	if (conf_parse(cfg, text->name, &copy) != CFG_SUCCESS)
		ret = -1;
	for (unsigned i = 0; ret == 0 && i < cfg_size(cfg, "rule"); i++) {
		struct rule rule = { 0 };

		ret = read_rule(&rule, cfg_getnsec(cfg, "rule", i), text, &last);
		if (ret == 0)
			rules_place(set, &rule);
		else
			rules_free_rule(&rule);
	}
	cfg_free(cfg);
	return ret;
}
