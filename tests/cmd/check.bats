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

@test "a log that nobody writes to any more is told by check and by run" {
	echo 'Nov 21 03:17:00 mx postfix/smtpd[1]: connect from unknown[192.0.2.1]' > mail.log
	touch -d '90 days ago' mail.log
	printf 'log = { "mail.log" }\nblacklist = "b"\nstate = "s"\nallow = "a"\nrules = "."\n' > conf
	: > a
	run "$MAILBAN" check -c conf --no-sync
	[[ "$output" == *"mail.log: nothing was written to it since $(date -u -d '90 days ago' +%F); "* ]]
	run -0 "$MAILBAN" run -c conf --no-sync
	[[ "$output" == *'mail.log: nothing was written to it since '* ]]
	# a rotated sibling is that log
	touch mail.log.1
	run -0 "$MAILBAN" run -c conf --no-sync
	[ -z "$output" ]
	rm mail.log.1
	run -0 "$MAILBAN" run -c conf --no-sync mail.log
	[ -z "$output" ]
}
