#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# ban, unban, allow and export against real kernel sets.

load helper

setup() {
	need_sets
}

@test "ban and unban reach the set at once" {
	need_nftables
	over_both <<-'EOF'
	edit() { "$MAILBAN" "$1" -c settings --blacklist "$PWD/blacklist" "${@:2}"; }
	fails_with 1 'no rule uses the set mailban4' edit ban 203.0.113.9 --for 2h
	firewall up
	edit ban 2001:db8:2::/64 2> /dev/null
	[ "$(members mailban4)" = 203.0.113.9 ]
	[ "$(members mailban6)" = 2001:db8:2::/64 ]
	t=$(timeout_of mailban4 203.0.113.9)
	[ "$t" -gt 7000 ]
	[ "$t" -le 7260 ]
	edit unban 203.0.113.9 2> /dev/null
	[ -z "$(members mailban4)" ]
	edit ban --no-sync 203.0.113.10
	[ -z "$(members mailban4)" ]
	edit ban -n 203.0.113.11 > /dev/null
	[ -z "$(members mailban4)" ]
	EOF
}

@test "what the allowlist does not say well is told once a command" {
	in_net <<-'EOF'
	edit() { "$MAILBAN" "$1" --blacklist "$PWD/blacklist" --state "$PWD/state" --allow "$PWD/allow" "${@:2}"; }
	echo '198.51.100.9 # until 2099-2-1' > allow
	for command in ban allow; do
		edit $command 192.0.2.7 2> said || true
		[ "$(grep -c 'allow:1: what stands behind "until" is no time' said)" -eq 1 ]
	done
	EOF
}

@test "allow lets an address through at once, its network stays banned" {
	need_rules nft
	need_nftables
	over_both <<-'EOF'
	world_up
	listen
	ban 203.0.113.0/24 7200 | blacklist > blacklist
	firewall up
	sync -q
	dropped $ATTACKER
	dropped $NEIGHBOUR
	: > log
	"$MAILBAN" why -c settings 203.0.113.0/24 log | grep -q '[1-9][0-9]* dropped'
	"$MAILBAN" allow -c settings --blacklist "$PWD/blacklist" --allow "$PWD/allow" $ATTACKER a customer after all
	connects $ATTACKER
	dropped $NEIGHBOUR
	[ "$(members mailban4 | wc -l)" = 8 ]
	"$MAILBAN" check -c settings > checked || true
	grep -q '^ok *set mailban4: 8 entries, used 1 times' checked
	EOF
}

@test "why: what sync puts into the set, and what it does not" {
	need_nftables
	over_both <<-'EOF'
	why() { "$MAILBAN" why -c settings "$1" log; }
	: > log
	{ ban 192.0.2.7 7200; ban 192.0.2.8 -1800; ban 198.51.100.0/24 7200; echo 203.0.113.0/24; ban 203.0.113.9 -1800
	  ban 203.0.113.64/26 9000; } | blacklist > blacklist
	: | blacklist > none
	sync -q --blacklist "$PWD/none"
	why 192.0.2.7 | grep -qx '  packets    not in the set; mailban sync puts it there'
	why 192.0.2.8 > said
	grep -qx '192.0.2.8: was banned' said
	fails_with 1 '' grep packets said
	echo 198.51.100.9 > allow
	fails_with 1 '' grep packets <(why 198.51.100.9)
	sync -q 2> /dev/null || true
	for a in 192.0.2.8 198.51.100.9 198.51.100.7 203.0.113.65; do
		fails_with 1 '' grep 'not in the set' <(why $a)
	done
	# inside a wider entry that lasts
	why 203.0.113.9 > said
	grep -qx '203.0.113.9: banned' said
	grep -q '0 dropped' said
	EOF
}

@test "status: a family with bans and without a rule needs a person" {
	need_rules legacy
	in_net <<-'EOF'
	status() { "$MAILBAN" status -c settings; }
	{ echo 203.0.113.9; echo 2001:db8::9; } | blacklist > blacklist
	status > said
	grep -qx 'nothing of IPv4 is dropped: no rule uses the set mailban4; mailban-firewall up' said
	grep -qx 'nothing of IPv6 is dropped: no rule uses the set mailban6; mailban-firewall up' said
	sync -q 2> /dev/null || true
	iptables-legacy -w -I INPUT -m set --match-set mailban4 src -j DROP
	status > said
	[ "$(grep -c '^nothing of' said)" -eq 1 ]
	grep -qx 'nothing of IPv6 is dropped: no rule uses the set mailban6; mailban-firewall up' said
	# nothing is missing for bans that are over
	{ echo 203.0.113.9; ban 2001:db8::9 -1800; } | blacklist > blacklist
	status | grep -q '^needs you  nothing'
	# up without the options that it was said with would make another rule
	iptables-legacy -w -F INPUT
	echo 'limit --above 30' > firewall
	status > said
	grep -qx 'nothing of IPv4 is dropped: no rule uses the set mailban4; mailban-firewall up' said
	echo 'up --hook input,forward' >> firewall
	status > said
	grep -qx 'nothing of IPv4 is dropped: no rule uses the set mailban4; mailban-firewall again' said
	EOF
}

