#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Stands in for an engine, on the socket of that path, and lies.

    liar.py SOCKET HOW

silent    takes everything and never answers
drips     answers, a byte each tenth of a second and no end
noise     answers bytes of no protocol
list      announces lists without end
moved     is a node of a cluster that has other keys
hosts     names a hundred thousand hosts
forged    one host that bans 203.0.113.0/24, 0.0.0.0/1 and 2,000 addresses, with times that are to come and without end
"""
import os
import socket
import sys
import time

path, how = sys.argv[1:]
NOW = int(time.time())


def text(value):
    return b"$%d\r\n%s\r\n" % (len(value), value)


def many(values):
    return b"*%d\r\n" % len(values) + b"".join(text(v) for v in values)


def addresses():
    names = [b"203.0.113.9", b"192.0.2.7", b"0.0.0.0/1", b"nonsense", b"203.0.113.10"]
    return names + [b"198.18.%d.%d" % (i // 250, i % 250) for i in range(990)]


def words(name):
    if name == b"192.0.2.7":
        return b"time=%d credit=-5 u:x=9999999999@1" % NOW
    if name == b"203.0.113.10":
        return b"time=%d u:00000001=4@%d since=1 until=2 level=1" % (NOW + 10 ** 8, NOW)
    if name == b"0.0.0.0/1":
        return b"time=%d since=%d until=4294967295 level=1 by=auth hosts=9" % (NOW, NOW)
    return b"time=%d u:00000001=4000@%d since=%d until=4294967280 level=200 by=auth hits=4294967295" % (NOW, NOW, NOW)


def answer(command):
    name = command[0].upper()
    if name == b"TIME":
        return many([b"%d" % NOW, b"0"])
    if how == "moved":
        return b"-MOVED 13681 127.0.0.1:7006\r\n"
    if name == b"HGETALL":
        count = 100000 if how == "hosts" else 1
        hosts = []
        for i in range(count):
            hosts += [b"liar%d" % i, b"changes=5 heard=%d clock=9 addresses=4000000000 points=9" % NOW]
        return many(hosts)
    if name == b"ZRANGEBYSCORE" and b"liar" in command[1]:
        if not command[2].startswith(b"(0"):
            return b"*0\r\n"
        page = []
        for address in addresses():
            page += [address, b"5"]
        return many(page)
    if name == b"HMGET":
        return many([words(a) for a in command[2:]])
    return b"*0\r\n" if name == b"ZRANGEBYSCORE" else b"$-1\r\n" if name == b"HGET" else b":1\r\n"


def commands(file):
    while True:
        line = file.readline()
        if not line:
            return
        words = []
        for _ in range(int(line[1:])):
            words.append(file.read(int(file.readline()[1:]) + 2)[:-2])
        yield words


def serve(client):
    if how == "silent":
        time.sleep(600)
    elif how == "drips":
        client.sendall(b"*2\r\n$1000000\r\n")
        while True:
            client.sendall(b"1")
            time.sleep(0.1)
    elif how == "noise":
        client.sendall(os.urandom(65536))
    elif how == "list":
        while True:
            client.sendall(b"*2147483647\r\n")
    else:
        for command in commands(client.makefile("rb")):
            client.sendall(answer(command))


if os.path.exists(path):
    os.remove(path)
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen()
while True:
    connection = listener.accept()[0]
    try:
        serve(connection)
    except OSError:
        pass
    connection.close()
