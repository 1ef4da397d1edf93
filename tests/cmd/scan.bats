#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban scan: who reached a threshold, in which form it is told, and the classic judgement against an oracle
# made of the tools of the shell recipe itself.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	export TZ=UTC
}

# sasl ADDRESS COUNT: failures without a user name, a minute apart, in 2026
sasl() {
	for ((i = 0; i < $2; i++)); do
		printf '2026-11-20T10:%02d:00+00:00 mx postfix/smtpd[42]: warning: unknown[%s]: SASL LOGIN authentication failed: UGFzc3dvcmQ6\n' "$i" "$1"
	done
}

# connection ADDRESS NUMBER: one connection of a client without a name, four lines
connection() {
	local line="2026-11-20T11:00:00+00:00 mx postfix/smtpd[$2]:"
	printf '%s\n' "$line connect from unknown[$1]" "$line lost connection after EHLO from unknown[$1]" \
		"$line NOQUEUE: reject: RCPT from unknown[$1]: 450 4.7.25 Client host rejected: cannot find your hostname, [$1]; from=<> to=<a@example.com> proto=SMTP helo=<x>" \
		"$line disconnect from unknown[$1] ehlo=1 commands=1"
}

@test "scan lists who reached the threshold of auth, and nobody below it" {
	{ sasl 192.0.2.1 5; sasl 192.0.2.2 4; sasl 2001:db8::7 6; } > log
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = $'192.0.2.1\n2001:db8::/64' ]
	# what --plain prints may go into a set: nobody locks himself out behind a proxy
	{ sasl 127.0.0.1 9; sasl 10.0.0.7 9; sasl fe80::7 9; sasl 192.0.2.1 5; } > proxied
	run -0 "$MAILBAN" scan --plain proxied
	[ "$output" = 192.0.2.1 ]
	run -0 "$MAILBAN" scan --tsv log
	[ "${lines[0]}" = $'192.0.2.1\tauth\t5\t2026-11-20T10:00:00Z\t2026-11-20T10:04:00Z' ]
	[ "${#lines[@]}" -eq 2 ]
	run -0 "$MAILBAN" scan --tsv -v log
	[ "${#lines[@]}" -eq 3 ]
}

# unfound ADDRESS NUMBER FIRST: a connection whose sender has no domain that this server finds, FIRST a line ahead of it
unfound() {
	local line="2026-11-20T11:00:00+00:00 mx postfix/smtpd[$2]:"
	printf '%s\n' ${3:+"$line $3"} "$line connect from unknown[$1]" \
		"$line NOQUEUE: reject: RCPT from unknown[$1]: 450 4.1.8 <a@example.net>: Sender address rejected: Domain not found; from=<a@example.net> to=<a@example.com> proto=ESMTP helo=<x>" \
		"$line disconnect from unknown[$1] ehlo=1 mail=1 rcpt=0/1 commands=2/3"
}

@test "a sender without a domain counts, but not while this server's resolver is down" {
	for n in {1..60}; do unfound 198.51.100.1 "$n"; done > log
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = 198.51.100.1 ]
	for n in 2 3 4 5; do
		unfound "198.51.100.$n" "9$n" "warning: hostname mx$n.example.net does not resolve to address 198.51.100.$n: Temporary failure in name resolution"
	done | sed "s/T11:00/T10:59/" > down
	cat log >> down
	run -0 "$MAILBAN" scan --plain down
	[ -z "$output" ]
	run -0 "$MAILBAN" scan down
	[[ "$output" == *'without a name while this server could not look names up: '* ]]
	run -0 "$MAILBAN" run --no-sync --blacklist list --state state down
	[[ "$output" == *'! this server could not look names up'* ]]
}

@test "a server that greets with a wrong name may try its queue for three days, a bot not each minute" {
	local deferred='450 4.7.1 <srv.local>: Helo command rejected: Host not found; from=<a@example.net> to=<a@example.com> proto=ESMTP helo=<srv.local>'
	for n in {0..107}; do
		printf '%(%FT%T+00:00)T mx postfix/smtpd[%d]: NOQUEUE: reject: RCPT from mail.example.net[198.51.100.1]: %s\n' \
			$((1795000000 + n * 2400)) $((100 + n)) "$deferred"
	done > log
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = '' ]
	for n in {0..299}; do
		printf '%(%FT%T+00:00)T mx postfix/smtpd[%d]: NOQUEUE: reject: RCPT from host.example.net[198.51.100.2]: %s\n' \
			$((1795259200 + n * 60)) $((100 + n)) "$deferred"
	done >> log
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = 198.51.100.2 ]
}

@test "class unknown counts connections, not lines" {
	for n in 1 2 3 4 5 6 7 8 9; do connection 198.51.100.1 "$n"; done > log
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = '' ]
	connection 198.51.100.1 10 >> log
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = 198.51.100.1 ]
}

