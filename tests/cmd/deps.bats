#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/deps with package managers that only write down what they are asked for.

bats_require_minimum_version 1.5.0

setup() {
	deps=$BATS_TEST_TMPDIR/scripts/deps
	tools=$BATS_TEST_TMPDIR/tools
	mkdir -p "$tools" "${deps%/*}" "$BATS_TEST_TMPDIR/tests/wire"
	cp "$BATS_TEST_DIRNAME/../../scripts/deps" "$deps"
	fetched 0
	# nothing but what a base system has, and no manager of this host
	for tool in sh sed grep env cat printf; do
		ln -s "$(command -v "$tool")" "$tools/$tool"
	done
	printf '#!/bin/sh\necho 0\n' > "$tools/id"
	chmod +x "$tools/id"
}

fake() { # tool, status, what it prints
	printf '#!/bin/sh\necho "%s $*" >> "%s"\necho "%s"\nexit %d\n' "$1" "$BATS_TEST_TMPDIR/calls" "${3-}" "$2" > "$tools/$1"
	chmod +x "$tools/$1"
}

# what unpacks the servers
fetched() { # status
	printf '#!/bin/sh\necho fetch >> "%s"\nexit %d\n' "$BATS_TEST_TMPDIR/calls" "$1" > "$BATS_TEST_TMPDIR/tests/wire/fetch"
	chmod +x "$BATS_TEST_TMPDIR/tests/wire/fetch"
}

@test "apt: updates, installs without asking, and takes no recommendations" {
	fake apt-get 0
	fake dpkg-query 1
	PATH=$tools run -0 "$deps" build
	grep -q '^apt-get -qq update$' "$BATS_TEST_TMPDIR/calls"
	grep -q '^apt-get -qq -y --no-install-recommends .*install .*libpcre2-dev libipset-dev' "$BATS_TEST_TMPDIR/calls"
}

@test "what is there already is not asked for" {
	fake apt-get 0
	fake dpkg-query 0 installed
	PATH=$tools run -0 "$deps" test
	[ -z "$output" ]
	[ -z "$(grep '^apt-get' "$BATS_TEST_TMPDIR/calls")" ]
}

@test "the servers of the tests are unpacked for tests alone, and missing ones are told" {
	fake apt-get 0
	fake dpkg-query 0 installed
	PATH=$tools run -0 "$deps" run
	[ -z "$(grep -x fetch "$BATS_TEST_TMPDIR/calls")" ]
	PATH=$tools run -0 "$deps" test
	grep -qx fetch "$BATS_TEST_TMPDIR/calls"
	fetched 1
	PATH=$tools run -0 "$deps" test
	[[ "$output" == *"could not be had"* ]]
}

@test "dnf, apk and pacman are asked without questions" {
	fake dnf 0
	fake rpm 1
	PATH=$tools run -0 "$deps" run
	grep -q '^dnf -q -y install .*pcre2-devel .*ipset' "$BATS_TEST_TMPDIR/calls"
	rm "$tools/dnf"
	printf '#!/bin/sh\necho "apk $*" >> "%s"\n[ "$1" != info ]\n' "$BATS_TEST_TMPDIR/calls" > "$tools/apk"
	chmod +x "$tools/apk"
	PATH=$tools run -0 "$deps"
	grep -q '^apk add -q .*pcre2-dev' "$BATS_TEST_TMPDIR/calls"
	rm "$tools/apk"
	fake pacman 0 missing
	PATH=$tools run -0 "$deps"
	grep -q '^pacman -Sy --noconfirm --needed --quiet .*pcre2' "$BATS_TEST_TMPDIR/calls"
}

@test "a manager that fails, or none at all, is said with what to install" {
	fake apt-get 100
	fake dpkg-query 1
	PATH=$tools run -1 "$deps"
	[[ "$output" == *"apt could not install:"*libpcre2-dev* ]]
	rm "$tools/apt-get"
	PATH=$tools run -1 "$deps"
	[[ "$output" == *"no package manager that this script knows"*libpcre2-dev* ]]
}

@test "--list installs nothing, and misuse is told" {
	fake apt-get 0
	PATH=$tools run -0 "$deps" --list test
	grep -qx bats <<< "$output"
	[ ! -e "$BATS_TEST_TMPDIR/calls" ]
	PATH=$tools run -2 "$deps" everything
}
