/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settings: the one table of settings.
 *
 * Each row is the parser, the check, the default and the line of help of a setting. mailban.conf and the list in
 * mailban.conf(5) are made of it when mailban is built. libconfuse splits the file into names and words, all of them
 * texts to it; the kind of a setting reads them.
 */
#include "app/settings.h"

#include <stdlib.h>
#include <string.h>

#include "app/setting_kind.h"
#include "base/conf.h"
#include "base/mem.h"
#include "base/msg.h"

struct setting {
	const char *name;                /* NULL: help is the heading of the settings that follow */
	const struct setting_kind *kind;
	int64_t least, most;             /* bounds of the number; most 0: none. Of a list most is the number of words */
	const char *text;                /* the default, or an example where optional; NULL: judge/settings has it */
	size_t field, size;              /* in struct config: where, and of how many bytes a number is */
	const char *help;
};

/* classes: the section of classes. former: a former setting, which is refused with a message that names its
 * successor. */
static const struct setting_kind classes = { .is_list = true }, former = { .is_optional = true };

#define AT(field) offsetof(struct config, field), sizeof(((struct config *)0)->field)

static const struct setting settings[] = {
	{ .help = "Logs" },
	{ "log", &kind_paths, 0, 0, "{ \"/var/log/mail.log\" }", AT(logs),
	  "Logs that `mailban run` reads: paths, globs, \"journal:\". Default: the usual ones that are there." },
	{ "timezone", &kind_zone, 0, 0, "UTC", AT(timezone),
	  "The zone of lines whose time names none. Default: the host's." },
	{ "threads", &kind_number, 0, 1024, "0", AT(threads),
	  "Threads to read with; 0: as many as there are processors." },

	{ .help = "Points" },
	{ "threshold", &kind_points, 2 * POINT, 1000 * POINT, NULL, AT(judge.threshold),
	  "A balance that bans, until a quarter of it is left." },
	{ "points", &classes, .help = "What one event of each class counts. A rule may say otherwise of its lines." },
	{ "half-life", &kind_length, WHEN_MINUTE, 366 * WHEN_DAY, NULL, AT(judge.half_life),
	  "In this time half of the points fade. All bans become longer or shorter with it." },
	{ "known", &kind_length, 0, 0, NULL, AT(judge.known),
	  "How long a login or accepted mail of an address, and a login of a user name, is remembered." },

	{ .help = "Bans" },
	{ "ban-least", &kind_length, 0, 0, NULL, AT(judge.ban_least),
	  "No ban is shorter than this, but where a login lifts it." },
	{ "ban-most", &kind_length, 0, 0, NULL, AT(judge.ban_most),
	  "No ban is longer than this. A ban for a breach is as long." },
	{ "forget", &kind_length, 0, 0, NULL, AT(judge.forget),
	  "A ban that begins this long after the end of the last one is a first one again." },
	{ "renew", &kind_boolean, 0, 0, NULL, AT(judge.renew),
	  "Whoever is banned and still knocks gets a point at each run." },

	{ .help = "Reports" },
	{ "report", &kind_report, 0, 0, "short", AT(report_changes),
	  "\"short\": one screen, mailed where something needs a person; \"changes\": whatever changed, in full." },
	{ "entered-within", &kind_length, 0, 0, NULL, AT(judge.entered_within),
	  "A login from an address and network that are new for its user is worth a look where within this time" },
	{ "entered-mails", &kind_number, 1, 1000000, NULL, AT(judge.entered_mails),
	  "so many mails follow, and more than from all other addresses of the user. Nobody is banned for it." },
	{ "done", &kind_paths, 0, 0, "{ \"anna@example.com\" }", AT(done),
	  "Users of whose entered accounts reports say no more, as `mailban done USER` says it. Default: none." },

	{ .help = "Networks" },
	{ "networks", &kind_number, 0, 1000, "8", AT(networks),
	  "So many guessing addresses of one /24 (or /64 of one /48) can make a ban of the whole; 0: none do." },
	{ "aggregate", &kind_aggregates, 0, JUDGE_AGGREGATES, "{ \"24:8\", \"48:8\" }", AT(aggregate),
	  "Prefixes and counts of one's own, instead of networks. Default: none." },
	{ "ipv6-prefix", &kind_number, 16, 128, NULL, AT(judge.ipv6_prefix),
	  "IPv6 is judged and banned by networks of this length." },

	{ .help = "Limits" },
	{ "allow-also", &kind_nets, 0, 0, "{ \"192.0.2.0/24\", \"2001:db8::/32\" }", AT(allow_also),
	  "Addresses and networks that are never banned, besides those of the allowlist. Default: none." },
	{ "mynetworks", &kind_boolean, 0, 0, "true", AT(mynetworks), "Postfix's mynetworks are never banned." },
	{ "ban-private", &kind_boolean, 0, 0, NULL, AT(judge.ban_private),
	  "Private and link-local ranges, and those of a NAT64, may be banned." },
	{ "max-new", &kind_number, 0, 1000000000, NULL, AT(judge.max_new),
	  "A run bans at most so many new addresses, those with most points; --force overrides." },
	{ "max-prefix", &kind_number, 1, 32, NULL, AT(judge.max_prefix4),
	  "No wider network of IPv4 is banned; --force overrides." },
	{ "max-prefix6", &kind_number, 1, 128, NULL, AT(judge.max_prefix6),
	  "No wider network of IPv6 is banned; --force overrides." },
	{ "accounts", &kind_number, 1000, 1000000000, NULL, AT(judge.accounts),
	  "So many addresses and networks have an account; beyond that those with least points go." },
	{ "unpack-ratio", &kind_number, 10, 1000000, "1000", AT(unpack.ratio),
	  "A compressed log is read no further where it becomes so many times as large as its file, and over 256 "
	  "megabytes." },
	{ "unpack-most", &kind_number, 1, 1000000000, "102400", AT(unpack.megabytes),
	  "A compressed log is read no further where it becomes so many megabytes." },

	{ .help = "Files and sets" },
	{ "blacklist", &kind_path, 0, 0, CONFIG_FOLDER "/blacklist", AT(blacklist), "The blacklist." },
	{ "state", &kind_path, 0, 0, CONFIG_FOLDER "/state", AT(state), "The state." },
	{ "allow", &kind_path, 0, 0, CONFIG_ALLOW, AT(allow),
	  "The allowlist. The usual one may be missing, another one may not." },
	{ "rules", &kind_path, 0, 0, CONFIG_RULES, AT(rules),
	  "The folder of more rules. The usual one may be missing, another one may not." },
	{ "set4", &kind_set, 0, 0, "mailban4", AT(set4), "The kernel's set of IPv4, a name of at most 27 bytes." },
	{ "set6", &kind_set, 0, 0, "mailban6", AT(set6), "The kernel's set of IPv6, a name of at most 27 bytes." },
	{ "backend", &kind_backend, 0, 0, "auto", AT(backend),
	  "Whose sets they are: \"ipset\", \"nftables\", or \"auto\": ipset where iptables is and firewalld is not." },
	{ "nft-priority", &kind_number, -99999, 99999, "-10", AT(nft_priority),
	  "Of the rule of nftables: lower ones come first; the host's filter is 0." },
	{ "lock-wait", &kind_length, 0, 0, "60s", AT(lock_wait), "How long a command waits for another one to end." },

	{ .help = "Owners of addresses" },
	{ "owners", &kind_owners, 0, 0, "auto", AT(owners.from),
	  "Country and AS of addresses: \"auto\" is from owners-files, \"dns\" from owners-zone too; or \"none\"." },
	{ "owners-files", &kind_paths, 0, 0,
	  "{ \"/var/lib/location/database.db\", \"/usr/share/tor/geoip\", \"/usr/share/tor/geoip6\" }",
	  AT(owners.files), "Databases of libloc and texts of tor-geoipdb; the first one that knows decides." },
	{ "owners-zone", &kind_zone_name, 0, 0, "asn.cymru.com", AT(owners.zone),
	  "The zone of the DNS that \"dns\" asks, one that answers as asn.cymru.com does. Default: none." },

	{ .help = "Many hosts, one judgement: see mailban-fleet(7)" },
	{ "fleet", &kind_engine, 0, 0, "valkey://192.0.2.30:6379/0", AT(fleet.url),
	  "The Valkey or Redis by which hosts judge together; also rediss:// and unix:///PATH?db=0. Default: none." },
	{ "fleet-name", &kind_host, 0, 0, "mx1", AT(fleet.name),
	  "This host there, as no other host is called. Default: the host's name." },
	{ "fleet-bans", &kind_boolean, 0, 0, "true", AT(fleet.bans),
	  "A ban of another host is one here; else only its points count." },
	{ "fleet-timeout", &kind_length, 1, 600, "3s", AT(fleet.timeout), "How long a run talks to it, in all." },
	{ "fleet-password-file", &kind_other_path, 0, 0, "/etc/mailban/fleet-password", AT(fleet.password_file),
	  "A file of mode 0600: the password, or the user and the password in two lines. Default: none." },
	{ "fleet-ca", &kind_other_path, 0, 0, "/etc/mailban/fleet-ca.pem", AT(fleet.ca),
	  "The authority that signs the certificate of an engine of rediss://, which needs it. Default: none." },
	{ "fleet-cert", &kind_other_path, 0, 0, "/etc/mailban/fleet-cert.pem", AT(fleet.cert),
	  "The certificate of this host. Default: none." },
	{ "fleet-key", &kind_other_path, 0, 0, "/etc/mailban/fleet-key.pem", AT(fleet.key),
	  "The key of that certificate. Default: none." },

	/* former settings, each with its successor */
	{ "class", &former, .help = "say threshold, half-life, points { auth = ... }, ban-least and ban-most" },
	{ "repeat", &former, .help = "the same name again counts less by itself (mailban.conf(5), JUDGING)" },
	{ "known-threshold", &former, .help = "a name that logs in counts less by itself (mailban.conf(5), JUDGING)" },
	{ "known-window", &former, .help = "say how points fade with half-life" },
	{ "breach-users", &former, .help = "a breach is told by itself (mailban.conf(5), JUDGING)" },
	{ "attack-addresses", &former, .help = "users under attack are told by themselves" },
	{ "attack-window", &former, .help = "users under attack are told by themselves" },
	{ "ban-sprayers", &former, .help = "failures for a user under attack count double by themselves" },
	{ "net-hosts", &former, .help = "say networks" },
	{ "collapse", &former, .help = "mailban export collapsed joins neighbours" },
};

