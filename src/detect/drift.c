/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drift: how much of each program's lines the rules know, and which failures they do not know.
 *
 * Each thread counts for itself, and the counts are added at the end: it does not matter which thread saw a line. Of
 * more shapes than there is room for, those with the smallest hashes are kept. So the set of all shapes alone decides
 * which shapes stay, and each of them is counted from its first line on. The hash has no seed, since the state keeps
 * it from run to run; it decides nothing else.
 */
#define _GNU_SOURCE
#include "detect/drift.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/search.h"
#include "detect/shape.h"
#include "log/form.h"

struct drift *drift_new(void)
{
	return mem_zalloc(1, sizeof(struct drift));
}

static void free_shape(struct drift_shape *shape)
{
	free(shape->program);
	free(shape->shape);
	free(shape->example);
}

void drift_free(struct drift *drift)
{
	if (drift == NULL)
		return;
	for (size_t i = 0; i < drift->program_count; i++)
		free(drift->programs[i].name);
	for (size_t i = 0; i < drift->shape_count; i++)
		free_shape(&drift->shapes[i]);
	free(drift->programs);
	buf_free(&drift->scratch);
	free(drift);
}

size_t drift_program(struct drift *drift, struct span name)
{
	for (size_t i = 0; i < drift->program_count; i++) {
		if (span_is(name, drift->programs[i].name))
			return i;
	}
	if (drift->program_count == DRIFT_PROGRAMS_MAX || name.len == 0 || memchr(name.ptr, '\0', name.len) != NULL)
		return DRIFT_PROGRAMS_MAX;
	drift->programs = mem_grow(drift->programs, &drift->program_capacity, drift->program_count + 1,
				   sizeof(*drift->programs));
	drift->programs[drift->program_count] = (struct drift_program){ .name = mem_text_of(name.ptr, name.len) };
	return drift->program_count++;
}

static uint64_t hash_shape(const char *program, const char *shape, size_t len)
{
	return digest_fnv64(digest_fnv64(DIGEST_FNV64_FIRST, program, strlen(program) + 1), shape, len);
}

static bool is_before(const void *shape, const void *hash)
{
	return ((const struct drift_shape *)shape)->hash < *(const uint64_t *)hash;
}

/* Where the shape of that hash stands, or would stand. */
static size_t place_of(const struct drift *drift, uint64_t hash)
{
	return search_first(drift->shapes, drift->shape_count, sizeof(*drift->shapes), is_before, &hash);
}

static void keep_smaller_example(struct drift_shape *shape, const char *bytes, size_t len)
{
	if (shape->example != NULL &&
	    span_compare((struct span){ bytes, len }, (struct span){ shape->example, shape->example_len }) >= 0)
		return;
	free(shape->example);
	shape->example = mem_text_of(bytes, len);
	shape->example_len = len;
}

/* The shape to count in; NULL where its hash is too large. */
static struct drift_shape *find_shape(struct drift *drift, const char *program, const char *text, size_t len)
{
	uint64_t hash = hash_shape(program, text, len);
	size_t at = place_of(drift, hash);

	if (at < drift->shape_count && drift->shapes[at].hash == hash)
		return &drift->shapes[at];
	if (at == DRIFT_SHAPES_MAX)
		return NULL;
	if (drift->shape_count == DRIFT_SHAPES_MAX)
		free_shape(&drift->shapes[--drift->shape_count]);
	memmove(&drift->shapes[at + 1], &drift->shapes[at], (drift->shape_count - at) * sizeof(drift->shapes[0]));
	drift->shape_count++;
	drift->shapes[at] = (struct drift_shape){ .hash = hash,
						  .program = mem_text(program),
						  .shape = mem_text_of(text, len) };
	return &drift->shapes[at];
}

/* Makes the shape of a message. False: it holds no address but in quotes. */
static bool fold(struct drift *drift, struct span message)
{
	buf_clear(&drift->scratch);
	return shape_fold(&drift->scratch, message);
}

/* Counts the message whose shape was made last. */
static void count_failure(struct drift *drift, size_t program, struct span message)
{
	struct drift_program *p = &drift->programs[program];
	struct drift_shape *shape;

	p->failures++;
	/* up to a NUL, as it is kept: else the added counts would have another shape */
	shape = find_shape(drift, p->name, buf_text(&drift->scratch), strlen(buf_text(&drift->scratch)));
	if (shape == NULL)
		return;
	shape->count++;
	keep_smaller_example(shape, message.ptr, message.len < DRIFT_EXAMPLE_MAX ? message.len : DRIFT_EXAMPLE_MAX);
}

