#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban rules --from-fail2ban: filters of fail2ban as rules.

bats_require_minimum_version 1.5.0

load fail2ban

@test "a filter becomes rules that load: daemon, prefix line and address are ours" {
	pattern '^%(__prefix_line)slogin of <F-USER>\S+</F-USER> failed from <HOST>$'
	convert own.conf
	[ "$status" -eq 0 ]
	grep -qF "program = 'exampled'" rules.d/converted.conf
	grep -qF "match = 'login of (?<user>\S+) failed from \[?<ADDR>\]?\$'" rules.d/converted.conf
	grep -qF 'class = "auth"' rules.d/converted.conf
	loads
	log <<-'END'
	Nov  3 10:00:00 mx exampled[42]: login of info@example.com failed from 192.0.2.1
	Nov  3 10:00:00 mx exampled[42]: login of info failed from [2001:db8::7]
	Nov  3 10:00:00 mx exampled[42]: login of info failed from ::ffff:192.0.2.3
	Nov  3 10:00:00 mx exampled[42]: login of info failed from host.example.com
	Nov  3 10:00:00 mx exampled[42]: then login of info failed from 203.0.113.9
	Nov  3 10:00:00 mx other[42]: login of info failed from 203.0.113.9
	END
	[ "$(found)" = $'192.0.2.1\n2001:db8::7\n192.0.2.3' ]
	run -0 "$MAILBAN" match --rules rules.d log
	[[ "$output" == *"user     info@example.com"* ]]
}

@test "includes, local files, known values, sections, parameters and defaults are put in" {
	filter other <<-'END'
	[INCLUDES]
	before = common.conf
	         first.conf
	after  = last.conf
	# a comment, and one of the other kind
	; in a list of lines
	[Definition]
	_daemon = exampled
	word = %(known/word)s or tried
	verb-more = |lost
	failregex = ^%(__prefix_line)s%(word)s from <HOST>$
	            # not this: ^never <HOST>$
	            ^%(__prefix_line)s(?:%(extra/verb)s<verb-<mode>>) by <HOST> at 100%%$ ; and a comment behind it

	            <end>
	mode = less
	verb-less =
	[Init]
	Tail = overridden
	END
	printf '[Definition]\nword = refused\nend = none\n[extra]\nverb: seen\n' > first.conf
	printf '[Definition]\nend = ^%%(__prefix_line)s<tail> <HOST>$\n' > last.conf
	printf '[Init]\ntail = local\n' > other.local
	convert other.conf
	[ "$status" -eq 0 ] || { echo "$stderr"; false; }
	grep -qF "match = 'refused or tried from \[?<ADDR>\]?\$'" rules.d/converted.conf
	grep -qF "match = '(?:seen) by \[?<ADDR>\]? at 100%\$'" rules.d/converted.conf
	grep -qF "match = 'local \[?<ADDR>\]?\$'" rules.d/converted.conf
	[ "$(grep -c '^rule ' rules.d/converted.conf)" -eq 3 ]
	convert 'other.conf[mode=more, tail="from, and"]'
	[ "$status" -eq 0 ]
	grep -qF "match = '(?:seen|lost) by" rules.d/converted.conf
	grep -qF "match = 'from, and \[?<ADDR>\]?\$'" rules.d/converted.conf
	loads
}

