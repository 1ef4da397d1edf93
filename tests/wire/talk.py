# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of SMTP, IMAP and POP3, inside TLS too, as far as logging in needs it, from an address of its own."""

import base64
import hashlib
import hmac
import re
import socket
import ssl
import time

SERVER, SERVER6 = "198.51.100.1", "2001:db8:5::1"
TLS = ssl._create_unverified_context()


def b64(text):
    return base64.b64encode(text.encode("latin-1")).decode()


class Gone(Exception):
    """The server has closed the connection."""


def plain(user, password, _):
    return f"\0{user}\0{password}"


def cram_md5(user, password, challenge):
    return user + " " + hmac.new(password.encode(), challenge, hashlib.md5).hexdigest()


def digest_md5(user, password, challenge):
    given = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge.decode()))
    realm, nonce = given.get("realm", ""), given.get("nonce", "")
    name = user.replace("\\", "\\\\").replace('"', '\\"')
    return (f'username="{name}",realm="{realm}",nonce="{nonce}",cnonce="abcdef",nc=00000001,qop=auth,'
            f'digest-uri="smtp/mx.example.com",response={"0" * 32},charset=utf-8')


class Talk:
    """A connection; port, ending of the answers that go on, and the words of a protocol are its subclasses'."""

    secure = False

    def __init__(self, address):
        deadline = time.monotonic() + 20
        while True:
            try:
                self.socket = socket.create_connection(
                    (SERVER6 if ":" in address else SERVER, self.port), 20, (address, 0))
                break
            except ConnectionRefusedError:
                # the server is still starting
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        try:
            if self.secure:
                self.socket = TLS.wrap_socket(self.socket)
        except OSError:
            raise Gone from None
        self.file = self.socket.makefile("rb")
        self.greet()

    def line(self):
        try:
            line = self.file.readline()
        except OSError:
            line = b""
        if not line:
            raise Gone
        return line.decode("latin-1").rstrip("\r\n")

    def send(self, text):
        try:
            self.socket.sendall((text + "\r\n").encode("latin-1"))
        except OSError:
            raise Gone from None

    def ask(self, text):
        self.send(text)
        return self.answer()

    def goes_on(self, answer):
        return answer.startswith("+")

    def challenge(self, answer):
        try:
            return base64.b64decode(answer.partition(" ")[2])
        except ValueError:
            return b""

    def sasl(self, mechanism, user, password):
        """The server's last answer; None where it refuses the mechanism without asking for anything."""
        answer = self.begin(mechanism)
        if not self.goes_on(answer):
            return None
        if mechanism == "LOGIN":
            answer = self.ask(b64(user))
            return self.ask(b64(password)) if self.goes_on(answer) else answer
        respond = {"PLAIN": plain, "CRAM-MD5": cram_md5, "DIGEST-MD5": digest_md5}[mechanism]
        return self.ask(b64(respond(user, password, self.challenge(answer))))

    def end(self):
        """Says no more, and waits until the server is done."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
            while self.file.read(4096):
                pass
        except (OSError, ValueError):
            pass
        self.drop()

    def quit(self):
        try:
            self.ask(self.farewell)
        except Gone:
            pass
        self.end()

    def drop(self):
        self.file.close()
        self.socket.close()


class Smtp(Talk):
    name, port, farewell = "smtp", 25, "QUIT"

    def greet(self, name="client.example.net"):
        self.answer()
        self.ask("EHLO " + name)

    def answer(self):
        while (line := self.line())[3:4] == "-":
            pass
        return line

    def goes_on(self, answer):
        return answer.startswith("334")

    def begin(self, mechanism):
        return self.ask("AUTH " + mechanism)

    def login(self, user, password):
        return self.sasl("PLAIN", user, password)

    def failed(self, answer):
        return answer.startswith("535")

    def succeeded(self, answer):
        return answer.startswith("235")

    def mail(self, sender, recipient):
        """Sends a mail to the end; whether the server has taken it."""
        if not all(self.ask(c).startswith("250") for c in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>")):
            return False
        return self.ask("DATA").startswith("354") and self.ask(
            f"From: {sender}\r\nTo: {recipient}\r\nDate: Sat, 28 Nov 2026 20:00:00 +0000\r\n"
            "Message-ID: <1@example.net>\r\nSubject: hello\r\n\r\nhello\r\n.").startswith("250")


class Imap(Talk):
    name, port, farewell = "imap", 143, "z LOGOUT"

    def greet(self):
        self.line()

    def answer(self):
        while (line := self.line()).startswith("* "):
            pass
        return line

    def begin(self, mechanism):
        return self.ask("a AUTHENTICATE " + mechanism)

    def login(self, user, password):
        """The name travels as a literal, in which everything may stand."""
        answer = self.ask(f"a LOGIN {{{len(user)}}}")
        return self.ask(f"{user} \"{password}\"") if self.goes_on(answer) else answer

    def failed(self, answer):
        return answer.startswith("a NO")

    def succeeded(self, answer):
        return answer.startswith("a OK")


class Pop3(Talk):
    name, port, farewell = "pop3", 110, "QUIT"

    def greet(self):
        self.line()

    def answer(self):
        return self.line()

    def begin(self, mechanism):
        return self.ask("AUTH " + mechanism)

    def login(self, user, password):
        answer = self.ask("USER " + user)
        return self.ask("PASS " + password) if answer.startswith("+OK") else answer

    def failed(self, answer):
        return answer.startswith("-ERR")

    def succeeded(self, answer):
        return answer.startswith("+OK")


class Smtps(Smtp):
    name, port, secure = "smtps", 465, True


class Imaps(Imap):
    name, port, secure = "imaps", 993, True


class Pop3s(Pop3):
    name, port, secure = "pop3s", 995, True
