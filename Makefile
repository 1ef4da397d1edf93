# SPDX-License-Identifier: GPL-2.0-or-later
# mailban: `make`, `make check`, `make check SANITIZE=1`, `make lint`, `make bench`, `make instructions`, `make install`,
# `make dist`.
# BUILD names the folder that everything is built in; CC and CFLAGS are yours to set.

CC ?= cc
BUILD ?= build
PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
units_of_systemd := mailban.service mailban-firewall.service mailban-run.service mailban-run.timer
PKG_CONFIG ?= pkg-config
# what makes an attacker's life harder where a program has a fault: who gives CFLAGS or LDFLAGS decides himself
accepted = $(foreach f,$(1),$(shell $(CC) -Werror $(f) -O2 -E -x c /dev/null > /dev/null 2>&1 && echo $(f)))
CFLAGS ?= -O2 -g $(call accepted,-fstack-protector-strong -fstack-clash-protection -fcf-protection -D_FORTIFY_SOURCE=2)
LDFLAGS ?= -Wl,-z,relro,-z,now
VERSION := 0.1

# NULL + 0 is what C2y defines it to be
sanitizers := -fsanitize=address,undefined -fno-sanitize=pointer-overflow -fno-sanitize-recover=undefined -fno-omit-frame-pointer
ifdef SANITIZE
override BUILD := $(BUILD)/sanitize
# a fortified call ends the program before the sanitizer can say why
override CFLAGS := $(filter-out -D_FORTIFY_SOURCE=2,$(CFLAGS)) -O1 $(sanitizers)
override LDFLAGS += $(sanitizers)
endif

required := libpcre2-8 libipset libmnl libconfuse
missing := $(strip $(foreach p,$(required),$(shell $(PKG_CONFIG) --exists $(p) || echo $(p))))
ifneq ($(missing),)
ifeq ($(filter clean dist version,$(MAKECMDGOALS)),)
$(error missing: $(missing); scripts/deps installs what the build needs)
endif
endif
# what is there of the optional ones; WITHOUT="libarchive ..." leaves one out
optional := $(foreach p,$(filter-out $(WITHOUT),libarchive libsystemd libseccomp libnftables libloc hiredis hiredis_ssl),\
	$(shell $(PKG_CONFIG) --exists $(p) && echo $(p)))
has = $(if $(filter $(1),$(optional)),1,0)

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wundef
CPPFLAGS_ALL := -Isrc -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -DMAILBAN_VERSION='"$(VERSION)"' \
	-DHAVE_LIBARCHIVE=$(call has,libarchive) -DHAVE_LIBSYSTEMD=$(call has,libsystemd) \
	-DHAVE_LIBSECCOMP=$(call has,libseccomp) -DHAVE_LIBNFTABLES=$(call has,libnftables) -DHAVE_LIBLOC=$(call has,libloc) \
	-DHAVE_HIREDIS=$(call has,hiredis) -DHAVE_HIREDIS_SSL=$(call has,hiredis_ssl) \
	$(shell $(PKG_CONFIG) --cflags $(required) $(optional)) $(CPPFLAGS)
# llrint() is one instruction where nobody asks for errno
CFLAGS_ALL := -std=c17 -pthread -fno-math-errno $(WARNINGS) $(CFLAGS)
# these are loaded where they are needed: log/unpack.c, firewall/nftables.c, report/owner_libloc.c
loaded := libarchive libnftables libloc
LIBS := $(shell $(PKG_CONFIG) --libs $(required) $(filter-out $(loaded),$(optional))) -pthread -ldl -lm
TEST_LIBS := $(shell $(PKG_CONFIG) --libs $(optional)) -lcmocka

