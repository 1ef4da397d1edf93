#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# make install into a folder of the test's own, the manual, the configuration and the completion.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	root=$BATS_TEST_TMPDIR/root
}

# The build that is being tested is installed, not another one.
installing() {
	make -s -o "$BUILD/mailban" BUILD="$BUILD" DESTDIR="$root" "$@"
}

mode() {
	stat -c %a "$1"
}

@test "install honours DESTDIR and PREFIX, and puts everything in its place" {
	installing PREFIX=/opt/mailban install
	[ "$(mode "$root/opt/mailban/sbin/mailban")" = 755 ]
	[ "$(mode "$root/opt/mailban/sbin/mailban-firewall")" = 755 ]
	# in one piece
	(cd / && "$root/opt/mailban/sbin/mailban-firewall" --help) | grep -q '^  mailban-firewall up '
	grep -q '^nft_up()' "$root/opt/mailban/sbin/mailban-firewall"
	grep -q '^ipset_up()' "$root/opt/mailban/sbin/mailban-firewall"
	for page in man8/mailban.8 man8/mailban-firewall.8 man5/mailban.conf.5 man5/mailban-rules.5; do
		[ "$(mode "$root/opt/mailban/share/man/$page")" = 644 ]
	done
	[ "$(mode "$root/var/lib/mailban")" = 750 ]
	[ -d "$root/etc/mailban/rules.d" ]
	grep -q '^ExecStart=/opt/mailban/sbin/mailban sync --quiet$' "$root/opt/mailban/lib/systemd/system/mailban.service"
	# what up said last comes back, and the sets are filled whatever fails there
	grep -q '^ExecStart=-/opt/mailban/sbin/mailban-firewall boot \$FIREWALL_OPTIONS$' "$root/opt/mailban/lib/systemd/system/mailban.service"
	grep -q '^After=.* nftables\.service$' "$root/opt/mailban/lib/systemd/system/mailban.service"
	grep -q '^PATH=/opt/mailban/sbin:' "$root/etc/cron.d/mailban"
	"$root/opt/mailban/sbin/mailban" --version | grep -q '^mailban '
	# nothing went elsewhere, and the files of the host are not touched
	[ "$(cd "$root" && echo *)" = "etc opt var" ]
}

