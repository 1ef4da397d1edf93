/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config: the settings.
 *
 * libconfuse reads the file; defaults are those of the judgement (judge/settings) and of the table below, so
 * that the program runs with no configuration at all. The command line goes over the file. Every wrong value
 * is an error with file and line; nothing is ever ignored or put right in silence.
 */
#include "app/config.h"

#include <confuse.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "addr/addr.h"
#include "base/conf.h"
#include "base/mem.h"
#include "base/msg.h"
#include "base/when.h"

/* Values that libconfuse cannot check. It calls this at the place, so that file and line are at hand. */
static int fault(cfg_t *cfg, const cfg_opt_t *opt, const char *what)
{
	cfg_error(cfg, "%s: %s", opt->name, what);
	return -1;
}

static int check_duration(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	int64_t seconds;

	if (!when_parse_duration(text, &seconds))
		return fault(cfg, opt, "is not a length of time such as 90m, 12h, 1d, 1w");
	return 0;
}

static int check_number(cfg_t *cfg, cfg_opt_t *opt)
{
	static const struct {
		const char *name;
		long lowest, highest;
	} bounds[] = {
		{ "threads", 0, 1024 }, { "ipv6-prefix", 16, 128 }, { "max-prefix", 1, 32 }, { "max-prefix6", 1, 128 },
		{ "networks", 0, 1000 }, { "accounts", 1000, 1000000000 },
	};
	long value = cfg_opt_getnint(opt, 0), lowest = 0, highest = INT32_MAX;

	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++) {
		if (strcmp(bounds[i].name, opt->name) == 0) {
			lowest = bounds[i].lowest;
			highest = bounds[i].highest;
		}
	}
	if (value >= lowest && value <= highest)
		return 0;
	cfg_error(cfg, "%s: is not a number from %ld to %ld", opt->name, lowest, highest);
	return -1;
}

static int check_points(cfg_t *cfg, cfg_opt_t *opt)
{
	double value = cfg_opt_getnfloat(opt, 0);

	if (value >= 0 && value <= 1000)
		return 0;
	return fault(cfg, opt, "is not a number of points from 0 to 1000");
}

static int check_threshold(cfg_t *cfg, cfg_opt_t *opt)
{
	double value = cfg_opt_getnfloat(opt, 0);

	if (value >= 2 && value <= 1000)
		return 0;
	return fault(cfg, opt, "is not a number of points from 2 to 1000");
}

/* Points fade over lengths of time that a person can oversee. */
static int check_half_life(cfg_t *cfg, cfg_opt_t *opt)
{
	int64_t seconds;

	if (!when_parse_duration(cfg_opt_getstr(opt), &seconds) || seconds < 60 || seconds > 366 * 86400)
		return fault(cfg, opt, "is not a length of time from 1m to 366d");
	return 0;
}

/* A setting that was: what to say instead. */
static const struct {
	const char *name, *successor;
} former_settings[] = {
	{ "repeat", "the same name again counts less by itself (mailban.conf(5), JUDGING)" },
	{ "known-threshold", "a name that logs in counts less by itself (mailban.conf(5), JUDGING)" },
	{ "known-window", "say how points fade with half-life" },
	{ "breach-users", "a breach is told by itself (mailban.conf(5), JUDGING)" },
	{ "attack-addresses", "users under attack are told by themselves" },
	{ "attack-window", "users under attack are told by themselves" },
	{ "ban-sprayers", "failures for a user under attack count double by themselves" },
	{ "net-hosts", "say networks" },
	{ "collapse", "mailban export collapsed joins neighbours" },
};

static int refuse_former(cfg_t *cfg, cfg_opt_t *opt)
{
	for (size_t i = 0; i < sizeof(former_settings) / sizeof(*former_settings); i++) {
		if (strcmp(opt->name, former_settings[i].name) == 0)
			cfg_error(cfg, "%s is no setting any more: %s", opt->name, former_settings[i].successor);
	}
	return -1;
}

static int refuse_class(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_error(cfg,
		  "%s is no setting any more: say threshold, half-life, points { auth = ... }, ban-least and ban-most",
		  opt->name);
	return -1;
}

