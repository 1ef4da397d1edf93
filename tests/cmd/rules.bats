#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban rules: the list, one rule's source, the proof of samples, and rule files that are wrong.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir rules.d
}

rule_file() {
	cat > rules.d/own.conf
}

@test "lists name, class, server and description" {
	run -0 --separate-stderr "$MAILBAN" rules
	[[ "$output" =~ postfix-sasl\ +auth\ +postfix\ +SASL\ authentication\ failed ]]
}

@test "shows the source of one rule" {
	run -0 --separate-stderr "$MAILBAN" rules postfix-sasl
	[[ "${lines[0]}" =~ ^"# built-in:postfix:"[0-9]+$ ]]
	[ "${lines[1]}" = 'rule "postfix-sasl" {' ]
	[ "${lines[-1]}" = '}' ]
}

@test "says that there is no such rule" {
	run -2 --separate-stderr "$MAILBAN" rules nonesuch
	[[ "$stderr" == *"there is no rule nonesuch"* ]]
}

@test "every built-in rule does what its samples say" {
	run -0 --separate-stderr "$MAILBAN" rules --check
	[[ "$output" =~ ^[0-9]+" rules, "[0-9]+" samples, 0 wrong"$ ]]
	[ -z "$stderr" ]
}

@test "a hit sample that does not hit is told with file, line and rule" {
	rule_file <<-'END'
	rule "own" {
		class = "auth"
		program = 'x'
		match = 'failed from <ADDR>$'
		hit = { 'failed from 192.0.2.1', 'failed from nobody' }
	}
	END
	run -2 --separate-stderr "$MAILBAN" rules --rules rules.d --check
	[[ "$stderr" == *"rules.d/own.conf:1: rule own: a hit sample does not hit"*"failed from nobody"* ]]
	run -2 "$MAILBAN" rules --check postfix-sasl
	[ "$output" = 'mailban: rules: --check proves every rule; leave out postfix-sasl' ]
}

@test "rules --check tells every wrong sample, a scan that they keep from its work the first" {
	rule_file <<-'END'
	rule "own" {
		class = "auth"
		program = 'x'
		match = 'failed from <ADDR>$'
		hit = { 'failed from nobody', 'failed from 192.0.2.1', 'failed from somebody' }
		miss = { 'failed from 192.0.2.2' }
	}
	END
	: > log
	run -2 --separate-stderr "$MAILBAN" rules --rules rules.d --check
	[ "${#stderr_lines[@]}" -eq 3 ]
	run -2 --separate-stderr "$MAILBAN" scan --rules rules.d log
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == *'failed from nobody' ]]
}

@test "a file where the folder of rules should be is told" {
	: > rules.conf
	run -2 --separate-stderr "$MAILBAN" rules --rules rules.conf
	[ "$stderr" = 'mailban: rules.conf: is no folder; name the one that holds the files of rules' ]
}

@test "a miss sample that hits is told" {
	rule_file <<-'END'
	rule "own" {
		class = "auth"
		program = 'x'
		match = 'failed from <ADDR>'
		hit = { 'failed from 192.0.2.1' }
		miss = { 'failed from 192.0.2.2 and more' }
	}
	END
	run -2 --separate-stderr "$MAILBAN" rules --rules rules.d --check
	[[ "$stderr" == *"rule own: a miss sample hits"* ]]
}

@test "a pattern that does not compile is told with its offset and PCRE2's words" {
	rule_file <<-'END'
	rule "own" {
		class = "auth"
		program = 'x'
		match = 'failed (from <ADDR>'
		hit = { 'failed from 192.0.2.1' }
	}
	END
	run -2 --separate-stderr "$MAILBAN" rules --rules rules.d --check
	[[ "$stderr" =~ "rules.d/own.conf:1: rule own: match, at offset "[0-9]+": missing closing parenthesis" ]]
}

@test "a rule with the name of a built-in one takes its place" {
	rule_file <<-'END'
	rule "postfix-sasl" {
		class = "probe"
		program = 'x'
		match = 'failed from <ADDR>'
		hit = { 'failed from 192.0.2.1' }
	}
	END
	run -0 --separate-stderr "$MAILBAN" rules --rules rules.d postfix-sasl
	[ "${lines[0]}" = "# rules.d/own.conf:1" ]
}

@test "points are a number of thousandths up to 1000" {
	for points in 0.5 1 1000 0.001; do
		rule_file <<-END
		rule "own" {
			class = "auth"
			points = $points
			program = 'x'
			match = 'failed from <ADDR>'
			hit = { 'failed from 192.0.2.1' }
		}
		END
		run -0 --separate-stderr "$MAILBAN" rules --rules rules.d --check
	done
	for points in 0 -1 1000.5 nan; do
		sed -i "s/points = .*/points = $points/" rules.d/own.conf
		run -2 --separate-stderr "$MAILBAN" rules --rules rules.d --check
		[[ "$stderr" == *'rule own: points is not a number from 0.001 to 1000'* ]]
	done
}

@test "a client with a verified name is told from one without" {
	line='Nov  3 10:00:00 mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from'
	tail=': 550 5.1.1 <a@example.com>: Recipient address rejected: User unknown; from=<>'
	run -0 "$MAILBAN" match -v - <<< "$line host.example.net[192.0.2.1]$tail"
	[[ "$output" == *'class    reject, from a client with a verified name'* ]]
	run -0 "$MAILBAN" match -v - <<< "$line unknown[192.0.2.1]$tail"
	[[ "$output" == *"class    reject"$'\n'* ]]
}
