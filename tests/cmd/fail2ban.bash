# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of filters of fail2ban share.

setup() {
	cd "$BATS_TEST_TMPDIR"
	export TZ=UTC
	mkdir rules.d
	touch -d 2026-11-21T12:00:00Z reference
}

# A filter, and beside it what filters include.
filter() {
	cat > "$1.conf"
	cat > common.conf <<-'END'
	[DEFAULT]
	_daemon = \S*
	__prefix_line = \s*\S+ <_daemon>(?:\[\d+\])?: 
	END
}

# A filter of one failregex for the daemon exampled.
pattern() {
	filter own <<-END
	[INCLUDES]
	before = common.conf
	[Definition]
	_daemon = exampled
	failregex = $1
	END
}

log() {
	cat > log
	touch -r reference log
}

# Writes the rules of the filter to the folder.
convert() {
	run --separate-stderr "$MAILBAN" rules --from-fail2ban "$@" -o rules.d/converted.conf
	[[ "$stderr" != *Sanitizer* && "$stderr" != *"runtime error"* ]]
}

# What no built-in rule can find before those of the filter: each gives its name to a rule of no program.
silence() {
	"$MAILBAN" rules | awk '{ printf "rule \"%s\" {\n\tclass = auth\n\tprogram = \"none\"\n\tmatch = \"none <ADDR>\"\n" \
		"\thit = { \"none 192.0.2.1\" }\n}\n", $1 }' > rules.d/00-silent.conf
}

# The addresses that the rules of the folder find in the log, in order.
found() {
	"$MAILBAN" match --rules rules.d --tsv "${1-log}" | cut -f 3 | grep -v '^-$' || true
}

loads() {
	run -0 --separate-stderr "$MAILBAN" rules --rules rules.d --check
	[ -z "$stderr" ]
	[[ "$output" == *" 0 wrong" ]]
}
