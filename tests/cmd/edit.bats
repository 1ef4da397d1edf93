#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# ban, unban, allow, list, diff, export: what a person does to the blacklist and sees of it. No kernel sets.

setup() {
	cd "$BATS_TEST_TMPDIR"
	: > allow
}

blacklist() {
	{ echo '# mailban blacklist 1'; cat; } > blacklist
}

mailban() {
	"$MAILBAN" "$@"
}

edit() {
	local command=$1
	shift
	mailban "$command" --no-sync --blacklist "$PWD/blacklist" $([ "$command" = unban ] || echo --allow "$PWD/allow") "$@"
}

# what stands behind an entry that somebody makes
signed="by ${SUDO_USER:-$(id -un)} $(date -u +%F)"
judged='# since 2026-11-20T03:17Z until 2099-12-18T03:17Z by auth hits 812'

@test "ban: a new file with a person's line" {
	run edit ban 192.0.2.7 ticket 4711: spam source
	[ "$status" -eq 0 ]
	[ "$output" = 'banned 192.0.2.7 for ever' ]
	diff blacklist - <<-END
	# mailban blacklist 1
	192.0.2.7                # ticket 4711: spam source; $signed
	END
	[ ! -e blacklist.lock ]
	[ "$(stat -c %a blacklist)" = 640 ]
}

@test "ban: --for ends it, the note stays" {
	run edit ban --for 1w 2001:DB8::7 'asked for'
	[ "$status" -eq 0 ]
	grep -Eqx '2001:db8::7 {14}# since (....-..-..)T..:..Z until ....-..-..T..:..Z by hand hits 0 note asked for; by .*' blacklist
	read -r _ _ _ since _ until _ < <(tail -n 1 blacklist)
	[ $(($(date -ud "$until" +%s) - $(date -ud "$since" +%s))) -eq 604800 ]
	[ "$(edit ban 2001:db8::7 --for 1h)" = "2001:db8::7 is banned already, until $until" ]
}

@test "ban: twice changes nothing, not even the file's time" {
	edit ban 192.0.2.7
	touch -d 2020-01-01 blacklist
	run edit ban 192.0.2.7
	[ "$status" -eq 0 ]
	[ "$output" = '192.0.2.7 is banned already, for ever' ]
	[ "$(stat -c %Y blacklist)" = "$(date -d 2020-01-01 +%s)" ]
	[ ! -e blacklist.1 ]
}

@test "ban, allow: what was so already is no deed" {
	for i in 1 2 3; do
		edit ban 192.0.2.7
		edit allow 198.51.100.7
	done
	[ "$(cut -d ' ' -f 3- blacklist.log)" = $'banned 192.0.2.7 for ever\nallowed 198.51.100.7' ]
	# nor does what a killed command left of the file stay
	for again in 'ban 192.0.2.7' 'allow 198.51.100.7'; do
		echo half > blacklist.log.mailban.new
		edit $again
		[ ! -e blacklist.log.mailban.new ]
	done
}

@test "ban: a judged entry becomes a person's and keeps its place and remarks" {
	blacklist <<-END
	# the first
	192.0.2.7                $judged
	198.51.100.1
	END
	edit ban 192.0.2.7 'for good'
	diff blacklist - <<-END
	# mailban blacklist 1
	# the first
	192.0.2.7                # for good; $signed
	198.51.100.1
	END
}

@test "ban: a network takes in what it outlives, an address inside one is banned already" {
	blacklist <<-END
	203.0.113.7                $judged
	203.0.113.8                # mine
	203.0.114.1
	END
	run edit ban 203.0.113.0/24
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = '203.0.113.7 goes into 203.0.113.0/24' ]
	[ "$(mailban list --plain --blacklist blacklist | paste -sd ' ')" = '203.0.113.0/24 203.0.114.1' ]
	[ "$(edit ban 203.0.113.9)" = '203.0.113.0/24 is banned already, for ever' ]
}

@test "ban: a network that ends leaves a person's line inside it" {
	blacklist <<-END
	203.0.113.8                # mine
	END
	edit ban 203.0.113.0/24 --for 1d
	[ "$(mailban list --plain --blacklist blacklist | paste -sd ' ')" = '203.0.113.0/24 203.0.113.8' ]
}

