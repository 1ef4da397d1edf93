/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_BASE_CONF_H
#define MAILBAN_BASE_CONF_H

#include <confuse.h>
#include <stdarg.h>

#include "base/buf.h"

/* Lets libconfuse read a text, of which comments are overwritten with blanks. Its errors name the file and
 * the line. Returns what cfg_parse_fp() does. */
int conf_parse(cfg_t *cfg, const char *name, struct buf *text);

/* Copies the strings of a list. Returns cfg_size() of them and a NULL behind them; all are the caller's to free. */
char **conf_list(cfg_t *cfg, const char *name);

/* How the errors of a kind of file are told. */
struct conf_told {
	const char *name;      /* of the file, where libconfuse knows none */
	const char *manual;    /* the page to see */
	const char *what;      /* what a name in it is called */
	const char *(*former)(const char *name); /* what to write instead of a name that there was once, else NULL; or
	                                          * NULL: there are no such names */
};

/* Tells an error of libconfuse with the file and the line. */
__attribute__((format(printf, 3, 0))) void conf_tell(cfg_t *cfg, const struct conf_told *told, const char *format,
						     va_list args);

#endif
