# SPDX-License-Identifier: GPL-2.0-or-later
# packages: exim4-daemon-heavy
# Exim that writes its own log, as Debian's does, and the same with process ids through syslog.
. /tmp/wire/server.bash

account Debian-exim
certificate
chown Debian-exim /tmp/tls.*
chown Debian-exim /tmp/out
install -d -o Debian-exim /var/spool/exim4
cat > /tmp/exim.conf <<'END'
primary_hostname = mx.example.com
domainlist local_domains = example.com
log_file_path = /tmp/out/%slog : syslog
log_selector = +pid
host_lookup = *
host_lookup_order = byaddr
smtp_accept_max = 0
daemon_smtp_ports = 25 : 465
tls_on_connect_ports = 465
tls_certificate = /tmp/tls.crt
tls_privatekey = /tmp/tls.key
tls_advertise_hosts =
acl_smtp_rcpt = check_rcpt

begin acl
check_rcpt:
  accept authenticated = *
  accept domains = +local_domains
  deny message = relay not permitted

begin routers
nowhere:
  driver = redirect
  data = :blackhole:

begin authenticators
plain_server:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if eq{$auth3}{right-$auth2}}
  server_set_id = $auth2
login_server:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = ${if eq{$auth2}{right-$auth1}}
  server_set_id = $auth1
cram_server:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = right-$auth1
  server_set_id = $auth1
END
exim4 -C /tmp/exim.conf -bd
