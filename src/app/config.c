/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config: the settings as commands see them.
 *
 * The file is read by the table of app/settings; the command line goes over it. The program runs with no configuration
 * at all. Every wrong value is an error with file and line; nothing is ever ignored or put right in silence.
 */
#include "app/config.h"

#include <confuse.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/settings.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"
#include "base/when.h"

__attribute__((format(printf, 2, 0))) static void tell_error(cfg_t *cfg, const char *format, va_list args)
{
	const struct conf_told told = { CONFIG_FILE, "mailban.conf(5)", "setting", settings_former };

	conf_tell(cfg, &told, format, args);
}

static void replace(char **text, const char *option)
{
	if (option == NULL)
		return;
	free(*text);
	*text = mem_text(option);
}

/* Ends of bans are kept in 32 bits, so no time is longer than a hundred years. */
static void bound(int64_t *seconds)
{
	const int64_t most = INT64_C(36500) * WHEN_DAY;

	if (*seconds > most)
		*seconds = most;
}

/* Completes the settings of the judgement, and checks that they agree with each other. */
static int finish_judge(struct config *config, cfg_t *cfg)
{
	struct judge_settings *judge = &config->judge;
	const char *wrong;

	bound(&judge->known);
	bound(&judge->forget);
	bound(&judge->ban_least);
	bound(&judge->ban_most);
	judge_settings_networks(judge, config->networks);
	/* where IPv6 addresses are judged by networks as wide as the usual aggregate, that aggregate is left out */
	if (judge->ipv6_prefix <= judge->aggregates[1].prefix && judge->aggregate_count == 2)
		judge->aggregate_count = 1;
	for (size_t i = 0; i < config->aggregate.count; i++)
		(void)judge_settings_aggregate(judge, config->aggregate.texts[i], i == 0);
	wrong = judge_settings_check(judge);
	if (wrong != NULL)
		cfg_error(cfg, "%s", wrong);
	return wrong != NULL ? EXIT_USAGE : EXIT_ALL_WELL;
}

static unsigned processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

/* Whether one set has the name of the other one's temporary, and would be removed as a leftover. */
static bool is_temporary_of(const char *name, const char *set)
{
	size_t len = strlen(set);

	return strncmp(name, set, len) == 0 && strcmp(name + len, "-new") == 0;
}

/* Whether both paths lead to one place, by links or by another way to write it. */
static bool is_one_file(const char *a, const char *b)
{
	FREED_BY(mem_free) char *x = file_resolve(a), *y = file_resolve(b);

	return strcmp(x, y) == 0;
}

/* Where two of the files were one, the second would overwrite the first. */
static int check_names(const struct config *config)
{
	if (is_one_file(config->blacklist, config->state) || is_one_file(config->blacklist, config->allow) ||
	    is_one_file(config->state, config->allow)) {
		msg("blacklist, state and allow are to be three files; two of them are one");
		return EXIT_USAGE;
	}
	if (strcmp(config->set4, config->set6) == 0) {
		msg("set4 and set6 are to be two sets; both are called %s", config->set4);
		return EXIT_USAGE;
	}
	if (is_temporary_of(config->set4, config->set6) || is_temporary_of(config->set6, config->set4)) {
		msg("set4 and set6 are not to differ by -new alone: so a set is called while it is made anew");
		return EXIT_USAGE;
	}
	return EXIT_ALL_WELL;
}

/* Names in certificates are not compared: only an authority of the fleet's own shows who the engine is. */
static int check_fleet(const struct config *config, cfg_t *cfg)
{
	const struct fleet_settings *fleet = &config->fleet;
	struct fleet_url url;
	const char *wrong = NULL;

	if (fleet->url != NULL && fleet_parse_url(fleet->url, &url) && url.tls && fleet->ca == NULL)
		wrong = "fleet: rediss:// needs the setting fleet-ca";
	else if ((fleet->cert == NULL) != (fleet->key == NULL))
		wrong = "fleet-cert and fleet-key go together";
	if (wrong != NULL)
		cfg_error(cfg, "%s", wrong);
	return wrong != NULL ? EXIT_USAGE : EXIT_ALL_WELL;
}

/* The host's name for the fleet. A host's name may have bytes that a name in a fleet may not. */
static char *host_name(void)
{
	char name[FLEET_NAME_MAX + 1] = "";

	if (gethostname(name, sizeof(name)) < 0 || name[0] == '\0')
		return mem_text("localhost");
	for (char *c = name; *c != '\0'; c++) {
		if (!fleet_is_name(c, 1))
			*c = '-';
	}
	return mem_text(name);
}

static int take(struct config *config, cfg_t *cfg, const struct options *options)
{
	settings_take(config, cfg);
	replace(&config->blacklist, options->blacklist);
	replace(&config->state, options->state);
	replace(&config->allow, options->allow);
	replace(&config->rules, options->rules);
	if (config->fleet.name == NULL)
		config->fleet.name = host_name();
	if (options->threads > 0)
		config->threads = options->threads;
	if (config->threads == 0)
		config->threads = processors();
	if (check_names(config) != EXIT_ALL_WELL || check_fleet(config, cfg) != EXIT_ALL_WELL ||
	    finish_judge(config, cfg) != EXIT_ALL_WELL)
		return EXIT_USAGE;
	/* TZ unset makes the C library look at /etc/localtime again at each call */
	if (config->timezone != NULL)
		setenv("TZ", config->timezone, 1);
	else
		setenv("TZ", ":/etc/localtime", 0);
	return EXIT_ALL_WELL;
}

