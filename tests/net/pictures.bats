#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The pictures of README: what mailban shows today of the fortnight of tests/pictures/make.

load helper

@test "the mail, the page and the status in README are what mailban shows" {
	need_sets
	need_rules nft
	[ "$(id -u)" -eq 0 ] || skip "only root can have a /var/log of its own"
	unshare -m true 2> /dev/null || skip 'mount namespaces are not to be had'
	command -v faketime > /dev/null || skip "faketime is not installed"
	cd "$BATS_TEST_DIRNAME/../pictures" || return 1
	./make "$MAILBAN" "$BATS_TEST_TMPDIR" 3>&-
	for picture in mail.txt status.txt page.html; do
		diff $picture "$BATS_TEST_TMPDIR/$picture" || {
			echo "it was another picture; tests/pictures/make build/mailban tests/pictures makes it again"
			return 1
		}
	done
	readme=$(< ../../README.md)
	for picture in mail.txt status.txt; do
		shown=$(sed 's/^..*/    &/' $picture)
		[[ "$readme" == *$'\n\n'"$shown"$'\n\n'* ]] || {
			echo "README shows another $picture"
			return 1
		}
	done
	[[ "$readme" == *'(tests/pictures/page.html)'*'(tests/pictures/page.png)'* ]]
	[ "$(wc -c < page.png)" -lt 150000 ]
	[ "$(head -c 4 page.png)" = $'\x89PNG' ]
}