static bool is_plain(const struct setting *setting)
{
	return setting->kind != NULL && setting->kind->read != NULL;
}

/* The setting of a class, inside points { }. */
static struct setting class_setting(unsigned event_class)
{
	return (struct setting){ event_class_name(event_class), &kind_points, 0, 1000 * POINT, NULL,
				 offsetof(struct config, judge.points) + event_class * sizeof(int64_t), sizeof(int64_t),
				 event_classes[event_class].help };
}

static struct setting find(const char *name)
{
	unsigned i = 0;
	enum event_class event_class;

	if (event_class_parse(&event_class, name))
		return class_setting(event_class);
	while (settings[i].name == NULL || strcmp(settings[i].name, name) != 0)
		i++;
	return settings[i];
}

static void add_bounds(struct buf *out, const struct setting *setting, const char *before, const char *behind)
{
	if (setting->most == 0 || setting->kind->is_list)
		return;
	buf_add_text(out, before);
	setting->kind->add(out, setting->least);
	buf_add_text(out, " to ");
	setting->kind->add(out, setting->most);
	buf_add_text(out, behind);
}

/* libconfuse calls check() behind each word, so that file and line are known. */
static int check(cfg_t *cfg, cfg_opt_t *opt)
{
	struct setting setting = find(opt->name);
	FREED_BY(buf_free) struct buf wrong = { 0 };
	int64_t value = 0;

	if (setting.kind->is_list && setting.most > 0 && cfg_opt_size(opt) > setting.most) {
		buf_addf(&wrong, ": holds more than %lld", (long long)setting.most);
	} else if (!setting.kind->read(cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1), &value) ||
		   (!setting.kind->is_list && setting.most > 0 && (value < setting.least || value > setting.most))) {
		buf_addf(&wrong, ": is not %s", setting.kind->what);
		add_bounds(&wrong, &setting, " from ", "");
	}
	if (wrong.len == 0)
		return 0;
	cfg_error(cfg, "%s%s", opt->name, buf_text(&wrong));
	return -1;
}

