#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Clocks that are wrong, and days that are not as others: nothing is expired, banned into next year or judged twice.

bats_require_minimum_version 1.5.0

setup() {
	command -v faketime > /dev/null || skip 'faketime is not installed'
	cd "$BATS_TEST_TMPDIR"
	: > allow
	export TZ=UTC NO_FAKE_STAT=1
	# loaded ahead of a sanitizer's library, which does not like it
	export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
}

# at TIME COMMAND...: runs it with that clock
at() {
	faketime -f "@$1" "${@:2}"
}

mailban() {
	"$MAILBAN" run -c settings --no-sync --blacklist blacklist --state state --allow allow log*
}

settings() {
	printf 'mynetworks = no\n%s\n' "$@" > settings
}

# failures ADDRESS COUNT FORMAT TIME: a second apart, the time as date(1) writes it in that format
failures() {
	local i at
	at=$(date -d "$4" +%s)
	for ((i = 0; i < $2; i++)); do
		echo "$(LC_ALL=C date -d "@$((at + i))" "+$3") mx postfix/smtpd[42]: warning: unknown[$1]: SASL LOGIN authentication failed: no, sasl_username=user$i@example.com"
	done
}

rfc3339='%Y-%m-%dT%H:%M:%SZ' bsd='%b %e %H:%M:%S'

# The since of an address, or nothing where it is not banned.
since() {
	sed -n "s/^$1 .*since \([^ ]*\) .*/\1/p" blacklist
}

@test "a clock in 1970 judges nothing, and what came meanwhile is judged when it is right" {
	settings
	failures 192.0.2.7 6 "$rfc3339" '2026-11-20 10:00' > log
	at '2026-11-20 12:00:00' "$MAILBAN" run -q -c settings --no-sync --blacklist blacklist --state state --allow allow log
	cp blacklist before
	failures 192.0.2.8 6 "$rfc3339" '2026-11-20 14:00' >> log
	export -f mailban
	run -3 at '1970-01-01 00:10:00' bash -c mailban
	[[ "$output" == *'the clock says 1970-01-01T00:10Z; nothing was judged: set it, and run again' ]]
	cmp blacklist before
	run -0 at '2026-11-20 16:00:00' bash -c mailban
	[ "$(since 192.0.2.7)" = 2026-11-20T10:00Z ]
	[ "$(since 192.0.2.8)" = 2026-11-20T14:00Z ]
}

@test "a clock behind the times that a state can hold judges nothing, and the next run reads the state" {
	failures 192.0.2.9 6 "$rfc3339" '2100-05-01 00:00' > log
	settings
	run -3 at '2100-05-01 01:00:00' "$MAILBAN" run -c settings --no-sync --blacklist blacklist --state state --allow allow log
	[ "$output" = 'mailban: the clock says 2100-05-01T01:00Z; nothing was judged: set it, and run again' ]
	[ ! -e state ]
	mailban
}

@test "a clock set back or forward by years leaves bans as they are, and says so" {
	local wrong
	settings
	export -f mailban
	failures 192.0.2.7 6 "$rfc3339" '2028-11-20 10:00' > log
	at '2028-11-20 12:00:00' bash -c mailban
	# a ban by hand, which is over before the clock is right
	echo '192.0.2.9 # since 2028-11-20T09:00Z until 2028-11-20T12:30Z by hand hits 0' >> blacklist
	at '2028-11-20 12:00:00' bash -c mailban
	cp blacklist before
	for wrong in '2026-12-31 23:59:00' '2099-01-01 00:00:00' '2099-01-02 00:00:00'; do
		run -1 at "$wrong" bash -c mailban
		[[ "$output" == *"the clock says ${wrong%% *}T"*', and the logs are of 2028-11-20T10:00Z: bans are left as they are until both agree'* ]]
		cmp blacklist before
	done
	# new lines while it is set back are judged as of the logs
	failures 192.0.2.8 6 "$rfc3339" '2028-11-20 14:00' >> log
	touch -d '2028-11-20 14:00' log
	run -1 at '2026-12-31 23:59:00' bash -c mailban
	[ "$(since 192.0.2.8)" = 2028-11-20T14:00Z ]
	cp blacklist before
	run -1 at '2026-12-31 23:59:00' bash -c mailban
	cmp blacklist before
	run -0 at '2028-11-20 16:00:00' bash -c mailban
	sed -i '/by hand/d' before
	cmp blacklist before
	at '2028-12-20 16:00:00' bash -c mailban
	[ "$(since 192.0.2.7)" = '' ]
}

@test "where the clock is wrong, it is still what says when a run was, and whether unban took a line out before it" {
	local options=(-c settings --no-sync --blacklist blacklist --state state)
	settings
	failures 192.0.2.7 6 "$rfc3339" '2028-11-20 10:00' > log
	export -f mailban
	run -0 at '2028-11-20 12:00:00' bash -c mailban
	run -1 at '2026-11-20 12:00:00' bash -c mailban
	run -0 at '2026-11-20 12:05:00' "$MAILBAN" status "${options[@]}"
	[ "${lines[0]%%,*}" = 'last run   2026-11-20T12:00Z' ]
	run -0 at '2026-11-20 12:10:00' "$MAILBAN" unban "${options[@]}" 192.0.2.7
	run -1 at '2026-11-20 12:20:00' bash -c mailban
	[ "$(cut -d' ' -f1,3- blacklist.log)" = '2026-11-20T12:10Z unbanned 192.0.2.7' ]
	run -1 at '2035-11-20 12:20:00' bash -c mailban
	run -0 at '2035-11-20 12:25:00' "$MAILBAN" status "${options[@]}"
	[[ "$output" != *'no run for two days'* ]]
}