@test "nobody is blamed where this server cannot ask whether a password is right" {
	for reason in "Connection lost to authentication server" "generic failure, sasl_username=info@example.com"; do
		for n in {10..40}; do
			line="2026-11-20T11:$n:00+00:00 mx postfix/smtpd[$n]:"
			printf '%s\n' "$line warning: host.example.net[192.0.2.1]: SASL PLAIN authentication failed: $reason" \
				"$line disconnect from host.example.net[192.0.2.1] ehlo=1 auth=0/1 quit=1 commands=2/3"
		done > log
		run -0 "$MAILBAN" scan --plain log
		[ "$output" = '' ]
	done
}

# put_off REPLY: thirty connections of a client without a name, each asked to come again by Postfix
put_off() {
	for n in {10..39}; do
		line="2026-11-20T11:$n:00+00:00 mx postfix/smtpd[$n]:"
		printf '%s\n' "$line connect from unknown[192.0.2.1]" \
			"$line NOQUEUE: reject: RCPT from unknown[192.0.2.1]: $1; from=<a@example.net> to=<b@example.com> proto=ESMTP helo=<x>" \
			"$line disconnect from unknown[192.0.2.1] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"
	done
}

@test "nobody is blamed for coming again while this server cannot take the mail" {
	for reply in '451 4.3.0 <b@example.com>: Temporary lookup failure' '452 4.3.1 Insufficient system storage' \
		'451 4.3.5 Server configuration error' '451 4.7.1 Service unavailable - try again later'; do
		put_off "$reply" > log
		run -0 "$MAILBAN" scan --plain log
		[ -z "$output" ]
	done
	put_off '450 4.2.0 <b@example.com>: Recipient address rejected: Greylisted' > log
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = 192.0.2.1 ]
	for n in {10..39}; do
		line="2026-11-20T11:$n:00+00:00 mx smtpd[47]: 1e3bb82f64e37c$n smtp"
		printf '%s\n' "$line connected address=192.0.2.1 host=<unknown>" \
			"$line failed-command command=\"RCPT TO:<b@example.com>\" result=\"421 4.3.0 Temporary Error\"" \
			"$line disconnected reason=quit"
	done > log
	run -0 "$MAILBAN" scan --plain log
	[ -z "$output" ]
}

# An old password, tried every five minutes. Each server tells of a connection in several lines or without a name of its own.
@test "a device with an old password is one whatever server tells of it" {
	for n in {10..39}; do
		time="2026-11-20T1$((n / 12)):$((n % 12 * 5 / 10))$((n % 12 * 5 % 10)):00+00:00 mx"
		printf '%s\n' "$time sm-mta[$n]: 6ASKKUHv0014$n: AUTH failure (LOGIN): authentication failure (-13) SASL(-13): authentication failure: checkpass failed, user=ann, relay=[192.0.2.1]" \
			"$time sm-mta[$n]: 6ASKKUHv0014$n: [192.0.2.1] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA-v4" \
			"$time exim[$n]: plain_server authenticator failed for (pc) [192.0.2.2]: 535 Incorrect authentication data (set_id=ann)" \
			"$time exim[$n]: no MAIL in SMTP connection from (pc) [192.0.2.2] D=2s C=EHLO,STARTTLS,EHLO,AUTH,QUIT" \
			"$time courieresmtpd: error,relay=::ffff:192.0.2.3,port=47$n,msg=\"535 Authentication failed.\",cmd: AUTH PLAIN AGFubgB4 ann"
	done > log
	run -0 "$MAILBAN" scan --plain log
	[ -z "$output" ]
}

# twice COUNT: failures of COUNT names, each told by one line with the name and by one without
twice() {
	local n at id other
	for n in $(seq "$1"); do
		at="2026-11-20T10:$((10 + n)):00+00:00 mx" id=1e3bb8aa00066e0$n other=1e3bb8aa00166e0$n
		printf '%s\n' "$at smtpd[7]: $id smtp event=authentication user=a$n address=192.0.2.1 host=host.example.net result=permfail" \
			"$at smtpd[7]: $id smtp event=failed-command address=192.0.2.1 host=host.example.net command=\"AUTH LOGIN (password)\" result=\"535 Authentication failed\"" \
			"$at smtpd[7]: $other smtp connected address=192.0.2.2 host=host.example.net" \
			"$at smtpd[7]: $other smtp authentication user=a$n result=permfail" \
			"$at smtpd[7]: $other smtp failed-command command=\"AUTH LOGIN (password)\" result=\"535 Authentication failed\"" \
			"$at imapd[$n]: Login failed user=a$n auth=a$n host=host.example.net [192.0.2.3]" \
			"$at imapd[$n]: AUTHENTICATE LOGIN failure host=host.example.net [192.0.2.3]" \
			"$at wildduck[7]: info Gelf {\"short_message\":\"SMTP [AUTHFAIL] a$n\",\"_auth_result\":\"fail\",\"_ip\":\"192.0.2.4\"}" \
			"$at haraka[7]: [NOTICE] [6F8A5E4C-1B2D-4C6E-9A3F-0D1E2F3A4B5C] [core] disconnect ip=192.0.2.4 rdns=\"NXDOMAIN\" helo=\"x\" relay=N lr=\"535 5.7.8 Authentication failed\" time=3.2" \
			"$at postfix/smtpd[$n]: warning: host.example.net[192.0.2.5]: SASL LOGIN authentication failed: UGFzc3dvcmQ6"
	done > log
	for n in $(seq "$1"); do
		echo "2026-11-20 10:$((10 + n)):00,123 INFO  [qtp9-3:smtp://smtp.example.com:7073/service/admin/soap/] [oip=192.0.2.5;oport=57752;oproto=smtp;soapId=688cb579;] SoapEngine - handler exception: authentication failed for [a$n], account not found"
	done > zimbra
	for n in $(seq "$1"); do
		printf '[20/Nov/2026 10:%d:00] %s\n' $((10 + n)) "Failed SMTP login from 192.0.2.6 with SASL method LOGIN." \
			$((10 + n)) "SMTP: User a$n@example.com doesn't exist. Attempt from IP address 192.0.2.6."
	done > kerio
}

