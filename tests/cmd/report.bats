#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a run reports: who was banned and why, accounts that were entered, names under attack; and nothing else.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	: > allow
	echo 'report = "changes"' > changes
	export TZ=UTC
	now=$(date -u +%s)
}

# line SECONDS-AGO MESSAGE
line() {
	printf '%(%FT%T+00:00)T mx postfix/smtpd[9]: %s\n' $((now - $1)) "$2"
}

# failure SECONDS-AGO ADDRESS USER
failure() {
	line "$1" "warning: host.example.com[$2]: SASL PLAIN authentication failed: (reason unavailable), sasl_username=$3@example.com"
}

login() {
	line "$1" "4F1A2B3D: client=host.example.com[$2], sasl_method=PLAIN, sasl_username=$3@example.com"
}

mailban_run() {
	"$MAILBAN" run -c changes --no-sync --blacklist blacklist --state state --allow allow "$@"
}

@test "a guessed account is named first, with what came before it" {
	{ for n in 1 2 3 4 5 6; do failure $((900 - n)) 203.0.113.5 "name$n"; done; login 600 203.0.113.5 boss; } > log
	run -0 mailban_run log
	[ "${lines[0]}" = 'BREACH: a password was guessed (1):' ]
	[[ "${lines[1]}" == '  account boss@example.com was entered from 203.0.113.5 at '*' after 6 failures for 6 user names: '* ]]
	grep -q '^203.0.113.5 ' blacklist
	rm -f state blacklist
	mailban_run --json log | python3 -c 'import json, sys; d = json.load(sys.stdin)
b, = d["breaches"]
assert b["user"] == "boss@example.com" and b["address"] == "203.0.113.5" and b["names"] == 6 and b["hits"] == 6, b
a, = d["added"]
assert a["users"] == ["name%d@example.com" % i for i in range(1, 7)][::-1], a
assert "SASL PLAIN authentication failed" in a["example"], a'
}

@test "who mistypes and then logs in is not banned, in one run or in two" {
	for n in 1 2 3 4 5 6; do failure $((90000 - n * 3700)) 203.0.113.4 anna; done > log
	mailban_run log
	grep -q '^203.0.113.4 ' blacklist
	login 60000 203.0.113.4 anna >> log
	run -0 mailban_run log
	[[ "$output" == *'forgiven, since they logged in, sent mail or were pardoned (1):'*203.0.113.4* ]]
	! grep -q '^203.0.113.4' blacklist || false
	rm blacklist state
	mailban_run log
	! grep -q '^203.0.113.4' blacklist
}

@test "a name under attack comes with the addresses" {
	for n in {1..25}; do failure $((900 - n)) "198.51.100.$n" boss; done > log
	run -0 mailban_run log
	[[ "$output" == *'boss@example.com from 25 addresses: 198.51.100.1, 198.51.100.2, '* ]]
}

@test "one is one in words" {
	{ cat changes; echo 'points { auth = 2.5 }'; } > conf
	{ for n in 1 2 3; do failure 900 203.0.113.5 "name$n"; done; login 600 203.0.113.5 boss; } > log
	run -0 mailban_run -c conf log
	[[ "${lines[1]}" == *' after 3 failures for 3 user names: change its password' ]]
	{ cat changes; echo 'points { auth = 5 }'; } > conf
	failure 500 203.0.113.6 name > log
	run -0 mailban_run -c conf --full log
	[[ "$output" == *'  203.0.113.6              auth     5.0 points, 1 hit; '*'; for name@example.com'* ]]
	[[ "$output" == *$'\n1 new line, 1 event; 2 entries in the blacklist' ]]
}

@test "of a long line the end is shown, too: it has the reason" {
	line 900 "NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 550 5.1.1 <$(printf 'x%.0s' {1..200})@example.com>: Recipient address rejected: User unknown; from=<> to=<x@example.com> proto=ESMTP helo=<ylmf-pc>" > log
	run -0 mailban_run log
	[[ "${lines[2]}" == *'reject: RCPT from unknown[203.0.113.9]'*...*'helo=<ylmf-pc>' ]]
}

