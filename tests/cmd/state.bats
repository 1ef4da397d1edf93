#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban state: what is remembered, and what is said of a state that cannot be read.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "a state that is not there yet is said to be so" {
	run -0 "$MAILBAN" state --state state
	[ "$output" = "nothing is remembered yet in state; a run begins it" ]
	run -0 --separate-stderr "$MAILBAN" state --json --state state
	python3 -c 'import json, sys; assert json.loads(sys.argv[1]) == {"positions": []}' "$output"
}

# lines of failures of 192.0.2.7, so many, an hour ago
failures() {
	local now=$EPOCHSECONDS
	for ((i = 0; i < $1; i++)); do
		TZ=UTC printf '%(%FT%T+00:00)T mx postfix/smtpd[42]: warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: no\n' \
			$((now - 3600 + i))
	done
}

mailban_run() {
	"$MAILBAN" run --no-sync --blacklist blacklist --state state --allow allow "$@"
}

# Makes state one of version 1 that has the positions of this one: its checksum is FNV-1a over all before it.
as_version_1() {
	python3 - <<-'EOF'
	lines = open("state", "rb").read().split(b"\n")
	at = next(i for i, line in enumerate(lines) if line.startswith(b"section positions "))
	count = int(lines[at].split()[2])
	body = b"\n".join([b"mailban state 1", b"section history 1", b"192.0.2.99 something of former times"]
		+ lines[at:at + 1 + count] + [b"section tally 1", b"last 1795910400", b""])
	sum = 0xcbf29ce484222325
	for byte in body:
	    sum = (sum ^ byte) * 0x100000001b3 & 0xffffffffffffffff
	open("state", "wb").write(body + b"checksum %016x\n" % sum)
	EOF
}

@test "how many accounts and names there are, and with -v what their lines say" {
	: > allow
	{ failures 5; failures 2 | sed 's/192.0.2.7/198.51.100.1/; s/no$/no, sasl_username=ann@example.com/'; } > log
	mailban_run log > /dev/null
	run -0 "$MAILBAN" state --state state
	grep -qx 'accounts: 4, of them 1 banned; names: 1' <<< "$output"
	[ -z "$(grep -e '192.0.2.7' -e '^names: . line' <<< "$output")" ]
	run -0 "$MAILBAN" state -v --state state
	grep -qx 'accounts: 4, of them 1 banned; names: 1' <<< "$output"
	grep -q '^  192.0.2.7 time=[0-9]* u:=.*since=[0-9]* until=[0-9]* hits=5 level=1 by=auth .* listed$' <<< "$output"
	# each word of the lines is explained above them
	legend=$(sed -n '/^  ADDRESS, /,/^accounts: . lines/p' <<< "$output")
	for word in $(sed -n 's/^  [0-9.]*[0-9][^ ]* time=/time=/p' <<< "$output" | tr ' ' '\n' | sed 's/=.*//; s/^u:.*/u:NAME/' | sort -u); do
		[[ "$legend" == *"$word"* ]] || [ "$word" = auth ]
	done
}

@test "a state of version 1 keeps its positions and the bans that stand, which is told once" {
	: > allow
	failures 5 > log
	mailban_run log > /dev/null
	grep '^192.0.2.7 ' blacklist > before
	as_version_1
	run -0 --separate-stderr "$MAILBAN" state --state state
	[[ "$output" == *"$PWD/log" ]] || [[ "$output" == *"$PWD/log"$'\n'* ]]
	failures 2 | sed 's/192.0.2.7/192.0.2.8/' >> log
	run -0 --separate-stderr mailban_run log
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == 'mailban: state: was written by an earlier mailban; '* ]]
	grep '^192.0.2.7 ' blacklist | cmp before -
	# lines that were counted by then are not counted again
	[ -z "$(grep '^192.0.2.7 ' state)" ]
	grep -q '^192.0.2.8 .* hits=2' state
	run -0 --separate-stderr mailban_run log
	[ "$output$stderr" = '' ]
	# an account beside the line counts anew
	failures 4 | sed 's/192.0.2.7/192.0.2.9/' >> log
	run -0 mailban_run log
	[ -z "$(grep '^192.0.2.9 ' blacklist)" ]
}

@test "a damaged or newer state is refused with what to do" {
	for version in 1 2; do
		printf "mailban state $version\nsection positions 1\n" > state
		run -3 "$MAILBAN" state --state state
		[[ "$output" == *"state:"*"damaged"*"move it away"* ]]
	done
	rm state
	: > allow
	failures 5 > log
	mailban_run log > /dev/null
	as_version_1
	sed -i '$s/[0-9]$/x/; $s/[a-f]$/0/' state
	cp state before
	run -3 mailban_run log
	cmp before state
	printf 'mailban state 3\n' > state
	run -3 "$MAILBAN" state --state state
	[[ "$output" == *"state:1:"*"newer mailban"* ]]
	rm state
	mkdir state
	run -3 "$MAILBAN" state --state state
	[[ "$output" == *"state: the state cannot be read"* ]]
}

@test "status, and mailban alone: the last run, what is read up to where, bans, and what needs a person" {
	stamp=$(date -u +%FT%T+00:00)
	for n in 1 2 3 4 5 6; do
		echo "$stamp mx postfix/smtpd[9]: warning: unknown[203.0.113.5]: SASL LOGIN authentication failed: no, sasl_username=name$n"
	done > log
	echo "$stamp mx postfix/smtpd[9]: 4F1A2B3D: client=host.example.com[203.0.113.5], sasl_method=PLAIN, sasl_username=boss" >> log
	printf '# mailban blacklist 1\n192.0.2.7 # mine\n' > blacklist
	run -0 "$MAILBAN" status --no-sync --blacklist blacklist --state state
	[[ "${lines[0]}" == 'last run   none is known'* ]]
	run -0 "$MAILBAN" run -q --no-sync --blacklist blacklist --state state log
	run -0 "$MAILBAN" status --no-sync --blacklist blacklist --state state
	[[ "${lines[0]}" == "last run   $(date -u +%F)T"*', all well; 7 lines, 7 events' ]]
	[[ "${lines[1]}" == "read       $PWD/log up to $(date -u +%F)T"* ]]
	[ "${lines[2]}" = 'bans       2: 1 auth, 1 yours' ]
	[ "${lines[3]}" = 'needs you  this:' ]
	[[ "${lines[5]}" == '  account boss was entered from 203.0.113.5 at '* ]]
}
