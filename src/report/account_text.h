/* SPDX-License-Identifier: GPL-2.0-or-later */
/* account_text: an account as a small table and as JSON, for `why`. */
#ifndef MAILBAN_REPORT_ACCOUNT_TEXT_H
#define MAILBAN_REPORT_ACCOUNT_TEXT_H

#include "judge/judge.h"
#include "list/ban.h"
#include "report/json.h"

/* Adds the account of the address or network, as of the account's time; nothing where there is no account. bans: the
 * blacklist as it is now. */
void account_text(const struct judge *judge, const struct banlist *bans, const struct addr *net, struct buf *out);

/* Adds the account as a JSON value; null where there is no account, or judge is NULL. */
void account_json(const struct judge *judge, const struct addr *net, struct json *json);

#endif
