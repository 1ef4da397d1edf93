#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Servers of Debian 12, attacked over the wire: each failure is seen with its address, each login is good, no address
# that somebody only typed is named, and exactly those who attacked are banned.

bats_require_minimum_version 1.5.0

attacked() { # server
	local said
	[ "$(id -u)" -eq 0 ] || skip "mounting a root for the server needs root"
	said=$(unshare --net --mount --uts --ipc --pid --fork --mount-proc true 2>&1) ||
		skip "this host gives no namespaces: $said"
	said=$("$BATS_TEST_DIRNAME/fetch" "$1" 2>&1) || skip "${said##*$'\n'}"
	mkdir "$BATS_TEST_TMPDIR/out"
	run -0 "$BATS_TEST_DIRNAME/box" "$1" "$BATS_TEST_TMPDIR/out"
}

@test "Postfix that asks Dovecot" {
	attacked postfix-dovecot
}

@test "Dovecot as it comes" {
	attacked dovecot
}

@test "Dovecot that tells of each failure" {
	attacked dovecot-verbose
}

@test "Postfix that asks saslauthd" {
	attacked postfix-saslauthd
}

@test "Exim" {
	attacked exim
}

@test "OpenSMTPD" {
	attacked opensmtpd
}

@test "Courier" {
	attacked courier
}

@test "Cyrus" {
	attacked cyrus
}

@test "Sendmail" {
	attacked sendmail
}

@test "chasquid" {
	attacked chasquid
}
