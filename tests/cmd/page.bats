#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mailban report: the history that the state keeps, and the page that is made of it, looked at in a browser.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	export TZ=UTC
	today=$(($(date +%s) / 86400 * 86400))
	export today
	# nothing of this host is asked who has an address
	printf '3221225984,3221226239,DE\n3325256704,3325256959,AT\n3405803776,3405804031,NL\n' > geoip
	printf '2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,FR\n' > geoip6
	echo 'owners-files = { "geoip", "geoip6" }' > conf
	: > allow
	history > log
	mailban run -q --no-sync log
}

setup() {
	cd "$BATS_FILE_TMPDIR"
}

mailban() {
	"$MAILBAN" "$1" -c conf --blacklist "${dir-.}/blacklist" --state "${dir-.}/state" "${@:2}"
}

# at DAYS-AGO SECOND MESSAGE
at() {
	printf '%(%FT%TZ)T mx postfix/smtpd[9]: %b\n' $((today - $1 * 86400 + $2)) "$3"
}

failure() { # DAYS-AGO SECOND ADDRESS USER
	at "$1" "$2" "warning: unknown[$3]: SASL LOGIN authentication failed: no, sasl_username=$4"
}

# Three days: guessers, a user under attack, names that somebody typed who means harm, and an account that is entered.
history() {
	local day n
	for day in 3 2 1; do
		for n in {1..15}; do
			failure $day $((n * 60)) "198.51.100.$n" boss@example.com
		done
		for n in {1..9}; do
			failure $day $((2000 + n * 60)) 203.0.113.7 "user$n$day"
		done
		failure $day 4000 2001:db8::7 '<script>document.title="taken"</script>'
		failure $day 4001 2001:db8::8 '"><img src=x onerror=alert(1)>'
		failure $day 4002 2001:db8::9 "'&lt;\\xe2\\x80\\xaeresu\\x01\\xff"
	done
	for n in {1..6}; do
		failure 1 $((5000 + n)) 192.0.2.9 "name$n"
	done
	at 1 5100 '4F1A2B3D: client=host.example.com[192.0.2.9], sasl_method=PLAIN, sasl_username=owner@example.com'
}

section() { # NAME: its lines in the state
	awk -v name="$1" '/^(section|checksum) / { on = $2 == name; next } on' "${dir-.}/state"
}

day() { # DAYS-AGO
	date -u -d "@$((today - $1 * 86400))" +%F
}

@test "the state keeps a day's events by class, and who came most" {
	section history | grep -qx "$(day 2) auth=27 addresses=17"
	section tops | grep -qx "$(day 3) u:boss failures=15 addresses=15"
	section tops | grep -qx "$(day 3) 203.0.113.7 auth=9"
	section tops | grep -qx "$(day 3) 198.51.100.0/24 events=15 hosts=15"
	section runs | grep -Eqx "$(date -u +%F) runs=1 lines=88 added=[0-9]+ banned=[0-9]+"
}

@test "it makes no difference to the history how logs are cut into runs, nor that they are read again" {
	local dir=cut lines
	mkdir -p cut
	for lines in 5 20 33 34 60 88 88; do
		head -n $lines log > cut/log
		mailban run -q --no-sync cut/log
	done
	diff <(dir=. section history) <(section history)
	diff <(dir=. section tops) <(section tops)
	mailban run -q --no-sync --full cut/log
	diff <(dir=. section history) <(section history)
	diff <(dir=. section tops) <(section tops)
}

