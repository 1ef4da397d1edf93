/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libarchive: loaded when the first compressed log is met.
 *
 * It brings a dozen other libraries along (an XML parser, Unicode tables, C++), and loading them took every
 * command two milliseconds, a third of its whole time. A note in the binary tells packagers' tools of the
 * dependency, since the linker does not: https://uapi-group.org/specifications/specs/elf_dlopen_metadata/
 */
#if HAVE_LIBARCHIVE

#include "log/libarchive.h"

#include <dlfcn.h>
#include <stdint.h>

/* the one that all 3.x have */
#define SONAME "libarchive.so.13"
#define NOTE_TEXT "[{\"feature\":\"libarchive\",\"description\":\"compressed logs\"," \
	"\"priority\":\"recommended\",\"soname\":[\"" SONAME "\"]}]"

enum { NOTE_TYPE = 0x407c0c0a };

__attribute__((used, section(".note.dlopen"), aligned(4))) static const struct {
	uint32_t owner_bytes, text_bytes, type;
	char owner[4];
	char text[(sizeof(NOTE_TEXT) + 3) / 4 * 4];
} note = { sizeof(note.owner), sizeof(NOTE_TEXT), NOTE_TYPE, "FDO", NOTE_TEXT };

#define FIND(name) found = found && (*(void **)&lib->name = dlsym(handle, #name)) != NULL;

bool libarchive_load(struct libarchive *lib, struct buf *why)
{
	void *handle = dlopen(SONAME, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
	bool found = handle != NULL;
	const char *error;

	LIBARCHIVE_FUNCTIONS(FIND)
	error = found ? NULL : dlerror();
	if (!found)
		buf_add_text(why, error != NULL ? error : SONAME);
	return found;
}

#endif
