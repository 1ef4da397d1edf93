/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options: the one definition of every option.
 *
 * The table below is the parser, the help and (through scripts/man-options) the manual. A command names the
 * options that it takes; any other is misuse. Texts are not copied: they live in argv as long as the program.
 */
#define _GNU_SOURCE
#include "app/options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/near.h"

enum kind { FLAG, TEXT, PATH, NUMBER, COLOR };

struct definition {
	const char *name;
	char letter;           /* 0: none */
	enum kind kind;
	size_t field;          /* offset in struct options */
	const char *argument;  /* its name in the help */
	const char *help;
};

#define AT(field) offsetof(struct options, field)

static const struct definition definitions[] = {
	{ "config", 'c', PATH, AT(config), "FILE", "settings, instead of /etc/mailban/mailban.conf" },
	{ "dry-run", 'n', FLAG, AT(dry_run), NULL, "show what would change, and change nothing at all" },
	{ "quiet", 'q', FLAG, AT(quiet), NULL, "report nothing but what is wrong" },
	{ "verbose", 'v', FLAG, AT(verbose), NULL, "say more" },
	{ "all", 0, FLAG, AT(all), NULL, "show all, not the worst alone" },
	{ "json", 0, FLAG, AT(json), NULL, "print JSON" },
	{ "mail", 0, FLAG, AT(mail), NULL, "print a mail for sendmail -t; nothing where nothing needs a person" },
	{ "color", 0, COLOR, AT(color), "WHEN", "colours: auto, always or never" },
	{ "blacklist", 0, PATH, AT(blacklist), "FILE", "the blacklist, instead of /var/lib/mailban/blacklist" },
	{ "state", 0, PATH, AT(state), "FILE", "the state, instead of /var/lib/mailban/state" },
	{ "allow", 0, PATH, AT(allow), "FILE", "the allowlist, instead of /etc/mailban/allow" },
	{ "rules", 0, PATH, AT(rules), "DIR", "more rules, instead of /etc/mailban/rules.d" },
	{ "threads", 0, NUMBER, AT(threads), "N", "threads to scan with; default: the processors there are" },
	{ "no-sync", 0, FLAG, AT(no_sync), NULL, "leave the kernel alone" },
	{ "full", 0, FLAG, AT(full), NULL, "read the logs from their start" },
	{ "force", 0, FLAG, AT(force), NULL, "go beyond the limits of the settings; unban: split a network" },
	{ "classic", 0, FLAG, AT(classic), NULL, "judge exactly as the original shell recipe" },
	{ "since", 0, TEXT, AT(since), "TIME", "leave out what happened before" },
	{ "until", 0, TEXT, AT(until), "TIME", "leave out what happened later" },
	{ "directory", 0, PATH, AT(directory), "DIR", "read the journals in this folder" },
	{ "html", 0, FLAG, AT(html), NULL, "print a page of HTML" },
	{ "tsv", 0, FLAG, AT(tsv), NULL, "print fields between tabs" },
	{ "plain", 0, FLAG, AT(plain), NULL, "print addresses only" },
	{ "check", 0, FLAG, AT(check), NULL, "prove every rule's own samples" },
	{ "from-fail2ban", 0, PATH, AT(from_fail2ban), "FILTER", "make rules of a filter, FILE[NAME=VALUE,...]" },
	{ "sample", 0, PATH, AT(sample), "LOG", "take the rules' samples from this log" },
	{ "class", 0, TEXT, AT(class_name), "CLASS", "what the rules are evidence of" },
	{ "output", 'o', PATH, AT(output), "FILE", "write to this file, instead of standard output" },
	{ "fleet", 0, FLAG, AT(fleet), NULL, "have all hosts of the fleet forget what they counted, too" },
	{ "push", 0, TEXT, AT(push), "COMMAND", "give the text to this shell command" },
	{ "by", 0, TEXT, AT(by), "CLASS", "only bans for this class, or by hand" },
	{ "sort", 0, TEXT, AT(sort), "WHAT", "points, until or address" },
	{ "prometheus", 0, PATH, AT(prometheus), "FILE", "write figures for Prometheus' textfile collector" },
	{ "rule", 0, TEXT, AT(rule), "NAME", "only this rule, and why it did not match" },
	{ "program", 0, TEXT, AT(program), "NAME", "take lines to be of this program, without a header" },
	{ "for", 0, TEXT, AT(duration), "TIME", "how long: 90m, 12h, 1w; default: for ever" },
	{ "no-prefilter", 0, FLAG, AT(no_prefilter), NULL, "try every rule on every line (slow; to compare with)" },
	{ "help", 'h', FLAG, AT(help), NULL, "print this help" },
};

static bool is_among(const char *names, const struct definition *definition)
{
	char word[40];

	snprintf(word, sizeof(word), " %s ", definition->name);
	return strstr(names, word) != NULL;
}

static bool concerns(const struct command *command, const struct definition *definition)
{
	return is_among(command->options, definition) || is_among(" help ", definition);
}

/* All commands take the options that name files, and those about output, even where they have no effect. So a person
 * who works on other files than the usual ones can give every command the same options. */
static bool takes(const struct command *command, const struct definition *definition)
{
	return concerns(command, definition) ||
	       is_among(" config dry-run quiet verbose color blacklist state allow rules ", definition);
}

static int misuse(const struct command *command, const char *what, const char *word)
{
	msg("%s: %s %s; see: mailban help %s", command->name, what, word, command->name);
	return EXIT_USAGE;
}

static int set_number(unsigned *field, const char *text)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || end == text || *text == '-' || value < 1 || value > 1024)
		return -1;
	*field = (unsigned)value;
	return 0;
}

