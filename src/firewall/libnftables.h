/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libnftables: the library, loaded when it is needed. Inside src/firewall only. */
#ifndef MAILBAN_FIREWALL_LIBNFTABLES_H
#define MAILBAN_FIREWALL_LIBNFTABLES_H

#include <nftables/libnftables.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/library.h"

/* The functions of libnftables that mailban uses. */
#define LIBNFTABLES_FUNCTIONS(with) \
	with(nft_ctx_new) \
	with(nft_ctx_free) \
	with(nft_ctx_buffer_output) \
	with(nft_ctx_buffer_error) \
	with(nft_ctx_get_output_buffer) \
	with(nft_ctx_get_error_buffer) \
	with(nft_run_cmd_from_buffer)

struct libnftables {
	LIBNFTABLES_FUNCTIONS(LIBRARY_MEMBER)
};

/* Loads the library for good. False where that fails, with the loader's words appended to why. */
bool libnftables_load(struct libnftables *lib, struct buf *why);

#endif
