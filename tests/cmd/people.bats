#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/people: the log of two weeks is the same for a seed, its truth is true, and the score counts right.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	score=$BATS_TEST_DIRNAME/../people/score
	people=$BUILD/people
}

# Three honest and four attacking addresses of both families in three days, of whom three attackers must be banned.
small_folder() {
	mkdir days
	touch days/2026-11-25 days/2026-11-26 days/2026-11-27
	printf '%s\t%s\t%s\t%d\n' \
		240.0.1.1 honest office 1 240.0.2.1 honest home 1 2001:db8:1:1::5 honest home 1 \
		240.0.3.7 attacker spray 1 240.0.4.200 attacker spray 2 \
		2001:db8:2:1:a:b:c:d attacker spray 1 2001:db8:3:7f:a:b:c:d attacker spray 1 > days/truth.tsv
	printf '%s\t%s\t%d\n' honest office 0 honest home 0 attacker spray 75 > days/kinds.tsv
}

# A mailban that copies the file of the day, and that of the hour, to where --blacklist says.
fake_mailban() {
	cat > mailban <<- 'EOF'
		#!/bin/sh
		today=$(date -u +%F)
		while [ "$1" != --blacklist ]; do shift; done
		for list in "blacklist.$today" "blacklist.$(date -u +%F.%H)"; do
			[ ! -e "$list" ] || cp "$list" "$2"
		done
	EOF
	chmod +x mailban
	export MAILBAN=./mailban
}

needs_faketime() {
	command -v faketime > /dev/null || skip 'faketime is not installed'
}

# sasl DAY TIME ADDRESS: a failure as Postfix has it
sasl() {
	printf 'Nov %s %s mx1 postfix/smtpd[4]: warning: unknown[%s]: SASL LOGIN authentication failed: x\n' \
		"${1#2026-11-}" "$2" "$3" >> "days/$1"
}

# kind: addresses, banned, banned on the last day, mean days
row() {
	awk -v kind="$1" '$2 == kind { print $3, $4, $5, $6 }' <<< "$output"
}

@test "a seed and a date give the same bytes, another seed gives others" {
	"$people" --percent 5 --seed 7 --end 2026-11-27 a
	"$people" --percent 5 --seed 7 --end 2026-11-27 b
	"$people" --percent 5 --seed 8 --end 2026-11-27 c
	diff -r a b
	! cmp -s a/truth.tsv c/truth.tsv || false
	[ "$(ls a | grep -c '^20')" -eq 14 ]
	[ "$(ls a | head -1)" = 2026-11-14 ]
}

# The figure is that of every compiler and machine; whoever changes a kind puts the new one here.
@test "the bytes are the same on every machine" {
	"$people" --percent 5 --seed 7 --end 2026-11-27 a
	[ "$(cat a/* | cksum)" = '4011613331 18016412' ]
}

@test "days are in order of time, across the end of a year and a leap day too" {
	for last in 2026-01-06 2024-03-02; do
		"$people" --percent 1 --end "$last" "$last"
		ls "$last" | grep '^20' | tail -1 | grep -qx "$last"
		for day in "$last"/20*; do
			[ "$(cut -c 1-6 "$day" | sort -u)" = "$(LC_ALL=C date -u -d "$(basename "$day")" '+%b %e')" ]
			cut -c 8-15 "$day" | sort -c
		done
	done
	[ -e 2026-01-06/2025-12-31 ]
	[ -e 2024-03-02/2024-02-29 ]
	run -2 "$people" --end 2026-13-01 wrong
}

@test "the truth has each address of the days, and the day on which it is seen first" {
	"$people" --percent 5 --seed 3 --end 2026-11-27 a
	number=0
	for day in a/20*; do
		number=$((number + 1))
		grep -oE '240(\.[0-9]+){3}|2001:db8:[0-9a-f:]+' "$day" | sort -u | sed "s/\$/ $number/"
	done | sort -k 1,1 -k 2,2n | sort -u -k 1,1 > seen
	awk -F '\t' '{ print $1, $4 }' a/truth.tsv | sort > truth
	diff truth seen
	[ "$(cut -f 1 a/truth.tsv | sort | uniq -d)" = '' ]
}

@test "every kind has people of its own, and the rules recognise what they do" {
	"$people" --percent 1 --end 2026-11-27 a
	diff <(cut -f 1,2 a/kinds.tsv | sort) <(cut -f 2,3 a/truth.tsv | sort -u)
	cat a/20* > log
	"$MAILBAN" match --tsv log | cut -f 1 | sort | uniq -c > rules
	for rule in sasl sasl-aborted non-smtp pipelining tls-unknown helo-bot relay user-unknown login disconnect-accepted; do
		grep -q " postfix-$rule\$" rules
	done
	for rule in login auth probe passdb; do
		grep -q " dovecot-$rule\$" rules
	done
}