@test "a failure that one line tells with the name and another one without counts once, whatever server tells so" {
	twice 4
	run -0 "$MAILBAN" scan --plain log zimbra kerio
	[ -z "$output" ]
	twice 5
	run -0 "$MAILBAN" scan --plain log zimbra kerio
	[ "$output" = $'192.0.2.1\n192.0.2.2\n192.0.2.3\n192.0.2.4\n192.0.2.5\n192.0.2.6' ]
}

# dovecot_and_pam COUNT: failures of COUNT names, as Debian's Dovecot with auth_verbose tells of them in the journal; at
# 192.0.2.2 PAM does not know the names, and Postfix asks
dovecot_and_pam() {
	local n at
	for n in $(seq "$1"); do
		at="2026-11-20T10:$((10 + n)):0"
		printf '%s\n' "${at}1+00:00 mx auth[7]: pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=a$n rhost=192.0.2.1  user=a$n" \
			"${at}3+00:00 mx dovecot[9]: auth-worker(7): conn unix:auth-worker (pid=6,uid=109): auth-worker<$n>: pam(a$n,192.0.2.1,<x>): pam_authenticate() failed: Authentication failure (Password mismatch?)" \
			"${at}5+00:00 mx dovecot[9]: imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 4 secs): user=<a$n>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.25, TLS, session=<x>" \
			"${at}1+00:00 mx auth[7]: pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=b$n rhost=192.0.2.2 " \
			"${at}3+00:00 mx dovecot[9]: auth-worker(7): conn unix:auth-worker (pid=6,uid=109): auth-worker<$n>: pam(b$n,192.0.2.2): pam_authenticate() failed: Authentication failure (Password mismatch?)" \
			"${at}5+00:00 mx postfix/smtpd[8]: warning: unknown[192.0.2.2]: SASL LOGIN authentication failed: UGFzc3dvcmQ6"
	done > log
}

@test "a failure that Dovecot's two processes and PAM tell of counts once" {
	dovecot_and_pam 4
	run -0 "$MAILBAN" scan --plain log
	[ -z "$output" ]
	dovecot_and_pam 5
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = $'192.0.2.1\n192.0.2.2' ]
}

@test "a bad line that breaks within mails is no probe" {
	for n in {10..39}; do
		printf '%s\n' "2026-11-20 11:$n:00 SMTP data timeout (message abandoned) on connection from mail.example.net [192.0.2.1] F=<a@example.net> D=5m" \
			"2026-11-20 11:$n:00 SMTP connection from mail.example.net [192.0.2.1]:4711 lost while reading message data (header)"
	done > log
	run -0 "$MAILBAN" scan --plain log
	[ -z "$output" ]
}

