/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mutate: writes logs for the tests of commands.
 *
 *	mutate N
 *
 * All lines of the corpora and all samples of the rules, each once; then N lines that are nearly those.
 *
 * Runs in the folder of the project.
 */
#include "mutate.h"

static void write_line(const char *bytes, size_t len)
{
	fwrite(bytes, 1, len, stdout);
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct ruleset set = { 0 };
	struct seeds seeds;
	struct mutator m;

	if (argc != 2 || rules_load(&set, NULL, RULES_WITH_SAMPLES) < 0)
		return 2;
	seeds_load(&seeds, &set);
	for (size_t i = 0; i < seeds.count; i++)
		write_line(seeds.all[i].line, seeds.all[i].len);
	mutate_begin(&m, &seeds);
	for (uint64_t n = strtoull(argv[1], NULL, 10); n > 0; n--) {
		struct span line = mutate_next(&m);

		write_line(line.ptr, line.len);
	}
	mutate_end(&m);
	seeds_free(&seeds);
	rules_free(&set);
	return fflush(stdout) != 0;
}
