/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_ADDR_ORDER_H
#define MAILBAN_ADDR_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"

/* The numbers 0 to count - 1 in the order in which the items are sorted by addr_compare(), equal ones as they
 * stand. The address of item i is i * stride bytes behind first. The caller frees what is returned. */
uint32_t *addr_order(const struct addr *first, size_t stride, size_t count);

/* Sorts items of so many bytes, each of which begins with its address, in that order. */
void addr_sort(void *items, size_t size, size_t count);

#endif
