# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion of mailban and mailban-firewall: commands and options as their own help tells them.
_mailban() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words

	if [ "$COMP_CWORD" -eq 1 ]; then
		words="help --version $(mailban help 2> /dev/null | sed -n 's/^  \([a-z]*\)  *.*/\1/p')"
	elif [ "${COMP_WORDS[1]}" = help ]; then
		words="settings $(mailban help 2> /dev/null | sed -n 's/^  \([a-z]*\)  *.*/\1/p')"
	elif [ "$prev" = --color ]; then
		words="auto always never"
	elif [ "${COMP_WORDS[1]}" = export ] && [[ $cur != -* ]]; then
		words=$(mailban help export 2> /dev/null | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p')
	elif [ "${COMP_WORDS[1]}" = unban ] && [[ $cur != -* ]]; then
		words=$(mailban list --plain 2> /dev/null)
	elif [[ $cur == -* ]]; then
		words=$(mailban help "${COMP_WORDS[1]}" 2> /dev/null | grep -o -e '--[a-z0-9-]*' | sort -u)
	else
		compopt -o default
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _mailban mailban

_mailban_firewall() {
	local words="up limit again boot down status"

	[ "$COMP_CWORD" -eq 1 ] || words=$(mailban-firewall --help 2> /dev/null | grep -o -e '--[a-z]*' | sort -u)
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -F _mailban_firewall mailban-firewall
