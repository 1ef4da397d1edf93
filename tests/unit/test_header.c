/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header: each form of line, taken apart; and lines that must not be taken for another program's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log/header.h"

struct row {
	const char *line, *stamp, *host, *program, *pid, *message;
};

static const struct row rows[] = {
	/* traditional syslog */
	{ "Nov  3 10:00:01 mx postfix/smtpd[42]: connect from a.example[192.0.2.1]", "Nov  3 10:00:01", "mx",
	  "postfix/smtpd", "42", "connect from a.example[192.0.2.1]" },
	{ "Nov 03 10:00:01 mx dovecot: imap-login: Login: x", "Nov 03 10:00:01", "mx", "dovecot", "",
	  "imap-login: Login: x" },
	{ "Nov 3 10:00:01 mx dovecot: imap-login: Login: x", "Nov 3 10:00:01", "mx", "dovecot", "", "imap-login: Login: x" },
	{ "Nov  3 2026 10:00:01 mx a[1]: x", "Nov  3 2026 10:00:01", "mx", "a", "1", "x" },
	{ "Nov  3 10:00:01.123456 mx a[1]: x", "Nov  3 10:00:01.123456", "mx", "a", "1", "x" },
	{ "Nov  3 10:00:01 <mail.notice> mx sm-mta[7]: x", "Nov  3 10:00:01", "mx", "sm-mta", "7", "x" },
	{ "Nov  3 10:00:01 mx <mail.notice> sm-mta[7]: x", "Nov  3 10:00:01", "mx", "sm-mta", "7", "x" },
	{ "Nov  3 10:00:01 mx mail.info sm-mta[7]: x", "Nov  3 10:00:01", "mx", "sm-mta", "7", "x" },
	{ "Nov  3 10:00:01 mx local7.warning dovecot: x", "Nov  3 10:00:01", "mx", "dovecot", "", "x" },
	{ "Nov  3 10:00:01 mx mail.info mail.info a[1]: x", "Nov  3 10:00:01", "mx", "", "", "mail.info mail.info a[1]: x" },
	{ "Nov  3 10:00:01 mx mail.info", "Nov  3 10:00:01", "mx", "", "", "mail.info" },
	{ "Nov  3 10:00:01 mx mail.infos a[1]: x", "Nov  3 10:00:01", "mx", "", "", "mail.infos a[1]: x" },
	{ "<22>Nov  3 10:00:01 mx sm-mta[7]: x", "Nov  3 10:00:01", "mx", "sm-mta", "7", "x" },
	{ "Nov  3 10:00:01 mx sendmail[7]: [ID 801593 mail.info] abc: x", "Nov  3 10:00:01", "mx", "sendmail", "7",
	  "abc: x" },
	{ "Nov  3 10:00:01 [exim] LOGIN authenticator failed", "Nov  3 10:00:01", "", "exim", "",
	  "LOGIN authenticator failed" },
	{ "Nov  3 10:00:01 [192.0.2.25] a[1]: x", "Nov  3 10:00:01", "[192.0.2.25]", "a", "1", "x" },
	{ "Nov  3 10:00:01 mx last message repeated 3 times", "Nov  3 10:00:01", "mx", "", "",
	  "last message repeated 3 times" },
	{ "Nov  3 10:00:01 sogod [26818]: SOGoRootPage Login", "Nov  3 10:00:01", "", "sogod", "26818",
	  "SOGoRootPage Login" },
	{ "Nov  3 10:00:01 mx sogod [26818]: x", "Nov  3 10:00:01", "mx", "sogod", "26818", "x" },
	{ "Nov  3 10:00:01 HORDE [error] [imp] FAILED LOGIN", "Nov  3 10:00:01", "", "HORDE", "",
	  "[error] [imp] FAILED LOGIN" },
	{ "Nov  3 10:00:01 mx exim[9]: 2026-11-03 10:00:01 H=(x) [192.0.2.1] y", "Nov  3 10:00:01", "mx", "exim", "9",
	  "H=(x) [192.0.2.1] y" },
	/* Exim's own time and process id, where they are the header's; what follows may be a client's */
	{ "Nov  3 10:00:01 mx exim[9]: 2026-11-03 10:00:01 [9] H=(x) y", "Nov  3 10:00:01", "mx", "exim", "9", "H=(x) y" },
	{ "Nov  3 10:00:01 mx exim[9]: [9] H=(x) y", "Nov  3 10:00:01", "mx", "exim", "9", "H=(x) y" },
	{ "Nov  3 10:00:01 mx exim: 2026-11-03 10:00:01 [9] H=(x) y", "Nov  3 10:00:01", "mx", "exim", "", "H=(x) y" },
	{ "Nov  3 10:00:01 mx exim[9]: 2026-11-03 10:00:01 [8] H=(x) y", "Nov  3 10:00:01", "mx", "exim", "9", "[8] H=(x) y" },
	{ "Nov  3 10:00:01 mx exim[9]: [9] [9] y", "Nov  3 10:00:01", "mx", "exim", "9", "[9] y" },
	{ "Nov  3 10:00:01 mx exim[9]: [1\\4] 2026-11-03 10:00:01 y", "Nov  3 10:00:01", "mx", "exim", "9",
	  "[1\\4] 2026-11-03 10:00:01 y" },
	{ "Nov  3 10:00:01 mx exim: [9] y", "Nov  3 10:00:01", "mx", "exim", "", "[9] y" },
	{ "Nov  3 10:00:01 mx Mail-in-a-Box Management Daemon: x", "Nov  3 10:00:01", "mx", "Mail-in-a-Box", "", "x" },
	/* a level in the host's place, filled up */
	{ "2026-11-03T10:00:01.762881+01:00 INFO    postfix/smtpd[134]: x", "2026-11-03T10:00:01.762881+01:00", "",
	  "postfix/smtpd", "134", "x" },
	{ "2026-11-03T10:00:01.762881+01:00 WARNING postfix/smtpd[134]: x", "2026-11-03T10:00:01.762881+01:00", "",
	  "postfix/smtpd", "134", "x" },
	{ "Nov  3 10:00:01 mx  postfix/smtpd[134]: x", "Nov  3 10:00:01", "mx", "", "", " postfix/smtpd[134]: x" },
	{ "2026-11-03T10:00:01Z INFO Authentication failed (auth.failed) x", "2026-11-03T10:00:01Z", "", "stalwart", "",
	  "Authentication failed (auth.failed) x" },
	{ "Nov  3 10:00:01 mx stalwart-mail[7]: 2026-11-03T10:00:01Z INFO Authentication failed (auth.failed) x",
	  "Nov  3 10:00:01", "mx", "stalwart-mail", "7", "Authentication failed (auth.failed) x" },
	{ "Nov  3 10:00:01 mx other[7]: 2026-11-03T10:00:01Z INFO Authentication failed (auth.failed) x",
	  "Nov  3 10:00:01", "mx", "other", "7", "2026-11-03T10:00:01Z INFO Authentication failed (auth.failed) x" },
	{ "Tue Nov  3 10:00:01 mx a[1]: x", "Nov  3 10:00:01", "mx", "a", "1", "x" },
	/* Dovecot's own file: no host */
	{ "Nov 03 10:00:01 imap-login: Info: Disconnected", "Nov 03 10:00:01", "", "dovecot", "",
	  "imap-login: Info: Disconnected" },
	{ "Nov 03 10:00:01 auth-worker(7): Info: pam(x,192.0.2.1): y", "Nov 03 10:00:01", "", "dovecot", "",
	  "auth-worker(7): Info: pam(x,192.0.2.1): y" },
	{ "2026-11-03 10:00:01 imap-login: Info: Disconnected", "2026-11-03 10:00:01", "", "dovecot", "",
	  "imap-login: Info: Disconnected" },
	{ "Nov 03 10:00:01 postfix/smtpd[12]: connect", "Nov 03 10:00:01", "", "postfix/smtpd", "12", "connect" },
	/* RFC 3339 */
	{ "2026-11-03T10:00:01Z mx a[1]: x", "2026-11-03T10:00:01Z", "mx", "a", "1", "x" },
	{ "2026-11-03T10:00:01.150Z mx a[1]: x", "2026-11-03T10:00:01.150Z", "mx", "a", "1", "x" },
	{ "2026-11-03T10:00:01.784598+01:00 mx a: x", "2026-11-03T10:00:01.784598+01:00", "mx", "a", "", "x" },
	{ "2026-11-03T10:00:01+0100 mx a: x", "2026-11-03T10:00:01+0100", "mx", "a", "", "x" },
	{ "2026-11-03T10:00:01+00:00 ERR: HORDE [imp] FAILED", "2026-11-03T10:00:01+00:00", "", "HORDE", "", "[imp] FAILED" },
	{ "2026-11-03 10:00:01 mx postfix/smtpd[4]: x", "2026-11-03 10:00:01", "mx", "postfix/smtpd", "4", "x" },
	/* RFC 5424 */
	{ "<22>1 2026-11-03T10:00:01Z mx postfix/smtpd 42 - - connect", "2026-11-03T10:00:01Z", "mx", "postfix/smtpd",
	  "42", "connect" },
	{ "<22>1 2026-11-03T10:00:01Z mx a - ID47 [x@1 k=\"v\\\"]\"][y] \xef\xbb\xbfhello", "2026-11-03T10:00:01Z", "mx", "a",
	  "", "hello" },
	{ "1 2026-11-03T10:00:01Z mx a 7 - - hello", "2026-11-03T10:00:01Z", "mx", "a", "7", "hello" },
	/* servers without a syslog header */
	{ "2026-11-03 10:00:01 login authenticator failed", "2026-11-03 10:00:01", "", "exim", "",
	  "login authenticator failed" },
	{ "2026-11-03 10:00:01.345 +0200 [77] H=(x) [192.0.2.1]", "2026-11-03 10:00:01.345 +0200", "", "exim", "77",
	  "H=(x) [192.0.2.1]" },
	{ "2026-11-03 10:00:01,616 INFO  [q] [oip=192.0.2.1;] x", "2026-11-03 10:00:01,616", "", "zimbra", "",
	  "INFO  [q] [oip=192.0.2.1;] x" },
	{ "2026/11/03 10:00:01 [info] 8#8: *1 client logged in", "2026/11/03 10:00:01", "", "nginx", "",
	  "*1 client logged in" },
	{ "2026-11-03T10:00:01.530Z,0E,2,192.0.2.2:143", "2026-11-03T10:00:01.530Z", "", "exchange", "",
	  "0E,2,192.0.2.2:143" },
	{ "[17/Jun/2011 17:00:45] Failed SMTP login", "17/Jun/2011 17:00:45", "", "kerio", "", "Failed SMTP login" },
	{ "[22-Jan-2013 22:28:21 +0200]: IMAP Error", "22-Jan-2013 22:28:21 +0200", "", "roundcube", "", "IMAP Error" },
	{ "[2026-03-28 03:09:52,853] WARNING in limiter: x", "2026-03-28 03:09:52,853", "", "mailu", "",
	  "WARNING in limiter: x" },
	{ "Apr-07-13 07:08:36 Blocking 192.0.2.1", "Apr-07-13 07:08:36", "", "assp", "", "Blocking 192.0.2.1" },
	{ "08-09-2014 06:14:27   smtp: x", "08-09-2014 06:14:27", "", "domino", "", "smtp: x" },
	{ "2026-11-29 19:26:07.294750 [2001:db8::1]:33856 auth failed for x", "2026-11-29 19:26:07.294750", "", "chasquid", "",
	  "[2001:db8::1]:33856 auth failed for x" },
	{ "2026-11-29 19:26:07 [77] rejected EHLO from [192.0.2.1]: x", "2026-11-29 19:26:07", "", "exim", "77",
	  "rejected EHLO from [192.0.2.1]: x" },
	{ "2014-09-08 06:14:27   SMTP Server: x", "2014-09-08 06:14:27", "", "domino", "", "SMTP Server: x" },
	{ "[28325:00010-3735542592] 2014-06-22 09:56:12   smtp: x", "2014-06-22 09:56:12", "", "domino", "", "smtp: x" },
	{ "[28325:00010-3735542592] 22-06-2014 09:56:12   smtp: x", "22-06-2014 09:56:12", "", "domino", "", "smtp: x" },
	{ "10/08/2013 21:06:28 [LOGIN_ERROR] x", "10/08/2013 21:06:28", "", "squirrelmail", "", "[LOGIN_ERROR] x" },
	{ "192.0.2.1   [2A50] 16:26:35 <<< EHLO ylmf-pc", "16:26:35", "", "icewarp", "",
	  "192.0.2.1   [2A50] 16:26:35 <<< EHLO ylmf-pc" },
	{ "@400000004c91b044077a9e94 imap-login: Info: Aborted", "@400000004c91b044077a9e94", "", "dovecot", "",
	  "imap-login: Info: Aborted" },
	{ "@400000004c91b044077a9e94 rblsmtpd: 192.0.2.1 pid 7", "@400000004c91b044077a9e94", "", "rblsmtpd", "",
	  "192.0.2.1 pid 7" },
	{ "ts=\"2026-11-03T10:00:01Z\" x=1", "2026-11-03T10:00:01Z", "", "", "", "x=1" },
	/* no header, and what must not become one */
	{ "", "", "", "", "", "" },
	{ "warning: x", "", "", "", "", "warning: x" },
	{ "Nov  3 10:00:01", "", "", "", "", "Nov  3 10:00:01" },
	{ "Nov  3 10:00:01 ", "Nov  3 10:00:01", "", "", "", "" },
	{ "Nov  3 10:00:01 mx", "Nov  3 10:00:01", "", "", "", "mx" },
	{ "Nov  3 10:00:01 imap(evil postfix/smtpd[1]: x)<2><s>: Info: y", "Nov  3 10:00:01", "", "dovecot", "",
	  "imap(evil postfix/smtpd[1]: x)<2><s>: Info: y" },
	{ "Nov  3 10:00:01 mx sudo:  root : COMMAND=grep postfix/smtpd[1]: x", "Nov  3 10:00:01", "mx", "sudo", "",
	  " root : COMMAND=grep postfix/smtpd[1]: x" },
	{ "2026-11-03 10:00:01 H=(postfix/smtpd[1]: x) [192.0.2.1] y", "2026-11-03 10:00:01", "", "exim", "",
	  "H=(postfix/smtpd[1]: x) [192.0.2.1] y" },
};

