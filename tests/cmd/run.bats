#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban run on files: what is new is counted once, the blacklist is merged, and bad input changes nothing.
# No kernel sets.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	: > allow
	export TZ=UTC
	now=$(date -u +%s)
}

# sasl ADDRESS COUNT [SECONDS AGO]: failures without a user name, a second apart
sasl() {
	for ((i = 0; i < $2; i++)); do
		printf '%(%FT%T+00:00)T mx postfix/smtpd[42]: warning: unknown[%s]: SASL LOGIN authentication failed: UGFzc3dvcmQ6\n' \
			$((now - ${3:-3600} + i)) "$1"
	done
}

mailban_run() {
	"$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow "$@"
}

# everything that a failed run must leave as it was
snapshot() {
	find . -type f ! -name 'log*' ! -name snapshot ! -name 'separate-stderr*' ! -name '*.run' -exec md5sum {} + | sort
}

@test "run bans who reached the threshold, in sorted order, and says why" {
	{ sasl 198.51.100.9 5; sasl 192.0.2.7 6; sasl 192.0.2.8 4; sasl 2001:db8::1 5; } > log
	run -0 mailban_run -v log
	[[ "$output" == *'192.0.2.7'*'auth'* ]]
	[[ "$output" == *'SASL LOGIN authentication failed'* ]]
	[ "$(head -1 blacklist)" = '# mailban blacklist 1' ]
	[ "$(grep -v '^#' blacklist | cut -d' ' -f1 | tr '\n' ' ')" = '192.0.2.7 198.51.100.9 2001:db8::/64 ' ]
	grep -Eqx '192\.0\.2\.7 {16}# since ....-..-..T..:..Z until ....-..-..T..:..Z by auth hits [56]' blacklist
	[ ! -e blacklist.lock ]
}

@test "a second run with nothing new is silent and changes nothing, in another second too" {
	sasl 192.0.2.7 5 > log
	mailban_run log
	snapshot > snapshot
	second=$EPOCHSECONDS
	until [ "$EPOCHSECONDS" -gt "$second" ]; do :; done
	run -0 mailban_run log
	[ "$output" = '' ]
	snapshot | diff snapshot -
}

@test "blacklist and state are the same bytes with any number of threads, in another second too" {
	for i in {1..40}; do sasl "192.0.2.$i" $((i % 7)); done > log
	for threads in 1 2 5; do
		mkdir "with$threads"
		run -0 "$MAILBAN" run --no-sync --threads "$threads" --blacklist "with$threads/blacklist" \
			--state "with$threads/state" --allow allow log
		second=$EPOCHSECONDS
		until [ "$EPOCHSECONDS" -gt "$second" ]; do :; done
	done
	diff -r -x state.run with1 with2
	diff -r -x state.run with1 with5
}

@test "lines are counted once over runs, and evidence waits in the state" {
	sasl 192.0.2.7 3 > log
	mailban_run log
	! grep -q 192.0.2.7 blacklist || false
	mailban_run log
	! grep -q 192.0.2.7 blacklist || false
	sasl 192.0.2.7 2 3000 >> log
	mailban_run log
	grep -q '^192\.0\.2\.7 .* by auth hits 5$' blacklist
}

