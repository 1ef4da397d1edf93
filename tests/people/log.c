/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *grow(void *p, size_t *room, size_t size)
{
	void *grown;

	*room = *room ? *room * 2 : 4096;
	grown = realloc(p, *room * size);
	if (!grown) {
		perror("people");
		exit(1);
	}
	return grown;
}

void log_start(struct log *l)
{
	l->last = &l->clients;
}

void log_free(struct log *l)
{
	while (l->clients) {
		struct client *next = l->clients->next;

		free(l->clients);
		l->clients = next;
	}
	free(l->lines);
	free(l->text);
}

void log_seed(struct log *l, uint64_t seed, const struct kind *kind)
{
	/* FNV-1a of the kind's name */
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (seed * UINT64_C(0x9e3779b97f4a7c15));

	for (const char *p = kind->name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	l->kind = kind;
	l->random = hash | 1;
	for (int i = 0; i < 8; i++)
		(void)below(l, 2);
}

void log_line(struct log *l, struct client *c, long time, const char *program, unsigned pid, const char *format, ...)
{
	char head[64], text[1024];
	va_list args;
	int length, header;

	if (time < 0 || time >= END)
		return;
	if (c->first < 0 || time < c->first)
		c->first = time;
	header = pid ? snprintf(head, sizeof(head), "%s[%u]: ", program, pid)
		     : snprintf(head, sizeof(head), "%s: ", program);
	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (l->count == l->lines_room)
		l->lines = grow(l->lines, &l->lines_room, sizeof(*l->lines));
	while (l->used + (size_t)(header + length) > l->text_room)
		l->text = grow(l->text, &l->text_room, 1);
	l->lines[l->count] = (struct line){ time, l->used, (uint32_t)(header + length), (uint32_t)l->count };
	l->count++;
	memcpy(l->text + l->used, head, (size_t)header);
	memcpy(l->text + l->used + header, text, (size_t)length);
	l->used += (size_t)(header + length);
}

static int earlier(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->serial < y->serial ? -1 : 1;
}

FILE *log_create(const char *folder, const char *name)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return fopen(path, "w");
}

static void broken_down(const struct log *l, long time, struct tm *tm)
{
	time_t t = (time_t)(l->begin + time);

	gmtime_r(&t, tm);
}

/* Writes the lines of DAY from line I on; gives the first line of the next day. */
static size_t write_lines(const struct log *l, size_t i, int day, FILE *f)
{
	for (; i < l->count && l->lines[i].time < (long)(day + 1) * DAY; i++) {
		const struct line *line = &l->lines[i];
		struct tm tm;
		char stamp[32];

		broken_down(l, line->time, &tm);
		strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &tm);
		fprintf(f, "%s mx1 %.*s\n", stamp, (int)line->length, l->text + line->start);
	}
	return i;
}

static bool write_truth(const struct log *l, const char *folder)
{
	FILE *f = log_create(folder, "truth.tsv");

	if (!f)
		return false;
	for (const struct client *c = l->clients; c; c = c->next)
		if (c->first >= 0)
			fprintf(f, "%s\t%s\t%s\t%ld\n", c->address, c->kind->honest ? "honest" : "attacker",
				c->kind->name, c->first / DAY + 1);
	return fclose(f) == 0;
}

bool log_write(struct log *l, const char *folder)
{
	size_t line = 0;

	qsort(l->lines, l->count, sizeof(*l->lines), earlier);
	for (int day = 0; day < DAYS; day++) {
		struct tm tm;
		char name[16];
		FILE *f;

		broken_down(l, (long)day * DAY, &tm);
		strftime(name, sizeof(name), "%Y-%m-%d", &tm);
		f = log_create(folder, name);
		if (!f)
			return false;
		line = write_lines(l, line, day, f);
		if (fclose(f) != 0)
			return false;
	}
	return write_truth(l, folder);
}

uint32_t below(struct log *l, uint32_t n)
{
	/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators" */
	l->random ^= l->random >> 12;
	l->random ^= l->random << 25;
	l->random ^= l->random >> 27;
	return (uint32_t)((((l->random * UINT64_C(2685821657736338717)) >> 32) * n) >> 32);
}

long between(struct log *l, long from, long to)
{
	return from + (long)below(l, (uint32_t)(to - from + 1));
}

bool chance(struct log *l, unsigned percent)
{
	return below(l, 100) < percent;
}

unsigned log_pid(struct log *l)
{
	return 1000 + below(l, 98000);
}

long at(struct log *l, int day, int from_hour, int to_hour)
{
	return (long)day * DAY + between(l, (long)from_hour * HOUR, (long)to_hour * HOUR - 1);
}

unsigned some(const struct log *l, unsigned n)
{
	unsigned part = n * l->percent / 100;

	return part ? part : 1;
}

bool workday(const struct log *l, int day)
{
	/* the first of January 1970 was a Thursday */
	int64_t weekday = (l->begin / DAY + day + 4) % 7;

	return weekday != 0 && weekday != 6;
}
