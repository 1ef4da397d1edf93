#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Every example of README.md and of the manuals is typed, in their order, on a host of its own: a namespace with its own
# /etc, /var and /run, a log of the last hours and no network. A command has to end with 0 and to complain of nothing.

load helper

setup() {
	need_sets
	need_rules nft
	[ "$(id -u)" -eq 0 ] || skip "only root can have an /etc of its own"
	unshare -nm mount -t tmpfs none /run 2> /dev/null || skip "nothing can be mounted here"
	cd "$BATS_TEST_DIRNAME/../.." || return 1
}

# The examples of a text on standard input, each behind the number of its block: what is indented, and what stands in
# backquotes and begins with mailban.
examples() {
	awk '
		/^    / { blocks += !inside; inside = 1; print blocks "\t" substr($0, 5); next }
		/./ {
			inside = 0
			while (match($0, /`(mailban|make|apt)( [^`]*|-firewall [^`]*)?`/)) {
				print ++blocks "\t" substr($0, RSTART + 1, RLENGTH - 2)
				$0 = substr($0, RSTART + RLENGTH)
			}
		}'
}

# README, and what stands under EXAMPLES in the manuals, indented as there.
texts() {
	cat README.md
	awk '
		/^\.Sh/ { on = /EXAMPLES/; indented = 0 }
		!on { next }
		/^\.Dl / { print "    " substr($0, 5); next }
		/^\.[BE]d/ { indented = /^\.B/; next }
		{ print (indented ? "    " : ".") $0 }' src/man/*.[578] | sed 's/\\-/-/g'
}

# Why a command is not typed here; nothing: it is.
left_out() {
	case $1 in
	scripts/demo*) echo "tests/net/demo.bats types it" ;;
	scripts/test*) echo "it is what runs this test" ;;
	'scripts/deps build' | apt' '*) echo "it installs packages" ;;
	make | 'make '* | 'sudo make install'*) echo "the build is there, tests/cmd/install.bats installs it" ;;
	'sudo systemctl '*) echo "no systemd is here; tests/cmd/install.bats looks at the units" ;;
	'mailban fleet') echo "there is no Valkey here; tests/fleet" ;;
	esac
}

# What a block of commands and of nothing else begins with; any other one has to be known by its first line.
is_command() {
	[[ "$1" =~ ^(sudo\ )?(mailban|mailban-firewall|make|scripts/|apt\ |systemctl\ ) ]]
}

# Writes the script that types the examples on standard input.
typed() {
	local number block='' kind='' line
	while IFS=$'\t' read -r number line; do
		if [ "$number" != "$block" ]; then
			block=$number kind=unknown
			case $line in
			'mail logs ──►'* | 'Subject: mailban '* | 'last run '*) kind=shown ;;
			'# mailban blacklist 1') kind='> shown.blacklist' ;;
			'rule "'*) kind='> /etc/mailban/rules.d/shown.conf' ;;
			'log = {'*) kind='> shown.conf' ;;
			*) ! is_command "$line" || kind='command' ;;
			esac
			[ "$kind" != unknown ] || echo "echo 'what kind of example is this: ${line//\'/}'; exit 1"
		fi
		case $kind in
		'> '*) printf 'printf "%%s\\n" %q >%s\n' "$line" "$kind" ;;
		command) [ -z "$line" ] || [ -n "$(left_out "${line%%  *}")" ] || printf 'type_it %q\n' "$line" ;;
		esac
	done
}

# Types the examples on standard input, and then the arguments.
type_all() {
	{
		cat <<-'EOF'
			set -eu
			mkdir etc lib log
			cp -a /etc/. etc
			mount --bind etc /etc
			for place in /var/lib /var/log /run; do mount -t tmpfs none "$place"; done
			mkdir -p /etc/mailban/rules.d /etc/fail2ban/filter.d /var/lib/mailban
			printf '[Definition]\n_daemon = exampled\nfailregex = ^\\S+ %%(_daemon)s\\[\\d+\\]: refused <HOST>$\n' > /etc/fail2ban/filter.d/exim.conf
			echo '198.51.100.20 home.example.net' >> /etc/hosts
			ip link set lo up
			ln -s /var/log/mail.log mail.log
			unset SSH_CONNECTION SSH_CLIENT

			# says MINUTES MESSAGE [PROGRAM]: so long ago; fails ADDRESS USER MINUTES
			says() {
				TZ=UTC printf '%(%FT%TZ)T mx %s[%s]: %s\n' $((EPOCHSECONDS - $1 * 60)) "${3:-postfix/smtpd}" "$1" "$2"
			}
			fails() {
				says "$3" "warning: unknown[$1]: SASL LOGIN authentication failed: x, sasl_username=$2@example.com"
			}
			for minute in {90..81}; do
				for address in 203.0.113.9 192.0.2.7; do fails $address user$minute $minute; done
			done > /var/log/mail.log
			fails 198.51.100.20 anna 70 >> /var/log/mail.log
			says 69 'A1B2C3: client=x[198.51.100.20], sasl_method=PLAIN, sasl_username=anna@example.com' >> /var/log/mail.log
			for name in ann bob eve hr it; do fails 203.0.113.77 $name 50; done >> /var/log/mail.log
			says 49 'A1B2C4: client=x[203.0.113.77], sasl_method=PLAIN, sasl_username=boss@example.com' >> /var/log/mail.log
			says 40 'refused 192.0.2.9' exampled >> /var/log/mail.log
			for minute in 305 304 303 302 301 300; do fails 203.0.113.10 user$minute $minute; done | gzip > /var/log/mail.log.1.gz
			sudo() { "$@"; }
			mailban() { "$MAILBAN" "$@"; }
			mailban-firewall() { "$MAILBAN_FIREWALL" "$@"; }

			type_it() {
				local status=0
				eval "$(echo "$1" | sed 's|\<LOG\>|/var/log/mail.log|; s|\<USER\>|boss@example.com|')" > out 2> err || status=$?
				# somebody was entered, which it finds wrong until that is done
				[[ "$1" != *"mailban check"* ]] || [ $status -gt 1 ] || status=0
				[ $status -eq 0 ] && ! grep '^mailban[a-z-]*:' err || {
					echo "this example ends with $status, or complains: $1"
					cat out err
					exit 1
				}
			}
		EOF
		typed
		printf '%s\n' "$@"
	} > "$BATS_TEST_TMPDIR/script"
	cd "$BATS_TEST_TMPDIR" || return 1
	MAILBAN_FIREWALL="$SCRIPTS/firewall" unshare -nm bash script 3>&-
}

@test "every example of README and of the manuals does what it says" {
	texts | examples > "$BATS_TEST_TMPDIR/examples"
	[ "$(grep -c 'mailban ' "$BATS_TEST_TMPDIR/examples")" -gt 40 ]
	type_all < "$BATS_TEST_TMPDIR/examples" 'type_it "mailban list --blacklist shown.blacklist"' \
		'type_it "mailban list -c shown.conf"'
}
