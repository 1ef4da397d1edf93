# SPDX-License-Identifier: GPL-2.0-or-later
# A Dovecot with a file of passwords; standard input has what is particular to it.
dovecot_conf() {
	account dovecot
	account dovenull
	account vmail
	certificate
	install -d -o vmail -g vmail /tmp/vmail
	printf '%s:{PLAIN}right-%s\n' anna anna bert bert > /etc/dovecot/users
	{
		cat <<-'END'
		listen = *, ::
		ssl = yes
		ssl_cert = </tmp/tls.crt
		ssl_key = </tmp/tls.key
		disable_plaintext_auth = no
		auth_mechanisms = plain login cram-md5 digest-md5
		auth_failure_delay = 0
		mail_location = maildir:/tmp/vmail/%u
		first_valid_uid = 1
		passdb {
		  driver = passwd-file
		  args = /etc/dovecot/users
		}
		userdb {
		  driver = static
		  args = uid=vmail gid=vmail home=/tmp/vmail/%u
		}
		# whoever fails from many addresses at once waits for nothing
		service anvil {
		  unix_listener anvil-auth-penalty {
		    mode = 0
		  }
		}
		END
		cat
	} > /etc/dovecot/dovecot.conf
}