# connections whose lines need one another, of servers that write into one another's lines: each line has a second of its own
sessions() {
	local program message i=0
	while IFS='|' read -r program message; do
		printf '%(%FT%T+00:00)T mx %s: %s\n' $((now - 3600 + 2 * i)) "$program" "$message"
		i=$((i + 1))
	done <<- EOF
		smtpd[7]|1e3bb8aa00066e3f smtp connected address=192.0.2.1 host=<unknown>
		sm-mta[9]|6ASKMNsd001582: <nobody00@example.com>... User unknown
		smtpd[7]|1e3bb8aa00066e40 smtp connected address=192.0.2.2 host=host.example.net
		imapd|$(printf 'LOGIN, user=%0500d' 0)
		smtpd[7]|1e3bb8aa00066e3f smtp failed-command command="AUTH LOGIN (password)" result="535 Authentication failed"
		postfix/smtpd[3]|warning: hostname mail.example.net does not resolve to address 192.0.2.5: Temporary failure in name resolution
		imapd|LOGIN, user=admin, ip=[192.0.2.1]
		smtpd[7]|1e3bb8aa00066e40 smtp authentication user=ann result=ok
		sm-mta[9]|6ASKMNsd001582: <nobody01@example.com>... User unknown
		imapd|LOGIN FAILED, user=info, ip=[192.0.2.1]
		smtpd[7]|1e3bb8aa00066e3f smtp failed-command command="AUTH LOGIN (password)" result="535 Authentication failed"
		postfix/smtpd[3]|connect from unknown[192.0.2.5]
		sm-mta[9]|6ASKMNsd001583: <nobody03@example.com>... User unknown
		smtpd[7]|1e3bb8aa00066e3f smtp disconnected reason=quit
		smtpd[7]|1e3bb8aa00066e3f smtp connected address=192.0.2.3 host=<unknown>
		sm-mta[9]|6ASKMNsd001582: from=<a@example.net>, size=0, class=0, nrcpts=0, proto=ESMTP, daemon=MTA, relay=[192.0.2.4]
		smtpd[7]|1e3bb8aa00066e3f smtp failed-command command="AUTH LOGIN (password)" result="535 Authentication failed"
		sm-mta[9]|6ASKMNsd001583: from=<a@example.net>, size=9, class=0, nrcpts=1, proto=ESMTP, daemon=MTA, relay=[192.0.2.4]
		smtpd[7]|1e3bb8aa00066e40 smtp failed-command command="AUTH LOGIN (password)" result="535 Authentication failed"
		sm-mta[9]|6ASKMNsd001583: to=<b@example.com>, delay=00:00:01, xdelay=00:00:00, mailer=local, pri=30009, dsn=2.0.0, stat=Sent
	EOF
}

# what a run of those logs remembers, but for how many runs there were
remembered() {
	mailban_run "$@" > report && "$MAILBAN" state -v --state state | sed '1,/^accounts/d; /^runs/,/^sessions/d'
}

@test "lines of a connection find one another over runs and logs, whatever these are called" {
	sessions > all
	remembered all > once
	grep -q '^ *192.0.2.1 .* u:=.* u:info=.* hits=2 ' once
	grep -q '^ *192.0.2.2 .* u:ann=0.* u:=1@.* good=' once
	grep -q '^ *192.0.2.3 .* u:=1@.* hits=1 ' once
	grep -q '^ *192.0.2.4 .* hits=3 mails=1' once

	# a run a line
	rm -f state blacklist
	while IFS= read -r line; do
		printf '%s\n' "$line" >> grown
		remembered grown > again
	done < all
	diff once again

	# a log a program
	rm -f state blacklist
	for program in smtpd sm-mta imapd postfix; do grep " mx $program" all > "z-$program"; done
	remembered z-* > again
	diff once again

	# dealt to logs, whose names are in the other order
	rm -f state blacklist
	awk '{ print > "y" (9 - NR % 3) }' < <(grep -v imapd all)
	grep imapd all > y0
	remembered y* > again
	diff once again

	# rotated behind the piece of a long line
	rm -f state blacklist
	sed 4q all > log.1
	sed 1,4d all > log
	remembered log > again
	diff once again
}

@test "a last line without a newline is taken when it is whole" {
	sasl 192.0.2.7 5 | head -c -1 > log
	mailban_run log
	! grep -q 192.0.2.7 blacklist || false
	echo >> log
	mailban_run log
	grep -q 192.0.2.7 blacklist
}

@test "a dry run prints the diff and changes nothing at all" {
	sasl 192.0.2.7 5 > log
	snapshot > snapshot
	run -0 mailban_run -n log
	[[ "$output" == *'+192.0.2.7 '* ]]
	snapshot | diff snapshot -
	mailban_run log
	sasl 192.0.2.9 5 >> log
	snapshot > snapshot
	mailban_run -n log > diff
	grep -q '^+192.0.2.9 ' diff
	! grep -q '^[-+]192.0.2.7 ' diff || false
	rm diff
	snapshot | diff snapshot -
}

