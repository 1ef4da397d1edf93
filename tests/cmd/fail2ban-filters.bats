#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban rules --from-fail2ban: fail2ban's own filters, where it is installed or tests/wire/fetch has unpacked it. Its
# own verdict on the same lines is the measure.

bats_require_minimum_version 1.5.0

load fail2ban

FILTERS=/etc/fail2ban/filter.d
if [ ! -d "$FILTERS" ]; then
	unpacked=$BATS_TEST_DIRNAME/../../build/wire/fail2ban
	FILTERS=$unpacked/etc/fail2ban/filter.d
	export PYTHONPATH=$unpacked/usr/lib/python3/dist-packages PATH=$PATH:$unpacked/usr/bin
fi

needs_fail2ban() {
	command -v fail2ban-regex > /dev/null && [ -d "$FILTERS" ] || skip "fail2ban is neither installed nor unpacked"
}

# Its filters for mail, with the modes that they have.
mail_filters() {
	local name
	for name in postfix{,[mode={auth,rbl,more,extra,ddos,errors,aggressive}]} dovecot{,[mode=aggressive]} exim{,[mode=aggressive]} \
		exim-spam courier-auth courier-smtp cyrus-imap sendmail-auth sendmail-reject{,[mode={extra,aggressive}]} solid-pop3d \
		squirrelmail roundcube-auth kerio perdition qmail uwimap-auth opensmtpd horde sieve assp openwebmail oracleims \
		sogo-auth domino-smtp pam-generic; do
		[ ! -e "$FILTERS/${name%%\[*}.conf" ] || echo "${name/[[]/.conf[}" | sed '/\.conf/!s/$/.conf/'
	done
}

# The filter's rules alone in the folder, and what they and fail2ban find in the log.
compare() {
	rm -f rules.d/converted.conf
	"$MAILBAN" rules --from-fail2ban "$FILTERS/$1" -o rules.d/converted.conf 2> /dev/null || [ $? -eq 1 ]
	found "$2" | sort > ours
	fail2ban-regex -o ip --usedns=no "$2" "$FILTERS/$1" 2> /dev/null | sort > theirs
}