@test "ban: what is wrong is said, and nothing is written" {
	for words in 192.0.2.300 example.com 192.0.2.1/24 '192.0.2.7 --for soon' '192.0.2.7 --for 30s' '192.0.2.7 since ever' \
		$'192.0.2.7 a\tb'; do
		IFS=' ' read -ra args <<< "$words"
		run edit ban "${args[@]}"
		echo "$words: $output"
		[ "$status" -eq 2 ]
		[[ $output == mailban:* ]]
		[ ! -e blacklist ]
	done
	run edit ban 192.0.2.1/24
	[[ $output == *'the network around it is 192.0.2.0/24'* ]]
}

@test "ban: no line that nobody could read again, whatever the note and wherever it is from" {
	edit ban --for 1d 203.0.113.1 since monday it knocks
	cp blacklist before
	facts='since 2026-11-20T03:17Z until 2099-12-18T03:17Z by auth hits 8'
	for note in '' ' since yesterday' "$facts" "$facts note mine"; do
		run edit ban 203.0.113.1 ${note:+"$note"}
		echo "$note: $output"
		[ "$status" -eq 2 ]
		[[ $output == 'mailban: type another note: the line "203.0.113.1              # '*'since'* ]]
		cmp before blacklist
	done
	edit ban 203.0.113.1 sincerely mine
	[ "$(mailban list --plain --blacklist blacklist)" = 203.0.113.1 ]
	grep -qx "203.0.113.1              # sincerely mine; $signed" blacklist
}

@test "ban: what can be no user's name is not who typed it" {
	SUDO_USER=$'anna\nnonsense' edit ban 203.0.113.1
	SUDO_USER=anna edit ban 203.0.113.2
	diff blacklist - <<-END
	# mailban blacklist 1
	203.0.113.1              # by $(id -un) $(date -u +%F)
	203.0.113.2              # by anna $(date -u +%F)
	END
}

@test "ban: nobody who is allowed, nothing too wide" {
	echo '203.0.113.64/26 # office' > allow
	for net in 203.0.113.77 203.0.113.0/24 203.0.113.64/26 127.0.0.1 ::1 203.0.0.0/15; do
		run edit ban $net
		echo "$net: $output"
		[ "$status" -ge 2 ]
		[ ! -e blacklist ]
	done
	run edit ban 203.0.113.77
	[[ $output == *"$PWD/allow:1 allows 203.0.113.64/26"* ]]
	edit ban 203.0.113.128
	run edit ban 198.0.0.0/8
	[ "$status" -eq 3 ]
	run edit ban 198.0.0.0/8 --force
	[ "$status" -eq 0 ]
	[[ $output == *'198.0.0.0/8: the next run or sync takes it out of the set again, unless max-prefix '* ]]
	echo nonsense > allow
	run edit ban 203.0.113.129
	[ "$status" -eq 2 ]
	[[ $output == *"$PWD/allow:1: "* ]]
}

@test "a dry run prints a difference that patch takes, and leaves nothing behind" {
	blacklist < <(for i in {1..20}; do echo "192.0.2.$i"; done)
	cp blacklist before
	edit ban -n 192.0.2.200 > difference
	edit unban -n 192.0.2.7
	edit allow -n 192.0.2.7
	cmp blacklist before
	[ "$(ls | paste -sd ' ')" = 'allow before blacklist difference' ]
	edit ban 192.0.2.200
	patch -s before difference
	cmp before blacklist
}

@test "unban: an entry, and all that lies in a network" {
	blacklist <<-END
	192.0.2.7                $judged
	192.0.2.8
	# about the next
	192.0.2.9
	198.51.100.1
	END
	[ "$(edit unban 192.0.2.7)" = 'unbanned 192.0.2.7' ]
	run edit unban 192.0.2.0/24
	[ "$output" = $'unbanned 192.0.2.8\nunbanned 192.0.2.9' ]
	diff blacklist - <<-'END'
	# mailban blacklist 1
	# about the next
	198.51.100.1
	END
	run edit unban 192.0.2.7
	[ "$status" -eq 3 ]
	[[ $output == 'mailban: 192.0.2.7 is not banned'* ]]
}

