#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban match: one line out for each line in, the line taken apart, and why a rule did not match.

bats_require_minimum_version 1.5.0

SASL='Nov  3 10:00:00 mx postfix/smtpd[42]: warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: (reason unavailable), sasl_username=info@example.com'

setup() {
	cd "$BATS_TEST_TMPDIR"
	export TZ=UTC
	touch -d 2026-11-21T12:00:00Z reference
}

# The log's own last change places times that have no year.
log() {
	cat > log
	touch -r reference log
}

@test "--tsv prints rule, class, address, count and time" {
	log <<< "$SASL"
	run -0 --separate-stderr "$MAILBAN" match --tsv log
	[ "$output" = $'postfix-sasl\tauth\t192.0.2.1\t1\t2026-11-03T10:00:00Z' ]
}

@test "--tsv prints one line a line, whatever the bytes" {
	{
		printf '\n\r\n\0\n\xff\xfe\x00x\n'
		printf 'Nov  3 10:00:00 mx postfix/smtpd[1]: connect from unknown[192.0.2.1]\0\n'
		head -c 200000 /dev/urandom | tr -d '\n'
		printf '\n'
		head -c 300000 /dev/zero | tr '\0' x
		printf '\n2026-11-03T%s\r\n' "10:00:00Z ${SASL#Nov  3 10:00:00 }"
		printf 'no newline at the end'
	} | log
	run -0 --separate-stderr "$MAILBAN" match --tsv - < log
	[ "${#lines[@]}" -eq 9 ]
	[ "$(wc -l <<< "$output")" -eq 9 ]
	[ "${lines[7]}" = $'postfix-sasl\tauth\t192.0.2.1\t1\t2026-11-03T10:00:00Z' ]
	for i in 0 1 2 3 4 5 6 8; do
		[ "${lines[i]}" = $'-\t-\t-\t-\t-' ]
	done
}

@test "an empty log gives nothing" {
	run -0 --separate-stderr "$MAILBAN" match --tsv - < /dev/null
	[ -z "$output" ]
}

@test "repeated messages count as often as they are said to have been" {
	log <<-'END'
	Nov  3 10:00:00 mx postfix/smtpd[42]: message repeated 3 times: [ warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: x]
	Nov  3 10:00:10 mx last message repeated 5 times
	Nov  3 10:00:20 mx last message repeated 2 times
	Nov  3 10:00:20 mx postfix/smtpd[42]: connect from mail.example.com[192.0.2.2]
	Nov  3 10:00:21 mx last message repeated 2 times
	END
	run -0 --separate-stderr "$MAILBAN" match --tsv log
	[ "$(cut -f 3,4 <<< "$output")" = $'192.0.2.1\t3\n192.0.2.1\t15\n192.0.2.1\t6\n-\t-\n-\t-' ] || {
		echo "$output"
		false
	}
}

@test "a message of another host is not repeated" {
	log <<-'END'
	Nov  3 10:00:00 mx dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<ann>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.250
	Nov  3 10:00:05 db7 last message repeated 12 times
	Nov  3 10:00:06 mx last message repeated 12 times
	END
	run -0 --separate-stderr "$MAILBAN" match --tsv log
	[ "$(cut -f 3,4 <<< "$output")" = $'192.0.2.1\t1\n-\t-\n-\t-' ]
}

@test "shows the line taken apart" {
	log <<< "$SASL"
	run -0 --separate-stderr "$MAILBAN" match log
	[[ "$output" == *"  time     2026-11-03T10:00:00Z"* ]]
	[[ "$output" == *"  host     mx"* ]]
	[[ "$output" == *"  program  postfix/smtpd"* ]]
	[[ "$output" == *"  rule     postfix-sasl"* ]]
	[[ "$output" == *"  class    auth"* ]]
	[[ "$output" == *"  address  192.0.2.1"* ]]
	[[ "$output" == *"  user     info@example.com"* ]]
	[[ "$output" == *"  count    1"* ]]
}

@test "control bytes of a log do not reach the terminal" {
	printf 'Nov  3 10:00:00 mx x[1]: \033[2Jhello\n' | log
	run -0 --separate-stderr "$MAILBAN" match log
	[[ "$output" == *'\x1b[2Jhello'* ]]
	[[ "$output" != *$'\033'* ]]
}

why() {
	run -0 --separate-stderr "$MAILBAN" match --rule postfix-sasl <<< "$1"
	echo "$output"
	[[ "${lines[-1]}" == *"$2"* ]]
}

@test "--rule says why a rule did not match: program, literals, pattern, order" {
	why "Nov  3 10:00:00 mx sudo: warning: x" "is not for the program 'sudo'"
	why "Nov  3 10:00:00 mx postfix/smtpd[1]: connect from x" "does not begin with 'warning: '"
	why "Nov  3 10:00:00 mx postfix/smtpd[1]: warning: x SASL" "does not hold"
	why "Nov  3 10:00:00 mx postfix/smtpd[1]: warning: a b[192.0.2.1]: SASL LOGIN authentication failed" \
		"gets as far as 'warning: a' and fails at ' b["
	why "Nov  3 10:00:00 mx postfix/smtpd[1]: warning: a[192.0.2.999]: SASL LOGIN authentication failed" "is no address"
	why "$SASL" "postfix-sasl: matches"
}

@test "a pattern that looks at the end of a line is not tried on one that may have been cut" {
	long=$(printf '%900s' '' | tr ' ' x)
	line="Nov  3 10:00:00 mx dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<$long"
	run -0 --separate-stderr "$MAILBAN" match --rule dovecot-auth <<< "$line>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.25"
	[[ "${lines[-1]}" == *"may have been cut"* ]]
	[[ "$output" == *"rule     none"* ]]
}

@test "--program takes lines without a header" {
	run -0 --separate-stderr "$MAILBAN" match --tsv --program postfix/smtpd \
		<<< 'warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: x'
	[ "$output" = $'postfix-sasl\tauth\t192.0.2.1\t1\t-' ]
}

@test "another program that quotes a mail server's line is no event" {
	log <<-'END'
	Nov  3 10:00:00 mx sudo: root : TTY=pts/0 ; COMMAND=/bin/grep postfix/smtpd[42]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed
	Nov  3 10:00:00 mx CRON[7]: (root) CMD (echo 'warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: x')
	Nov  3 10:00:00 mx amavis[7]: (1-1) Passed CLEAN, Subject: "Nov  3 10:00:00 mx postfix/smtpd[42]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: x"
	END
	run -0 --separate-stderr "$MAILBAN" match --tsv log
	[ "$(sort -u <<< "$output")" = $'-\t-\t-\t-\t-' ]
}

@test "a file that is not there" {
	run -3 --separate-stderr "$MAILBAN" match nonesuch
	[[ "$stderr" == "mailban: nonesuch: "* ]]
}