@test "a name that keeps failing where another logs in is told once a day, and bans nobody" {
	login 80000 203.0.113.4 anna > log
	for n in {1..20}; do failure $((9000 - n * 70)) 203.0.113.4 scanner; done >> log
	run -0 mailban_run log
	[ "${lines[0]}" = 'names that keep failing where others log in (1):' ]
	[ "${lines[1]}" = '  scanner@example.com: 20 failures from 203.0.113.4, where 1 other logs in: an old password?' ]
	[ ! -s blacklist ]
	failure 600 203.0.113.4 scanner >> log
	run -0 mailban_run log
	[ "$output" = '' ]
}

@test "an entered account is told however quiet a run is to be, then by each report and check until it is done" {
	{ for n in 1 2 3 4 5 6; do failure $((900 - n)) 203.0.113.5 "name$n"; done; login 600 203.0.113.5 boss; } > log
	run -0 mailban_run -n log
	[ "${lines[0]}" = 'BREACH: a password was guessed (1):' ]
	[[ "$output" == *'+203.0.113.5 '* ]]
	run -0 mailban_run -q log
	[ "${lines[0]}" = 'BREACH: a password was guessed (1):' ]
	[[ "${lines[2]}" == '      tried before: name6@example.com, '*'; since then 1 login from there and 1 mail, the last at '* ]]
	# its ban is the longest one
	until=$(sed -n 's/^203.0.113.5 .* until \([^ ]*\) .*/\1/p' blacklist)
	[ $(((($(date -d "$until" +%s) - now) + 1800) / 86400)) -eq 182 ]
	# more of it, and of others
	{ login 500 203.0.113.5 boss; for n in 1 2 3 4 5; do failure $((500 - n)) 203.0.113.6 "name$n"; done; } >> log
	run -0 mailban_run -q log
	[ "$output" = '' ]
	run -0 mailban_run log
	[[ "${lines[1]}" == *' boss@example.com '* && "${lines[2]}" == *' 2 logins from there and 2 mails, '* ]]
	printf 'log = { "log" }\n' > conf
	check() { "$MAILBAN" check -c "$1" --no-sync --blacklist blacklist --state state --allow allow; }
	run -1 check conf
	[[ "$output" == *'boss@example.com was entered from 203.0.113.5 '* ]]
	{ cat conf; echo 'done = { "boss" }'; } > conf.done
	run -0 check conf.done
	# why tells it of the address and of the user, before and after
	why() { "$MAILBAN" why -c conf --no-sync --blacklist blacklist --state state --allow allow "$@"; }
	[[ "$(why 203.0.113.5)" == *$'\n  entered    boss@example.com from 203.0.113.5 at '*', after 6 failures; '*'; nobody has seen to it'* ]]
	[[ "$(why boss)" == *$'\n  entered    boss@example.com from 203.0.113.5 at '*'; since then 2 logins, 2 mails; nobody has'* ]]
	run -3 "$MAILBAN" done --state state --blacklist blacklist nobody
	run -0 "$MAILBAN" done --state state --blacklist blacklist boss@example.com
	[ "$output" = '' ]
	run -0 "$MAILBAN" done --state state --blacklist blacklist
	[ "$output" = 'no account is to be seen to' ]
	[[ "$(why boss)" == *'; seen to at 20'* ]]
	run -0 check conf
	run -0 mailban_run log
	[ "$output" = '' ]
	# neither a full run nor a login before that time makes it news
	run -0 mailban_run --full log
	[[ "$output" != *BREACH* ]]
	line -100 '4F1A2B3D: client=host.example.com[203.0.113.5], sasl_method=PLAIN, sasl_username=boss@example.com' >> log
	run -0 mailban_run -q log
	[ "${lines[0]}" = 'BREACH: a password was guessed (1):' ]
}

@test "an account entered without guessing is worth a look, by run and scan, and bans nobody" {
	for n in {1..10}; do login $((800000 - n * 40000)) 198.51.100.7 carla; done > log
	for n in {1..40}; do login $((9000 - n * 60)) 192.0.2.99 carla; done >> log
	run -0 mailban_run -q log
	[[ "${lines[0]}" == 'worth a look: '*' (1):' ]]
	[[ "${lines[1]}" == '  account carla@example.com sends from 192.0.2.99 since '*': 40 logins and 40 mails, '* ]]
	[ ! -s blacklist ]
	run -0 "$MAILBAN" scan log
	[[ "${lines[1]}" == '  account carla@example.com sends from 192.0.2.99 '* ]]
	for setting in 'entered-mails = 41' 'entered-within = "2m"'; do
		echo "$setting" > conf
		run -0 "$MAILBAN" scan -c conf log
		[[ "$output" != *carla* ]]
	done
}