@test "the units are as systemd wants them, and the daily run has few of root's rights" {
	command -v systemd-analyze > /dev/null || skip "systemd-analyze is not installed"
	installing install
	# what they start is not where they say
	sed -i "s|=/usr/local/sbin/|=$root/usr/local/sbin/|" "$root"/usr/local/lib/systemd/system/*.service
	said=$(systemd-analyze verify --man=no "$root"/usr/local/lib/systemd/system/mailban* 2>&1 | grep -F mailban || true)
	[ -z "$said" ] || { echo "$said"; false; }
	# in tenths
	systemd-analyze security --offline=yes --threshold=29 "$root/usr/local/lib/systemd/system/mailban-run.service"
	grep -q '^u mailban ' "$root/usr/local/lib/sysusers.d/mailban.conf"
}

@test "cron leaves the run to the timer where that is enabled" {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	command=$(sed -n 's/^17 3 \* \* \* root //p' cron.d/mailban)
	printf '#!/bin/sh\necho "called: $*"\n' > "$BATS_TEST_TMPDIR/bin/mailban"
	printf '#!/bin/sh\nexit 0\n' > "$BATS_TEST_TMPDIR/bin/systemctl"
	chmod +x "$BATS_TEST_TMPDIR/bin/"*
	[ -z "$(PATH=$BATS_TEST_TMPDIR/bin /bin/sh -c "$command")" ]
	printf '#!/bin/sh\nexit 1\n' > "$BATS_TEST_TMPDIR/bin/systemctl"
	[ -n "$(PATH=$BATS_TEST_TMPDIR/bin /bin/sh -c "$command")" ]
}

@test "install keeps a configuration and a cron file that are there" {
	mkdir -p "$root/etc/mailban" "$root/etc/cron.d"
	echo 'threads = 1' > "$root/etc/mailban/mailban.conf"
	echo '# moved' > "$root/etc/cron.d/mailban"
	installing install
	[ "$(cat "$root/etc/mailban/mailban.conf")" = 'threads = 1' ]
	[ "$(cat "$root/etc/cron.d/mailban")" = '# moved' ]
}

@test "uninstall takes away what install brought, and keeps the data" {
	installing install
	echo 192.0.2.1 > "$root/var/lib/mailban/blacklist"
	echo 192.0.2.2 > "$root/etc/mailban/allow"
	installing uninstall
	[ "$(cd "$root" && find . -type f | sort | xargs)" = \
		"./etc/mailban/allow ./etc/mailban/mailban.conf ./var/lib/mailban/blacklist" ]
}

@test "cron runs it daily, at an odd minute, with MAILTO, and is silent where mailban is gone" {
	grep -q '^MAILTO=' cron.d/mailban
	[ "$(grep -c '^[0-9*]' cron.d/mailban)" = 1 ]
	read -r minute hour day month weekday user command < <(grep '^[0-9*]' cron.d/mailban)
	[ $((minute % 2)) = 1 ]
	[ "$hour" -lt 24 ]
	[ "$day $month $weekday $user" = "* * * root" ]
	[ -z "$(PATH=/nonexistent /bin/sh -c "$command" 2>&1)" ]
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "called: $*"\n' > "$BATS_TEST_TMPDIR/bin/mailban"
	chmod +x "$BATS_TEST_TMPDIR/bin/mailban"
	without=${command//\/usr\/sbin\/sendmail//nowhere/sendmail}
	[ "$(PATH=$BATS_TEST_TMPDIR/bin /bin/sh -c "$without")" = "called: run --color=never" ]
	printf '#!/bin/sh\nprintf "sendmail %%s: " "$*"\n/bin/cat\n' > "$BATS_TEST_TMPDIR/bin/sendmail"
	chmod +x "$BATS_TEST_TMPDIR/bin/sendmail"
	with=${command//\/usr\/sbin\/sendmail/$BATS_TEST_TMPDIR/bin/sendmail}
	ln -s "$(type -P cat)" "$BATS_TEST_TMPDIR/bin/cat"
	[ "$(PATH=$BATS_TEST_TMPDIR/bin /bin/sh -c "$with")" = "sendmail -oi -t: called: run --mail" ]
	# a shell's echo makes characters of what stands behind a backslash
	printf '#!/bin/sh\ncat << "E"\nTo: root\n\nCORP\\\\nancy \\c\nbehind\nE\n' > "$BATS_TEST_TMPDIR/bin/mailban"
	[ "$(PATH=$BATS_TEST_TMPDIR/bin /bin/sh -c "$with")" = $'sendmail -oi -t: To: root\n\nCORP\\\\nancy \\c\nbehind' ]
	printf '#!/bin/sh\n' > "$BATS_TEST_TMPDIR/bin/mailban"
	[ -z "$(PATH=$BATS_TEST_TMPDIR/bin /bin/sh -c "$with")" ]
}

@test "the manual has every command and option, and formats without a warning" {
	command -v man > /dev/null || skip "man is not installed"
	installing install
	for page in "$root"/usr/local/share/man/man*/*; do
		warnings=$(LC_ALL=C.UTF-8 man --warnings -l -Tutf8 -Z "$page" 2>&1 > /dev/null)
		[ -z "$warnings" ] || { echo "$page: $warnings"; false; }
		# what other pages this host has is not ours
		! command -v mandoc > /dev/null || warnings=$(mandoc -T lint "$page" | grep -Ev 'referenced manual not found|mandoc\.db') || true
		[ -z "$warnings" ] || { echo "$warnings"; false; }
	done
	# without the backslashes that keep dashes dashes
	tr -d '\\' < "$root/usr/local/share/man/man8/mailban.8" > "$BATS_TEST_TMPDIR/page"
	for command in $("$MAILBAN" help | sed -n 's/^  \([a-z]*\)  *.*/\1/p'); do
		grep -q "^.It Cm $command" "$BATS_TEST_TMPDIR/page"
		for option in $("$MAILBAN" help "$command" | sed -n 's/^ .\{5\}\(--[a-z0-9-]*\).*/\1/p'); do
			grep -Eq "^.It (-., )?$option( |\$)" "$BATS_TEST_TMPDIR/page" || { echo "$option is missing"; false; }
		done
	done
	# every setting, and what the page says besides of some
	"$MAILBAN" help settings | cmp - "$root/etc/mailban/mailban.conf"
	tr -d '\\' < "$root/usr/local/share/man/man5/mailban.conf.5" > "$BATS_TEST_TMPDIR/page"
	"$MAILBAN" help settings | sed -n 's/^#\t\{0,1\}\([a-z0-9-]\{1,\}\) [={].*/^.It Ic \1 /p' > "$BATS_TEST_TMPDIR/names"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/names")" -gt 25 ]
	grep '^\.It Ic' "$BATS_TEST_TMPDIR/page" > "$BATS_TEST_TMPDIR/items"
	while read -r name; do
		grep -q "$name" "$BATS_TEST_TMPDIR/items" || { echo "$name is missing"; false; }
	done < "$BATS_TEST_TMPDIR/names"
	sed -n '/^\.\\" SETTINGS/,/^\.\\" END/p' src/man/mailban.conf.5 | grep -v '^\.\\"' | scripts/man-tidy | tr -d '\\' | sort > "$BATS_TEST_TMPDIR/said"
	[ -z "$(sort "$BATS_TEST_TMPDIR/page" | comm -23 "$BATS_TEST_TMPDIR/said" -)" ]
}

