#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban sync against real kernel sets.

load helper

setup() {
	need_sets
}

@test "sync tells the line of an allowed address behind a duplicate with a comment" {
	in_net <<-'EOF'
	{ echo 192.0.2.1; printf '198.51.100.%d\n' {1..249}; echo '# twice'; echo 198.51.100.249; echo 203.0.113.9
	} | blacklist > blacklist
	echo 203.0.113.9 > allow
	[ "$(wc -l < blacklist)" -eq 254 ]
	fails_with 1 "$PWD/blacklist:254: bans 203.0.113.9, but 203.0.113.9 is allowed" sync -q
	sed -i '2s/^/203.0.113.9 # mine\n/' blacklist
	fails_with 1 "$PWD/blacklist:2: bans 203.0.113.9" sync -q
	EOF
}

@test "sync makes both sets, with counters and timeouts, as the blacklist says" {
	in_net <<-'EOF'
	{ ban 192.0.2.7 7200; echo '198.51.100.0/24 # by hand'; ban 203.0.113.1 -3600; ban 2001:db8:5::/64 9000000; } | blacklist > blacklist
	sync -q
	ipset list mailban4 | grep -q '^Type: hash:net$'
	ipset list mailban4 | grep -q '^Header: family inet .*timeout 0 counters'
	ipset list mailban6 | grep -q '^Header: family inet6 .*timeout 0 counters'
	[ "$(members mailban4 | xargs)" = "192.0.2.7 198.51.100.0/24" ]
	[ "$(members mailban6)" = "2001:db8:5::/64" ]
	t=$(timeout_of mailban4 192.0.2.7)
	[ "$t" -gt 7100 ]
	[ "$t" -le 7200 ]
	[ "$(timeout_of mailban4 198.51.100.0/24)" = 0 ]
	t=$(timeout_of mailban6 2001:db8:5::/64)
	[ "$t" -gt 2147400 ]
	[ "$t" -le 2147483 ]
	EOF
}

@test "sync sends only the difference, and says what it did" {
	over_both <<-'EOF'
	printf '192.0.2.1\n192.0.2.2\n192.0.2.3\n2001:db8::1\n' > blacklist
	firewall up
	sync -q
	printf '192.0.2.2\n192.0.2.3\n192.0.2.4\n192.0.2.5\n2001:db8::1\n' > blacklist
	[ "$(sync 2> /dev/null)" = "mailban4: 2 added, 1 removed, 0 renewed, 2 kept" ]
	[ "$(members mailban4 | xargs)" = "192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5" ]
	[ -z "$(sync 2> /dev/null)" ]
	sync -v 2> /dev/null | grep -qx 'mailban6: 0 added, 0 removed, 0 renewed, 1 kept'
	EOF
}

@test "counters survive a sync that renews, adds and removes" {
	need_rules nft
	over_both <<-'EOF'
	world_up
	listen
	NETWORK=198.51.100.16/28
	{ ban $ATTACKER 7200; ban $NETWORK 7200; ban $ATTACKER6 7200; echo 192.0.2.99; } | blacklist > blacklist
	sync -q
	firewall up
	dropped $ATTACKER
	dropped $CUSTOMER
	dropped $ATTACKER6
	network=$(counters mailban4 $NETWORK)
	[ "${network% *}" -gt 0 ]
	before=$(counters mailban4 $ATTACKER)
	before6=$(counters mailban6 $ATTACKER6)
	[ "${before% *}" -gt 0 ]
	[ "${before6% *}" -gt 0 ]
	{ ban $ATTACKER 14400; ban $NETWORK 14400; ban $ATTACKER6 14400; echo 192.0.2.98; } | blacklist > blacklist
	sync | grep -qx 'mailban4: 1 added, 1 removed, 2 renewed, 0 kept'
	[ "$(counters mailban4 $NETWORK)" = "$network" ]
	[ "$(counters mailban4 $ATTACKER)" = "$before" ]
	[ "$(counters mailban6 $ATTACKER6)" = "$before6" ]
	[ "$(timeout_of mailban4 $ATTACKER)" -gt 14000 ]
	EOF
}

@test "a dry run prints what would come and go, and changes nothing" {
	over_both <<-'EOF'
	printf '192.0.2.1\n192.0.2.2\n' > blacklist
	sync -n > said 2> /dev/null
	grep -qx 'add mailban4 192.0.2.1' said
	no_sets
	sync -q
	printf '192.0.2.2\n2001:db8::/48\n' > blacklist
	{ elements mailban4; elements mailban6; } > before
	sync -n > said 2> /dev/null
	grep -qx 'del mailban4 192.0.2.1' said
	grep -qx 'add mailban6 2001:db8::/48' said
	{ elements mailban4; elements mailban6; } | cmp before -
	[ "$(ls | xargs)" = "allow before blacklist said script settings" ]
	EOF
}

