/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Postfix. */
#include "lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const services[] = { "postfix/smtpd", "postfix/submission/smtpd", "postfix/smtps/smtpd" };

struct connection {
	struct log *log;
	struct client *client;
	const char *program;
	unsigned pid;
	long time;
};

__attribute__((format(printf, 2, 3))) static void say(struct connection *s, const char *format, ...)
{
	char text[900];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_line(s->log, s->client, s->time, s->program, s->pid, "%s", text);
}

/* The client's NAME[ADDRESS] between two texts. */
static void say_of(struct connection *s, const char *before, const char *after)
{
	say(s, "%s%s[%s]%s", before, s->client->host, s->client->address, after);
}

static struct connection smtp_begin(struct log *l, struct client *c, long time, enum service service)
{
	struct connection s = { l, c, services[service], log_pid(l), time };

	say_of(&s, "connect from ", "");
	s.time++;
	return s;
}

static void smtp_end(struct connection *s, const char *counters)
{
	s->time++;
	say_of(s, "disconnect from ", counters);
}

static void queue_id(struct log *l, char id[12])
{
	unsigned high = below(l, 1 << 20), low = below(l, 1 << 20);

	snprintf(id, 12, "4%05X%05X", high, low);
}

/* The queue's own lines of a mail that was taken. */
static void queue_lines(struct connection *s, const char *id, const char *from)
{
	unsigned size = 900 + below(s->log, 90000);

	log_line(s->log, s->client, s->time, "postfix/qmgr", 901, "%s: from=<%s>, size=%u, nrcpt=1 (queue active)", id,
		 from, size);
	log_line(s->log, s->client, s->time + 1, "postfix/qmgr", 901, "%s: removed", id);
}

void smtp_guess(struct log *l, struct client *c, long time, enum service service, const char *user, unsigned tries)
{
	static const char failed[] = ": SASL LOGIN authentication failed:";
	struct connection s = smtp_begin(l, c, time, service);
	char text[200];

	if (user)
		snprintf(text, sizeof(text), "%s (reason unavailable), sasl_username=%s", failed, user);
	else
		snprintf(text, sizeof(text), "%s UGFzc3dvcmQ6", failed);
	for (unsigned i = 0; i < tries; i++, s.time += 2)
		say_of(&s, "warning: ", text);
	if (service == SUBMISSION)
		snprintf(text, sizeof(text), " ehlo=2 starttls=1 auth=0/%u quit=1 commands=4/%u", tries, tries + 4);
	else
		snprintf(text, sizeof(text), " ehlo=1 auth=0/%u quit=1 commands=2/%u", tries, tries + 2);
	smtp_end(&s, text);
}

static void hand_in(struct connection *s, const char *user)
{
	char id[12], text[200];

	queue_id(s->log, id);
	snprintf(text, sizeof(text), ", sasl_method=PLAIN, sasl_username=%s", user);
	say(s, "%s: client=%s[%s]%s", id, s->client->host, s->client->address, text);
	queue_lines(s, id, user);
}

void smtp_send(struct log *l, struct client *c, long time, const char *user)
{
	struct connection s = smtp_begin(l, c, time, SUBMISSION);

	hand_in(&s, user);
	smtp_end(&s, " ehlo=2 starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8");
}

void smtp_send_after_ntlm(struct log *l, struct client *c, long time, const char *user)
{
	struct connection s = smtp_begin(l, c, time, SUBMISSION);

	say_of(&s, "warning: ", ": SASL NTLM authentication aborted");
	s.time++;
	hand_in(&s, user);
	smtp_end(&s, " ehlo=2 starttls=1 auth=1/2 mail=1 rcpt=1 data=1 quit=1 commands=8/9");
}

void smtp_give_up_auth(struct log *l, struct client *c, long time, bool told)
{
	struct connection s = smtp_begin(l, c, time, SMTP);

	if (told) {
		say_of(&s, "warning: ", ": SASL LOGIN authentication aborted");
		s.time++;
		say_of(&s, "lost connection after AUTH from ", "");
		smtp_end(&s, " ehlo=1 auth=0/1 commands=1/2");
	} else {
		smtp_end(&s, " ehlo=1 auth=0/1 quit=1 commands=2/3");
	}
}

void smtp_fail_to_check(struct log *l, struct client *c, long time)
{
	struct connection s = smtp_begin(l, c, time, SUBMISSION);

	say_of(&s, "warning: ", ": SASL PLAIN authentication failed: Connection lost to authentication server");
	smtp_end(&s, " ehlo=2 starttls=1 auth=0/1 quit=1 commands=4/5");
}

static const char *peer_of(const struct client *c)
{
	return strcmp(c->host, "unknown") == 0 ? "peer.example.net" : c->host;
}

static void refuse(struct connection *s, const char *reply, const char *recipient)
{
	const char *peer = peer_of(s->client);

	say(s, "NOQUEUE: reject: RCPT from %s[%s]: %s; from=<post@%s> to=<%s> proto=ESMTP helo=<%s>", s->client->host,
	    s->client->address, reply, peer, recipient, peer);
}