@test "the diff of a dry run is what the run does" {
	{ sasl 192.0.2.7 5; sasl 198.51.100.1 5; } > log
	printf '# mailban blacklist 1\n# the office asked\n203.0.113.9   # ticket 4711\n' > blacklist
	mailban_run -n log > diff
	cp blacklist before
	mailban_run log
	patch -s before diff
	cmp before blacklist
}

@test "after the first run diff shows all of the blacklist, after the next one what changed" {
	run -3 "$MAILBAN" diff --blacklist blacklist
	[ "${#lines[@]}" -eq 1 ]
	sasl 192.0.2.7 5 > log
	mailban_run log
	run -0 "$MAILBAN" diff --blacklist blacklist
	[[ "${lines[3]}" == '+# mailban blacklist 1' ]]
	[[ "${lines[4]}" == '+192.0.2.7 '* ]]
	sasl 192.0.2.8 5 >> log
	mailban_run log
	run -0 "$MAILBAN" diff --blacklist blacklist
	[ "$(grep -c '^+[0-9]' <<< "$output")" -eq 1 ]
	[[ "$output" == *'+192.0.2.8 '* ]]
}

@test "person's lines, comments and order stay" {
	printf '# mailban blacklist 1\n# the office asked\n203.0.113.9   # ticket 4711\n198.51.100.0/24\n# the end\n' > blacklist
	sasl 192.0.2.7 5 > log
	mailban_run log
	run -0 grep -v '^192' blacklist
	[ "$output" = $'# mailban blacklist 1\n198.51.100.0/24\n# the office asked\n203.0.113.9   # ticket 4711\n# the end' ]
	cmp blacklist.1 - <<< $'# mailban blacklist 1\n# the office asked\n203.0.113.9   # ticket 4711\n198.51.100.0/24\n# the end'
}

@test "who is in the allowlist is not banned" {
	{ sasl 192.0.2.7 5; sasl 192.0.2.200 5; } > log
	echo '192.0.2.128/25 # ours' > allow
	mailban_run log
	grep -q '^192.0.2.7 ' blacklist
	! grep -q '^192.0.2.200' blacklist
}

@test "a ban that is over leaves, a deleted line unbans" {
	printf '# mailban blacklist 1\n192.0.2.1                # since 2020-01-01T00:00Z until 2020-01-08T00:00Z by auth hits 9\n' > blacklist
	: > log
	run -0 mailban_run -v log
	[[ "$output" == *192.0.2.1* ]]
	! grep -q 192.0.2.1 blacklist || false
	sasl 192.0.2.7 5 > log
	mailban_run log
	sed -i /192.0.2.7/d blacklist
	mailban_run log
	! grep -q 192.0.2.7 blacklist || false
	# the log from its start bans it again, and that is told
	run -0 mailban_run -v --full log
	[[ "$output" == 'banned (1):'*192.0.2.7* ]]
	grep -q '^192.0.2.7 ' blacklist
}

@test "a person's remark behind a judged line stays when the ban changes" {
	sasl 192.0.2.7 7 > log
	mailban_run log
	sed -i '2s/$/ # ticket 4711/' blacklist
	cp blacklist edited
	run -0 mailban_run log
	cmp blacklist edited
	sasl 192.0.2.7 2 60 >> log
	run -0 mailban_run log
	grep -Eqx '192\.0\.2\.7 +# since .* by auth hits [89] note ticket 4711' blacklist
	sed -i '2s/note/and/' blacklist
	run -3 mailban_run log
	[[ "$output" == *', with remarks behind another #; '* ]]
}

@test "unban: what the addresses gave their network goes with them, and few more failures do not ban all of it" {
	for i in 1 2 3 4 5 6; do sasl 203.0.113.$i 7; done > log
	mailban_run log
	[ "$(grep -c '^203.0.113.[1-6] ' blacklist)" -eq 6 ]
	"$MAILBAN" unban -q --no-sync --blacklist blacklist --state state 203.0.113.0/24
	for i in 7 8 9; do sasl 203.0.113.$i 1 600; done >> log
	run -0 mailban_run log
	[ "$output" = '' ]
	! grep -q '^203.0.113' blacklist
}

