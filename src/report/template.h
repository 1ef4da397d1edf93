/* SPDX-License-Identifier: GPL-2.0-or-later */
/* template: a text of named parts, with fields that are filled in.
 *
 *	@@row
 *	<tr><td>{name}</td><td>{=chart}</td></tr>
 *
 * A line that begins with @@ names the part that follows. {NAME} is filled in as text of HTML: markup in its value is
 * escaped. {=NAME} is filled in as it is, and takes only values that were made of parts. */
#ifndef MAILBAN_REPORT_TEMPLATE_H
#define MAILBAN_REPORT_TEMPLATE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

struct template_field {
	const char *name;
	struct span value;
};

/* Appends a part of the template with its fields; a name that is NULL ends them. A part that the template lacks,
 * or a field that the caller does not give, is a fault of the program, and ends it. */
void template_add(struct buf *out, const char *template, const char *part, const struct template_field *fields);

/* Appends bytes as text of HTML, which is valid UTF-8: markup is escaped. Control bytes, bytes that are no UTF-8 and
 * marks that nobody sees or that turn the direction of what follows become \xHH and \u{HHHH}. */
void template_add_escaped(struct buf *out, const char *bytes, size_t len);

#endif
