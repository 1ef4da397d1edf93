/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owner_dns: a zone of the DNS that answers as asn.cymru.com does.
 *
 *	7.2.0.192.origin.ZONE TXT	"64496 | 192.0.2.0/24 | DE | ripencc | 2001-01-01"
 *	(nibbles).origin6.ZONE TXT	the same for IPv6
 *	AS64496.ZONE TXT		"64496 | DE | ripencc | 2001-01-01 | EXAMPLE, DE"
 *
 * The first server of /etc/resolv.conf is asked, by UDP (RFC 1035). All questions of a program share one length of
 * time, so that a server that does not answer costs that time once.
 */
#include "report/owner_inside.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/span.h"
#include "list/allow.h"

enum {
	TIME_IN_ALL = 3000, AGAIN = 1000,     /* milliseconds; until a question is asked again */
	PORT = 53, HEADER = 12, PACKET = 1232, LABEL = 63,
	TYPE_TXT = 16, CLASS_IN = 1,
	ANSWER = 0x80, WHY_NOT = 0x0f,        /* bits of the third and of the fourth byte */
};

struct owner_dns {
	const char *zone;
	int fd;                /* connected to the server; -1: there is none */
	int64_t end;           /* when the time for all questions ends; 0: no question yet */
};

/* A packet being read. */
struct packet {
	unsigned char bytes[PACKET];
	size_t len, at;
};

static bool parse_server(const char *line, struct sockaddr_in *v4, struct sockaddr_in6 *v6)
{
	char word[64];

	if (sscanf(line, "nameserver %63s", word) != 1)
		return false;
	*v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(PORT) };
	*v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
	return inet_pton(AF_INET, word, &v4->sin_addr) == 1 || inet_pton(AF_INET6, word, &v6->sin6_addr) == 1;
}