@test "a set without counters is replaced by a swap, and a rule on it drops all the while" {
	need_rules nft
	in_net <<-'EOF'
	world_up
	listen
	ipset create mailban4 hash:net family inet
	ipset add mailban4 $ATTACKER
	ipset add mailban4 192.0.2.200
	iptables-nft -w -I INPUT -m set --match-set mailban4 src -j DROP
	dropped $ATTACKER
	# it knocks from before the swap until after it
	{ while [ ! -e done ]; do if connects $ATTACKER 0.3; then touch leaked; fi; touch knocked; done; } &
	knocker=$!
	until [ -e knocked ]; do :; done
	echo $ATTACKER > blacklist
	sync | grep -qx 'mailban4: 1 added, 0 removed, 0 renewed, 0 kept; replaced'
	rm knocked
	until [ -e knocked ]; do :; done
	touch done
	wait $knocker
	[ ! -e leaked ]
	[ "$(members mailban4)" = $ATTACKER ]
	ipset list -t mailban4 | grep -q 'counters'
	[ "$(ipset list -n | sort | xargs)" = "mailban4 mailban6" ]
	connects $CUSTOMER
	EOF
}

@test "a set of another type that nothing uses is replaced" {
	in_net <<-'EOF'
	ipset create mailban4 hash:ip
	ipset create mailban6 hash:net family inet counters timeout 0
	printf '192.0.2.0/24\n2001:db8::1\n' > blacklist
	sync 2> /dev/null > said || [ $? = 1 ]
	[ "$(grep -c '; replaced' said)" = 2 ]
	[ "$(members mailban4)" = 192.0.2.0/24 ]
	ipset list -t mailban6 | grep -q 'family inet6'
	[ "$(ipset list -n | sort | xargs)" = "mailban4 mailban6" ]
	EOF
}

@test "a set of another type that a rule uses stays, and the message says what to do" {
	need_rules nft
	in_net <<-'EOF'
	ipset create mailban4 hash:ip
	ipset add mailban4 192.0.2.77
	iptables-nft -w -I INPUT -m set --match-set mailban4 src -j DROP
	ipset save > before
	echo 192.0.2.1 > blacklist
	fails_with 1 'it is of type hash:ip, and while a rule uses it' sync
	fails_with 3 'it is of type hash:ip, and while a rule uses it' sync
	ipset save mailban4 | cmp before -
	iptables-nft -w -F INPUT
	ipset destroy
	ipset create mailban6 hash:net family inet counters timeout 0
	iptables-nft -w -I INPUT -m set --match-set mailban6 src -j DROP
	fails_with 1 'it is of the other family, and while a rule uses it' sync
	EOF
}

@test "a set that cannot be changed does not keep the other family out" {
	need_rules nft
	in_net <<-'EOF'
	ipset create mailban4 hash:ip
	iptables-nft -w -I INPUT -m set --match-set mailban4 src -j DROP
	printf '192.0.2.1\n2001:db8::1\n' > blacklist
	fails_with 1 'the kernel set mailban4 could not be brought up to date' sync
	[ "$(members mailban6)" = "2001:db8::1" ]
	EOF
}

@test "a set that is too small is replaced by one that is sized from the list, with its counters" {
	need_rules nft
	in_net <<-'EOF'
	world_up
	listen
	ipset create mailban4 hash:net family inet maxelem 10 counters timeout 0
	ipset add mailban4 $ATTACKER
	iptables-nft -w -I INPUT -m set --match-set mailban4 src -j DROP
	dropped $ATTACKER
	before=$(counters mailban4 $ATTACKER)
	[ "${before% *}" -gt 0 ]
	{ seq -f '192.0.2.%g' 30 50; echo $ATTACKER; } | blacklist > blacklist
	sync | grep -qx 'mailban4: 21 added, 0 removed, 0 renewed, 1 kept; replaced'
	[ "$(members mailban4 | wc -l)" -eq 22 ]
	[ "$(counters mailban4 $ATTACKER)" = "$before" ]
	dropped $ATTACKER
	EOF
}