@test "unban: of a network that former settings made all accounts are emptied" {
	for i in {1..9}; do sasl 203.0.113.$i 5; done > log
	mailban_run log
	grep -q '^203.0.113.0/24 ' blacklist
	echo 'aggregate = { "16:8" }' > conf
	"$MAILBAN" unban -q -c conf --no-sync --blacklist blacklist --state state 203.0.113.0/24
	run -0 mailban_run -c conf log
	[ "$output" = '' ]
	! grep -q '^203.0.113' blacklist
}

@test "--classic is an affair of scan alone" {
	sasl 192.0.2.7 2 > log
	run -2 --separate-stderr mailban_run --classic log
	[ ! -e blacklist ] && [ ! -e state ]
	run -0 "$MAILBAN" scan --classic --plain log
	[ "$output" = 192.0.2.7 ]
}

# ---- bad input ----

# expect STATUS MESSAGE-PATTERN COMMAND...: one line on stderr, and everything as it was
expect() {
	local status=$1 pattern=$2
	shift 2
	snapshot > snapshot
	run -"$status" --separate-stderr "$@"
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == $pattern ]]
	snapshot | diff snapshot -
}

prepared() {
	sasl 192.0.2.7 5 > log
	mailban_run log > /dev/null
	sasl 192.0.2.9 5 >> log
}

@test "a missing log, a folder, a binary file: the others are read, exit 1" {
	prepared
	mkdir folder
	cp "$(command -v ls)" program
	run -1 --separate-stderr mailban_run missing folder program log
	[ "${#stderr_lines[@]}" -eq 3 ]
	grep -q 192.0.2.9 blacklist
}

@test "an unknown setting, a wrong value: file and line, exit 2" {
	prepared
	printf '\nblacklst = "x"\n' > conf
	expect 2 'mailban: conf:2: *' mailban_run -c conf log
	printf 'points {\n\tauth = "five"\n}\n' > conf
	expect 2 'mailban: conf:2: *' mailban_run -c conf log
	printf '\n\nknown = "3 days"\n' > conf
	expect 2 'mailban: conf:3: *' mailban_run -c conf log
	printf 'points { login = 5 }\n' > conf
	expect 2 'mailban: conf:1: *' mailban_run -c conf log
	expect 2 'mailban: nowhere.conf: *' mailban_run -c nowhere.conf log
}

@test "a bad regex: rule, offset and PCRE2's words, exit 2" {
	prepared
	mkdir rules
	printf 'rule "broken" {\n\tclass = "auth"\n\tprogram = "x"\n\tmatch = "a(b<ADDR>"\n\thit = { "ab192.0.2.1" }\n}\n' > rules/x.conf
	expect 2 'mailban: rules/x.conf:1: rule broken: match, at offset *: missing closing parenthesis*' mailban_run --rules rules log
}

@test "a rule whose hit does not hit: exit 2" {
	prepared
	mkdir rules
	printf 'rule "misses" {\n\tclass = "auth"\n\tprogram = "x"\n\tmatch = "failed from <ADDR>"\n\thit = { "failed of 192.0.2.1" }\n}\n' > rules/x.conf
	expect 2 'mailban: rules/x.conf:*: rule misses*hit*' mailban_run --rules rules log
}

@test "a malformed line in the blacklist or the allowlist, a damaged state" {
	prepared
	cp blacklist good
	echo '192.0.2.300  # oops' >> blacklist
	expect 3 'mailban: blacklist:3: *' mailban_run log
	cp good blacklist
	echo 'all of them' > allow
	expect 2 'mailban: allow:1: *' mailban_run log
	: > allow
	sed -i '2s/./X/' state
	expect 3 'mailban: state*' mailban_run log
}

@test "an empty or truncated state is damaged, not new" {
	prepared
	cp state good
	head -c 100 good > state
	expect 3 'mailban: state*' mailban_run log
	: > state
	expect 3 'mailban: state*' mailban_run log
}

