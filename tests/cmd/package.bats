#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The packages that scripts/package makes.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
}

@test "the Debian package: no word of lintian's; installed, upgraded, removed and purged" {
	for command in dh lintian; do command -v $command > /dev/null || skip "$command is not installed"; done
	run -0 env DEBFULLNAME=Somebody DEBEMAIL=somebody@users.example.net scripts/package deb
	[ "$(grep -v '^running with root' <<< "$output")" = "$PWD/build/package/mailban_$(make -s version)_$(dpkg --print-architecture).deb" ]
	[ "$(id -u)" -eq 0 ] && unshare -n -m true 2> /dev/null || skip "only root can install"
	cp build/package/*.deb "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	cat > script <<-'EOF'
	set -e
	trap 'echo "failed: $BASH_COMMAND"' ERR
	mount -t tmpfs none /mnt
	mkdir /mnt/upper /mnt/work /mnt/root
	mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
	cp *.deb /mnt/root/tmp
	mount --bind /dev /mnt/root/dev
	mount -t proc none /mnt/root/proc
	cd /mnt/root
	inside() { chroot . env PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"; }
	install() { inside sh -c 'dpkg --force-confold -i /tmp/*.deb' > /dev/null; }
	install
	[ "$(inside stat -c '%a %U' /var/lib/mailban)" = '750 root' ]
	# cron leaves the run to the timer of a host that runs systemd
	grep -q 'if \[ ! -d /run/systemd/system \]' etc/cron.d/mailban
	inside test -e /etc/systemd/system/timers.target.wants/mailban-run.timer
	echo 192.0.2.1 > var/lib/mailban/blacklist
	echo 192.0.2.2 > etc/mailban/allow
	echo 'threshold = 7' >> etc/mailban/mailban.conf
	install
	[ "$(cat var/lib/mailban/blacklist)" = 192.0.2.1 ]
	[ "$(tail -n 1 etc/mailban/mailban.conf)" = 'threshold = 7' ]
	inside mailban-firewall up
	inside mailban-firewall status > /dev/null
	# the commands of root and the daily run work on the same files, and the run with the rights that its unit has
	inside mailban ban 192.0.2.9 by hand > /dev/null
	for i in 1 2 3 4 5 6 7 8; do
		echo "$(date -u +%FT%TZ) mx postfix/smtpd[7]: warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: no, sasl_username=u$i"
	done > var/log/mail.log
	chown nobody var/log/mail.log
	chmod 600 var/log/mail.log
	iptables -F INPUT
	rights=$(sed -n 's/^CapabilityBoundingSet=//p' lib/systemd/system/mailban-run.service | tr A-Z a-z | sed 's/cap_/,+/g; s/ //g')
	inside setpriv --bounding-set=-all$rights --inh-caps=-all --no-new-privs mailban run > said 2>&1
	grep -q '^192.0.2.7 .* by auth ' var/lib/mailban/blacklist
	ipset test mailban4 192.0.2.7 2> /dev/null
	iptables-save | grep -q 'match-set mailban4'
	inside mailban unban 192.0.2.9 > /dev/null
	inside dpkg -r mailban > /dev/null
	grep -qx 192.0.2.1 var/lib/mailban/blacklist
	[ -z "$(iptables-save | grep mailban)$(nft list chains | grep drop-input)" ]
	inside dpkg -P mailban > /dev/null
	[ ! -e var/lib/mailban ]
	[ ! -e etc/mailban ]
	EOF
	run -0 unshare -n -m --pid --fork bash script
}

@test "the spec of rpm and the APKBUILD of Alpine can be read, and the tarball is a whole tree" {
	make -s dist BUILD="$BATS_TEST_TMPDIR"
	version=$(make -s version)
	cd "$BATS_TEST_TMPDIR"
	tar -xzf "mailban-$version.tar.gz"
	cd "mailban-$version"
	[ "$(make -s version)" = "$version" ]
	scripts/check-layers
	sh -c '. scripts/packaging/APKBUILD; for word in build check package; do type $word; done' | grep -c function
	command -v rpmspec > /dev/null || skip "rpmspec is not installed"
	sed "s/@VERSION@/$version/; s/@MAINTAINER@/A <a@example.com>/" scripts/packaging/mailban.spec > mailban.spec
	[ "$(rpmspec -q --qf '%{name} %{version}\n' mailban.spec)" = "mailban $version" ]
}
