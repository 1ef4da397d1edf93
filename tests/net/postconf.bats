#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Postfix's mynetworks: a postconf that fails is told, and what the run before knew counts. It stands where the host's
# would, in a mount namespace of its own.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	: > allow
	for address in 192.0.2.7 198.51.100.7; do
		for i in {1..6}; do
			TZ=UTC printf '%(%FT%T+00:00)T mx postfix/smtpd[42]: warning: unknown[%s]: SASL LOGIN authentication failed: UGFzc3dvcmQ6\n' \
				-1 "$address"
		done
	done > log
	folder=/usr/local/sbin
	[ ! -e /usr/sbin/postconf ] || folder=/usr/sbin
	unshare -m sh -c "mount -t tmpfs none $folder" 2> /dev/null || skip "no mount namespaces here, or not root"
}

# with_postconf SCRIPT COMMAND...: the script is the host's postconf
with_postconf() {
	{ echo '#!/bin/sh'; echo "$1"; } > postconf
	chmod +x postconf
	shift
	unshare -m sh -c 'mount -t tmpfs none "$0" && cp postconf "$0" && exec "$@"' "$folder" "$@"
}

mailban_run() { # SCRIPT [OPTION]...
	with_postconf "$1" "$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow "${@:2}" log
}

banned() {
	grep -v '^#' blacklist | cut -d' ' -f1 | tr '\n' ' '
}

@test "mynetworks are never banned" {
	run -0 mailban_run 'echo 127.0.0.0/8 192.0.2.0/24'
	[ "$(banned)" = '198.51.100.7 ' ]
}

@test "a postconf that fails is told, and nothing that it printed is taken" {
	run -1 --separate-stderr mailban_run 'echo 192.0.2.0/24; exit 1'
	[[ "$stderr" == *"mailban: $folder/postconf exits with 1, so that Postfix's mynetworks are not known; "* ]]
	[ "$(banned)" = '192.0.2.7 198.51.100.7 ' ]
	echo 'log = { "log" }' > conf
	run -1 --separate-stderr with_postconf 'kill -9 $$' "$MAILBAN" check -c conf --no-sync --blacklist blacklist \
		--state state --allow allow
	[[ "$stderr" == *'postconf is killed by signal 9, so that '* ]]
	[[ "$output" != *allowlist* ]]
}

@test "where postconf fails the run takes what the one before knew, and gives it on" {
	sed -i '/192\.0\.2\.7/w later
		/192\.0\.2\.7/d' log
	run -0 mailban_run 'echo 192.0.2.0/24'
	cat later >> log
	run -1 mailban_run 'exit 1'
	run -1 mailban_run 'exit 1' --full
	[ "$(banned)" = '198.51.100.7 ' ]
	# once it is none of the networks any more, it is forgotten
	run -0 mailban_run 'echo 127.0.0.0/8' --full
	[ "$(banned)" = '192.0.2.7 198.51.100.7 ' ]
}