static int check_aggregate(cfg_t *cfg, cfg_opt_t *opt)
{
	struct judge_settings trial;
	const char *wrong;

	if (cfg_opt_size(opt) > JUDGE_AGGREGATES)
		return fault(cfg, opt, "holds more than eight prefixes");
	judge_settings_defaults(&trial);
	wrong = judge_settings_aggregate(&trial, cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1), true);
	return wrong == NULL ? 0 : fault(cfg, opt, wrong);
}

/* A name of the zone database, or a rule such as CET-1CEST (POSIX, environment variable TZ). */
static int check_timezone(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *zone = cfg_opt_getstr(opt);
	size_t letters = strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
	char path[300];

	if (letters >= 3 && zone[letters] != '\0' && strchr("+-0123456789", zone[letters]) != NULL)
		return 0;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", zone);
	if (strcmp(zone, "UTC") == 0 || (zone[0] != '\0' && strstr(zone, "..") == NULL && access(path, R_OK) == 0))
		return 0;
	return fault(cfg, opt, "is no time zone that this host knows");
}

static int check_net(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	struct addr ignored;

	return addr_parse_net(&ignored, text, strlen(text)) ? 0
							    : fault(cfg, opt, "holds what is no address or network");
}

static int check_path(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	return text != NULL && text[0] != '\0' ? 0 : fault(cfg, opt, "is empty");
}

static int check_set(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getstr(opt);

	/* IPSET_MAXNAMELEN is 32 with the NUL (linux/netfilter/ipset/ip_set.h); "-new" is put behind */
	return text[0] != '\0' && strlen(text) <= 27 ? 0 : fault(cfg, opt, "is not a name of 1 to 27 bytes");
}

static const char *const backends[] = { [FIREWALL_AUTO] = "auto", [FIREWALL_IPSET] = "ipset",
					[FIREWALL_NFTABLES] = "nftables" };

static bool parse_backend(enum firewall_backend *backend, const char *text)
{
	for (size_t i = 0; i < sizeof(backends) / sizeof(*backends); i++) {
		*backend = (enum firewall_backend)i;
		if (strcmp(text, backends[i]) == 0)
			return true;
	}
	return false;
}

static int check_backend(cfg_t *cfg, cfg_opt_t *opt)
{
	enum firewall_backend ignored;

	return parse_backend(&ignored, cfg_opt_getstr(opt)) ? 0
							    : fault(cfg, opt, "is not one of auto, ipset, nftables");
}

/* What each event of a class weighs. */
static cfg_opt_t points_options[] = {
	CFG_FLOAT("auth", 1, CFGF_NONE),
	CFG_FLOAT("helo", 5, CFGF_NONE),
	CFG_FLOAT("probe", 1, CFGF_NONE),
	CFG_FLOAT("unknown", 0.5, CFGF_NONE),
	CFG_FLOAT("reject", 0.25, CFGF_NONE),
	CFG_END(),
};

/* Of the former model: they are read to be refused with their successor. */
static cfg_opt_t class_options[] = {
	CFG_STR("threshold", NULL, CFGF_NODEFAULT),
	CFG_STR("window", NULL, CFGF_NODEFAULT),
	CFG_STR_LIST("ban", NULL, CFGF_NODEFAULT),
	CFG_END(),
};

