/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recover: the blacklist and the state that goes with it.
 *
 * The state is renamed first, by (5) of src/README.md. A run that died behind that left the new blacklist beside the
 * old one, and the state has its digest. If it has another digest, an earlier run left it, and it counts for nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"
#include "list/blacklist.h"
#include "list/state.h"

bool state_digests(const struct state *state, uint64_t *read, uint64_t *written)
{
	struct span lines = state_lines(state, STATE_BLACKLIST);
	char text[64] = "";

	if (lines.len == 0 || lines.len >= sizeof(text))
		return false;
	memcpy(text, lines.ptr, lines.len);
	return sscanf(text, "read=%16" SCNx64 " written=%16" SCNx64, read, written) == 2;
}

void state_set_digests(struct state *state, uint64_t read, uint64_t written)
{
	struct buf line = { 0 };

	buf_addf(&line, "read=%016" PRIx64 " written=%016" PRIx64 "\n", read, written);
	state_take(state, STATE_BLACKLIST, &line);
}

uint64_t state_digest_of(const char *path)
{
	FREED_BY(buf_free) struct buf text = { 0 };

	return file_read(path, &text) == 0 ? digest_of(text.ptr, text.len) : 0;
}

bool state_is_edited(const char *path, const struct file_look *look, uint64_t digest)
{
	struct file_look now = { 0 };

	(void)file_look(path, &now);
	return !file_looks_same(&now, look) && state_digest_of(path) != digest;
}

/* Whether the state names the leftover as its list. *edited: the list that the run read has changed since. */
static int is_unfinished(const char *state_path, const char *blacklist_path, const char *leftover, bool *edited)
{
	FREED_BY(state_free) struct state state = { 0 };
	uint64_t read, written;
	int ret = 0;

	if (state_load(&state, state_path) < 0)
		return -1;
	if (state_digests(&state, &read, &written)) {
		ret = state_digest_of(leftover) == written;
		*edited = state_digest_of(blacklist_path) != read;
	}
	return ret;
}

/* Puts the leftover in place, and keeps it where that fails. */
static enum state_recovered put_in_place(const char *blacklist_path, const char *leftover)
{
	struct file_new file = { .path = mem_text(blacklist_path), .temporary = mem_text(leftover),
				 .formers = BLACKLIST_FORMERS, .keep_temporary = true };
	int error = file_commit(&file);

	(void)file_tell_unsure(blacklist_path, error);
	if (error >= 0)
		return STATE_WELL;
	msg("%s: the list that the last run made cannot take its place: %s; nothing was changed", blacklist_path,
	    strerror(-error));
	return STATE_FAILED;
}

enum state_recovered state_recover(const char *state_path, const char *blacklist_path, bool writes)
{
	FREED_BY(mem_free) char *resolved = file_resolve(blacklist_path);
	FREED_BY(mem_free) char *leftover = file_beside(blacklist_path, FILE_NEW);
	bool edited = false;
	int unfinished;

	if (access(leftover, F_OK) < 0)
		return STATE_WELL;
	unfinished = is_unfinished(state_path, blacklist_path, leftover, &edited);
	if (unfinished < 0)
		return STATE_UNREADABLE;
	if (unfinished == 0) {
		if (writes)
			(void)unlink(leftover);
		return STATE_WELL;
	}
	if (edited)
		return STATE_UNWRITTEN;
	return writes ? put_in_place(resolved, leftover) : STATE_UNFINISHED;
}
