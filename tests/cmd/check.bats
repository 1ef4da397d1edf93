#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban check: every fault is told, and all of them at once.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	: > log
	: > allow
	echo 'log = { "log" }' > conf
}

check() {
	"$MAILBAN" check -c conf --no-sync --blacklist blacklist --state state --allow allow "$@"
}

@test "all well, and quiet about it when asked" {
	run -0 check
	[[ "$output" == *'ok  configuration'* ]]
	[[ "$output" == *'ok  log '* ]]
	[[ "$output" == *'ok  reader of logs: '*'no capabilities, no new privileges'* || "$output" == *'has a sanitizer'* ]]
	run -0 check -q
	[ "$output" = '' ]
}

@test "every fault is told, exit 1" {
	echo '192.0.2.300' > blacklist
	echo 'nobody' > allow
	echo 'damaged' > state
	rm log
	run -1 --separate-stderr check
	[[ "$stderr" == *'blacklist:1: '* ]]
	[[ "$stderr" == *'allow:1: '* ]]
	[[ "$stderr" == *'state'* ]]
	[[ "$stderr" == *'log: '* ]]
}

@test "an entry that the allowlist holds is told" {
	printf '# mailban blacklist 1\n192.0.2.7 # by hand\n' > blacklist
	echo 192.0.2.0/24 > allow
	run -1 --separate-stderr check
	[[ "$stderr" == *'bans 192.0.2.7, which is allowed as '* ]]
}

@test "a log that nobody writes to any more is told by check and once a day by run, a quiet one beside another by check" {
	echo 'log = { "log", "webmail" }' > conf
	echo '2026-08-22T00:00:01+00:00 mx postfix/smtpd[1]: connect from unknown[203.0.113.1]' | tee log > webmail
	for name in log log.1 webmail; do touch -d '4 days ago' "$name"; done
	: > log.1
	mailban_run() { "$MAILBAN" run -c conf --no-sync --blacklist blacklist --state state --allow allow "$@"; }
	run -1 --separate-stderr check
	[ "$(grep -c ': nothing was written to it since ' <<< "$stderr")" = 2 ]
	run -0 mailban_run log
	[ "$output" = '' ]
	rm state
	run -0 --separate-stderr mailban_run
	[ "$(grep -c ': nothing was written to it since ' <<< "$stderr")" = 2 ]
	[ "$(date -u +%F)" != "$(date -u -r state +%F)" ] || { run -0 mailban_run; [ "$output" = '' ]; }
	rm state
	touch -d '2 days ago' log
	run -1 --separate-stderr check
	[[ "$stderr" != */log:* && "$stderr" == */webmail:*'nothing was written to it'* ]]
	run -0 mailban_run
	[ "$output" = '' ]
}
