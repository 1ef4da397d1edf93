#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line: help, misuse, and the options that every command takes.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

commands() {
	"$MAILBAN" help | awk '/^commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'
}

@test "help goes to stdout with 0, misuse to stderr with 2" {
	run -0 --separate-stderr "$MAILBAN" help
	[ -z "$stderr" ]
	for command in $(commands); do
		run -0 --separate-stderr "$MAILBAN" help "$command"
		[[ "$output" == "usage: mailban $command "* ]]
		[ -z "$stderr" ]
		run -0 "$MAILBAN" "$command" -h
		[[ "$output" == "usage: mailban $command "* ]]
		run -2 --separate-stderr "$MAILBAN" "$command" --no-such-option
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
	run -2 --separate-stderr "$MAILBAN" nonsense
	[ -z "$output" ]
}

# misused OPTION... MESSAGE: what is wrong is named, whatever stands around it
misused() {
	run -2 --separate-stderr "$MAILBAN" "${@:1:$#-1}"
	[ "$stderr" = "mailban: $1: ${!#}; see: mailban help $1" ]
	[ -z "$output" ]
}

@test "misuse names the option, and the values that it takes" {
	misused run --threads none '--threads expects a number from 1 to 1024, not "none"'
	misused run --threads=0 '--threads expects a number from 1 to 1024, not "0"'
	misused diff --color yes '--color expects auto, always or never, not "yes"'
	for path in config blacklist state allow rules directory; do
		misused run "--$path" '' "--$path expects a name, not \"\""
	done
	misused run -nx log 'there is no option -x'
	misused run -qnxv 'there is no option -x'
	misused run --json=1 'no value is wanted in --json=1'
	misused run --no 'there is no option --no'
	misused run log --threads 'a value is missing behind --threads'
	misused run -nc 'a value is missing behind -nc'
	misused list --json --plain 'prints in one form; take one of --json, --html, --tsv, --plain'
	misused scan --tsv --plain log 'prints in one form; take one of --json, --html, --tsv, --plain'
}

@test "the options that say where things are and how to talk are taken by every command" {
	paths=(--blacklist blacklist --state state --allow allow --rules rules.d --color never -v)
	: > log
	: > allow
	mkdir rules.d
	run -0 "$MAILBAN" run --no-sync "${paths[@]}" log
	run -0 "$MAILBAN" scan "${paths[@]}" log
	run -0 "$MAILBAN" list "${paths[@]}"
	run -0 "$MAILBAN" ban --no-sync "${paths[@]}" 203.0.113.7
	run -0 "$MAILBAN" allow --no-sync "${paths[@]}" 203.0.113.8
	run -0 "$MAILBAN" unban --no-sync "${paths[@]}" 203.0.113.7
	run -0 "$MAILBAN" export plain "${paths[@]}"
	run -0 "$MAILBAN" diff "${paths[@]}"
	run -0 "$MAILBAN" state "${paths[@]}"
	run -0 "$MAILBAN" rules "${paths[@]}"
	run -0 "$MAILBAN" match --tsv "${paths[@]}" log
}

@test "what cannot be printed is not said to be printed" {
	[ -e /dev/full ] || skip 'there is no /dev/full'
	run -1 bash -c '"$MAILBAN" help > /dev/full'
	[[ "$output" == *'standard output could not be written'* ]]
}

@test "a slip is told with what may be meant, and options before the command are explained" {
	says() { run -2 --separate-stderr "$MAILBAN" "${@:2}"; [[ "$stderr" == *"$1"* ]]; }
	says 'there is no command sacn; did you mean scan?' sacn
	says 'there is no command frobnicate; see' frobnicate
	says '-c: options stand behind the command: mailban COMMAND -c' -c file scan
	says 'there is no option --jsno; did you mean --json?' scan --jsno log
	says 'there is no option --frobnicate; see' scan --frobnicate log
	says 'there is no rule postfix-slas; did you mean postfix-sasl?' rules postfix-slas
	says 'did you mean ipset?' export ipst
	echo 'thresold = 4' > "$BATS_TEST_TMPDIR/conf"
	says "conf:1: there is no setting thresold; did you mean threshold?" scan -c "$BATS_TEST_TMPDIR/conf" log
	printf 'threads = 1\npoints {\n\tauth = 1\n' > "$BATS_TEST_TMPDIR/conf"
	says 'conf:2: a brace that nothing closes' scan -c "$BATS_TEST_TMPDIR/conf" log
	for word in -V version --version; do [[ "$("$MAILBAN" "$word")" == 'mailban '* ]]; done
	[[ "$("$MAILBAN" help --help)" == 'usage: mailban COMMAND'* ]]
}
