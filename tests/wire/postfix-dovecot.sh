# SPDX-License-Identifier: GPL-2.0-or-later
# packages: postfix dovecot-core
# Postfix that asks Dovecot about passwords.
. /tmp/wire/server.bash
. /tmp/wire/postfix.bash
. /tmp/wire/dovecot.bash

dovecot_conf <<'END'
protocols =
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0666
  }
}
END
postfix_conf <<'END'
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
END
postfix check
dovecot
postfix start