@test "unban: an address inside a network is told so; --force splits" {
	blacklist <<-END
	192.0.2.0/29             $judged hosts 8
	END
	cp blacklist before
	run edit unban 192.0.2.5
	[ "$status" -eq 3 ]
	[[ $output == *'192.0.2.5 lies in the network 192.0.2.0/29, banned until 2099-12-18T03:17Z; --force'* ]]
	cmp blacklist before
	echo 198.51.100.0/24 >> blacklist
	run edit unban 198.51.100.5
	[[ $output == *'198.51.100.5 lies in the network 198.51.100.0/24, banned for ever; --force'* ]]
	cp before blacklist
	run edit unban --force 192.0.2.5
	[ "$output" = 'unbanned 192.0.2.5, and split 192.0.2.0/29 around it' ]
	diff blacklist - <<-END
	# mailban blacklist 1
	192.0.2.0/30             $judged hosts 8
	192.0.2.4                $judged
	192.0.2.6/31             $judged hosts 8
	END
}

@test "unban: --force splits networks inside one another once, and what was banned for ever is so" {
	blacklist <<-END
	203.0.113.0/28           # a
	203.0.113.0/29           $judged hosts 8
	END
	edit unban --force 203.0.113.5
	diff blacklist - <<-'END'
	# mailban blacklist 1
	203.0.113.0/30           # a
	203.0.113.4              # a
	203.0.113.6/31           # a
	203.0.113.8/29           # a
	END
	[ "$(mailban export ipset --blacklist blacklist | grep -c '^add mailban4 .* timeout 0$')" -eq 4 ]
}

@test "unban: one that is wrong stops all of them" {
	blacklist <<< 192.0.2.7
	run edit unban 192.0.2.7 192.0.2.8
	[ "$status" -eq 3 ]
	grep -qx 192.0.2.7 blacklist
}

@test "allow: a line in the file, and unbanned at once" {
	blacklist <<-END
	192.0.2.0/30             # mine
	192.0.2.3                $judged
	198.51.100.1
	END
	printf '# ours\n203.0.113.0/24' > allow
	run edit allow 192.0.2.3 the new office
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = 'allowed 192.0.2.3' ]
	diff allow - <<-'END'
	# ours
	203.0.113.0/24
	192.0.2.3                # the new office
	END
	[ "$(mailban list --plain --blacklist blacklist | paste -sd ' ')" = '192.0.2.0/31 192.0.2.2 198.51.100.1' ]
	run edit allow 203.0.113.9
	[ "$output" = '203.0.113.9 is on the allowlist already' ]
	run edit allow 198.0.0.0/8
	[ "$status" -eq 3 ]
	[ "$(wc -l < allow)" -eq 3 ]
}

# The command ends in part, since only its blacklist cannot be written.
cannot_write_blacklist() { # command, its arguments
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	# the first two renamings are the allowlist's, and its former version's
	ASAN_OPTIONS=detect_leaks=0 run strace -f -qq -o calls -e trace=rename -e inject=rename:error=ENOSPC:when=3+ \
		"$MAILBAN" "$1" --no-sync --blacklist blacklist --allow allow "${@:2}"
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'mailban: blacklist: cannot be written: No space left on device; it is as it was' ]
}

@test "allow: where only the blacklist cannot be written, the line in the allowlist is told" {
	echo 203.0.113.9 > blacklist
	cannot_write_blacklist allow 203.0.113.9
	[ "${lines[1]}" = 'mailban: allow: allows 203.0.113.9 all the same; try again, so that its bans are lifted' ]
	[ "$(cat blacklist allow | tr '\n' ' ')" = '203.0.113.9 203.0.113.9 ' ]
	"$MAILBAN" allow --no-sync --blacklist blacklist --allow allow 203.0.113.9
	[ "$(cat blacklist)" = '# mailban blacklist 1' ]
}

@test "an unreadable line stops every command, and nothing is written" {
	blacklist <<< $'192.0.2.7\nnonsense'
	cp blacklist before
	for words in 'ban 192.0.2.9' 'unban 192.0.2.7' 'allow 192.0.2.7'; do
		run edit $words
		[ "$status" -eq 3 ]
		[[ $output == *"$PWD/blacklist:3: "* ]]
	done
	run mailban list --blacklist "$PWD/blacklist"
	[ "$status" -eq 3 ]
	cmp blacklist before
	[ ! -s allow ]
}

