# SPDX-License-Identifier: GPL-2.0-or-later
# What the scripts that start servers share. Each of them runs in the box, as root, and leaves its server running.
set -eu
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# an account that a package would have made when it was installed
account() { # name, groups
	getent group "$1" > /dev/null || groupadd -r "$1"
	getent passwd "$1" > /dev/null || useradd -r -g "$1" -d /nonexistent -s /usr/sbin/nologin "$1"
	[ $# -lt 2 ] || usermod -a -G "$2" "$1"
}

# the people who may log in, with their passwords in /etc/shadow
people() {
	local name
	for name in anna bert; do
		useradd -M -d /tmp/$name "$name"
		install -d -o "$name" "/tmp/$name"
		echo "$name:right-$name" | chpasswd -c SHA256
	done
}

# a key and its certificate, /tmp/tls.key and /tmp/tls.crt; both in /tmp/tls.pem
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=mx.example.com \
		-keyout /tmp/tls.key -out /tmp/tls.crt 2> /dev/null
	cat /tmp/tls.key /tmp/tls.crt > /tmp/tls.pem
	chmod 600 /tmp/tls.key /tmp/tls.pem
}
