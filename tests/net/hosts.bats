#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The rule beside the host's own firewall: ufw and firewalld as they are, in namespaces of network, files and processes.

load helper

setup() {
	need_sets
	need_nftables
	[ "$(id -u)" -eq 0 ] || skip "only root can mount"
	NAMESPACE="unshare -n -m --pid --fork --mount-proc"
	$NAMESPACE true 2> /dev/null || skip "this host gives no such namespaces"
}

# What their daemons write is not this host's.
OWN_FILES='
mount -t tmpfs none /run
for folder in /etc/ufw /etc/firewalld; do
	[ ! -d $folder ] || { cp -a $folder own-${folder##*/}; mount --bind own-${folder##*/} $folder; }
done
ip link set lo up
echo 192.0.2.1 > blacklist
'

@test "ufw: enabled, reloaded and disabled, it leaves the rule where it is" {
	command -v ufw > /dev/null || skip "ufw is not installed"
	over_both <<-EOF
	$OWN_FILES
	firewall up
	sync -q
	for action in '--force enable' reload disable '--force enable'; do
		ufw \$action > /dev/null 2>&1
		firewall status
	done
	EOF
}

firewalld_beside() { # the backend of firewalld
	command -v firewalld > /dev/null || skip "firewalld is not installed"
	over_both <<-EOF
	$OWN_FILES
	sed -i 's/^FirewallBackend=.*/FirewallBackend=$1/' /etc/firewalld/firewalld.conf
	[ "\$("\$MAILBAN" export firewall -c /dev/null | head -n 1)" = 'backend nftables' ]
	firewall up
	sync -q
	mkdir /run/dbus
	dbus-daemon --system --fork --nopidfile
	firewalld --nofork --nopid > /dev/null 2>&1 &
	until firewall-cmd --state > /dev/null 2>&1; do :; done
	for action in --state --reload --complete-reload '--permanent --direct --add-rule ipv4 filter INPUT 0 -j ACCEPT' --reload; do
		firewall-cmd \$action > /dev/null 2>&1
		# of iptables it is gone, and the next sync puts it back
		[ \$BACKEND = nftables ] || sync -q 2> said
		firewall status
	done
	EOF
}

@test "firewalld with nftables: our table stays; a rule of iptables is put back" {
	firewalld_beside nftables
}

@test "firewalld with iptables: our table stays; a rule of iptables is put back" {
	firewalld_beside iptables
}
