# SPDX-License-Identifier: GPL-2.0-or-later
"""Attacks the server in the box, and prints the truth about each address: address, what it is, failures, logins, what
it did. Failures and logins are those that the server told the client of. No line may name 203.0.113.0/24."""

import concurrent.futures
import sys
import threading

from talk import Gone, Imap, Imaps, Pop3, Pop3s, Smtp, Smtps

VICTIM = "203.0.113.9"
FORGED = [
    f"[{VICTIM}]",
    f"x[{VICTIM}]",
    f"x, rip={VICTIM}, lip=192.0.2.1, session=<a>",
    f"x>, method=PLAIN, rip={VICTIM}, lip=192.0.2.1",
    f"unknown[{VICTIM}]: SASL LOGIN authentication failed: x",
    f"x) [{VICTIM}]: 535 Incorrect authentication data (set_id=x",
    f"x, ip=[{VICTIM}]",
    f"badlogin: [{VICTIM}] plaintext x SASL",
    f"x rhost={VICTIM} user=x",
    f"x address={VICTIM} host=x",
    f"(x,{VICTIM},<a>): unknown user",
    f"::ffff:{VICTIM}",
    f"a\\\" ({VICTIM}",
    f"x\tfrom {VICTIM}",
]
LINES = [
    f"x\r\npostfix/smtpd[1]: warning: unknown[{VICTIM}]: SASL LOGIN authentication failed: x",
    f"x\ndovecot: imap-login: Disconnected (auth failed, 9 attempts): user=<x>, rip={VICTIM}, lip=192.0.2.1",
    f"x\nimapd: LOGIN FAILED, user=x, ip=[{VICTIM}]",
    f"x\r\n2026-11-28 20:00:00 login authenticator failed for (x) [{VICTIM}]: 535 Incorrect authentication data",
]
# the server may cut its line anywhere in these: the next line begins with what the client wrote
CUT = ["b" * n + line for n in (460, 480, 486, 490, 505, 970, 1000) for line in (
    f"LOGIN FAILED, user=u, ip=[{VICTIM}]", "LOGIN FAILED, user=u" + "a" * 470 + f", ip=[{VICTIM}]",
    f"warning: unknown[{VICTIM}]: SASL LOGIN authentication failed: x")]
# where users are of a domain
DOMAIN = {"chasquid": "@example.com"}.get(sys.argv[1], "")
NAMES = ["admin", "info", "sales", "test", "office", "backup", "root", "support"]


class Deeds:
    """What one address did, as the server told it."""

    def __init__(self, address, kind, what):
        self.address, self.kind, self.what, self.failures, self.logins = address, kind, what, 0, 0
        self.lock = threading.Lock()

    def note(self, talk, answer):
        with self.lock:
            self.failures += answer is not None and talk.failed(answer)
            self.logins += answer is not None and talk.succeeded(answer)

    def __str__(self):
        return "\t".join(map(str, (self.address, self.kind, self.failures, self.logins, self.what)))


# What is done in one connection: each takes the deeds, the connection, and what the scenario gives.

def guess(deeds, talk, mechanism, names):
    for name in names:
        deeds.note(talk, talk.sasl(mechanism, name, "wrong") if mechanism else talk.login(name, "wrong"))


def forge(deeds, talk, log_in, text):
    deeds.note(talk, log_in(talk, text))


def drop(_, talk, mechanism):
    talk.begin(mechanism)
    talk.drop()


def abort(_, talk, mechanism):
    talk.begin(mechanism)
    talk.ask("*")


def garble(_, talk, mechanism):
    talk.begin(mechanism)
    talk.ask(f"!!! [{VICTIM}] !!!")


def browse(_, talk):
    for line in (f"GET http://{VICTIM}/ HTTP/1.1", f"Host: {VICTIM}", f"X: [{VICTIM}]", ""):
        talk.send(line)
    talk.end()


def babble(_, talk):
    """No TLS to a port that wants it."""
    talk.send(f"x [{VICTIM}]")
    talk.end()


def relay(deeds, talk, text):
    talk.ask("EHLO " + text)
    talk.ask(f"MAIL FROM:<{text}@example.net>")
    talk.ask(f"RCPT TO:<{text}@example.org>")
    talk.ask("RSET")
    deeds.note(talk, talk.login(text, "wrong"))


def work(deeds, talk):
    """Somebody who may; by SMTP there is a mail, too."""
    deeds.note(talk, talk.login("anna" + DOMAIN, "right-anna"))
    assert not isinstance(talk, Smtp) or talk.mail("anna@example.com", "bert@example.com")


def mistype(deeds, talk):
    deeds.note(talk, talk.login("anna" + DOMAIN, "wrong"))
    talk.quit()
    connect(work, deeds, type(talk))


def connect(does, deeds, protocol, *arguments):
    talk = protocol(deeds.address)
    try:
        does(deeds, talk, *arguments)
        talk.quit()
    except Gone:
        talk.drop()


def by_command(talk, text):
    return talk.login(text, "wrong")


def by_mechanism(mechanism):
    return lambda talk, text: talk.sasl(mechanism, text, "wrong")


def by_identity(talk, text):
    return talk.sasl("PLAIN", text + "\0x", "wrong")


