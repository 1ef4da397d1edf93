# SPDX-License-Identifier: GPL-2.0-or-later
# packages: dovecot-imapd dovecot-pop3d
# Dovecot that tells of each failure.
. /tmp/wire/server.bash
. /tmp/wire/dovecot.bash

dovecot_conf <<'END'
protocols = imap pop3
auth_verbose = yes
END
dovecot
