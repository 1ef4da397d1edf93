#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/firewall in both variants of iptables, with a server and clients that are really dropped.

load helper

setup() {
	need_sets
}

with() { # variant; puts what every test needs in front of its script
	need_rules "$1"
	{
		echo "variant=$1"
		cat <<-'EOF'
		export IPTABLES=iptables-$variant IP6TABLES=ip6tables-$variant
		firewall() { "$SCRIPTS/firewall" "$@"; }
		rules() { iptables-$variant -w -S INPUT 2> /dev/null | grep '^-A' || true; }
		rules6() { ip6tables-$variant -w -S INPUT 2> /dev/null | grep '^-A' || true; }
		EOF
		cat
	} | in_net
}

attacker_is_dropped() {
	with "$1" <<-'EOF'
	network_up
	listen
	{ echo $ATTACKER; echo $ATTACKER6; } > blacklist
	sync -q
	connects $ATTACKER
	connects $ATTACKER6
	connects $NEIGHBOUR
	firewall up
	dropped $ATTACKER
	dropped $ATTACKER6
	connects $NEIGHBOUR
	connects $CUSTOMER
	connects $CUSTOMER6
	firewall status > said
	grep -Eqx "IPv4: DROP rule for mailban4 in iptables-$variant \((legacy|nf_tables)\): [1-9][0-9]* packets, [1-9][0-9]* bytes" said
	grep -Eqx "IPv6: DROP rule for mailban6 in ip6tables-$variant \((legacy|nf_tables)\): [1-9][0-9]* packets, [1-9][0-9]* bytes" said
	firewall down
	connects $ATTACKER
	connects $ATTACKER6
	EOF
}

@test "an attacker connects, is dropped, and connects again: nft" {
	attacker_is_dropped nft
}

@test "an attacker connects, is dropped, and connects again: legacy" {
	attacker_is_dropped legacy
}

up_is_idempotent() {
	with "$1" <<-'EOF'
	iptables-$variant -w -A INPUT -p udp -j ACCEPT
	firewall up
	[ "$(rules)" = "$(printf '%s\n%s' '-A INPUT -m set --match-set mailban4 src -j DROP' '-A INPUT -p udp -j ACCEPT')" ]
	[ "$(rules6)" = '-A INPUT -m set --match-set mailban6 src -j DROP' ]
	network_up
	listen
	ipset add mailban4 $ATTACKER
	dropped $ATTACKER
	iptables-$variant -w -v -S INPUT > before
	firewall up
	iptables-$variant -w -v -S INPUT | cmp before -
	# somebody put a rule in front of it
	iptables-$variant -w -I INPUT -p icmp -j ACCEPT
	firewall up
	rules | head -n 1 | grep -q 'mailban4 src -j DROP'
	[ "$(rules | grep -c mailban4)" = 1 ]
	firewall down
	firewall down
	[ "$(rules | xargs)" = '-A INPUT -p icmp -j ACCEPT -A INPUT -p udp -j ACCEPT' ]
	EOF
}

@test "up twice changes nothing, keeps the counters, and stays at the head: nft" {
	up_is_idempotent nft
}

@test "up twice changes nothing, keeps the counters, and stays at the head: legacy" {
	up_is_idempotent legacy
}

options_change_the_rules() {
	with "$1" <<-'EOF'
	firewall up
	firewall up --log --ports 25,465,587
	firewall up --log --ports 25,465,587
	[ "$(rules | wc -l)" = 2 ]
	rules | sed -n 1p | grep -Eq -- '-p tcp -m multiport --dports 25,465,587 -m set --match-set mailban4 src -m limit --limit 10/min.* -j LOG'
	rules | sed -n 2p | grep -q -- '-p tcp -m multiport --dports 25,465,587 -m set --match-set mailban4 src -j DROP'
	network_up
	listen
	socat TCP4-LISTEN:80,bind=$SERVER,fork,reuseaddr SYSTEM:'echo web' &
	until [ "$(socat -u TCP4:$SERVER:80,bind=$CUSTOMER - 2> /dev/null)" = web ]; do :; done
	ipset add mailban4 $ATTACKER
	dropped $ATTACKER
	[ "$(socat -u TCP4:$SERVER:80,bind=$ATTACKER,connect-timeout=1 -)" = web ]
	firewall status | grep -q 'LOG rule for mailban4'
	firewall up
	[ "$(rules)" = '-A INPUT -m set --match-set mailban4 src -j DROP' ]
	firewall up --log
	firewall down
	[ -z "$(rules)$(rules6)" ]
	EOF
}

@test "--log and --ports make the rules that they say, and unmake them: nft" {
	options_change_the_rules nft
}

@test "--log and --ports make the rules that they say, and unmake them: legacy" {
	options_change_the_rules legacy
}

@test "status fails where the rule is missing, in one family or in both" {
	with nft <<-'EOF'
	fails_with 1 'IPv4: no rule drops what mailban4 holds' firewall status
	firewall up
	firewall status
	ip6tables-nft -w -F INPUT
	fails_with 1 'IPv6: no rule drops what mailban6 holds' firewall status
	iptables-nft -w -R INPUT 1 -m set --match-set mailban4 src -j ACCEPT
	fails_with 1 'IPv4: no rule drops' firewall status
	EOF
}

@test "a rule in the other variant is seen, and taken over" {
	need_rules legacy
	with nft <<-'EOF'
	IPTABLES=iptables-legacy IP6TABLES=ip6tables-legacy "$SCRIPTS/firewall" up
	firewall status | grep -q 'in iptables-legacy (legacy)'
	firewall up
	firewall status > said
	[ "$(wc -l < said)" -eq 2 ]
	grep -q 'in iptables-nft' said
	grep -q 'in ip6tables-nft' said
	EOF
}

@test "asking makes no table of the variant that is not in use" {
	with nft <<-'EOF'
	firewall up
	firewall status
	firewall down
	if [ -e /proc/net/ip_tables_names ]; then [ ! -s /proc/net/ip_tables_names ]; fi
	EOF
}

@test "up makes the sets where they are missing, as sync wants them" {
	with nft <<-'EOF'
	firewall up
	echo 192.0.2.1 > blacklist
	[ "$(sync)" = "mailban4: 1 added, 0 removed, 0 renewed, 0 kept" ]
	firewall up
	[ "$(members mailban4)" = 192.0.2.1 ]
	EOF
}

@test "who may not ask for the rules is told so, and nothing is taken for done" {
	with nft <<-'EOF'
	firewall up
	for action in up down status; do
		fails_with 1 'is this root' setpriv --bounding-set=-net_admin --inh-caps=-net_admin bash -c "$(declare -f firewall); firewall $action"
	done
	firewall status > /dev/null
	EOF
}

@test "misuse of firewall says how to use it" {
	with nft <<-'EOF'
	fails_with 2 'firewall up [--log]' firewall
	fails_with 2 'firewall up [--log]' firewall sideways
	fails_with 2 'firewall up [--log]' firewall up down
	fails_with 2 '--ports takes' firewall up --ports '25;reboot'
	fails_with 2 '--ports takes' firewall up --ports=
	firewall --help | grep -q -- --ports
	# by the name that make install gives it, too
	cp "$SCRIPTS/firewall" mailban-firewall
	fails_with 2 'mailban-firewall up [--log]' ./mailban-firewall
	fails_with 1 'holds; run: mailban-firewall up' ./mailban-firewall status
	fails_with 2 'mailban-firewall: --ports takes' ./mailban-firewall up --ports ''
	EOF
}
