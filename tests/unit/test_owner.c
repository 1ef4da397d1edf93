/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "report/owner.h"

#if HAVE_LIBLOC
#include <time.h>
#include <libloc/writer.h>
#endif

static char folder[] = "/tmp/mailban-owner-XXXXXX", database[64], geoip[64], geoip6[64];

/* "DE, AS64496 Example Ltd", or nothing. */
static void assert_owner(struct owners *owners, const char *text, const char *expected)
{
	struct addr addr;
	struct owner owner;
	struct buf out = { 0 };

	assert_true(addr_parse_net(&addr, text, strlen(text)));
	assert_int_equal(owners_find(owners, &addr, &owner), expected[0] != '\0');
	owner_add_text(&out, &owner);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) >= 0, 1);
	assert_int_equal(fclose(file), 0);
}

static int begin(void **unused)
{
	(void)unused;
	assert_non_null(mkdtemp(folder));
	snprintf(database, sizeof(database), "%s/database.db", folder);
	snprintf(geoip, sizeof(geoip), "%s/geoip", folder);
	snprintf(geoip6, sizeof(geoip6), "%s/geoip6", folder);
	/* 192.0.2.0/25, 192.0.2.128/25, 203.0.113.0/24 */
	write_file(geoip, "# a comment\n#\n3221225984,3221226111,DE\n3221226112,3221226239,??\n3405803776,3405804031,AT\n");
	write_file(geoip6, "# a comment\n2001:db8::,2001:db8:0:ffff:ffff:ffff:ffff:ffff,NL\n"
			   "2001:db8:2::,2001:db8:2:ffff:ffff:ffff:ffff:ffff,FR\n");
	return 0;
}

static int end(void **unused)
{
	(void)unused;
	unlink(database);
	unlink(geoip);
	unlink(geoip6);
	return rmdir(folder);
}

static void countries_are_found_in_text(void **unused)
{
	char *files[] = { database, geoip, geoip6 };
	struct owners_settings settings = { .from = OWNERS_FILES, .files = { files, 3, 0 } };
	struct owners *owners = owners_open(&settings);

	(void)unused;
	assert_owner(owners, "192.0.1.255", "");
	assert_owner(owners, "192.0.2.0", "DE");
	assert_owner(owners, "192.0.2.127", "DE");
	assert_owner(owners, "192.0.2.128", "");
	assert_owner(owners, "192.0.3.0", "");
	assert_owner(owners, "203.0.113.0/24", "AT");
	assert_owner(owners, "203.0.114.0", "");
	assert_owner(owners, "2001:db8::/64", "NL");
	assert_owner(owners, "2001:db8:1::", "");
	assert_owner(owners, "2001:db8:2::1", "FR");
	assert_owner(owners, "::1", "");
	owners_close(owners);
}

static void nothing_is_known_where_nobody_is_to_be_asked(void **unused)
{
	char *files[] = { geoip };
	struct owners_settings settings = { .from = OWNERS_NONE, .files = { files, 1, 0 } };
	struct owners *owners = owners_open(&settings);

	(void)unused;
	assert_owner(owners, "192.0.2.0", "");
	assert_owner(NULL, "192.0.2.0", "");
	owners_close(owners);
	owners_close(NULL);
}

#if HAVE_LIBLOC
static void add_network(struct loc_writer *writer, const char *net, const char *country, uint32_t as)
{
	struct loc_network *network = NULL;

	assert_int_equal(loc_writer_add_network(writer, &network, net), 0);
	if (country != NULL)
		assert_int_equal(loc_network_set_country_code(network, country), 0);
	assert_int_equal(loc_network_set_asn(network, as), 0);
	loc_network_unref(network);
}

static void write_database(void)
{
	struct loc_ctx *context = NULL;
	struct loc_writer *writer = NULL;
	struct loc_as *as = NULL;
	FILE *file = fopen(database, "w+");

	assert_non_null(file);
	assert_int_equal(loc_new(&context), 0);
	assert_int_equal(loc_writer_new(context, &writer, NULL, NULL), 0);
	assert_int_equal(loc_writer_add_as(writer, &as, 64496), 0);
	assert_int_equal(loc_as_set_name(as, "Example \x1b[31mLtd"), 0);
	loc_as_unref(as);
	add_network(writer, "192.0.2.0/24", "CH", 64496);
	add_network(writer, "2001:db8::/32", "CH", 64497);
	add_network(writer, "198.51.100.0/24", NULL, 0);
	assert_int_equal(loc_writer_write(writer, file, LOC_DATABASE_VERSION_1), 0);
	assert_int_equal(fclose(file), 0);
	loc_writer_unref(writer);
	loc_unref(context);
}

static void owners_are_found_by_libloc_first(void **unused)
{
	char *files[] = { database, geoip, geoip6 };
	struct owners_settings settings = { .from = OWNERS_FILES, .files = { files, 3, 0 } };
	struct owners *owners;

	(void)unused;
	write_database();
	owners = owners_open(&settings);
	assert_owner(owners, "192.0.2.1", "CH, AS64496 Example \\x1b[31mLtd");
	assert_owner(owners, "2001:db8::1", "CH, AS64497");
	assert_owner(owners, "198.51.100.1", "");
	assert_owner(owners, "203.0.113.1", "AT");
	owners_close(owners);
}

static void a_damaged_database_knows_nothing(void **unused)
{
	char *files[] = { database, geoip };
	struct owners_settings settings = { .from = OWNERS_FILES, .files = { files, 2, 0 } };
	struct owners *owners;

	(void)unused;
	assert_int_equal(truncate(database, 300), 0);
	owners = owners_open(&settings);
	assert_owner(owners, "192.0.2.1", "DE");
	owners_close(owners);
	write_file(database, "LOCDBXX");
	owners = owners_open(&settings);
	assert_owner(owners, "192.0.2.1", "DE");
	owners_close(owners);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(countries_are_found_in_text),
		cmocka_unit_test(nothing_is_known_where_nobody_is_to_be_asked),
#if HAVE_LIBLOC
		cmocka_unit_test(owners_are_found_by_libloc_first),
		cmocka_unit_test(a_damaged_database_knows_nothing),
#endif
	};

	return cmocka_run_group_tests(tests, begin, end);
}
