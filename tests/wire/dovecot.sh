# SPDX-License-Identifier: GPL-2.0-or-later
# packages: dovecot-imapd dovecot-pop3d
# Dovecot as it comes: a connection leaves one line, which names its last user.
. /tmp/wire/server.bash
. /tmp/wire/dovecot.bash

dovecot_conf <<'END'
protocols = imap pop3
END
dovecot
