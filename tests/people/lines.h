/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Postfix and Dovecot write about one connection, from its first line to its last. Each call writes all lines of
 * a connection that begins at TIME; USER may be NULL where the server names nobody.
 */
#ifndef PEOPLE_LINES_H
#define PEOPLE_LINES_H

#include "log.h"

enum service { SMTP, SUBMISSION, SMTPS };
enum box { IMAP, POP3, SIEVE };

/* Postfix. TRIES failures of AUTH in one connection; a mail handed in by a user;
 * NTLM given up before that; AUTH given up for good, which Postfix may have TOLD in a line of its own. */
void smtp_guess(struct log *l, struct client *c, long time, enum service service, const char *user, unsigned tries);
void smtp_send(struct log *l, struct client *c, long time, const char *user);
void smtp_send_after_ntlm(struct log *l, struct client *c, long time, const char *user);
void smtp_give_up_auth(struct log *l, struct client *c, long time, bool told);

/* A login that fails since this server cannot ask Dovecot. */
void smtp_fail_to_check(struct log *l, struct client *c, long time);

/* Mail for this server's own users: GOOD recipients are taken, DEAD ones do not exist. */
void smtp_deliver(struct log *l, struct client *c, long time, unsigned good, unsigned dead);
void smtp_greylist(struct log *l, struct client *c, long time);
void smtp_refuse(struct log *l, struct client *c, long time, const char *reply, unsigned times);
void smtp_call_out(struct log *l, struct client *c, long time, bool exists);

/*
 * Nothing comes of it: EHLO and QUIT; the connection breaks after a command; no SMTP is spoken; TLS fails at port 465;
 * a bot greets.
 */
void smtp_look(struct log *l, struct client *c, long time);
void smtp_lose(struct log *l, struct client *c, long time, const char *command);
void smtp_speak_http(struct log *l, struct client *c, long time);
void smtp_speak_tls(struct log *l, struct client *c, long time);
void smtp_fail_tls(struct log *l, struct client *c, long time);
void smtp_greet_as_bot(struct log *l, struct client *c, long time);

/* Dovecot. ATTEMPTS failures told in one line. */
void box_login(struct log *l, struct client *c, long time, enum box box, const char *user);
void box_guess(struct log *l, struct client *c, long time, enum box box, const char *user, unsigned attempts);
void box_look(struct log *l, struct client *c, long time, enum box box);
void box_fail_tls(struct log *l, struct client *c, long time, enum box box);

/* The line of Dovecot's auth process about one failure, wherever the password was given. */
void auth_mismatch(struct log *l, struct client *c, long time, const char *user);

#endif