/* A larger file is none. It may have no end, as /dev/full has none. */
enum { CONFIG_MOST = 16 << 20 };

static int parse(cfg_t *cfg, const struct options *options)
{
	const char *path = options->config != NULL ? options->config : CONFIG_FILE;
	FREED_BY(buf_free) struct buf text = { 0 };
	int error;

	/* the usual file may be missing; a file that the options name must exist */
	if (options->config == NULL && access(path, F_OK) < 0 && errno == ENOENT) {
		cfg->filename = NULL;
		return 0;
	}
	error = file_read_any(path, CONFIG_MOST, &text);
	if (error < 0)
		msg("%s: %s; name a configuration that can be read", path, strerror(-error));
	else if (text.len > CONFIG_MOST)
		msg("%s: is larger than %u MB; name a configuration", path, CONFIG_MOST >> 20);
	else if (memchr(text.ptr, '\0', text.len) != NULL)
		msg("%s: holds NUL bytes; a configuration is text", path);
	else if (conf_parse(cfg, path, &text) == CFG_SUCCESS)
		return 0;
	return -1;
}

/* Files that root obeys, and files that root writes to, must be root's. */
static int check_owners(const struct config *config, const struct options *options)
{
	const char *paths[] = { options->config != NULL ? options->config : CONFIG_FILE, config->allow, config->rules,
				config->blacklist, config->state };
	FREED_BY(buf_free) struct buf why = { 0 };

	for (size_t i = 0; i < LENGTH_OF(paths); i++) {
		if (file_is_own(paths[i], &why))
			continue;
		msg("%s; root uses no %s that others can change: see its owner and mode", buf_text(&why), paths[i]);
		return EXIT_USAGE;
	}
	return EXIT_ALL_WELL;
}

int config_load(struct config *config, const struct options *options)
{
	cfg_t *cfg = settings_open();
	int ret = EXIT_USAGE;

	*config = (struct config){ 0 };
	cfg_set_error_function(cfg, tell_error);
	if (parse(cfg, options) == 0)
		ret = take(config, cfg, options);
	if (ret == EXIT_ALL_WELL)
		ret = check_owners(config, options);
	cfg_free(cfg);
	return ret;
}

void config_free(struct config *config)
{
	settings_free(config);
	*config = (struct config){ 0 };
}

char *config_remembered(const struct config *config)
{
	const char *slash = strrchr(config->state, '/');
	struct buf path = { 0 };

	buf_add(&path, config->state, slash != NULL ? (size_t)(slash + 1 - config->state) : 0);
	buf_add_text(&path, "firewall");
	return buf_take(&path);
}

bool config_is_there(const char *path, const char *usual)
{
	if (strcmp(path, usual) == 0 || access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR))
		return true;
	msg("%s: %s; only %s may be missing: mend the name, or make it", path, strerror(errno), usual);
	return false;
}

static int read_time(const char *option, const char *text, int64_t *time_of)
{
	int64_t ago;

	/* files have forever for a minute, but nothing happened before or after it */
	if (text == NULL || (when_parse_minute(text, strlen(text), time_of) && *time_of != WHEN_FOREVER))
		return EXIT_ALL_WELL;
	if (!when_parse_duration(text, &ago) || ago == WHEN_FOREVER) {
		msg("--%s %s: is no time; write how long ago (90m, 12h, 3d) or a minute (2026-11-21T03:17Z)", option,
		    text);
		return EXIT_USAGE;
	}
	*time_of = time(NULL) - ago;
	return EXIT_ALL_WELL;
}

int config_since(const char *text, int64_t *since)
{
	*since = WHEN_UNKNOWN;
	return read_time("since", text, since);
}

int config_until(const char *text, int64_t *until)
{
	*until = INT64_MAX;
	return read_time("until", text, until);
}

char *config_answers(const struct config *config)
{
	return file_beside(config->state, ".names");
}

static void take_answers(const struct config *config, struct allow *allow)
{
	FREED_BY(mem_free) char *path = config_answers(config);
	FREED_BY(buf_free) struct buf text = { 0 };
	int ret = file_read_own(path, &text);

	if (ret == 0)
		allow_take_answers(allow, buf_span(&text));
	else if (ret == -EPERM)
		msg("%s: others than root can change it, so that it allows nobody: see its owner and mode", path);
	netset_finish(&allow->nets);
}

int config_gather_allow(const struct config *config, struct allow *allow)
{
	const struct allow_sources sources = {
		.path = config->allow, .also = config->allow_also, .mynetworks = config->mynetworks,
	};

	if (!config_is_there(config->allow, CONFIG_ALLOW) || allow_gather(allow, &sources) < 0)
		return -1;
	if (allow->name_count > 0)
		take_answers(config, allow);
	return 0;
}
