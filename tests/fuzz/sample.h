/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sample: a target without libFuzzer, for `make check`: each seed as it is, then damaged ones. TARGET FOLDER [COUNT] */
#ifndef MAILBAN_TESTS_SAMPLE_H
#define MAILBAN_TESTS_SAMPLE_H

#include <fcntl.h>
#include <glob.h>

#include "base/file.h"
#include "../unit/random.h"

struct sample {
	struct buf *seeds;
	size_t count;
	uint64_t random;
};

static inline size_t sample_below(struct sample *s, size_t n)
{
	return (size_t)random_below(&s->random, n);
}

/* Some bytes of any value, taken out, or of another seed. */
static inline void sample_damage(struct sample *s, struct buf *text)
{
	const struct buf *other = &s->seeds[sample_below(s, s->count)];
	size_t at = sample_below(s, text->len + 1), len = sample_below(s, 20), rest = text->len - at;
	char byte = (char)sample_below(s, 256);

	len = len < rest ? len : rest;
	switch (sample_below(s, 4)) {
	case 0:
		if (rest > 0)
			text->ptr[at] = byte;
		return;
	case 1:
		if (len > 0)
			memmove(text->ptr + at, text->ptr + at + len, rest - len);
		text->len -= len;
		return;
	case 2:
		text->len = at;
		if (other->len > 0)
			buf_add(text, other->ptr + sample_below(s, other->len), 1);
		return;
	default:
		text->len = at;
		at = sample_below(s, other->len + 1);
		if (other->len > at)
			buf_add(text, other->ptr + at, other->len - at);
	}
}

static inline void sample_run(const struct buf *text)
{
	/* exactly so long: the sanitizers see who reads behind it */
	uint8_t *exact = mem_alloc(text->len, 1);

	if (text->len > 0)
		memcpy(exact, text->ptr, text->len);
	(void)LLVMFuzzerTestOneInput(exact, text->len);
	free(exact);
}

int main(int argc, char **argv)
{
	struct sample s = { .random = random_begin(random_seed()) };
	unsigned long runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 2000;
	struct buf pattern = { 0 };
	glob_t found;

	buf_addf(&pattern, "%s/*", argc > 1 ? argv[1] : ".");
	fuzz_check(glob(buf_text(&pattern), 0, NULL, &found) == 0);
	s.count = found.gl_pathc;
	s.seeds = mem_zalloc(s.count, sizeof(*s.seeds));
	for (size_t i = 0; i < s.count; i++)
		fuzz_check(file_read(found.gl_pathv[i], &s.seeds[i]) == 0);
	globfree(&found);
	/* what a target says of its input is nobody's */
	fuzz_check(freopen("/dev/null", "w", stderr) != NULL);
	for (size_t i = 0; i < s.count; i++)
		sample_run(&s.seeds[i]);
	for (unsigned long run = s.count; run < runs; run++) {
		const struct buf *seed = &s.seeds[sample_below(&s, s.count)];
		struct buf text = fuzz_text(seed->ptr, seed->len);

		for (size_t times = 1 + sample_below(&s, 4); times > 0; times--)
			sample_damage(&s, &text);
		sample_run(&text);
		buf_free(&text);
	}
	for (size_t i = 0; i < s.count; i++)
		buf_free(&s.seeds[i]);
	free(s.seeds);
	buf_free(&pattern);
	return 0;
}

#endif
