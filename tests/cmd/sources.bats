#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Where log lines come from: compressed files, standard input, rotated siblings, the journal; and what is refused.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	export TZ=UTC
	touch allow
}

# sasl ADDRESS COUNT
sasl() {
	local i
	for ((i = 0; i < $2; i++)); do
		printf '%(%FT%T+00:00)T mx postfix/smtpd[42]: warning: unknown[%s]: SASL LOGIN authentication failed: UGFzc3dvcmQ6\n' \
			-1 "$1"
	done
}

mailban() {
	"$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow "$@"
}

banned() {
	grep -v '^#' blacklist | cut -d' ' -f1 | tr '\n' ' '
}

@test "scan reads every kind of compression, whatever the names say" {
	sasl 203.0.113.7 7 > plain
	"$MAILBAN" scan --tsv plain > expected
	[ "$(cut -f1-3 expected)" = $'203.0.113.7\tauth\t7' ]
	gzip -c plain > log.txt
	xz -c plain > log.gz
	zstd -q -c plain > log
	bzip2 -c plain > log.1
	lz4 -q -c plain > log.xz
	for f in log.txt log.gz log log.1 log.xz; do
		"$MAILBAN" scan --tsv "$f" | cmp - expected
		"$MAILBAN" scan --tsv - < "$f" | cmp - expected
	done
	# one after another in one file, as log servers append them
	cat log.txt log.txt > two
	[ "$("$MAILBAN" scan --tsv two | cut -f3)" = 14 ]
	: | gzip > nothing
	run -0 "$MAILBAN" scan --tsv nothing
	[ -z "$output" ]
}

@test "a damaged compressed log counts up to the damage, and is told" {
	sasl 203.0.113.7 7 > plain
	head -c 400000 /dev/urandom | base64 >> plain
	for stored in 200000 60000; do
		gzip -c plain | head -c "$stored" > log.gz
		run -1 --separate-stderr "$MAILBAN" scan --tsv log.gz
		[ "$(cut -f1-3 <<< "$output")" = $'203.0.113.7\tauth\t7' ]
		[[ "$stderr" == *"log.gz: cannot be uncompressed to its end"* ]]
	done
	printf '\037\213\010junkjunkjunk' > log.gz
	run -1 "$MAILBAN" scan --tsv log.gz plain
	[[ "$output" == *"log.gz: cannot be uncompressed"* ]]
	[[ "$output" == *$'203.0.113.7\tauth\t7'* ]]
}

