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

@test "a folder that is missing, or on a file system that was made read-only, is told" {
	run -1 --separate-stderr "$MAILBAN" check -q -c conf --no-sync --blacklist nowhere/blacklist --state state --allow allow
	[ "$stderr" = "mailban: nowhere/blacklist: no run can write it: No such file or directory; its folder must exist and be writable" ]
	# a run makes the usual folder alone
	run -1 --separate-stderr "$MAILBAN" check -q -c conf --no-sync --blacklist blacklist --state /var/lib/mailban/nowhere/state \
		--allow allow
	[ "$stderr" = "mailban: /var/lib/mailban/nowhere/state: no run can write it: No such file or directory; its folder must exist and be writable" ]
	[ "$(id -u)" -eq 0 ] && unshare -m true 2> /dev/null || skip 'only root can mount'
	mkdir folder
	printf '# mailban blacklist 1\n192.0.2.300\n' > folder/blacklist
	echo damaged > folder/state
	run -1 --separate-stderr unshare -m bash -ec '
		mount --bind folder folder
		mount -o remount,ro,bind folder
		"$MAILBAN" check -q -c conf --no-sync --blacklist folder/blacklist --state folder/state --allow allow'
	[ "$(grep -c "^mailban: folder/.*: no run can write it: Read-only file system; " <<< "$stderr")" -eq 2 ]
	# what else is wrong is told, too
	[[ "$stderr" == *'folder/blacklist:2: '*'folder/state:1: '* ]]
}

@test "a file in the place of a folder is told once" {
	run -1 --separate-stderr "$MAILBAN" check -q -c conf --no-sync --blacklist log/blacklist --state state --allow allow
	[ "$stderr" = 'mailban: log/blacklist: the blacklist cannot be read: Not a directory; --blacklist names another file' ]
}

@test "an entry that the allowlist holds is told" {
	printf '# mailban blacklist 1\n192.0.2.7 # by hand\n' > blacklist
	echo 192.0.2.0/24 > allow
	run -1 --separate-stderr check
	[[ "$stderr" == *'blacklist:2: bans 192.0.2.7, but 192.0.2.0/24 is allowed as '* ]]
}

@test "an entry that never comes into the set is told" {
	printf '# mailban blacklist 1\n203.0.113.7\n198.0.0.0/8\n' > blacklist
	run -1 --separate-stderr check
	[[ "$stderr" == *'blacklist:3: 198.0.0.0/8 is wider than /16 and does not come into the set; '* ]]
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

@test "lines of which none is understood, and failures of a program that no rule knows, are told by check and run" {
	stamp=$(date -u +%FT%T+00:00)
	for n in {1..1000}; do echo "$stamp mx kernel: something else $n"; done > log
	run -1 --separate-stderr check
	[[ "$stderr" == "mailban: $PWD/log: none of 1000 lines was understood; is it a mail log? mailban match $PWD/log tells what each line means" ]]
	mailban_run() { "$MAILBAN" run -c conf --no-sync --blacklist blacklist --state state --allow allow "$@"; }
	run -0 --separate-stderr mailban_run -q
	[[ "$stderr" == *'none of 1000 lines was understood'* ]]
	run -0 --separate-stderr mailban_run --mail
	[[ "$output" == *'; something needs you'*$'\n! '*"/log: none of 10"* ]]
	rm state
	for n in {1..50}; do echo "$stamp mx otherd[1]: authentication failed for user x$n from 198.51.100.2"; done > log
	run -1 --separate-stderr check
	[[ "$stderr" == 'mailban: otherd: 50 lines that name a failure, and no rule knows them; '* ]]
	run -0 mailban_run
	[[ "${lines[0]}" == '! otherd: 50 lines that name a failure, and no rule kno'* ]]
	run -0 mailban_run
	[ "$output" = '' ]
}

@test "stats --prometheus writes figures that monitoring can tell a dead mailban by" {
	"$MAILBAN" run -c conf --no-sync --blacklist blacklist --state state --allow allow
	printf '# mailban blacklist 1\n203.0.113.7 # mine\n203.0.113.8 # since 2026-11-20T03:17Z until 2099-12-18T03:17Z by auth hits 3\n' > blacklist
	# the sets may not be readable here
	run "$MAILBAN" stats -c conf --blacklist blacklist --state state --prometheus figures.prom
	[ "$status" -le 1 ]
	[ "$(stat -c %a figures.prom)" = 644 ]
	time=$(sed -n 's/^mailban_last_run_timestamp_seconds //p' figures.prom)
	[ $((EPOCHSECONDS - time)) -lt 60 ]
	grep -qx 'mailban_last_run_status 0' figures.prom
	grep -qx 'mailban_bans{by="auth"} 1' figures.prom
	grep -qx 'mailban_bans{by="hand"} 1' figures.prom
	grep -qx 'mailban_entered_accounts 0' figures.prom
	# each line is a sample behind its help and type
	[ "$(grep -vEc '^(# (HELP|TYPE) mailban_[a-z_]+ .+|mailban_[a-z_]+(\{[a-z]+="[^"]+"\})? [0-9]+)$' figures.prom)" -eq 0 ]
	run -3 "$MAILBAN" stats -c conf --blacklist blacklist --state state --prometheus nowhere/figures.prom
	mkfifo pipe
	for name in pipe .; do
		run -3 "$MAILBAN" stats -c conf --blacklist blacklist --state state --prometheus "$name"
		[[ "$output" == *"mailban: $name: cannot be written: it is no regular file"* ]]
	done
	[ -p pipe ]
}

# The folder is the collector's, who could have root overwrite any file, or let all read it.
@test "stats --prometheus follows no link to another file" {
	"$MAILBAN" run -c conf --no-sync --blacklist blacklist --state state --allow allow
	echo untouched > victim
	chmod 600 victim
	for name in figures.prom figures.prom.mailban.new; do
		ln -s victim "$name"
		run "$MAILBAN" stats -c conf --blacklist blacklist --state state --prometheus figures.prom
		[ "$status" -le 1 ]
		[ "$(cat victim; stat -c %a victim)" = $'untouched\n600' ]
		[[ -f figures.prom && ! -L figures.prom && ! -e figures.prom.mailban.new ]]
	done
}