@test "150,000 entries of both families go in, and 1,256 changes after them" {
	over_both <<-'EOF'
	awk 'BEGIN {
		for (i = 0; i < 100000; i++)
			printf "10.%d.%d.%d\n", i / 65536, i / 256 % 256, i % 256
		for (i = 0; i < 50000; i++)
			printf "2001:db8:%x:%x::/64\n", i / 256, i % 256 + 1
	}' > blacklist
	firewall up
	sync -q
	# the kernel may still be making its hash larger: what is listed twice meanwhile is not one to delete
	[ -z "$(sync 2> /dev/null)" ]
	[ "$(members mailban4 | wc -l)" -eq 100000 ]
	[ "$(members mailban6 | wc -l)" -eq 50000 ]
	sed -i -e '1,1000d' blacklist
	seq -f '192.0.2.%g' 0 255 >> blacklist
	sync 2> /dev/null | grep -qx 'mailban4: 256 added, 1000 removed, 0 renewed, 99000 kept'
	grep -v : blacklist | LC_ALL=C sort > wanted
	members mailban4 | cmp wanted -
	EOF
}

@test "networks beyond what a set of nftables bears are left out, and told" {
	need_nftables
	BACKEND=nftables in_net <<-'EOF'
	awk 'BEGIN { for (i = 0; i < 100002; i++) printf "10.%d.%d.%d/25\n", i / 512, i / 2 % 256, i % 2 * 128 }' > blacklist
	# a network in one that is left out is left out, too; one in another that is not is in the set with it
	printf '10.195.80.192/26\n10.0.0.0/26\n192.0.2.1\n' >> blacklist
	fails_with 1 '3 networks of the blacklist are left out of the sets' sync -n
	sync -n 2> /dev/null > said || [ $? = 1 ]
	[ "$(grep -c '^add mailban4 10\.' said)" = 100000 ]
	grep -qx 'add mailban4 192.0.2.1' said
	EOF
}

@test "what must never be banned never comes into the set, and is told with its line" {
	over_both <<-'EOF'
	world_up 198.51.100.77
	{ echo 203.0.113.7; echo 127.0.0.0/16; echo '# a list of others'; echo '0.0.0.0/0 # oops'; echo 192.0.2.24/30; echo ::/0; } | blacklist > blacklist
	cp blacklist before
	fails_with 1 'blacklist:3: bans 127.0.0.0/16, but 127.0.0.0/8 is allowed as loopback' sync
	fails_with 1 'blacklist:5: 0.0.0.0/0 is wider than /16' sync
	fails_with 1 'blacklist:6: bans 192.0.2.24/30, but 192.0.2.25 is allowed as an address of this host' sync
	fails_with 1 'blacklist:7: ::/0 is wider than /32' sync
	[ "$(members mailban4 | xargs)" = "192.0.2.24 192.0.2.26/31 203.0.113.7" ]
	[ -z "$(members mailban6)" ]
	cmp before blacklist
	"$MAILBAN" why -c settings 203.0.113.1 before > said
	grep -qx '  packets    not in the set: the network is wider than max-prefix allows' said
	{ echo 198.51.100.0/24; echo "198.51.100.76 # since 2026-11-01T00:00Z until $(date -u -d '2 hours' +%FT%H:%MZ) by auth hits 9"; } | blacklist > blacklist
	export SSH_CONNECTION='198.51.100.77 4711 192.0.2.25 22'
	fails_with 1 'but 198.51.100.77 is allowed as the client of this SSH session' sync
	[ "$(members mailban4 | wc -l)" = 8 ]
	# a part of the network is an entry of its own, too
	[ -z "$(sync 2> /dev/null)" ]
	failures 5 198.51.100.78 > log
	fails_with 1 'blacklist:2: bans 198.51.100.0/24, but 198.51.100.77' run log
	[ "$(members mailban4 | wc -l)" -ge 8 ]
	[ -z "$(members mailban4 | grep -Fx -e 198.51.100.77 -e 198.51.100.0/24)" ]
	EOF
}

@test "--force lets wide networks in" {
	over_both <<-'EOF'
	printf '128.0.0.0/1\n2000::/3\n' > blacklist
	sync -q --force
	[ "$(members mailban4)" = 128.0.0.0/1 ]
	[ "$(members mailban6)" = 2000::/3 ]
	EOF
}

@test "other sets are left alone, and what a killed sync left behind goes" {
	in_net <<-'EOF'
	ipset create mine hash:net counters
	ipset add mine 192.0.2.1
	ipset create mailban40 hash:ip
	ipset create mailban4-new hash:net family inet
	ipset add mailban4-new 192.0.2.9
	{ ipset save mine; ipset save mailban40; } > before
	echo 192.0.2.1 > blacklist
	sync -q
	{ ipset save mine; ipset save mailban40; } | cmp before -
	[ "$(ipset list -n | sort | xargs)" = "mailban4 mailban40 mailban6 mine" ]
	EOF
}

@test "the sets have the names that the configuration says" {
	in_net <<-'EOF'
	printf 'set4 = "drop-v4"\nset6 = "drop-v6"\n' > conf
	echo 192.0.2.1 > blacklist
	sync -q -c conf
	[ "$(ipset list -n | sort | xargs)" = "drop-v4 drop-v6" ]
	[ "$(members drop-v4)" = 192.0.2.1 ]
	EOF
}