@test "two at once: the second waits, and says who holds the lock" {
	blacklist <<< 192.0.2.7
	printf 'lock-wait = "1s"\n' > conf
	exec 9> blacklist.lock
	flock 9
	printf 'pid 4711 (mailban run)' >&9
	run edit ban -c conf 192.0.2.9
	[ "$status" -eq 3 ]
	[[ $output == *'is locked by pid 4711 (mailban run); try again'* ]]
	exec 9>&-
}

@test "list: a table, bare addresses, JSON, and a part of it" {
	run mailban list --blacklist none
	[ "$status" -eq 0 ]
	[ "$output" = 'mailban: none: is not there: nobody is banned by it' ]
	printf '192.0.2.7 # a\\b \001\n198.51.100.0/24 %s hosts 37\n2001:db8::1\n' "$judged" | blacklist
	run mailban list --blacklist blacklist --state none
	[ "${lines[0]}" = 'ADDRESS          SINCE              UNTIL              BY            HITS    POINTS' ]
	[ "${lines[1]}" = '192.0.2.7        -                  forever            hand             0         -  a\\b \x01' ]
	[ "${lines[2]}" = '198.51.100.0/24  2026-11-20T03:17Z  2099-12-18T03:17Z  auth           812         -  37 hosts' ]
	[ "$(mailban list --plain --blacklist blacklist 198.51.100.77 2001:db8::/32 | paste -sd ' ')" = '198.51.100.0/24 2001:db8::1' ]
	mailban list --json --blacklist blacklist --state none | python3 -c '
import json, sys
a, b, c = json.load(sys.stdin)
assert a["address"] == "192.0.2.7" and a["note"] == "a\\b \x01" and a["until"] is None and a["by"] == "hand", a
assert b["points"] is None and b["hosts"] == 37 and b["hits"] == 812 and b["until"] == "2099-12-18T03:17:00Z", b'
	run mailban list --blacklist blacklist nonsense
	[ "$status" -eq 2 ]
}

@test "list: points of the account, as they are now" {
	at=$(date -u -d '-2 days' +%FT%H:%M)
	for i in {1..8}; do
		echo "$at:0$i+00:00 mx postfix/smtpd[42]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: no"
	done > log
	echo 198.51.100.1 | blacklist
	"$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log > /dev/null
	run mailban list --blacklist blacklist --state state
	[ "$status" -eq 0 ]
	[[ "${lines[1]}" == '198.51.100.1 '*'         -' ]]
	[[ "${lines[2]}" == '203.0.113.9 '*' auth             8       5.7' ]]
	mailban list --json --blacklist blacklist --state state | python3 -c '
import json, sys
a, b = json.load(sys.stdin)
assert a["points"] is None and 5.6 < b["points"] < 5.7, (a, b)'
	[ "$(mailban list --plain --blacklist blacklist --state state | paste -sd ' ')" = '198.51.100.1 203.0.113.9' ]
	# what cannot be read is told, and the list all the same
	echo damaged > state
	run mailban list --blacklist blacklist --state state
	[ "$status" -eq 1 ]
	[[ "${lines[0]}" == 'mailban: state'* ]]
	[[ "${lines[3]}" == '203.0.113.9 '*'         -' ]]
}

@test "diff: the last change, in colour where that is asked for" {
	run mailban diff --blacklist blacklist
	[ "$status" -eq 3 ]
	blacklist <<< 192.0.2.7
	edit ban 192.0.2.8
	run mailban diff --blacklist blacklist
	[ "$status" -eq 0 ]
	[ "$output" = $'--- blacklist.1\n+++ blacklist\n@@ -1,2 +1,3 @@\n # mailban blacklist 1\n 192.0.2.7\n+192.0.2.8                # '"$signed" ]
	# versions stand beside the file that a link leads to
	mkdir elsewhere
	mv blacklist* elsewhere
	ln -s elsewhere/blacklist .
	[ "$(mailban diff --blacklist blacklist)" = "$output" ]
	[ "$(mailban diff --blacklist blacklist --since 1h)" = "$output" ]
	rm blacklist
	mv elsewhere/blacklist* .
	mailban diff --blacklist blacklist --color=always | grep -q $'^\033\[32m+192.0.2.8 .*\033\[0m$'
	# a terminal gets colours, unless NO_COLOR or TERM speak against it
	export TERM=xterm
	script -qec "$MAILBAN diff --blacklist blacklist" /dev/null | grep -q $'\033\[32m'
	! NO_COLOR=1 script -qec "$MAILBAN diff --blacklist blacklist" /dev/null | grep -q $'\033' || false
	! TERM=dumb script -qec "$MAILBAN diff --blacklist blacklist" /dev/null | grep -q $'\033'
}

