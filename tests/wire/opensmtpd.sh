# SPDX-License-Identifier: GPL-2.0-or-later
# packages: opensmtpd
# OpenSMTPD, which takes passwords inside TLS alone.
. /tmp/wire/server.bash

account opensmtpd
account opensmtpq
people
certificate
# Debian 12's is of the time before OpenSSL 3, which gives it a copy of the key that is in another process: no handshake
# comes to its end. What it changes in the copy has to be the key.
cc -shared -fPIC -x c -o /usr/lib/samekey.so - << 'END'
#define _GNU_SOURCE
#include <dlfcn.h>

int EVP_PKEY_set1_EC_KEY(void *key, void *ec);
void *EVP_PKEY_get1_EC_KEY(void *key);

void *EVP_PKEY_get1_EC_KEY(void *key)
{
	void *(*get)(void *) = (void *(*)(void *))dlsym(RTLD_NEXT, "EVP_PKEY_get1_EC_KEY");
	void *copy = get(key);

	EVP_PKEY_set1_EC_KEY(key, copy);
	return copy;
}
END
cat > /etc/smtpd.conf <<END
table people { anna = "$(openssl passwd -5 right-anna)", bert = "$(openssl passwd -5 right-bert)" }
pki mx.example.com cert "/tmp/tls.crt"
pki mx.example.com key "/tmp/tls.key"
listen on 0.0.0.0 port 25 tls pki mx.example.com auth-optional <people>
listen on :: port 465 smtps pki mx.example.com auth-optional <people>
listen on 0.0.0.0 port 465 smtps pki mx.example.com auth-optional <people>
action nowhere mda "true"
match from any for domain "example.com" action nowhere
END
install -d -m 711 /var/spool/smtpd
LD_PRELOAD=/usr/lib/samekey.so smtpd
