#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban state: what is remembered, and what is said of a state that cannot be read.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "a state that is not there yet is said to be so" {
	run -0 "$MAILBAN" state --state state
	[ "$output" = "nothing is remembered yet in state; a run begins it" ]
	run -0 --separate-stderr "$MAILBAN" state --json --state state
	python3 -c 'import json, sys; assert json.loads(sys.argv[1]) == {"positions": []}' "$output"
}

@test "a damaged or newer state is refused with what to do" {
	printf 'mailban state 1\nsection positions 1\n' > state
	run -3 "$MAILBAN" state --state state
	[[ "$output" == *"state:"*"damaged"*"move it away"* ]]
	printf 'mailban state 2\n' > state
	run -3 "$MAILBAN" state --state state
	[[ "$output" == *"state:1:"*"newer mailban"* ]]
	rm state
	mkdir state
	run -3 "$MAILBAN" state --state state
	[[ "$output" == *"state: the state cannot be read"* ]]
}