/* Whether the server asked the client to come again (codes 4yz, RFC 5321, 4.2.1), as with greylisting. Postfix writes
 * the code behind the client, Sendmail behind reject=, Exim none. */
static bool puts_off(struct span message)
{
	for (size_t i = 2; i + 4 <= message.len; i++) {
		const char *at = message.ptr + i;

		if (at[0] == '4' && form_is_digit(at[1]) && form_is_digit(at[2]) && at[3] == ' ' &&
		    (memcmp(at - 2, ": ", 2) == 0 || memcmp(at - 2, "t=", 2) == 0))
			return true;
	}
	return span_holds(message, " temporarily rejected ");
}

void drift_unknown(struct drift *drift, size_t program, struct span message)
{
	if (program != DRIFT_PROGRAMS_MAX && shape_names_failure(message) && !puts_off(message) && fold(drift, message))
		count_failure(drift, program, message);
}

bool drift_may_be_mail(struct span program)
{
	static const char *const others[] = {
		"sshd", "sudo", "su", "login", "kernel", "systemd", "cron", "CRON", "crond", "named", "fail2ban",
		"mailban", "dbus-daemon", "polkitd", "dhclient", "ntpd", "chronyd", "vsftpd", "proftpd", "pure-ftpd",
		"openvpn", "asterisk", "smbd", "nmbd", "winbindd", "xrdp", "slapd", "mysqld", "mariadbd", "postgres",
		/* programs that judge mail, and Postfix's daemons that quote other servers */
		"rspamd", "amavis", "spamd", "opendkim", "opendmarc", "policyd", "clamd", "smtp", "lmtp", "bounce",
		"pipe", "local", "virtual", "error", "qmgr", "pickup", "anvil", "master", "postsuper"
	};
	const char *slash;

	/* the log of one program may not name the program */
	slash = program.len > 0 ? memrchr(program.ptr, '/', program.len) : NULL;
	if (slash != NULL)
		program = (struct span){ slash + 1, program.len - (size_t)(slash + 1 - program.ptr) };
	for (size_t i = 0; i < LENGTH_OF(others); i++) {
		size_t len = strlen(others[i]);

		/* "sshd-session", "systemd-logind", "fail2ban.filter" */
		if (program.len >= len && memcmp(program.ptr, others[i], len) == 0 &&
		    (program.len == len || program.ptr[len] == '-' || program.ptr[len] == '.'))
			return false;
	}
	return true;
}

static bool speaks_of_login(struct span message)
{
	static const char *const words[] = { "ogin", "LOGIN", "uth", "AUTH", "assw", "redential" };

	for (size_t i = 0; i < LENGTH_OF(words); i++) {
		if (span_holds(message, words[i]))
			return true;
	}
	return false;
}

void drift_stranger(struct drift *drift, struct span program, struct span message)
{
	size_t at;

	if (!shape_names_failure(message) || !speaks_of_login(message))
		return;
	if (!fold(drift, message) && !shape_holds_address(message))
		return;
	at = drift_program(drift, program.len > 0 ? program : (struct span){ "-", 1 });
	if (at == DRIFT_PROGRAMS_MAX)
		return;
	drift->programs[at].lines++;
	count_failure(drift, at, message);
}

void drift_merge(struct drift *into, const struct drift *from)
{
	into->recognised += from->recognised;
	for (size_t i = 0; i < from->program_count; i++) {
		const struct drift_program *p = &from->programs[i];
		size_t at = drift_program(into, (struct span){ p->name, strlen(p->name) });

		if (at == DRIFT_PROGRAMS_MAX)
			continue;
		into->programs[at].lines += p->lines;
		into->programs[at].recognised += p->recognised;
		into->programs[at].failures += p->failures;
	}
	for (size_t i = 0; i < from->shape_count; i++) {
		const struct drift_shape *s = &from->shapes[i];
		struct drift_shape *shape = find_shape(into, s->program, s->shape, strlen(s->shape));

		if (shape == NULL)
			continue;
		shape->count += s->count;
		keep_smaller_example(shape, s->example, s->example_len);
	}
}

static int compare_programs(const void *a, const void *b)
{
	return strcmp(((const struct drift_program *)a)->name, ((const struct drift_program *)b)->name);
}

static int compare_shapes(const void *a, const void *b)
{
	const struct drift_shape *x = a, *y = b;
	int order;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	order = strcmp(x->program, y->program);
	return order != 0 ? order : strcmp(x->shape, y->shape);
}

void drift_sort(struct drift *drift)
{
	if (drift->program_count > 0)
		qsort(drift->programs, drift->program_count, sizeof(*drift->programs), compare_programs);
	qsort(drift->shapes, drift->shape_count, sizeof(drift->shapes[0]), compare_shapes);
}
