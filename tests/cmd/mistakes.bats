#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What people mistype and forget, a row each: the exit status, what is typed, and what the message has to say.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	for n in 1 2 3 4 5; do
		TZ=UTC printf '%(%FT%TZ)T mx postfix/smtpd[42]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: x, sasl_username=u%d\n' \
			$((EPOCHSECONDS - n * 60)) "$n"
	done > log
	printf 'log = { "log" }\nblacklist = "blacklist"\nstate = "state"\nallow = "allow"\n' > conf
	: > allow
	"$MAILBAN" run -c conf --no-sync -q
}

# Rows of STATUS | ARGUMENT... | PART OF THE MESSAGE
mistakes() {
	local status typed said
	while IFS='|' read -r status typed said; do
		read -ra typed <<< "$typed"
		run "-${status// /}" --separate-stderr "$MAILBAN" "${typed[@]}"
		[[ "$stderr$output" == *"${said# }"* ]] || {
			echo "mailban ${typed[*]}: says '$stderr$output', and not '$said'"
			return 1
		}
	done
}

@test "what is mistyped on the command line is named with the way out" {
	cp /bin/true program
	{ cat log log log; } | gzip | head -c 100 > cut.gz
	mistakes <<-'EOF'
		3 | scan nolog                    | nolog: cannot be read: No such file or directory
		3 | scan .                        | .: is a directory; name the files in it
		3 | scan program                  | program: is a program, not a log
		3 | scan cut.gz                   | cannot be uncompressed to its end
		2 | scan                          | expects FILE...|-; see: mailban help scan
		2 | scna log                      | there is no command scna; did you mean scan?
		2 | scan --plian log              | there is no option --plian; did you mean --plain?
		2 | match --rule postfix-sals log | there is no rule postfix-sals; did you mean postfix-sasl?
		2 | export fomrat -c conf         | there is no format fomrat; the formats are
		2 | -c conf scan log              | options stand behind the command: mailban COMMAND -c
		0 | help --help                   | usage: mailban COMMAND
		0 | -V                            | mailban
		0 | version                       | mailban
		2 | why 192.0.2.300 -c conf       | 192.0.2.300 is no address and no network
		2 | unban foo -c conf             | foo is no address and no network
		2 | unban 192.0.2.0/33 -c conf    | is no address and no network
		3 | unban 192.0.2.77 -c conf      | 192.0.2.77 is not banned; mailban list shows who is
		1 | list 192.0.2.77 -c conf       | 192.0.2.77 is not banned; mailban why
		0 | list --blacklist none         | none: is not there: nobody is banned by it
		2 | list --by frob -c conf        | is none of auth, unknown, helo, reject, probe, hand
		2 | ban 192.0.2.5/24 -c conf      | the network around it is 192.0.2.0/24
		3 | disallow 192.0.2.9 -c conf    | no line of allow is about it; mailban allow lists them
		3 | done nobody -c conf           | nobody: no report speaks of an account of that name
	EOF
}

# written FILE TEXT STATUS MESSAGE: of what a check says
written() {
	printf '%b' "$2" > "$1"
	run "-$3" --separate-stderr "$MAILBAN" check -c conf
	[[ "$stderr" == *"mailban: $1:$4"* ]] || {
		echo "$2: $stderr"
		return 1
	}
}

@test "what is mistyped in a file is named with its line" {
	cp conf good
	written conf 'tresholt = 5\n' 2 '1: there is no setting tresholt; did you mean threshold?'
	written conf '\nthreshold = five\n' 2 '2: threshold: is not a number of points from 2 to 1000'
	written conf 'half-life = "4 fortnights"\n' 2 '1: half-life: is not a length of time (90m, 12h, 1d, 1w)'
	written conf '# mine\nclass auht {\n\tthreshold = 5\n}\n' 2 '2: class is no setting any more: '
	written conf 'threshold = 5\npoints {\n auth = 1\n' 2 '2: a brace that nothing closes'
	cp good conf
	written allow '192.0.2.5/24\n' 1 '1: "192.0.2.5/24" is no address, and no network without bits behind its prefix'
	written allow '\n192.0.2.5 our office\n' 1 '2: "our" stands behind the address'
	: > allow
	written blacklist '203.0.113.x # mine\n' 1 '1: "203.0.113.x # mine" does not begin with an address'
	: > blacklist
	sed -i 's/hits=/hitz=/' state
	run -3 "$MAILBAN" run -c conf --no-sync
	[[ "$output" == 'mailban: state:'*': the state is damaged; '* ]]
}

@test "who is not root is told so, and not that nothing is known" {
	[ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
	chmod 711 "$BATS_TEST_TMPDIR"
	mkdir -m 700 secret
	cp "$MAILBAN" mailban
	sed 's|"|"secret/|; s|"secret/log"|"log"|' conf > theirs
	setpriv --reuid 65534 --regid 65534 --clear-groups true 2> /dev/null || skip "setpriv cannot"
	as() {
		run "-$1" setpriv --reuid 65534 --regid 65534 --clear-groups ./mailban "$2" -c theirs
		[[ "$output" == *"$3"* ]] || {
			echo "$2: $output"
			return 1
		}
	}
	as 3 run 'cannot be locked: Permission denied; run it as root'
	as 3 list 'the blacklist cannot be read: Permission denied; run it as root'
	as 1 status 'last run   is not known'
	[[ "$output" == *'needs you  is not known'* ]]
}