@test "the manual names every word of a rule" {
	for name in $(sed '/see successors/,/^};/d' src/detect/rules_text.c | grep -o 'CFG_[A-Z_]*("[a-z0-9-]*"' | cut -d'"' -f2); do
		[ "$name" = rule ] || grep -Eq "^\.It Ic (.* )?$name( |\$)" src/man/mailban-rules.5 || { echo "$name is missing"; false; }
	done
}

@test "the manual names every former setting with its successor" {
	former=$(sed -n 's/^\t{ "\([a-z0-9-]*\)", &former.*/\1/p' src/app/settings.c)
	[ "$(wc -w <<< "$former")" -ge 9 ]
	tr -d '\\' < src/man/mailban.conf.5 | sed -n '/^\.Sh FORMER SETTINGS/,/^\.Sh EXAMPLES/p' > "$BATS_TEST_TMPDIR/former"
	for name in $former; do
		grep -q "^\.It Ic $name\$" "$BATS_TEST_TMPDIR/former" || { echo "$name is missing"; false; }
	done
}

@test "the rule in the manual proves its samples" {
	command -v man > /dev/null || skip "man is not installed"
	mkdir "$BATS_TEST_TMPDIR/rules"
	LC_ALL=C.UTF-8 MANWIDTH=200 man -l src/man/mailban-rules.5 | col -bx | sed -n '/^ *rule "/,/^ *}$/p' > "$BATS_TEST_TMPDIR/rules/manual.conf"
	grep -q 'rule "postfix-sasl"' "$BATS_TEST_TMPDIR/rules/manual.conf"
	"$MAILBAN" rules --check --rules "$BATS_TEST_TMPDIR/rules"
}

@test "bash completes commands, options and values" {
	run -0 bash -c '
		PATH='"${MAILBAN%/*}"':$PATH
		compopt() { :; }
		. src/completion/mailban.bash
		complete_line() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=(); _mailban; echo "${COMPREPLY[*]}"; }
		complete_line mailban sy
		complete_line mailban sync --dr
		complete_line mailban scan --cl
		complete_line mailban run --cl
		complete_line mailban diff --color al
		complete_line mailban export pl
		complete_line mailban help se'
	[ "$output" = "$(printf 'sync\n--dry-run\n--classic\n\nalways\nplain\nsettings')" ]
}

@test "fish completes commands, options and values" {
	command -v fish > /dev/null || skip "fish is not installed"
	HOME=$BATS_TEST_TMPDIR run -0 fish --no-config -c '
		set PATH '"${MAILBAN%/*}"' $PATH
		source src/completion/mailban.fish
		complete -C "mailban sy" | cut -f 1
		complete -C "mailban sync --dr" | cut -f 1
		complete -C "mailban rules --fr" | cut -f 1
		complete -C "mailban export pl" | cut -f 1
		complete -C "mailban help se"
		complete -C "mailban-firewall sta"'
	[ "$output" = "$(printf '%s\n' sync --dry-run --from-fail2ban plain settings status)" ]
}

@test "zsh completes commands, options and values" {
	command -v zsh > /dev/null || skip "zsh is not installed"
	# the words that compadd would offer
	run -0 zsh -f -c '
		PATH='"${MAILBAN%/*}"':$PATH
		compadd() { while [[ $1 == -- ]]; do shift; done; print -l -- $@; }
		_describe() { print -l -- ${${(P)2}%%:*}; }
		_files() { print files; }
		ask() { service=$1 words=("$@") CURRENT=$#; source src/completion/_mailban; }
		ask mailban sy | grep -x sync
		ask mailban sync --dr | grep -x -e --dry-run
		ask mailban rules --fr | grep -x -e --from-fail2ban
		ask mailban export pl | grep -x plain
		ask mailban help se | grep -x settings
		ask mailban-firewall sta | grep -x status
		ask mailban scan ""'
	[ "$output" = "$(printf '%s\n' sync --dry-run --from-fail2ban plain settings status files)" ]
}
