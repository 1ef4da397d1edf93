# SPDX-License-Identifier: GPL-2.0-or-later
# packages: sendmail-bin sasl2-bin libsasl2-modules
# Sendmail with passwords in Cyrus SASL's own database.
. /tmp/wire/server.bash

account smmta
account smmsp
people
certificate
install -d -m 700 /var/spool/mqueue
install -d /usr/lib/sasl2 /var/lib/sendmail/host_status
# it trusts no file in a folder where anybody may write
mv /tmp/tls.crt /tmp/tls.key /etc/mail
printf 'pwcheck_method: auxprop\nauxprop_plugin: sasldb\n' > /usr/lib/sasl2/Sendmail.conf
for name in anna bert; do
	echo "right-$name" | saslpasswd2 -c -p -u mx.example.com "$name"
done
chmod 644 /etc/sasldb2
cat > /etc/mail/sendmail.mc << 'END'
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`debian')dnl
define(`confTO_IDENT', `0')dnl
define(`confQUEUE_LA', `1000')dnl
define(`confREFUSE_LA', `1000')dnl
define(`confDELAY_LA', `1000')dnl
define(`confAUTH_MECHANISMS', `PLAIN LOGIN CRAM-MD5 DIGEST-MD5')dnl
TRUST_AUTH_MECH(`PLAIN LOGIN CRAM-MD5 DIGEST-MD5')dnl
define(`confSERVER_CERT', `/etc/mail/tls.crt')dnl
define(`confSERVER_KEY', `/etc/mail/tls.key')dnl
define(`confCACERT', `/etc/mail/tls.crt')dnl
define(`confCACERT_PATH', `/etc/mail')dnl
define(`LOCAL_MAILER_PATH', `/bin/true')dnl
FEATURE(`accept_unresolvable_domains')dnl
LOCAL_DOMAIN(`example.com')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA-v4, Port=smtp, Listen=100')dnl
DAEMON_OPTIONS(`Family=inet6, Addr=2001:db8:5::1, Name=MTA-v6, Port=smtp, Listen=100')dnl
DAEMON_OPTIONS(`Family=inet, Name=TLS-v4, Port=smtps, Listen=100, Modifiers=s')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
END
m4 /etc/mail/sendmail.mc > /etc/mail/sendmail.cf
touch /etc/mail/aliases
/usr/libexec/sendmail/sendmail -bi > /dev/null
echo 'unsigned sleep(unsigned seconds) { return seconds * 0; }' | cc -shared -fPIC -x c -o /usr/lib/nosleep.so -
LD_PRELOAD=/usr/lib/nosleep.so /usr/libexec/sendmail/sendmail -L sm-mta -bd