static void refuse_dead(struct connection *s)
{
	struct name n = guess(s->log);
	char reply[200];

	snprintf(reply, sizeof(reply),
		 "550 5.1.1 <%s>: Recipient address rejected: User unknown in virtual mailbox table", n.text);
	refuse(s, reply, n.text);
}

void smtp_deliver(struct log *l, struct client *c, long time, unsigned good, unsigned dead)
{
	struct connection s = smtp_begin(l, c, time, SMTP);
	char id[12], sender[100], text[120];
	unsigned rcpt = good + dead;

	for (unsigned i = 0; i < dead; i++, s.time++)
		refuse_dead(&s);
	if (good == 0) {
		snprintf(text, sizeof(text), " ehlo=1 mail=1 rcpt=0/%u quit=1 commands=3/%u", dead, dead + 3);
		smtp_end(&s, text);
		return;
	}
	queue_id(l, id);
	say(&s, "%s: client=%s[%s]", id, c->host, c->address);
	snprintf(sender, sizeof(sender), "post@%s", peer_of(c));
	queue_lines(&s, id, sender);
	if (dead)
		snprintf(text, sizeof(text), " ehlo=1 mail=1 rcpt=%u/%u data=1 quit=1 commands=%u/%u", good, rcpt,
			 good + 4, rcpt + 4);
	else
		snprintf(text, sizeof(text), " ehlo=1 mail=1 rcpt=%u data=1 quit=1 commands=%u", good, good + 4);
	smtp_end(&s, text);
}

void smtp_greylist(struct log *l, struct client *c, long time)
{
	struct name n = resident(below(l, 60));
	char reply[250];

	snprintf(reply, sizeof(reply),
		 "450 4.2.0 <%s>: Recipient address rejected: Greylisted, try again in 300 seconds", n.text);
	smtp_refuse(l, c, time, reply, 1);
}

void smtp_refuse(struct log *l, struct client *c, long time, const char *reply, unsigned times)
{
	struct connection s = smtp_begin(l, c, time, SMTP);
	char text[100];

	for (unsigned i = 0; i < times; i++, s.time++) {
		struct name n = guess(l);

		refuse(&s, reply, n.text);
	}
	snprintf(text, sizeof(text), " ehlo=1 mail=1 rcpt=0/%u quit=1 commands=3/%u", times, times + 3);
	smtp_end(&s, text);
}

void smtp_call_out(struct log *l, struct client *c, long time, bool exists)
{
	struct connection s = smtp_begin(l, c, time, SMTP);

	if (!exists)
		refuse_dead(&s);
	smtp_end(&s, exists ? " ehlo=1 mail=1 rcpt=1 quit=1 commands=4"
			    : " ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4");
}

void smtp_look(struct log *l, struct client *c, long time)
{
	struct connection s = smtp_begin(l, c, time, SMTP);

	smtp_end(&s, " ehlo=1 quit=1 commands=2");
}

void smtp_lose(struct log *l, struct client *c, long time, const char *command)
{
	struct connection s = smtp_begin(l, c, time, SMTP);
	char text[60];

	snprintf(text, sizeof(text), "lost connection after %s from ", command);
	say_of(&s, text, "");
	smtp_end(&s, strcmp(command, "EHLO") == 0 ? " ehlo=1 commands=1" :
		     strcmp(command, "STARTTLS") == 0 ? " ehlo=1 starttls=1 commands=2" : " commands=0/0");
}

void smtp_speak_http(struct log *l, struct client *c, long time)
{
	struct connection s = smtp_begin(l, c, time, SMTP);

	say_of(&s, "warning: non-SMTP command from ", ": GET / HTTP/1.1");
	smtp_end(&s, " unknown=0/1 commands=0/1");
}

void smtp_speak_tls(struct log *l, struct client *c, long time)
{
	struct connection s = smtp_begin(l, c, time, SMTP);

	say_of(&s, "improper command pipelining after CONNECT from ",
	       ": \\026\\003\\001\\002\\000\\001\\000\\001\\374\\003\\003");
	say_of(&s, "lost connection after UNKNOWN from ", "");
	smtp_end(&s, " unknown=0/1 commands=0/1");
}

void smtp_fail_tls(struct log *l, struct client *c, long time)
{
	struct connection s = smtp_begin(l, c, time, SMTPS);

	say_of(&s, "SSL_accept error from ", ": -1");
	say(&s, "warning: TLS library problem: error:0A00010B:SSL routines::wrong version number");
	say_of(&s, "lost connection after CONNECT from ", "");
	smtp_end(&s, " commands=0/0");
}

void smtp_greet_as_bot(struct log *l, struct client *c, long time)
{
	struct connection s = smtp_begin(l, c, time, SMTP);

	say_of(&s, "NOQUEUE: reject: EHLO from ",
	       ": 504 5.5.2 <ylmf-pc>: Helo command rejected: need fully-qualified hostname; "
	       "proto=SMTP helo=<ylmf-pc>");
	say_of(&s, "lost connection after AUTH from ", "");
	smtp_end(&s, " ehlo=0/1 auth=0/1 commands=0/2");
}