static int connect_to(const struct sockaddr *server, socklen_t len)
{
	int fd = socket(server->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, server, len) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int connect_server(void)
{
	FILE *file = fopen("/etc/resolv.conf", "re");
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	bool found = false;
	char line[256];

	while (file != NULL && !found && fgets(line, sizeof(line), file) != NULL)
		found = parse_server(line, &v4, &v6);
	if (file != NULL)
		(void)fclose(file);
	if (!found)
		return -1;
	return v4.sin_addr.s_addr != 0 ? connect_to((struct sockaddr *)&v4, sizeof(v4)) :
					 connect_to((struct sockaddr *)&v6, sizeof(v6));
}

struct owner_dns *owner_dns_open(const char *zone)
{
	struct owner_dns *dns = mem_zalloc(1, sizeof(*dns));

	dns->zone = zone;
	dns->fd = connect_server();
	return dns;
}

void owner_dns_close(struct owner_dns *dns)
{
	if (dns != NULL && dns->fd >= 0)
		close(dns->fd);
	free(dns);
}

/* ---- packets ---- */

static void add_number(struct buf *out, unsigned number)
{
	buf_add_char(out, (char)(number >> 8));
	buf_add_char(out, (char)(number & 255));
}

static bool add_name(struct buf *out, const char *name)
{
	while (*name != '\0') {
		size_t len = strcspn(name, ".");

		if (len == 0 || len > LABEL)
			return false;
		buf_add_char(out, (char)len);
		buf_add(out, name, len);
		name += len + (name[len] == '.');
	}
	buf_add_char(out, '\0');
	return out->len <= PACKET - 4;
}

static bool make_question(struct buf *out, const char *name, unsigned id)
{
	bool good;

	add_number(out, id);
	buf_add(out, "\1\0\0\1\0\0\0\0\0\0", HEADER - 2); /* recursion wanted, one question */
	good = add_name(out, name);
	add_number(out, TYPE_TXT);
	add_number(out, CLASS_IN);
	return good;
}

static unsigned take_number(struct packet *p)
{
	unsigned number = p->at + 2 <= p->len ? (unsigned)p->bytes[p->at] << 8 | p->bytes[p->at + 1] : 0;

	p->at += 2;
	return number;
}

static void skip_name(struct packet *p)
{
	while (p->at < p->len && p->bytes[p->at] != 0 && p->bytes[p->at] <= LABEL)
		p->at += 1U + p->bytes[p->at];
	/* the end, or two bytes that point to the rest */
	p->at += p->at < p->len && p->bytes[p->at] > LABEL ? 2 : 1;
}

/* The first text of the answers, NUL-terminated, of one string; false where there is none. */
static bool take_text(struct packet *p, unsigned answers, char text[256])
{
	for (unsigned i = 0; i < answers && p->at < p->len; i++) {
		unsigned type, len;

		skip_name(p);
		type = take_number(p);
		p->at += 6; /* the class, and how long the answer may be kept */
		len = take_number(p);
		if (type == TYPE_TXT && len > 0 && p->at + len <= p->len && p->bytes[p->at] < len) {
			memcpy(text, p->bytes + p->at + 1, p->bytes[p->at]);
			text[p->bytes[p->at]] = '\0';
			return true;
		}
		p->at += len;
	}
	return false;
}

/* Whether the packet is an answer to the question. Any other packet may come from anybody. */
static bool is_answer(const struct packet *p, const struct buf *question)
{
	return p->len >= question->len && memcmp(p->bytes, question->ptr, 2) == 0 && (p->bytes[2] & ANSWER) != 0 &&
	       memcmp(p->bytes + HEADER, question->ptr + HEADER, question->len - HEADER) == 0;
}

/* Waits for the answer until then. */
static bool receive(const struct owner_dns *dns, const struct buf *question, int64_t until, struct packet *p)
{
	while (clock_wait(dns->fd, POLLIN, until)) {
		ssize_t got = recv(dns->fd, p->bytes, sizeof(p->bytes), 0);

		if (got < 0)
			return false;
		p->len = (size_t)got;
		if (is_answer(p, question))
			return true;
	}
	return false;
}

static bool ask(const struct owner_dns *dns, const struct buf *question, struct packet *p)
{
	bool got = false;

	while (!got && clock_ms() < dns->end) {
		int64_t again = clock_ms() + AGAIN;

		if (send(dns->fd, question->ptr, question->len, 0) < 0)
			return false;
		got = receive(dns, question, again < dns->end ? again : dns->end, p);
	}
	return got && (p->bytes[3] & WHY_NOT) == 0;
}

static bool text_of(struct owner_dns *dns, const char *name, char text[256])
{
	FREED_BY(buf_free) struct buf question = { 0 };
	struct packet p = { 0 };
	uint16_t id = 0;
	bool good;

	if (dns->end == 0)
		dns->end = clock_ms() + TIME_IN_ALL;
	good = dns->fd >= 0 && getrandom(&id, sizeof(id), 0) == (ssize_t)sizeof(id) &&
	       make_question(&question, name, id) && ask(dns, &question, &p);
	if (good) {
		p.at = 6;
		unsigned answers = take_number(&p);

		p.at = question.len;
		good = take_text(&p, answers, text);
	}
	return good;
}

/* ---- what the answers say ---- */

/* The field between bars, from 0, without blanks around it. */
static struct span field_of(const char *text, unsigned number)
{
	size_t len;

	for (; number > 0 && *text != '\0'; number--) {
		text += strcspn(text, "|");
		text += *text == '|';
	}
	text += strspn(text, " ");
	len = strcspn(text, "|");
	while (len > 0 && text[len - 1] == ' ')
		len--;
	return (struct span){ text, len };
}

static void name_of_addr(struct buf *name, const struct addr *addr, const char *zone)
{
	bool v4 = addr_is_v4(addr);

	for (unsigned i = 0; i < (v4 ? 4U : 32U); i++) {
		if (v4)
			buf_addf(name, "%u.", (unsigned)(addr->lo >> 8 * i & 255));
		else
			buf_addf(name, "%x.", (unsigned)((i < 16 ? addr->lo : addr->hi) >> 4 * (i % 16) & 15));
	}
	buf_addf(name, "%s.%s", v4 ? "origin" : "origin6", zone);
}

static void take_name(struct owner_dns *dns, struct owner *owner)
{
	FREED_BY(buf_free) struct buf name = { 0 };
	char text[256];

	buf_addf(&name, "AS%u.%s", owner->as, dns->zone);
	if (text_of(dns, buf_text(&name), text)) {
		struct span said = field_of(text, 4);

		snprintf(owner->name, sizeof(owner->name), "%.*s", (int)said.len, said.ptr);
	}
}

void owner_dns_find(struct owner_dns *dns, const struct addr *addr, struct owner *owner)
{
	FREED_BY(buf_free) struct buf name = { 0 };
	char text[256];

	if (allow_is_private(addr))
		return;
	name_of_addr(&name, addr, dns->zone);
	if (text_of(dns, buf_text(&name), text)) {
		struct span country = field_of(text, 2);

		/* the first AS, where there are several */
		owner->as = (uint32_t)strtoul(text, NULL, 10);
		owner_set_country(owner, country.ptr, country.len);
		if (owner->as != 0)
			take_name(dns, owner);
	}
}
