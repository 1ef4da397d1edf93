#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What scripts/demo shows is so: it fails by itself where a connection does not do what it should.

load helper

setup() {
	need_sets
	need_rules nft
	$NAMESPACE ip link add probe type veth peer name other 2> /dev/null || skip "this host's kernel has no veth"
}

@test "the demonstration ends with dropped attackers and a customer who gets in" {
	cd "$BATS_TEST_DIRNAME/../.."
	run -0 $NAMESPACE scripts/demo inside 3>&-
	grep -q '^the attacker 203.0.113.9 gets no answer' <<< "$output"
	grep -q '^the attacker 2001:db8:bad:1::66 gets no answer' <<< "$output"
	grep -q '^192.0.2.0/24 .*hosts 8$' <<< "$output"
	grep -q '^IPv4: DROP rule for mailban4 in .*: [1-9][0-9]* packets' <<< "$output"
	# the stranger in somebody's greeting, and the customer who mistyped
	[ -z "$(grep -E '^(198.51.100.250|198.51.100.20) ' <<< "$output")" ]
	# the published port of a container: told, and then guarded
	grep -q '^connections to 587 are passed on by DNAT' <<< "$output"
	# a second run of the same log says nothing
	[ "${lines[-1]}" = '$ mailban run --blacklist blacklist --state state maillog' ]
}

@test "the demonstration on a host that has nftables alone" {
	need_nftables
	[ "$(id -u)" -eq 0 ] && unshare -m true 2> /dev/null || skip "only root can mount"
	cd "$BATS_TEST_DIRNAME/../.."
	# what is no program is not installed
	run -0 unshare -n -m sh -c 'for c in iptables ip6tables ipset; do mount --bind /dev/null "$(command -v $c)"; done; exec scripts/demo inside' 3>&-
	grep -q '^the attacker 203.0.113.9 gets no answer' <<< "$output"
	grep -q '^IPv4: DROP rule for mailban4 in nftables, input: [1-9][0-9]* packets' <<< "$output"
	grep -q '^connections to 587 are passed on by DNAT' <<< "$output"
}
