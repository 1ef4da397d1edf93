# SPDX-License-Identifier: GPL-2.0-or-later
# The shell recipe: for each of three phrases it counts the lines of a bracketed IPv4 address, anywhere in the line,
# and bans for ever what it counted twice. Reads lines with the number of the day before them; prints, for each
# address, the day of its ban and the LAST day.

function count(phrase,   rest, address) {
	rest = $0
	while (match(rest, /\[[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+\]/)) {
		address = substr(rest, RSTART + 1, RLENGTH - 2)
		rest = substr(rest, RSTART + RLENGTH)
		if (++counted[phrase, address] == 2 && !(address in since))
			since[address] = $1
	}
}

/authentication failed/ { count("authentication failed") }
/disconnect from unknown/ { count("disconnect from unknown") }
/from unknown/ { count("from unknown") }

END {
	for (address in since) {
		print since[address] "\t" address
		print last "\t" address
	}
}
