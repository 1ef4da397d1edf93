#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts that judge together, over a real server of each kind that is installed, on a socket; and over one that lies.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	"$MAILBAN" --version | grep -q ' hiredis' || skip "this mailban was built without hiredis"
	export TZ=UTC ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0"
	now=$(date +%s)
}

teardown() {
	[ ! -e pid ] || kill "$(cat pid)" || true
}

# The server is one file under several names. The one of valkey is preferred: redis is what Debian 12 has.
engine() {
	local program name=redis
	program=$(command -v valkey-check-rdb || command -v redis-check-rdb) || skip "neither valkey nor redis is installed"
	case $program in *valkey*) name=valkey ;; esac
	ln -sf "$program" "server-$name-server"
	rm -f sock
	"./server-$name-server" --port 0 --unixsocket "$PWD/sock" --save '' --dir "$PWD" --pidfile "$PWD/pid" \
		--daemonize yes "$@" > /dev/null
	until ask ping 2>&1 | grep -q -e PONG -e NOAUTH; do :; done
}

ask() {
	"$(command -v valkey-cli || command -v redis-cli)" -s sock "$@"
}

liar() {
	python3 "$BATS_TEST_DIRNAME/../fleet/liar.py" "$PWD/sock" "$1" 3>&- > /dev/null 2>&1 &
	echo $! > pid
	until [ -S sock ]; do :; done
}

# host NAME [SETTING...]: a folder with its settings
host() {
	local name=$1
	shift
	mkdir -p "$name"
	: > "$name/allow"
	{
		printf 'fleet = "unix://%s/sock"\nfleet-name = "%s"\nmynetworks = false\n' "$PWD" "$name"
		printf 'state = "%s/state"\nblacklist = "%s/blacklist"\nallow = "%s/allow"\n' "$PWD/$name" "$PWD/$name" "$PWD/$name"
		printf '%s\n' "$@"
	} > "$name/conf"
}

without_glass() {
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o calls -e trace=capset -e inject=capset:error=EPERM "$MAILBAN" "$@"
}

run_on() { # name, option...
	"$MAILBAN" run --no-sync -c "$1/conf" "${@:2}" "$1/log"
}

# failures ADDRESS COUNT [NAME [SECONDS AGO]]
failures() {
	local i
	for ((i = 0; i < $2; i++)); do
		printf '%(%FT%TZ)T mx postfix/smtpd[7]: warning: unknown[%s]: SASL LOGIN authentication failed: x, sasl_username=%s@example.com\n' \
			$((now - ${4:-3000} + i)) "$1" "${3:-user}$i"
	done
}

login() { # address, name, seconds ago
	printf '%(%FT%TZ)T %s\n' $((now - $3)) "mx dovecot: imap-login: Login: user=<$2@example.com>, method=PLAIN, rip=$1, lip=192.0.2.25, mpid=1, session=<x>"
}

banned() {
	sed -n 's/^\([0-9a-f][^ ]*\) .*/\1/p' "$1/blacklist" 2> /dev/null
}

# address and end of each ban: what all hosts are to agree about
ends() {
	sed -n 's/^\([0-9a-f][^ ]*\) .*\(until [^ ]*\) .*/\1 \2/p' "$1/blacklist"
}

# Three hosts that see two failures of each of forty attackers.
three_hosts() {
	local h n
	for h in mx1 mx2 mx3; do
		host "$h" "${@}"
		for n in {1..40}; do
			failures "203.$n.113.9" 2 "${h}x$n" $((3000 - n))
		done > "$h/log"
	done
}