@test "what cannot be read is in the JSON" {
	failure 900 203.0.113.4 anna > log
	run -1 --separate-stderr mailban_run --json log missing
	python3 -c 'import json, sys; d = json.load(sys.stdin); assert len(d["unread"]) == 1 and "missing" in d["unread"][0], d' <<< "$output"
}

@test "a dry run with --json reports what a run would" {
	for n in 1 2 3 4 5; do failure $((900 - n)) 203.0.113.6 "user$n"; done > log
	run -0 mailban_run -n --json log
	python3 -c 'import json, sys; d = json.load(sys.stdin); assert d["added"][0]["address"] == "203.0.113.6", d' <<< "$output"
	[ ! -e blacklist ] && [ ! -e state ]
}

@test "bytes from logs are escaped" {
	for n in 1 2 3 4 5; do failure $((900 - n)) 203.0.113.6 $'\e[31m'"$n"; done > log
	run -0 mailban_run log
	[[ "$output" == *'\x1b[31m'* ]]
	[[ "$output" != *$'\e'* ]]
}

@test "beyond max-new those with most points are banned, the others are told and follow" {
	for n in 1 2 3; do for ((k = 0; k < 4 + n; k++)); do failure $((900 - k)) "203.0.113.$n" "u$k"; done; done > log
	{ cat changes; echo 'max-new = 2'; } > conf
	run -0 mailban_run -c conf log
	[ "${lines[0]}" = 'not banned yet, being more than max-new allows (1):' ]
	[[ "${lines[1]}" == '  203.0.113.1 '*' 5 hits' ]]
	[ "$(grep -c '^203' blacklist)" -eq 2 ]
	run -0 mailban_run -c conf log
	[ "${lines[0]}" = 'banned (1):' ]
	[ "$(grep -c '^203' blacklist)" -eq 3 ]
	rm blacklist state
	run -0 mailban_run -c conf --force log
	[ "$(grep -c '^203' blacklist)" -eq 3 ]
	# the short report counts them on the day on which they come
	rm blacklist state
	echo 'max-new = 2' > conf
	mailban_run -c conf log > said
	mailban_run -c conf log > said
	grep -qx '1 new ban: 1 auth; 0 over; 3 in all' said
}

@test "a network that is too wide is told once, with all of its hosts" {
	for n in 1 2 3 4; do for k in 1 2 3 4 5; do failure $((900 - k)) "203.0.113.$n" "u$k"; done; done > log
	{ cat changes; echo 'aggregate = { "15:2", "14:3" }'; } > conf
	run -0 mailban_run -c conf log
	[ "${lines[0]}" = 'not banned, being wider than max-prefix allows (2):' ]
	[[ "${lines[1]}" == '  203.0.0.0/14 '*' 20 hits' ]]
	[[ "${lines[2]}" == '  203.0.0.0/15 '*' 20 hits' ]]
	[ "$(grep -c '^203.0.113' blacklist)" -eq 4 ]
	run -0 mailban_run -c conf log
	[ "$output" = '' ]
	run -0 mailban_run -c conf --force log
	grep -q '^203.0.0.0/14 ' blacklist
}

# mail [OPTION]...: a run that mails, with the report as it is where nobody set one
mail() {
	"$MAILBAN" run --mail --no-sync --blacklist blacklist --state state --allow allow "$@"
}

@test "a private address that would be banned is named once, and a name that allows nobody is told" {
	for n in 1 2 3 4 5 6; do failure $((900 - n)) 172.22.1.1 "name$n"; done > log
	run -0 "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log
	[[ "$output" == *'! 172.22.1.1 guesses and is not banned: it is allowed, or private'* ]]
	! grep -q '^172' blacklist || false
	# .example is never resolved: RFC 6761
	echo home.example > allow
	run -1 "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log
	[[ "$output" == *'home.example: nobody answers for its address, so that it allows nobody'* ]]
	[[ "$output" != *172.22.1.1* ]]
}