@test "nobody is blamed who does not accept this server's certificate" {
	for client in host.example.net unknown; do
		for alert in 'sslv3 alert certificate expired,45' 'sslv3 alert handshake failure,40'; do
			for n in {10..40}; do
				line="2026-11-20T11:$n:00+00:00 mx postfix/submission/smtpd[$n]:"
				printf '%s\n' "$line connect from $client[192.0.2.1]" \
					"$line SSL_accept error from $client[192.0.2.1]: 0" \
					"$line warning: TLS library problem: error:0A000415:SSL routines::${alert%,*}:../ssl/record/rec_layer_s3.c:1584:SSL alert number ${alert#*,}:" \
					"$line lost connection after STARTTLS from $client[192.0.2.1]" \
					"$line disconnect from $client[192.0.2.1] ehlo=1 starttls=0/1 commands=1/2"
			done > log
			run -0 "$MAILBAN" scan --plain log
			[ "$output" = "$([ "${alert#*,}" = 45 ] || echo 192.0.2.1)" ]
		done
	done
}

@test "accepted mail and logins forgive TLS handshakes that failed" {
	local tls='error:0A000126:SSL routines::unexpected eof while reading'

	for n in {10..20}; do
		line="2026-11-20T20:$n:00+00:00 mx"
		printf '%s\n' "$line postfix/smtpd[$n]: SSL_accept error from mail.example.net[192.0.2.1]: -1" \
			"$line postfix/smtpd[$n]: lost connection after STARTTLS from mail.example.net[192.0.2.1]" \
			"$line dovecot: imap-login: Disconnected (no auth attempts in 0 secs): user=<>, rip=192.0.2.2, lip=192.0.2.25, TLS: SSL_read() failed: $tls, session=<x>"
	done > log
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = $'192.0.2.1\n192.0.2.2' ]
	# in clear text it goes
	{
		cat log
		echo "2026-11-20T21:00:00+00:00 mx postfix/smtpd[42]: disconnect from mail.example.net[192.0.2.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"
		echo "2026-11-20T21:00:00+00:00 mx dovecot: imap-login: Login: user=<info@example.com>, method=PLAIN, rip=192.0.2.2, lip=192.0.2.25, TLS, session=<x>"
	} > more
	run -0 "$MAILBAN" scan --plain more
	[ "$output" = '' ]
}

@test "who logs in and sends nothing is no unknown client" {
	for n in 0 1 2 3 4 5 6 7 8 9; do
		line="2026-11-20T11:0$n:00+00:00 mx postfix/submission/smtpd[10$n]:"
		printf '%s\n' "$line connect from unknown[192.0.2.1]" \
			"$line disconnect from unknown[192.0.2.1] ehlo=2 starttls=1 auth=1 quit=1 commands=5"
	done > log
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = '' ]
}

@test "a login forgives AUTH commands that no password went with" {
	for n in 1 2 3 4 5; do
		line="2026-11-20T11:0$n:00+00:00 mx"
		printf '%s\n' "$line postfix/smtpd[10$n]: disconnect from host.example.net[192.0.2.1] ehlo=1 auth=0/1 quit=1 commands=2/3" \
			"$line dovecot: imap-login: Disconnected (tried to use disallowed plaintext auth): user=<>, rip=192.0.2.2, lip=192.0.2.25, session=<x>" \
			"$line exim[42]: SMTP protocol error in \"AUTH LOGIN\" H=(x) [192.0.2.3] AUTH command used when not advertised"
	done > log
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = $'192.0.2.1\n192.0.2.2\n192.0.2.3' ]
	# the mail program is set up for its IMAP server, and wrongly for the other one
	for n in 1 2 3; do
		echo "2026-11-20T12:00:00+00:00 mx dovecot: imap-login: Login: user=<info@example.com>, method=PLAIN, rip=192.0.2.$n, lip=192.0.2.25, TLS, session=<x>"
	done >> log
	run -0 "$MAILBAN" scan --plain log
	[ "$output" = '' ]
}

@test "the configuration overrides a threshold" {
	sasl 192.0.2.2 4 > log
	echo 'threshold = 4' > conf
	run -0 "$MAILBAN" scan -c conf --plain log
	[ "$output" = 192.0.2.2 ]
}

@test "standard input, several files, a last line without a newline" {
	sasl 192.0.2.1 3 > one
	sasl 192.0.2.1 2 | head -c -1 > two
	run -0 "$MAILBAN" scan --plain - two < one
	[ "$output" = 192.0.2.1 ]
}

@test "each line counts once, of a file that is named twice, and of its copies" {
	sasl 192.0.2.1 4 > log
	ln -s log link
	head -n 3 log > log.copy
	gzip -c log > log.1.gz
	sasl 192.0.2.2 4 > other
	run -0 --separate-stderr "$MAILBAN" scan --tsv -v log log.copy link other log.1.gz
	[ "$(cut -f 1,3 <<< "$output")" = $'192.0.2.1\t4\n192.0.2.2\t4' ]
	[ "$(grep -c ' is left out, since .* holds every line of it$' <<< "$stderr")" -eq 3 ]
	run -0 --separate-stderr "$MAILBAN" report --blacklist blacklist --state state log log
	grep -Eq ' 4 +failed logins ' <<< "$output"
}

@test "a copy that is damaged is told, and counts no line twice" {
	for n in {1..90}; do sasl "192.0.2.$n" 60; done > log
	gzip -c log | head -c 4000 > log.1.gz
	run -1 --separate-stderr "$MAILBAN" scan --tsv -v log log.1.gz
	[ "$(cut -f 3 <<< "$output" | sort -u)" = 60 ]
	[[ "$stderr" == 'mailban: log.1.gz: cannot be uncompressed to its end '*'; what came before stands in log, too, and counts once' ]]
	run -1 --separate-stderr "$MAILBAN" report --blacklist blacklist --state state log log.1.gz
	grep -Eq ' 5,400 +failed logins ' <<< "$output"
}

