# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of kernel sets and rules share: each of them works in a network namespace of its own.

bats_require_minimum_version 1.5.0

SCRIPTS=$BATS_TEST_DIRNAME/../../scripts
PATH=$PATH:/usr/sbin:/sbin
export SCRIPTS PATH MAILBAN

# As root the namespace is enough; else a user namespace gives the rights inside it.
if [ "$(id -u)" -eq 0 ]; then
	NAMESPACE="unshare -n"
else
	NAMESPACE="unshare -rn"
fi
export NAMESPACE

# Skips the test where this host's kernel cannot do what it needs, and says what.
need_sets() {
	local said
	said=$($NAMESPACE ipset create probe hash:net family inet counters timeout 0 2>&1) ||
		skip "this host has no kernel sets: ${said:-ipset does not work}"
}

need_rules() { # variant
	local said
	command -v "iptables-$1" > /dev/null || skip "iptables-$1 is not installed"
	said=$($NAMESPACE sh -c "ipset create probe hash:net family inet && iptables-$1 -w -I INPUT -m set --match-set probe src -j DROP" 2>&1) ||
		skip "this host has no iptables-$1 with sets: $said"
}

need_nftables() {
	local said
	command -v nft > /dev/null || skip "nft is not installed"
	said=$($NAMESPACE nft 'add table inet probe; add set inet probe s { type ipv4_addr; flags timeout; counter; }' 2>&1) ||
		skip "this host has no nftables: $said"
}

# Runs the script on standard input over both backends, one after the other.
over_both() {
	local script
	need_nftables
	script=$(cat)
	for BACKEND in ipset nftables; do
		export BACKEND
		rm -rf "$BATS_TEST_TMPDIR/$BACKEND"
		mkdir "$BATS_TEST_TMPDIR/$BACKEND"
		in_net "$BACKEND" <<< "$script" || {
			echo "that was with $BACKEND"
			return 1
		}
	done
}

# Runs the script on standard input in a fresh network namespace; any failing command fails it. What it
# starts in the background ends with it.
in_net() {
	cd "$BATS_TEST_TMPDIR/${1-}" || return 1
	{
		cat "$BATS_TEST_DIRNAME/inside.bash"
		cat
	} > script
	$NAMESPACE bash script 3>&-
}
