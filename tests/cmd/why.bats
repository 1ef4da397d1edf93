#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# why: what is known of an address or a user name, from the files and from logs that rotated. No kernel sets.

setup() {
	cd "$BATS_TEST_TMPDIR"
	export TZ=UTC
	logs "$(date -u -d '-3 days' '+%b %e')" 1 8 | gzip > maillog.2.gz
	logs "$(date -u -d '-2 days' '+%b %e')" 9 16 > maillog.1
	logs "$(date -u -d '-1 days' '+%b %e')" 17 30 > maillog
	printf 'log = "%s/maillog"\nowners = "none"\n' "$PWD" > conf
	printf '# mailban blacklist 1\n' > blacklist
	: > allow
}

# Lines of one day: a guesser with many names, and a customer who mistypes and logs in.
logs() {
	local i
	for ((i = $2; i <= $3; i++)); do
		printf '%s 03:%02d:01 mail postfix/smtpd[%d]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: (reason unavailable), sasl_username=user%d@example.com\n' "$1" "$i" "$i" $((i % 12))
		printf '%s 03:%02d:02 mail postfix/qmgr[9]: 4F0000%d: from=<203.0.113.9@example.com>, size=1, nrcpt=1 (queue active)\n' "$1" "$i" "$i"
	done
	printf '%s 04:00:00 mail dovecot: imap-login: Disconnected (auth failed, 2 attempts in 4 secs): user=<Ann@example.com>, method=PLAIN, rip=198.51.100.20, lip=198.51.100.25, session=<a>\n' "$1"
	printf '%s 04:00:09 mail dovecot: imap-login: Login: user=<ann@example.com>, method=PLAIN, rip=198.51.100.20, lip=198.51.100.25, mpid=5, session=<b>\n' "$1"
}

why() {
	"$MAILBAN" why -c conf --no-sync --blacklist "$PWD/blacklist" --state "$PWD/state" --allow "$PWD/allow" "$@"
}

@test "why: nobody knows the address" {
	run why 203.0.113.77
	[ "$status" -eq 0 ]
	[ "$output" = $'203.0.113.77: not banned\n  the logs that are still there say nothing' ]
	[ "$(ls | paste -sd ' ')" = 'allow blacklist conf maillog maillog.1 maillog.2.gz' ]
}

@test "why: a banned address, with its lines from rotated and compressed logs, the last 20" {
	echo '203.0.113.9              # since 2026-11-20T03:17Z until 2099-12-18T03:17Z by auth hits 30' >> blacklist
	run why 203.0.113.9
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = '203.0.113.9: banned' ]
	[ "${lines[1]}" = '  since      2026-11-20T03:17Z' ]
	[[ ${lines[2]} == '  until      2099-12-18T03:17Z ('*' left)' ]]
	[ "${lines[3]}" = '  by         auth, 30 hits' ]
	grep -Eq '^  auth       30 by postfix-sasl, ....-..-..T03:01Z to ....-..-..T03:30Z$' <<< "$output"
	# twelve names, the ten most frequent shown
	[ "$(grep -c '^  user       user[0-9]*@example.com, [23]$' <<< "$output")" -eq 10 ]
	grep -qx '  user       2 more' <<< "$output"
	grep -qx 'the last 20 of 30 lines (-v: all):' <<< "$output"
	[ "$(tail -n 20 <<< "$output" | grep -c 'SASL LOGIN authentication failed')" -eq 20 ]
	[[ ${lines[-1]} == *' 03:30:01 mail postfix/smtpd[30]: '* ]]
	# in the order of time, over three files
	[ "$(why -v 203.0.113.9 | grep -o 'smtpd.[0-9]*' | grep -o '[0-9]*$' | paste -sd ' ')" = "$(seq -s ' ' 30)" ]
}

@test "why: what is neither an address nor a name" {
	run why 203.0.113.9/24
	[ "$status" -eq 2 ]
	[ "$output" = 'mailban: 203.0.113.9/24 has bits behind its prefix; the network around it is 203.0.113.0/24' ]
	for asked in 203.0.113.0/33 2001:db8::/129 ''; do
		run why "$asked"
		[ "$status" -eq 2 ]
		[[ $output == "mailban: $asked is no address and no network; "* ]]
	done
}