@test "without permission the file is written, and the status says in part" {
	command -v setpriv > /dev/null || skip "setpriv is not installed"
	in_net <<-'EOF'
	fails_with 1 'mailban: ' setpriv --bounding-set=-net_admin --inh-caps=-net_admin \
		"$MAILBAN" ban --blacklist "$PWD/blacklist" 203.0.113.9
	grep -q "^203.0.113.9 " blacklist
	[ -z "$(ipset list -n)" ]
	sync -q
	[ "$(members mailban4)" = 203.0.113.9 ]
	EOF
}

@test "export: ipset restore and nft take it" {
	command -v nft > /dev/null || skip "nft is not installed"
	in_net <<-'EOF'
	{ ban 192.0.2.7 7200; ban 198.51.100.0/25 7200; ban 198.51.100.128/25 9000; echo 203.0.113.0/24; echo 203.0.113.9
	  ban 2001:db8:5::/64 9000000
	  # what a person may have written
	  echo '2001:db8:6::/64 # since 2026-11-20T03:17Z until 2099-12-18T03:17Z by auth hits 8'; } | blacklist > blacklist
	"$MAILBAN" export ipset --blacklist "$PWD/blacklist" > restore
	ipset restore < restore
	ipset restore < restore
	[ "$(members mailban4 | xargs)" = "192.0.2.7 198.51.100.0/25 198.51.100.128/25 203.0.113.0/24 203.0.113.9" ]
	sync | grep . && false
	"$MAILBAN" export nft --blacklist "$PWD/blacklist" > table
	nft -f table
	nft -f table
	for a in 192.0.2.7 198.51.100.1 198.51.100.200 203.0.113.200; do
		nft get element inet mailban banned4 "{ $a }" > /dev/null
	done
	nft get element inet mailban banned6 "{ 2001:db8:5::1, 2001:db8:6::1 }" > /dev/null
	fails_with 1 'No such file' nft get element inet mailban banned4 "{ 192.0.2.8 }"
	EOF
}

@test "export: in the set of nft each neighbour keeps its own end" {
	command -v nft > /dev/null || skip "nft is not installed"
	in_net <<-'EOF'
	{ ban 203.0.113.9 7200; echo 203.0.113.10; ban 203.0.113.11 900000; } | blacklist > blacklist
	"$MAILBAN" export nft --blacklist "$PWD/blacklist" > table
	nft -f table
	nft list set inet mailban banned4 | sed 's/.*elements = //' | tr ',' '\n' > listed
	[ "$(grep -c 203.0.113 listed)" -eq 3 ]
	grep -q '203.0.113.9 timeout [12]h' listed
	grep -q '203.0.113.10 *\(}\|$\)' listed
	grep -q '203.0.113.11 timeout 10d' listed
	EOF
}

@test "allow: a name is asked for at each run, and keeps its last answer" {
	unshare -m true 2> /dev/null || skip 'mount namespaces are not to be had'
	in_net <<-'EOF'
	echo '203.0.113.77 home.example' > hosts
	unshare -m bash -e <<-'END'
	mount --bind hosts /etc/hosts
	for n in 1 2 3 4 5 6; do
		TZ=UTC printf '%(%FT%TZ)T mx postfix/smtpd[42]: warning: unknown[203.0.113.77]: SASL LOGIN authentication failed: no, sasl_username=u%d\n' -1 $n
	done > log
	run() { "$MAILBAN" run -q --no-sync --blacklist list --state state --allow names log; }
	echo 'home.example # anna' > names
	run
	[ "$(cat state.names)" = 'home.example 203.0.113.77' ]
	[ ! -s list ]
	: > hosts
	tail -1 log >> log
	run 2> said
	grep -q 'home.example: nobody answers for its address; the last answer stands' said
	[ ! -s list ]
	"$MAILBAN" disallow --no-sync --blacklist list --state state --allow names home.example
	tail -1 log >> log
	run
	grep -q '^203.0.113.77 ' list
	END
	EOF
}