@test "forty attackers with two failures a host are banned by three, whatever the order and the number of runs" {
	engine
	three_hosts
	for h in mx1 mx2 mx3; do
		sed '/^fleet/d' "$h/conf" > "$h/alone"
		"$MAILBAN" run -q --no-sync -c "$h/alone" "$h/log"
		[ -z "$(banned "$h")" ]
		rm "$h/state"
	done
	for order in "mx1 mx2 mx3" "mx3 mx2 mx1 mx1" "mx2 mx1 mx2 mx3"; do
		for h in $order $order; do
			run_on "$h" -q
		done
		[ "$(banned mx1 | wc -l)" = 40 ]
		ends mx1 > "ends of $order"
		cmp "ends of $order" "ends of mx1 mx2 mx3"
		ends mx2 | cmp - "ends of $order"
		ends mx3 | cmp - "ends of $order"
		# nothing new: nothing is said, and nothing is written
		md5sum mx1/state mx1/blacklist > sums
		[ -z "$(run_on mx1)" ]
		grep blacklist sums | md5sum -c --quiet
		rm mx?/state mx?/blacklist
		ask flushall > /dev/null
	done
}

@test "a run that dies between publishing and writing, a server that lost all, and one that is away" {
	engine
	three_hosts
	for h in mx1 mx2 mx3 mx1 mx2; do run_on "$h" -q; done
	ends mx1 > wanted
	# the state of before: what was said is not known to be said
	cp mx3/state mx3/before
	failures 198.51.100.9 2 again 100 | tee -a mx1/log >> mx3/log
	failures 198.51.100.9 2 more 50 >> mx2/log
	run_on mx3 -q
	cp mx3/before mx3/state
	run_on mx3 -q
	for h in mx1 mx2 mx3 mx1; do run_on "$h" -q; done
	[ "$(banned mx1 | wc -l)" = 41 ]
	ends mx1 > wanted
	[ "$(ask hget 'mailban:hosts' mx3 | grep -c 'addresses=41')" = 1 ]
	# empty: bans stay, and all is said again
	ask flushall > /dev/null
	run_on mx1 -q
	ends mx1 | cmp - wanted
	host mx4
	: > mx4/log
	for h in mx2 mx3 mx4; do run_on "$h" -q; done
	ends mx4 | cmp - wanted
	# away: one line, all else is done
	kill "$(cat pid)"
	while [ -e sock ]; do :; done
	failures 198.51.100.10 5 >> mx1/log
	run -1 --separate-stderr run_on mx1 -q
	[ "${#stderr_lines[@]}" = 1 ]
	[[ "$stderr" == *"next run catches up" ]]
	banned mx1 | grep -qx 198.51.100.10
	engine
	for h in mx1 mx2; do run_on "$h" -q; done
	banned mx2 | grep -qx 198.51.100.10
}

@test "a full server: what others said is still read" {
	engine
	three_hosts
	for h in mx1 mx2; do run_on "$h" -q; done
	ask config set maxmemory 1 > /dev/null
	run -1 --separate-stderr run_on mx3 -q
	[[ "$stderr" == *OOM* ]]
	[ "${#stderr_lines[@]}" = 1 ]
	[ "$(banned mx3 | wc -l)" = 40 ]
	ask config set maxmemory 0 > /dev/null
	for h in mx3 mx1; do run_on "$h" -q; done
	[ "$(banned mx1 | wc -l)" = 40 ]
}

