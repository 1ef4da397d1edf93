/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * class_write: writes what is asked of a class of bytes as C functions.
 *
 * One tells of a byte; one finds where a run of bytes of the class ends, sixteen at a time, and one does so up to a limit.
 */
#include "build/class_write.h"

#include <inttypes.h>
#include <stdbool.h>

#include "detect/walk.h"

enum { RANGES_MOST = 5 };

/* The class, and the numbers that its functions are called by. */
struct written {
	FILE *out;
	const uint8_t *set;
	unsigned number, class;
};

struct range {
	unsigned low, high;
};

/* The bytes that are in the set, or are not, as ranges; fills at most RANGES_MOST and returns how many there are. */
static unsigned find_ranges(const uint8_t *set, bool in, struct range *ranges)
{
	unsigned count = 0;

	for (unsigned c = 0; c < 256; c++) {
		unsigned low = c;

		if (byteset_has(set, c) != in)
			continue;
		while (c < 255 && byteset_has(set, c + 1) == in)
			c++;
		if (count < RANGES_MOST)
			ranges[count] = (struct range){ low, c };
		count++;
	}
	return count;
}

static bool is_all(const uint8_t *set)
{
	struct range ranges[RANGES_MOST];

	return find_ranges(set, false, ranges) == 0;
}

static void write_bitmap(const struct written *w)
{
	fprintf(w->out, "\tstatic const uint64_t bits[4] = {");
	for (unsigned i = 0; i < 4; i++) {
		uint64_t word = 0;

		for (unsigned c = 0; c < 64; c++)
			word |= (uint64_t)byteset_has(w->set, i * 64 + c) << c;
		fprintf(w->out, " UINT64_C(0x%" PRIx64 "),", word);
	}
	fprintf(w->out, " };\n\n\treturn (bits[(unsigned char)byte / 64] >> (unsigned char)byte %% 64 & 1) != 0;\n}\n");
}

static void write_tell(const struct written *w)
{
	struct range ranges[RANGES_MOST];
	bool in = find_ranges(w->set, true, ranges) <= find_ranges(w->set, false, ranges);
	unsigned count = find_ranges(w->set, in, ranges);

	fprintf(w->out, "static inline bool in_%u_%u(char byte)\n{\n", w->number, w->class);
	if (count == 0) {
		fprintf(w->out, "\t(void)byte;\n\treturn %s;\n}\n", in ? "false" : "true");
		return;
	}
	if (count > 3) {
		write_bitmap(w);
		return;
	}
	fprintf(w->out, "\treturn %s(", in ? "" : "!");
	for (unsigned i = 0; i < count; i++)
		fprintf(w->out, "%s(unsigned char)byte - %uU <= %uU", i > 0 ? " || " : "", ranges[i].low,
			ranges[i].high - ranges[i].low);
	fprintf(w->out, ");\n}\n");
}

static void write_outside(const struct written *w, bool in, const struct range *ranges, unsigned count)
{
	fprintf(w->out, "static inline unsigned outside_%u_%u(__m128i v)\n{\n\treturn %sready_bits(", w->number, w->class,
		in ? "0xffff ^ " : "");
	for (unsigned i = 0; i + 1 < count; i++)
		fprintf(w->out, "_mm_or_si128(ready_range(v, %u, %u), ", ranges[i].low, ranges[i].high);
	fprintf(w->out, "ready_range(v, %u, %u)", ranges[count - 1].low, ranges[count - 1].high);
	for (unsigned i = 0; i < count; i++)
		fputc(')', w->out);
	fprintf(w->out, ";\n}\n");
}

/* The function that finds where a run ends: at the first other byte, or at a limit. */
static void write_run(const struct written *w, bool wide, bool limited)
{
	fprintf(w->out, "static inline const char *%s_%u_%u(const char *p%s)\n{\n", limited ? "limited" : "run", w->number, w->class,
		limited ? ", const char *limit" : "");
	if (wide)
		fprintf(w->out,
			"#ifdef __SSE2__\n"
			"\tfor (;; p += 16) {\n"
			"\t\tunsigned outside = outside_%u_%u(ready_load(p));\n\n"
			"\t\tif (outside != 0)\n"
			"\t\t\treturn %s;\n"
			"%s"
			"\t}\n"
			"#endif\n",
			w->number, w->class, limited ? "ready_limit(p, limit, __builtin_ctz(outside))" : "p + __builtin_ctz(outside)",
			limited ? "\t\tif (limit - p <= 16)\n\t\t\treturn limit;\n" : "");
	fprintf(w->out, "\twhile (%sin_%u_%u(*p))\n\t\tp++;\n\treturn p;\n}\n", limited ? "p < limit && " : "", w->number, w->class);
}

static void write_runs(const struct written *w, unsigned functions)
{
	struct range ranges[RANGES_MOST];
	bool in = find_ranges(w->set, true, ranges) <= find_ranges(w->set, false, ranges);
	unsigned count = find_ranges(w->set, in, ranges);
	bool wide = count > 0 && count <= RANGES_MOST;

	if (wide) {
		fprintf(w->out, "#ifdef __SSE2__\n");
		write_outside(w, in, ranges, count);
		fprintf(w->out, "#endif\n");
	}
	if ((functions & CLASS_RUN) != 0)
		write_run(w, wide, false);
	if ((functions & CLASS_LIMITED_RUN) != 0 && is_all(w->set))
		fprintf(w->out, "static inline const char *limited_%u_%u(const char *p, const char *limit)\n{\n\t(void)p;\n\treturn limit;\n}\n",
			w->number, w->class);
	else if ((functions & CLASS_LIMITED_RUN) != 0)
		write_run(w, wide, true);
}

void class_write(FILE *out, const uint8_t set[32], unsigned number, unsigned class, unsigned functions)
{
	struct written w = { out, set, number, class };
	unsigned runs = functions & (CLASS_RUN | CLASS_LIMITED_RUN);

	/* every byte is of a class that holds all: its runs ask for none */
	if ((functions & CLASS_TELL) != 0 || (runs != 0 && !is_all(set)))
		write_tell(&w);
	if (runs != 0)
		write_runs(&w, functions);
}