@test "json tells the same" {
	sasl 192.0.2.1 5 > log
	"$MAILBAN" scan --json log | python3 -c 'import json, sys; d = json.load(sys.stdin)
assert d["lines"] == 5 and d["events"] == 5, d
r, = d["reached"]
assert r["address"] == "192.0.2.1" and r["class"] == "auth" and r["count"] == 5, r'
}

@test "a log that cannot be read is said, the others are counted, and the exit status is 1" {
	sasl 192.0.2.1 5 > log
	mkdir folder
	run -1 --separate-stderr "$MAILBAN" scan --plain missing folder log
	[ "$output" = 192.0.2.1 ]
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ "${stderr_lines[0]}" == 'mailban: missing: '* ]]
	[[ "${stderr_lines[1]}" == 'mailban: folder: '* ]]
	run -3 "$MAILBAN" scan missing
}

@test "failures without an address are counted and told" {
	echo '2026-11-20T10:00:00+00:00 mx saslauthd[7]: do_auth         : auth failure: [user=info] [service=smtp] [realm=] [mech=pam] [reason=PAM auth error]' > log
	run -0 "$MAILBAN" scan log
	[[ "$output" == *'failures without an address: 1'* ]]
}

@test "--since leaves out what happened before, in the sum as well" {
	for n in 1 2 3; do
		echo "2026-11-20T1$n:00:00+00:00 mx postfix/smtpd[$n]: warning: unknown[192.0.2.$n]: SASL LOGIN authentication failed: x"
	done > log
	run -0 "$MAILBAN" scan --since 2026-11-20T12:00Z log
	[[ "$output" == *'; 2 events of 2 addresses in 3 lines'* ]]
	for wrong in forever 2026-02-29T12:00Z '3 days' 99999999999999999999d; do
		run -2 "$MAILBAN" scan --since "$wrong" log
		[[ "$output" == "mailban: --since $wrong: is no time;"* ]]
	done
}

# The recipe, for one phrase: lines with it, every bracketed address, counted, those above one.
recipe() {
	grep -F "$1" "$2" | grep -oE '\[[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+\]' | tr -d '[]' | sort | uniq -c | awk '$1 > 1 { print $2 }'
}

@test "classic: equal to grep, sort, uniq and awk on generated logs" {
	for seed in 1 2 3; do
		echo "seed $seed"
		"$BUILD/generate" --lines 100000 --seed "$seed" --attackers 30000 > log
		for phrase in 'authentication failed' 'disconnect from unknown' 'from unknown'; do
			recipe "$phrase" log
		done | LC_ALL=C sort -u > expected
		[ "$(wc -l < expected)" -gt 1000 ]
		"$MAILBAN" scan --classic --plain log | LC_ALL=C sort > got
		diff expected got
	done
}

@test "classic: a stranger's address in a greeting is not taken" {
	for n in 1 2 3; do
		echo "2026-11-20T10:00:0$n+00:00 mx postfix/smtpd[$n]: NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 504 5.5.2 <[203.0.113.9]>: Helo command rejected: need fully-qualified hostname; from=<a@example.net> to=<b@example.com> proto=SMTP helo=<[203.0.113.9]>"
	done > log
	recipe 'from unknown' log | grep -qx 203.0.113.9
	run -0 "$MAILBAN" scan --classic --plain log
	[ "$output" = 192.0.2.1 ]
}

@test "classic: the fields tell the lines of the phrase, the first and the last of them" {
	for n in 3 1 7; do
		echo "2026-11-20T10:00:0$n+00:00 mx postfix/smtpd[$n]: connect from unknown[192.0.2.1]"
	done > log
	echo "2026-11-20T10:00:09+00:00 mx postfix/smtpd[9]: warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: x" >> log
	run -0 "$MAILBAN" scan --classic --tsv log
	[ "$output" = $'192.0.2.1\tunknown\t3\t2026-11-20T10:00:01Z\t2026-11-20T10:00:07Z' ]
}

@test "the result does not depend on threads or on the prefilter" {
	"$BUILD/generate" --lines 60000 --seed 7 > log
	"$MAILBAN" scan --tsv -v --threads 1 --no-prefilter log > slow
	for threads in 1 2 5; do
		"$MAILBAN" scan --tsv -v --threads "$threads" log | cmp - slow
	done
}

# All lines of the corpora, and N that are nearly those.
mutate() {
	(cd "$BATS_TEST_DIRNAME/../.." && "$BUILD/unit/mutate" "$1")
}

# The slowest, simplest path, and the others: what they print of a log must be the same to the byte.
assert_same_output() {
	for output in --tsv --json ''; do
		"$MAILBAN" scan $output -v --threads 1 --no-prefilter "$1" > slow
		[ -s slow ]
		for threads in '' '--threads 1' '--threads 2' '--threads 3'; do
			"$MAILBAN" scan $output -v $threads "$1" | cmp - slow
		done
	done
	"$MAILBAN" match --tsv --no-prefilter "$1" > slow
	"$MAILBAN" match --tsv "$1" | cmp - slow
}

