#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Owners of addresses by the DNS: a server that answers, and one that does not, in a network of its own.

load helper

setup_file() {
	$NAMESPACE -m true 2> /dev/null || skip 'no namespace of a network can be made here'
	cd "$BATS_FILE_TMPDIR"
	echo 'nameserver 127.0.0.1' > resolv.conf
	printf '# mailban blacklist 1\n' > blacklist
	for n in {1..9}; do echo "203.0.113.$n"; done >> blacklist
	echo '2001:db8::/64' >> blacklist
	cat > server.py << 'END'
import socket, sys
texts = {
    "9.113.0.203.origin.zone.example": "64496 64497 | 203.0.113.0/24 | AT | ripencc | 2001-01-01",
    "0." * 24 + "8.b.d.0.1.0.0.2.origin6.zone.example": "64498 | 2001:db8::/32 | FR | ripencc | 2001-01-01",
    "AS64496.zone.example": "64496 | AT | ripencc | 2001-01-01 | EXAMPLE-AS Example, AT",
}
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
open("ready", "w").close()
while True:
    question, client = server.recvfrom(2000)
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode())
        at += 1 + question[at]
    name = ".".join(labels)
    print(name, file=open("asked", "a"))
    if sys.argv[1] == "silent":
        continue
    # what is no answer comes first: of another question, and cut
    server.sendto(b"\0\0" + question[2:3] + b"\x80" + question[4:], client)
    server.sendto(question[:15], client)
    text = texts.get(name, "").encode()
    answer = b"\xc0\x0c\0\x10\0\1\0\0\0\1" + (len(text) + 1).to_bytes(2, "big") + bytes([len(text)]) + text
    head = question[:2] + (b"\x81\x80\0\1\0\1" if text else b"\x81\x83\0\1\0\0") + b"\0\0\0\0"
    server.sendto(head + question[12:at + 5] + (answer if text else b""), client)
END
}

# inside KIND CONFIGURATION: what list -v says beside such a server
inside() {
	cd "$BATS_FILE_TMPDIR"
	printf '%s\n' "$2" > conf
	rm -f asked ready
	$NAMESPACE -m bash -euc '
		ip link set lo up
		mount --bind resolv.conf /etc/resolv.conf
		python3 server.py "$1" &
		until [ -e ready ]; do sleep 0.02; done
		"$MAILBAN" list -v -c conf --blacklist blacklist --state none
		kill $!' - "$1"
}

@test "the zone that the settings name is asked, and nobody where they name none" {
	run -0 inside answers $'owners = "dns"\nowners-zone = "zone.example"\nowners-files = { "none" }'
	[[ "$output" == *'203.0.113.9 '*'  AT, AS64496 EXAMPLE-AS Example, AT'* ]]
	[[ "$output" == *'2001:db8::/64 '*'  FR, AS64498'* ]]
	[ "$(grep -c ' AS[0-9]' <<< "$output")" -eq 2 ]
	inside answers 'owners-files = { "none" }'
	[ ! -e asked ]
	inside answers $'owners = "auto"\nowners-zone = "zone.example"'
	[ ! -e asked ]
}

@test "a server that does not answer costs one length of time in all" {
	local begun=$SECONDS
	run -0 inside silent $'owners = "dns"\nowners-zone = "zone.example"\nowners-files = { "none" }'
	[[ "$output" == *'203.0.113.9 '* && "$output" != *AS6* ]]
	[ $((SECONDS - begun)) -le 8 ]
}
