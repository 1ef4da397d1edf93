#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban run with everything real: a log, files, sets, the rule, a server, and clients on a cable.

load helper

setup() {
	need_sets
}

need_cable() {
	need_rules nft
	$NAMESPACE ip link add probe type veth peer name other 2> /dev/null || skip "this host's kernel has no veth"
}

@test "an attacker of the log is dropped, its neighbour and the customer are not" {
	need_cable
	over_both <<-'EOF'
	world_up
	listen
	firewall up
	{ failures 5 $ATTACKER $ATTACKER6; failures 4 $NEIGHBOUR; } > log
	connects $ATTACKER
	connects $ATTACKER6
	run log > said
	grep -q "$ATTACKER " said
	[ "$(members mailban4)" = $ATTACKER ]
	[ "$(members mailban6)" = 2001:db8:2::/64 ]
	dropped $ATTACKER
	dropped $ATTACKER6
	connects $NEIGHBOUR
	connects $CUSTOMER
	before=$(counters mailban4 $ATTACKER)
	[ "${before% *}" -gt 0 ]
	[ -z "$(run log)" ]
	[ "$(counters mailban4 $ATTACKER)" = "$before" ]
	EOF
}

@test "while the clock is behind the logs, a ban by hand stays in the set until its end by that clock" {
	command -v faketime > /dev/null || skip 'faketime is not installed'
	over_both <<-'EOF'
	export NO_FAKE_STAT=1 ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
	behind() { faketime -f "@$(date -d '20 days ago' '+%F %T')" "$@"; }
	failures 5 203.0.113.21 > log
	run log > /dev/null || [ $? -eq 1 ]
	behind "$MAILBAN" ban -q -c settings --for 1d 203.0.113.77 || [ $? -eq 1 ]
	failures 5 203.0.113.22 >> log
	status=0
	behind "$MAILBAN" run -c settings log > said 2>&1 || status=$?
	[ "$status" -eq 1 ]
	grep -q 'bans are left as they are until both agree' said
	grep -q '^203.0.113.77 ' blacklist
	members mailban4 | grep -qx 203.0.113.77
	EOF
}

@test "neighbours pass until the eighth is banned; allow lets one of them through at once" {
	need_cable
	over_both <<-'EOF'
	world_up 203.0.113.200
	listen
	firewall up
	seq -f 203.0.113.%g 21 27 > seven
	failures 5 $(cat seven) > log
	run log > /dev/null
	members mailban4 | cmp seven -
	connects $NEIGHBOUR
	failures 5 203.0.113.28 >> log
	run log > /dev/null
	[ "$(members mailban4)" = 203.0.113.0/24 ]
	dropped $NEIGHBOUR
	dropped 203.0.113.200
	"$MAILBAN" allow -c settings --blacklist "$PWD/blacklist" --allow "$PWD/allow" $NEIGHBOUR our own > /dev/null
	connects $NEIGHBOUR
	dropped 203.0.113.200
	EOF
}

@test "whoever still knocks stays banned for longer, which alone is no news" {
	need_cable
	over_both <<-'EOF'
	world_up
	listen
	firewall up
	{ cat settings; echo 'half-life = "30m"'; } > conf
	# the fifth failure was 2,995 s ago; the ban ends 3,600 s after it, in a full minute: 665 s from now at most
	AGO=3000
	failures 5 $ATTACKER $NEIGHBOUR > log
	run -c conf log > /dev/null
	[ "$(timeout_of mailban4 $ATTACKER)" -le 670 ]
	dropped $ATTACKER
	[ -z "$(run -c conf log)" ]
	t=$(timeout_of mailban4 $ATTACKER)
	[ "$t" -gt 1700 ]
	[ "$t" -le 1980 ]
	[ "$(timeout_of mailban4 $NEIGHBOUR)" -le 670 ]
	# its knocks are counted on, and told beside other news
	c=$(counters mailban4 $ATTACKER)
	[ "${c% *}" -gt 0 ]
	"$MAILBAN" stats -c settings --blacklist "$PWD/blacklist" --state "$PWD/state" | grep -qx '1 of them knocks'
	dropped $ATTACKER
	run -v -c conf log > said
	grep -q "^  $ATTACKER .* packets\? since the last run; until " said
	[ -z "$(grep -F "$NEIGHBOUR " said)" ]
	EOF
}