@test "a login on one host forgives a name on all, credit counts on all, and clocks may be apart" {
	command -v faketime > /dev/null || skip "faketime is not installed"
	engine
	for h in mx1 mx2 mx3; do host "$h"; done
	# one device with an old password on all hosts, and two colleagues who log in
	for h in mx1 mx2; do
		for ((n = 0; n < 40; n++)); do
			failures 198.51.100.20 1 ann $((90000 - 2000 * n))
		done > "$h/log"
	done
	login 198.51.100.20 bob 80000 > mx3/log
	login 198.51.100.20 carl 79000 >> mx3/log
	login 198.51.100.20 dora 78000 >> mx3/log
	# a traveller who fails on two hosts and then logs in on the third
	failures 198.51.100.30 3 eva 4000 | sed s/eva./eva/ | tee -a mx1/log >> mx2/log
	failures 198.51.100.31 3 x 4000 >> mx1/log
	failures 198.51.100.31 3 y 4000 >> mx2/log
	login 198.51.100.30 eva 3000 >> mx3/log
	for h in mx3 mx1 mx2 mx3 mx1; do
		case $h in
		mx2) faketime -f +10m "$MAILBAN" run -q --no-sync -c "$h/conf" "$h/log" ;;
		*) run_on "$h" -q ;;
		esac
	done
	[ "$(banned mx1)" = 198.51.100.31 ]
	ends mx1 > wanted
	ends mx2 | cmp - wanted
	ends mx3 | cmp - wanted
	"$MAILBAN" fleet -c mx1/conf > said
	grep -Eq '^mx1 .* right  \(this host\)$' said
	grep -Eq '^mx2 +20..-..-..T..:..Z +[1-9][0-9]* +[0-9]+  (599|600|601)s ahead$' said
	# what the host of that clock takes back is no event of a time to come
	failures 198.51.100.32 5 z 4000 >> mx2/log
	faketime -f +10m "$MAILBAN" run -q --no-sync -c mx2/conf mx2/log
	faketime -f +10m "$MAILBAN" unban -q --no-sync -c mx2/conf 198.51.100.32
	faketime -f +10m "$MAILBAN" run -q --no-sync -c mx2/conf mx2/log
	failures 198.51.100.32 3 a >> mx1/log
	failures 198.51.100.32 3 b >> mx3/log
	for h in mx3 mx1; do run_on "$h" -q; done
	[ "$(sed -n 's/^198.51.100.32 .*since \([^ ]*\) .*/\1/p' mx1/blacklist)" = "$(date -ud "@$((now - 2998))" +%FT%RZ)" ]
}

@test "a ban is one everywhere, under each host's own allowlist and limits, or only its points are" {
	engine
	host mx1 'ban-least = "30d"'
	host mx2 'max-new = 2'
	host mx3 'fleet-bans = false' 'threshold = 20'
	{ failures 198.51.100.9 5; failures 203.0.113.9 6; failures 203.0.113.10 7; } > mx1/log
	: > mx2/log
	: > mx3/log
	echo 203.0.113.9 > mx2/allow
	run_on mx1 -q
	run -0 run_on mx2
	[[ "$output" == *'2 new bans: 2 auth;'*' 203.0.113.10 '*' 7.0 points '* ]]
	run_on mx3 -q
	[ "$(banned mx1 | wc -l)" = 3 ]
	ends mx1 | grep -v '^203.0.113.9 ' > wanted
	ends mx2 | cmp - wanted
	[ -z "$(banned mx3)" ]
	failures 198.51.100.9 16 other 60 >> mx3/log
	for h in mx3 mx2; do run_on "$h" -q; done
	[ "$(banned mx3)" = 198.51.100.9 ]
	# what a person takes out stays out, until there is something new
	sed -i '/^198/d' mx2/blacklist
	run_on mx2 -q
	run_on mx2 -q
	[ "$(banned mx2)" = 203.0.113.10 ]
	failures 198.51.100.9 1 new 10 >> mx1/log
	for h in mx1 mx2; do run_on "$h" -q; done
	[ "$(banned mx2 | wc -l)" = 2 ]
}

@test "a ban that a host made alone ends by a login elsewhere, and who comes late bans as the others do" {
	engine
	for h in mx1 mx2 mx3; do host "$h"; done
	for ((n = 8; n > 0; n--)); do failures 198.51.100.9 1 eva $((4000 * n)); done | sed s/eva0/eva/ > mx1/log
	run_on mx1 -q
	[ "$(banned mx1)" = 198.51.100.9 ]
	login 198.51.100.9 eva 600 > mx2/log
	: > mx3/log
	for h in mx2 mx1; do run_on "$h" -q; done
	[ -z "$(banned mx1)" ]
	# five points and more began a ban, which a login shortens; mx3 has never seen more than four
	failures 198.51.100.10 3 a >> mx1/log
	failures 198.51.100.10 3 b >> mx2/log
	for h in mx1 mx2 mx1 mx2; do run_on "$h" -q; done
	ends mx2 > before
	login 198.51.100.10 b0 60 >> mx2/log
	for h in mx2 mx1 mx2 mx3; do run_on "$h" -q; done
	[ "$(banned mx3)" = 198.51.100.10 ]
	ends mx1 > wanted
	! cmp -s before wanted || false
	ends mx2 | cmp - wanted
	ends mx3 | cmp - wanted
}

