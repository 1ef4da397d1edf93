#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A run that is killed anywhere and repeated leaves the files of a run that was not.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	export TZ=UTC
	# the leak checker cannot work beside strace
	export ASAN_OPTIONS=detect_leaks=0
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
}

lines() { # first address, count of addresses
	local i j now
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	for ((i = $1; i < $1 + $2; i++)); do
		for ((j = 0; j < 6; j++)); do
			echo "$now mx postfix/smtpd[$i]: warning: unknown[203.0.113.$i]: SASL LOGIN authentication failed: no, sasl_username=u$j@example.com"
		done
	done
}

mailban() {
	"$MAILBAN" run -q --no-sync --blacklist new/blacklist --state new/state --allow allow log
}

same_as_reference() {
	local file
	for file in reference/blacklist* reference/state; do
		cmp "new/${file##*/}" "$file" || return 1
	done
	[ "$(ls new)" = "$(ls reference)" ]
}

@test "killed at each call that reads logs or changes files, and repeated" {
	local call n killed=0
	mkdir new
	touch allow
	lines 1 20 > log
	mailban
	[ "$(grep -c 203.0.113 new/blacklist)" -gt 0 ]
	cp -a new old
	# the rest of the old file, a compressed one between, and the live one
	lines 21 3 >> log
	mv log log.2
	lines 31 3 > log.1
	mv log.2 log.3
	gzip log.3
	mv log.1 log.2
	lines 41 3 > log.1
	lines 51 3 > log
	mailban
	cp -a new reference
	cmp -s old/blacklist reference/blacklist && return 1
	for call in pread64 preadv flock fchmod ftruncate write writev fsync link rename unlink; do
		for ((n = 1; n < 200; n++)); do
			rm -rf new
			cp -a old new
			if strace -f -qq -o /dev/null -e trace="$call" -e "inject=$call:signal=SIGKILL:when=$n" \
				"$MAILBAN" run -q --threads 1 --no-sync --blacklist new/blacklist --state new/state --allow allow log; then
				same_as_reference
				break
			fi
			killed=$((killed + 1))
			# each file is its old version or its new one
			cmp -s new/blacklist old/blacklist || cmp -s new/blacklist reference/blacklist
			cmp -s new/state old/state || cmp -s new/state reference/state
			mailban
			same_as_reference
		done
	done
	echo "killed $killed times"
	[ "$killed" -gt 20 ]
}

@test "what a person's command leaves where it is killed, the next run takes away" {
	local call n what left
	mkdir new
	touch allow
	lines 1 3 > log
	mailban
	cp -a new old
	for what in ban allow; do
		left=0
		for call in rename fsync; do
			for ((n = 1; n < 30; n++)); do
				rm -rf new
				cp -a old new
				: > allow
				! strace -f -qq -o /dev/null -e trace=$call -e inject=$call:signal=SIGKILL:when=$n \
					"$MAILBAN" $what -q --no-sync --blacklist new/blacklist --state new/state --allow allow 192.0.2.99 ||
					break
				[ -z "$(find . -name '*.new')" ] || left=$((left + 1))
				mailban
				[ -z "$(find . -name '*.new')" ]
			done
		done
		[ "$left" -gt 5 ]
	done
}

@test "a person's command behind a run that died between state and list loses none of its bans" {
	local how n
	mkdir new
	touch allow
	lines 1 3 > log
	mailban
	cp -a new old
	lines 41 3 >> log
	mailban
	cp -a new reference
	for how in ban unban allow; do
		for ((n = 1; n < 20; n++)); do
			rm -rf new
			cp -a old new
			! strace -f -qq -o /dev/null -e trace=rename -e inject=rename:signal=SIGKILL:when=$n \
				"$MAILBAN" run -q --no-sync --blacklist new/blacklist --state new/state --allow allow log || return 1
			cmp -s old/state new/state || break
		done
		cmp old/blacklist new/blacklist
		: > allow
		case $how in
		ban)
			"$MAILBAN" ban -q --no-sync --blacklist new/blacklist --state new/state --allow allow 192.0.2.99
			mailban
			grep -v '^192.0.2.99 ' new/blacklist | cmp - reference/blacklist
			;;
		*)
			"$MAILBAN" $how -q --no-sync --blacklist new/blacklist --state new/state 203.0.113.42 \
				$([ $how = unban ] || echo --allow allow)
			mailban
			grep -v '^203.0.113.42 ' reference/blacklist | cmp - new/blacklist
			;;
		esac
	done
	# a state that nobody can read stops no person
	cp new/blacklist new/blacklist.mailban.new
	echo damaged >> new/state
	"$MAILBAN" ban -q --no-sync --blacklist new/blacklist --state new/state --allow allow 192.0.2.97
	grep -q '^192.0.2.97 ' new/blacklist
	# of both, the run and an editor, neither is lost
	: > allow
	rm -rf new
	cp -a old new
	! strace -f -qq -o /dev/null -e trace=rename -e inject=rename:signal=SIGKILL:when=$n \
		"$MAILBAN" run -q --no-sync --blacklist new/blacklist --state new/state --allow allow log || return 1
	echo '192.0.2.98' >> new/blacklist
	run -3 "$MAILBAN" ban -q --no-sync --blacklist new/blacklist --state new/state --allow allow 192.0.2.99
	[ "$output" = 'mailban: new/blacklist: the last run could not write its list, and the file was edited since; mailban run puts both together: then try again' ]
	mailban
	grep -v '^192.0.2.98' new/blacklist | cmp - reference/blacklist
	grep -q '^192.0.2.98' new/blacklist
}
