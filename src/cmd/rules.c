/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules: lists the rules, shows one, proves their samples, or makes rules of a filter of fail2ban.
 *
 * Reads nothing but the rules, or the filter and a log for samples. A wrong sample is an error of configuration:
 * exit status 2.
 */
#include <stdio.h>
#include <string.h>

#include "app/config.h"
#include "app/detection.h"
#include "app/rules_fail2ban.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "detect/samples.h"

static int list(const struct ruleset *set)
{
	int name_width = 0, server_width = 0;

	for (size_t i = 0; i < set->count; i++) {
		int name = (int)strlen(set->rules[i].name), server = (int)strlen(set->rules[i].server);

		name_width = name > name_width ? name : name_width;
		server_width = server > server_width ? server : server_width;
	}
	for (size_t i = 0; i < set->count; i++) {
		const struct rule *r = &set->rules[i];

		printf("%-*s  %-7s  %-*s  %s\n", name_width, r->name, event_class_name(r->event_class), server_width,
		       r->server, r->description);
	}
	return EXIT_ALL_WELL;
}

static int show(const struct ruleset *set, const char *name)
{
	const struct rule *rule = rules_find(set, name);

	if (rule == NULL) {
		rules_tell_unknown(set, name);
		return EXIT_USAGE;
	}
	printf("# %s:%u\n%s\n", rule->file, rule->line, rule->source);
	return EXIT_ALL_WELL;
}

static int check(struct detection *detection)
{
	size_t tried, wrong = samples_check(detection->engine, true, &tried);

	printf("%zu rules, %zu samples, %zu wrong\n", detection->set.count, tried, wrong);
	return wrong > 0 ? EXIT_USAGE : EXIT_ALL_WELL;
}

static int run(const struct config *config, const struct options *options)
{
	struct detection detection;
	int status;

	if (options->from_fail2ban != NULL)
		return rules_from_fail2ban(options);
	if (options->sample != NULL || options->class_name != NULL || options->output != NULL) {
		msg("rules: --sample, --class and --output go with --from-fail2ban; see: mailban help rules");
		return EXIT_USAGE;
	}
	if (options->check && options->arg_count > 0) {
		msg("rules: --check proves every rule; leave out %s", options->args[0]);
		return EXIT_USAGE;
	}
	status = detection_open(&detection, config, options, RULES_WITH_SAMPLES);
	if (status != EXIT_ALL_WELL)
		return status;
	if (options->check)
		status = check(&detection);
	else if (options->arg_count > 0)
		status = show(&detection.set, options->args[0]);
	else
		status = list(&detection.set);
	detection_close(&detection);
	return status;
}

const struct command command_rules = {
	.name = "rules",
	.synopsis = "[NAME]",
	.summary = "list the rules, show one, or prove their samples",
	.details = "Lists name, class, server and description of each rule; with NAME shows that rule's source.\n"
		   "--from-fail2ban writes rules that do what a filter of fail2ban does: mailban-rules(5).",
	.options = " config rules check from-fail2ban sample class output ",
	.min_args = 0,
	.max_args = 1,
	.run = run,
};
