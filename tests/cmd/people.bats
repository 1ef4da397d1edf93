#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/people: the log of two weeks is the same for a seed, and its truth is true.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	people=$BUILD/people
}

@test "a seed and a date give the same bytes, another seed gives others" {
	"$people" --percent 5 --seed 7 --end 2026-11-27 a
	"$people" --percent 5 --seed 7 --end 2026-11-27 b
	"$people" --percent 5 --seed 8 --end 2026-11-27 c
	diff -r a b
	! cmp -s a/truth.tsv c/truth.tsv
	[ "$(ls a | grep -c '^20')" -eq 14 ]
	[ "$(ls a | head -1)" = 2026-11-14 ]
}

# The figure is that of every compiler and machine; whoever changes a kind puts the new one here.
@test "the bytes are the same on every machine" {
	"$people" --percent 5 --seed 7 --end 2026-11-27 a
	[ "$(cat a/* | cksum)" = '1502145810 14601287' ]
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
	for rule in sasl sasl-aborted non-smtp pipelining tls helo-bot relay user-unknown login accepted; do
		grep -q " postfix-$rule\$" rules
	done
	for rule in login auth probe passdb; do
		grep -q " dovecot-$rule\$" rules
	done
}