@test "the report of the state and that of the log say the same" {
	mailban report --json > of-state
	mailban report --json log > of-log
	python3 - << 'END'
import json
state, log = (json.load(open(name)) for name in ("of-state", "of-log"))
for kind in ("users", "networks", "addresses"):
    for row in state[kind]:
        row["days"] = row["days"][:3]  # the log has none of today
    for row in log[kind] + state[kind]:
        row.pop("until", 0), row.pop("banned", 0)
    assert state[kind] == log[kind], kind
for a, b in zip(state["days"], log["days"]):
    assert all(a[word] == b[word] for word in ("day", "auth", "login", "mail", "addresses")), (a, b)
boss, = [u for u in state["users"] if u["user"] == "boss@example.com"]
assert (boss["failures"], boss["addresses"], boss["days"]) == (45, 15, [15, 15, 15]), boss
net, = [n for n in state["networks"] if n["network"] == "198.51.100.0/24"]
assert (net["hosts"], net["country"]) == (15, "AT"), net
assert state["needs"] == log["needs"], (state["needs"], log["needs"])
entered, = [n for n in log["needs"] if n["urgent"]]
assert entered["what"] == "owner@example.com was entered by a guesser", entered
assert "192.0.2.9 (DE)" in entered["details"] and "6 failures for 6 user names, as name" in entered["details"], entered
END
}

@test "where no run has read a log for days the report says so" {
	run -0 "$MAILBAN" report -c conf --blacklist no-blacklist --state no-state
	[[ "$output" == *' ! No run has read a log yet'* && "$output" != *'Nothing needs you'* ]]
	command -v faketime > /dev/null || skip 'faketime is not installed'
	ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
		faketime -f +10d "$MAILBAN" report -c conf --blacklist blacklist --state state --json |
		grep -q '"what": "No run has read anything since '
}

@test "days are chosen by --since and --until" {
	run -0 mailban report --since "$(day 2)T00:00Z" --until "$(day 2)T23:59Z"
	[[ "$output" == *'27  failed logins in 1 day'* ]]
	run -2 mailban report --since yesterday
	run -2 mailban report --since 1d --until 2d
	[[ "$output" == *'--since is later than --until'* ]]
	run -2 mailban report --since 2099-11-21T03:17Z
	[[ "$output" == *'--since 2099-11-21T03:17Z: lies in the future'* ]]
}

@test "bans that began behind --until are not counted as new in these days" {
	printf '# mailban blacklist 1\n192.0.2.%s # since %sT03:17Z until 2099-01-01T03:17Z by auth hits 9\n' 7 "$(day 2)" > bans
	printf '192.0.2.%s # since %sT00:00Z until 2099-01-01T03:17Z by auth hits 9\n' 8 "$(day 1)" 9 "$(day 0)" >> bans
	new() { mailban report --json --blacklist bans "$@" | grep -o '"banned_new": [0-9]*'; }
	[ "$(new --since "$(day 3)T00:00Z" --until "$(day 2)T23:59Z")" = '"banned_new": 1' ]
	[ "$(new --since "$(day 2)T00:00Z" --until "$(day 1)T23:59Z")" = '"banned_new": 2' ]
	# 192.0.2.9 was banned yesterday
	all=$(new log) before=$(new --until "$(day 2)T23:59Z" log)
	[ "${before##* }" -lt "${all##* }" ]
}

@test "bars are blocks where the locale has UTF-8, else signs of ASCII" {
	LC_ALL=C.UTF-8 mailban report > blocks
	LC_ALL=C mailban report > signs
	grep -q '█' blocks
	grep -q 'boss@example.com .* ▄\|boss@example.com .* █' blocks
	grep -q '###' signs
	[ -z "$(LC_ALL=C grep '[^ -~]' signs)" ]
	[ -z "$(grep $'\x1b' blocks)" ]
}

@test "the page is one file that asks nobody, and what somebody typed is text in it" {
	mailban report --html > page.html
	[ -z "$(grep -E '<script|<img|<link|<iframe|<[^>]*(src|href|action| on[a-z]*) *=|url\(|@import|https?:' page.html)" ]
	grep -qF '&lt;script&gt;document.title=&quot;taken&quot;&lt;/script&gt;' page.html
	grep -qF '&quot;&gt;&lt;img' page.html
	grep -qF '&#39;&amp;lt;\u{202e}resu\x01\xff' page.html
	LC_ALL=C.UTF-8 grep -qax '.*' page.html
	[ -z "$(LC_ALL=C grep $'[\x01-\x08\x0b-\x1f\x7f]' page.html)" ]
	[ "$(wc -c < page.html)" -lt 60000 ]
}