static cfg_opt_t options_table[] = {
	CFG_STR_LIST("log", NULL, CFGF_NODEFAULT),
	CFG_STR("blacklist", CONFIG_FOLDER "/blacklist", CFGF_NONE),
	CFG_STR("state", CONFIG_FOLDER "/state", CFGF_NONE),
	CFG_STR("allow", CONFIG_ALLOW, CFGF_NONE),
	CFG_STR("rules", CONFIG_RULES, CFGF_NONE),
	CFG_STR_LIST("allow-also", NULL, CFGF_NODEFAULT),
	CFG_BOOL("mynetworks", cfg_true, CFGF_NONE),
	CFG_STR("timezone", NULL, CFGF_NODEFAULT),
	CFG_INT("threads", 0, CFGF_NONE),
	CFG_STR("lock-wait", "60s", CFGF_NONE),
	CFG_STR("set4", "mailban4", CFGF_NONE),
	CFG_STR("set6", "mailban6", CFGF_NONE),
	CFG_STR("backend", "auto", CFGF_NONE),
	CFG_FLOAT("threshold", 5, CFGF_NONE),
	CFG_STR("half-life", "4d", CFGF_NONE),
	CFG_SEC("points", points_options, CFGF_NONE),
	CFG_STR("known", "30d", CFGF_NONE),
	CFG_STR("forget", "36d", CFGF_NONE),
	CFG_STR("ban-least", "0", CFGF_NONE),
	CFG_STR("ban-most", "182d", CFGF_NONE),
	CFG_INT("networks", 8, CFGF_NONE),
	CFG_STR_LIST("aggregate", NULL, CFGF_NODEFAULT),
	CFG_INT("ipv6-prefix", 64, CFGF_NONE),
	CFG_BOOL("ban-private", cfg_false, CFGF_NONE),
	CFG_INT("max-new", 100000, CFGF_NONE),
	CFG_INT("max-prefix", 16, CFGF_NONE),
	CFG_INT("max-prefix6", 32, CFGF_NONE),
	CFG_BOOL("renew", cfg_true, CFGF_NONE),
	CFG_INT("accounts", 1000000, CFGF_NONE),
	CFG_STR("repeat", NULL, CFGF_NODEFAULT),
	CFG_STR("known-threshold", NULL, CFGF_NODEFAULT),
	CFG_STR("known-window", NULL, CFGF_NODEFAULT),
	CFG_STR("breach-users", NULL, CFGF_NODEFAULT),
	CFG_STR("attack-addresses", NULL, CFGF_NODEFAULT),
	CFG_STR("attack-window", NULL, CFGF_NODEFAULT),
	CFG_STR("ban-sprayers", NULL, CFGF_NODEFAULT),
	CFG_STR("net-hosts", NULL, CFGF_NODEFAULT),
	CFG_STR("collapse", NULL, CFGF_NODEFAULT),
	CFG_SEC("class", class_options, CFGF_MULTI | CFGF_TITLE),
	CFG_END(),
};