# Lines of servers, one attacker a line.
lines() {
	cat <<-'END'
	Nov  3 10:00:00 mx postfix/smtpd[42]: warning: unknown[@ADDR]: SASL LOGIN authentication failed: UGFzc3dvcmQ6
	Nov  3 10:00:01 mx postfix/submission/smtpd[42]: warning: host.example.net[@V6]: SASL PLAIN authentication failed: x, sasl_username=info
	Nov  3 10:00:02 mx postfix/smtpd[42]: NOQUEUE: reject: RCPT from unknown[@ADDR]: 554 5.7.1 <b@example.org>: Relay access denied; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<x>
	Nov  3 10:00:03 mx postfix/smtpd[42]: NOQUEUE: reject: RCPT from unknown[@ADDR]: 554 5.7.1 Service unavailable; Client host [@ADDR] blocked using dnsbl.example.org; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<x>
	Nov  3 10:00:04 mx postfix/smtpd[42]: NOQUEUE: milter-reject: RCPT from unknown[@ADDR]: 550 5.7.1 Command rejected; from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<x>
	Nov  3 10:00:05 mx postfix/smtpd[42]: improper command pipelining after EHLO from unknown[@ADDR]: QUIT
	Nov  3 10:00:06 mx postfix/smtpd[42]: too many errors after AUTH from unknown[@ADDR]
	Nov  3 10:00:07 mx postfix/smtpd[42]: lost connection after EHLO from unknown[@ADDR]
	Nov  3 10:00:08 mx postfix/smtpd[42]: disconnect from unknown[@ADDR] ehlo=1 auth=0/1 quit=1 commands=2/3
	Nov  3 10:00:09 mx postfix/postscreen[42]: PREGREET 11 after 0.1 from [@ADDR]:4711: EHLO User\\r\\n
	Nov  3 10:00:10 mx postfix/smtpd[42]: connect from unknown[203.0.113.9]
	Nov  3 10:00:11 mx postfix/smtpd[42]: lost connection after DATA from unknown[203.0.113.9]
	Nov  3 10:00:12 mx dovecot: imap-login: Disconnected (auth failed, 2 attempts in 5 secs): user=<info@example.com>, method=PLAIN, rip=@ADDR, lip=203.0.113.25, TLS, session=<aZ09>
	Nov  3 10:00:13 mx dovecot: pop3-login: Aborted login (tried to use disallowed plaintext auth): user=<>, rip=@V6, lip=2001:db8:9::25
	Nov  3 10:00:14 mx dovecot: auth-worker(77): pam(info,@ADDR,<x>): pam_authenticate() failed: Authentication failure (Password mismatch?)
	Nov  3 10:00:15 mx dovecot: auth: passwd-file(info,@ADDR,<x>): unknown user
	Nov  3 10:00:16 mx dovecot: imap-login: Disconnected: Inactivity (no auth attempts in 180 secs): user=<>, rip=@ADDR, lip=203.0.113.25, session=<aZ09>
	Nov  3 10:00:17 mx dovecot: imap-login: Login: user=<info>, method=PLAIN, rip=203.0.113.9, lip=203.0.113.25, TLS
	Nov  3 10:00:18 mx auth: pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=info rhost=@ADDR  user=info
	2026-11-03 10:00:19 login authenticator failed for (x) [@ADDR]:4711 I=[203.0.113.25]:25: 535 Incorrect authentication data (set_id=info)
	2026-11-03 10:00:20 [77] H=host.example.net (x) [@ADDR] F=<a@example.net> rejected RCPT <b@example.org>: relay not permitted
	2026-11-03 10:00:21 H=(x) [@V6]:4711 sender verify fail for <a@example.net>: Unrouteable address
	2026-11-03 10:00:22 SMTP call from host.example.net [@ADDR] dropped: too many syntax or protocol errors (last command was "x")
	2026-11-03 10:00:23 no MAIL in SMTP connection from (x) [@ADDR] D=1s
	2026-11-03 10:00:24 no host name found for IP address @ADDR
	2026-11-03 10:00:25 H=(x) [@ADDR] F=<a@example.net> rejected RCPT <b@example.org>: listed at dnsbl.example.org
	2026-11-03 10:00:26 1aBcDe-000001-AB <= a@example.net H=(x) [203.0.113.9] P=esmtp S=1000
	Nov  3 10:00:27 mx imapd: LOGIN FAILED, user=info, ip=[@ADDR]
	Nov  3 10:00:28 mx pop3d-ssl: LOGIN FAILED, method=PLAIN, ip=[::ffff:@ADDR]
	Nov  3 10:00:29 mx courieresmtpd: error,relay=@ADDR,port=4711,from=<a@example.net>,to=<b@example.org>: 550 User unknown.
	Nov  3 10:00:30 mx courieresmtpd: error,relay=::ffff:@ADDR,msg="535 Authentication failed.",cmd: AUTH LOGIN x
	Nov  3 10:00:31 mx cyrus/imaps[42]: badlogin: host.example.net [@ADDR] PLAIN [SASL(-13): authentication failure: checkpass failed]
	Nov  3 10:00:32 mx cyrus/timsieved[42]: badlogin: host.example.net[@ADDR] PLAIN authentication failure
	Nov  3 10:00:33 mx sm-mta[42]: xA3A0Xab000042: AUTH failure (LOGIN): authentication failure (-13) SASL(-13): authentication failure: checkpass failed, relay=host.example.net [@ADDR]
	Nov  3 10:00:34 mx sm-mta[42]: xA3A0Xab000043: [IPv6:@V6] (may be forged): possible SMTP attack: command=AUTH, count=5
	Nov  3 10:00:35 mx sm-mta[42]: xA3A0Xab000044: ruleset=check_rcpt, arg1=<b@example.org>, relay=host.example.net [@ADDR], reject=550 5.7.1 <b@example.org>... Relaying denied. Proper authentication required.
	Nov  3 10:00:36 mx sm-mta[42]: xA3A0Xab000045: rejecting commands from host.example.net [IPv6:@V6] due to pre-greeting traffic after 2 seconds
	Nov  3 10:00:37 mx sm-mta[42]: xA3A0Xab000046: host.example.net [@ADDR] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA
	Nov  3 10:00:38 mx sm-mta[42]: xA3A0Xab000047: ruleset=check_rcpt, arg1=<b@example.org>, relay=[203.0.113.9], reject=550 5.7.1 <c@example.org>... User unknown
	Nov  3 10:00:39 mx solid-pop3d[42]: authentication failed: no such user: info - @ADDR
	11/03/2026 10:00:40 [LOGIN_ERROR] info (example.com) from @ADDR: Unknown user or password incorrect.
	Nov  3 10:00:41 mx roundcube: <aZ09> IMAP Error: Login failed for info from @ADDR. Authentication failed. in /x/y.php on line 9 (POST /)
	Nov  3 10:00:41 mx roundcube: IMAP Error: Login failed for info from @ADDR. Authentication failed. in /x/y.php on line 9 (POST /)
	[03-Nov-2026 10:00:42 +0000]: <aZ09> Failed login for info from @ADDR in session aZ09 (error: 0)
	[03/Nov/2026 10:00:43] Failed SMTP login from @ADDR
	[03/Nov/2026 10:00:44] Relay attempt from IP address @ADDR
	Nov  3 10:00:45 mx perdition.imaps[42]: Auth: @ADDR:4711->203.0.113.25:993 client-secure=ssl authorisation_id=NONE authentication_id="info" server="x:143" protocol=IMAP4S server-secure=plaintext status="failed: Re-Authentication Failure"
	Nov  3 10:00:46 mx qmail: 1234567890.123456 rblsmtpd: @ADDR pid 42 sbl.example.org 451 https://example.org/x
	Nov  3 10:00:47 mx imapd[42]: Login failed user=info auth=info host=host.example.net [@ADDR]
	Nov 03 10:00:48 HORDE [error] [imp] FAILED LOGIN for info@example.com [@ADDR] to {mail.example.com:143 [imap]} [pid 42 on line 9 of "/x/imap.php"]
	Nov-03-26 10:00:49 m1-1-1 [Worker_1] @ADDR [SMTP Error] 535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6
	Nov-03-26 10:00:50 [SSL-out] @ADDR max sender authentication errors (5) exceeded -- dropping connection - after reply: 535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6;
	Nov 03 10:00:51 sogod [42]: SOGoRootPage Login from '@ADDR' for user 'info' might not have worked
	03-11-2026 10:00:52   SMTP Server: Authentication failed for user info ; connecting host @ADDR
	END
}

