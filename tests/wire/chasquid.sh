# SPDX-License-Identifier: GPL-2.0-or-later
# packages: chasquid
# chasquid, which takes passwords inside TLS alone and whose users are of a domain.
. /tmp/wire/server.bash

certificate
etc=/tmp/chasquid
mkdir -p $etc/domains/example.com $etc/data $etc/certs/mx.example.com
cp /tmp/tls.crt $etc/certs/mx.example.com/fullchain.pem
cp /tmp/tls.key $etc/certs/mx.example.com/privkey.pem
cat > $etc/chasquid.conf <<END
hostname: "mx.example.com"
smtp_address: ":25"
submission_over_tls_address: ":465"
data_dir: "$etc/data"
mail_log_path: "<syslog>"
END
for name in anna bert; do
	chasquid-util -C=$etc user-add $name@example.com --password=right-$name
done
chasquid --config_dir=$etc > /dev/null 2>&1 &
