# SPDX-License-Identifier: GPL-2.0-or-later
# packages: courier-imap courier-pop courier-mta courier-authdaemon courier-authlib-userdb
# Courier's IMAP, POP3 and ESMTP servers.
. /tmp/wire/server.bash

account courier
account vmail
certificate
chown courier /tmp/tls.pem
ln -s makedat.courier /usr/bin/makedat
mkdir -p /run/courier/authdaemon /etc/courier/shared
chown courier:courier /run/courier/authdaemon
sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/' /etc/courier/authdaemonrc
sed -i 's/^IMAP_CAPABILITY=.*/IMAP_CAPABILITY="IMAP4rev1 AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5"/; s/^MAX\(DAEMONS\|PERIP\)=.*/MAX\1=100/' /etc/courier/imapd
sed -i 's/^POP3AUTH=.*/POP3AUTH="PLAIN LOGIN CRAM-MD5"/; s/^MAX\(DAEMONS\|PERIP\)=.*/MAX\1=100/' /etc/courier/pop3d
sed -i 's|^TLS_CERTFILE=.*|TLS_CERTFILE=/tmp/tls.pem|' /etc/courier/imapd-ssl /etc/courier/pop3d-ssl
sed -i 's/^\(ESMTPAUTH\|ESMTPAUTH_TLS\)=.*/\1="PLAIN LOGIN CRAM-MD5"/; s/^\(BOFHCHECKDNS\|TARPIT\)=.*/\1=0/
	s/^MAX\(DAEMONS\|PERC\|PERIP\)=.*/MAX\1=100/; s|^TLS_CERTFILE=.*|TLS_CERTFILE=/tmp/tls.pem|
	s/^TCPDOPTS="/&-nodnslookup /' /etc/courier/esmtpd /etc/courier/esmtpd-ssl
ids="uid=$(id -u vmail)|gid=$(id -g vmail)"
for name in anna bert; do
	mkdir -p "/tmp/$name"
	maildirmake.courier "/tmp/$name/Maildir"
	chown -R vmail:vmail "/tmp/$name"
	printf '%s\t%s|home=/tmp/%s|mail=/tmp/%s/Maildir|systempw=%s\n' "$name" "$ids" "$name" "$name" \
		"$(openssl passwd -1 "right-$name")"
done > /etc/courier/userdb
chmod 600 /etc/courier/userdb
makeuserdb
# Courier waits for five seconds at each failure, and nothing sets that
echo 'unsigned sleep(unsigned seconds) { return seconds * 0; }' | cc -shared -fPIC -x c -o /usr/lib/nosleep.so -
echo /usr/lib/nosleep.so > /etc/ld.so.preload
authdaemond start
echo mx.example.com > /etc/courier/me
echo example.com > /etc/courier/locals
chown -R courier:courier /var/lib/courier
mkdir -p /etc/courier/smtpaccess /run/courier
makesmtpaccess
courier start
for server in imapd pop3d imapd-ssl pop3d-ssl esmtpd esmtpd-ssl; do
	"$server" start
done
