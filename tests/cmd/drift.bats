#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Drift: what the rules know of each program's lines, and the failures that they do not.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	export TZ=UTC
	now=$(date '+%b %e %H:%M:%S')
}

known() {
	for ((i = 1; i <= $1; i++)); do
		echo "$now mx postfix/smtpd[$i]: connect from unknown[192.0.2.$i]"
	done
}

unknown() {
	for ((i = 1; i <= $1; i++)); do
		echo "$now mx postfix/smtpd[$i]: frobnication failed for host$i.example.net[192.0.2.$i]: code $i"
	done
}

run_on() {
	echo 'report = "changes"' > changes
	run -0 --separate-stderr "$MAILBAN" run -c changes --no-sync --blacklist list --state state "$@"
	echo "$output"
}

@test "scan tells each program's lines, and failures of unknown shape with one example" {
	{ known 3; unknown 4; echo "$now mx sshd[1]: Failed password for root from 192.0.2.1"; } > log
	run -0 --separate-stderr "$MAILBAN" scan log
	[[ "$output" =~ "postfix/smtpd "+7\ +3\ +4 ]]
	[[ "$output" == *"4 x postfix/smtpd: frobnication failed for NAME[ADDR]: code #"* ]]
	[[ "$output" == *"such as: frobnication failed for host1.example.net[192.0.2.1]: code 1"* ]]
	[[ "$output" != *sshd* ]]
}

@test "who is asked to come again has not failed: nothing of greylisting is told" {
	cat > log <<-END
	$now mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from mail.example.net[192.0.2.1]: 450 4.2.0 <b@example.org>: Recipient address rejected: Greylisted, see http://example.org/; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<x>
	$now mx sm-mta[2]: xA3A0Xab000045: ruleset=check_rcpt, arg1=<b@example.org>, relay=mail.example.net [192.0.2.1], reject=450 4.4.0 <b@example.org>... Try again
	$now mx exim[3]: H=mail.example.net [192.0.2.1] F=<a@example.net> temporarily rejected RCPT <b@example.org>: greylisted
	$now mx postfix/smtpd[1]: NOQUEUE: frobnicate: RCPT from mail.example.net[192.0.2.1]: 550 5.7.1 rejected
	END
	run -0 --separate-stderr "$MAILBAN" scan log
	[ "$(grep -c '^  1 x ' <<< "$output")" = 1 ]
	[[ "$output" == *"1 x postfix/smtpd: NOQUEUE: frobnicate"* ]]
}

@test "scan --json tells the same" {
	{ known 3; unknown 4; } > log
	run -0 --separate-stderr "$MAILBAN" scan --json log
	python3 -c '
import json, sys
d = json.load(sys.stdin)
assert d["programs"] == [{"name": "postfix/smtpd", "lines": 7, "recognised": 3, "unknown_failures": 4}], d["programs"]
assert d["unknown"][0]["count"] == 4' <<< "$output"
}

@test "any number of threads counts the same" {
	for i in 1 2 3; do { known 200; unknown 200; } > "log$i"; done
	"$MAILBAN" scan --threads 1 log1 log2 log3 > one
	"$MAILBAN" scan --threads 4 log1 log2 log3 > four
	cmp one four
}

@test "run tells an unknown shape once" {
	{ known 3; unknown 4; } > log
	run_on log
	[[ "$output" == *"no run saw before"*"frobnication failed"* ]]
	unknown 4 >> log
	run_on log
	[[ "$output" != *frobnication* ]]
	echo "$now mx postfix/smtpd[1]: denied: x[192.0.2.9]" >> log
	run_on log
	[[ "$output" == *"denied: x[ADDR]"* ]]
	[[ "$output" != *frobnication* ]]
}

@test "run warns when nothing of a program is recognised any more" {
	known 3 > log
	run_on log
	[[ "$output" != *WARNING* ]]
	for i in {1..150}; do echo "$now mx postfix/smtpd[$i]: a new format $i"; done >> log
	run_on log
	[[ "$output" == *"WARNING: postfix/smtpd: none of 150 lines was recognised"* ]]
}

@test "a damaged memory of it is an error with its line" {
	known 3 > log
	run_on log
	cp state before
	sed -i 's/^program .*/rubbish/' state
	run -3 --separate-stderr "$MAILBAN" run --no-sync --blacklist list --state state log
	[[ "$stderr" == *state* ]]
}

@test "failed logins of programs that no rule is for are told, but not those of what is known to be no mail program" {
	{
		known 1
		echo "$now mx fooimapd[1]: authentication failed for info from 192.0.2.1"
		echo "$now mx sshd[1]: Failed password for root from 192.0.2.1"
		echo "$now NOTICE (5) [192.0.2.1]: Authentication failure for info@example.com"
		echo "$now mx webd[1]: {\"message\":\"Login failed: admin\",\"remoteAddr\":\"192.0.2.1\"}"
		echo "{\"log\":\"$now mx imapd: LOGIN FAILED, user=a, ip=[192.0.2.1]\\n\",\"stream\":\"stdout\"}"
		echo "$now mx foo[1]: lookup failed for 192.0.2.1"
		echo "$now mx postfix/smtp[1]: A1B2C3: to=<a@example.net>, status=bounced (host mx.example.net[192.0.2.25] said: 550 login failed)"
	} > log
	run -0 --separate-stderr "$MAILBAN" scan log
	[[ "$output" == *"1 x fooimapd: authentication failed for info from ADDR"* ]]
	[[ "$output" == *"1 x -: (#) [ADDR]: Authentication failure for "* ]]
	[[ "$output" == *'1 x webd: {"*":"*","*":"*"}'* ]]
	[[ "$output" == *'1 x -: {"*":"*","*":"*"}'* ]]
	[[ "$output" != *sshd* ]]
	[[ "$output" != *"lookup failed"* ]]
	[[ "$output" != *postfix/smtp\ * ]]
}

@test "of more programs than there is room for, none is said not to be understood" {
	for i in {1..1100}; do echo "$now mx postfix-$i/smtpd[$i]: said nothing"; done > log
	run -0 "$MAILBAN" run --no-sync --blacklist list --state state log
	[[ "$output" == *"none of 1100 lines was understood"* ]]
	rm -f list state
	known 1 >> log
	run -0 "$MAILBAN" run --no-sync --blacklist list --state state log
	[[ "$output" != *"was understood"* ]]
}
