/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fleet_left: the fleet's points against an address that a person forgives. */
#ifndef MAILBAN_APP_FLEET_LEFT_H
#define MAILBAN_APP_FLEET_LEFT_H

#include "app/edit.h"

/* Says which hosts still have points for the address or network; with --fleet makes all hosts forget these points. Does
 * nothing in a dry run, and where there is no fleet. EXIT_ALL_WELL, or EXIT_IN_PART after saying that the engine cannot
 * be asked. */
int fleet_left(const struct edit *edit, const struct addr *net);

#endif
