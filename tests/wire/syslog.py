# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes what programs say to a syslog socket into mail.log and auth.log, as rsyslog does on Debian."""

import datetime
import os
import re
import socket
import sys

MAIL = 2


def escaped(text):
    return re.sub(rb"[\x00-\x1f\x7f]", lambda c: b"#%03o" % c[0][0], text)


def main():
    path, folder = sys.argv[1:]
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(path)
    os.chmod(path, 0o666)
    logs = {name: open(f"{folder}/{name}.log", "ab", buffering=0) for name in ("mail", "auth")}
    while True:
        said = re.match(rb"<(\d+)>(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?(.*?)[\n\0]*$", listening.recv(65536), re.S)
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds")
        log = logs["mail" if int(said[1]) >> 3 == MAIL else "auth"]
        log.write(now.encode() + b" mx " + escaped(said[2]) + b"\n")


main()
