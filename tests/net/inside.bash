# SPDX-License-Identifier: GPL-2.0-or-later
# Stands in front of each script that runs inside a namespace (helper.bash, in_net).
set -eEuo pipefail
trap 'echo "failed: $BASH_COMMAND (line $LINENO of $PWD/script)" >&2' ERR
trap 'kill $(jobs -p) 2> /dev/null || true' EXIT

# What every run of the tests is given. Nothing here is to be seen by, or to see, what this host has.
: > allow
with_backend() {
	BACKEND=$1
	printf 'backend = "%s"\nstate = "%s/state"\nblacklist = "%s/blacklist"\nallow = "%s/allow"\n' "$1" "$PWD" "$PWD" "$PWD" > settings
}
with_backend "${BACKEND:-ipset}"
export MAILBAN_FIREWALL="$SCRIPTS/firewall" MAILBAN_REMEMBERED="$PWD/firewall"
unset SSH_CONNECTION SSH_CLIENT

firewall() {
	"$SCRIPTS/firewall" "$@" -c settings
}

# A network of loopback addresses: the mail server, attackers, neighbours and a customer.
SERVER=192.0.2.25 ATTACKER=203.0.113.9 NEIGHBOUR=203.0.113.10 CUSTOMER=198.51.100.20
SERVER6=2001:db8:1::25 ATTACKER6=2001:db8:2::9 CUSTOMER6=2001:db8:3::20

network_up() {
	ip link set lo up
	for a in $SERVER $ATTACKER $NEIGHBOUR $CUSTOMER; do
		ip addr add "$a/32" dev lo
	done
	for a in $SERVER6 $ATTACKER6 $CUSTOMER6; do
		ip -6 addr add "$a/128" dev lo nodad
	done
}

# The same with the clients at the other end of a cable, in a namespace of their own: a host never bans
# itself. Further addresses of clients are arguments.
VIA=
world_up() {
	local world

	unshare -n sh -c 'touch "$0"; exec sleep 600' "$PWD/world" &
	world=$!
	until [ -e world ]; do :; done
	ip link set lo up
	ip link add cable type veth peer name cable netns $world
	ip addr add $SERVER/32 dev cable
	ip -6 addr add $SERVER6/128 dev cable nodad
	ip link set cable up
	VIA="nsenter -t $world -n"
	for a in $ATTACKER $NEIGHBOUR $CUSTOMER "$@"; do
		$VIA ip addr add "$a/32" dev cable
	done
	for a in $ATTACKER6 $CUSTOMER6; do
		$VIA ip -6 addr add "$a/128" dev cable nodad
	done
	$VIA ip link set cable up
	for family in -4 -6; do
		ip $family route add default dev cable
		$VIA ip $family route add default dev cable
	done
}

# A TCP server that greets, on port 25 of both families.
listen() {
	echo '220 mail.example.com' > greeting
	socat -U "TCP4-LISTEN:25,bind=$SERVER,fork,reuseaddr,backlog=64" FILE:greeting &
	socat -U "TCP6-LISTEN:25,bind=[$SERVER6],fork,reuseaddr,backlog=64" FILE:greeting &
	until connects $CUSTOMER && connects $CUSTOMER6; do :; done
}

# Whether a client with that address gets the greeting.
connects() {
	local to="TCP4:$SERVER:25,bind=$1"

	case $1 in *:*) to="TCP6:[$SERVER6]:25,bind=[$1]" ;; esac
	[ "$($VIA socat -u "$to,connect-timeout=${2:-1}" - 2> /dev/null)" = "220 mail.example.com" ]
}

# "! command" says nothing to set -e; this does. What is answered at all on a cable is answered within that time.
dropped() {
	if connects "$1" 0.3; then
		echo "$1 was not dropped"
		return 1
	fi
}

# A minute as the blacklist writes it, so many seconds from now.
minute() {
	TZ=UTC printf '%(%FT%RZ)T\n' $((EPOCHSECONDS + $1))
}

# One line of a blacklist: address, seconds until its end.
ban() {
	TZ=UTC printf '%-24s # since %(%FT%RZ)T until %(%FT%RZ)T by auth hits 9\n' "$1" $((EPOCHSECONDS - 60)) $((EPOCHSECONDS + $2))
}

blacklist() {
	echo '# mailban blacklist 1'
	cat
}

# The elements of a set of nftables, one a line: address, packets, bytes, seconds that remain.
nft_elements() {
	local part
	for part in "" -64 -nets; do
		{ nft list set inet mailban "$1$part" 2> /dev/null || true; } | sed -n '/elements = {/,$p' | sed 's/.*elements = {//' | tr , '\n' |
			awk -v end="${part/#-64//64}" '/[0-9a-f][.:]/ {
				seconds = 0
				for (i = 2; i < NF; i++) {
					if ($i == "packets") p = $(i + 1)
					if ($i == "bytes") b = $(i + 1)
					if ($i == "expires") {
						t = $(i + 1)
						sub(/[0-9]*ms$/, "", t)
						while (match(t, /^[0-9]+[dhms]/)) {
							unit = substr(t, RLENGTH, 1)
							seconds += substr(t, 1, RLENGTH - 1) * (unit == "d" ? 86400 : unit == "h" ? 3600 : unit == "m" ? 60 : 1)
							t = substr(t, RLENGTH + 1)
						}
					}
				}
				print $1 (end == "/64" ? end : ""), p, b, seconds
			}'
	done
}

elements() {
	if [ "$BACKEND" = nftables ]; then
		nft_elements "$1"
		return
	fi
	ipset save "$1" | awk '$1 == "add" {
		p = b = t = 0
		for (i = 4; i < NF; i++) {
			if ($i == "packets") p = $(i + 1)
			if ($i == "bytes") b = $(i + 1)
			if ($i == "timeout") t = $(i + 1)
		}
		print $3, p, b, t
	}'
}

members() {
	elements "$1" | cut -d ' ' -f 1 | LC_ALL=C sort
}

# "packets bytes" of an entry
counters() {
	elements "$1" | awk -v a="$2" '$1 == a { print $2, $3 }'
}

timeout_of() {
	elements "$1" | awk -v a="$2" '$1 == a { print $4 }'
}

# No set at all.
no_sets() {
	[ -z "$(ipset list -n)" ] && [ -z "$(nft list tables inet 2> /dev/null)" ]
}

# The command fails with this status, and what it says holds this text.
fails_with() {
	local want=$1 text=$2 said got=0

	shift 2
	said=$("$@" 2>&1) || got=$?
	if [ "$got" != "$want" ] || ! grep -qF -- "$text" <<< "$said"; then
		echo "wanted status $want and \"$text\", got $got and: $said"
		return 1
	fi
}

# Lines of failed logins, so many of each address, AGO seconds ago: five are a ban.
AGO=3600
failures() { # count, address...
	local count=$1 at=$((EPOCHSECONDS - AGO)) address i

	shift
	for address; do
		for ((i = 1; i <= count; i++)); do
			TZ=UTC printf '%(%FT%TZ)T mail postfix/smtpd[%d]: warning: unknown[%s]: SASL LOGIN authentication failed: x, sasl_username=user%d@example.com\n' \
				$((at + i)) $((1000 + i)) "$address" "$i"
		done
	done
}

run() {
	"$MAILBAN" run -c settings --blacklist "$PWD/blacklist" --state "$PWD/state" --allow "$PWD/allow" "$@"
}

sync() {
	"$MAILBAN" sync -c settings --blacklist "$PWD/blacklist" "$@"
}
