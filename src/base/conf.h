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

/* Tells an error of libconfuse with the file and the line, and with the manual page to see. The file is called name
 * where libconfuse knows none. */
__attribute__((format(printf, 4, 0))) void conf_tell(cfg_t *cfg, const char *name, const char *manual,
						     const char *format, va_list args);

#endif
