#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What root obeys and what root writes to is nobody else's; and no client of a log's folder leads root astray.

bats_require_minimum_version 1.5.0

setup() {
	[ "$(id -u)" -eq 0 ] || skip 'only root has anything to lose here'
	cd "$BATS_TEST_TMPDIR"
	unset SUDO_UID
	mkdir -p rules.d etc var
	: > etc/allow
	echo 'mynetworks = no' > etc/conf
	for i in {1..6}; do
		TZ=UTC printf '%(%FT%TZ)T mx postfix/smtpd[7]: warning: unknown[198.51.100.9]: SASL LOGIN authentication failed: no, sasl_username=u%d\n' \
			-1 "$i"
	done > log
}

mailban() {
	"$MAILBAN" run -q --no-sync -c etc/conf --rules rules.d --allow etc/allow --blacklist var/blacklist --state var/state log
}

refused() { # what
	run -2 mailban
	[[ "$output" == *"$1"* ]]
}

@test "root uses no file that others own or may write to" {
	chown nobody etc/conf
	refused 'etc/conf belongs to somebody else; root uses no etc/conf that others can change'
	chown root etc/conf
	chmod 666 etc/allow
	refused 'etc/allow may be written to by others'
	chmod 644 etc/allow
	echo > rules.d/x.conf
	chown nobody rules.d/x.conf
	refused 'rules.d/x.conf belongs to somebody else'
	rm rules.d/x.conf
	chown nobody var
	refused '/var belongs to somebody else'
	chown root var
	run -0 mailban
	chmod 4777 var/state
	refused 'var/state may be written to by others'
	chmod 4755 var/state
	echo "$(date -u +%FT%TZ) mx postfix/smtpd[7]: warning: unknown[198.51.100.9]: SASL LOGIN authentication failed: no, sasl_username=x" >> log
	run -0 mailban
	[ "$(stat -c %a var/state)" = 755 ]
}

@test "root follows no link of others, and writes to no folder of theirs" {
	mkdir theirs
	chown nobody theirs
	ln -s "$PWD/created" theirs/blacklist
	chown -h nobody theirs/blacklist
	run -2 "$MAILBAN" run -q --no-sync -c etc/conf --rules rules.d --allow etc/allow --blacklist theirs/blacklist --state var/state log
	[ ! -e created ]
	ln -s ../theirs/state var/state
	refused 'theirs belongs to somebody else'
	rm var/state
	# nor a link on the way, be it root's own in such a folder, and wherever a link leads there
	ln -s ../var theirs/folder
	ln -s theirs/folder to-theirs
	ln -s var to-var
	for folder in theirs/folder to-theirs "$PWD/to-theirs"; do
		run -2 "$MAILBAN" run -q --no-sync -c etc/conf --rules rules.d --allow etc/allow --blacklist "$folder/blacklist" --state var/state log
		[[ "$output" == *'/theirs belongs to somebody else; root uses no '*'/blacklist that others can change'* ]]
	done
	run -0 "$MAILBAN" run -q --no-sync -c etc/conf --rules rules.d --allow etc/allow --blacklist to-var/blacklist --state "$PWD/to-var/state" log
	mkdir -m 1777 everybody
	ln -s ../var/list everybody/blacklist
	chown -h nobody everybody/blacklist
	run -2 "$MAILBAN" run -q --no-sync -c etc/conf --rules rules.d --allow etc/allow --blacklist everybody/blacklist --state var/state log
	[[ "$output" == *'everybody/blacklist belongs to somebody else'* ]]
}

@test "root neither believes nor follows what others put beside its files in a folder of everybody" {
	mkdir -m 1777 open
	mv etc/* var
	all=(-c var/conf --rules rules.d --allow var/allow --blacklist open/list --state open/state)
	echo 'home.invalid' > var/allow
	theirs() { # FILE TEXT
		rm -f "open/$1"
		printf "$2" > "open/$1"
		chown nobody "open/$1"
	}
	echo untouched > victim
	"$MAILBAN" run -q --no-sync "${all[@]}" log 2> /dev/null || true
	rm -f open/state.run open/state.report open/list.log
	for suffix in state.run state.report list.log; do
		ln -s ../victim "open/$suffix"
		chown -h nobody "open/$suffix"
	done
	sed 's/198.51.100.9/198.51.100.10/' log > more
	run "$MAILBAN" run -q --no-sync "${all[@]}" more
	ban() { run "$MAILBAN" ban --no-sync -c var/conf --state open/state --allow var/allow --blacklist open/list "$1"; }
	ban 198.51.100.11
	[[ "$output" == *'open/list.log: others than root can change it; what was done now is not noted there'* ]]
	[ "$(cat victim)" = untouched ]
	rm -f open/state.run open/list.log
	theirs state.names 'home.invalid 198.51.100.12\n'
	ban 198.51.100.12
	[[ "$output" == *'open/state.names: others than root can change it, so that it allows nobody'* ]]
	grep -q '^198.51.100.12 ' open/list
	theirs state.run 'time=1700000000 status=0 lines=1 events=1\n'
	run "$MAILBAN" status --no-sync -c var/conf --blacklist open/list --state open/state
	[[ "$output" == *'last run   none is known'* ]]
	theirs list.log '2026-11-20T03:17Z root banned 198.51.100.9\n'
	run "$MAILBAN" why --no-sync "${all[@]}" 198.51.100.9 log
	[[ "$output" != *'by hand'* ]]
	theirs state.report "$(sed -n 's/^checksum //p' open/state) 0 0\nforged\n"
	run "$MAILBAN" run --no-sync "${all[@]}" more
	[[ "$output" != *forged* ]]
	[ ! -e open/state.report ]
}

@test "whoever became root by sudo is trusted with his own files" {
	chown nobody etc etc/conf
	refused 'belongs to somebody else'
	SUDO_UID=$(id -u nobody) run -0 mailban
}

@test "a link in a log's folder that a group may write to is not followed" {
	mkdir logs
	chgrp nogroup logs
	chmod 775 logs
	cp log secret
	ln -s ../secret logs/log
	run -1 "$MAILBAN" run --no-sync -c etc/conf --rules rules.d --allow etc/allow --blacklist var/blacklist --state var/state logs/log
	[[ "$output" == *'is a symbolic link, or leads by one, in a folder that others than root may write to'* ]]
	# nor is one among the folders on the way, that its owner can put there
	mkdir theirs private
	cp log private/log
	ln -s ../private theirs/logs
	chown -h nobody theirs theirs/logs
	for name in "$PWD/theirs/logs/log" 'theirs/logs/l*'; do
		run -1 "$MAILBAN" run --no-sync -c etc/conf --rules rules.d --allow etc/allow --blacklist var/blacklist --state var/state "$name"
		[[ "$output" == *'theirs/logs/log: is a symbolic link, or leads by one, in a folder that others than root may write to'* ]]
	done
}
