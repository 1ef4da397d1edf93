/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sanitized: whether the program is built with AddressSanitizer, which makes calls of its own and is slow. gcc says so
 * by __SANITIZE_ADDRESS__, clang by __has_feature. */
#ifndef MAILBAN_BASE_SANITIZED_H
#define MAILBAN_BASE_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#endif