@test "options win as fail2ban has it: files beside the filter, [Init], sections, groups of parameters" {
	filter own <<-'END'
	[INCLUDES]
	before = common.conf
	after = after.conf
	[Definition] # its options have blanks before them
	  _daemon = exampled
	  failregex = ^%(__prefix_line)s%(word)s <word> <Verb> %(default/word)s %(__name__)s <HOST>$
	  word = defined
	  verb = seen
	[Init]
	word = given
	[DEFAULT]
	word = default
	END
	printf '[Definition]\nverb = after\n' > after.conf
	convert own.conf
	[ "$status" -eq 0 ]
	grep -qF "match = 'defined given after default Definition " rules.d/converted.conf
	mkdir own.d
	printf '[Definition]\nverb = folder\n' > own.d/1.conf
	convert own.conf
	grep -qF "match = 'defined given folder " rules.d/converted.conf
	printf '[Definition]\nverb = local\n' > own.local
	convert 'own.conf[other=1][word=mine]'
	[ "$status" -eq 0 ]
	grep -qF "match = 'mine mine local default " rules.d/converted.conf || { cat rules.d/converted.conf; false; }
	convert $'own.conf[failregex="<known/failregex>\n^never <HOST>"]'
	grep -qF "match = 'defined given local " rules.d/converted.conf
	sed -i 's/^after = .*/after = nonesuch.conf/; s/%(word)s/%(only)s/; s/^word = given/only = x/' own.conf
	convert own.conf
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"own.conf: it includes nonesuch.conf, which is not there; passed over, as fail2ban does"* ]]
	[[ "$stderr" == *"own.conf: failregex: there is no option only; no rules were made of it"* ]]
}

@test "what refers to nothing or to itself, and a file that is none, is told, and nothing is written" {
	pattern '^%(__prefix_line)s%(nonesuch)s <HOST>'
	convert own.conf
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"own.conf: failregex: there is no option nonesuch"* ]]
	pattern '^%(failregex)s <HOST>'
	convert own.conf
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"refers to itself"* ]]
	pattern '^<a> <HOST>'
	printf 'a = <b>x\nb = <a>x\n' >> own.conf
	convert own.conf
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"refers to itself"* ]]
	printf '[INCLUDES]\nbefore = loop.conf\n' > loop.conf
	convert loop.conf
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"includes itself"* ]]
	printf '[Definition]\nfailregex = x\nwhat is this\n' > wrong.conf
	convert wrong.conf
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"wrong.conf:3: neither [SECTION] nor NAME = VALUE"* ]]
	convert nonesuch.conf
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"nonesuch.conf: No such file or directory"* ]]
	[ ! -e rules.d/converted.conf ]
}