sources := $(filter-out src/main.c,$(sort $(wildcard src/*/*.c)))
objects := $(sources:src/%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/rules_builtin.o $(BUILD)/obj/page_html.o
rule_files := $(sort $(wildcard src/rules/*.conf))
unit_sources := $(sort $(wildcard tests/unit/test_*.c))
units := $(unit_sources:tests/unit/%.c=$(BUILD)/unit/%)

BATSFLAGS ?=

.PHONY: all units check check-unit check-cmd check-net check-wire check-faults check-fuzz fuzz check-layers lint bench budgets \
	people instructions install uninstall dist version clean
.SECONDARY:

all: $(BUILD)/mailban $(BUILD)/mailban-firewall

$(BUILD)/mailban: $(BUILD)/obj/main.o $(BUILD)/libmailban.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libmailban.a: $(objects)
	@rm -f $@
	$(AR) rcs $@ $^

# the flags are a prerequisite: objects of another compiler or of other options are never mixed in
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL)' | cmp -s - $@ || echo '$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL)' > $@
.PHONY: FORCE

$(BUILD)/obj/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# one file of its parts
$(BUILD)/mailban-firewall: scripts/firewall scripts/firewall-iptables scripts/firewall-nftables
	@mkdir -p $(@D)
	sed -e '/^\. .*firewall-iptables/{r scripts/firewall-iptables' -e 'd}' \
		-e '/^\. .*firewall-nftables/{r scripts/firewall-nftables' -e 'd}' $< > $@.new
	chmod 0755 $@.new && mv $@.new $@

# the built-in rules travel in the binary, each file under its name
$(BUILD)/gen/rules_builtin.c: $(rule_files) scripts/embed
	@mkdir -p $(@D)
	scripts/embed $(rule_files) > $@.new && mv $@.new $@

# and so does the page of a report
$(BUILD)/gen/page_html.c: src/report/page.html scripts/embed
	@mkdir -p $(@D)
	scripts/embed --text page_html_template $< > $@.new && mv $@.new $@

$(BUILD)/obj/rules_builtin.o $(BUILD)/obj/page_html.o: $(BUILD)/obj/%.o: $(BUILD)/gen/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libmailban.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Itests/unit -MMD -MP $(LDFLAGS) -o $@ $< $(BUILD)/libmailban.a $(LIBS) $(TEST_LIBS)

-include $(shell find $(BUILD)/obj $(BUILD)/unit -name '*.d' 2>/dev/null)

# Tests are targets of their own, a file each: `make -j2 -O check` runs two at a time.
suite = $(filter-out $(left_out:%=run/tests/%.bats),$(addprefix run/,$(sort $(wildcard tests/$(1)/*.bats))))
# Under sanitizers these are left out. They try scripts, servers, packages, speed and kills, in which sanitizers see nothing,
# or nothing beside cmd/run and net/sync.
not_sanitized := wire/wire net/readme net/pictures net/firewall net/demo net/hosts net/postconf net/run net/edit net/owners \
	cmd/install cmd/package cmd/deps cmd/speed cmd/killed cmd/fail2ban-filters
# ONCE=1 leaves these to a run under sanitizers, where they show all that they show of a build without.
sanitized_alone := cmd/corpus cmd/drift cmd/edit cmd/fail2ban cmd/match cmd/mistakes cmd/options cmd/page cmd/report cmd/rules \
	cmd/settings cmd/state cmd/why
# The search for leaks doubles the cost of a start. Unit tests make it; a command gives its memory back by ending.
ASAN_OPTIONS ?= detect_leaks=0
left_out := $(if $(SANITIZE),$(not_sanitized),$(if $(ONCE),$(sanitized_alone)))

check: check-layers check-fuzz check-wire check-net check-cmd check-unit
check-unit: $(units:%=run/%)
check-cmd: $(call suite,cmd)
check-net: $(call suite,net)
check-wire: $(call suite,wire)

units: $(units)

.PHONY: $(samples:%=run/%) $(units:%=run/%) $(call suite,cmd) $(call suite,net) $(call suite,wire)

$(units:%=run/%): run/%: %
	$<

$(call suite,cmd) $(call suite,net) $(call suite,wire): run/%: % $(BUILD)/mailban $(BUILD)/generate $(BUILD)/people \
		$(BUILD)/unit/mutate $(BUILD)/disturb
	MAKEFLAGS= ASAN_OPTIONS=$(ASAN_OPTIONS) MAILBAN=$(abspath $(BUILD)/mailban) BUILD=$(abspath $(BUILD)) bats $(BATSFLAGS) $<

# generate and flood write the logs of the bench and of the tests; least is what the bench compares a scan with
$(BUILD)/generate $(BUILD)/least $(BUILD)/flood $(BUILD)/fleet_data: $(BUILD)/%: tests/bench/%.c $(BUILD)/flags
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $<

# people writes two weeks of a mail host's log, with the truth about each address
people_sources := $(sort $(wildcard tests/people/*.c))
$(BUILD)/people: $(people_sources) $(wildcard tests/people/*.h) $(BUILD)/flags
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $(people_sources)

# Each target takes any bytes: `make fuzz`, then build/fuzz/line -max_total_time=600 NEW-FOLDER build/fuzz/seeds/line
fuzz_targets := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/*.c)))
fuzz: $(BUILD)/seeds
	$(MAKE) CC=clang BUILD=$(BUILD)/fuzz/obj CFLAGS='-O1 -g -fsanitize=fuzzer-no-link $(sanitizers)' LDFLAGS='$(sanitizers)' \
		$(addprefix $(BUILD)/fuzz/obj/fuzz/,$(fuzz_targets))
	ln -sf $(addprefix obj/fuzz/,$(fuzz_targets)) ../seeds $(BUILD)/fuzz

$(BUILD)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h $(BUILD)/libmailban.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Itests/fuzz -fsanitize=fuzzer $(LDFLAGS) -o $@ $< $(BUILD)/libmailban.a $(LIBS)

# the same without clang: each seed, and 2,000 that are damaged, for make check
samples := $(fuzz_targets:%=$(BUILD)/sample/%)
$(samples): $(BUILD)/sample/%: tests/fuzz/%.c tests/fuzz/fuzz.h tests/fuzz/sample.h $(BUILD)/libmailban.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -DSAMPLE -Itests/fuzz $(LDFLAGS) -o $@ $< $(BUILD)/libmailban.a $(LIBS)

$(BUILD)/seeds: tests/fuzz/seeds $(BUILD)/mailban $(BUILD)/mailban.conf $(wildcard tests/corpus/*)
	rm -rf $@ && tests/fuzz/seeds $(BUILD)/mailban $(BUILD)/mailban.conf $@

$(samples:%=run/%): run/$(BUILD)/sample/%: $(BUILD)/sample/% $(BUILD)/seeds
	@$< $(BUILD)/seeds/$* && echo 'ok 1 $* takes any bytes' || { echo 'not ok 1 $* takes any bytes'; exit 1; }

check-fuzz: $(samples:%=run/%)

$(BUILD)/disturb: tests/faults/disturb.c $(BUILD)/flags
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $<

# Each system call of the commands that change something fails, is cut short or is the last one: an hour or two.
# FAULTS="run ban" tries these alone; -j2 two at a time.
faults := $(or $(FAULTS),run run-nosets run-wrongset run-n ban ban-n unban unban-n allow allow-n sync sync-n)
check-faults: $(faults:%=faults/%)
.PHONY: $(faults:%=faults/%)
$(faults:%=faults/%): faults/%: $(BUILD)/mailban $(BUILD)/disturb
	tests/faults/drive $(abspath $(BUILD))/mailban $(abspath $(BUILD))/disturb $*

# the manual's commands, options and settings are the program's own help, and so is the configuration
pages := $(addprefix $(BUILD)/,mailban.8 mailban-firewall.8 mailban.conf.5 mailban-rules.5 mailban-fleet.7)
$(pages): $(BUILD)/%: src/man/% scripts/man-options scripts/man-tidy $(BUILD)/mailban
	scripts/man-options $(BUILD)/mailban $< > $@.new && scripts/man-tidy $@.new > $@ && rm $@.new

$(BUILD)/mailban.conf: $(BUILD)/mailban
	$(BUILD)/mailban help settings > $@.new && mv $@.new $@

# Configuration and the daily run's time are the host's: what is there stays.
install: all $(pages) $(BUILD)/mailban.conf
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7 $(DESTDIR)$(MANDIR)/man8 \
		$(DESTDIR)$(UNITDIR) $(DESTDIR)$(COMPLETIONDIR) $(DESTDIR)$(ZSHDIR) $(DESTDIR)$(FISHDIR) $(DESTDIR)$(SYSUSERSDIR) \
		$(DESTDIR)$(TMPFILESDIR) $(DESTDIR)/etc/cron.d $(DESTDIR)/etc/mailban/rules.d
	install -d -m 0750 $(DESTDIR)/var/lib/mailban
	install -m 0755 $(BUILD)/mailban $(DESTDIR)$(SBINDIR)/mailban
	install -m 0755 $(BUILD)/mailban-firewall $(DESTDIR)$(SBINDIR)/mailban-firewall
	install -m 0644 $(BUILD)/mailban.8 $(BUILD)/mailban-firewall.8 $(DESTDIR)$(MANDIR)/man8
	install -m 0644 $(BUILD)/mailban.conf.5 $(BUILD)/mailban-rules.5 $(DESTDIR)$(MANDIR)/man5
	install -m 0644 $(BUILD)/mailban-fleet.7 $(DESTDIR)$(MANDIR)/man7
	install -m 0644 src/completion/mailban.bash $(DESTDIR)$(COMPLETIONDIR)/mailban
	ln -sf mailban $(DESTDIR)$(COMPLETIONDIR)/mailban-firewall
	install -m 0644 src/completion/_mailban $(DESTDIR)$(ZSHDIR)
	install -m 0644 src/completion/mailban.fish $(DESTDIR)$(FISHDIR)
	ln -sf mailban.fish $(DESTDIR)$(FISHDIR)/mailban-firewall.fish
	for unit in $(units_of_systemd); do \
		sed 's|@SBINDIR@|$(SBINDIR)|g' src/systemd/$$unit > $(BUILD)/$$unit && \
		install -m 0644 $(BUILD)/$$unit $(DESTDIR)$(UNITDIR) || exit 1; \
	done
	# where there is no systemd, cp one of them to /etc/init.d/mailban
	install -d $(DESTDIR)$(PREFIX)/share/mailban
	for init in openrc sysvinit; do \
		sed 's|@SBINDIR@|$(SBINDIR)|g' src/$$init/mailban > $(BUILD)/mailban.$$init && \
		install -m 0755 $(BUILD)/mailban.$$init $(DESTDIR)$(PREFIX)/share/mailban/$$init || exit 1; \
	done
	install -m 0644 src/systemd/mailban.sysusers $(DESTDIR)$(SYSUSERSDIR)/mailban.conf
	install -m 0644 src/systemd/mailban.tmpfiles $(DESTDIR)$(TMPFILESDIR)/mailban.conf
	sed 's|^PATH=|PATH=$(SBINDIR):|' cron.d/mailban > $(BUILD)/cron
	[ -e $(DESTDIR)/etc/cron.d/mailban ] || install -m 0644 $(BUILD)/cron $(DESTDIR)/etc/cron.d/mailban
	[ -e $(DESTDIR)/etc/mailban/mailban.conf ] || \
		install -m 0644 $(BUILD)/mailban.conf $(DESTDIR)/etc/mailban/mailban.conf

# Takes away what install brought, but for configuration and data. The rule goes first, and what starts it at boot: a rule
# that is saved and names a set that nobody makes any more leaves a host without any rule.
uninstall:
	[ -n "$(DESTDIR)" ] || ! [ -x $(SBINDIR)/mailban-firewall ] || $(SBINDIR)/mailban-firewall down || \
		echo 'the rule is still there; where rules are saved, save them again without it' >&2
	[ -n "$(DESTDIR)" ] || ! command -v systemctl > /dev/null || systemctl -q disable $(units_of_systemd) 2> /dev/null || true
	rm -f $(addprefix $(DESTDIR)$(SBINDIR)/,mailban mailban-firewall) \
		$(addprefix $(DESTDIR)$(MANDIR)/,man8/mailban.8 man8/mailban-firewall.8 man5/mailban.conf.5 man5/mailban-rules.5 man7/mailban-fleet.7) \
		$(addprefix $(DESTDIR)$(UNITDIR)/,$(units_of_systemd)) $(DESTDIR)$(ZSHDIR)/_mailban \
		$(addprefix $(DESTDIR)$(COMPLETIONDIR)/,mailban mailban-firewall) \
		$(addprefix $(DESTDIR)$(FISHDIR)/,mailban.fish mailban-firewall.fish) \
		$(DESTDIR)$(SYSUSERSDIR)/mailban.conf $(DESTDIR)$(TMPFILESDIR)/mailban.conf $(DESTDIR)/etc/cron.d/mailban
	rm -rf $(DESTDIR)$(PREFIX)/share/mailban
	@echo 'kept: $(DESTDIR)/etc/mailban and $(DESTDIR)/var/lib/mailban'

check-layers:
	@scripts/check-layers

# one file a process, so that -j has something to share out
lint: $(patsubst %,$(BUILD)/lint/%.ok,$(sources) src/main.c $(people_sources))
	cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --inline-suppr --std=c11 \
		--suppress=normalCheckLevelMaxBranches \
		$(filter -D%,$(CPPFLAGS_ALL)) -Isrc src

$(BUILD)/lint/%.c.ok: %.c .clang-tidy $(wildcard src/*/*.h)
	@mkdir -p $(@D)
	clang-tidy --quiet $< -- -std=c17 $(CPPFLAGS_ALL)
	@touch $@

# QUICK=1: logs of 100 MB, a minute in all. FLEET_HOSTS and FLEET_ADDRESSES: the size of the fleet, up to 1000 and 20000
bench: $(BUILD)/mailban $(BUILD)/generate $(BUILD)/least $(BUILD)/flood $(BUILD)/fleet_data
	tests/bench/bench $(BUILD) $(BUILD)/bench $(if $(QUICK),--quick)
	cp $(BUILD)/bench/bench.tsv $(BUILD)/bench.tsv
	tests/bench/fleet $(BUILD) $(or $(FLEET_HOSTS),50) $(or $(FLEET_ADDRESSES),2000)

# what attacks can make a run spend, each at two sizes; minutes
budgets: $(BUILD)/mailban $(BUILD)/flood
	tests/bench/budgets $(BUILD) $(BUILD)/budgets $(if $(QUICK),--quick)

# PEOPLE_SEEDS=N: N draws instead of one; PEOPLE_EVERY=H: a run every H hours instead of each evening; STRICT=1: fails
# where a kind is not judged as the tables of tests/people expect
people: $(BUILD)/mailban $(BUILD)/people
	tests/people/table $(abspath $(BUILD)) $(or $(PEOPLE_SEEDS),1) $(if $(PEOPLE_EVERY),--every $(PEOPLE_EVERY)) \
		$(if $(STRICT),--strict)

# records what a scan costs in instructions, which make check compares with what it costs then
instructions: $(BUILD)/mailban $(BUILD)/generate
	tests/bench/instructions --record $(BUILD)/mailban $(BUILD)/generate $(BUILD)/flags

# what whoever packages mailban asks for: scripts/package
version:
	@echo $(VERSION)

# the whole tree, which builds and tests as a checkout does
dist:
	@mkdir -p $(BUILD)
	tar --sort=name --owner=0 --group=0 --numeric-owner --transform 's|^|mailban-$(VERSION)/|' \
		-czf $(BUILD)/mailban-$(VERSION).tar.gz Makefile README.md LICENSE .ci .clang-tidy .gitignore cron.d scripts src tests

clean:
	rm -rf $(BUILD)