@test "score counts addresses within networks of both families, ever, on the last day, and the days until then" {
	needs_faketime
	small_folder
	fake_mailban
	printf '# mailban blacklist 1\n%s\n' '240.0.4.0/24 # since' '2001:db8:2:1::/64 # since' > blacklist.2026-11-26
	printf '%s\n' 240.0.3.7 240.0.4.128/25 240.0.2.0/31 2001:db8:3::/57 > blacklist.2026-11-27
	run -0 "$score" days
	[ "$(row office)" = '1 0 0 -' ]
	[ "$(row home)" = '2 1 1 2.0' ]
	# days 2, 0, 1 and 2
	[ "$(row spray)" = '4 4 3 1.2' ]
	[[ "${lines[-1]}" == 'people: honest banned 1 of 3, attackers banned 4 of 4 (100 %)' ]]
	[[ "$output" == *'<=0%  BANNED'* ]]
	run -1 "$score" --strict days
}

@test "a neighbour of a network is outside of it, and --strict wants each kind's share" {
	needs_faketime
	small_folder
	fake_mailban
	printf '%s\n' 240.0.4.0/25 240.0.3.6 2001:db8:3::/58 2001:db8:1:2::/64 240.0.2.2/31 > blacklist.2026-11-25
	run -1 "$score" --strict days
	[[ "${lines[-1]}" == 'people: honest banned 0 of 3, attackers banned 0 of 4 (0 %)' ]]
	[[ "$output" == *'>=75%  MISSED'* ]]
	printf '%s\n' 240.0.4.200 240.0.3.7/32 2001:db8:3:7f::/64 > blacklist.2026-11-26
	run -0 "$score" --strict days
	[ "$(row spray)" = '4 3 3 0.7' ]
}

@test "a ban of some hours is seen where there are more runs a day, each with the lines until then" {
	needs_faketime
	small_folder
	echo 240.0.3.7 > blacklist.2026-11-26.11
	: > blacklist.2026-11-26.23
	for time in 11:59:59 12:00:00; do sasl 2026-11-26 "$time" 240.0.1.1; done
	fake_mailban
	sed -i '2i for log do :; done; grep -c . "$log" >> lines' mailban
	run -0 "$score" days
	[ "$(row spray)" = '4 0 0 -' ]
	[ "$(tr '\n' ' ' < lines)" = '0 2 2 ' ]
	rm lines
	run -0 "$score" --every 12 days
	[ "$(row spray)" = '4 1 0 1.0' ]
	[ "$(tr '\n' ' ' < lines)" = '0 0 1 2 2 2 ' ]
	run -2 "$score" --every 5 days
}

@test "a run that fails is told, and ends the score" {
	needs_faketime
	small_folder
	printf '#!/bin/sh\necho "mailban: broken"\nexit 3\n' > mailban
	chmod +x mailban
	MAILBAN=./mailban run -2 "$score" days
	[[ "$output" == *'2026-11-25 23:59 ended with 3: mailban: broken' ]]
}

@test "without faketime score says so and is skipped" {
	small_folder
	mkdir tools
	for tool in sh awk cat dirname grep ls mktemp rm wc sed; do
		ln -s "$(command -v $tool)" "tools/$tool"
	done
	PATH=$PWD/tools run -77 "$score" days
	[[ "$output" == *'faketime is not installed'* ]]
}

@test "the shell recipe bans for ever by two lines with a bracketed IPv4 address" {
	small_folder
	sasl 2026-11-25 10:00:00 240.0.1.1
	sasl 2026-11-25 10:00:00 240.0.3.7
	sasl 2026-11-26 10:00:00 240.0.3.7
	sasl 2026-11-25 11:00:00 2001:db8:2:1:a:b:c:d
	sasl 2026-11-25 12:00:00 2001:db8:2:1:a:b:c:d
	run -0 "$score" --by recipe days
	[ "$(row spray)" = '4 1 1 1.0' ]
	[ "$(row office)" = '1 0 0 -' ]
}

@test "fail2ban bans by five failures within its window, for as long" {
	small_folder
	for minute in 0 2 4 6 9; do sasl 2026-11-25 "10:0$minute:00" 240.0.3.7; done
	for minute in 0 3 6 9; do sasl 2026-11-25 "10:0$minute:00" 240.0.1.1; done
	sasl 2026-11-25 10:12:00 240.0.1.1
	run -0 "$score" --by fail2ban days
	[ "$(row spray)" = '4 1 0 0.0' ]
	[ "$(row office)" = '1 0 0 -' ]
	run -0 "$score" --by fail2ban-week days
	[ "$(row spray)" = '4 1 1 0.0' ]
	[ "$(row office)" = '1 1 1 0.0' ]
	run -2 "$score" --by somebody days
}

@test "nobody honest is banned, and attackers of each kind are" {
	"$people" --end 2026-11-27 a
	run -0 "$score" --strict a
	[[ "${lines[-1]}" == 'people: honest banned 0 of 1490, '* ]]
}