@test "a dry run prints what would change in file and set, and changes nothing" {
	over_both <<-'EOF'
	failures 5 $ATTACKER > log
	run -n log > said
	grep -q "^+$ATTACKER " said
	grep -qx "add mailban4 $ATTACKER" said
	# nothing stands behind a mail
	[ -z "$(run -n --mail log | grep '^add mailban4')" ]
	[ "$(ls | xargs)" = "allow log said script settings" ]
	no_sets
	run log > /dev/null 2>&1 || [ $? = 1 ]
	# the times that remain go on running
	{ elements mailban4; elements mailban6; } | cut -d " " -f 1-3 > before
	{ ls; cat blacklist state; } > files
	failures 5 $NEIGHBOUR >> log
	run -n log > said
	grep -qx "add mailban4 $NEIGHBOUR" said
	{ elements mailban4; elements mailban6; } | cut -d " " -f 1-3 | cmp before -
	{ ls; cat blacklist state; } > files.after
	sed -i '/^files.after$/d' files.after
	cmp files files.after
	EOF
}

@test "run fails in part while no rule uses its sets, and makes them all the same" {
	need_rules nft
	over_both <<-'EOF'
	failures 5 $ATTACKER > log
	fails_with 1 'no rule uses the set mailban4' run log
	[ "$(members mailban4)" = $ATTACKER ]
	run --mail log > mail 2> warned || [ $? = 1 ]
	grep -q '^Subject: .*needs you' mail
	grep -q '^! no rule uses the set mailban4' mail
	[ -z "$(awk 'length > 78' mail)" ]
	firewall up
	[ -z "$(run --mail log)" ]
	run log > said 2> warned
	[ ! -s said ]
	[ ! -s warned ]
	EOF
}

@test "a rule that somebody took away is back after the next run, and missed where it cannot be" {
	need_cable
	over_both <<-'EOF'
	world_up
	listen
	firewall up --hook input
	failures 5 $ATTACKER > log
	run log > /dev/null
	dropped $ATTACKER
	iptables -w -F INPUT
	[ $BACKEND = ipset ] || nft delete chain inet mailban drop-input
	connects $ATTACKER
	run log 2> warned
	grep -q 'no rule used the set mailban4 any more; mailban-firewall put it back' warned
	dropped $ATTACKER
	iptables -w -F INPUT
	[ $BACKEND = ipset ] || nft delete chain inet mailban drop-input
	MAILBAN_FIREWALL=$PWD/none fails_with 1 'it could not be put back' run log
	# what says that all is well is not believed
	MAILBAN_FIREWALL=$(type -P true) fails_with 1 'it could not be put back' run log
	sync -q 2> /dev/null
	dropped $ATTACKER
	firewall down
	fails_with 1 'no rule uses the set mailban4' sync
	EOF
}

@test "where nobody reads the report any more, the sets get what the file has" {
	in_net <<-'EOF'
	# clients that no network takes together; the report is longer than what is held back until the end
	for i in {100..199}; do failures 5 2001:db8:$i::7; done > log
	exec 9> >(exit 0)
	wait $!
	status=0
	run -v log >&9 2> said || status=$?
	[ "$status" = 1 ]
	grep -q 'standard output could not be written' said
	[ "$(grep -c ^2001 blacklist)" = 100 ]
	[ "$(members mailban6 | wc -l)" = 100 ]
	[ ! -e blacklist.lock ]
	EOF
}

@test "--no-sync leaves the kernel alone" {
	in_net <<-'EOF'
	failures 5 $ATTACKER > log
	run --no-sync log > /dev/null
	grep -q "^$ATTACKER " blacklist
	[ -z "$(ipset list -n)" ]
	EOF
}

@test "without permission for the sets the file is written, and the status is 1" {
	[ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
	in_net <<-'EOF'
	public=$(mktemp -d)
	trap 'rm -rf "$public"' EXIT
	cp "$MAILBAN" "$public/mailban"
	: > "$public/allow"
	failures 5 $ATTACKER > "$public/log"
	chmod -R a+rX "$public"
	chown -R 65534:65534 "$public"
	cd "$public"
	fails_with 1 'no permission for the kernel set mailban4' \
		setpriv --reuid=65534 --regid=65534 --clear-groups \
		./mailban run --blacklist blacklist --state state --allow allow log
	grep -q "^$ATTACKER " blacklist
	[ -z "$(ipset list -n)" ]
	# root's next run reconciles, once the files are root's
	chown -R root:root .
	fails_with 1 'no rule uses' ./mailban run --blacklist blacklist --state state --allow allow log
	[ "$(members mailban4)" = $ATTACKER ]
	EOF
}

@test "a kernel without sets: the file is written, and the status is 1" {
	command -v strace > /dev/null || skip "strace is not installed"
	strace -f -o /dev/null true 2> /dev/null || skip "this host does not let strace work"
	in_net <<-'EOF'
	failures 5 $ATTACKER > log
	export ASAN_OPTIONS=detect_leaks=0
	fails_with 1 'this kernel has no support for sets' \
		strace -f -o trace -e trace=socket -e inject=socket:error=EPROTONOSUPPORT \
		"$MAILBAN" run --blacklist blacklist --state state --allow allow log
	grep -q "^$ATTACKER " blacklist
	EOF
}
