#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A sample of `make check-faults`: one call in 600 of each command is disturbed, another one each time.

load helper

setup() {
	need_sets
	local said=$BATS_TEST_TMPDIR/said
	"$BUILD/disturb" EIO 1 none true 9> "$said" || skip "no program can be traced here: $(cat "$said")"
}

@test "a command of which a call failed is told of, and repeated it does what was to be done" {
	TMPDIR=$BATS_TEST_TMPDIR "$BATS_TEST_DIRNAME/../faults/drive" "$MAILBAN" "$BUILD/disturb" --step 600 \
		run run-n ban unban allow sync
}