@test "Python's syntax becomes PCRE2's" {
	pattern '^%(__prefix_line)s(?P<first>x|y) from (?P<host>\S+) or (?P=first)$'
	cat >> own.conf <<-'END'
	    ^%(__prefix_line)sfrom <ADDR> (a|b)\3 (?P<word>\w+) (?P=word) ((?i)login|PLAIN) \d{,3} [[:x] (?P<count>\d+)\Z
	    ^%(__prefix_line)sit's a \\ by <ADDR>$
	    (?u)^%(__prefix_line)s(?P<q>")?if(?#what)(?(q)"|-)x{,} \x22\101\x2e\t<ADDR>$
	END
	convert own.conf
	grep -qF "match = 'from \[?<ADDR>\]? (?<f3>a|b)\k{f3} (?<f4>\w+) \k{f4} (?:(?i)login|PLAIN) \d{0,3} [\[:x] (?:\d+)\z'" \
		rules.d/converted.conf || { cat rules.d/converted.conf; false; }
	grep -qF "match = '(?<f1>x|y) from \[?<ADDR>\]? or \k{f1}\$'" rules.d/converted.conf
	loads
	log <<-'END'
	Nov  3 10:00:00 mx exampled[42]: from 192.0.2.1 aa x x LoGiN 12 [ 7
	Nov  3 10:00:00 mx exampled[42]: from 203.0.113.9 ab x x LoGiN 12 [ 7
	Nov  3 10:00:00 mx exampled[42]: from 203.0.113.9 bb x y PLAIN 12 [ 7
	Nov  3 10:00:00 mx exampled[42]: from 203.0.113.9 bb x x PLAIN 1234 [ 7
	Nov  3 10:00:00 mx exampled[42]: from 192.0.2.2 bb x x PLAIN  : 0
	Nov  3 10:00:00 mx exampled[42]: x from 192.0.2.3 or x
	Nov  3 10:00:00 mx exampled[42]: x from 203.0.113.9 or y
	Nov  3 10:00:00 mx exampled[42]: it's a \ by 192.0.2.4
	Nov  3 10:00:00 mx exampled[42]: "if" "A.@TAB@192.0.2.5
	Nov  3 10:00:00 mx exampled[42]: if-xx "A.@TAB@192.0.2.6
	Nov  3 10:00:00 mx exampled[42]: "if- "A.@TAB@203.0.113.9
	END
	sed -i 's/@TAB@/\t/' log
	[ "$(found)" = $'192.0.2.1\n192.0.2.2\n192.0.2.3\n192.0.2.4\n192.0.2.5\n192.0.2.6' ]
}

@test "an address that can stand in several places gives a rule for each" {
	pattern '^%(__prefix_line)sfrom \[(?:IPv6:<IP6>|<IP4>)\] failed$'
	printf '    ^%%(__prefix_line)sto <SUBNET> failed$|^%%(__prefix_line)sby <F-IP4>\\S+</F-IP4> failed$\n' >> own.conf
	convert own.conf
	[ "$status" -eq 0 ]
	[[ "$stderr" == *"failregex 2: of a network (<SUBNET>) the address alone is taken"* ]]
	[ "$(grep -c '^rule ' rules.d/converted.conf)" -eq 4 ]
	loads
	log <<-'END'
	Nov  3 10:00:00 mx exampled[42]: from [192.0.2.1] failed
	Nov  3 10:00:00 mx exampled[42]: from [::ffff:192.0.2.4] failed
	Nov  3 10:00:00 mx exampled[42]: from [IPv6:2001:db8::1] failed
	Nov  3 10:00:00 mx exampled[42]: from [2001:db8::2] failed
	Nov  3 10:00:00 mx exampled[42]: from [IPv6:203.0.113.9] failed
	Nov  3 10:00:00 mx exampled[42]: to 192.0.2.2/24 failed
	Nov  3 10:00:00 mx exampled[42]: by 192.0.2.3 failed
	END
	[ "$(found)" = $'192.0.2.1\n192.0.2.4\n2001:db8::1\n192.0.2.2\n192.0.2.3' ]
}

@test "prefregex is matched first, ignoreregex takes lines away" {
	filter own <<-'END'
	[INCLUDES]
	before = common.conf
	[Definition]
	_daemon = exampled
	prefregex = ^%(__prefix_line)s(?:info: )?(?:\w+-)?login: <F-CONTENT>.+</F-CONTENT>$
	failregex = ^(?:info: )?refused <HOST>
	ignoreregex = by monitor$
	              ^refused 198\.
	END
	convert own.conf
	[ "$status" -eq 0 ]
	loads
	log <<-'END'
	Nov  3 10:00:00 mx exampled[42]: info: imap-login: refused 192.0.2.1
	Nov  3 10:00:00 mx exampled[42]: login: info: refused 192.0.2.2 by user
	Nov  3 10:00:00 mx exampled[42]: login: refused 203.0.113.9 by monitor
	Nov  3 10:00:00 mx exampled[42]: login: refused 198.51.100.1
	Nov  3 10:00:00 mx exampled[42]: login: info: refused 198.51.100.2
	Nov  3 10:00:00 mx exampled[42]: refused 203.0.113.9
	END
	[ "$(found)" = $'192.0.2.1\n192.0.2.2\n198.51.100.2' ]
}

@test "ignoreregex looks at what stands before the contents, too, where fail2ban has it look there" {
	filter own <<-'END'
	[INCLUDES]
	before = common.conf
	[Definition]
	_daemon = exampled
	prefregex = ^%(__prefix_line)s(?:info: )?<F-CONTENT>.+</F-CONTENT>$
	failregex = ^refused <HOST>
	ignoreregex = info:
	END
	log <<-'END'
	Nov  3 10:00:00 mx exampled[42]: info: refused 192.0.2.1
	Nov  3 10:00:00 mx exampled[42]: refused 192.0.2.2
	END
	convert own.conf
	[ "$(found)" = $'192.0.2.1\n192.0.2.2' ]
	sed -i 's/^failregex .*/&\n  ^a <HOST>\n  ^b <HOST>\n  ^c <HOST>/' own.conf
	convert own.conf
	[ "$(found)" = 192.0.2.2 ]
}

@test "an address of prefregex gives way to that of failregex, and an end of its contents is an end of failregex" {
	filter own <<-'END'
	[INCLUDES]
	before = common.conf
	[Definition]
	_daemon = exampled
	prefregex = ^%(__prefix_line)s(?:auth\((?:<ADDR>|\w+)\): )?<F-CONTENT>.+</F-CONTENT> (?:failed|refused)\s*$
	failregex = ^login from <ADDR>$
	            ^login$
	END
	convert own.conf
	[ "$status" -eq 0 ]
	[[ "$stderr" == *"own.conf: prefregex: its <F-CONTENT> may end before the line does"* ]]
	loads
	log <<-'END'
	Nov  3 10:00:00 mx exampled[42]: auth(203.0.113.9): login from 192.0.2.1 failed
	Nov  3 10:00:00 mx exampled[42]: auth(user): login from 192.0.2.2 refused
	Nov  3 10:00:00 mx exampled[42]: auth(192.0.2.3): login refused
	Nov  3 10:00:00 mx exampled[42]: auth(203.0.113.9): login
	END
	[ "$(found)" = $'192.0.2.1\n192.0.2.2\n192.0.2.3' ]
	printf '[Definition]\nprefregex = ^(?:\\s?\\[\\d+\\]){0,2}<F-CONTENT>.+</F-CONTENT>$\nfailregex = ^(?: \\w=\\w)* by <HOST>$\n' > exim-own.conf
	convert exim-own.conf
	log <<-'END'
	2026-11-03 10:00:00 [77] a=b c=d by 192.0.2.1
	2026-11-03 10:00:00 a=b by 192.0.2.2
	2026-11-03 10:00:00 by 192.0.2.3
	END
	[ "$(found)" = $'192.0.2.1\n192.0.2.2\n192.0.2.3' ]
}

@test "what takes fail2ban's newline at the end of a line finds the end here" {
	pattern '^%(__prefix_line)sa <HOST>,?\s'
	printf '    ^%%(__prefix_line)sb <HOST>[^,]+$\n    ^%%(__prefix_line)sc <HOST>\\d\n' >> own.conf
	convert own.conf
	loads
	log <<-'END'
	Nov  3 10:00:00 mx exampled[42]: a 192.0.2.1
	Nov  3 10:00:00 mx exampled[42]: a 192.0.2.2, b
	Nov  3 10:00:00 mx exampled[42]: a 203.0.113.9,b
	Nov  3 10:00:00 mx exampled[42]: b 192.0.2.3
	Nov  3 10:00:00 mx exampled[42]: c 203.0.113.9
	END
	[ "$(found)" = $'192.0.2.1\n192.0.2.2\n192.0.2.3' ]
}

@test "a pattern that is searched for in the whole line finds what it would find in the message" {
	cat > own.conf <<-'END'
	[Definition]
	_daemon = unused
	failregex = (?i): warning: [-._\w]+\[<HOST>\]: SASL (?:LOGIN|PLAIN) authentication failed
	            smtps?/?smtpd\[[0-9]{1,8}\]: lost connection after AUTH from \S+\[<HOST>\]$
	            imapd: LOGIN FAILED, .*ip=\[<HOST>\]
	            ^.*postfix.*too many errors after AUTH from .*\[<HOST>\]
	            (?: pop3-login|imap-login): Aborted .*rip=<HOST>,
	            ^\[\]: <\w+> Failed login for .* from <HOST>$
	            ^\s*\S+ [\w/]+\[\S+\]: whoever <HOST>$
	            client x\[\S+\]: refused by \S+\[<HOST>\]: no$
	END
	convert own.conf
	[ "$status" -eq 0 ]
	grep -qF "program = '.*smtps?/?smtpd'" rules.d/converted.conf
	grep -qF "program = '.*imapd'" rules.d/converted.conf
	loads
	silence
	log <<-'END'
	Nov  3 10:00:00 mx postfix/smtpd[42]: warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: UGFzc3dvcmQ6
	Nov  3 10:00:00 mx postfix/smtps/smtpd[42]: lost connection after AUTH from unknown[192.0.2.2]
	Nov  3 10:00:00 mx courier-imapd: LOGIN FAILED, user=info, ip=[192.0.2.3]
	Nov  3 10:00:00 mx pop3d: LOGIN FAILED, user=info, ip=[203.0.113.9]
	Nov  3 10:00:00 mx postfix/smtpd[42]: too many errors after AUTH from unknown[192.0.2.4]
	Nov  3 10:00:00 mx dovecot: pop3-login: Aborted login (auth failed): rip=192.0.2.5, lip=203.0.113.25
	Nov  3 10:00:00 mx exampled/x[42]: whoever 192.0.2.6
	[03-Nov-2026 10:00:42 +0000]: <aZ09> Failed login for info from 192.0.2.7
	Nov  3 10:00:00 mx exampled[42]: client x[203.0.113.9]: refused by y[192.0.2.8]: no
	Nov  3 10:00:00 mx dovecot: lost connection after AUTH from unknown[203.0.113.9]
	END
	[ "$(found)" = "$(printf '192.0.2.%s\n' {1..8})" ] || { found; cat rules.d/converted.conf; false; }
}

@test "a filter without prefix line: the blank behind the time and the header in it are taken off" {
	printf '[Definition]\nfailregex = ^(?: \\[\\d+\\]| x)? login by <HOST> failed\n ^ (?:a|b): <HOST>$\n ^\\s+c: <HOST>$\n' > exim-own.conf
	convert exim-own.conf
	[ "$status" -eq 0 ]
	grep -qF "program = 'exim'" rules.d/converted.conf
	grep -qF "match = '(?:(?:\[\d+\]|x) )?login by \[?<ADDR>\]? failed'" rules.d/converted.conf
	grep -qF "match = '(?:a|b): \[?<ADDR>\]?\$'" rules.d/converted.conf
	grep -qF "match = '\s*c: \[?<ADDR>\]?\$'" rules.d/converted.conf
	printf '[Definition]\nfailregex = ^\\s*\\S+ exampled\\[\\d+\\]: refused <HOST>$\n' > header.conf
	convert header.conf
	[ "$status" -eq 0 ]
	grep -qF "program = 'exampled'" rules.d/converted.conf
	grep -qF "match = 'refused \[?<ADDR>\]?\$'" rules.d/converted.conf
	printf '[Definition]\nfailregex = ^ refused <HOST>$\n' > any.conf
	convert any.conf
	[[ "$stderr" == *"failregex 1: it names no program, and is tried on the lines of all"* ]]
	loads
}

@test "what is not anchored as our patterns are is told, in the file too" {
	pattern '^%(__prefix_line)suser .* from <HOST> failed'
	printf '    refused <HOST>$\n    ^%%(__prefix_line)suser .* from <HOST>$\n    ^%%(__prefix_line)suser [^.*]* from <HOST>\n    ^%%(__prefix_line)suser \\S+,<HOST>: x\n' >> own.conf
	convert own.conf
	[ "$status" -eq 0 ]
	[[ "$stderr" == *"failregex 1: it is not anchored as ours are: text of the client (.* or \S*) may stand before"* ]]
	[[ "$stderr" == *"failregex 2: it is not anchored at its start"* ]]
	[[ "$stderr" == *"failregex 5: it is not anchored as ours are"* ]]
	[[ "$stderr" != *"failregex 3: "* && "$stderr" != *"failregex 4: "* ]]
	[ "$(grep -c '^# warning: it is not anchored' rules.d/converted.conf)" -eq 3 ]
	loads
	log <<-'END'
	Nov  3 10:00:00 mx exampled[42]: and then refused 192.0.2.1
	END
	[ "$(found)" = 192.0.2.1 ]
}

@test "what cannot be carried over is told and stands as a comment, and the rest is written: status 1" {
	pattern '^%(__prefix_line)srefused <HOST>$'
	cat >> own.conf <<-'END'
	    ^%(__prefix_line)sno such user$
	    ^%(__prefix_line)s<F-NOFAIL>from</F-NOFAIL> <HOST>$
	    ^%(__prefix_line)sby <DNS>$
	    ^%(__prefix_line)sfor <F-ID>\S+</F-ID>$
	    ^%(__prefix_line)sone<SKIPLINES>two <HOST>$
	    ^%(__prefix_line)sfrom <HOST> to <HOST>$
	    ^%(__prefix_line)sfrom (<HOST>$
	journalmatch = _SYSTEMD_UNIT=exampled.service
	maxlines = 10
	datepattern = ^%%Y %%b
	END
	convert own.conf
	[ "$status" -eq 1 ]
	for n in 2 3 4 5 6 7 8; do
		[[ "$stderr" == *"failregex $n: not carried over: "* ]]
	done
	[ "$(grep -c '^# warning: not carried over' rules.d/converted.conf)" -eq 7 ]
	grep -qF '# failregex 2: ^%(__prefix_line)sno such user$' rules.d/converted.conf
	for option in journalmatch maxlines datepattern; do
		[[ "$stderr" == *"own.conf: $option: left out"* ]]
		grep -q "^# warning: $option: left out" rules.d/converted.conf
	done
	grep -qxF '#     ^%Y %b' rules.d/converted.conf
	[ "$(grep -c '^rule ' rules.d/converted.conf)" -eq 1 ]
	loads
}

@test "samples come from the log that is named, else they are made up and said to be" {
	pattern '^%(__prefix_line)srefused (?P<x>\w+) <HOST> (?P=x) (?:a|b)+[^\s,]*$'
	printf '    ^%%(__prefix_line)slost <HOST>$\n' >> own.conf
	convert own.conf
	[ "$status" -eq 0 ]
	[[ "$stderr" == *"of 2 rules 2 have a sample that was made up"*"--sample LOG"* ]]
	[ "$(grep -c '^# It needs a sample' rules.d/converted.conf)" -eq 2 ]
	loads
	log <<-'END'
	Nov  3 10:00:00 mx exampled[42]: refused me 192.0.2.1 me a
	Nov  3 10:00:00 mx exampled[42]: refused me 192.0.2.1 me a
	Nov  3 10:00:00 mx other[42]: refused it 192.0.2.1 it a
	Nov  3 10:00:00 mx exampled[42]: refused it 192.0.2.2 it b'\x
	END
	gzip -k log
	convert own.conf --sample log.gz
	[ "$status" -eq 0 ]
	[[ "$stderr" == *"of 2 rules 1 have a sample that was made up"*"write one into hit"* ]]
	[ "$(grep -c '^# It needs a sample' rules.d/converted.conf)" -eq 1 ]
	grep -qF "'refused me 192.0.2.1 me a'," rules.d/converted.conf
	grep -qF "'refused it 192.0.2.2 it b\\'\x'" rules.d/converted.conf
	[ "$(grep -c "^		'" rules.d/converted.conf)" -eq 3 ]
	loads
	convert own.conf --sample nonesuch
	[ "$status" -eq 2 ]
}

@test "a rule for which no sample can be made up stands as a comment" {
	pattern '^%(__prefix_line)srefused (?=[xyz]{3}q)\w+ <HOST>$'
	convert own.conf
	[ "$status" -eq 0 ]
	[[ "$stderr" == *"1 have none and stand as comments"* ]]
	grep -q '^#rule "fail2ban-own-1" {' rules.d/converted.conf
	loads
}

@test "the class is what the pattern speaks of, or the one that is given" {
	pattern '^%(__prefix_line)srelaying rejected for <HOST>$'
	printf '    ^%%(__prefix_line)slogin rejected for <HOST>$\n' >> own.conf
	convert own.conf
	[ "$(grep -c 'class = "reject"' rules.d/converted.conf)" -eq 1 ]
	[ "$(grep -c 'class = "auth"' rules.d/converted.conf)" -eq 1 ]
	convert own.conf --class probe
	[ "$(grep -c 'class = "probe"' rules.d/converted.conf)" -eq 2 ]
	convert own.conf --class nonesuch
	[ "$status" -eq 2 ]
	[[ "$stderr" == *'--class expects one of auth, unknown, helo, reject, probe, good, trouble, not "nonesuch"' ]]
}

@test "rules go to standard output, or to a file whose former version stays; -n changes no file" {
	pattern '^%(__prefix_line)srefused <HOST>$'
	run -0 --separate-stderr "$MAILBAN" rules --from-fail2ban own.conf
	[[ "$output" == *'rule "fail2ban-own-1" {'* ]]
	convert own.conf -n
	[[ "$output" == *'rule "fail2ban-own-1" {'* ]]
	[ ! -e rules.d/converted.conf ]
	echo 'mine' > rules.d/converted.conf
	convert own.conf
	[ -z "$output" ]
	[ "$(cat rules.d/converted.conf.1)" = mine ]
	run -3 --separate-stderr "$MAILBAN" rules --from-fail2ban own.conf -o nonesuch/x.conf
	[[ "$stderr" == *"nonesuch/x.conf: No such file or directory; no rules were written"* ]]
	# as /dev/null is none, which a file must not take the place of
	mkfifo pipe
	run -3 --separate-stderr "$MAILBAN" rules --from-fail2ban own.conf -o pipe
	[[ "$stderr" == *"pipe: it is no regular file; no rules were written"* ]]
	[[ -p pipe && ! -e pipe.mailban.new ]]
	run -2 "$MAILBAN" rules --class auth
	[[ "$output" == *"go with --from-fail2ban"* ]]
	run -2 "$MAILBAN" rules --from-fail2ban own.conf --check
	run -2 "$MAILBAN" rules --from-fail2ban own.conf name
}

@test "no pattern, however broken, does harm" {
	for text in '(' ')' '[' '[^' '[]' '\' '(?' '(?P' '(?P<' '(?P=' '(?P=x' '<' '<F-' '<F-USER>' '</F-USER>' '<F-IP4>' '{,' '(?i' '\9' \
		'(?#' '(?(1)' '|' '^|' '(|<HOST>' '<HOST>|(<HOST>' '(?:<HOST>|(<HOST>' '(?<' '(?<=' '*' '<HOST>*' '(<HOST>)+' '\u00e4<HOST>' '(?(' '(?(x' '(?(9)a' '\x' '\x4' \
		'\777' '.*' ': ' 'a: ' 'ab: ' '\[' '\[\d' '(?:\[\d\]' '$' '\$' '\s' '[^' 'x[<HOST>' '\[\]' '(?i)'; do
		pattern "^%(__prefix_line)s$text"
		printf '    %s<HOST>%s\nignoreregex = %s\nprefregex = ^%s<F-CONTENT>.+</F-CONTENT>%s\n' "$text" "$text" "$text" "$text" "$text" >> own.conf
		rm -f rules.d/converted.conf
		convert own.conf
		[ "$status" -le 2 ] || { echo "$text: $status $stderr"; false; }
		[ ! -e rules.d/converted.conf ] || "$MAILBAN" rules --rules rules.d --check > /dev/null || { echo "$text"; false; }
	done
	head -c 20000 /dev/zero | tr '\0' '(' > deep
	pattern "^$(cat deep)<HOST>|<HOST>"
	convert own.conf
	[ "$status" -eq 1 ]
	printf '[Definition]\nprefregex = ^a\n  b <F-CONTENT>.+</F-CONTENT>\nfailregex = ^<HOST>\n' > own.conf
	convert own.conf
	loads
	pattern "^$(printf '(x)%.0s' {1..99})(?:<HOST>|<HOST>)\\101 \\89"
	convert own.conf
	[ "$status" -le 1 ]
}