@test "all lines of the corpora mean the same with and without the prefilter, on any number of threads" {
	mutate 0 > log
	# as many times as make it go over several blocks
	for _ in 1 2 3 4 5 6 7 8; do cat log; done > logs
	[ "$(wc -c < logs)" -gt 1000000 ]
	assert_same_output logs
}

@test "made lines, nearly those of the corpora, mean the same, too" {
	mutate 30000 > log
	assert_same_output log
}

@test "a rule that goes on meeting the limit of work is asked no more, which is told once" {
	mkdir rules
	cat > rules/slow.conf <<-'END'
		rule "slow" {
			class = "auth"
			program = 'slowd'
			match = '(?:a+)+[bc] from <ADDR>'
			hit = { 'aab from 192.0.2.1' }
		}
	END
	line="2026-11-20T10:00:00+00:00 mx slowd[1]: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa from 192.0.2.1"
	# a line that matches counts before, and no more behind
	good="2026-11-20T10:00:00+00:00 mx slowd[1]: aab from 192.0.2"
	{ echo "$good.2"; yes "$line" | head -n 1100; echo "$good.3"; } > log
	run -0 --separate-stderr "$MAILBAN" scan --tsv -v --threads 1 --rules rules log
	[ "$(cut -f 1 <<< "$output")" = 192.0.2.2 ]
	[ "$(grep -c 'rule slow met .* on 1000 lines, which did not count, and was asked no more; mend its pattern$' <<< "$stderr")" -eq 1 ]
}

@test "lines of any bytes, CRLF, and one of 10 MB neither crash nor become two" {
	{
		sasl 192.0.2.1 2 | sed 's/$/\r/'
		printf 'Nov  3 10:00:00 mx postfix/smtpd[1]: connect\0 from unknown[192.0.2.9]\n\377\376\n'
		printf '2026-11-20T10:00:00+00:00 mx postfix/smtpd[42]: warning: '
		head -c 10000000 /dev/zero | tr '\0' x
		printf ' mx postfix/smtpd[42]: warning: unknown[192.0.2.8]: SASL LOGIN authentication failed: x\n'
		sasl 192.0.2.1 3
	} > log
	run -0 "$MAILBAN" scan --tsv -v log
	[ "$output" = $'192.0.2.1\tauth\t5\t2026-11-20T10:00:00Z\t2026-11-20T10:02:00Z' ]
	run -0 "$MAILBAN" scan log
	[[ "$output" == *'8 lines'*'passed over: 1'* ]]
}

@test "rotated logs are judged in the order of time, however they are named" {
	line='mail postfix/smtpd[7]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: x'
	for day in 1 2 3 4 5; do
		for n in 1 2 3 4 5; do
			TZ=UTC printf '%(%FT%T+00:00)T %s\n' $((EPOCHSECONDS - day * 8 * 86400)) "$line"
		done > "maillog.$day"
		touch -d "-$((day * 8)) days" "maillog.$day"
	done
	"$MAILBAN" scan maillog.1 maillog.2 maillog.3 maillog.4 maillog.5 > newest_first
	"$MAILBAN" scan maillog.5 maillog.4 maillog.3 maillog.2 maillog.1 > oldest_first
	cmp newest_first oldest_first
}

@test "logs divided by program, rotated, packed, in any order, or all in one are judged alike" {
	"$BUILD/generate" --mb 4 --seed 7 --attackers 200 --iso > whole
	grep dovecot whole > dovecot
	grep -v dovecot whole > others
	split -n l/6 -d others others.
	split -n l/4 -d dovecot dovecot.
	gzip others.0[0-3] dovecot.00
	touch whole
	"$MAILBAN" scan --tsv -v whole > expected
	[ -s expected ]
	for threads in 1 2 3 4; do
		shuf -e others.0* dovecot.0* | xargs "$MAILBAN" scan --tsv -v --threads "$threads" > got
		cmp expected got
	done
}

# injected N: a failure at a Roundcube that writes its own file, an hour ago, and what two clients made of it by names with
# newlines in them
injected() {
	local own sys
	own=$(date -u -d '-1 hour' "+[%d-%b-%Y %H:0$1:00 +0000]:")
	sys=$(date -u -d '-1 hour' "+%b %e %H:0$1:10")
	printf '%s\n' "$own <b73p1aqe> Failed login for user$1 from 198.51.100.1 in session b73p1aqe (error: 0)" \
		"$own <b73p1aqe> Failed login for a" \
		"$sys mx postfix/smtpd[$1]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: x from 198.51.100.2 in session b73p1aqe (error: 0)" \
		"$own <b73p1aqe> Failed login for b" \
		"203.0.113.10 [ABCD] ${sys:7} >>> 535 x from 198.51.100.2 in session b73p1aqe (error: 0)"
}

