# SPDX-License-Identifier: GPL-2.0-or-later
# fail2ban 1.0 with its jails postfix (mode more), postfix-sasl and dovecot, as far as they match what `people` writes:
# five failures of an address within WINDOW seconds ban it for as long. While it is banned nothing reaches the
# server, so its lines are left out. Reads lines with the number of the day before them, in the order of time; prints
# the days of each ban up to the LAST.

BEGIN {
	most = 5
	bracketed = "\\[[0-9a-f.:]+\\]"
	reason = "(Service unavailable|(Client host|Command|Data command) rejected|Relay access denied|"
	reason = reason "(Host|Domain) not found|need fully-qualified hostname|[Uu](ser unknown|ndeliverable address))"
	refused = "smtpd\\[[0-9]+\\]: [0-9A-Z]+: reject: [A-Z]+ from [^[]*" bracketed ": "
	refused = refused "[45][05][04] [45]\\.[0-9]\\.[0-9]+ "
	refused = refused "(<[^>]*>: )?((Helo command|(Sender|Recipient) address) rejected: )?" reason
}

# What stands in the first brackets after the first match of BEFORE.
function client(before,   rest) {
	match($0, before)
	rest = substr($0, RSTART + RLENGTH)
	match(rest, bracketed)
	return substr(rest, RSTART + 1, RLENGTH - 2)
}

function ban(address, now,   day) {
	until[address] = now + window
	for (day = $1; day <= last_day(until[address]); day++)
		print day "\t" address
}

# A ban is told of the days at whose end it lasts, and of its own first one.
function last_day(end) {
	end = int(end / 86400)
	return end < $1 ? $1 : end > last ? last : end
}

function failure(jail, address,   now, n) {
	now = ($1 - 1) * 86400 + substr($4, 1, 2) * 3600 + substr($4, 4, 2) * 60 + substr($4, 7, 2)
	if (address in until && now < until[address])
		return
	n = failures[jail, address]++
	at[jail, address, n % most] = now
	if (n >= most - 1 && now - at[jail, address, (n + 1) % most] <= window) {
		ban(address, now)
		failures[jail, address] = 0
	}
}

/smtpd\[[0-9]+\]: warning: [^[]*\[[0-9a-f.:]+\]: SASL (LOGIN|PLAIN|CRAM-MD5|DIGEST-MD5) authentication failed:/ {
	failure("postfix-sasl", client("warning: "))
	next
}

$0 ~ refused {
	failure("postfix", client(" from "))
	next
}

/dovecot: (imap|pop3|managesieve)-login: Disconnected: [^(]*\(auth failed, [0-9]+ attempts in [0-9]+ secs\): / {
	match($0, /rip=[0-9a-f.:]+/)
	failure("dovecot", substr($0, RSTART + 4, RLENGTH - 4))
	next
}

/dovecot: auth-worker\([0-9]+\): .*sql\([^,]*,[0-9a-f.:]+\): Password mismatch/ {
	match($0, /,[0-9a-f.:]+\): Password/)
	failure("dovecot", substr($0, RSTART + 1, RLENGTH - 12))
}