@test "all of fail2ban's filters for mail are read, and their rules load" {
	needs_fail2ban
	mail_filters > list
	[ "$(wc -l < list)" -ge 30 ]
	while read -r name; do
		rm -f rules.d/converted.conf
		convert "$FILTERS/$name"
		[ "$status" -le 1 ] || { echo "$name: $stderr"; false; }
		[ "$(grep -c '^rule ' rules.d/converted.conf)" -ge 1 ] || { echo "$name"; false; }
		! grep -q '^#rule ' rules.d/converted.conf || { echo "$name"; false; }
		loads || { echo "$name: $stderr"; false; }
	done < list
}

@test "no other filter of fail2ban does harm" {
	needs_fail2ban
	for file in "$FILTERS"/*.conf; do
		convert "$file"
		[ "$status" -le 2 ] || { echo "$file: $stderr"; false; }
		[ ! -e rules.d/converted.conf ] || mv rules.d/converted.conf "rules.d/${file##*/}"
	done
	loads
}

@test "fail2ban and the rules find the same addresses in our lines, and the rules miss none in the corpus" {
	needs_fail2ban
	silence
	# the corpus keeps out of the networks of our lines
	{
		lines | awk '{ gsub("@ADDR", "192.0.2." NR); gsub("@V6", "2001:db8::" NR); print }'
		cat "$BATS_TEST_DIRNAME"/../corpus/*.tsv | grep -v '^#' | cut -f 6- | sed 's/192\.0\.2\./198.51.100./g; s/2001:db8::/2001:db8:5::/g'
	} | log
	OURS='^(192\.0\.2\.|2001:db8::)'
	mail_filters > list
	while read -r name; do
		compare "$name" log
		diff <(grep -E "$OURS" theirs) <(grep -E "$OURS" ours) || { echo "$name"; false; }
		[ -z "$(comm -23 theirs ours)" ] || { echo "$name"; comm -23 theirs ours; false; }
		cat theirs >> all
	done < list
	# every line of ours that names an attacker was found by a filter
	grep -oE '192\.0\.2\.[0-9]+|2001:db8::[0-9]+' log | sort -u > named
	diff named <(grep -E "$OURS" all | sort -u)
}
