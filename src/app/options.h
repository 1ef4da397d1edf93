/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_APP_OPTIONS_H
#define MAILBAN_APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses of every command. */
enum exit_status {
	EXIT_ALL_WELL = 0,
	EXIT_IN_PART = 1,   /* a source could not be read, the set not synced; all else was done */
	EXIT_USAGE = 2,     /* usage or configuration */
	EXIT_NOTHING = 3,   /* nothing was done */
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* The command line. Texts point into argv. NULL or zero: not given. */
struct options {
	const char *config, *blacklist, *state, *allow, *rules, *rule, *program, *duration, *since, *until, *directory;
	const char *from_fail2ban, *sample, *class_name, *output, *push, *by, *sort, *prometheus;
	unsigned threads;
	enum color color;
	bool dry_run, quiet, verbose, json, html, no_sync, full, force, classic, tsv, plain, check, no_prefilter;
	bool mail, all, fleet;
	bool help;
	char **args;        /* the arguments behind the options */
	int arg_count;
};

struct config;

struct command {
	const char *name;
	const char *synopsis;   /* of the arguments: "[FILE...]" */
	const char *summary;    /* one line */
	const char *details;    /* further lines of its help, or NULL */
	void (*print_words)(void); /* prints the words that its argument may be, each behind two blanks; or NULL */
	const char *options;    /* the long names of the options that concern it, between blanks: " json blacklist " */
	int min_args, max_args; /* max -1: any number */
	int (*run)(const struct config *config, const struct options *options);
};

/* Reads the words behind the command's name. Returns EXIT_ALL_WELL, or EXIT_USAGE after saying what is
 * wrong on stderr. */
int options_parse(const struct command *command, int argc, char **argv, struct options *options);

/* Whether stdout gets colours: as --color says; auto: a terminal that can, and no NO_COLOR (no-color.org). */
bool options_color(const struct options *options);

/* Prints the help of one command. */
void options_print_help(const struct command *command);

#endif
