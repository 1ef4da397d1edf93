# SPDX-License-Identifier: GPL-2.0-or-later
# Reads kinds.tsv, then who is banned (number of the day, address or network), then truth.tsv; prints for each kind
# how many addresses it has, were ever banned, were banned on the last day, after how many days on average, and what is
# expected. Networks are compared bit by bit, of both families in one way.

BEGIN {
	FS = "\t"
	for (i = 0; i < 16; i++)
		nibble[substr("0123456789abcdef", i + 1, 1)] = int(i / 8) int(i / 4) % 2 int(i / 2) % 2 i % 2
}

function bits_of_number(n, count,   text) {
	for (text = ""; count > 0; count--) {
		text = n % 2 text
		n = int(n / 2)
	}
	return text
}

# The groups of IPv6 text without a double colon, each as 16 bits.
function bits_of_groups(text,   part, n, i, k, all) {
	n = split(text, part, ":")
	for (i = 1; i <= n; i++) {
		while (length(part[i]) < 4)
			part[i] = "0" part[i]
		for (k = 1; k <= 4; k++)
			all = all nibble[substr(part[i], k, 1)]
	}
	return all
}

# The bits of an address, the family's first digit before them.
function bits(address,   part, i, text, side) {
	if (address !~ /:/) {
		split(address, part, ".")
		for (i = 1; i <= 4; i++)
			text = text bits_of_number(part[i], 8)
		return "4" text
	}
	if (!(i = index(address, "::")))
		return "6" bits_of_groups(address)
	text = bits_of_groups(substr(address, 1, i - 1))
	side = bits_of_groups(substr(address, i + 2))
	while (length(text) + length(side) < 128)
		text = text "0"
	return "6" text side
}

# The first day from FIRST on at which ADDRESS, as bits, is banned; 0 where it never is.
function banned_day(address, first,   day, n) {
	for (day = first; day <= last; day++)
		for (n in lengths)
			if ((day, substr(address, 1, n + 1)) in banned)
				return day
	return 0
}

FILENAME ~ /kinds\.tsv$/ {
	order[++kinds] = $2
	side[$2] = $1
	expect[$2] = $3
	next
}

FILENAME ~ /truth\.tsv$/ {
	address = bits($1)
	all[$3]++
	if ((day = banned_day(address, 1))) {
		ever[$3]++
		waited[$3] += day > $4 ? day - $4 : 0
		if (banned_day(address, last))
			on_last[$3]++
	}
	next
}

{
	count = split($2, part, "/")
	address = bits(part[1])
	length_of = count == 2 ? part[2] : length(address) - 1
	lengths[length_of]
	banned[$1, substr(address, 1, length_of + 1)]
}

# What is not as kinds.tsv says, or nothing.
function verdict(kind,   share) {
	share = 100 * ever[kind] / all[kind]
	if (side[kind] == "honest" ? share <= expect[kind] : share >= expect[kind])
		return ""
	missed++
	return side[kind] == "honest" ? "  BANNED" : "  MISSED"
}

END {
	printf "%-9s%-25s%9s%8s%10s%8s%8s\n", "", "kind", "addresses", "banned", "last day", "days", "expect"
	for (i = 1; i <= kinds; i++) {
		kind = order[i]
		if (!all[kind])
			continue
		printf "%-9s%-25s%9d%8d%10d%8s%6s%%%s\n", side[kind], kind, all[kind], ever[kind], on_last[kind],
			ever[kind] ? sprintf("%.1f", waited[kind] / ever[kind]) : "-",
			(side[kind] == "honest" ? "<=" : ">=") expect[kind], verdict(kind)
		total[side[kind]] += all[kind]
		hit[side[kind]] += ever[kind]
	}
	printf "people: honest banned %d of %d, attackers banned %d of %d (%.0f %%)\n", hit["honest"], total["honest"],
		hit["attacker"], total["attacker"], total["attacker"] ? 100 * hit["attacker"] / total["attacker"] : 0
	exit strict && missed > 0
}
