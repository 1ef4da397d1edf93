# SPDX-License-Identifier: GPL-2.0-or-later
# packages: cyrus-imapd cyrus-pop3d sasl2-bin libsasl2-modules
# Cyrus with passwords in a database of its own.
. /tmp/wire/server.bash

account sasl
certificate
chmod 644 /tmp/tls.key
getent group mail > /dev/null || groupadd -r mail
useradd -r -g mail -G sasl -d /var/spool/cyrus -s /usr/sbin/nologin cyrus
install -d -o cyrus -g mail /var/lib/cyrus /var/spool/cyrus /var/spool/cyrus/mail /var/spool/sieve \
	/var/lib/cyrus/db /var/lib/cyrus/socket /run/cyrus /run/cyrus/proc /run/cyrus/lock /run/cyrus/socket
cat > /etc/imapd.conf <<'END'
configdirectory: /var/lib/cyrus
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
defaultpartition: default
partition-default: /var/spool/cyrus/mail
admins: cyrus
allowplaintext: yes
failedloginpause: 0
autocreate_quota: 0
sieveusehomedir: false
sievedir: /var/spool/sieve
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_mech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5
syslog_prefix: cyrus
servername: mx.example.com
unix_group_enable: 0
tls_server_cert: /tmp/tls.crt
tls_server_key: /tmp/tls.key
END
cat > /etc/cyrus.conf <<'END'
START {
	recover cmd="/usr/sbin/cyrus ctl_cyrusdb -r"
}
SERVICES {
	imap cmd="imapd" listen="imap" prefork=0 maxchild=100
	pop3 cmd="pop3d" listen="pop3" prefork=0 maxchild=100
	imaps cmd="imapd -s" listen="imaps" prefork=0 maxchild=100
	pop3s cmd="pop3d -s" listen="pop3s" prefork=0 maxchild=100
}
END
for name in anna bert; do
	echo "right-$name" | saslpasswd2 -c -p -u mx.example.com "$name"
done
chown cyrus:sasl /etc/sasldb2
/usr/lib/cyrus/bin/master -d