@test "who reads an old log for the first time, or has been off for long, has no wrong clock" {
	settings
	export -f mailban
	failures 192.0.2.7 6 "$rfc3339" '2026-01-20 10:00' > log
	run -0 at '2026-11-20 12:00:00' bash -c mailban
	[[ "$output" != *'the clock'* ]]
	failures 192.0.2.8 6 "$rfc3339" '2027-11-20 10:00' >> log
	run -0 at '2027-11-20 12:00:00' bash -c mailban
	[[ "$output" != *'the clock'* ]]
	[ "$(since 192.0.2.8)" = 2027-11-20T10:00Z ]
}

@test "the last of February and of December, in times without a year" {
	settings
	export -f mailban
	failures 192.0.2.7 6 "$bsd" '2028-02-29 23:59:57' > log
	touch -d '2028-03-01 00:00:10' log
	at '2028-03-01 03:00:00' bash -c mailban
	[ "$(since 192.0.2.7)" = 2028-03-01T00:00Z ]
	rm -f state blacklist
	failures 192.0.2.7 6 "$bsd" '2028-12-31 23:59:57' > log
	touch -d '2029-01-01 00:00:10' log
	at '2029-01-01 03:00:00' bash -c mailban
	[ "$(since 192.0.2.7)" = 2029-01-01T00:00Z ]
	run -0 at '2029-01-02 03:00:00' bash -c mailban
	[ "$output" = '' ]
}

@test "an hour that comes twice, and one that is left out, are judged once and not into the future" {
	export -f mailban
	settings 'timezone = "Europe/Berlin"'
	# 02:30 of both kinds, half an hour before the run
	{ TZ=Europe/Berlin failures 192.0.2.7 6 "$bsd" '2026-10-25 02:30 CEST'; TZ=Europe/Berlin failures 192.0.2.8 6 "$bsd" '2026-10-25 02:30 CET'; } > log
	touch -d '2026-10-25 02:00 UTC' log
	at '2026-10-25 02:00:00' bash -c mailban
	grep -q '^192.0.2.7 .*since 2026-10-25T00:30Z .* hits 6$' blacklist
	grep -q '^192.0.2.8 .*since 2026-10-25T00:30Z .* hits 6$' blacklist
	run -0 at '2026-10-25 03:00:00' bash -c mailban
	[ "$output" = '' ]
	rm -f state blacklist
	TZ=Europe/Berlin failures 192.0.2.7 6 "$bsd" '2027-03-28 01:59:57 CET' > log
	touch -d '2027-03-28 01:05 UTC' log
	at '2027-03-28 01:05:00' bash -c mailban
	[ "$(since 192.0.2.7)" = 2027-03-28T01:00Z ]
}

@test "a copied log without years is of the past, however old it is" {
	settings
	export -f mailban
	failures 192.0.2.7 6 "$bsd" '2026-03-10 10:00' > log
	failures 192.0.2.8 6 "$bsd" '2025-12-10 10:00' > log2
	# the copy lost the time of the file
	touch -d '2026-11-20 09:00' log log2
	run -0 at '2026-11-20 12:00:00' bash -c mailban
	[[ "$output" != *'to come'* ]]
	run ! grep -E 'until 202[789]' blacklist
	run ! grep -E '2026-12|2027' state
}

@test "a log without years of a host whose clock is days ahead counts as of when it was written" {
	settings
	export -f mailban
	failures 192.0.2.7 6 "$bsd" '2026-11-23 10:00' > log
	failures 192.0.2.8 6 "$bsd" '2026-12-03 10:00' > log2
	touch -d '2026-11-20 09:00' log log2
	run -0 at '2026-11-20 12:00:00' bash -c mailban
	[[ "$output" == *'12 lines bear a time that is to come'* ]]
	[ "$(since 192.0.2.7)" = 2026-11-20T09:00Z ]
	[ "$(since 192.0.2.8)" = 2026-11-20T09:00Z ]
}

@test "a log in UTC beside one in local time: one client, one order" {
	export -f mailban
	settings 'timezone = "America/New_York"'
	{ TZ=America/New_York failures 192.0.2.7 3 "$bsd" '2026-11-20 10:00:00 UTC'; } > log
	failures 192.0.2.7 3 "$rfc3339" '2026-11-20 10:00:10' | sed 's/user/other/' > log2
	touch -d '2026-11-20 10:01' log log2
	run -0 at '2026-11-20 12:00:00' bash -c mailban
	[ "$(since 192.0.2.7)" = 2026-11-20T10:00Z ]
	[[ "$output" != *'to come'* ]]
}
