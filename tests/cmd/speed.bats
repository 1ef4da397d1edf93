#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Speed that can be tested: instructions are counted, and processor time compared with processor time, not seconds.

bats_require_minimum_version 1.5.0

@test "a scan costs at most 5% more instructions than recorded" {
	run "$BATS_TEST_DIRNAME/../bench/instructions" "$MAILBAN" "$BUILD/generate" "$BUILD/flags"
	[ "$status" -ne 77 ] || skip "$output"
	sed 's/^/# /' <<< "$output" >&3
	[ "$status" -eq 0 ]
}

# cpu COMMAND...: its processor time, in milliseconds
cpu() {
	local TIMEFORMAT='%U %S'
	{ time "$@" > page.html; } 2>&1 | awk '{ print int(1000 * ($1 + $2)) }'
}

@test "the page of a host with 1,000,000 bans is small, and costs less than the run that banned them" {
	cd "$BATS_TEST_TMPDIR"
	printf 'max-new = 2000000\nnetworks = 0\n' > conf
	awk -v at="$(date -u -d -2hours '+%F %T')" 'BEGIN {
		for (i = 0; i < 1000000; i++)
			printf "%s rejected EHLO from (ylmf-pc) [%d.%d.%d.7]: x\n", at, 11 + i / 65536, i / 256 % 256, i % 256
	}' > log
	files='-c conf --blacklist blacklist --state state'
	run=$(TZ=UTC cpu "$MAILBAN" run --no-sync -q $files log)
	[ "$(grep -c since blacklist)" -eq 1000000 ]
	page=$(cpu "$MAILBAN" report --html $files)
	echo "# run $run ms, page $page ms, $(wc -c < page.html) bytes" >&3
	grep -q '1,000,000' page.html
	[ "$(wc -c < page.html)" -lt 300000 ]
	[ "$page" -lt "$run" ]
}