@test "ban: whoever logged in from there lately is told, and why says who banned and lifted" {
	for n in 1 2; do
		echo "$(date -u -d "-$n hours" +%FT%T)+00:00 mx postfix/smtpd[42]: 4F1A2B3D: client=a.example.net[198.51.100.$n], sasl_method=PLAIN, sasl_username=user$n"
	done > log
	"$MAILBAN" run -q --no-sync --blacklist blacklist --state state --allow allow log
	run edit ban --state state 198.51.100.0/24 spam
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == 'mailban: 198.51.100.0/24: 2 users logged in from there lately, user1 at '*'; mailban unban 198.51.100.0/24 lets them in again' ]]
	edit unban 198.51.100.0/24
	run mailban why --no-sync --blacklist blacklist --state state --allow allow 198.51.100.1 log
	by="  by hand    $(date -u +%F)T..:..Z ${signed:3:-11}"
	grep -qx "$by banned 198.51.100.0/24 for ever" <<< "$output"
	grep -qx "$by unbanned 198.51.100.0/24" <<< "$output"
}

@test "allow: for a while, by name, listed, and taken back" {
	echo '203.0.113.1 # until 2020-01-01T00:00Z long ago' > allow
	blacklist <<< 203.0.113.7
	run edit ban 203.0.113.1
	[ "$status" -eq 0 ]
	edit allow --for 30d 203.0.113.7 anna at home
	[[ "$(tail -1 allow)" == "203.0.113.7              # until $(date -u -d '+30 days' +%F)T"*'Z anna at home' ]]
	! grep -q '^203.0.113.7' blacklist || false
	run edit ban 203.0.113.7
	[ "$status" -eq 3 ]
	# .example is never resolved: RFC 6761
	run edit allow home.example anna
	[ "$status" -eq 0 ]
	[[ "$output" == *'mailban: home.example: nobody answers for its address'*'allowed home.example' ]]
	[ "$(tail -1 allow)" = 'home.example             # anna' ]
	echo 'home.example 203.0.113.9' > state.names
	run edit allow --state state
	[[ "$output" == *$'\n127.0.0.0/8              # '*$'\n203.0.113.9              # home.example'* ]]
	[[ "$output" == *$'\nhome.example             # anna\n'* ]]
	run edit ban --state state 203.0.113.9
	[ "$status" -eq 3 ]
	edit disallow 203.0.113.7 home.example
	[ "$(cat allow)" = '203.0.113.1 # until 2020-01-01T00:00Z long ago' ]
	edit ban 203.0.113.7
	run edit disallow 203.0.113.7
	[ "$status" -eq 3 ]
	run edit allow 203.0.113.7 until 2020-01-01T00:00Z
	[ "$status" -eq 2 ]
	run edit allow --for never 203.0.113.7
	[ "$status" -eq 2 ]
	run edit allow 203.0.113.7 until 24.12.2099
	[ "$status" -eq 2 ]
	[[ "$output" == *'until 24.12.2099: is no time; write until'* ]]
	# a date that cannot be read is told by each command, and the line has no end
	echo '203.0.113.1 # until 2099-2-1' > allow
	run edit allow 203.0.113.1
	[[ "$output" == *'allow:1: what stands behind "until" is no time'*'203.0.113.1 is on the allowlist already'* ]]
	# a remark that belongs to nobody has no end
	echo '# until 2099 nobody was here' > allow
	run edit allow 203.0.113.1
	[ "$output" = 'allowed 203.0.113.1' ]
}

