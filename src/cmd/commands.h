/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands: the commands of the table in src/main.c, each in a file of src/cmd. Each returns an exit status. */
#ifndef MAILBAN_CMD_COMMANDS_H
#define MAILBAN_CMD_COMMANDS_H

#include "app/options.h"

extern const struct command command_allow;
extern const struct command command_ban;
extern const struct command command_check;
extern const struct command command_diff;
extern const struct command command_disallow;
extern const struct command command_done;
extern const struct command command_export;
extern const struct command command_fleet;
extern const struct command command_list;
extern const struct command command_match;
extern const struct command command_report;
extern const struct command command_rules;
extern const struct command command_run;
extern const struct command command_scan;
extern const struct command command_state;
extern const struct command command_stats;
extern const struct command command_status;
extern const struct command command_sync;
extern const struct command command_unban;
extern const struct command command_why;

#endif
