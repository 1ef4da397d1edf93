/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dovecot. */
#include "lines.h"

#include <stdio.h>

static const char *const boxes[] = { "imap", "pop3", "managesieve" };

static void session_new(struct log *l, char session[17])
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";

	for (int i = 0; i < 16; i++)
		session[i] = digits[below(l, 64)];
	session[16] = '\0';
}

void box_login(struct log *l, struct client *c, long time, enum box box, const char *user)
{
	unsigned mpid = log_pid(l);
	char session[17];

	session_new(l, session);
	log_line(l, c, time, "dovecot", 0,
		 "%s-login: Login: user=<%s>, method=PLAIN, rip=%s, lip=192.0.2.25, mpid=%u, TLS, session=<%s>",
		 boxes[box], user, c->address, mpid, session);
}

/* WHY the connection ended, of whom, and what is said of its encryption. */
static void box_end(struct log *l, struct client *c, long time, enum box box, const char *why, const char *user,
		    const char *tls)
{
	char session[17];

	session_new(l, session);
	log_line(l, c, time, "dovecot", 0,
		 "%s-login: Disconnected: %s: user=<%s>%s, rip=%s, lip=192.0.2.25, %s, session=<%s>",
		 boxes[box], why, user, *user ? ", method=PLAIN" : "", c->address, tls, session);
}

void box_guess(struct log *l, struct client *c, long time, enum box box, const char *user, unsigned attempts)
{
	char text[80];

	snprintf(text, sizeof(text), "Connection closed (auth failed, %u attempts in %u secs)", attempts, 2 * attempts);
	box_end(l, c, time, box, text, user, "TLS");
}

void box_look(struct log *l, struct client *c, long time, enum box box)
{
	box_end(l, c, time, box, "Aborted login by logging out (no auth attempts in 0 secs)", "", "TLS");
}

void box_fail_tls(struct log *l, struct client *c, long time, enum box box)
{
	static const char error[] = "SSL_accept() failed: error:0A000102:SSL routines::unsupported protocol";
	char why[200], tls[200];

	snprintf(why, sizeof(why), "Connection closed: %s (disconnected during TLS handshake)", error);
	snprintf(tls, sizeof(tls), "TLS handshaking: %s", error);
	box_end(l, c, time, box, why, "", tls);
}

void auth_mismatch(struct log *l, struct client *c, long time, const char *user)
{
	unsigned worker = log_pid(l);

	log_line(l, c, time, "dovecot", 0,
		 "auth-worker(%u): conn unix:auth-worker (pid=812,uid=110): auth-worker<%u>: "
		 "sql(%s,%s): Password mismatch",
		 worker, worker % 97 + 1, user, c->address);
}
