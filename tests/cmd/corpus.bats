#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The corpus: lines of all servers with their verdicts. kind, rule, class, address, count, line; kinds are
# attack, good, no-address, trouble (of this server),
# benign (no event) and forged (the client's own address or no event).

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../corpus"
	export TZ=UTC
	rows="$BATS_TEST_TMPDIR/rows"
	cat ./*.tsv | grep -v '^#' > "$rows"
}

@test "every line of the corpus means what its verdict says" {
	cut -f 6- "$rows" | "$MAILBAN" match --tsv > "$BATS_TEST_TMPDIR/out"
	diff <(cut -f 2-5 "$rows") <(cut -f 1-4 "$BATS_TEST_TMPDIR/out")
}

@test "the literals that spare patterns leave nothing out" {
	cut -f 6- "$rows" | "$MAILBAN" match --tsv > "$BATS_TEST_TMPDIR/with"
	cut -f 6- "$rows" | "$MAILBAN" match --tsv --no-prefilter > "$BATS_TEST_TMPDIR/without"
	cmp "$BATS_TEST_TMPDIR/with" "$BATS_TEST_TMPDIR/without"
}

@test "verdicts fit their kinds: attacks count against an address, forged and benign lines never against a stranger" {
	run -1 awk -F '\t' '
		$1 == "attack" && ($3 == "good" || $4 == "-") ||
		$1 == "good" && $3 != "good" ||
		($1 == "trouble") != ($3 == "trouble") ||
		$1 == "benign" && $2 != "-" ||
		$1 == "no-address" && ($2 == "-" || $4 != "-") ||
		$4 ~ /^203\.0\.113\./ { print; bad = 1 }
		END { exit !bad }' "$rows"
	[ -z "$output" ]
}

@test "the corpus is as large as it has to be, and has a line for every rule" {
	[ "$(wc -l < "$rows")" -ge 400 ]
	[ "$(grep -c -E '^(forged|benign)' "$rows")" -ge 120 ]
	run -0 comm -23 <("$MAILBAN" rules | cut -d ' ' -f 1 | sort) <(cut -f 2 "$rows" | sort -u)
	[ -z "$output" ]
}

@test "the corpus uses addresses and names of documentation only" {
	run -1 grep -E -o '\b([0-9]{1,3}\.){3}[0-9]{1,3}\b' <(cut -f 4,6- "$rows" | grep -o -E '\b([0-9]{1,3}\.){3}[0-9]{1,3}\b' |
		grep -v -E '^(192\.0\.2|198\.51\.100|203\.0\.113|127\.0\.0|127\.255\.255)\.|^(0\.0\.0\.0|1\.1\.1\.1)$')
}