@test "a line that a damaged place cut off does not count for the address it seems to end with" {
	local line="$(date -u +%FT%T+00:00) mx vpopmail[42]: vchkpw-smtp: password fail info@example.com:192.0.2.17"
	# libarchive gives 64 KB at a time: the last of them ends before the 7
	{
		printf '%0*d\n' $((65536 - ${#line})) 0
		echo "$line"
		head -c 200000 /dev/urandom | base64
	} > plain
	[ "$(head -c 65536 plain | tail -n 1)" = "${line%7}" ]
	gzip -c plain | head -c 20000 > log.gz
	run -1 --separate-stderr "$MAILBAN" scan --tsv -v log.gz
	[[ "$stderr" == *"log.gz: cannot be uncompressed to its end"* ]]
	[[ "$output" != *$'192.0.2.1\t'* ]]
}

@test "a compressed log without libarchive is told, and the others count" {
	sasl 203.0.113.7 7 > plain
	gzip -c plain > log.gz
	: > libarchive.so.13
	LD_LIBRARY_PATH=$PWD run -1 --separate-stderr "$MAILBAN" scan --tsv log.gz plain
	[ "$(cut -f1-3 <<< "$output")" = $'203.0.113.7\tauth\t7' ]
	[[ "$stderr" == *"log.gz: is compressed with gzip, and libarchive cannot be loaded ("*"); install it"* ]]
}

@test "a compressed log that could not be read without libarchive is read once it is there" {
	sasl 203.0.113.7 7 > log.1
	gzip log.1
	touch log
	: > libarchive.so.13
	LD_LIBRARY_PATH=$PWD run -1 mailban log
	[ ! -e blacklist ]
	run -0 mailban log
	[ "$(banned)" = '203.0.113.7 ' ]
	run -0 mailban log
	[ "$output" = '' ]
}

# failing WHICH FILE: a run in which that reading of the file fails; 3+: that one and all behind it
failing() {
	# the leak checker cannot work beside strace
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o calls -P "$PWD/$2" -e trace=pread64 -e "inject=pread64:error=EIO:when=$1" \
		"$MAILBAN" run --threads 1 --no-sync --blacklist blacklist --state state --allow allow log
}

@test "what the disk kept back is read by the next run, and counts once" {
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	sasl 203.0.113.7 3 > log.1
	head -c 400000 /dev/urandom | base64 >> log.1
	sasl 203.0.113.7 4 >> log.1
	gzip log.1
	touch log
	# the first bytes, and the second step of the reading itself
	for case in 1:7 4:4; do
		rm -f blacklist state
		run -1 failing "${case%:*}" log.1.gz
		grep -q INJECTED calls
		[[ "$output" == *'log.1.gz: cannot be '* ]]
		[ ! -e blacklist ]
		run -0 mailban -v log
		[[ "$output" == *" ${case#*:} events; 1 entry in the blacklist" ]]
	done
	# the bytes by which a log is known again
	rm -f log.1.gz blacklist state
	sasl 203.0.113.8 3 > log
	mailban log
	sasl 203.0.113.8 1 >> log
	run -1 failing 3+ log
	grep -q INJECTED calls
	[[ "$output" == *'log: cannot be read as far as the last run did'* ]]
	run -0 mailban log
	[ ! -e blacklist ]
	sasl 203.0.113.8 1 >> log
	run -0 mailban log
	[ "$(banned)" = '203.0.113.8 ' ]
}

@test "run goes on in rotated siblings, and each line counts once" {
	sasl 203.0.113.7 3 > log
	mailban -q log
	sasl 203.0.113.7 1 >> log
	gzip -c log > log.2.gz
	sasl 203.0.113.8 3 > log.1
	sasl 203.0.113.8 1 > log
	run -0 mailban log
	[ ! -e blacklist ] || [ -z "$(banned)" ]
	sasl 203.0.113.7 1 >> log
	sasl 203.0.113.8 1 >> log
	run -0 --separate-stderr mailban log
	[ "$(banned)" = '203.0.113.7 203.0.113.8 ' ]
	[ -z "$stderr" ]
	run -0 "$MAILBAN" state --state state
	for kind in compressed rotated live; do [[ "$output" == *"$kind"* ]]; done
	run -0 "$MAILBAN" state --json --state state
	[ "$(python3 -c 'import json, sys; print(len(json.load(sys.stdin)["positions"]))' <<< "$output")" = 3 ]
}

@test "what was deleted unread is told with its time span, and once" {
	sasl 203.0.113.7 1 > log
	mailban -q log
	rm log
	sasl 203.0.113.8 1 > log
	run -0 --separate-stderr mailban log
	[[ "$stderr" =~ "log: "(was emptied|.* is gone).*" lost" ]]
	[[ "$stderr" =~ "after "....-..-..T..:..Z" and before "....-..-..T..:..Z ]]
	run -0 --separate-stderr mailban log
	[ -z "$stderr" ]
}

@test "what is no log is refused by its kind, and the others are read" {
	sasl 203.0.113.7 6 > log
	mkdir folder
	mkfifo fifo
	run -1 mailban folder fifo /dev/null missing "$(command -v ls)" log
	[[ "$output" == *"folder: is a directory"* ]]
	[[ "$output" == *"fifo: is a FIFO"* ]]
	[[ "$output" == *"/dev/null: is a device"* ]]
	[[ "$output" == *"missing: there is no such log"* ]]
	[[ "$output" == *"is a program, not a log"* ]]
	[ "$(banned)" = '203.0.113.7 ' ]
}

entry() { # SECONDS UNIT USER ADDRESS
	printf '__REALTIME_TIMESTAMP=%s000000\n__MONOTONIC_TIMESTAMP=%s000000\n_BOOT_ID=%032d\n' "$(($(date +%s) - 100 + $1))" "$(($1 + 3000000))" 7
	printf '_TRANSPORT=syslog\n_UID=%s\n_HOSTNAME=mx\n_SYSTEMD_UNIT=%s\nSYSLOG_IDENTIFIER=postfix/smtpd\n_PID=42\n' "$3" "$2"
	printf 'MESSAGE=warning: unknown[%s]: SASL LOGIN authentication failed: UGFzc3dvcmQ6\n\n' "$4"
}

needs_journal() {
	remote=/lib/systemd/systemd-journal-remote
	[ -x "$remote" ] || skip "systemd-journal-remote is not installed"
	"$MAILBAN" --version | grep -q libsystemd || skip "built without libsystemd"
}

# A script that starts with the file begin has empty logs, and a journal that $remote may write.
needs_journal_host() {
	needs_journal
	[ "$(id -u)" -eq 0 ] && unshare -m true 2> /dev/null || skip "only root can mount"
	echo 0123456789abcdef0123456789abcdef > id
	cat > begin <<-'EOF'
	set -e
	trap 'echo "failed: $BASH_COMMAND"' ERR
	mount -t tmpfs none /var/log
	mkdir -p /run/log /var/log/journal/$(cat id)
	mount -t tmpfs none /run/log
	mount --bind id /etc/machine-id
	EOF
}

@test "a folder that its owner makes a link while a log in it is opened leads nowhere" {
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	[ "$(printf '5.6\n%s\n' "$(uname -r)" | sort -V | head -n 1)" = 5.6 ] || skip "a kernel before 5.6 has no openat2"
	mkdir -p folder/strangers elsewhere
	sasl 203.0.113.7 7 | tee folder/strangers/log > elsewhere/log
	ASAN_OPTIONS=detect_leaks=0 strace -qq -o calls -P "$PWD/folder/strangers/log" \
		-e trace=readlink,readlinkat,openat,openat2 -e inject=openat,openat2:delay_enter=1000000 \
		"$MAILBAN" scan --tsv folder/strangers/log > counted 2> message 3>&- &
	until grep -qs readlink calls || ! kill -0 $!; do :; done
	mv folder/strangers folder/former
	ln -s ../elsewhere folder/strangers
	wait $! || true
	[ ! -s counted ]
	grep -q 'folder/strangers/log: cannot be read: Too many levels of symbolic links' message
}

@test "the journal is read from its cursor on, and what users say in it is not believed" {
	needs_journal
	mkdir journal
	for i in 1 2 3; do entry "$i" postfix@-.service 104 203.0.113.7; done > export
	for i in 4 5 6 7 8 9; do entry "$i" user@1000.service 1000 203.0.113.8; done >> export
	for i in 10 11 12 13 14 15; do entry "$i" postfix@-.service 1000 203.0.113.9; done >> export
	"$remote" -o journal/a.journal export
	run -0 "$MAILBAN" scan -v --tsv --directory journal journal:
	[ "$(cut -f1-3 <<< "$output")" = $'203.0.113.7\tauth\t3' ]
	run -0 mailban --directory journal
	run -0 mailban -v --directory journal
	[[ "$output" == "0 new lines,"* ]]
	for i in 20 21; do entry "$i" postfix@-.service 104 203.0.113.7; done > export
	"$remote" -o journal/a.journal export
	run -0 mailban --directory journal journal:postfix@-.service,dovecot
	[ ! -e blacklist ] || [ "$(banned)" = '203.0.113.7 ' ]
	run -0 mailban --directory journal
	[ "$(banned)" = '203.0.113.7 ' ]
}

@test "a journal that cannot be read is told by its name, with one colon" {
	needs_journal
	run -3 --separate-stderr "$MAILBAN" scan --directory none journal:
	[[ "$stderr" == 'mailban: journal: '[!:]* ]]
	run -1 --separate-stderr mailban --directory none journal:
	[[ "$stderr" == 'mailban: journal: in '* ]]
}

@test "the usual logs: the journal where nobody writes to them any more, and each event once" {
	needs_journal_host
	for i in {1..5}; do entry "$((i - 500000))" postfix@-.service 104 203.0.113.8; done > export
	for i in {1..5}; do entry "$i" postfix@-.service 104 203.0.113.7; done >> export
	cat begin - > script <<-'EOF'
	bans() {
		rm -f blacklist
		"$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow > /dev/null 2> said || true
		grep -o '^[0-9][0-9.]*' blacklist 2> /dev/null | xargs
	}
	[ -z "$(bans)" ]
	grep -q 'no log was found: there is none of .*exim4.mainlog' said
	"$1" -o /var/log/journal/$(cat id)/system.journal export
	# an empty file is no log
	: > /var/log/mail.log
	[ "$(bans)" = '203.0.113.7 203.0.113.8' ]
	# one that is written to is
	rm state
	date +'%FT%T+00:00 mx postfix/smtpd[1]: connect from unknown[203.0.113.1]' > /var/log/mail.log
	[ -z "$(bans)" ]
	# and one that was until four days ago had all that is older
	rm state
	touch -d '4 days ago' /var/log/mail.log
	[ "$(bans)" = 203.0.113.7 ]
	"$MAILBAN" check --no-sync --blacklist blacklist --state state --allow allow 2> /dev/null | grep -qx 'ok  log journal:'
	# where the log is named the journal is not read, but told of
	echo 'log = { "/var/log/mail.log" }' > conf
	! "$MAILBAN" check -c conf --no-sync --blacklist blacklist --state state --allow allow 2> said > /dev/null || false
	grep -q '^mailban: /var/log/mail.log: nothing was written to it since .*; the journal has newer entries of mail servers: ' said
	EOF
	unshare -m bash script "$remote"
}

@test "the usual logs and the journal in their place: what both have counts once, however often they take turns" {
	needs_journal_host
	entry -2000000 postfix@-.service 104 203.0.113.1 > first
	entry -1000000 postfix@-.service 104 203.0.113.2 > later
	entry -100000 postfix@-.service 104 203.0.113.3 >> later
	cat begin - > script <<-'EOF'
	hits() {
		"$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow > /dev/null 2> said
		sed -n 's/^\(203[^/ ]*\) time=.* hits=\([0-9]*\).*/\1 \2/p' state | xargs
	}
	# the line that an entry of the journal is in the log
	line() { # ADDRESS FILE
		at=$(grep -B 9 "unknown.$1" "$2" | sed -n 's/^__REALTIME_TIMESTAMP=\(.*\)000000$/\1/p' | tail -n 1)
		echo "$(date -u -d "@$at" +%FT%T+00:00) mx postfix/smtpd[42]: $(sed -n "s/^MESSAGE=\(.*$1.*\)/\1/p" "$2")"
	}
	"$1" -o /var/log/journal/$(cat id)/system.journal first
	echo 'Nov  1 00:00:00 mx postfix/smtpd[1]: connect from unknown[203.0.113.9]' > /var/log/mail.log
	touch -d '30 days ago' /var/log/mail.log
	[ "$(hits)" = '203.0.113.1 1' ]
	grep -q '^mailban: journal: nothing was written to it since ' said
	{ line 203.0.113.1 first; line 203.0.113.2 later; } >> /var/log/mail.log
	[ "$(hits)" = '203.0.113.1 1 203.0.113.2 1' ]
	# the last line and its entry have one time
	"$1" -o /var/log/journal/$(cat id)/system.journal later
	touch -d "$(line 203.0.113.2 later | cut -d' ' -f1)" /var/log/mail.log
	[ "$(hits)" = '203.0.113.1 1 203.0.113.2 1 203.0.113.3 1' ]
	EOF
	unshare -m bash script "$remote"
}

@test "the usual logs: each of their names, all of them together, and never what repeats another" {
	[ "$(id -u)" -eq 0 ] && unshare -m true 2> /dev/null || skip "only root can mount"
	cat > script <<-'EOF'
	set -e
	trap 'echo "failed: $BASH_COMMAND"' ERR
	mount -t tmpfs none /var/log
	mount -t tmpfs none /run
	run() { "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow > /dev/null 2> said; }
	status=0
	run || status=$?
	[ "$status" = 1 ]
	exim() { for i in {1..7}; do date "+%F %T login authenticator failed for (x) [$1]:4711: 535 Incorrect authentication data (set_id=user$i)"; done; }
	mkdir /var/log/exim4 /var/log/exim /var/log/mail
	exim 203.0.113.1 > /var/log/exim4/mainlog
	exim 203.0.113.2 > /var/log/exim/main.log
	exim 203.0.113.3 > /var/log/exim_mainlog
	sasl 203.0.113.4 7 > /var/log/dovecot.log
	sasl 203.0.113.5 7 > /var/log/mail.log
	# what was rotated away, before anything was written since
	sasl 203.0.113.6 7 > "/var/log/maillog-$(date +%Y%m%d)"
	sasl 203.0.113.7 7 > /var/log/mail/maillog
	exim 203.0.113.99 | tee /var/log/exim4/rejectlog > /var/log/exim/reject.log
	run
	[ "$(grep -o '^[0-9][0-9.]*' blacklist | xargs)" = "$(echo 203.0.113.{1..7})" ]
	[ "$(grep -c 'hits 7$' blacklist)" = 7 ]
	rm -r /var/log/mail blacklist state
	sasl 203.0.113.8 7 > /var/log/mail
	run
	grep -q '^203.0.113.8 ' blacklist
	EOF
	export -f sasl
	unshare -m bash script
}

@test "what containers put around each line is taken off, in scan and match alike" {
	line='Nov  3 10:00:00 mx postfix/smtpd[1]: warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: x'
	printf 'postfix-1  | %s\nmysql-1    | ready\n' "$line" > compose
	printf '2026-11-03T10:00:00.762881123Z stdout F %s\n' "$line" > cri
	printf '{"log":"%s\\n","stream":"stdout","time":"2026-11-03T10:00:00.1Z"}\n' "$line" > json
	printf 'Nov  3 10:00:01 node docker[9]: %s\n' "$line" > syslog
	touch -d 2026-11-03T12:00:00Z compose cri json syslog
	for log in compose cri json syslog; do
		run -0 --separate-stderr "$MAILBAN" scan --tsv -v "$log"
		[[ "$output" =~ ^192\.0\.2\.1$'\t'auth$'\t'1$'\t' ]]
		[ -z "$stderr" ]
		run -0 --separate-stderr "$MAILBAN" match --tsv "$log"
		[[ "${lines[0]}" == postfix-sasl$'\t'auth$'\t'192.0.2.1$'\t'1$'\t'* ]]
	done
}

@test "a log of which nothing is understood is told" {
	printf '%s\n' 'one | two' 'three' > odd
	run -0 --separate-stderr "$MAILBAN" scan odd
	[ "$stderr" = 'mailban: odd: none of its 2 lines was understood: there is no time at their beginning in a form that is known; see: mailban match odd' ]
}

@test "nothing is believed in nginx's own file, and that is told" {
	printf '2026/11/03 10:00:00 [info] 59#59: *900 client login failed: "x" while in http auth state, client: 192.0.2.%d, server: 0.0.0.0:143, login: "v0"\n' 1 1 1 1 1 1 1 1 1 1 > error.log
	run -0 --separate-stderr "$MAILBAN" scan --plain error.log
	[ -z "$output" ]
	[[ "$stderr" == *"error.log: is nginx's own file, where a client can write lines like the server's"* ]]
}

@test "a line behind a piece of a longer one is not believed, wherever the log is cut for threads" {
	long=$(printf '%0486d' 0 | tr 0 b)
	{
		for i in {1..4000}; do
			echo "Nov  3 10:00:00 mx imapd: LOGIN FAILED, user=$long"
			echo "Nov  3 10:00:00 mx postfix/smtpd[$i]: connect from unknown[192.0.2.1]"
			echo "Nov  3 10:00:00 mx imapd: LOGIN, user=admin, ip=[203.0.113.9], port=[1]"
			echo "Nov  3 10:00:00 mx imapd: LOGIN FAILED, user=info, ip=[192.0.2.2], port=[1]"
		done
	} > log
	for threads in 1 4; do
		run -0 "$MAILBAN" scan --threads "$threads" --tsv -v log
		[[ "$output" != *203.0.113.9* ]]
		[[ "$output" == *192.0.2.2$'\t'auth$'\t'4000$'\t'* ]]
	done
}

@test "the rest of a line that a container cut is not believed, wherever the log is cut for threads or runs" {
	cri='2026-11-03T10:00:00.762881123Z stdout %s 2026-11-03T10:00:00Z mx postfix/smtpd[1]: '
	cri+='warning: unknown[%s]: SASL LOGIN authentication failed: x\n'
	printf "$cri" P 192.0.2.9 > piece
	printf "$cri" F 203.0.113.9 > rest
	printf "$cri" F 192.0.2.1 > whole
	{ cat whole; yes "$(cat piece rest)" | head -n 20000; cat whole; } > log
	for threads in 1 4; do
		run -0 --separate-stderr "$MAILBAN" scan --threads "$threads" --tsv -v log
		[[ "$output" == 192.0.2.1$'\t'auth$'\t'2$'\t'* ]]
		[ "${#lines[@]}" -eq 1 ]
	done
	run -0 bash -c '"$MAILBAN" match --tsv log | cut -f 3 | sort -u'
	[ "$output" = $'-\n192.0.2.1' ]
	: > allow
	cat whole piece > log
	"$MAILBAN" run -q --no-sync -c /dev/null --blacklist blacklist --state state --allow allow log
	cat rest whole >> log
	"$MAILBAN" run -q --no-sync -c /dev/null --blacklist blacklist --state state --allow allow log
	grep -q '^192.0.2.1 .*hits=2' state
	run ! grep -q -e '203.0.113.9' -e '192.0.2.9' state
}

@test "strange bytes, NULs and holes, wherever they are, hide no attacker" {
	strange=$(head -c 250 /dev/zero | tr '\0' '\377')
	for i in {1..12}; do
		printf '%(%FT%T+00:00)T mx imapd: LOGIN FAILED, user=%s, ip=[198.51.100.7]\n' -1 "$strange"
	done > log
	sasl 203.0.113.7 6 >> log
	head -c 2100 /dev/zero >> log
	sasl 203.0.113.8 6 >> log
	truncate -s 1T log
	sasl 203.0.113.9 6 >> log
	truncate -s 2T log
	run -0 timeout 60 "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log
	[ "$(banned)" = '198.51.100.7 203.0.113.7 203.0.113.8 203.0.113.9 ' ]
	sasl 203.0.113.10 6 >> log
	run -0 timeout 60 "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log
	[ "$(banned)" = '198.51.100.7 203.0.113.7 203.0.113.8 203.0.113.9 203.0.113.10 ' ]
}

@test "what is compressed to less than a thousandth is read to a bound, which is told" {
	sasl 203.0.113.7 1 > line
	yes "$(cat line)" | head -c 700M | zstd -q > log.zst
	run -1 timeout 60 "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow log.zst
	[[ "$output" == *'log.zst: becomes more than 1000 times as large uncompressed, the bound of unpack-ratio; it is read no further; what came before was counted'* ]]
	[ "$(banned)" = '203.0.113.7 ' ]
	head -c 700M /dev/zero | zstd -q > nuls.zst
	run -1 mailban nuls.zst
	[[ "$output" == *'nuls.zst: becomes more than 1000 times as large uncompressed, the bound of unpack-ratio; it is read no further'* ]]
	echo 'unpack-ratio = 1000000' > conf
	run "$MAILBAN" scan -c conf --tsv nuls.zst
	[[ "$output" != *unpack-ratio* ]]
}

@test "no compressed log is read further than the settings say, by any command" {
	yes "$(sasl 203.0.113.7 1)" | head -n 20000 | gzip > log.gz
	echo 'unpack-most = 1' > conf
	for command in scan match report 'why 203.0.113.7' 'run --no-sync --blacklist blacklist --state state --allow allow'; do
		run -1 --separate-stderr "$MAILBAN" $command -c conf log.gz
		[[ "$stderr" == *'log.gz: becomes more than 1 MB uncompressed, the bound of unpack-most; it is read no further; what came before was '* ]]
	done
	echo 'unpack-most = 3' > conf
	run -0 "$MAILBAN" scan -c conf log.gz
}

# Who cannot give its rights up: a step of the glass that the kernel has fails.
without_glass() {
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o calls -e trace=capset -e inject=capset:error=EPERM "$MAILBAN" "$@"
}

@test "no command reads a line of a log where it cannot give its rights up" {
	local command
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	! "$MAILBAN" check --no-sync -c /dev/null 2> /dev/null | grep -q sanitizer || skip "a sanitizer needs calls of its own"
	for i in {1..50}; do
		printf '%(%FT%T+00:00)T mx otherd[1]: authentication failed for user x from 203.0.113.7\n' -1
	done > log
	sasl 203.0.113.7 6 >> log
	printf '[Definition]\nfailregex = ^.*failed for user x from <HOST>$\n' > filter.conf
	echo "log = \"$PWD/log\"" > conf
	local files=(--no-sync -c conf --blacklist blacklist --state state --allow allow)
	"$MAILBAN" run "${files[@]}"
	mv blacklist kept
	rm state
	for command in 'scan log' 'match log' 'match - < log' 'report log' 'why 203.0.113.7 log --no-sync' \
		"run ${files[*]}" 'rules --from-fail2ban filter.conf --sample log'; do
		run eval "without_glass $command"
		[[ "$status" -eq 3 && "$output" == *'cannot give its capabilities up: Operation not permitted; nothing was read'* ]]
		[[ "$output" != *'x from'* && "$output" != *'SASL'* && ! -e blacklist ]]
	done
	mv kept blacklist
	run -1 "$MAILBAN" check "${files[@]}"
	[[ "$output" == *'otherd: 50 lines that name a failure'* ]]
	run -1 without_glass check "${files[@]}"
	[[ "$output" != *otherd* && "$output" == *'cannot give its capabilities up'* ]]
}

@test "no command takes the state apart where it cannot give its rights up" {
	local command status_of line
	strace -o /dev/null true 2> said || skip "strace cannot trace here: $(cat said)"
	! "$MAILBAN" check --no-sync -c /dev/null 2> /dev/null | grep -q sanitizer || skip "a sanitizer needs calls of its own"
	sasl 203.0.113.7 8 | sed = | sed 'N; s/\(.*\)\n\(.*\)/\2, sasl_username=rosa\1@example.com/' > log
	echo "log = \"$PWD/log\"" > conf
	"$MAILBAN" run --no-sync -c conf --blacklist blacklist --state state --allow allow
	cp blacklist before
	cp state state.before
	# what it ends with, and what it is; list and status tell the rest all the same
	while read -r status_of command; do
		line="$command -c conf --blacklist blacklist --state state"
		run "$MAILBAN" $line
		[[ "$output" != *'capabilities up'* ]]
		cp before blacklist
		rm -f metrics
		run without_glass $line
		[[ "$status" -eq "$status_of" && "$output" == *'cannot give its capabilities up: Operation not permitted; nothing was read'* ]]
		[[ "$output" != *'rosa'* && "$output" != *'accounts:'* && "$output" != *'1 account'* ]]
		cmp before blacklist
		cmp state.before state
	done <<- 'X'
		1 status --no-sync
		3 stats
		3 stats --prometheus metrics
		3 state
		1 list
		3 why 203.0.113.7 --no-sync
		3 report
		3 done
		3 done rosa
		3 ban 203.0.113.0/24 --no-sync
		1 check --no-sync
	X
	[ ! -e metrics ]
}

@test "names of programs that nobody knows leave room for those that rules are for, and long lines are told" {
	for i in {1..1500}; do
		printf '%(%FT%T+00:00)T mx anything%d: hello\n' -1 "$i"
	done > log
	sasl 203.0.113.7 6 >> log
	head -c 70000 /dev/zero | tr '\0' x >> log
	echo >> log
	run -0 mailban log
	[ "$(banned)" = '203.0.113.7 ' ]
	[[ "$output" == *'log: 1 line too long to be a mail server'* ]]
}
