# SPDX-License-Identifier: GPL-2.0-or-later
# packages: postfix sasl2-bin libsasl2-modules
# Postfix that asks saslauthd about passwords.
. /tmp/wire/server.bash
. /tmp/wire/postfix.bash

people
postfix_conf <<'END'
smtpd_sasl_type = cyrus
cyrus_sasl_config_path = /etc/postfix/sasl
END
mkdir -p /etc/postfix/sasl /run/saslauthd
cat > /etc/postfix/sasl/smtpd.conf <<'END'
pwcheck_method: saslauthd
mech_list: PLAIN LOGIN
END
saslauthd -a shadow -m /run/saslauthd
postfix check
postfix start
