/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libnftables: loaded when sets of nftables are asked for.
 *
 * A host with ipset does not need libnftables, and every command would wait for libnftables and its own libraries.
 */
#if HAVE_LIBNFTABLES

#include "firewall/libnftables.h"

#define SONAME "libnftables.so.1"

LIBRARY_NOTE(SONAME, "libnftables", "sets of nftables", "recommended");

bool libnftables_load(struct libnftables *lib, struct buf *why)
{
	LIBRARY_LOAD(SONAME, LIBNFTABLES_FUNCTIONS);
	const char *error = found ? NULL : dlerror();

	if (!found)
		buf_add_text(why, error != NULL ? error : SONAME);
	return found;
}

#endif