@test "in a file that a server writes itself nobody is banned by lines of another program" {
	for n in 1 2 3 4 5 6; do injected "$n"; done > userlogins.log
	gzip -k userlogins.log
	for log in userlogins.log userlogins.log.gz -; do
		run -0 --separate-stderr "$MAILBAN" scan --tsv -v "$log" < userlogins.log
		[ "$(cut -f 1-3 <<< "$output")" = $'198.51.100.1\tauth\t6' ]
	done
}

@test "in the file of SOGo nobody is banned by lines of another program" {
	for n in 1 2 3 4 5 6; do
		printf '%s\n' "Nov 20 10:0$n:00 sogod [42]: SOGoRootPage Login from '198.51.100.1' for user 'user$n' might not have worked - password policy: 65535" \
			"Nov 20 10:0$n:01 sogod [42]: SOGoRootPage Login from '198.51.100.2' for user 'x" \
			"Nov 20 10:0$n:01 mx postfix/smtpd[$n]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: x" \
			"' might not have worked - password policy: 65535  grace: -1  expire: -1  bound: 0"
	done > sogo.log
	run -0 "$MAILBAN" scan --plain sogo.log
	[ "$output" = 198.51.100.1 ]
}

@test "whose file it is tells its beginning, wherever a run goes on" {
	injected 1 > userlogins.log
	"$MAILBAN" run --no-sync --blacklist blacklist --state state userlogins.log
	for n in 2 3 4 5 6; do injected "$n"; done >> userlogins.log
	"$MAILBAN" run --no-sync --blacklist blacklist --state state userlogins.log
	grep -q '^198\.51\.100\.1 ' blacklist
	[ "$(grep -c '203\.0\.113' blacklist)" -eq 0 ]
}

# Ten weeks of a mail host in which strangers enter three accounts: after guessing, from a botnet, and without guessing.
incident() {
	awk -v end="$(date -u +%s)" '
		function say(when, text) { printf "%s mx postfix/smtpd[%d]: %s\n", strftime("%Y-%m-%dT%H:%M:%S+00:00", when, 1), ++n % 30000, text }
		function fails(when, address, user) {
			say(when, "warning: unknown[" address "]: SASL LOGIN authentication failed: (reason unavailable), sasl_username=" user)
		}
		function sends(when, address, user) {
			say(when, "4F1A2B3D: client=host.example.net[" address "], sasl_method=PLAIN, sasl_username=" user "@example.com")
		}
		BEGIN {
			split("a.klein b.moser c.weiss d.huber e.lang f.gross", users)
			for (day = 70; day > 0; day--) {
				t = end - day * 86400
				for (u = 1; u <= 6; u++)
					for (k = 0; k < 4; k++)
						sends(t + u * 3000 + k * 600, "198.51.100." u, users[u])
				for (k = 0; k < 40; k++)
					for (i = 0; i < 6; i++)
						fails(t + 30000 + k * 60 + i, "203.0." day "." k, "name" (day * k + i) % 200)
				# two failures of one of forty addresses, for weeks
				if (day < 41)
					for (i = 0; i < 2; i++)
						fails(t + 40000 + i * 3000, "192.0." day ".9", "b.moser")
			}
			t = end - 20 * 86400 + 50000
			for (i = 0; i < 30; i++)
				fails(t + i * 8, "203.0.113.77", "guess" i % 8)
			for (i = 0; i < 120; i++)
				sends(t + 300 + i * 60, "203.0.113.77", "a.klein")
			fails(t, "192.0.2.200", "b.moser")
			for (i = 0; i < 300; i++)
				sends(t + 60 + i * 60, "192.0.2.200", "b.moser")
			for (i = 0; i < 800; i++)
				sends(t + 90 + i * 60, "192.0.2.99", "c.weiss")
		}' | sort -s -k1,1
}

@test "of an incident in ten weeks of logs the three accounts that were entered stand in the first twenty lines" {
	incident > log
	run -0 "$MAILBAN" scan log
	head=$(head -20 <<< "$output")
	[[ "$head" == *'account a.klein@example.com was entered from 203.0.113.77 at '* ]]
	[[ "$head" == *'120 logins from there and 120 mails'* ]]
	[[ "$head" == *'account b.moser@example.com sends from 192.0.2.200 '*' 300 mails'* ]]
	[[ "$head" == *'account c.weiss@example.com sends from 192.0.2.99 '*' 800 mails'* ]]
	[[ "$output" != *'account d.huber'* ]]
	worst=$(sed -n '/^ADDRESS/,/worst of/p' <<< "$output")
	[ "$(wc -l <<< "$worst")" -eq 22 ]
	[[ "$(tail -1 <<< "$worst")" == 'the 20 worst of '*'; --all shows all of them, by address' ]]
	run -0 "$MAILBAN" scan --all log
	[ "$(grep -c '^203\.' <<< "$output")" -gt 2000 ]
}

