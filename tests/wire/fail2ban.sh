# SPDX-License-Identifier: GPL-2.0-or-later
# packages: fail2ban
# No server: tests/cmd/fail2ban-filters.bats reads its filters and asks its fail2ban-regex.
