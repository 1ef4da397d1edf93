#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Files of settings and of rules: an error names the file and the very line, whatever comments stand above.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# The text of a configuration, of which the line with "wrong" is the one to be told.
told() {
	printf "$1" > conf
	run -2 --separate-stderr "$MAILBAN" scan -c conf /dev/null
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == "mailban: conf:$(grep -n wrong conf | cut -d: -f1): "* ]]
}

@test "comments of every kind do not move the line that an error names" {
	told '# one\nwrong = 1\n'
	told '# one\n\n# two\n#\nwrong = 1\n'
	told 'threads = 1 # one\nwrong = 1\n'
	told '// one\nwrong = 1\n'
	told '/* one\n two */\nthreads = 1 /* three */\nwrong = 1\n'
	told 'blacklist = "a # b"\nstate = "a\\" /* b"\nwrong = 1\n'
	told "blacklist = 'a // b'\nallow = /a//b\nwrong = 1\n"
	told '# one\r\nthreads = 1\r\nwrong = 1\r\n'
	told '# one\npoints {\n\t# two\n\tauth = wrong\n}\n'
	told '# one\npoints {\n\t# two\n\tauth = 1001 # wrong\n}\n'
	told '# one\n/* wrong: never closed\nthreads = 1\n'
}

@test "the printed settings, all of them without their comment sign, are taken" {
	"$MAILBAN" help settings | sed -E 's/^#([a-z}\t])/\1/' > conf
	[ "$(grep -c '^[a-z]' conf)" -gt 25 ]
	: > log
	run -0 "$MAILBAN" scan -c conf log
	echo 'wrong = 1' >> conf
	run -2 "$MAILBAN" scan -c conf log
	[[ "$output" == "mailban: conf:$(wc -l < conf): "* ]]
}

@test "a list that is too long is told, and not cut" {
	eight='"24:8", "23:8", "22:8", "21:8", "20:8", "19:8", "18:8", "48:8"'
	echo "aggregate = { $eight }" > conf
	run -0 "$MAILBAN" rules -c conf
	told "\naggregate = { $eight, \"17:8\" } # wrong\n"
}

# former NAME LINE SUCCESSOR: the line is refused with the file, its number, and what to say instead
former() {
	printf '# mine\n%s\n' "$2" > conf
	run -2 --separate-stderr "$MAILBAN" scan -c conf /dev/null
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ "$stderr" == "mailban: conf:2: $1 is no setting any more: "*"$3"*'; see mailban.conf(5)' ]]
}

@test "settings of the judgement by windows are errors that name their successors" {
	former class 'class "auth" { threshold = 5 }' 'threshold, half-life, points { auth = ... }, ban-least and ban-most'
	former class 'class auth {}' 'ban-most'
	former repeat 'repeat = "10m"' 'the same name again'
	former known-threshold 'known-threshold = 100' 'a name that logs in'
	former known-window 'known-window = "1d"' 'half-life'
	former breach-users 'breach-users = 3' 'a breach is told by itself'
	former attack-addresses 'attack-addresses = 20' 'users under attack'
	former attack-window 'attack-window = "1d"' 'users under attack'
	former ban-sprayers 'ban-sprayers = true' 'count double'
	former net-hosts 'net-hosts = 8' 'networks'
	former collapse 'collapse = no' 'export collapsed'
}

@test "settings of the judgement have bounds" {
	told 'threshold = 1.9 # wrong\n'
	told 'threshold = 1001 # wrong\n'
	told 'half-life = "59s" # wrong\n'
	told 'half-life = "367d" # wrong\n'
	told '\npoints { probe = -1 } # wrong\n'
	told 'points {\n\thelo = 1001 # wrong\n}\n'
	told 'accounts = 999 # wrong\n'
	told 'networks = 1001 # wrong\n'
	printf 'threshold = 7.5\nhalf-life = "2d"\npoints { auth = 0.5 reject = 0 }\nknown = "7d"\nforget = "0"\nnetworks = 0\n' > conf
	: > log
	run -0 "$MAILBAN" scan -c conf log
	printf 'ban-least = "8d"\nban-most = "7d"\n' > conf
	run -2 "$MAILBAN" scan -c conf /dev/null
	[[ "$output" == 'mailban: conf'*'ban-most is shorter than ban-least'* ]]
}

@test "no file of settings but a folder, bytes that are no text, bytes without end, an empty one" {
	run -2 "$MAILBAN" scan -c . log
	[ "$output" = 'mailban: .: Is a directory; name a configuration that can be read' ]
	printf 'threads = 1\0\n' > conf
	run -2 "$MAILBAN" scan -c conf log
	[ "$output" = 'mailban: conf: holds NUL bytes; a configuration is text' ]
	run -2 "$MAILBAN" scan -c /dev/full log
	[ "$output" = 'mailban: /dev/full: is larger than 16 MB; name a configuration' ]
	: > log
	run -0 "$MAILBAN" scan -c /dev/null log
}

