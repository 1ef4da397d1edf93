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

# What they write is not this host's.
OWN_FILES='
mount -t tmpfs none /run
mkdir /run/etc /run/work
ip link set lo up
echo 192.0.2.1 > blacklist
'

@test "ufw: enabled, reloaded and disabled, it leaves the rule where it is" {
	command -v ufw > /dev/null || skip "ufw is not installed"
	in_net <<-EOF
	$OWN_FILES
	mount -t overlay -o lowerdir=/etc,upperdir=/run/etc,workdir=/run/work overlay /etc
	for backend in ipset nftables; do
		with_backend \$backend
		firewall up
		sync -q
		for action in '--force enable' reload disable '--force enable'; do
			ufw \$action > /dev/null 2>&1
			firewall status
		done
		firewall down
	done
	EOF
}

firewalld_beside() { # the backend of firewalld
	said=$("$SCRIPTS/../tests/wire/fetch" firewalld 2>&1) || skip "${said##*$'\n'}"
	in_net <<-EOF
	$OWN_FILES
	. "$BATS_TEST_DIRNAME/firewalld.sh"
	firewalld_unpack
	[ "\$("\$MAILBAN" export firewall -c /dev/null | head -n 1)" = 'backend nftables' ]
	for backend in nftables ipset; do
		with_backend \$backend
		firewall up
		sync -q
		[ -e /run/dbus ] || firewalld_up $1
		firewall-cmd -q --permanent --direct --add-rule ipv4 filter INPUT 0 -j ACCEPT
		for action in --state --reload --complete-reload; do
			firewall-cmd \$action > /dev/null 2>&1
			# of iptables it is gone, and the next sync puts it back
			[ \$backend = nftables ] || sync -q 2> said
			firewall status
		done
		firewall down
	done
	EOF
}

@test "firewalld with nftables: our table stays; a rule of iptables is put back" {
	firewalld_beside nftables
}

@test "firewalld with iptables: our table stays; a rule of iptables is put back" {
	firewalld_beside iptables
}

@test "without systemd: the scripts of OpenRC and of sysvinit put rule and sets in place" {
	over_both <<-EOF
	$OWN_FILES
	mount -t overlay -o lowerdir=/etc,upperdir=/run/etc,workdir=/run/work overlay /etc
	mount -t tmpfs none /var/lib
	mkdir -p /var/lib/mailban /etc/mailban bin
	mv blacklist /var/lib/mailban
	: > /etc/mailban/allow
	echo "backend = \"\$BACKEND\"" > /etc/mailban/mailban.conf
	echo 'FIREWALL_OPTIONS="--ports 25"' > /etc/default/mailban
	ln -s "\$MAILBAN" bin/mailban
	ln -s "\${MAILBAN%/*}/mailban-firewall" bin
	unset MAILBAN_FIREWALL MAILBAN_REMEMBERED MAILBAN
	for init in sysvinit openrc; do
		sed "s|@SBINDIR@|\$PWD/bin|g" "$SCRIPTS/../src/\$init/mailban" > \$init
		if [ \$init = sysvinit ]; then
			sh sysvinit start
			sh sysvinit status > said
			sh sysvinit stop
		else
			# openrc-run has these functions, and starts nothing where OpenRC did not boot
			sh -ec 'ebegin() { :; }; eend() { return \$1; }; . ./openrc; start; stop'
			bin/mailban-firewall status > said
		fi
		grep -q 'DROP rule for mailban4' said
		[ "\$(members mailban4)" = 192.0.2.1 ]
		bin/mailban-firewall down
	done
	EOF
}
