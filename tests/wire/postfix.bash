# SPDX-License-Identifier: GPL-2.0-or-later
# A Postfix for example.com that throws all mail away; standard input has what is particular to it.
postfix_conf() {
	groupadd -r postdrop
	account postfix
	certificate
	install -d -o postfix -g postfix /var/lib/postfix
	cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf
	# no jail: it would need files of the host
	sed -i 's/^\([a-z].*[-n] *- *\)y /\1n /' /etc/postfix/master.cf
	echo 'smtps inet n - n - - smtpd -o syslog_name=postfix/smtps -o smtpd_tls_wrappermode=yes' >> /etc/postfix/master.cf
	{
		cat <<-'END'
		compatibility_level = 3.6
		myhostname = mx.example.com
		mydestination = example.com
		mynetworks = 127.0.0.0/8
		inet_protocols = all
		smtpd_tls_chain_files = /tmp/tls.pem
		local_transport = discard:
		local_recipient_maps = inline:{ {anna = known}, {bert = known} }
		alias_maps =
		smtpd_sasl_auth_enable = yes
		smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
		smtpd_error_sleep_time = 0
		END
		cat
	} > /etc/postfix/main.cf
}
