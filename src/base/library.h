/* SPDX-License-Identifier: GPL-2.0-or-later */
/* library: a library that is loaded when it is first needed. One list, FUNCTIONS(with), names what is used of it; a
 * struct of pointers is made of the list. A note in the binary tells packagers' tools of the dependency, since the
 * linker does not: https://uapi-group.org/specifications/specs/elf_dlopen_metadata/ */
#ifndef MAILBAN_BASE_LIBRARY_H
#define MAILBAN_BASE_LIBRARY_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define LIBRARY_MEMBER(name) __typeof__(&(name)) (name);
#define LIBRARY_FIND(name) && (*(void **)&lib->name = dlsym(handle, #name)) != NULL

/* Loads it, to stay, and fills in the pointers of *lib. Declares `found`: whether all are there, else dlerror() has the
 * reason. */
#define LIBRARY_LOAD(soname, FUNCTIONS) \
	void *handle = dlopen(soname, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE); \
	bool found = handle != NULL FUNCTIONS(LIBRARY_FIND)

#define LIBRARY_NOTE(soname, feature, description, priority) LIBRARY_NOTE_OF("[{\"feature\":\"" feature \
	"\",\"description\":\"" description "\",\"priority\":\"" priority "\",\"soname\":[\"" soname "\"]}]")
#define LIBRARY_NOTE_OF(json) \
	__attribute__((used, section(".note.dlopen"), aligned(4))) static const struct { \
		uint32_t owner_bytes, text_bytes, type; \
		char owner[4], text[(sizeof(json) + 3) / 4 * 4]; \
	} note = { 4, sizeof(json), 0x407c0c0a, "FDO", json }

#endif