# browser ARGUMENT...
browser() {
	HOME=$BATS_TEST_TMPDIR timeout 60 chromium --headless --no-sandbox --hide-scrollbars --disable-gpu --disable-dev-shm-usage \
		--user-data-dir="$BATS_TEST_TMPDIR/profile" "$@"
}

@test "a browser shows the page without an error, and without overflow at 1000 and 400 pixels" {
	command -v chromium > /dev/null || skip 'chromium is not installed'
	mailban report --html > page.html
	# what is too wide is told by a script, which the page's own rules would not let run; a window cannot be as narrow
	cat > measure << 'END'
<script>
const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
parent.postMessage([innerWidth, document.documentElement.scrollWidth, wide.length, document.scripts.length,
	document.images.length, document.querySelectorAll("tr").length].join(" "), "*");
</script>
END
	sed '/Content-Security-Policy/d; /<footer>/r measure' page.html > measured.html
	cat > frames.html << 'END'
<p id=said></p>
<script>onmessage = message => said.append(message.data + ";")</script>
<iframe src=page.html></iframe>
<iframe src=measured.html width=1000 height=900 frameborder=0></iframe>
<iframe src=measured.html width=400 height=900 frameborder=0></iframe>
END
	browser --virtual-time-budget=5000 --enable-logging=stderr --dump-dom "file://$PWD/frames.html" 2> said > dom
	grep '<p id' dom
	[ -z "$(grep CONSOLE said)" ]
	grep -q '1000 1000 0 1 0 [1-9][0-9];' dom
	grep -q '400 400 0 1 0 [1-9][0-9];' dom
	# that an error would show: the page allows no script
	sed 's|</body>|<script>document.title = 1</script></body>|' page.html > wrong.html
	browser --enable-logging=stderr --dump-dom "file://$PWD/wrong.html" 2>&1 > /dev/null | grep -q CONSOLE
}

@test "who has an address is told by why, list -v, report and a run, and not where nobody is to be asked" {
	local dir=told
	mkdir -p told
	mailban run --no-sync log > said
	grep -qx '    after 6 failures, 1 mail since; DE; tried name6, .*' said
	grep -q '^  203.0.113.7 .* events  NL$' said
	dir=.
	run -0 mailban why --no-sync 203.0.113.7 log
	[[ "$output" == *'  owner      NL'* ]]
	mailban list -v | grep -q '^203.0.113.7 .*  NL$'
	[ -z "$(mailban list | grep 'NL$')" ]
	mailban report | grep -q '^203.0.113.7 .* NL$'
	echo 'owners = "none"' > none
	run -0 "$MAILBAN" why -c none --no-sync --blacklist blacklist --state state 203.0.113.7 log
	[[ "$output" != *owner* ]]
	echo 'owners = "whois"' > none
	run -2 "$MAILBAN" report -c none --blacklist blacklist --state state
	[[ "$output" == *'none:1: owners: is not one of auto, none, dns'* ]]
}

@test "of logs as many are banned as the blacklist of a run would hold: a network is one" {
	mkdir networks
	for n in {1..12}; do
		for k in {1..6}; do failure 0 0 "203.0.113.$n" "user$k"; done
	done > networks/log
	dir=networks mailban run -q --no-sync networks/log
	entries=$(grep -c '^[0-9]' networks/blacklist)
	[ "$entries" -lt 12 ]
	for log in '' networks/log; do
		dir=networks mailban report --json $log | python3 -c 'import json, sys
page = json.load(sys.stdin)
assert page["banned"] == page["days"][-1]["banned"] == int(sys.argv[1]), page["banned"]' "$entries"
	done
}