@test "why: inside a network, allowed, and what is inside" {
	printf '203.0.113.0/24 # since 2026-11-20T03:17Z until 2099-12-18T03:17Z by auth hits 812 hosts 37\n2001:db8:1::/64 # mine\n' >> blacklist
	echo '203.0.113.0/28 # ours' > allow
	run why 203.0.113.9
	[ "${lines[1]}" = '  network    203.0.113.0/24, of 37 addresses' ]
	grep -qx "  allowed    the allowlist, $PWD/allow:1: 203.0.113.0/28" <<< "$output"
	run why 203.0.0.0/16
	[ "${lines[0]}" = '203.0.0.0/16: not banned' ]
	grep -qx '  inside     203.0.113.0/24 until 2099-12-18T03:17Z' <<< "$output"
	run why 2001:db8:1::7
	[ "${lines[0]}" = '2001:db8:1::7: banned' ]
	grep -qx '  note       mine' <<< "$output"
}

@test "why: a user name, whole or before the @, whatever the case" {
	run why ann@
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 'ann@: a user name' ]
	grep -q '^  auth       6 by ' <<< "$output"
	grep -q '^  good       3 by ' <<< "$output"
	grep -qx '  from       198.51.100.20, 9' <<< "$output"
	[ "$(grep -c 'user=<[Aa]nn@example.com>' <<< "$output")" -eq 6 ]
	[ "$(why ANN@example.com | tail -n +2)" = "$(tail -n +2 <<< "$output")" ]
	run why an@
	grep -qx '  the logs that are still there say nothing' <<< "$output"
}

@test "why: JSON" {
	echo '203.0.113.9              # since 2026-11-20T03:17Z until 2099-12-18T03:17Z by auth hits 30' >> blacklist
	why --json 203.0.113.9 | python3 -c '
import json, sys
d = json.load(sys.stdin)
assert d["banned"] is True and d["ban"]["hits"] == 30, d
assert [(e["rule"], e["count"]) for e in d["events"]] == [("postfix-sasl", 30)], d["events"]
assert len(d["users"]) == 12 and sum(u["count"] for u in d["users"]) == 30, d["users"]
assert d["line_count"] == 30 and len(d["lines"]) == 20 and d["lines"][-1]["log"].endswith("/maillog"), d["lines"]'
}

@test "why: what cannot be read is told, the rest is answered" {
	rm maillog.1
	mkdir maillog.1
	printf 'log = { "%s/maillog", "%s/none" }\n' "$PWD" "$PWD" > conf
	run why 203.0.113.9
	[ "$status" -eq 1 ]
	[[ $output == *"mailban: $PWD/none: "* ]]
	[[ $output == *'203.0.113.9: not banned'* ]]
	echo damaged > state
	run why 203.0.113.9
	[ "$status" -eq 1 ]
	[[ $output == *"$PWD/state"* ]]
}

@test "why: bytes from logs are escaped" {
	printf '%s 03:00:01 mail postfix/smtpd[1]: warning: unknown[203.0.113.66]: SASL LOGIN authentication failed: \033[31mred\377\n' "$(date -u '+%b %e')" > other
	run why 203.0.113.66 other
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} == *'authentication failed: \x1b[31mred\xff' ]]
	! LC_ALL=C grep -q '[^ -~]' <<< "$output"
}

@test "why: a user's addresses, those first that are banned; what looks like an address and is none is a mistake" {
	echo '198.51.100.0/24          # since 2026-11-20T03:17Z until 2099-12-18T03:17Z by auth hits 30 hosts 9' >> blacklist
	run why ann@example.com
	[ "$status" -eq 0 ]
	[[ "$output" == *'  from       198.51.100.20, '*'; banned until 2099-12-18T03:17Z'* ]]
	why --json ann@example.com | python3 -c 'import json, sys; d = json.load(sys.stdin); assert d["addresses"][0]["banned"] is True, d'
	for wrong in 192.0.2.300 1.2.3 2001:db8::g; do
		run why "$wrong"
		[ "$status" -eq 2 ]
		[[ "$output" == "mailban: $wrong is no address"* ]]
	done
}