@test "allow: a line that ends sooner does not stand for one that lasts longer" {
	for who in 192.0.2.7 home.example; do
		: > allow
		printf '%-24s # until 2099-01-01T00:00Z for now\n' $who > allow
		run edit allow --for 1h $who
		[[ "$output" == *"$who is on the allowlist already" ]]
		edit allow $who office
		diff allow - <<< "$(printf '%-24s # until 2099-01-01T00:00Z for now\n%-24s # office' $who $who)"
		run edit allow $who again
		[[ "$output" == *"$who is on the allowlist already" ]]
		[ "$(wc -l < allow)" -eq 2 ]
		edit disallow $who
		[ ! -s allow ]
		edit allow --for 1h $who
		edit allow --for 2d $who
		run edit allow --for 1d $who
		[[ "$output" == *"$who is on the allowlist already" ]]
		[ "$(wc -l < allow)" -eq 2 ]
	done
	# a network around it, whichever line stands first
	printf '%s\n' '192.0.2.0/25 # until 2099-01-01T00:00Z' 198.51.100.0/24 '198.51.100.7 # until 2099-01-01T00:00Z' > allow
	[ "$(edit allow 192.0.2.7)" = 'allowed 192.0.2.7' ]
	[ "$(edit allow 198.51.100.7)" = '198.51.100.7 is on the allowlist already' ]
}

@test "disallow: all arguments in one step, and one that is wrong stops all of them" {
	printf '%s\n' '# ours' '192.0.2.7 # anna' 198.51.100.7 '2001:DB8::7 # hers' > allow
	cp allow before
	for n in '' -n; do
		run edit disallow $n 192.0.2.7 192.0.2.8
		[ "$status" -eq 3 ]
		[ "$output" = "mailban: 192.0.2.8: no line of $PWD/allow is about it; mailban allow lists them" ]
		cmp before allow
	done
	[ "$(ls | paste -sd ' ')" = 'allow before' ]
	edit disallow -n 192.0.2.7 2001:db8::7 > difference
	[ "$(grep -c '^-[^-]' difference)" -eq 2 ]
	cmp before allow
	run edit disallow 192.0.2.7 2001:db8::7
	[ "$status" -eq 0 ]
	[ "$output" = $'192.0.2.7 is not allowed any more\n2001:db8::7 is not allowed any more' ]
	diff allow - <<-'END'
	# ours
	198.51.100.7
	END
	# in one step: the former version is the whole
	cmp before allow.1
}

@test "disallow: where only the blacklist cannot be written, the line is told to be out" {
	echo 203.0.113.9 > blacklist
	echo 203.0.113.7 > allow
	cannot_write_blacklist disallow 203.0.113.7
	[ "${lines[1]}" = 'mailban: allow: has no such line any more all the same; mailban sync does the rest' ]
	[ ! -s allow ]
}

# Whether a command refuses to change the file that an editor saves while the command stands still, behind its reading.
leaves_to_editor() { # FILE, then the command
	local file=$1
	shift
	echo '192.0.2.7 # ticket' > "$file"
	rm -f calls
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o calls -P "$PWD/$file" -e trace=read,close \
		-e inject=close:delay_enter=1000000:when=1 "$MAILBAN" "$@" > told 2> message 3>&- &
	until grep -qs 'read(.*"", ' calls; do :; done
	echo '203.0.113.5 # an editor' >> "$file"
	status=0
	wait $! || status=$?
	[ "$status" -eq 3 ]
	[ ! -s told ]
	grep -q "^mailban: .*$file: was changed by somebody else meanwhile, and is left so; try again$" message
	diff "$file" - <<-END
	192.0.2.7 # ticket
	203.0.113.5 # an editor
	END
}

@test "ban and unban: what an editor writes into the blacklist meanwhile is not lost" {
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	local files=(--no-sync --blacklist "$PWD/blacklist" --state "$PWD/state")
	leaves_to_editor blacklist ban "${files[@]}" 198.51.100.9
	leaves_to_editor blacklist unban "${files[@]}" 192.0.2.7
}

@test "allow and disallow: what an editor writes meanwhile is not lost" {
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	local files=(--no-sync --blacklist "$PWD/blacklist" --allow "$PWD/allow")
	leaves_to_editor allow allow "${files[@]}" 198.51.100.9
	leaves_to_editor allow disallow "${files[@]}" 192.0.2.7
}

@test "diff: some changes ago, and since a time; ten versions are kept" {
	blacklist <<< 192.0.2.1
	touch -d '3 days ago' blacklist
	for n in {2..13}; do edit ban "203.0.113.$n"; done
	[ "$(ls blacklist.[0-9]* | wc -l)" -eq 10 ]
	run mailban diff --blacklist blacklist 3
	[ "$(grep -c '^+203' <<< "$output")" -eq 3 ]
	run mailban diff --blacklist blacklist 10
	[ "$(grep -c '^+203' <<< "$output")" -eq 10 ]
	touch -d '2 days ago' blacklist.5
	for n in 6 7 8 9 10; do touch -d '3 days ago' "blacklist.$n"; done
	run mailban diff --blacklist blacklist --since 1d
	[ "$(grep -c '^+203' <<< "$output")" -eq 5 ]
	run mailban diff --blacklist blacklist 11
	[ "$status" -eq 2 ]
}

