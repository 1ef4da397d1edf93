/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generate: writes a mail log to stdout, for the bench and for tests.
 *
 *	generate [--mb N | --lines N] [--seed S] [--attackers N] [--mix mail|attacks|other] [--iso]
 *
 * The mix is that of a small provider's server. A third of its lines are about attackers: 20% about clients that
 * guess passwords (13% at Postfix, four lines each time, and 7% at Dovecot), 13% about spam refused. 37% are about
 * deliveries, 22% about logins, 8% of a filter. A line has 160 bytes on average, so that 1 GB is 6.7 million.
 * The same arguments give the same bytes. Clients are private addresses: attackers in 10.0.0.0/10, so that
 * millions of different ones exist, customers in 10.192.0.0/16; names are example domains. With --mix attacks
 * every line is one that a rule of class auth recognises; with --mix other none is of a mail server.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const users[] = { "info", "admin", "sales", "test", "office", "root", "support", "mail",
				     "user", "webmaster", "contact", "postmaster", "scan", "backup", "hr", "it" };
static const char *const names[] = { "mx1.example.net", "mail.example.com", "out-7.lists.example.org",
				     "relay3.example.net", "smtp-outbound.example.com", "a27-12.smtp-out.example.org" };

struct log {
	uint64_t random;
	uint64_t bytes, lines;
	unsigned attackers;
	int iso;
	char stamp[80];
	uint32_t clock, stamped; /* seconds since the first of January */
};

static uint32_t next(struct log *l)
{
	/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators" */
	l->random ^= l->random >> 12;
	l->random ^= l->random << 25;
	l->random ^= l->random >> 27;
	return (uint32_t)((l->random * UINT64_C(2685821657736338717)) >> 32);
}

static uint32_t below(struct log *l, uint32_t n)
{
	return (uint32_t)(((uint64_t)next(l) * n) >> 32);
}

static const char *user(struct log *l)
{
	return users[below(l, 16)];
}

/* A server has some hundred processes at a time; each serves many clients, then another takes its place. */
static unsigned pid(struct log *l)
{
	return 1000 + (unsigned)(l->lines >> 10) % 60000 + below(l, 100);
}

static void make_stamp(struct log *l)
{
	static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned day = l->clock / 86400 % 365, month = 0;
	unsigned h = l->clock / 3600 % 24, m = l->clock / 60 % 60, s = l->clock % 60;

	while (day >= days[month])
		day -= days[month++];
	if (l->iso)
		snprintf(l->stamp, sizeof(l->stamp), "2026-%02u-%02uT%02u:%02u:%02u.%06u+00:00", month + 1, day + 1, h, m, s,
			 below(l, 1000000));
	else
		snprintf(l->stamp, sizeof(l->stamp), "%s %2u %02u:%02u:%02u", months[month], day + 1, h, m, s);
	l->stamped = l->clock;
}

/* One line: time, host, program[pid]: text. */
static void line(struct log *l, const char *program, unsigned number, const char *text)
{
	int len;

	if (l->stamped != l->clock || l->lines == 0)
		make_stamp(l);
	len = printf("%s mail %s[%u]: %s\n", l->stamp, program, number, text);
	if (len < 0)
		exit(1);
	l->bytes += (uint64_t)len;
	l->lines++;
	if (below(l, 3) == 0)
		l->clock++;
}

/* Writes the address of a customer and returns his number: each has one account. */
static uint32_t customer(struct log *l, char text[40])
{
	uint32_t n = below(l, 3000);

	snprintf(text, 40, "10.192.%u.%u", n >> 8 & 255, n & 255);
	return n;
}

static void attacker(struct log *l, char text[40])
{
	uint32_t n = below(l, l->attackers);

	/* some try far more often than others */
	if (below(l, 2) == 0)
		n = below(l, n + 1);
	/* spread over 10.0.0.0/10, 4,194,304 addresses: an odd multiplier maps none to another's place */
	n = (n * 2654435761U) & 0x3fffff;
	snprintf(text, 40, "10.%u.%u.%u", n >> 16, n >> 8 & 255, n & 255);
}

