#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/firewall in both variants of iptables and in nftables, with a server and clients that are really dropped.

load helper

setup() {
	need_sets
}

with() { # nft, legacy, or nftables; puts what every test needs in front of its script
	BACKEND=ipset
	if [ "$1" = nftables ]; then
		need_nftables
		BACKEND=nftables
	else
		need_rules "$1"
	fi
	export BACKEND
	{
		echo "variant=$1"
		cat <<-'EOF'
		[ $variant = nftables ] || export IPTABLES=iptables-$variant IP6TABLES=ip6tables-$variant
		# our rules of a chain, without what tells the time
		rules() {
			if [ $variant = nftables ]; then
				nft -s list chain inet mailban "drop-${1:-input}" 2> /dev/null | grep comment || true
			else
				iptables-$variant -w -S "${1:-INPUT}" 2> /dev/null | grep '^-A' || true
			fi
		}
		rules6() { ip6tables-$variant -w -S INPUT 2> /dev/null | grep '^-A' || true; }
		add() { # set, address
			if [ $variant = nftables ]; then nft add element inet mailban "$1" "{ $2 }"; else ipset add "$1" "$2"; fi
		}
		DROP4='-A INPUT -m set --match-set mailban4 src -m conntrack --ctdir ORIGINAL -m comment --comment mailban -j DROP'
		DROP6='-A INPUT -m set --match-set mailban6 src -m conntrack --ctdir ORIGINAL -m comment --comment mailban -j DROP'
		EOF
		cat
	} | in_net
}

need_cable() {
	$NAMESPACE ip link add probe type veth peer name other 2> /dev/null || skip "this host's kernel has no veth"
}