@test "diff --since: a change before that time is not shown, and no number goes with it" {
	blacklist <<< 192.0.2.1
	edit ban 203.0.113.2
	touch -d '2 days ago' blacklist
	touch -d '3 days ago' blacklist.1
	run mailban diff --blacklist blacklist --since 1h
	[ "$status:$output" = 0: ]
	run mailban diff --blacklist blacklist --since 60h
	[ "$(grep -c '^+203' <<< "$output")" -eq 1 ]
	run mailban diff --blacklist blacklist --since 1h 5
	[ "$status" -eq 2 ]
	[ "$output" = 'mailban: diff: --since and a number of changes name two versions; write one of them' ]
}

@test "list: for what, since when, in which order; an address that is not banned is told" {
	printf '192.0.2.7 # mine\n192.0.2.8 # since 2026-11-20T03:17Z until 2099-12-18T03:17Z by auth hits 3\n192.0.2.9 # since 2026-11-24T03:17Z until 2099-01-18T03:17Z by helo hits 9\n' | blacklist
	plain() { mailban list --plain --blacklist blacklist --state none "$@" | paste -sd ' '; }
	[ "$(plain --by auth)" = 192.0.2.8 ]
	[ "$(plain --by hand)" = 192.0.2.7 ]
	[ "$(plain --since 2026-11-21T00:00Z)" = 192.0.2.9 ]
	[ "$(plain --sort until)" = '192.0.2.9 192.0.2.8 192.0.2.7' ]
	run mailban list --blacklist blacklist --state none 192.0.2.7 192.0.2.77
	[ "$status" -eq 1 ]
	[[ "$output" == *'mailban: 192.0.2.77 is not banned; mailban why tells what is known of it'* && "$output" == *mine* ]]
	echo '203.0.113.9 # since 2026-11-20T03:17Z until 2026-11-21T03:17Z by auth hits 3' | blacklist
	run mailban list --blacklist blacklist --state none 203.0.113.9
	[ "$status" -eq 1 ]
	[[ "${lines[0]}" == 'mailban: 203.0.113.9 is not banned any more: the ban is over' ]]
	[[ "${lines[2]}" == '203.0.113.9  2026-11-20T03:17Z  2026-11-21T03:17Z '* ]]
	run mailban list --blacklist blacklist --by nothing
	[ "$status" -eq 2 ]
	run mailban list --blacklist blacklist --sort hits
	[ "$status" -eq 2 ]
}

@test "export: what is not over, in the words of others" {
	blacklist <<-END
	192.0.2.6                # since 2020-11-20T03:17Z until 2020-11-27T03:17Z by auth hits 5
	192.0.2.7                # since 2026-11-20T03:17Z until forever by auth hits 812
	198.51.100.0/24
	2001:db8::/64            $judged
	END
	[ "$(mailban export plain --blacklist blacklist | paste -sd ' ')" = '192.0.2.7 198.51.100.0/24 2001:db8::/64' ]
	[ "$(mailban export postfix --blacklist blacklist | head -n 2 | paste -sd ,)" = '192.0.2.7 REJECT,198.51.100.0/24 REJECT' ]
	{ cat blacklist; printf '%s\n' 198.51.101.0/25 198.51.101.200 198.51.101.128/25; } > more
	[ "$(mailban export collapsed --blacklist more | paste -sd ' ')" = '192.0.2.7 198.51.100.0/23 2001:db8::/64' ]
	mailban export ipset --blacklist blacklist | grep -qx 'add mailban4 198.51.100.0/24 timeout 0'
	mailban export ipset --blacklist blacklist | grep -qx 'add mailban6 2001:db8::/64 timeout 2147483'
	run mailban export nonsense --blacklist blacklist
	[ "$status" -eq 2 ]
	mailban export nft --blacklist blackist > table 2> complaint && false
	[ ! -s table ]
	grep -q 'there is no blacklist blackist' complaint
}