static void sasl_failure(struct log *l)
{
	static const char *const services[] = { "postfix/smtpd", "postfix/submission/smtpd", "postfix/smtps/smtpd" };
	const char *service = services[below(l, 3)];
	unsigned number = pid(l);
	char from[40], text[400];

	attacker(l, from);
	snprintf(text, sizeof(text), "connect from unknown[%s]", from);
	line(l, service, number, text);
	if (below(l, 2) == 0)
		snprintf(text, sizeof(text), "warning: unknown[%s]: SASL LOGIN authentication failed: UGFzc3dvcmQ6", from);
	else
		snprintf(text, sizeof(text), "warning: unknown[%s]: SASL PLAIN authentication failed: (reason unavailable), "
			 "sasl_username=%s@example.com", from, user(l));
	line(l, service, number, text);
	snprintf(text, sizeof(text), "lost connection after AUTH from unknown[%s]", from);
	line(l, service, number, text);
	snprintf(text, sizeof(text), "disconnect from unknown[%s] ehlo=1 auth=0/1 commands=1/2", from);
	line(l, service, number, text);
}

static void dovecot_failure(struct log *l)
{
	char from[40], text[400];

	attacker(l, from);
	snprintf(text, sizeof(text), "imap-login: Disconnected: Connection closed (auth failed, %u attempts in %u secs): "
		 "user=<%s@example.com>, method=PLAIN, rip=%s, lip=10.255.0.1, TLS, session=<%08x%08x>",
		 1 + below(l, 3), below(l, 20), user(l), from, next(l), next(l));
	line(l, "dovecot", 800, text);
}

static void refused_spam(struct log *l)
{
	unsigned number = pid(l);
	char from[40], text[600];

	attacker(l, from);
	snprintf(text, sizeof(text), "connect from unknown[%s]", from);
	line(l, "postfix/smtpd", number, text);
	snprintf(text, sizeof(text), "NOQUEUE: reject: RCPT from unknown[%s]: 554 5.7.1 <%s@example.org>: Relay access denied; "
		 "from=<%s@example.net> to=<%s@example.org> proto=ESMTP helo=<mail.example.net>", from, user(l), user(l), user(l));
	line(l, "postfix/smtpd", number, text);
	snprintf(text, sizeof(text), "disconnect from unknown[%s] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4", from);
	line(l, "postfix/smtpd", number, text);
}

static void login(struct log *l)
{
	char from[40], text[400];
	uint32_t n = customer(l, from);

	snprintf(text, sizeof(text), "imap-login: Login: user=<%s%u@example.com>, method=PLAIN, rip=%s, lip=10.255.0.1, mpid=%u, "
		 "TLS, session=<%08x%08x>", users[n % 16], n / 16, from, pid(l), next(l), next(l));
	line(l, "dovecot", 800, text);
	snprintf(text, sizeof(text), "imap(%s%u@example.com)<%u><%08x%08x>: Disconnected: Logged out in=%u out=%u deleted=0 "
		 "expunged=0 trashed=0 hdr_count=%u hdr_bytes=%u body_count=0 body_bytes=0", users[n % 16], n / 16, pid(l),
		 next(l), next(l), below(l, 9000), below(l, 90000), below(l, 90), below(l, 9000));
	line(l, "dovecot", 800, text);
}

static void delivery(struct log *l)
{
	unsigned smtpd = pid(l), queue = next(l) & 0xfffff;
	const char *name = names[below(l, 6)];
	char from[40], text[600];

	customer(l, from);
	snprintf(text, sizeof(text), "connect from %s[%s]", name, from);
	line(l, "postfix/smtpd", smtpd, text);
	snprintf(text, sizeof(text), "4F%05X3A: client=%s[%s]", queue, name, from);
	line(l, "postfix/smtpd", smtpd, text);
	snprintf(text, sizeof(text), "4F%05X3A: message-id=<%08x%08x.%u@example.net>", queue, next(l), next(l), below(l, 99999));
	line(l, "postfix/cleanup", smtpd + 1, text);
	snprintf(text, sizeof(text), "4F%05X3A: from=<bounce-%u-%s@example.net>, size=%u, nrcpt=1 (queue active)", queue,
		 below(l, 99999), user(l), 900 + below(l, 900000));
	line(l, "postfix/qmgr", 901, text);
	snprintf(text, sizeof(text), "disconnect from %s[%s] ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7", name, from);
	line(l, "postfix/smtpd", smtpd, text);
	snprintf(text, sizeof(text), "4F%05X3A: to=<%s%u@example.com>, relay=mail.example.com[private/dovecot-lmtp], delay=0.%02u, "
		 "delays=0.1/0.01/0.01/0.08, dsn=2.0.0, status=sent (250 2.0.0 <%s%u@example.com> %08x%08x Saved)", queue,
		 user(l), below(l, 200), below(l, 100), user(l), below(l, 200), next(l), next(l));
	line(l, "postfix/lmtp", smtpd + 2, text);
	snprintf(text, sizeof(text), "4F%05X3A: removed", queue);
	line(l, "postfix/qmgr", 901, text);
}