attacker_is_dropped() {
	need_cable
	with "$1" <<-'EOF'
	world_up
	listen
	{ echo $ATTACKER; echo 2001:db8:2::/64; } > blacklist
	sync -q 2> /dev/null
	connects $ATTACKER
	connects $ATTACKER6
	connects $NEIGHBOUR
	firewall up
	dropped $ATTACKER
	dropped $ATTACKER6
	connects $NEIGHBOUR
	connects $CUSTOMER
	connects $CUSTOMER6
	where="iptables-$variant \((legacy|nf_tables)\), INPUT" where6="ip6tables-$variant \((legacy|nf_tables)\), INPUT"
	[ $variant != nftables ] || where="nftables, input" where6="nftables, input"
	firewall status > said
	grep -Eqx "IPv4: DROP rule for mailban4 in $where: [1-9][0-9]* packets, [1-9][0-9]* bytes" said
	grep -Eqx "IPv6: DROP rule for mailban6 in $where6: [1-9][0-9]* packets, [1-9][0-9]* bytes" said
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

@test "an attacker connects, is dropped, and connects again: nftables" {
	attacker_is_dropped nftables
}

own_connections_pass() {
	need_cable
	with "$1" <<-'EOF'
	world_up
	$VIA socat "TCP4-LISTEN:2525,bind=$ATTACKER,fork,reuseaddr" SYSTEM:'echo 220 another server' &
	$VIA socat "TCP6-LISTEN:2525,bind=[$ATTACKER6],fork,reuseaddr" SYSTEM:'echo 220 another server' &
	answers() { [ "$(socat -u "$1,connect-timeout=1" - 2> /dev/null)" = '220 another server' ]; }
	until answers TCP4:$ATTACKER:2525 && answers "TCP6:[$ATTACKER6]:2525"; do :; done
	{ echo $ATTACKER; echo 2001:db8:2::/64; } > blacklist
	for options in '' '--ports 25,587' '--hook prerouting' '--hook input,forward,prerouting'; do
		firewall up $options
		sync -q
		answers TCP4:$ATTACKER:2525
		answers "TCP6:[$ATTACKER6]:2525"
	done
	EOF
}

@test "our own connections to a banned address are answered: nft" {
	own_connections_pass nft
}

@test "our own connections to a banned address are answered: nftables" {
	own_connections_pass nftables
}

an_open_connection_ends() {
	need_cable
	command -v conntrack > /dev/null || skip "conntrack is not installed"
	with "$1" <<-'EOF'
	world_up
	listen
	# whoever serves the connection that is cut sees no end of it
	socat -T 5 "TCP4-LISTEN:26,bind=$SERVER,fork,reuseaddr" EXEC:cat &
	firewall up
	cat > talk <<-'END'
		until exec 3<> /dev/tcp/192.0.2.25/26; do :; done 2> /dev/null
		echo one >&3; read -r said <&3; [ "$said" = one ] && touch open
		until [ -e banned ]; do :; done
		echo two >&3
		if read -r -t 1 said <&3; then touch heard; fi
	END
	$VIA bash talk &
	talker=$!
	until [ -e open ]; do :; done
	# somebody's rule for what is established stands before ours, of which only iptables knows
	[ $variant = nftables ] || iptables-$variant -w -I INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
	conntrack -L 2> /dev/null | grep -q 'dport=26 .*ASSURED'
	# whichever of its addresses the client has
	$VIA ip -4 addr show dev cable | sed -n 's/.*inet \([0-9.]*\).*/\1/p' > blacklist
	sync -q
	[ -z "$(conntrack -L 2> /dev/null | grep dport=26)" ]
	touch banned
	wait $talker
	[ ! -e heard ]
	EOF
}

@test "a connection that was open before the ban ends with it: nft" {
	an_open_connection_ends nft
}

@test "a connection that was open before the ban ends with it: nftables" {
	an_open_connection_ends nftables
}

published_ports() {
	need_cable
	with "$1" <<-'EOF'
	world_up
	# a container, whose port 25 is this host's
	unshare -n sh -c 'touch "$0"; exec sleep 600' "$PWD/container" &
	container=$!
	until [ -e container ]; do :; done
	ip link add inner type veth peer name inner netns $container
	ip addr add 172.18.0.1/24 dev inner
	ip link set inner up
	IN="nsenter -t $container -n"
	$IN ip addr add 172.18.0.2/24 dev inner
	$IN ip link set inner up
	$IN ip route add default via 172.18.0.1
	echo 1 > /proc/sys/net/ipv4/ip_forward
	if [ $variant = nftables ]; then
		nft 'table ip nat { chain pre { type nat hook prerouting priority dstnat; iifname "cable" tcp dport 25 dnat to 172.18.0.2:25; }; }'
	else
		iptables-$variant -t nat -A PREROUTING -i cable -p tcp --dport 25 -j DNAT --to-destination 172.18.0.2:25
		iptables-$variant -N DOCKER-USER
		iptables-$variant -I FORWARD -j DOCKER-USER
	fi
	$IN socat "TCP4-LISTEN:25,fork,reuseaddr,backlog=64" SYSTEM:'echo 220 mail.example.com' &
	until connects $CUSTOMER; do :; done
	echo $ATTACKER > blacklist
	firewall up 2> said
	grep -q 'connections to 25 are passed on by DNAT' said
	sync -q
	connects $ATTACKER
	fails_with 1 'run: firewall up --hook input,forward' firewall status
	fails_with 1 'they are not guarded' "$MAILBAN" check -c settings
	hooks='forward input,docker prerouting input,forward'
	[ $variant != legacy ] || hooks='forward prerouting'
	for hook in $hooks; do
		firewall up --hook $hook 2> said
		[ ! -s said ]
		dropped $ATTACKER
		connects $CUSTOMER
		firewall status > /dev/null
	done
	firewall down
	connects $ATTACKER
	EOF
}

@test "a container's published port: told where only INPUT is guarded, dropped by each other hook: nft" {
	published_ports nft
}

@test "a container's published port: told where only INPUT is guarded, dropped by each other hook: legacy" {
	published_ports legacy
}

@test "a container's published port: told where only INPUT is guarded, dropped by each other hook: nftables" {
	published_ports nftables
}

up_is_idempotent() {
	with "$1" <<-'EOF'
	iptables-$variant -w -A INPUT -p udp -j ACCEPT
	firewall up
	[ "$(rules)" = "$(printf '%s\n%s' "$DROP4" '-A INPUT -p udp -j ACCEPT')" ]
	[ "$(rules6)" = "$DROP6" ]
	network_up
	listen
	add mailban4 $ATTACKER
	dropped $ATTACKER
	iptables-$variant -w -v -S INPUT > before
	firewall up
	iptables-$variant -w -v -S INPUT | cmp before -
	# somebody put a rule in front of it
	iptables-$variant -w -I INPUT -p icmp -j ACCEPT
	firewall up
	rules | head -n 1 | grep -qFx -e "$DROP4"
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

@test "up twice changes nothing and keeps the counters; nothing but our table is touched: nftables" {
	with nftables <<-'EOF'
	nft 'table inet theirs { chain input { type filter hook input priority 0; tcp dport 25 accept; }; }'
	nft list table inet theirs > before
	firewall up
	network_up
	listen
	add mailban4 $ATTACKER
	dropped $ATTACKER
	nft list chain inet mailban drop-input > counted
	firewall up
	nft list chain inet mailban drop-input | cmp counted -
	firewall up --priority -20 --log
	firewall up --priority -20 --log=banned
	[ "$(rules | grep -c 'log prefix "banned "')" = 5 ]
	firewall up --priority -20 --log
	grep -Eq 'priority (filter - 20|-20)' <<< "$(nft list chain inet mailban drop-input)"
	[ "$(rules | grep -c 'log prefix "mailban: "')" = 5 ]
	echo 'nft-priority = -30' >> settings
	firewall up
	grep -Eq 'priority (filter - 30|-30)' <<< "$(nft list chain inet mailban drop-input)"
	dropped $ATTACKER
	firewall down
	firewall down
	nft list table inet theirs | cmp before -
	[ "$(nft list chains inet | grep -c 'chain ')" = 1 ]
	[ "$(members mailban4)" = $ATTACKER ]
	EOF
}

rules_of_others_stay() {
	with "$1" <<-'EOF'
	firewall up
	{ for i in $(seq 100); do "$IPTABLES" -w -I INPUT -s 10.1.0.$i -j ACCEPT; done; touch done; } &
	other=$!
	until [ -e done ]; do
		firewall up --ports 25
		firewall up
	done
	wait $other
	[ "$(rules | grep -c -- '-s 10.1.0.*-j ACCEPT')" = 100 ]
	[ "$(rules | grep -c mailban4)" = 1 ]
	EOF
}

@test "while another tool adds rules, up takes none of them away: nft" {
	rules_of_others_stay nft
}

@test "while another tool adds rules, up takes none of them away: legacy" {
	rules_of_others_stay legacy
}

@test "status says what stands before the rule, and fails where that lets packets past it" {
	with nft <<-'EOF'
	firewall up
	iptables-nft -w -I INPUT -i lo -j ACCEPT
	firewall status > said
	grep -q 'INPUT: 0 packets, 0 bytes; behind 1 other rules$' said
	iptables-nft -w -N theirs
	iptables-nft -w -A theirs -m conntrack --ctstate ESTABLISHED -j ACCEPT
	for chain in middle outer; do iptables-nft -w -N $chain; done
	iptables-nft -w -A middle -j theirs
	iptables-nft -w -A outer -p tcp -g middle
	iptables-nft -w -I INPUT -j outer
	fails_with 1 'behind 2 other rules, of which 1 may let packets past it; run: firewall again' firewall status
	fails_with 1 'of which 1 may let packets past it' "$MAILBAN" check -c settings
	firewall again
	firewall status > said
	[ -z "$(grep behind said)" ]
	EOF
}

options_change_the_rules() {
	with "$1" <<-'EOF'
	firewall up
	firewall up --log=banned --ports 25,465,587
	rules | grep -q -- '-j LOG --log-prefix "banned "'
	firewall up --log --ports 25,465,587
	iptables-$variant -Z
	rules > before
	iptables-$variant -w -v -S INPUT > counted
	firewall up --log --ports 25,465,587
	iptables-$variant -w -v -S INPUT | cmp counted -
	grep -q -- '-j LOG --log-prefix "mailban: "' before
	[ "$(rules | wc -l)" = 2 ]
	rules | sed -n 1p | grep -Eq -- '-p tcp -m multiport --dports 25,465,587 -m set --match-set mailban4 src .*-m limit --limit 10/min.* -j LOG'
	rules | sed -n 2p | grep -q -- '-p tcp -m multiport --dports 25,465,587 -m set --match-set mailban4 src .*-j DROP'
	network_up
	listen
	socat TCP4-LISTEN:80,bind=$SERVER,fork,reuseaddr SYSTEM:'echo web' &
	until [ "$(socat -u TCP4:$SERVER:80,bind=$CUSTOMER - 2> /dev/null)" = web ]; do :; done
	ipset add mailban4 $ATTACKER
	dropped $ATTACKER
	[ "$(socat -u TCP4:$SERVER:80,bind=$ATTACKER,connect-timeout=1 -)" = web ]
	firewall status > said
	grep -q 'LOG rule for mailban4' said
	firewall up
	[ "$(rules)" = "$DROP4" ]
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

connections_are_limited() {
	need_cable
	with "$1" <<-'EOF'
	world_up
	listen
	echo $CUSTOMER > allow
	firewall up
	firewall limit --rate 6/minute --burst 8 --ports 25 --log=fast
	try() { # address
		local jobs=() i
		rm -f passed.*
		for i in $(seq 14); do { ! connects $1 0.3 || touch passed.$i; } & jobs+=($!); done
		wait "${jobs[@]}"
		ls passed.* 2> /dev/null | wc -l
	}
	n=$(try $ATTACKER)
	[ "$n" -ge 8 ] && [ "$n" -le 10 ]
	connects $NEIGHBOUR
	# an IPv6 client has 64 bits of addresses
	$VIA ip -6 addr add 2001:db8:2::10/128 dev cable nodad
	[ "$(try $ATTACKER6)" -ge 8 ]
	[ "$(try 2001:db8:2::10)" -le 4 ]
	connects $CUSTOMER6
	[ "$(try $CUSTOMER)" = 14 ]
	firewall status > said
	grep -Eq '^IPv4: DROP beyond 6/min.*: [1-9][0-9]* packets' said
	# another rate counts at once
	firewall limit --rate 1000/second --burst 100 --ports 25
	[ "$(try $ATTACKER)" = 14 ]
	# it stays behind up, and as it was said last
	firewall limit --above 3 --ports 25
	firewall up --log
	[ "$(try $ATTACKER)" -ge 3 ]
	firewall status > said
	[ -z "$(grep 6/min said)" ]
	grep -q 'beyond 3 ' said
	firewall down
	[ "$(try $ATTACKER)" = 14 ]
	[ -z "$(iptables -S | grep -i limit)" ]
	EOF
}

@test "limit drops the connections that one client opens too fast, and no others: nft" {
	connections_are_limited nft
}

@test "limit drops the connections that one client opens too fast, and no others: legacy" {
	connections_are_limited legacy
}

@test "limit drops the connections that one client opens too fast, and no others: nftables" {
	connections_are_limited nftables
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

@test "status misses the rule of one hook of several, and a limit that is gone" {
	need_nftables
	over_both <<-'EOF'
	firewall up --hook input,forward
	firewall limit --above 30 --ports 25
	firewall status
	if [ $BACKEND = nftables ]; then
		nft delete chain inet mailban drop-forward
		fails_with 1 'nothing is dropped any more in nftables, forward; run: firewall again' firewall status
	else
		iptables -w -F FORWARD
		fails_with 1 'IPv4: no rule in FORWARD drops what mailban4 holds any more; run: firewall again' firewall status
	fi
	"$MAILBAN" check -q -c settings 2> said || [ $? = 1 ]
	grep -q 'any more.*; run: ' said
	[ -z "$(grep 'DROP rule' said)" ]
	firewall again
	firewall status
	if [ $BACKEND = nftables ]; then
		nft delete chain inet mailban limit-input
	else
		iptables -w -S INPUT | sed -n 's/^-A \(.*mailban-limit .*\)/iptables -w -D \1/p' | sh
	fi
	fails_with 1 'there is no limit any more; run: firewall again' firewall status
	firewall again
	firewall status
	EOF
}

@test "a rule in the other variant, or in the other backend, is seen and taken over" {
	need_rules legacy
	need_nftables
	with nft <<-'EOF'
	IPTABLES=iptables-legacy IP6TABLES=ip6tables-legacy "$SCRIPTS/firewall" up -c settings
	firewall status > said
	grep -q 'in iptables-legacy (legacy)' said
	firewall up
	firewall status > said
	[ "$(wc -l < said)" -eq 2 ]
	grep -q 'in iptables-nft' said
	grep -q 'in ip6tables-nft' said
	# the limit goes with it
	firewall limit --above 30
	sed -i s/ipset/nftables/ settings
	firewall up
	firewall status > said
	grep -q 'in nftables, input' said
	grep -q 'DROP beyond 30 (count) in nftables, input' said
	[ -z "$(rules)$(rules6)" ]
	sed -i s/nftables/ipset/ settings
	firewall up
	rules | head -n 1 | grep -qFx -e "$DROP4"
	[ "$(rules | grep -c -- '-j MAILBAN-LIMIT')" = 1 ]
	[ -z "$(nft list chains inet | grep -E 'drop-|limit-')" ]
	sed -i s/ipset/nftables/ settings
	firewall down
	[ -z "$(rules)$(rules6)" ]
	EOF
}

@test "where the settings cannot be read nothing is done, but down takes the rules of both backends away" {
	with nftables <<-'EOF'
	firewall up
	rules > before
	echo 'threshhold = 5' >> settings
	fails_with 1 'there is no setting threshhold' firewall up
	fails_with 1 'nothing was done' firewall limit --above 3
	fails_with 1 'nothing was done' firewall again
	fails_with 1 'nothing was done' firewall status
	rules | cmp before -
	[ -e firewall ]
	fails_with 1 'the rules are gone' firewall down
	[ -z "$(rules)" ]
	[ ! -e firewall ]
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
	need_nftables
	over_both <<-'EOF'
	firewall up
	echo 192.0.2.1 > blacklist
	[ "$(sync)" = "mailban4: 1 added, 0 removed, 0 renewed, 0 kept" ]
	firewall up
	[ "$(members mailban4)" = 192.0.2.1 ]
	EOF
}

@test "boot puts back what up and limit said last, without any set, and takes options instead" {
	need_nftables
	over_both <<-'EOF'
	chains() {
		nft list chains inet | grep -oE '(drop|limit)-[a-z]*' || true
		iptables -w -S | sed -nE 's/^-A ([A-Z]*) .*(DROP|-j MAILBAN-LIMIT)$/\1 \2/p' | grep -v '^MAILBAN' || true
	}
	firewall boot
	firewall up --hook input,forward
	firewall limit --above 30 --ports 25
	chains | sort > before
	[ "$(wc -l < before)" = 3 ]
	reboot() {
		iptables -w -F
		iptables -w -X
		ip6tables -w -F
		ip6tables -w -X
		ipset destroy
		nft flush ruleset
	}
	reboot
	# from another folder
	(cd / && MAILBAN_REMEMBERED=$OLDPWD/firewall MAILBAN_BACKEND=$BACKEND "$SCRIPTS/firewall" boot)
	chains | sort | diff before -
	# who is allowed would be limited
	echo nobody/64 > allow
	fails_with 1 'the allowlist cannot be read' firewall limit --above 5 --priority 5
	firewall status > said
	grep -q 'beyond 30 ' said
	: > allow
	firewall limit --above 30 --ports 25 --priority 5
	grep -q '^limit .*--priority 5 ' firewall
	reboot
	# before Docker made its chain
	firewall boot --hook docker
	chains | sort | diff <(grep -Ev 'drop-input|INPUT DROP' before) -
	EOF
}

@test "up, and the names of the sets, are those of the settings" {
	need_nftables
	over_both <<-'EOF'
	printf 'set4 = "drop-v4"\nset6 = "drop-v6"\n' >> settings
	firewall up
	firewall status > said
	grep -q 'DROP rule for drop-v4' said
	echo 192.0.2.1 > blacklist
	sync -q 2> said
	[ ! -s said ]
	# other names, later
	sed -i s/drop-v4/other-v4/ settings
	firewall up
	firewall status > said
	grep -q 'DROP rule for other-v4' said
	{ ipset list -n; nft list sets inet; } > said
	grep -q drop-v6 said
	[ -z "$(grep drop-v4 said)" ]
	EOF
}

@test "up locks nobody out who is logged in from an address that the set holds" {
	need_nftables
	over_both <<-'EOF'
	export SSH_CONNECTION='203.0.113.9 4711 192.0.2.25 22'
	echo 203.0.113.0/24 > blacklist
	SSH_CONNECTION= sync -q 2> /dev/null
	fails_with 1 'nothing was done: the set holds 203.0.113.9' firewall up
	fails_with 1 'no rule drops' firewall status
	sync -q 2> /dev/null || [ $? = 1 ]
	firewall up
	SSH_CONNECTION='2001:db8:2::9 4711 2001:db8:1::25 22'
	echo 2001:db8:2::/64 > blacklist
	SSH_CONNECTION= sync -q
	fails_with 1 'nothing was done: the set holds 2001:db8:2::9' firewall up --log
	EOF
}

@test "a host without iptables, or without nft, is told what to install" {
	with nft <<-'EOF'
	mkdir bin
	for c in sh sed grep awk tr cut cat mkdir ipset dirname cksum sort tail xargs head mv rm paste; do ln -s "$(command -v $c)" bin; done
	sed 's|^PATH=.*|PATH=$PWD/bin|' "$SCRIPTS/firewall" > bare
	cp "$SCRIPTS"/firewall-* .
	unset IPTABLES IP6TABLES
	fails_with 1 'iptables is not installed, and nothing is dropped; install it' env MAILBAN_BACKEND=ipset sh bare up
	fails_with 1 'nft is not installed, and nothing is dropped; install nftables' env MAILBAN_BACKEND=nftables sh bare up
	ln -s "$(command -v iptables-nft)" bin/iptables
	ln -s "$(command -v iptables-nft-restore)" bin/iptables-restore
	fails_with 1 'ip6tables is not installed' env MAILBAN_BACKEND=ipset sh bare up
	EOF
}

@test "a reload of nftables.service, and saved rules, that would take rules away are told of" {
	[ "$(id -u)" -eq 0 ] && unshare -m true 2> /dev/null || skip "only root can mount"
	NAMESPACE="unshare -n -m"
	with nft <<-'EOF'
	mkdir bin
	printf '#!/bin/sh\n[ "$3" = nftables.service ]\n' > bin/systemctl
	chmod +x bin/systemctl
	PATH=$PWD/bin:$PATH
	cp -a /etc etc
	mkdir -p etc/iptables
	mount --bind etc /etc
	printf '#!/usr/sbin/nft -f\n\nflush ruleset\n' > etc/nftables.conf
	firewall up
	firewall status > said
	grep -q '^/etc/nftables.conf takes the rule away' said
	printf '#!/bin/sh\ntrue\n' > bin/systemctl
	firewall status > said
	[ "$(wc -l < said)" = 2 ]
	iptables-nft-save > etc/iptables/rules.v4
	firewall down 2> said
	grep -q '/etc/iptables/rules.v4 names the sets' said
	iptables-nft-save > etc/iptables/rules.v4
	firewall down 2> said
	[ ! -s said ]
	EOF
}

@test "who may not ask for the rules is told so, and nothing is taken for done" {
	need_nftables
	over_both <<-'EOF'
	firewall up
	for action in up down status; do
		fails_with 1 'is this root' setpriv --bounding-set=-net_admin --inh-caps=-net_admin bash -c "$(declare -f firewall); firewall $action --log"
	done
	firewall status > /dev/null
	EOF
}

@test "misuse of firewall says how to use it" {
	with nft <<-'EOF'
	fails_with 2 'firewall up [--hook LIST]' firewall
	fails_with 2 'firewall up [--hook LIST]' firewall sideways
	fails_with 2 'firewall up [--hook LIST]' firewall up down
	fails_with 2 '--ports takes' firewall up --ports '25;reboot'
	fails_with 2 '--ports takes' firewall up --ports=
	fails_with 2 '--hook takes' firewall up --hook 'input,output'
	fails_with 2 '--hook takes' firewall up --hook=
	fails_with 2 '--rate takes' firewall limit --rate fast
	fails_with 2 '--above takes' firewall limit --above 0
	fails_with 2 '--log takes' firewall up '--log=a "b'
	fails_with 2 'limit takes --rate' firewall limit
	firewall --help | grep -q -- --ports
	# by the name that make install gives it, too
	cp "$SCRIPTS"/firewall* .
	mv firewall mailban-firewall
	fails_with 2 'mailban-firewall up [--hook LIST]' ./mailban-firewall
	fails_with 1 'holds; run: mailban-firewall up' ./mailban-firewall status
	fails_with 2 'mailban-firewall: --ports takes' ./mailban-firewall up --ports ''
	EOF
}
