#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Speed that can be tested: instructions are counted, not seconds.

bats_require_minimum_version 1.5.0

@test "a scan costs at most 5% more instructions than recorded" {
	run "$BATS_TEST_DIRNAME/../bench/instructions" "$MAILBAN" "$BUILD/generate" "$BUILD/flags"
	[ "$status" -ne 77 ] || skip "$output"
	sed 's/^/# /' <<< "$output" >&3
	[ "$status" -eq 0 ]
}
