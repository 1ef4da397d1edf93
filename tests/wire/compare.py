# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what mailban makes of a server's log with the truth about each address; prints each difference."""

import collections
import os
import subprocess
import sys


def logs(folder):
    """What the server wrote, of which each log tells all: Exim's own beside syslog's."""
    return [log for log in (folder + "/mainlog", folder + "/mail.log") if os.path.exists(log)]


def mailban(folder, log, *arguments):
    return subprocess.run([os.environ["MAILBAN"], *arguments, "--config", "/dev/null", "--rules",
                           folder + "/rules", log], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


def differences(folder, log):
    seen = collections.defaultdict(collections.Counter)
    for line in mailban(folder, log, "match", "--tsv"):
        rule, name, address, count, _ = line.split("\t")
        if address != "-":
            seen[address][name] += int(count)
    banned = set(mailban(folder, log, "scan", "--plain"))
    truth = [line.rstrip("\n").split("\t") for line in open(folder + "/truth.tsv")]
    for address in seen.keys() - {row[0] for row in truth}:
        yield f"{address} did nothing: {dict(seen[address])}"
    for address, kind, failures, logins, what in truth:
        if kind in ("doubtful", "silent"):
            continue
        events, told = seen[address], f"{address} ({what}; {failures} failures, {logins} logins)"
        if events["auth"] < int(failures) or (kind == "honest" and failures == "0" and events["auth"]):
            yield f"{told}: {events['auth']} failures seen"
        if events["good"] < int(logins) or (logins == "0" and events["good"]):
            yield f"{told}: {events['good']} logins seen"
        if not events:
            yield f"{told}: nothing seen"
        unit = address[:-1] + "/64" if ":" in address else address
        # who did less than what a ban takes
        if kind != "brief" and (kind != "honest") != (unit in banned):
            yield f"{told}: {'banned' if unit in banned else 'not banned'}: {dict(events)}"


def main():
    found = [told for log in logs(sys.argv[1]) for told in differences(sys.argv[1], log)]
    print(*found, sep="\n")
    sys.exit(bool(found))


main()