@test "a server that comes back as it was before hears again what was taken back" {
	engine
	for h in mx1 mx2; do host "$h"; done
	failures 198.51.100.9 5 > mx1/log
	: > mx2/log
	run_on mx1 -q
	ask save > /dev/null
	"$MAILBAN" unban --no-sync -c mx1/conf 198.51.100.9 > said
	run_on mx1 -q
	kill "$(cat pid)"
	while [ -e sock ]; do :; done
	engine
	[ "$(ask hget mailban:hosts mx1 | grep -c 'addresses=1 ')" = 1 ]
	for h in mx1 mx2; do run_on "$h" -q; done
	[ -z "$(banned mx2)" ]
}

@test "a number that somebody forged silences no host, and a name has 64 bytes" {
	engine
	mx2=$(printf 'x%.0s' {1..64})
	for h in mx1 "$mx2"; do host "$h" && : > "$h/log"; done
	for h in mx1 "$mx2"; do run_on "$h" -q; done
	ask hset mailban:hosts "$mx2" "changes=9000000000000000000 heard=$now clock=$now" > /dev/null
	run_on mx1 -q
	failures 198.51.100.9 4 > "$mx2/log"
	failures 198.51.100.9 1 other > mx1/log
	for h in "$mx2" mx1; do run_on "$h" -q; done
	[ "$(banned mx1)" = 198.51.100.9 ]
	host "${mx2}x"
	run -2 --separate-stderr run_on "${mx2}x"
	[[ "$stderr" == *'a name of up to 64 letters'* ]]
}

