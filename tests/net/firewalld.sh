# SPDX-License-Identifier: GPL-2.0-or-later
# packages: firewalld
# Sourced by a test inside a namespace: starts firewalld, as tests/wire/fetch unpacked it, with a bus of its own.

ROOT=$(dirname "$SCRIPTS")/build/wire/firewalld

# What its packages have lies above what this host has, of which nothing changes.
firewalld_unpack() {
	mount -t overlay -o "lowerdir=$ROOT/usr:/usr" overlay /usr
	mount -t overlay -o "lowerdir=$ROOT/etc:/etc,upperdir=/run/etc,workdir=/run/work" overlay /etc
}

firewalld_up() { # nftables or iptables: what it makes its rules with
	sed -i "s/^FirewallBackend=.*/FirewallBackend=$1/" /etc/firewalld/firewalld.conf
	mkdir /run/dbus
	cat > bus.conf <<-'END'
	<busconfig>
	  <type>system</type>
	  <listen>unix:path=/run/dbus/system_bus_socket</listen>
	  <policy context="default">
	    <allow user="*"/> <allow own="*"/> <allow send_destination="*"/> <allow receive_sender="*"/>
	  </policy>
	</busconfig>
	END
	dbus-daemon --config-file=bus.conf --fork --nopidfile
	firewalld --nofork --nopid > firewalld.log 2>&1 &
	until firewall-cmd --state > /dev/null 2>&1; do :; done
}
