/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allow: the allowlist's file, the texts of the system, and what is always in it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "list/allow.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

/* The entries in the order they were added, between blanks. */
static void assert_entries(const struct allow *allow, const char *expected)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < allow->count; i++) {
		if (i > 0)
			buf_add_char(&out, ' ');
		addr_add_to(&out, &allow->entries[i].net);
	}
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static char path[] = "/tmp/mailban-allow-XXXXXX";

static int read_at(struct allow *allow, const char *at)
{
	struct buf text = { 0 };
	int ret = allow_read_file(allow, at, &text);

	buf_free(&text);
	return ret;
}

static int read_file(struct allow *allow, const char *text)
{
	*allow = (struct allow){ 0 };
	assert_int_equal(file_replace(path, text, strlen(text), false), 0);
	return read_at(allow, path);
}

static void the_file_is_read(void **state)
{
	static const struct {
		const char *text, *entries; /* NULL: an error */
	} table[] = {
		{ "", "" },
		{ "# nobody\n\n   \n", "" },
		{ "192.0.2.7", "192.0.2.7" },
		{ "192.0.2.7 # office\n\t2001:db8::/32\r\n198.51.100.0/24#net\n", "192.0.2.7 2001:db8::/32 198.51.100.0/24" },
		{ "192.0.2.7\n192.0.2.300\n", NULL },
		{ "192.0.2.7/24\n", NULL },
		{ "192.0.2.7 198.51.100.7\n", NULL },
		{ "mail.example.com\n", "" }, /* a name, which each run resolves */
		{ "mail_example\n", NULL },
		{ "192.0.2.7 office\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct allow allow;
		int ret = read_file(&allow, table[i].text);

		assert_int_equal(ret, table[i].entries != NULL ? 0 : -1);
		if (ret == 0)
			assert_entries(&allow, table[i].entries);
		allow_free(&allow);
	}
	{
		struct allow allow = { 0 };

		assert_int_equal(unlink(path), 0);
		assert_int_equal(read_at(&allow, path), 0);
		assert_int_equal(allow.count, 0);
		assert_int_equal(read_at(&allow, "/tmp"), -1);
	}
}

/* Of several lines about one name the one that ends last counts: nobody is to be asked twice. */
static void the_ends_of_lines_are_read(void **state)
{
	struct allow allow;

	(void)state;
	assert_int_equal(read_file(&allow, "192.0.2.1 # until 2099-01-01T00:00Z, on loan\n192.0.2.2 # until spring\n"
					   "192.0.2.3 # until 2020-01-01T00:00Z\nA.example # until 2099-01-01T00:00Z\n"
					   "a.example # until 2098-01-01T00:00Z\na.example\na.example # again\n"
					   "192.0.2.4 # until 2098-12-31\n192.0.2.5 # until 2020-02-29\n"), 0);
	assert_entries(&allow, "192.0.2.1 192.0.2.2 192.0.2.4");
	assert_int_equal(allow.entries[0].until, INT64_C(4070908800));
	assert_true(allow.entries[1].until == WHEN_FOREVER);
	assert_int_equal(allow.entries[2].until, INT64_C(4070908800));
	assert_int_equal(allow.name_count, 1);
	assert_string_equal(allow.names[0].text, "A.example");
	assert_int_equal(allow.names[0].line, 6);
	assert_true(allow.names[0].until == WHEN_FOREVER);
	allow_take_answers(&allow, span_of("A.example 203.0.113.9\n"));
	assert_int_equal(allow.count, 4);
	assert_int_equal(allow.entries[3].line, 6);
	allow_free(&allow);
}

/* The kernel prints the number that the bytes make on this machine. */
static void gateways_are_read(void **state)
{
	struct allow allow = { 0 };
	struct buf text = { 0 };

	(void)state;
	buf_add_text(&text, "Iface\tDestination\tGateway \tFlags\tRefCnt\n");
	buf_addf(&text, "eth0\t00000000\t%08X\t0003\t0\n", inet_addr("192.0.2.1"));
	buf_addf(&text, "eth0\t%08X\t00000000\t0001\t0\n", inet_addr("192.0.2.0"));
	buf_addf(&text, "broken\n\neth1\t00000000\t0203\n");
	allow_read_routes4(&allow, (struct span){ text.ptr, text.len });
	assert_entries(&allow, "192.0.2.1");
	allow_free(&allow);
	allow_read_routes6(&allow, span_of(
		"00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
		"20010db8000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n"
		"20010db8000000000000000000000000 40 00000000000000000000000000000000 00 "
		"00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0\n"
		"short\n"));
	assert_entries(&allow, "2001:db8::1");
	allow_free(&allow);
	buf_free(&text);
}

static void resolvers_are_read(void **state)
{
	struct allow allow = { 0 };

	(void)state;
	allow_read_resolvers(&allow, span_of("# nameserver 192.0.2.1\ndomain example.com\nnameserver 192.0.2.53\n"
					     "nameserver\t2001:db8::53\nnameserver fe80::1%eth0\nnameserver dns.example\n"
					     "nameservers 192.0.2.2\nnameserver"));
	assert_entries(&allow, "192.0.2.53 2001:db8::53 fe80::1");
	allow_free(&allow);
}

static void mynetworks_are_read(void **state)
{
	struct allow allow = { 0 };

	(void)state;
	allow_read_mynetworks(&allow, span_of("127.0.0.0/8 [::ffff:127.0.0.0]/104, [::1]/128,192.0.2.0/24 2001:db8::/32 "
					      "!198.51.100.7 hash:/etc/postfix/networks /etc/postfix/nets 0.0.0.0/0 ::/0 x\n"));
	assert_entries(&allow, "127.0.0.0/8 127.0.0.0/8 ::1 192.0.2.0/24 2001:db8::/32");
	allow_free(&allow);
}

static void the_ssh_client_is_read(void **state)
{
	static const char environment[] = "HOME=/root\0XSSH_CONNECTION=192.0.2.66 1 192.0.2.1 22\0SSH_CONNECTION=\0"
					  "SSH_CONNECTION=192.0.2.77 51234 192.0.2.1 22\0SSH_CLIENT=2001:db8::7 51234 22\0A=b";
	struct allow allow = { 0 };

	(void)state;
	allow_read_environment(&allow, (struct span){ environment, sizeof(environment) });
	assert_entries(&allow, "192.0.2.77 2001:db8::7");
	allow_free(&allow);
	setenv("SSH_CONNECTION", "203.0.113.8 51234 192.0.2.1 22", 1);
	allow_add_ssh_client(&allow);
	assert_entries(&allow, "203.0.113.8");
	unsetenv("SSH_CONNECTION");
	allow_free(&allow);
}

static void some_are_always_allowed(void **state)
{
	char *also[] = { (char *)"198.51.100.0/24", (char *)"2001:db8:5::/48" };
	char *wrong[] = { (char *)"198.51.100.1/24" };
	struct allow_sources sources = { .path = path, .also = { also, 2, 0 } };
	static const struct {
		const char *net;
		int from; /* -1: may be banned */
	} table[] = {
		{ "127.0.0.1", ALLOW_LOOPBACK },     { "127.255.255.255", ALLOW_LOOPBACK }, { "::1", ALLOW_LOOPBACK },
		{ "126.0.0.0/7", ALLOW_LOOPBACK },   { "198.51.100.77", ALLOW_SETTING },    { "198.51.0.0/16", ALLOW_SETTING },
		{ "198.51.101.0", -1 },              { "2001:db8:5:6::/64", ALLOW_SETTING }, { "192.0.2.7", ALLOW_FILE },
		{ "192.0.2.0/24", ALLOW_FILE },      { "192.0.2.8", -1 },                   { "2001:db8:6::", -1 },
	};
	struct allow allow;

	(void)state;
	assert_int_equal(read_file(&allow, "192.0.2.7\n"), 0);
	allow_free(&allow);
	assert_int_equal(allow_gather(&allow, &sources), 0);
	for (size_t i = 0; i < COUNT(table); i++) {
		const struct allow_entry *entry;
		struct addr net;

		assert_true(addr_parse_net(&net, table[i].net, strlen(table[i].net)));
		entry = allow_overlapping(&allow, &net);
		assert_int_equal(entry != NULL ? (int)entry->from : -1, table[i].from);
		assert_int_equal(netset_overlaps(&allow.nets, &net), entry != NULL);
	}
	allow_free(&allow);
	sources.also = (struct texts){ wrong, 1, 0 };
	assert_int_equal(allow_gather(&allow, &sources), -1);
	allow_free(&allow);
	unlink(path);
}

static void private_ranges_are_known(void **state)
{
	static const struct {
		const char *a;
		bool private;
	} table[] = {
		{ "10.0.0.0", true },    { "10.255.255.255", true },  { "11.0.0.0", false },     { "172.15.255.255", false },
		{ "172.16.0.0", true },  { "172.31.255.255", true },  { "172.32.0.0", false },   { "192.168.0.1", true },
		{ "192.169.0.1", false }, { "169.254.1.1", true },    { "100.64.0.1", true },    { "100.128.0.1", false },
		{ "fe80::1", true },     { "fec0::1", false },        { "fd00::1", true },       { "2001:db8::1", false },
		{ "64:ff9b::c633:6401", true }, { "64:ff9b::/64", true }, { "64:ff9b:1::1", true }, { "64:ff9a::1", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct addr a;

		assert_true(addr_parse_net(&a, table[i].a, strlen(table[i].a)));
		assert_int_equal(allow_is_private(&a), table[i].private);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_is_read),
		cmocka_unit_test(the_ends_of_lines_are_read),
		cmocka_unit_test(gateways_are_read),
		cmocka_unit_test(resolvers_are_read),
		cmocka_unit_test(mynetworks_are_read),
		cmocka_unit_test(the_ssh_client_is_read),
		cmocka_unit_test(some_are_always_allowed),
		cmocka_unit_test(private_ranges_are_known),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