# certificate NAME [AUTHORITY]
certificate() {
	local sign=()
	[ $# -lt 2 ] || sign=(-CA "$2.crt" -CAkey "$2.key")
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" "${sign[@]}" \
		-keyout "$1.key" -out "$1.crt" 2> /dev/null
}

@test "over TLS both sides show certificates of the fleet's authority" {
	host mx1 'fleet-ca = "ca.crt"'
	sed -i 's|unix://[^"]*|rediss://127.0.0.1:6390/1|' mx1/conf
	"$MAILBAN" --version | grep -q ' hiredis_ssl' || {
		run -2 --separate-stderr run_on mx1
		[[ "$stderr" == *'without the TLS of rediss://'* ]]
		skip "this mailban was built without hiredis_ssl"
	}
	unshare -n true 2> /dev/null || skip "only root has networks of its own"
	certificate ca
	certificate other
	certificate server ca
	certificate client ca
	failures 198.51.100.9 5 > mx1/log
	# without the authority, and with half a pair
	sed /^fleet-ca/d mx1/conf > conf
	run -2 "$MAILBAN" run --no-sync -c conf mx1/log
	printf '%s\n' 'fleet-cert = "client.crt"' >> mx1/conf
	run -2 run_on mx1
	printf '%s\n' 'fleet-key = "client.key"' >> mx1/conf
	cat > script <<-'EOF'
		ip link set lo up
		"$PWD/tls-server" --port 0 --tls-port 6390 --tls-cert-file server.crt --tls-key-file server.key \
			--tls-ca-cert-file ca.crt --save '' --dir "$PWD" --pidfile "$PWD/pid" --daemonize yes > said
		until [ -s pid ] && "$cli" -p 6390 --tls --cacert ca.crt --cert client.crt --key client.key ping > said 2>&1; do :; done
		"$MAILBAN" run -q --no-sync -c mx1/conf mx1/log
		"$MAILBAN" fleet -c mx1/conf
		sed 's/ca.crt/other.crt/' mx1/conf > conf
		"$MAILBAN" run -q --no-sync -c conf mx1/log 2>&1 && exit 1
		sed /client/d mx1/conf > conf
		"$MAILBAN" run -q --no-sync -c conf mx1/log 2>&1 && exit 1
		exit 0
	EOF
	ln -s "$(command -v valkey-check-rdb || command -v redis-check-rdb)" tls-server
	cli=$(command -v valkey-cli || command -v redis-cli) run -0 unshare -n bash -e script
	[[ "$output" == *$'\nmx1 '*'(this host)'*'certificate verify failed'*'next run catches up'*'next run catches up'* ]]
}

@test "unban and allow say what the fleet has, unban --fleet clears it everywhere, and leaving takes all back" {
	engine
	three_hosts
	for h in mx1 mx2 mx3 mx1; do run_on "$h" -q; done
	run -0 "$MAILBAN" unban --no-sync -c mx1/conf 203.1.113.9
	[[ "${lines[1]}" == "the fleet still has "*" points for 203.1.113.9: mx2 2.0, mx3 2.0; mailban unban --fleet"* ]]
	# who cannot give his rights up hears nothing that the engine says
	if strace -o /dev/null true && ! "$MAILBAN" check --no-sync -c /dev/null 2> /dev/null | grep -q sanitizer; then
		run -3 without_glass fleet -c mx1/conf
		[[ "$output" == *'cannot give its capabilities up'* && "$output" != *mx2* ]]
		run -1 without_glass allow --no-sync -c mx1/conf 203.2.113.9
		[[ "$output" == *'cannot give its capabilities up'* && "$output" != *'still has'* ]]
	fi
	run -0 "$MAILBAN" allow --no-sync -c mx1/conf 203.2.113.9
	[[ "$output" == *"the fleet still has "*"203.2.113.9"* ]]
	run -0 "$MAILBAN" unban --no-sync --fleet -c mx1/conf 203.1.113.9
	for h in mx1 mx2 mx3; do
		run_on "$h" -q
		[ "$(banned "$h" | grep -cx 203.1.113.9)" = 0 ]
		[ "$(banned "$h" | wc -l)" -ge 38 ]
	done
	run -0 "$MAILBAN" unban --no-sync --fleet -c mx1/conf 203.1.113.9
	[[ "$output" != *"still has"* ]]
	# of IPv6 what it is judged by
	run -0 "$MAILBAN" unban --no-sync --fleet -c mx1/conf 2001:db8::9
	[ "$(ask --raw zrange mailban:pardons -1 -1)" = 2001:db8::/64 ]
	for h in mx1 mx2 mx3; do
		run -0 "$MAILBAN" fleet -c "$h/conf" leave
	done
	[ "$("$MAILBAN" fleet -c mx1/conf | grep -c 'has left$')" = 3 ]
	[ -z "$(ask --raw keys '*:mx2*')" ]
	# who is gone for long is forgotten
	ask hset mailban:hosts old 'changes=1 heard=1000 clock=1000' > /dev/null
	host mx5
	: > mx5/log
	run_on mx5 -q
	[ -z "$(banned mx5)" ]
	[ "$(ask hexists mailban:hosts old)" = 0 ]
	# everything has an end by itself
	for key in $(ask --raw keys '*'); do
		[ "$(ask ttl "$key")" -gt 3000000 ]
	done
}

@test "servers that lie: nobody waits, nobody is banned who is allowed, and max-new holds" {
	host mx1 'fleet-timeout = "1s"' 'max-new = 50' 'allow-also = { "203.0.113.9" }'
	failures 198.51.100.9 5 > mx1/log
	for how in silent drips noise list hosts moved; do
		liar "$how"
		rm -f mx1/state mx1/blacklist
		SECONDS=0
		run -1 --separate-stderr run_on mx1 -q
		[ "$SECONDS" -le 20 ]
		[ "${#stderr_lines[@]}" = 1 ]
		[ "$(banned mx1)" = 198.51.100.9 ]
		kill "$(cat pid)"
		rm sock
	done
	[[ "$stderr" == *'a node of a cluster'* ]]
	liar forged
	sed -i 's/^fleet-timeout = .*/fleet-timeout = "30s"/' mx1/conf
	run -0 run_on mx1 -q
	[ "$(banned mx1 | wc -l)" = 51 ]
	banned mx1 | grep -qx 198.51.100.9
	[ "$(banned mx1 | grep -c -e '^203' -e '^192' -e '^0')" = 0 ]
	# not even for longer than this host bans anybody
	[[ "$(ends mx1 | sort -k 3 | tail -n 1)" < "z until $(date -d '+183 days' +%FT)" ]]
	[ "$(ends mx1 | sort -k 3 | tail -n 1 | cut -d ' ' -f 3)" \< "$(date -d '+183 days' +%FT)" ]
}

@test "user and password come from a file that nobody else can read" {
	engine --requirepass secret
	host mx1 "fleet-password-file = \"$PWD/password\""
	failures 198.51.100.9 2 > mx1/log
	echo wrong > password
	chmod 600 password
	run -1 --separate-stderr run_on mx1 -q
	[[ "$stderr" == *WRONGPASS* ]]
	printf 'default\nsecret\n' > password
	chmod 640 password
	run -1 --separate-stderr run_on mx1 -q
	[[ "$stderr" == *"chmod 600"* ]]
	chmod 600 password
	run_on mx1
	echo secret > password
	run_on mx1
	sed -i 's|unix://|unix://me:secret@|' mx1/conf
	run -2 --separate-stderr run_on mx1
	[[ "$stderr" == *"fleet-password-file"* ]]
}

# Each client moves from host to host every six hours; people has addresses of these two networks.
deal() {
	awk -v day="$2" '
		function number(text,   i, n) {
			n = 7
			for (i = 1; i <= length(text); i++)
				n = (n * 31 + index("0123456789abcdef.:-", substr(text, i, 1))) % 100003
			return n
		}
		{
			client = ""
			if (match($0, /240\.[0-9]+\.[0-9]+\.[0-9]+|2001:db8:[0-9a-f:]+/))
				client = substr($0, RSTART, RLENGTH)
			if (client == "" && $5 in last)
				client = last[$5]
			last[$5] = client
			print >> ("mx" (number(client) + int(substr($3, 1, 2) / 6) + number(day)) % 3 + 1 "/log")
		}' "$1"
}

@test "people whom three hosts share are judged as by one: nobody honest is banned but who fails anew at each" {
	command -v faketime > /dev/null || skip "faketime is not installed"
	engine
	"$BUILD/people" --percent 10 --seed 3 people
	for h in mx1 mx2 mx3; do host "$h"; done
	number=0
	for day in people/2*; do
		number=$((number + 1))
		deal "$day" "${day#*/}"
		for h in mx1 mx2 mx3 mx1; do
			faketime -f "@${day#*/} 23:59:59" "$MAILBAN" run -q --no-sync -c "$h/conf" "$h/log" > "said.$h"
			banned "$h" | sed "s/^/$number	/" >> bans
		done
	done
	sort -u bans > banned
	awk -v strict=0 -v last=14 -f "$BATS_TEST_DIRNAME/../people/count.awk" people/kinds.tsv banned people/truth.tsv > counted
	tail -n 1 counted
	# a phone with an old password that goes from host to host fails at each for the first time
	[ -z "$(awk '$1 == "honest" && $4 > 0 && $2 != "phone-alone-anew"' counted)" ]
	# alone they ban about half as many
	[ "$(sed -n 's/^people:.*attackers banned [0-9]* of [0-9]* (\([0-9]*\) %)/\1/p' counted)" -ge 70 ]
}

@test "without a server: export hands the whole list to a command, or none of it" {
	host mx1
	failures 198.51.100.9 5 > mx1/log
	sed -i '/^fleet/d' mx1/conf
	run_on mx1 -q
	"$MAILBAN" export ipset -c mx1/conf --push 'cat > pushed'
	"$MAILBAN" export ipset -c mx1/conf | sed 's/timeout [0-9]*$/timeout/' > printed
	sed 's/timeout [0-9]*$/timeout/' pushed | cmp - printed
	run -3 --separate-stderr "$MAILBAN" export ipset -c mx1/conf --push 'cat > pushed; exit 7'
	[[ "$stderr" == *"exits with 7"* ]]
	rm pushed mx1/blacklist
	run -3 "$MAILBAN" export ipset -c mx1/conf --push 'cat > pushed'
	[ ! -e pushed ]
}