static void set_checks(cfg_t *cfg)
{
	static const struct {
		const char *name;
		cfg_validate_callback_t check;
	} checks[] = {
		{ "known", check_duration }, { "forget", check_duration }, { "lock-wait", check_duration },
		{ "ban-least", check_duration }, { "ban-most", check_duration }, { "half-life", check_half_life },
		{ "threads", check_number }, { "networks", check_number }, { "ipv6-prefix", check_number },
		{ "max-new", check_number }, { "max-prefix", check_number }, { "max-prefix6", check_number },
		{ "accounts", check_number }, { "threshold", check_threshold }, { "points|auth", check_points },
		{ "points|helo", check_points }, { "points|probe", check_points }, { "points|unknown", check_points },
		{ "points|reject", check_points }, { "log", check_path }, { "blacklist", check_path },
		{ "state", check_path }, { "allow", check_path }, { "rules", check_path }, { "allow-also", check_net },
		{ "aggregate", check_aggregate },
		{ "timezone", check_timezone }, { "set4", check_set }, { "set6", check_set }, { "class", refuse_class },
		{ "backend", check_backend },
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		cfg_set_validate_func(cfg, checks[i].name, checks[i].check);
	for (size_t i = 0; i < sizeof(former_settings) / sizeof(*former_settings); i++)
		cfg_set_validate_func(cfg, former_settings[i].name, refuse_former);
}

__attribute__((format(printf, 2, 0))) static void tell_error(cfg_t *cfg, const char *format, va_list args)
{
	conf_tell(cfg, CONFIG_FILE, "mailban.conf(5)", format, args);
}

static char *path_of(cfg_t *cfg, const char *name, const char *option)
{
	return mem_text(option != NULL ? option : cfg_getstr(cfg, name));
}

static int64_t duration_of(cfg_t *cfg, const char *name)
{
	int64_t seconds = 0;

	/* checked when it was read */
	(void)when_parse_duration(cfg_getstr(cfg, name), &seconds);
	return seconds;
}

static int64_t points_of(double value)
{
	return llround(value * (double)POINT);
}

/* Ends of bans are kept in 32 bits: for ever is a hundred years. */
static int64_t bounded(int64_t seconds)
{
	const int64_t most = INT64_C(36500) * 86400;

	return seconds > most ? most : seconds;
}

static void take_aggregates(struct judge_settings *judge, cfg_t *cfg)
{
	judge_settings_networks(judge, (uint32_t)cfg_getint(cfg, "networks"));
	/* the usual IPv6 networks are none where addresses are judged by networks as wide */
	if (judge->ipv6_prefix <= judge->aggregates[1].prefix && judge->aggregate_count == 2)
		judge->aggregate_count = 1;
	for (unsigned i = 0; i < cfg_size(cfg, "aggregate"); i++)
		(void)judge_settings_aggregate(judge, cfg_getnstr(cfg, "aggregate", i), i == 0);
}

static void take_points(struct judge_settings *judge, cfg_t *cfg)
{
	cfg_t *points = cfg_getsec(cfg, "points");

	for (unsigned c = 0; c < CLASS_GOOD; c++)
		judge->points[c] = points_of(cfg_getfloat(points, event_class_name((enum event_class)c)));
}

static int take_judge(struct judge_settings *judge, cfg_t *cfg)
{
	const char *wrong;

	judge_settings_defaults(judge);
	judge->threshold = points_of(cfg_getfloat(cfg, "threshold"));
	judge->half_life = duration_of(cfg, "half-life");
	take_points(judge, cfg);
	judge->known = bounded(duration_of(cfg, "known"));
	judge->forget = bounded(duration_of(cfg, "forget"));
	judge->ban_least = bounded(duration_of(cfg, "ban-least"));
	judge->ban_most = bounded(duration_of(cfg, "ban-most"));
	judge->ipv6_prefix = (uint8_t)cfg_getint(cfg, "ipv6-prefix");
	judge->ban_private = cfg_getbool(cfg, "ban-private");
	judge->max_new = (uint64_t)cfg_getint(cfg, "max-new");
	judge->max_prefix4 = (uint8_t)cfg_getint(cfg, "max-prefix");
	judge->max_prefix6 = (uint8_t)cfg_getint(cfg, "max-prefix6");
	judge->renew = cfg_getbool(cfg, "renew");
	judge->accounts = (uint64_t)cfg_getint(cfg, "accounts");
	take_aggregates(judge, cfg);
	wrong = judge_settings_check(judge);
	if (wrong != NULL)
		cfg_error(cfg, "%s", wrong);
	return wrong != NULL ? -1 : 0;
}

static unsigned processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

/* Whether one set has the name under which the other is made anew: it would be taken away for a leftover. */
static bool is_temporary_of(const char *name, const char *set)
{
	size_t len = strlen(set);

	return strncmp(name, set, len) == 0 && strcmp(name + len, "-new") == 0;
}

/* One file for two of them would be overwritten by the second. */
static int check_names(const struct config *config)
{
	if (strcmp(config->blacklist, config->state) == 0 || strcmp(config->blacklist, config->allow) == 0 ||
	    strcmp(config->state, config->allow) == 0) {
		msg("blacklist, state and allow are to be three files; two of them have one name");
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

static int take(struct config *config, cfg_t *cfg, const struct options *options)
{
	int64_t wait = duration_of(cfg, "lock-wait");
	const char *zone = cfg_getstr(cfg, "timezone");

	config->blacklist = path_of(cfg, "blacklist", options->blacklist);
	config->state = path_of(cfg, "state", options->state);
	config->allow = path_of(cfg, "allow", options->allow);
	config->rules = path_of(cfg, "rules", options->rules);
	config->set4 = mem_text(cfg_getstr(cfg, "set4"));
	config->set6 = mem_text(cfg_getstr(cfg, "set6"));
	(void)parse_backend(&config->backend, cfg_getstr(cfg, "backend"));
	config->logs = conf_list(cfg, "log");
	config->log_count = cfg_size(cfg, "log");
	config->allow_also = conf_list(cfg, "allow-also");
	config->allow_also_count = cfg_size(cfg, "allow-also");
	config->mynetworks = cfg_getbool(cfg, "mynetworks");
	config->lock_wait_ms = wait > 86400 ? 86400000 : (unsigned)wait * 1000;
	if (check_names(config) != EXIT_ALL_WELL || take_judge(&config->judge, cfg) < 0)
		return EXIT_USAGE;
	config->threads = options->threads > 0 ? options->threads : (unsigned)cfg_getint(cfg, "threads");
	if (config->threads == 0)
		config->threads = processors();
	/* TZ unset makes the C library look at /etc/localtime again at each call */
	config->has_timezone = zone != NULL;
	if (zone != NULL)
		setenv("TZ", zone, 1);
	else
		setenv("TZ", ":/etc/localtime", 0);
	return EXIT_ALL_WELL;
}

static int parse(cfg_t *cfg, const struct options *options)
{
	const char *path = options->config != NULL ? options->config : CONFIG_FILE;
	struct buf text = { 0 };
	int ret = -1, error;

	/* the usual place may be empty; a file that was named must be there */
	if (options->config == NULL && access(path, F_OK) < 0 && errno == ENOENT) {
		cfg->filename = NULL;
		return 0;
	}
	error = conf_read(path, &text);
	if (error < 0)
		msg("%s: %s; name a configuration that can be read", path, strerror(-error));
	else if (memchr(text.ptr, '\0', text.len) != NULL)
		msg("%s: holds NUL bytes; a configuration is text", path);
	else {
		/* of a section that is made beforehand libconfuse forgets the file */
		cfg_getsec(cfg, "points")->filename = mem_text(path);
		if (conf_parse(cfg, path, &text) == CFG_SUCCESS)
			ret = 0;
	}
	buf_free(&text);
	return ret;
}

int config_load(struct config *config, const struct options *options)
{
	cfg_t *cfg = cfg_init(options_table, CFGF_NONE);
	int ret = EXIT_USAGE;

	*config = (struct config){ 0 };
	if (cfg == NULL)
		msg_die("out of memory");
	cfg_set_error_function(cfg, tell_error);
	set_checks(cfg);
	if (parse(cfg, options) == 0)
		ret = take(config, cfg, options);
	cfg_free(cfg);
	return ret;
}

static void free_list(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

void config_free(struct config *config)
{
	free(config->blacklist);
	free(config->state);
	free(config->allow);
	free(config->rules);
	free(config->set4);
	free(config->set6);
	free_list(config->logs, config->log_count);
	free_list(config->allow_also, config->allow_also_count);
	*config = (struct config){ 0 };
}

struct firewall_names config_sets(const struct config *config)
{
	return (struct firewall_names){ { config->set4, config->set6 }, config->backend };
}

char *config_remembered(const struct config *config)
{
	const char *slash = strrchr(config->state, '/');
	struct buf path = { 0 };
	char *text;

	buf_add(&path, config->state, slash != NULL ? (size_t)(slash + 1 - config->state) : 0);
	buf_add_text(&path, "firewall");
	text = mem_text(buf_text(&path));
	buf_free(&path);
	return text;
}

bool config_is_there(const char *path, const char *usual)
{
	if (strcmp(path, usual) == 0 || access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR))
		return true;
	msg("%s: %s; only %s may be missing: mend the name, or make it", path, strerror(errno), usual);
	return false;
}

int config_since(const char *text, int64_t *since)
{
	int64_t ago;

	*since = INT64_MIN;
	/* forever is a minute in files, and none that anything happened before or after */
	if (text == NULL || (when_parse_minute(text, strlen(text), since) && *since != WHEN_FOREVER))
		return EXIT_ALL_WELL;
	if (!when_parse_duration(text, &ago) || ago == WHEN_FOREVER) {
		msg("--since %s: is no time; write how long ago (90m, 12h, 3d) or a minute (2026-11-21T03:17Z)", text);
		return EXIT_USAGE;
	}
	*since = time(NULL) - ago;
	return EXIT_ALL_WELL;
}

int config_gather_allow(const struct config *config, struct allow *allow)
{
	const struct allow_sources sources = {
		.path = config->allow, .also = config->allow_also, .also_count = config->allow_also_count,
		.mynetworks = config->mynetworks,
	};

	return config_is_there(config->allow, CONFIG_ALLOW) ? allow_gather(allow, &sources) : -1;
}