# sent SERVER LOGIN MAIL [FORM]: who guessed, then LOGIN and three times MAIL, as that server writes them behind its
# FORM of a header: was entered, and sent three mails. N in MAIL is another number each time.
sent() {
	local server=$1 head="${4:-2026-11-20T10:30:00Z mx $1: }"
	for name in ann bob eve hr it; do
		printf '2026-11-20T10:00:00Z mx postfix/smtpd[42]: warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=%s\n' $name
	done > guesses
	{
		[ -z "$2" ] || echo "$head$2"
		for n in 1 2 3; do echo "$head${3//N/$n}"; done
	} > log.sent
	run -0 "$MAILBAN" scan guesses log.sent
	[[ "$output" == *'account boss@example.com was entered from 192.0.2.7 '*' and 3 mails, the last '* ]] || {
		echo "$server: $output"
		return 1
	}
}

@test "what an account sent since is counted for every server whose lines tell who sent a mail" {
	sent 'sm-mta[3209]' 'AUTH=server, relay=[192.0.2.7], authid=boss@example.com, mech=PLAIN, bits=0' \
		'6ASKPJKN003209: from=<b@example.com>, size=106, class=0, nrcpts=1, msgid=<x@y>, proto=ESMTPSA, daemon=MSP-v4, relay=[192.0.2.7]
2026-11-20T10:30:00Z mx sm-mta[3210]: 6ASKPJKN003209: to=<b@example.net>, delay=00:00:01, mailer=esmtp, pri=30106, dsn=2.0.0, stat=Sent'
	local at='1e3bb82f64e37c28 smtp'
	sent 'smtpd[9]' "$at connected address=192.0.2.7 host=x.example.net
2026-11-20T10:30:00Z mx smtpd[9]: $at authentication user=boss@example.com result=ok" "$at message msgid=f3829d7N size=291 nrcpt=1 proto=ESMTP"
	sent 'smtpd[9]' "$at event=authentication user=boss@example.com address=192.0.2.7 host=x.example.net result=ok" \
		"$at event=message address=192.0.2.7 host=x.example.net msgid=f3829d7N from=<b@example.com> to=<b@example.net> size=291 ndest=1 proto=ESMTP"
	sent dovecot 'submission-login: Login: user=<boss@example.com>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.25, mpid=3744, TLS, session=<Si0jv1th9a/GM2Tw>' \
		'submission(boss@example.com)<3744><Si0jv1th9a/GM2Tw>: Successfully relayed message: from=<b@example.com>, size=291, id=N, nrcpt=1, reply=`250 Ok`'
	sent courierd '' 'newmsg,id=000000000000028N.000000006B0B8CAB.0000011E, auth=boss@example.com: dns; x ([::ffff:192.0.2.7])'
	sent maddy '' 'submission: incoming message#011{"msg_id":"N","sender":"b@example.com","src_ip":"192.0.2.7:4711","username":"boss@example.com"}'
	sent spamdyke '' 'ALLOWED from: b@example.com to: N@example.net origin_ip: 192.0.2.7 origin_rdns: (unknown) auth: boss@example.com encryption: TLS reason: 250_ok'
	sent smtpd '' 'CHKUSER relaying rcpt: from <b@example.com:boss@example.com:> remote <x:unknown:192.0.2.7> rcpt <N@example.net> : client allowed to relay'
	local client='listenerId = "submissions", localPort = 465, remoteIp = 192.0.2.7, remotePort = 4711'
	sent stalwart "Authentication successful (auth.success) $client, accountName = \"boss@example.com\"" \
		"Queued message submission for delivery (queue.queue-message-authenticated) $client, queueId = N, from = \"b@example.com\"" '2026-11-20T10:30:00Z INFO '
	sent chasquid '192.0.2.7:4711 auth succeeded for boss@example.com' '_EnJ6zCf4dN from=b@example.com queued ip=192.0.2.7:4711 to=[b@example.net]'
	sent kerio '' 'Recv: Queue-ID: 65ee8b47-0000000N, Service: SMTP, From: <b@example.com>, To: <b@example.net>, Size: 9, Sender-Host: 192.0.2.7, User: boss@example.com, SSL: yes, Subject: x' '[20/Nov/2026 10:30:00] '
	sent roundcube '' '<b73p1aqe> User boss@example.com [192.0.2.7]; Message <N@example.com> for b@example.net; 250: Ok' '[20-Nov-2026 10:30:00 +0000]: '
	sent exim '' '1nABCd-00012N-Xy <= b@example.com H=(pc) [192.0.2.7] P=esmtpsa A=plain:boss@example.com S=386' '2026-11-20 10:30:00 '
	sent 'postfix/smtpd[9]' '' 'A1B2C3D4E5: client=x[192.0.2.7], sasl_method=PLAIN, sasl_username=boss@example.com'
}