/* The definition of a setting for libconfuse: always of texts, and without a default. */
static cfg_opt_t option(const char *name, const struct setting_kind *kind)
{
	cfg_opt_t opt = CFG_STR(name, NULL, CFGF_NODEFAULT);

	opt.flags |= kind->is_list ? CFGF_LIST : CFGF_NONE;
	opt.validcb = check;
	return opt;
}

const char *settings_former(const char *name)
{
	for (const struct setting *s = settings; s < settings + LENGTH_OF(settings); s++) {
		if (s->kind == &former && strcmp(s->name, name) == 0)
			return s->help;
	}
	return NULL;
}

cfg_t *settings_open(void)
{
	cfg_opt_t options[LENGTH_OF(settings) + 1], of_points[CLASS_GOOD + 1], *next = options;
	cfg_t *cfg;

	for (unsigned c = 0; c < CLASS_GOOD; c++)
		of_points[c] = option(event_class_name(c), &kind_points);
	of_points[CLASS_GOOD] = (cfg_opt_t)CFG_END();
	for (const struct setting *s = settings; s < settings + LENGTH_OF(settings); s++) {
		if (s->kind == &classes)
			*next++ = (cfg_opt_t)CFG_SEC(s->name, of_points, CFGF_NONE);
		else if (s->kind != NULL && s->kind != &former)
			*next++ = option(s->name, s->kind);
	}
	*next = (cfg_opt_t)CFG_END();
	cfg = cfg_init(options, CFGF_NONE);
	if (cfg == NULL)
		msg_die("out of memory; nothing was written");
	return cfg;
}