static void filtered(struct log *l)
{
	char text[600];

	snprintf(text, sizeof(text), "(%05u-%02u) Passed CLEAN {RelayedInbound}, [10.192.7.9]:%u <%s@example.net> -> "
		 "<%s@example.com>, Queue-ID: 4F%05X3A, Message-ID: <%08x@example.net>, mail_id: %08x, Hits: -1.%u, size: %u, "
		 "queued_as: 5A%05X1B, %u ms", below(l, 99999), below(l, 20), 1024 + below(l, 60000), user(l), user(l),
		 next(l) & 0xfffff, next(l), next(l), below(l, 1000), 900 + below(l, 90000), next(l) & 0xfffff, below(l, 3000));
	line(l, "amavis", 700 + below(l, 10), text);
}

static void mail_mix(struct log *l)
{
	uint32_t dice = below(l, 100);

	if (dice < 8)
		sasl_failure(l);
	else if (dice < 27)
		dovecot_failure(l);
	else if (dice < 38)
		refused_spam(l);
	else if (dice < 66)
		login(l);
	else if (dice < 79)
		delivery(l);
	else
		filtered(l);
}

static void attack_mix(struct log *l)
{
	char from[40], text[400];

	if (below(l, 2) == 0) {
		dovecot_failure(l);
		return;
	}
	attacker(l, from);
	snprintf(text, sizeof(text), "warning: unknown[%s]: SASL LOGIN authentication failed: (reason unavailable), "
		 "sasl_username=%s@example.com", from, user(l));
	line(l, "postfix/smtpd", pid(l), text);
}

static void other_mix(struct log *l)
{
	char text[400];

	switch (below(l, 3)) {
	case 0:
		snprintf(text, sizeof(text), "[UFW BLOCK] IN=eth0 OUT= MAC=02:00:00:00:00:01 SRC=10.%u.%u.%u DST=10.255.0.1 LEN=40 "
			 "TOS=0x00 PREC=0x00 TTL=%u ID=%u PROTO=TCP SPT=%u DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0",
			 below(l, 255), below(l, 255), below(l, 255), below(l, 255), below(l, 65535), below(l, 65535));
		line(l, "kernel", 0, text);
		break;
	case 1:
		snprintf(text, sizeof(text), "(root) CMD (test -x /usr/bin/backup && /usr/bin/backup --quiet --keep %u)", below(l, 30));
		line(l, "CRON", pid(l), text);
		break;
	default:
		snprintf(text, sizeof(text), "Started Session %u of User %s; the manager has %u units loaded and none of them failed.",
			 below(l, 99999), user(l), below(l, 400));
		line(l, "systemd", 1, text);
	}
}

int main(int argc, char **argv)
{
	static char buffer[1 << 20];
	struct log l = { .attackers = 20000 };
	uint64_t seed = 1, max_bytes = UINT64_C(1) << 20, max_lines = UINT64_MAX;
	void (*mix)(struct log *) = mail_mix;

	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--iso") == 0) {
			l.iso = 1;
			continue;
		}
		i++;
		if (strcmp(argv[i - 1], "--mb") == 0) {
			max_bytes = strtoull(value, NULL, 10) << 20;
		} else if (strcmp(argv[i - 1], "--lines") == 0) {
			max_lines = strtoull(value, NULL, 10);
			max_bytes = UINT64_MAX;
		} else if (strcmp(argv[i - 1], "--seed") == 0) {
			seed = strtoull(value, NULL, 10);
		} else if (strcmp(argv[i - 1], "--attackers") == 0) {
			l.attackers = (unsigned)strtoul(value, NULL, 10);
		} else if (strcmp(argv[i - 1], "--mix") == 0) {
			mix = strcmp(value, "attacks") == 0 ? attack_mix : strcmp(value, "other") == 0 ? other_mix : mail_mix;
		} else {
			return 2;
		}
	}
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	l.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	/* the log begins on the first of November */
	l.clock = 304 * 86400;
	while (l.bytes < max_bytes && l.lines < max_lines)
		mix(&l);
	return fflush(stdout) != 0;
}