@test "an allowlist or a folder of rules that is named and missing is an error, and nothing is written" {
	hour=$(date -u -d '-1 hour' +%FT%H)
	for i in {1..6}; do
		echo "$hour:00:0$i+00:00 mx postfix/smtpd[42]: warning: unknown[203.0.113.9]: SASL LOGIN authentication failed: no"
	done > log
	echo 'allow = "alow"' > conf-allow
	echo 'rules = "ruels.d"' > conf-rules
	files=(--blacklist blacklist --state state)
	for wrong in '--allow alow' '-c conf-allow'; do
		for command in 'run --no-sync log' 'ban --no-sync 203.0.113.7' 'why --no-sync 203.0.113.7 log'; do
			run -2 "$MAILBAN" $command "${files[@]}" $wrong
			[ "$output" = 'mailban: alow: No such file or directory; only /etc/mailban/allow may be missing: mend the name, or make it' ]
		done
		run -1 "$MAILBAN" check --no-sync "${files[@]}" $wrong
		[[ "$output" == *'mailban: alow: No such file'* ]]
	done
	for wrong in '--rules ruels.d' '-c conf-rules' '--rules log/rules.d'; do
		for command in 'run --no-sync log' 'scan log' 'match log' 'rules' 'why --no-sync 203.0.113.7 log'; do
			run -2 "$MAILBAN" $command "${files[@]}" $wrong
			[[ "$output" == 'mailban: '*'; only /etc/mailban/rules.d may be missing: mend the name, or make it' ]]
		done
	done
	[ ! -e blacklist ] && [ ! -e state ]
	# the command that writes the file makes it
	run -0 "$MAILBAN" allow --no-sync --blacklist blacklist --allow alow 203.0.113.9 ours
	[ "$(cut -d' ' -f1 alow)" = 203.0.113.9 ]
	run -0 "$MAILBAN" run --no-sync "${files[@]}" --allow alow log
	[ ! -e blacklist ]
	run -0 "$MAILBAN" run --no-sync --full "${files[@]}" log
	[ "$(grep -c '^203.0.113.9 ' blacklist)" = 1 ]
}

@test "an unknown word in a rule is told with the file and the line" {
	mkdir rules.d
	printf '# mine\n\nrule "x" {\n\t# what it is\n\tclas = "auth"\n}\n' > rules.d/mine.conf
	run -2 "$MAILBAN" rules --rules rules.d
	[ "$output" = "mailban: rules.d/mine.conf:5: there is no attribute clas; did you mean class?; see mailban-rules(5)" ]
	printf '# mine\nrule "x" {\n}\n' > rules.d/mine.conf
	run -2 "$MAILBAN" rules --rules rules.d
	[ "$output" = 'mailban: rules.d/mine.conf:2: rule x: class is missing; see mailban-rules(5)' ]
}

@test "one name for two files, or for both sets, is told before anything is overwritten" {
	echo '192.0.2.7 # mine' > blacklist
	cp blacklist before
	: > log
	run -2 "$MAILBAN" run --no-sync --blacklist blacklist --state blacklist log
	[ "${#lines[@]}" -eq 1 ]
	run -2 "$MAILBAN" allow --no-sync --blacklist blacklist --allow blacklist 192.0.2.9
	[ "${#lines[@]}" -eq 1 ]
	cmp before blacklist
	# another way to write it, and a link
	ln -s new link
	for name in ./new link "$PWD/new" ../"${PWD##*/}"/new; do
		run -2 "$MAILBAN" run --no-sync --blacklist new --state "$name" log
		[ "$output" = 'mailban: blacklist, state and allow are to be three files; two of them are one' ]
		run -2 "$MAILBAN" run --no-sync --blacklist blacklist --state "$name" --allow new log
		[ "${#lines[@]}" -eq 1 ]
	done
	[ ! -e new ]
	echo 'set4 = "mailban6"' > conf
	run -2 "$MAILBAN" run -c conf --no-sync --blacklist blacklist --state state log
	[ "$output" = 'mailban: set4 and set6 are to be two sets; both are called mailban6' ]
	for conf in 'set6 = "mailban4-new"' 'set4 = "mailban6-new"'; do
		echo "$conf" > conf
		run -2 "$MAILBAN" run -c conf --no-sync --blacklist blacklist --state state log
		[[ "$output" == 'mailban: set4 and set6 are not to differ by -new alone:'* ]]
	done
}

@test "a set's name that ipset or nftables would not take is told with its line" {
	: > log
	for name in 4ban '' 'a b' 'ban;x' ban/x bän abcdefghijklmnopqrstuvwxyz12; do
		printf '\nset6 = "%s"\n' "$name" > conf
		run -2 "$MAILBAN" run -c conf --no-sync --blacklist blacklist --state state log
		[[ "$output" == 'mailban: conf:2: set6: is not a letter, and behind it at most 26 '* ]]
	done
	echo 'set6 = "Ban-6_mail.hosts"' > conf
	"$MAILBAN" run -c conf --no-sync --blacklist blacklist --state state log
}

@test "a backend that there is none of is told" {
	told '\nbackend = "pf" # wrong\n'
}