@test "why: what somebody did in an editor is told, a line that unban took out once" {
	local at
	at=$(date -u '+%b %e %H:%M:%S')
	for i in 1 2 3 4 5 6; do
		for host in 5 6 9 77; do
			echo "$at mail postfix/smtpd[$i]: warning: unknown[203.0.113.$host]: SASL LOGIN authentication failed: x, sasl_username=u$i"
		done
	done > maillog
	night() {
		"$MAILBAN" run -q -c conf --no-sync --blacklist "$PWD/blacklist" --state "$PWD/state" --allow "$PWD/allow"
	}
	night
	grep -q '^203.0.113.77 ' blacklist
	"$MAILBAN" unban -q -c conf --no-sync --blacklist "$PWD/blacklist" 203.0.113.77
	sed -i '/^203.0.113.9 /d' blacklist
	night
	run why 203.0.113.9
	[[ "$output" == *'somebody took 203.0.113.9 out of the list in an editor'* ]]
	run why 203.0.113.77
	[[ "$output" == *'unbanned 203.0.113.77'* ]]
	[[ "$output" != *editor* ]]
	night
	[ "$(grep -c editor blacklist.log)" = 1 ]
	# an end that somebody changed, and a line that somebody made his own
	sed -i 's/^\(203.0.113.5 .*until \)[^ ]*/\12039-01-02T03:04Z/; s/^203.0.113.6 .*/203.0.113.6 # spam/' blacklist
	night
	run why 203.0.113.5
	[[ "$output" == *'somebody set the end of 203.0.113.5 to 2039-01-02T03:04Z in an editor'* ]]
	run why 203.0.113.6
	[[ "$output" == *'somebody made 203.0.113.6 permanent in an editor'* ]]
	night
	[ "$(grep -c editor blacklist.log)" = 3 ]
}

@test "why: of more lines than deeds are kept of, taken out at once, no more are looked at" {
	local at i
	at=$(date -u '+%b %e %H:%M:%S')
	for i in {1..5}; do
		for host in {1..5}:{1..220}; do
			echo "$at mail postfix/smtpd[$i]: warning: unknown[2001:db8:$host::1]: SASL LOGIN authentication failed: x, sasl_username=u$i"
		done
	done > maillog
	night() {
		"$MAILBAN" run -q -c conf --no-sync --blacklist "$PWD/blacklist" --state "$PWD/state" --allow "$PWD/allow"
	}
	printf '\nnetworks = 0\n' >> conf
	night
	grep '2001' blacklist | cut -d' ' -f1 > before
	[ "$(wc -l < before)" -gt 1000 ]
	echo '# mailban blacklist 1' > blacklist
	night
	[ "$(grep -c editor blacklist.log)" = 1000 ]
	grep -q "took $(head -1 before) out of the list in an editor" blacklist.log
}

# Failures for eight names, one a minute, of an address.
guesses() { # address
	local i
	for i in 1 2 3 4 5 6 7 8; do
		printf '%s mail postfix/smtpd[9]: warning: unknown[%s]: SASL LOGIN authentication failed: x, sasl_username=u%d\n' \
			"$(date -u -d "-$((20 - i)) minutes" '+%b %e %T')" "$1" "$i"
	done
}

run_of() { # log
	"$MAILBAN" run -q -c conf --no-sync --blacklist "$PWD/blacklist" --state "$PWD/state" --allow "$PWD/allow" "$1"
}

@test "why: who is not banned is told why not, and of no ban that lasts" {
	guesses 2001:db8:1:2::6 > guesses
	guesses 10.1.2.3 >> guesses
	echo '2001:db8:1:2::5' > allow
	run_of guesses
	run why 2001:db8:1:2::6 guesses
	[ "${lines[0]}" = '2001:db8:1:2::6: not banned' ]
	[ "${lines[1]}" = "  allowed    the allowlist, $PWD/allow:1: 2001:db8:1:2::5" ]
	grep -Eq ' balance; ban number 1 would last until ' <<< "$output"
	run why 10.1.2.3 guesses
	[ "${lines[0]}" = '10.1.2.3: not banned' ]
	[ "${lines[1]}" = '  private    no run bans it unless the setting ban-private says so' ]
	grep -Eq ' balance; ban number 1 would last until ' <<< "$output"
	[ "$(grep -c ' lasts until ' <<< "$output")" -eq 0 ]
	"$MAILBAN" ban -q -c conf --no-sync --blacklist "$PWD/blacklist" --state "$PWD/state" --allow "$PWD/allow" 10.1.2.3
	[[ "$(why 10.1.2.3 guesses)" == '10.1.2.3: banned'*$'\n  private    no run bans it unless '* ]]
	# a person may ban one address though another one of its network is allowed
	"$MAILBAN" ban -q -c conf --no-sync --blacklist "$PWD/blacklist" --state "$PWD/state" --allow "$PWD/allow" 2001:db8:1:2::6
	run why 2001:db8:1:2::6 guesses
	[ "${lines[0]}" = '2001:db8:1:2::6: banned' ]
	[ "$(grep -c '^  allowed ' <<< "$output")" -eq 0 ]
}

