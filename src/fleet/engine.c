/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine: one connection to a Valkey or Redis, within a time.
 *
 * hiredis speaks the protocol. Waiting is done here, since the timeouts of hiredis begin anew with each byte. Whatever
 * the other side does, all work ends when the time is over. Answers are bounded in bytes.
 */
#define _GNU_SOURCE
#include "fleet/engine.h"

#if HAVE_HIREDIS
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#if HAVE_HIREDIS_SSL
#include <hiredis/hiredis_ssl.h>
#endif

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

enum { ANSWER_MOST = 16 << 20 };

static const char too_late[] = "does not answer within fleet-timeout";

/* Who takes an answer that is still to come. */
struct waiting {
	engine_take *take;
	void *context;
};

struct engine {
	redisContext *redis;
	struct waiting *queue;       /* all that was asked in this run; the first ones have their answers */
	size_t first, count, capacity;
	int64_t deadline, time;      /* of clock_ms(); of the engine */
	size_t unfinished;           /* bytes of the answer that is not whole yet */
	bool stuck;                  /* a write had no effect: TLS waits for the other side */
	bool dead;
	struct buf *why;             /* the caller's */
	unsigned database;
	struct buf password;         /* as the file has it; ptr NULL: none is wanted */
	void *tls;                   /* NULL: in the clear */
};

/* The first reason is told; further ones follow from it. */
static bool fail(struct engine *e, const char *why)
{
	e->dead = true;
	if (e->why->len == 0)
		buf_add_escaped(e->why, why, strlen(why));
	return false;
}

static bool fail_redis(struct engine *e)
{
	bool nonsense = e->redis->err == REDIS_ERR_PROTOCOL || e->redis->err == REDIS_ERR_OOM;

	return fail(e, nonsense ? "answers nonsense" : e->redis->errstr);
}

void engine_ask(struct engine *e, engine_take *take, void *context, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (redisvAppendCommand(e->redis, format, args) != REDIS_OK)
		(void)fail_redis(e);
	va_end(args);
	e->queue = mem_grow(e->queue, &e->capacity, e->count + 1, sizeof(*e->queue));
	e->queue[e->count++] = (struct waiting){ take, context };
}

/* An error that the engine tells does not end the connection. */
static bool take_one(struct engine *e, const struct answer *answer)
{
	struct waiting waiting = e->queue[e->first++];

	if (answer->kind == ANSWER_ERROR && span_starts(answer->text, "MOVED "))
		return fail(e, "is a node of a cluster: it needs a proxy in front of it, see mailban-fleet(7)");
	if (answer->kind == ANSWER_ERROR && e->why->len == 0)
		buf_add_escaped(e->why, answer->text.ptr, answer->text.len < 160 ? answer->text.len : 160);
	if (answer->kind != ANSWER_ERROR && waiting.take != NULL && !waiting.take(waiting.context, answer))
		return fail(e, "answers nonsense");
	return true;
}

/* An answer that comes before its question counts for the next question. */
static bool take_all(struct engine *e)
{
	bool ok = true;
	void *answer;

	while (ok && e->first < e->count) {
		if (redisGetReplyFromReader(e->redis, &answer) != REDIS_OK)
			return fail_redis(e);
		if (answer == NULL)
			break;
		e->unfinished = 0;
		ok = take_one(e, answer);
		answer_free(answer);
	}
	return ok;
}

static bool receive(struct engine *e)
{
	size_t before = e->redis->reader->len;

	if (redisBufferRead(e->redis) != REDIS_OK)
		return fail_redis(e);
	e->stuck = e->stuck && e->redis->reader->len == before;
	e->unfinished += e->redis->reader->len - before;
	return e->unfinished <= ANSWER_MOST || fail(e, "answers nonsense");
}

static bool step(struct engine *e)
{
	size_t left = sdslen(e->redis->obuf);
	int done;

	if (!clock_wait(e->redis->fd, left > 0 && !e->stuck ? POLLIN | POLLOUT : POLLIN, e->deadline))
		return fail(e, too_late);
	if (left > 0 && redisBufferWrite(e->redis, &done) != REDIS_OK)
		return fail_redis(e);
	e->stuck = left > 0 && sdslen(e->redis->obuf) == left;
	return receive(e);
}

bool engine_run(struct engine *e)
{
	while (!e->dead && take_all(e) && e->first < e->count && step(e))
		continue;
	e->first = e->count = 0;
	return e->why->len == 0;
}

bool engine_is_alive(const struct engine *e)
{
	return !e->dead;
}

int64_t engine_time(const struct engine *e)
{
	return e->time;
}

static bool take_time(void *context, const struct answer *answer)
{
	struct engine *e = context;
	int64_t part[2];

	if (answer->kind != ANSWER_LIST || answer->count != 2)
		return false;
	for (unsigned i = 0; i < 2; i++) {
		if (answer->items[i].kind != ANSWER_TEXT || answer->items[i].text.len > 12)
			return false;
		part[i] = strtoll(answer->items[i].text.ptr, NULL, 10);
	}
	e->time = part[0] * 1000 + part[1] / 1000;
	return part[0] > 0;
}

static bool read_password(struct engine *e, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || file_read(path, &e->password) < 0)
		return fail(e, "fleet-password-file cannot be read");
	(void)buf_text(&e->password);
	return (st.st_mode & 077) == 0 || fail(e, "fleet-password-file can be read by others: chmod 600");
}

/* Reads the file: one line is the password, two are the user and the password. */
static void ask_password(struct engine *e)
{
	const char *text = e->password.ptr;
	size_t first = strcspn(text, "\n");
	size_t second = first < e->password.len ? strcspn(text + first + 1, "\n") : 0;

	if (second == 0)
		engine_ask(e, NULL, NULL, "AUTH %b", text, first);
	else
		engine_ask(e, NULL, NULL, "AUTH %b %b", text, first, text + first + 1, second);
}