@test "a mail comes where something needs a person, with subject and headers, and one screen of a night of 3,000 bans" {
	awk -v stamp="$(date -u -d "@$((now - 4000))" +%FT%T+00:00)" 'BEGIN {
		for (n = 0; n < 3000; n++)
			for (k = 1; k <= 6; k++)
				printf "%s mx postfix/smtpd[9]: warning: host.example.com[198.51.%d.%d]: SASL PLAIN authentication " \
					"failed: (reason unavailable), sasl_username=user%d.%d@example.com\n", stamp, n / 200, n % 200 + 1, k, n
	}' > log
	echo 'networks = 0' > conf
	run -0 mail -c conf log
	[ "$output" = '' ]
	[ "$(grep -c '^198' blacklist)" -eq 3000 ]
	rm state blacklist
	{ for n in {1..9}; do
		for k in 1 2 3 4 5 6; do failure $((3000 - k)) "203.0.113.$n" "name$k"; done
		login 2900 "203.0.113.$n" "boss$n"
	done; } >> log
	run -0 mail -c conf log
	[[ "${lines[1]}" == "Subject: mailban $(hostname | cut -d. -f1): boss1@example.com was ENTERED; 3009 new bans, 3009 in all; 8 more things need you" ]]
	sed '1,/^$/d' <<< "$output" > body
	[ "$(wc -l < body)" -le 25 ]
	[ "$(awk 'length > 78' body)" = '' ]
	[[ "$(head -1 body)" == '! boss1@example.com was ENTERED from 203.0.113.1 at '* ]]
	grep -q '^undo .*mailban unban ADDRESS' body
}

@test "what could not be printed twice is told in the end, of all runs, and in a mail behind the headers" {
	local run=("$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log) how n

	[ -e /dev/full ] || skip 'there is no /dev/full'
	for how in plain mail silent killed; do
		rm -f blacklist* state*
		for n in 1 2 3 4 5; do failure $((900 - n)) 203.0.113.6 "user$n"; done > log
		run -1 bash -c '"$@" > /dev/full' - "${run[@]}"
		for n in 1 2 3 4 5; do failure $((500 - n)) 203.0.113.7 "user$n"; done >> log
		case $how in
		plain | mail) run -1 bash -c '"$@" > /dev/full' - "${run[@]}" ;;
		silent) MAILTO='' run -0 "${run[@]}" --mail ;;
		killed)
			strace -o /dev/null true 2> said || continue
			# behind the new report, before the new state
			run -137 bash -c 'ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e trace=rename \
				-e inject=rename:signal=SIGKILL:when=2 "$@" > /dev/full' - "${run[@]}" ;;
		esac
		case $how in plain | killed) run -0 "${run[@]}" ;; *) run -0 "${run[@]}" --mail ;; esac
		[[ "$how" != [ms]* ]] || [[ "${lines[0]}" == 'To: root' && "${lines[1]}" == 'Subject: mailban '* ]]
		[ "$(grep -c 'before it could tell this:' <<< "$output")" -eq 1 ]
		[ "$(grep -Ec '^  203.0.113.6 ' <<< "$output")" -eq 1 ]
		[[ "$how" = silent ]] || [ "$(grep -Ec '^  203.0.113.7 ' <<< "$output")" -eq 1 ]
		[ ! -e state.report ]
		run -0 "${run[@]}"
		[ "$output" = '' ]
	done
}

@test "done: where the folder of the state may not be on the disk, the state is written all the same, and told so" {
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	{ for n in 1 2 3 4 5 6; do failure $((900 - n)) 203.0.113.5 "name$n"; done; login 600 203.0.113.5 boss; } > log
	run -0 "$MAILBAN" run -q --no-sync --blacklist blacklist --state state --allow allow log
	run -1 env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:error=EIO:when=3 \
		"$MAILBAN" done --blacklist blacklist --state state boss
	[[ "$output" == 'mailban: state: is written, but its folder could not be brought to the disk: '* ]]
	run -0 "$MAILBAN" done --blacklist blacklist --state state
	[ "$output" = 'no account is to be seen to' ]
}

