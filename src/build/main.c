/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matchers: writes the C functions that match as the built-in rules' patterns do, to stdout.
 *
 * Runs while mailban is built, on the machine that builds, and needs nothing but the C library: of a file of rules it
 * knows the lines that say match = '...' and no more. A pattern that it reads otherwise than mailban will is never asked
 * for, and one that has something steps do not know is left out; then PCRE2 does its work.
 */
#include <stdlib.h>
#include <string.h>

#include "build/steps.h"

enum { LINE_MAX_BYTES = 8192, PATTERNS_MAX = 1024 };

struct made {
	char *pattern;
	struct steps *steps;
};

static void die(const char *what, const char *name)
{
	fprintf(stderr, "matchers: %s: %s\n", name, what);
	exit(1);
}

/* The pattern of a line, in place; NULL: the line has none. */
static char *pattern_in(char *line)
{
	char *from, *to, *end;

	line += strspn(line, " \t");
	if (strncmp(line, "match", 5) != 0)
		return NULL;
	line += 5 + strspn(line + 5, " \t");
	if (*line++ != '=')
		return NULL;
	line += strspn(line, " \t");
	end = strrchr(line, '\'');
	if (*line != '\'' || end == line)
		return NULL;
	for (from = to = line + 1; from < end; from++) {
		if (from[0] == '\\' && from[1] == '\'')
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return line + 1;
}

static char *copy_of(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = malloc(size);

	if (copy == NULL)
		die("out of memory", text);
	memcpy(copy, text, size);
	return copy;
}

static bool is_known(const struct made *all, size_t count, const char *pattern)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(all[i].pattern, pattern) == 0)
			return true;
	}
	return false;
}

static size_t read_rules(const char *name, struct made *all, size_t count)
{
	static char line[LINE_MAX_BYTES];
	FILE *in = fopen(name, "r");

	if (in == NULL)
		die("cannot be opened", name);
	while (fgets(line, sizeof(line), in) != NULL) {
		char *pattern = pattern_in(line);
		struct steps *steps;

		if (pattern == NULL || is_known(all, count, pattern))
			continue;
		steps = malloc(sizeof(*steps));
		if (steps == NULL || count == PATTERNS_MAX)
			die("too much", name);
		if (!steps_make(steps, pattern)) {
			free(steps);
			continue;
		}
		all[count++] = (struct made){ copy_of(pattern), steps };
	}
	fclose(in);
	return count;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct made *)a)->pattern, ((const struct made *)b)->pattern);
}

static void write_numbers(const unsigned *numbers, unsigned count)
{
	printf("{");
	for (unsigned i = 0; i < count; i++)
		printf(" %u,", numbers[i]);
	printf(" READY_NO_GROUP }, ");
}

static void write_table(const struct made *all, size_t count)
{
	printf("const struct ready ready_builtin[] = {\n");
	for (size_t i = 0; i < count; i++) {
		printf("\t{ \"");
		for (const char *c = all[i].pattern; *c != '\0'; c++)
			printf("\\%03o", (unsigned)(unsigned char)*c);
		printf("\", match_%zu, ", i);
		write_numbers(all[i].steps->users, all[i].steps->user_count);
		write_numbers(all[i].steps->counts, all[i].steps->count_count);
		printf("{");
		for (unsigned k = 0; k < sizeof(all[i].steps->first); k++)
			printf(" %u,", (unsigned)all[i].steps->first[k]);
		printf(" }, %s },\n", all[i].steps->loops ? "true" : "false");
	}
	printf("};\n\nconst size_t ready_builtin_count = %zu;\n", count);
}

int main(int argc, char **argv)
{
	static struct made all[PATTERNS_MAX];
	size_t count = 0;

	for (int i = 1; i < argc; i++)
		count = read_rules(argv[i], all, count);
	qsort(all, count, sizeof(*all), compare);
	printf("#include \"detect/ready_inside.h\"\n\n");
	/* what a choice holds is read only where a step of the same number put it there, which GCC cannot know */
	printf("#if defined(__GNUC__) && !defined(__clang__)\n#pragma GCC diagnostic ignored \"-Wmaybe-uninitialized\"\n#endif\n\n");
	for (size_t i = 0; i < count; i++)
		steps_write(stdout, all[i].steps, (unsigned)i);
	write_table(all, count);
	return fflush(stdout) != 0 || ferror(stdout);
}