@test "a full disk leaves blacklist and state as they were" {
	[ "$(id -u)" -eq 0 ] || skip 'mounting a small disk needs root'
	unshare -m true 2> /dev/null || skip 'mount namespaces are not to be had'
	prepared
	unshare -m bash -ec '
		mkdir small
		mount -t tmpfs -o size=64k tmpfs small || exit 77
		cp blacklist state small
		head -c 1M /dev/zero > small/filler 2> /dev/null || true
		md5sum small/blacklist small/state > sums
		status=0
		"$MAILBAN" run --no-sync --blacklist small/blacklist --state small/state --allow allow log 2> message || status=$?
		[ "$status" -eq 3 ]
		[ "$(wc -l < message)" -eq 1 ]
		grep -q "No space left on device" message
		md5sum -c --quiet sums
		[ "$(ls small | tr "\n" " ")" = "blacklist filler state " ]'
}

@test "a folder that may be written to and not be read is refused before anything is changed" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can become somebody else'
	prepared
	public=$(mktemp -d)
	cp "$MAILBAN" "$public/mailban"
	mkdir "$public/kept"
	cp blacklist state "$public/kept"
	cp log "$public"
	: > "$public/allow"
	chown -R 65534:65534 "$public"
	chmod 311 "$public/kept"
	cd "$public"
	md5sum kept/* > sums
	run -3 setpriv --reuid=65534 --regid=65534 --clear-groups "$public/mailban" run --no-sync \
		--blacklist kept/blacklist --state kept/state --allow allow log
	[[ "$output" == *'kept/blacklist: Permission denied; nothing was changed' ]]
	md5sum -c --quiet sums
	[ "$(ls kept | tr '\n' ' ')" = 'blacklist state ' ]
	cd /
	rm -rf "$public"
}

@test "the usual folder is made where it is missing, but not in a dry run, and no other one" {
	unshare -m true 2> /dev/null || skip 'mount namespaces are not to be had'
	sasl 192.0.2.77 5 > log
	unshare -m bash -ec '
		mount -t tmpfs tmpfs /var/lib
		"$MAILBAN" run -n --no-sync log > /dev/null
		[ ! -e /var/lib/mailban ]
		"$MAILBAN" run --no-sync log > /dev/null
		[ "$(stat -c %a /var/lib/mailban)" = 750 ]
		grep -q "^192.0.2.77 " /var/lib/mailban/blacklist
		[ -s /var/lib/mailban/state ]'
	run -3 "$MAILBAN" run --no-sync --blacklist nowhere/blacklist --state state log
	[ "${#lines[@]}" -eq 1 ]
	[ ! -e nowhere ]
}

@test "two runs at once: the second says who holds the lock" {
	prepared
	mkfifo held done
	flock blacklist.lock -c "echo 'pid 4711 (mailban run)' > blacklist.lock; echo > held; read -r _ < done" 3>&- &
	read -r _ < held
	echo 'lock-wait = "1s"' > conf
	run -3 --separate-stderr mailban_run -c conf log
	[[ "$stderr" == *'pid 4711 (mailban run)'* ]]
	echo > done
	wait
	run -0 mailban_run -c conf log
}

@test "what stands in the place of the lock file is left as it is" {
	prepared
	cp blacklist good
	echo precious > other
	ln other blacklist.lock
	expect 3 'mailban: blacklist.lock: is no lock file, or has other names;*' mailban_run log
	[ "$(cat other)" = precious ]
	rm blacklist.lock
	mkfifo blacklist.lock
	expect 3 'mailban: blacklist.lock: is no lock file, or has other names;*' mailban_run log
	[ -p blacklist.lock ]
	cmp good blacklist
}

# Starts a run, number $!, that stands still for a second where it begins to read the log, behind opening it.
run_and_stand_still() {
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	prepared
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o log.calls -P "$PWD/log" -e trace=openat,openat2,preadv \
		-e inject=preadv:delay_enter=1000000:when=1 \
		"$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log 2> message 3>&- &
	until grep -qs openat log.calls; do :; done
}

@test "what a person writes into the blacklist while the logs are read is not lost" {
	run_and_stand_still
	echo '203.0.113.77             # a person added this' >> blacklist
	status=0
	wait $! || status=$?
	[ "$status" -eq 0 ]
	[ ! -s message ]
	[ "$(grep -c -e 203.0.113.77 -e 192.0.2.9 blacklist)" -eq 2 ]
	run -0 mailban_run log
	[ "$output" = '' ]
}

@test "who is allowed while the logs are read is not banned" {
	run_and_stand_still
	"$MAILBAN" allow --no-sync --blacklist blacklist --allow allow 192.0.2.9
	wait $!
	[ ! -s message ]
	[ "$(grep -v '^#' blacklist | cut -d' ' -f1)" = 192.0.2.7 ]
	sasl 192.0.2.10 5 >> log
	run -0 mailban_run log
	grep -q '^192.0.2.10 ' blacklist
}

@test "while the logs are read a person bans, and whoever touches the list costs nothing" {
	run_and_stand_still
	touch blacklist
	echo 'lock-wait = "1s"' > settings
	"$MAILBAN" ban -c settings --no-sync --blacklist blacklist --allow allow 203.0.113.77
	wait $!
	[ "$(grep -c -e 203.0.113.77 -e 192.0.2.9 blacklist)" -eq 2 ]
	# a touch alone, and the log is read once
	sasl 192.0.2.10 6 >> log
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o log.calls -P "$PWD/log" -e trace=openat,openat2,preadv \
		-e inject=preadv:delay_enter=300000:when=1 \
		"$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log 2> message 3>&- &
	until grep -qs openat log.calls; do :; done
	touch blacklist allow
	wait $!
	grep -q '^192.0.2.10 ' blacklist
	[ "$(grep -c preadv log.calls)" -le 2 ]
}

@test "a caller who closed descriptors: messages go into no file, and what was not printed is told later" {
	local closed
	for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
		rm -rf blacklist* state*
		sasl 192.0.2.7 5 > log
		status=0
		(eval "exec $closed" && "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow missing log) \
			> told 2> message || status=$?
		[ "$status" -eq 1 ]
		[ "$(grep -v '^#' blacklist | cut -d' ' -f1)" = 192.0.2.7 ]
		run -0 mailban_run log
		if [[ $closed == *' >&-'* || $closed == '>&-'* ]]; then
			[[ "$output" == *'1 new ban'* ]]
		else
			grep -q "1 new ban" told
			[[ "$output" != *'1 new ban'* ]]
		fi
	done
}

@test "a caller who closed descriptors where there is no /dev/null" {
	unshare -m true 2> said || skip "$(< said)"
	run -3 unshare -m sh -c 'mount -t tmpfs none /dev && exec "$0" list <&-' "$MAILBAN"
	[ "$output" = 'mailban: standard input or output is closed, and /dev/null cannot be opened: No such file or directory' ]
}

@test "a caller who ignores the end of children, or holds signals back" {
	env --ignore-signal=CHLD true 2> said || skip "$(< said)"
	sasl 192.0.2.7 5 > log
	env --ignore-signal=CHLD --block-signal=CHLD,ALRM,TERM "$MAILBAN" run -q --no-sync --blacklist blacklist \
		--state state --allow allow log
	grep -q '^192.0.2.7 ' blacklist
}

@test "no temporary file is left behind, and the mode of the blacklist is kept" {
	prepared
	chmod 600 blacklist
	mailban_run log
	[ "$(stat -c %a blacklist)" = 600 ]
	[ -z "$(find . -name '*.??????' -o -name '*.lock' -o -name '*.new')" ]
}

@test "lines without a zone are of this host's, whatever TZ the caller has" {
	for n in 1 2 3 4 5; do
		TZ=:/etc/localtime date -d "1 hour ago $n seconds" +'%b %e %H:%M:%S mx postfix/smtpd[1]: warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: x'
	done > log
	TZ=:/etc/localtime mailban_run -q log
	mv blacklist here
	rm state
	TZ=Asia/Tokyo mailban_run -q log
	cmp here blacklist
	grep -q '^192.0.2.7 ' blacklist
}

@test "a log that was rewritten without the last line read counts nothing twice that is older" {
	{ sasl 192.0.2.7 3 3600; sasl 198.51.100.9 1 3000; } > log
	run -0 mailban_run log
	# each time another last line is taken out, and the file another one
	for ago in 1900 1800 1700; do
		{ sed '1d;$d' log; sasl 192.0.2.7 2 3600; sasl 203.0.113.5 2 "$ago"; } > rewritten
		cat rewritten > log
		run mailban_run log
		[[ "$output" == *'log: was rewritten since the last run, without the last line that was read; '* ]]
	done
	[ "$(grep -v '^#' blacklist | cut -d' ' -f1)" = 203.0.113.5 ]
	[[ "$output" =~ log:\ [0-9]+\ events\ from\ before\ [0-9TZ:-]+\ are\ left\ out: ]]
}

@test "a log that is emptied behind a line whose clock is ahead loses no line" {
	sasl 198.51.100.9 1 -10800 > log
	touch -d '1 minute ago' log
	run -0 mailban_run log
	sasl 192.0.2.7 6 0 > new
	cat new > log
	run mailban_run log
	[[ "$output" == *'log: was emptied since the last run; '* ]]
	[[ "$output" != *'left out'* ]]
	[ "$(grep -v '^#' blacklist | cut -d' ' -f1)" = 192.0.2.7 ]
}

@test "where this host cannot be asked for its own addresses it is told" {
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	sasl 192.0.2.7 6 > log
	ASAN_OPTIONS=detect_leaks=0 run -1 strace -f -qq -o calls -e trace=bind -e inject=bind:error=EIO:when=1 \
		"$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log
	[[ "$output" == *'the addresses of this host: Input/output error; who of this host'* ]]
	grep -q '^192.0.2.7 ' blacklist
}

# Disturbs a call in whoever reads the log, or gives up rights, with strace's words for it.
disturbed() { # CALL-AND-FAULT, then options of strace, then -- and the command
	local inject=$1
	shift
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o calls -e trace="${inject%%:*}" -e inject="$inject" "$@"
}

@test "a lock that a full disk refuses is not said to be for want of a folder" {
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	prepared
	run -3 disturbed openat:error=ENOSPC -P "$PWD/blacklist.lock" "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log
	[[ "$output" == 'mailban: blacklist: cannot be locked: No space left on device; nothing was changed' ]]
	run -3 "$MAILBAN" ban --no-sync --blacklist nowhere/blacklist --state state --allow allow 192.0.2.9
	[[ "$output" == *'cannot be locked: No such file or directory; its folder must exist and be yours to write in' ]]
}

@test "a reader of logs that is stopped, or that cannot give its rights up, changes nothing and is told of" {
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	prepared
	md5sum blacklist state > sums
	run -3 disturbed preadv:signal=SIGKILL:when=1 -P "$PWD/log" "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log
	[[ "$output" == *'the reader of logs was stopped by signal 9 (Killed); nothing that it found is taken' ]]
	md5sum -c --quiet sums
	if "$MAILBAN" check --no-sync -c /dev/null 2> /dev/null | grep -q sanitizer; then
		return
	fi
	# the first two calls of seccomp(2) ask whether the kernel has it: else the filter is loaded by prctl(2)
	for call in landlock_restrict_self:1 seccomp:3 capset:1 setrlimit,prlimit64:1; do
		run -3 disturbed "${call%:*}:error=EPERM:when=${call#*:}+" "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log
		[[ "$output" == *'the reader of logs cannot '*'; nothing was read' ]]
		md5sum -c --quiet sums
	done
	# what the kernel does not have is told, and done without
	run -0 disturbed landlock_create_ruleset:error=ENOSYS "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log
	[[ "$output" == *'logs are read without Landlock, which is not to be had here; see: mailban check'* ]]
	grep -q '^192.0.2.9 ' blacklist
}