@test "what could not be printed is told behind mailban done, too" {
	[ -e /dev/full ] || skip 'there is no /dev/full'
	{ for n in 1 2 3 4 5 6; do failure $((900 - n)) 203.0.113.5 "name$n"; done; login 600 203.0.113.5 boss; } > log
	for n in 1 2 3 4 5; do failure $((500 - n)) 203.0.113.7 "user$n"; done >> log
	run -1 bash -c '"$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log > /dev/full'
	run -0 "$MAILBAN" done --blacklist blacklist --state state boss
	run -0 "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log
	[ "$(grep -c 'before it could tell this:' <<< "$output")" -eq 1 ]
	[ "$(grep -Ec '^  203.0.113.7 ' <<< "$output")" -eq 1 ]
	[ ! -e state.report ]
}

@test "acting and telling are apart: runs between are silent, and the mail tells of all of them" {
	for n in 1 2 3 4 5; do failure $((900 - n)) 203.0.113.6 "user$n"; done > log
	run -0 "$MAILBAN" run -q --no-sync --blacklist blacklist --state state --allow allow log
	[ "$output" = '' ]
	run -1 --separate-stderr "$MAILBAN" run -q --no-sync --blacklist blacklist --state state --allow allow log missing
	[ "$output" = '' ]
	for n in 1 2 3 4 5; do failure $((500 - n)) 203.0.113.7 "user$n"; done >> log
	# nobody wants a mail: it waits
	MAILTO='' run -0 mail log
	[ "$output" = '' ]
	MAILTO=$'anna@example.com\nBcc: eve@example.net' MAILFROM='mailban@example.com' run -0 mail log
	[ "${lines[0]}" = 'From: mailban@example.com' ]
	[ "${lines[1]}" = 'To: anna@example.com Bcc: eve@example.net' ]
	[[ "${lines[2]}" == 'Subject: mailban '*': 2 new bans, 2 in all; something needs you' ]]
	[[ "$output" == *$'\n! '* && "$output" == *'203.0.113.6 '* && "$output" == *'read         10 lines, 10 events'* ]]
	run -0 mail log
	[ "$output" = '' ]
	for n in 1 2 3 4 5; do failure $((400 - n)) 203.0.113.8 "user$n"; done >> log
	run -0 mail -c changes log
	[[ "$output" == *': 1 new ban, 3 in all; nothing needs you'* ]]
	[[ "$output" == *'last nights  new bans       2      0      1'* ]]
	[[ "$output" == *'SASL PLAIN authentication failed'* ]]
}

@test "names that are no ASCII are UTF-8 in the mail, and what would move others is escaped" {
	login() { line "$1" "4F1A2B3D: client=host.example.com[$2], sasl_method=PLAIN, sasl_username=$3"; }
	{ for n in 1 2 3 4 5 6; do failure $((900 - n)) 203.0.113.5 "name$n"; done
	login 600 203.0.113.5 $'j\xc3\xbcrgen\xe2\x80\xae@example.com'; login 600 203.0.113.5 $'\xff\xc3'; } > log
	mail log > mail
	python3 -c 'import email, email.policy
m = email.message_from_binary_file(open("mail", "rb"), policy=email.policy.default)
name = "j\u00fcrgen\\xe2\\x80\\xae@example.com was ENTERED"
assert name in m["subject"] and m["subject"].endswith("; 1 more thing needs you"), m["subject"]
body = m.get_content()
assert "! " + name in body and "\\xff\\xc3" in body, body
assert all(len(l) < 79 for l in body.splitlines())'
	! grep -q '^Subject: .\{76\}' mail || false
	# JSON has the characters; a name with bytes that are none is typed as the reports show it
	"$MAILBAN" why --json --no-sync --blacklist blacklist --state state --allow allow 203.0.113.5 log | python3 -c 'import json, sys
users = [e["user"] for e in json.load(sys.stdin)["entered"]]
assert users == ["j\u00fcrgen\u202e@example.com", "\u00ff\u00c3"], users'
	run -0 "$MAILBAN" done --state state --blacklist blacklist '\xff\xc3' 'j\xc3\xbcrgen\xe2\x80\xae@example.com'
	run -0 "$MAILBAN" done --state state --blacklist blacklist
	[ "$output" = 'no account is to be seen to' ]
}

@test "a note on two lines is cut between characters" {
	failure 900 203.0.113.5 anna > log
	for name in x xx; do
		run -1 --separate-stderr mail -c changes --full log "$name$(printf 'ä%.0s' {1..50})"
		[[ "$output" == *'there is no such log'* && "$output" != *'\xc3'* ]]
	done
}
