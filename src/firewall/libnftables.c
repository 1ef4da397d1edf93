/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libnftables: loaded when sets of nftables are asked for.
 *
 * A host with ipset has no need of it, and every command would wait for it and for what it brings along. A note in
 * the binary tells packagers' tools of the dependency, as that of log/unpack.c does.
 */
#if HAVE_LIBNFTABLES

#include "firewall/libnftables.h"

#include <dlfcn.h>

#define SONAME "libnftables.so.1"
#define NOTE_TEXT "[{\"feature\":\"libnftables\",\"description\":\"sets of nftables\"," \
	"\"priority\":\"recommended\",\"soname\":[\"" SONAME "\"]}]"

enum { NOTE_TYPE = 0x407c0c0a };

__attribute__((used, section(".note.dlopen"), aligned(4))) static const struct {
	uint32_t owner_bytes, text_bytes, type;
	char owner[4];
	char text[(sizeof(NOTE_TEXT) + 3) / 4 * 4];
} note = { sizeof(note.owner), sizeof(NOTE_TEXT), NOTE_TYPE, "FDO", NOTE_TEXT };

#define FIND(name) found = found && (*(void **)&lib->name = dlsym(handle, #name)) != NULL;

bool libnftables_load(struct libnftables *lib, struct buf *why)
{
	void *handle = dlopen(SONAME, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
	bool found = handle != NULL;
	const char *error;

	LIBNFTABLES_FUNCTIONS(FIND)
	error = found ? NULL : dlerror();
	if (!found)
		buf_add_text(why, error != NULL ? error : SONAME);
	return found;
}

#endif