static void assert_span(struct span s, const char *want, const char *line, const char *what)
{
	if (s.len != strlen(want) || (s.len > 0 && memcmp(s.ptr, want, s.len) != 0))
		fail_msg("%s: %s is '%.*s', not '%s'", line, what, (int)s.len, s.ptr, want);
}

static void takes_lines_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		size_t len = strlen(r->line);
		char *copy = malloc(len + 1); /* exact memory, so that a read behind the line is seen */
		struct header h;

		assert_non_null(copy);
		memcpy(copy, r->line, len);
		copy = realloc(copy, len > 0 ? len : 1);
		header_parse(&h, copy, len);
		assert_span(h.stamp, r->stamp, r->line, "stamp");
		assert_span(h.host, r->host, r->line, "host");
		assert_span(h.program, r->program, r->line, "program");
		assert_span(h.pid, r->pid, r->line, "pid");
		assert_span(h.message, r->message, r->line, "message");
		free(copy);
	}
}

/* Every beginning of every line, in memory of exactly its length: the sanitizers see a read behind it. */
static void reads_nothing_behind(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t len = 1; len <= strlen(rows[i].line); len++) {
			char *copy = malloc(len);
			struct header h;

			assert_non_null(copy);
			memcpy(copy, rows[i].line, len);
			header_parse(&h, copy, len);
			assert_true(h.message.ptr >= copy && h.message.ptr + h.message.len <= copy + len);
			free(copy);
		}
	}
}

