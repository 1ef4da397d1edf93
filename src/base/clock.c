/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool clock_wait(int fd, short events, int64_t deadline)
{
	struct pollfd one = { .fd = fd, .events = events };
	int64_t left;

	while ((left = deadline - clock_ms()) > 0) {
		int ret = poll(&one, 1, (int)left);

		if (ret != 0 && !(ret < 0 && errno == EINTR))
			return ret > 0;
	}
	return false;
}
