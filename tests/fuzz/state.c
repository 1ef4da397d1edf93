/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state: a state under the right checksum. What can be read is judged and written, and that can be read again and is
 * written the same. */
#include "fuzz.h"

#include <inttypes.h>

#include "app/remembered.h"
#include "base/digest.h"
#include "judge/decide.h"
#include "judge/settings.h"
#include "list/state.h"
#include "log/position.h"

static const char first[] = "mailban state 2\n";

/* Reads all sections and writes them again. False where one cannot be read. */
static bool once_more(const struct buf *text, int64_t now, bool decides, struct buf *out)
{
	struct judge_settings settings;
	struct positions positions = { 0 };
	struct buf lines = { 0 };
	struct judge judge;
	struct state state;
	bool ok;

	judge_settings_defaults(&settings);
	judge_init(&judge, &settings, now);
	ok = state_load(&state, fuzz_file(text->ptr, text->len)) == 0;
	if (ok) {
		ok = positions_parse(&positions, state_lines(&state, STATE_POSITIONS)) == 0 &&
		     remembered_judge(&state, "state", &judge) == 0;
		if (ok && decides)
			judge_event(&judge, &(struct event){ .time = now, .event_class = CLASS_AUTH, .count = 1,
							     .addr = { 0, 0xffffcb007109, ADDR_BITS } }, now);
		if (ok) {
			positions_format(&positions, &lines);
			state_take(&state, STATE_POSITIONS, &lines);
			judge_save(&judge, &state);
			state_format(&state, out);
		}
	}
	positions_free(&positions);
	state_free(&state);
	judge_free(&judge);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = { 0 }, once = { 0 }, twice = { 0 };
	struct digest digest = { 0 };

	buf_add_text(&text, first);
	buf_add(&text, (const char *)data, size);
	if (size > 0 && text.ptr[text.len - 1] != '\n')
		buf_add_char(&text, '\n');
	digest_add(&digest, text.ptr, text.len);
	buf_addf(&text, "checksum %016" PRIx64 "\n", digest_value(&digest));
	if (once_more(&text, FUZZ_NOW, true, &once)) {
		fuzz_check(once_more(&once, FUZZ_NOW, false, &twice));
		fuzz_same(&once, &twice);
	}
	buf_free(&text);
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
