# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion of mailban and mailban-firewall: commands and options as their own help tells them.
function __mailban_commands
	mailban help $argv 2> /dev/null | sed -n 's/^  \([a-z][a-z]*\)  *\(.*\)/\1\t\2/p'
end

function __mailban_options
	set -l words (commandline -opc)
	mailban help $words[2] 2> /dev/null | sed -n 's/^ .\{5\}\(--[a-z0-9-]*\)[ A-Z]*  *\(.*\)/\1\t\2/p'
end

function __mailban_is
	set -l words (commandline -opc)
	test (count $words) -ge 2; and test "$words[2]" = $argv[1]
end

complete -c mailban -n 'test (count (commandline -opc)) -eq 1' -f -a '(__mailban_commands) help'
complete -c mailban -n '__mailban_is help' -f -a '(__mailban_commands) settings'
complete -c mailban -n 'test (count (commandline -opc)) -ge 2; and string match -q -- "-*" (commandline -ct)' -f -a '(__mailban_options)'
complete -c mailban -n '__mailban_is export' -f -a '(__mailban_commands export)'
complete -c mailban -n '__mailban_is unban' -f -a '(mailban list --plain 2> /dev/null)'
complete -c mailban-firewall -n 'test (count (commandline -opc)) -eq 1' -f -a 'up limit again boot down status'
complete -c mailban-firewall -n 'test (count (commandline -opc)) -ge 2' -f -a '(mailban-firewall --help | grep -o -e "--[a-z]*" | sort -u)'