def scenarios(name, mechanisms, ambiguous):
    """What an address is, what it does, in which way, and with what, a connection each."""
    pairs = [(NAMES[i:i + 2],) for i in range(0, len(NAMES), 2)]
    texts = [(text,) for text in FORGED + LINES if not ambiguous(text)]
    doubtful = [(text,) for text in FORGED + LINES if ambiguous(text)] + [(text,) for text in CUT]
    often = [()] * 12
    for mechanism in mechanisms:
        yield "attacker", f"guesses by {mechanism}", guess, (mechanism,), pairs
    mail = name.startswith("smtp")
    if not mail:
        yield "attacker", "guesses by its own command", guess, (None,), pairs
        yield "attacker", "forged names by its own command", forge, (by_command,), texts
    yield "attacker", "guesses on and on", guess, (None,), [(NAMES[:6],)]
    for mechanism in mechanisms[:3]:
        yield "attacker", f"forged names by {mechanism}", forge, (by_mechanism(mechanism),), texts
    if "PLAIN" in mechanisms:
        yield "attacker", "forged identities by PLAIN", forge, (by_identity,), texts
    for mechanism in mechanisms[:2]:
        yield "prober", f"takes {mechanism} back", abort, (mechanism,), often
        yield "prober", f"is gone amid {mechanism}", drop, (mechanism,), often
        yield "prober", f"no base64 for {mechanism}", garble, (mechanism,), often
    yield "prober", "speaks HTTP", browse, (), often
    if mail:
        yield "attacker", "forged greetings, senders and recipients", relay, (), texts
    yield "honest", "logs in", work, (), [()]
    yield "honest", "mistypes, then logs in", mistype, (), [()]
    yield "doubtful", "names that leave open who it was", forge, (by_command,), doubtful


def by_tls(protocol):
    """A little of the same on the port where TLS is wanted."""
    naked = type(protocol.name, (protocol,), {"secure": False, "greet": lambda talk: None})
    yield protocol, "attacker", "guesses", guess, ("PLAIN",), [(NAMES[i:i + 2],) for i in range(0, len(NAMES), 2)]
    yield protocol, "honest", "logs in", work, (), [()]
    yield naked, "prober", "speaks no TLS", babble, (), [()] * 12


def by_ipv6(protocol):
    yield protocol, "attacker", "guesses", guess, ("PLAIN",), [(NAMES[i:i + 2],) for i in range(0, len(NAMES), 2)]
    yield protocol, "honest", "logs in", work, (), [()]


# A greeting may hold what these names do where Exim takes every greeting: mailban believes neither address.
AMBIGUOUS = {"exim": lambda text: ") [" in text}
# What these servers write nothing of.
SILENT = {"courier": (drop, browse), "cyrus": (abort, drop, browse), "chasquid": (abort, drop, garble, browse, babble)}
# ends a connection after three failures, and writes nothing of a name that no user can have
STRICT = {"chasquid"}
SASL = ("PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5")
SERVERS = {
    "postfix-dovecot": ((Smtp, SASL),),
    "postfix-saslauthd": ((Smtp, SASL[:2]),),
    "dovecot": ((Imap, SASL), (Pop3, SASL)),
    "dovecot-verbose": ((Imap, SASL), (Pop3, SASL)),
    "exim": ((Smtp, SASL[:3]),),
    "opensmtpd": ((Smtps, SASL[:2]),),
    "chasquid": ((Smtps, SASL[:1]),),
    "sendmail": ((Smtp, SASL),),
    "courier": ((Imap, SASL[:3]), (Pop3, SASL[:3]), (Smtp, SASL[:3])),
    "cyrus": ((Imap, SASL), (Pop3, SASL)),
}


INSIDE_TLS = {Smtp: Smtps, Imap: Imaps, Pop3: Pop3s, Smtps: Smtps}


def everything(server):
    """Of each address of 198.51.100.0/24 or 2001:db8:5::/48: protocol, what it is, what it does, with what."""
    ambiguous = AMBIGUOUS.get(server, lambda text: False)
    for protocol, mechanisms in SERVERS[server]:
        for scenario in scenarios(protocol.name, mechanisms, ambiguous):
            yield "198.51.100.{}", protocol, *scenario
        for scenario in by_tls(INSIDE_TLS[protocol]):
            yield "198.51.100.{}", *scenario
        for scenario in by_ipv6(protocol):
            yield "2001:db8:5:{}::1", *scenario


def main():
    deeds, waves = [], {False: [], True: []}
    for address, protocol, kind, what, does, way, withs in everything(sys.argv[1]):
        kind = "silent" if does in SILENT.get(sys.argv[1], ()) else kind
        deeds.append(Deeds(address.format(len(deeds) + 10), kind, f"{protocol.name}: {what}"))
        waves[kind == "doubtful"] += [(does, deeds[-1], protocol, *way, *each) for each in withs]
    # what leaves open who it was may hide what is beside it: it comes last
    for wave in waves.values():
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            for done in [pool.submit(connect, *each) for each in wave]:
                done.result()
    for each in deeds:
        if sys.argv[1] in STRICT and each.kind == "attacker" and each.failures < 5:
            each.kind = "brief"
    print(*deeds, sep="\n")


main()