static void busybox_may_cut_a_line(void **state)
{
	enum { FROM = 32, WHOLE = 233 }; /* where its own part begins, and how long that is at most */
	char line[FROM + WHOLE + 1] = "Nov  3 10:00:01 mx mail.warning a: ";
	struct header h;

	(void)state;
	memset(line + strlen(line), 'x', sizeof(line) - strlen(line));
	header_parse(&h, line, FROM + WHOLE);
	assert_false(h.cut);
	header_parse(&h, line, FROM + WHOLE + 1);
	assert_true(h.cut);
	assert_int_equal(h.message.len, WHOLE + 1 - strlen("a: "));
}

/* A name with a newline in it may begin a line of another program in the file of a server that does not hide it. */
static void names_the_server_of_its_own_files(void **state)
{
	static const struct {
		const char *line, *server;
	} of[] = {
		{ "Nov  3 10:00:01 sogod [26818]: SOGoRootPage Login", "sogo" },
		{ "Nov  3 10:00:01 mx sogod [26818]: SOGoRootPage Login", NULL },
		{ "Nov  3 10:00:01 mx sogod[26818]: SOGoRootPage Login", NULL },
		{ "Nov  3 10:00:01 other [26818]: x", NULL },
		{ "Nov  3 10:00:01 HORDE [error] [imp] FAILED LOGIN", "horde" },
		{ "[22-Jan-2013 22:28:21 +0200]: IMAP Error", "roundcube" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		struct header h;

		header_parse(&h, of[i].line, strlen(of[i].line));
		if (of[i].server == NULL)
			assert_null(h.server);
		else
			assert_string_equal(h.server, of[i].server);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_lines_apart),
		cmocka_unit_test(reads_nothing_behind),
		cmocka_unit_test(busybox_may_cut_a_line),
		cmocka_unit_test(names_the_server_of_its_own_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