static bool read_certificates(struct engine *e, const struct fleet_settings *settings, const struct fleet_url *url)
{
#if HAVE_HIREDIS_SSL
	char *host = mem_text_of(url->host, url->host_len);
	redisSSLContextError error = REDIS_SSL_CTX_NONE;

	redisInitOpenSSL();
	e->tls = redisCreateSSLContext(settings->ca, NULL, settings->cert, settings->key, host, &error);
	free(host);
	return e->tls != NULL || fail(e, redisSSLContextGetError(error));
#else
	(void)settings, (void)url;
	return fail(e, "TLS is missing: this mailban was built without hiredis_ssl");
#endif
}

bool engine_greet(struct engine *e)
{
#if HAVE_HIREDIS_SSL
	if (e->tls != NULL && redisInitiateSSLWithContext(e->redis, e->tls) != REDIS_OK)
		return fail_redis(e);
#endif
	if (e->password.ptr != NULL)
		ask_password(e);
	if (e->database != 0)
		engine_ask(e, NULL, NULL, "SELECT %u", e->database);
	engine_ask(e, take_time, e, "TIME");
	return engine_run(e) && e->time > 0;
}

/* A hanging resolver takes a minute and cannot be stopped. So a thread of its own connects. When the time is over, the
 * thread is left behind with all that it uses. */
struct call {
	char *host;
	unsigned port;
	struct timeval timeout;
	redisContext *redis;
	int done[2];             /* a pipe, whose end is closed when there is an answer */
};

static void *call(void *context)
{
	struct call *c = context;

	c->redis = c->port == 0 ? redisConnectUnixWithTimeout(c->host, c->timeout) :
		redisConnectWithTimeout(c->host, (int)c->port, c->timeout);
	close(c->done[1]);
	return NULL;
}

/* Returns the connection, or -1 after saying why there is none. */
static int reach(const struct fleet_url *url, int64_t deadline, struct buf *why)
{
	struct call *c = mem_zalloc(1, sizeof(*c));
	pthread_t thread;
	int fd = -1;

	c->host = mem_text_of(url->host, url->host_len);
	c->port = url->port;
	c->timeout.tv_sec = (deadline - clock_ms()) / 1000 + 1;
	if (pipe2(c->done, O_CLOEXEC) < 0 || pthread_create(&thread, NULL, call, c) != 0) {
		buf_add_text(why, "no thread can be started");
		return -1;
	}
	if (!clock_wait(c->done[0], POLLIN, deadline)) {
		pthread_detach(thread);
		buf_add_text(why, too_late);
		return -1;
	}
	pthread_join(thread, NULL);
	close(c->done[0]);
	if (c->redis != NULL && c->redis->err == 0)
		fd = redisFreeKeepFd(c->redis);
	else if (c->redis != NULL)
		buf_add_text(why, c->redis->errstr);
	if (c->redis != NULL && fd < 0)
		redisFree(c->redis);
	free(c->host);
	free(c);
	return fd;
}

struct engine *engine_over(int fd, int64_t milliseconds, struct buf *why)
{
	struct engine *e = mem_zalloc(1, sizeof(*e));

	/* writing to an engine that went away must not end the process */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	e->why = why;
	e->deadline = clock_ms() + milliseconds;
	e->redis = redisConnectFd(fd);
	if (e->redis == NULL) {
		buf_add_text(why, "no memory is left");
		close(fd);
		free(e);
		return NULL;
	}
	e->redis->flags &= ~REDIS_BLOCK;
	answer_shape(e->redis->reader);
	return e;
}

struct engine *engine_open(const struct fleet_settings *settings, struct buf *why)
{
	int64_t deadline = clock_ms() + settings->timeout * 1000;
	struct engine *e;
	struct fleet_url url;
	int fd;

	(void)fleet_parse_url(settings->url, &url);
	fd = reach(&url, deadline, why);
	if (fd < 0)
		return NULL;
	e = engine_over(fd, deadline - clock_ms(), why);
	if (e == NULL)
		return NULL;
	e->database = url.database;
	if ((!url.tls || read_certificates(e, settings, &url)) &&
	    (settings->password_file == NULL || read_password(e, settings->password_file)))
		return e;
	engine_close(e);
	return NULL;
}

void engine_begin_anew(struct engine *e, int64_t milliseconds)
{
	e->deadline = clock_ms() + milliseconds;
}

void engine_close(struct engine *e)
{
	if (e == NULL)
		return;
	redisFree(e->redis);
#if HAVE_HIREDIS_SSL
	redisFreeSSLContext(e->tls);
#endif
	buf_free(&e->password);
	free(e->queue);
	free(e);
}
#else
/* Without hiredis the setting is refused, and nobody has an engine. */
struct engine *engine_open(const struct fleet_settings *settings, struct buf *why)
{
	(void)settings, (void)why;
	return NULL;
}

bool engine_greet(struct engine *e)
{
	return e != NULL;
}

void engine_begin_anew(struct engine *e, int64_t milliseconds)
{
	(void)e, (void)milliseconds;
}

void engine_close(struct engine *e)
{
	(void)e;
}

int64_t engine_time(const struct engine *e)
{
	return e != NULL;
}

void engine_ask(struct engine *e, engine_take *take, void *context, const char *format, ...)
{
	(void)e, (void)take, (void)context, (void)format;
}

bool engine_run(struct engine *e)
{
	return e != NULL;
}

bool engine_is_alive(const struct engine *e)
{
	return e != NULL;
}
#endif