static int set_color(enum color *field, const char *text)
{
	static const char *const names[] = { "auto", "always", "never" };

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(text, names[i]) == 0) {
			*field = (enum color)i;
			return 0;
		}
	}
	return -1;
}

/* Says what a value must be, after it was refused. */
static int misuse_value(const struct command *command, const struct definition *definition, const char *text)
{
	static const char *const wanted[] = {
		[PATH] = "a name", [NUMBER] = "a number from 1 to 1024", [COLOR] = "auto, always or never",
	};

	msg("%s: --%s expects %s, not \"%s\"; see: mailban help %s", command->name, definition->name,
	    wanted[definition->kind], text, command->name);
	return EXIT_USAGE;
}

static int set(const struct definition *definition, struct options *options, const char *text)
{
	char *field = (char *)options + definition->field;

	/* an empty path comes from a shell's variable that is not set */
	if (definition->kind == PATH && text[0] == '\0')
		return -1;
	switch (definition->kind) {
	case FLAG:
		*(bool *)field = true;
		return 0;
	case PATH:
	case TEXT:
		*(const char **)(void *)field = text;
		return 0;
	case NUMBER:
		return set_number((unsigned *)(void *)field, text);
	case COLOR:
		return set_color((enum color *)(void *)field, text);
	}
	return -1;
}

static const struct definition *by_code(int code)
{
	for (unsigned i = 0; i < LENGTH_OF(definitions); i++) {
		if (code == (int)(256 + i) || (definitions[i].letter != 0 && code == definitions[i].letter))
			return &definitions[i];
	}
	return NULL;
}

/* Refuses an unknown long option, and names the option that may be meant. */
static int misuse_name(const struct command *command, const char *word)
{
	FREED_BY(mem_free) char *bare = mem_text_of(word, strcspn(word, "="));
	struct near near = { .word = strncmp(bare, "--", 2) == 0 ? bare + 2 : bare };

	for (unsigned i = 0; i < LENGTH_OF(definitions); i++) {
		if (takes(command, &definitions[i]))
			near_try(&near, definitions[i].name);
	}
	if (near.best != NULL)
		msg("%s: there is no option %s; did you mean --%s?; see: mailban help %s", command->name, word,
		    near.best, command->name);
	else
		(void)misuse(command, "there is no option", word);
	return EXIT_USAGE;
}

/* Refuses an option that getopt_long(3) does not take. Of several letters behind one dash optopt names the wrong
 * one. */
static int misuse_option(const struct command *command, const char *word)
{
	const char letter[] = { '-', (char)optopt, '\0' };

	if (optopt >= 256)
		return misuse(command, "no value is wanted in", word);
	return optopt != 0 ? misuse(command, "there is no option", letter) : misuse_name(command, word);
}

/* getopt_long(3)'s tables, with the options that the command takes. */
static void make_tables(const struct command *command, struct option *longs, char *letters)
{
	*letters++ = ':';
	for (unsigned i = 0; i < LENGTH_OF(definitions); i++) {
		bool argument = definitions[i].kind != FLAG;

		if (!takes(command, &definitions[i]))
			continue;
		*longs++ = (struct option){ definitions[i].name, argument ? required_argument : no_argument, NULL,
					    (int)(256 + i) };
		if (definitions[i].letter != 0) {
			*letters++ = definitions[i].letter;
			if (argument)
				*letters++ = ':';
		}
	}
	*longs = (struct option){ 0 };
	*letters = '\0';
}

int options_parse(const struct command *command, int argc, char **argv, struct options *options)
{
	struct option longs[LENGTH_OF(definitions) + 1];
	char letters[2 * LENGTH_OF(definitions) + 2];
	int code;

	*options = (struct options){ 0 };
	make_tables(command, longs, letters);
	optind = 0;
	opterr = 0;
	while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct definition *definition = by_code(code);

		if (code == ':')
			return misuse(command, "a value is missing behind", argv[optind - 1]);
		if (definition == NULL)
			return misuse_option(command, argv[optind - 1]);
		if (set(definition, options, optarg) < 0)
			return misuse_value(command, definition, optarg);
	}
	options->args = argv + optind;
	options->arg_count = argc - optind;
	if (options->help)
		return EXIT_ALL_WELL;
	if (options->json + options->html + options->tsv + options->plain > 1)
		return misuse(command, "prints in one form; take one of", "--json, --html, --tsv, --plain");
	if (options->arg_count < command->min_args)
		return misuse(command, "expects", command->synopsis);
	if (command->max_args >= 0 && options->arg_count > command->max_args)
		return misuse(command, "does not know what to do with", options->args[command->max_args]);
	return EXIT_ALL_WELL;
}

bool options_color(const struct options *options)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	return (no_color == NULL || no_color[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0 &&
	       isatty(STDOUT_FILENO);
}

void options_print_help(const struct command *command)
{
	printf("usage: mailban %s [OPTION]...%s%s\n%s\n", command->name, command->synopsis[0] != '\0' ? " " : "",
	       command->synopsis, command->summary);
	if (command->details != NULL)
		printf("\n%s\n", command->details);
	if (command->print_words != NULL) {
		putchar('\n');
		command->print_words();
	}
	fputs("\noptions:\n", stdout);
	for (unsigned i = 0; i < LENGTH_OF(definitions); i++) {
		const struct definition *d = &definitions[i];
		char left[40];

		if (!concerns(command, d))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", d->name, d->argument != NULL ? " " : "",
			 d->argument != NULL ? d->argument : "");
		if (d->letter != 0)
			printf("  -%c, %-22s  %s\n", d->letter, left, d->help);
		else
			printf("      %-22s  %s\n", left, d->help);
	}
}
