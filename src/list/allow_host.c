/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * allow_host: addresses that only this host knows and that must never be banned.
 *
 * They are the addresses of its interfaces, its gateways and resolvers, and the networks that its Postfix relays for.
 * The client of the SSH session is one, too: the environment names it or, where sudo has cleared that, the environment
 * of a process above. A file that is missing or not ours to read is passed over in silence, since each source is only
 * one of several. A source that fails is told: it may hold an own network.
 */
#define _GNU_SOURCE
#include "list/allow.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/command.h"
#include "base/file.h"
#include "base/msg.h"

enum {
	ANCESTORS_MAX = 32,
	READ_MAX = 1 << 20,
	POSTCONF_MAX = 10000, /* milliseconds: the lock of the blacklist is held meanwhile */
};

/* Reads a file of the system in the place of the bytes in out. Returns 0 or -errno. */
static int read_system_file(const char *path, struct buf *out)
{
	buf_clear(out);
	return file_read_any(path, READ_MAX, out);
}

static void tell_unknown(struct allow *allow, const char *what, int error)
{
	msg("%s: %s; who of this host's own is never to be banned is not known in full", what, strerror(error));
	allow->incomplete = true;
}

static void add_interface(struct allow *allow, const struct sockaddr *address)
{
	struct addr a;

	if (address != NULL && address->sa_family == AF_INET)
		a = addr_of_v4((const unsigned char *)&((const struct sockaddr_in *)(const void *)address)->sin_addr);
	else if (address != NULL && address->sa_family == AF_INET6)
		a = addr_of_v6((const unsigned char *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
	else
		return;
	allow_add(allow, &a, ALLOW_OWN);
}

void allow_add_host(struct allow *allow)
{
	static const struct {
		const char *path;
		void (*take)(struct allow *allow, struct span text);
	} files[] = {
		{ "/proc/net/route", allow_read_routes4 },
		{ "/proc/net/ipv6_route", allow_read_routes6 },
		{ "/etc/resolv.conf", allow_read_resolvers },
		/* for a resolv.conf that names only the local forwarder */
		{ "/run/systemd/resolve/resolv.conf", allow_read_resolvers },
	};
	static const char *const loopback[] = { "127.0.0.0/8", "::1" };
	struct ifaddrs *interfaces;
	FREED_BY(buf_free) struct buf text = { 0 };

	for (size_t i = 0; i < LENGTH_OF(loopback); i++) {
		struct addr net;

		if (addr_parse_net(&net, loopback[i], strlen(loopback[i])))
			allow_add(allow, &net, ALLOW_LOOPBACK);
	}
	if (getifaddrs(&interfaces) == 0) {
		for (const struct ifaddrs *one = interfaces; one != NULL; one = one->ifa_next)
			add_interface(allow, one->ifa_addr);
		freeifaddrs(interfaces);
	} else {
		tell_unknown(allow, "the addresses of this host", errno);
	}
	for (size_t i = 0; i < LENGTH_OF(files); i++) {
		int ret = read_system_file(files[i].path, &text);

		if (ret < 0 && ret != -ENOENT && ret != -ENOTDIR && ret != -EACCES)
			tell_unknown(allow, files[i].path, -ret);
		files[i].take(allow, buf_span(&text));
	}
}

void allow_add_mynetworks(struct allow *allow)
{
	/* cron's PATH is short, and this may run as root: so no PATH */
	static const char *const paths[] = { "/usr/sbin/postconf", "/usr/local/sbin/postconf", "/usr/bin/postconf" };
	char *arguments[] = { NULL, (char *)"-xh", (char *)"mynetworks", NULL };
	FREED_BY(buf_free) struct buf text = { 0 }, why = { 0 };
	size_t i = 0;

	while (i < LENGTH_OF(paths) && access(paths[i], X_OK) < 0)
		i++;
	if (i == LENGTH_OF(paths))
		return;
	arguments[0] = (char *)paths[i];
	if (command_read(arguments, POSTCONF_MAX, &text, &why)) {
		allow_read_mynetworks(allow, buf_span(&text));
	} else {
		msg("%s %s, so that Postfix's mynetworks are not known; mend main.cf, or set mynetworks = false",
		    paths[i], buf_text(&why));
		allow->incomplete = true;
	}
}

/* The process above; 0: there is none, or it is not known. */
static long parent_of(long pid)
{
	FREED_BY(buf_free) struct buf text = { 0 };
	char path[64];
	const char *behind;
	long parent = 0;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	(void)read_system_file(path, &text);
	/* "PID (NAME) STATE PARENT ...", where NAME may hold anything */
	behind = strrchr(buf_text(&text), ')');
	if (behind == NULL || sscanf(behind, ") %*c %ld", &parent) != 1)
		parent = 0;
	return parent;
}

void allow_add_ssh_client(struct allow *allow)
{
	const char *own = getenv("SSH_CONNECTION");
	FREED_BY(buf_free) struct buf text = { 0 };
	long pid = (long)getppid();

	if (own == NULL)
		own = getenv("SSH_CLIENT");
	if (own != NULL) {
		allow_read_ssh(allow, (struct span){ own, strlen(own) });
		return;
	}
	for (unsigned i = 0; i < ANCESTORS_MAX && pid > 1; i++) {
		size_t before = allow->count;
		char path[64];

		snprintf(path, sizeof(path), "/proc/%ld/environ", pid);
		(void)read_system_file(path, &text);
		allow_read_environment(allow, buf_span(&text));
		if (allow->count > before)
			break;
		pid = parent_of(pid);
	}
}