@test "sync fails in part where no rule uses a set that holds entries" {
	need_rules nft
	over_both <<-'EOF'
	echo 192.0.2.1 > blacklist
	fails_with 1 'no rule uses the set mailban4' sync
	[ "$(members mailban4)" = 192.0.2.1 ]
	firewall up
	sync 2> said
	[ ! -s said ]
	EOF
}

@test "an unreadable blacklist, or a missing one, leaves the sets as they are" {
	over_both <<-'EOF'
	echo 192.0.2.1 > blacklist
	sync -q
	elements mailban4 > before
	printf '192.0.2.1\nnonsense\n' > blacklist
	fails_with 3 'blacklist:2:' sync
	rm blacklist
	fails_with 3 'there is no blacklist' sync
	elements mailban4 | cmp before -
	failures 5 $ATTACKER > log
	for words in 'run log' 'run -n log' "ban $ATTACKER" "ban -n $ATTACKER" "allow $ATTACKER" "unban $ATTACKER"; do
		set -- $words
		files=(-c settings --blacklist blacklist --state state --allow allow)
		fails_with 3 'there is no blacklist' "$MAILBAN" "$1" "${files[@]}" "${@:2}"
	done
	elements mailban4 | cmp before -
	[ "$(ls | xargs)" = "allow before log script settings" ] && [ ! -s allow ]
	: > blacklist
	sync -q
	[ -z "$(members mailban4)" ]
	EOF
}

@test "at boot a blacklist with an unreadable line leaves nobody free: the list before it serves" {
	over_both <<-'EOF'
	firewall up
	echo 192.0.2.1 | blacklist > blacklist.1
	printf '192.0.2.1\n192.0.2.300\n' | blacklist > blacklist
	fails_with 1 'blacklist:3:' sync -q
	[ "$(members mailban4)" = 192.0.2.1 ]
	printf '192.0.2.3\n' | blacklist > blacklist.1
	fails_with 3 'blacklist:3:' sync -q
	[ "$(members mailban4)" = 192.0.2.1 ]
	EOF
}

@test "root takes no former blacklist that a stranger has put into a folder of everybody" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give files away"
	in_net <<-'EOF'
	mkdir -m 1777 open
	echo 192.0.2.300 | blacklist > open/list
	echo 192.0.2.1 | blacklist > open/list.1
	chown nobody open/list.1
	fails_with 3 'open/list:2:' sync -q --blacklist open/list
	[ -z "$(ipset list -n)" ]
	chown root open/list.1
	fails_with 1 'the list before is used' sync -q --blacklist open/list
	EOF
}

@test "at boot the list before serves beside the file that a link leads to, too" {
	in_net <<-'EOF'
	mkdir elsewhere
	echo 192.0.2.300 | blacklist > elsewhere/list
	echo 192.0.2.1 | blacklist > elsewhere/list.1
	ln -s elsewhere/list link
	fails_with 1 'the list before is used' sync -q --blacklist link
	[ "$(members mailban4)" = 192.0.2.1 ]
	EOF
}

@test "without permission nothing is done, and one line says so" {
	[ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
	in_net <<-'EOF'
	# where anybody can get at it
	public=$(mktemp -d)
	trap 'rm -rf "$public"' EXIT
	cp "$MAILBAN" "$public/mailban"
	echo 192.0.2.1 > "$public/blacklist"
	chmod -R a+rX "$public"
	cd "$public"
	fails_with 3 'mailban: no permission for the kernel set mailban4; run as root or with CAP_NET_ADMIN' \
		setpriv --reuid=65534 --regid=65534 --clear-groups ./mailban sync --blacklist blacklist
	[ -z "$(ipset list -n)" ]
	EOF
}

@test "sets of nftables that libnftables cannot be had for are told in one line" {
	need_nftables
	BACKEND=nftables in_net <<-'EOF'
	echo 192.0.2.1 > blacklist
	: > libnftables.so.1
	LD_LIBRARY_PATH=$PWD fails_with 3 'cannot be asked for without libnftables, which is not installed' sync
	no_sets
	EOF
}

@test "a kernel without sets is named in one line" {
	command -v strace > /dev/null || skip "strace is not installed"
	strace -o /dev/null true 2> /dev/null || skip "this host does not let strace work"
	in_net <<-'EOF'
	echo 192.0.2.1 > blacklist
	export ASAN_OPTIONS=detect_leaks=0
	fails_with 3 'this kernel has no support for sets' \
		strace -o trace -e trace=socket -e inject=socket:error=EPROTONOSUPPORT "$MAILBAN" sync --blacklist blacklist
	EOF
}