@test "why: after a person's unban, and of a network whose addresses are too few" {
	for i in 1 2 3 4 5; do guesses 203.0.113.$i; done > guesses
	run_of guesses
	why 203.0.113.4 guesses | grep -Eq ' balance; ban number 1 lasts until '
	why 203.0.113.0/24 guesses | grep -Eq ' 2[45]\.[0-9] .* balance; enough for a ban, of 8 addresses$'
	"$MAILBAN" unban -q -c conf --no-sync --blacklist "$PWD/blacklist" --state "$PWD/state" 203.0.113.4
	run why 203.0.113.4 guesses
	[ "${lines[0]}" = '203.0.113.4: not banned' ]
	grep -Eq ' balance; its line was taken out, so the next run empties it$' <<< "$output"
}

@test "why: after a person took out a line of their own, or of a network" {
	for i in 1 2 3 4 5 6 7 8 9; do guesses 203.0.113.$i; done > guesses
	guesses 192.0.2.4 >> guesses
	run_of guesses
	grep -q '^203.0.113.0/24 ' blacklist
	sed -i 's/^192.0.2.4 .*/192.0.2.4 # mine/' blacklist
	run_of guesses
	why 203.0.113.4 guesses | grep -Eq ' balance; ban number 1 lasts until '
	sed -i '2,$d' blacklist
	for address in 203.0.113.0/24 203.0.113.4 192.0.2.4; do
		[ "$(why "$address" guesses | grep -c ' balance; its line was taken out, so the next run empties it$')" -ge 1 ]
		[ "$(why "$address" guesses | grep -c ' would last until ')" -eq 0 ]
	done
	run_of guesses
	[ "$(why 203.0.113.4 guesses | grep -c ' its line was taken out')" -eq 0 ]
}

@test "why: a ban that a person made last for ever" {
	guesses 203.0.113.4 > guesses
	run_of guesses
	sed -i 's/until [^ ]*/until forever/' blacklist
	run_of guesses
	why 203.0.113.4 guesses | grep -Eq ' balance; ban number 1 lasts for ever$'
	why --json 203.0.113.4 guesses | python3 -c '
import json, sys
account = json.load(sys.stdin)["account"]
assert account["since"] is not None and account["until"] is None, account'
}

@test "why: a name as reports show it" {
	printf '%s mail postfix/smtpd[9]: warning: unknown[203.0.113.7]: SASL LOGIN authentication failed: x, sasl_username=a\\b\xff\xfe\n' \
		"$(date -u -d '-20 minutes' '+%b %e %T')" > guesses
	for name in $'a\\b\xff\xfe' 'a\\b\xff\xfe' 'a\b\xff\xfe'; do
		run why "$name" guesses
		[ "${lines[0]}" = 'a\\b\xff\xfe: a user name' ]
		[ "${lines[2]}" = '  from       203.0.113.7, 1' ]
	done
	# of a domain of Windows, and as reports show that
	printf '%s mail postfix/smtpd[9]: warning: unknown[203.0.113.7]: SASL LOGIN authentication failed: x, sasl_username=%s\n' \
		"$(date -u -d '-20 minutes' '+%b %e %T')" 'corp\xbeef' > guesses
	for name in 'corp\xbeef' 'corp\\xbeef'; do
		run why "$name" guesses
		[ "${lines[2]}" = '  from       203.0.113.7, 1' ]
	done
}