static void *field_of(struct config *config, const struct setting *setting)
{
	return (char *)config + setting->field;
}

static void put_number(void *field, size_t size, int64_t value)
{
	if (size == sizeof(uint8_t))
		*(uint8_t *)field = (uint8_t)value;
	else if (size == sizeof(uint32_t))
		*(uint32_t *)field = (uint32_t)value;
	else
		*(int64_t *)field = value;
}

static int64_t get_number(const void *field, size_t size)
{
	if (size == sizeof(uint8_t))
		return *(const uint8_t *)field;
	return size == sizeof(uint32_t) ? *(const uint32_t *)field : *(const int64_t *)field;
}

static void take(struct config *config, cfg_t *cfg, const struct setting *setting)
{
	const struct setting_kind *kind = setting->kind;
	const char *word = kind->is_optional ? NULL : setting->text;
	void *field = field_of(config, setting);
	int64_t value;

	if (kind->is_list) {
		*(struct texts *)field = (struct texts){ .texts = conf_list(cfg, setting->name),
							 .count = cfg_size(cfg, setting->name) };
		return;
	}
	if (cfg_size(cfg, setting->name) > 0)
		word = cfg_getstr(cfg, setting->name);
	if (word != NULL && kind->is_text)
		*(char **)field = mem_text(word);
	else if (word != NULL && kind->read(word, &value))
		put_number(field, setting->size, value);
}

void settings_take(struct config *config, cfg_t *cfg)
{
	judge_settings_defaults(&config->judge);
	for (const struct setting *s = settings; s < settings + LENGTH_OF(settings); s++) {
		if (is_plain(s))
			take(config, cfg, s);
	}
	for (unsigned c = 0; c < CLASS_GOOD; c++) {
		struct setting setting = class_setting(c);

		take(config, cfg_getsec(cfg, "points"), &setting);
	}
}

void settings_free(struct config *config)
{
	for (const struct setting *s = settings; s < settings + LENGTH_OF(settings); s++) {
		if (is_plain(s) && s->kind->is_list)
			texts_free(field_of(config, s));
		else if (is_plain(s) && s->kind->is_text)
			free(*(char **)field_of(config, s));
	}
}

static void print(struct buf *out, const struct setting *setting, struct config *defaults, const char *indent)
{
	const char *quote = setting->kind->is_quoted ? "\"" : "";

	buf_addf(out, "#%s %s", indent, setting->help);
	add_bounds(out, setting, " From ", ".");
	buf_addf(out, "\n#%.1s%s = %s", indent, setting->name, quote);
	if (setting->text != NULL)
		buf_add_text(out, setting->text);
	else
		setting->kind->add(out, get_number(field_of(defaults, setting), setting->size));
	buf_addf(out, "%s\n", quote);
}

static void print_classes(struct buf *out, const struct setting *section, struct config *defaults)
{
	buf_addf(out, "# %s\n#%s {\n", section->help, section->name);
	for (unsigned c = 0; c < CLASS_GOOD; c++) {
		struct setting setting = class_setting(c);

		print(out, &setting, defaults, "\t#");
	}
	buf_add_text(out, "#}\n");
}

void settings_print(struct buf *out)
{
	struct config defaults = { 0 };

	judge_settings_defaults(&defaults.judge);
	buf_add_text(out, "# /etc/mailban/mailban.conf: settings of mailban, see mailban.conf(5).\n"
			  "# Every setting has a default, which is what stands here behind the '#'.\n");
	for (const struct setting *s = settings; s < settings + LENGTH_OF(settings); s++) {
		if (s->kind == NULL || s->kind == &classes || is_plain(s))
			buf_add_char(out, '\n');
		if (s->kind == NULL)
			buf_addf(out, "# ---- %s ----\n", s->help);
		else if (s->kind == &classes)
			print_classes(out, s, &defaults);
		else if (is_plain(s))
			print(out, s, &defaults, "");
	}
}
