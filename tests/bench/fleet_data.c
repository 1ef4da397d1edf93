/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fleet_data: what hosts of a fleet say, as commands for redis-cli --pipe.
 *
 *	fleet_data HOSTS ADDRESSES CHANGES     changes 1: all addresses; more: each hundredth, said again
 *
 * The addresses of a host are drawn of ten times as many, which all hosts share; each has failed for two names.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLOTS = 16 };

static uint32_t fnv(const char *text)
{
	uint32_t hash = UINT32_C(2166136261);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT32_C(16777619);
	return hash;
}

static void put(const char *text)
{
	printf("$%zu\r\n%s\r\n", strlen(text), text);
}

static void say(unsigned host, uint32_t number, unsigned changes, long now)
{
	char addr[16], key[64], words[128], change[16];

	/* 240.0.0.0/4, which nobody has */
	number = UINT32_C(0xf0000000) | number * UINT32_C(2654435761) >> 4;
	snprintf(addr, sizeof(addr), "%u.%u.%u.%u", number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255);
	snprintf(key, sizeof(key), "mailban:{%u}:host%u", fnv(addr) % SLOTS, host);
	snprintf(words, sizeof(words), "time=%ld u:%08x=1@%ld u:%08x=0.5@%ld hits=2", now, number, now - 300,
		 number ^ host, now);
	printf("*4\r\n$4\r\nHSET\r\n");
	put(key);
	put(addr);
	put(words);
	strcat(key, ":changed");
	snprintf(change, sizeof(change), "%u", changes);
	printf("*4\r\n$4\r\nZADD\r\n");
	put(key);
	put(change);
	put(addr);
}

int main(int argc, char **argv)
{
	unsigned hosts, addresses, changes;
	long now = (long)time(NULL);
	uint32_t random = 1;
	char text[128];

	if (argc != 4)
		return 2;
	hosts = (unsigned)atoi(argv[1]);
	addresses = (unsigned)atoi(argv[2]);
	changes = (unsigned)atoi(argv[3]);
	for (unsigned host = 0; host < hosts; host++) {
		for (unsigned i = 0; i < addresses; i++) {
			random = random * UINT32_C(1664525) + UINT32_C(1013904223);
			if (changes == 1 || i % 100 == 0)
				say(host, (uint32_t)((uint64_t)random * addresses * 10 >> 32),
				    changes == 1 ? i / 1000 + 1 : addresses / 1000 + changes, now + changes);
		}
		printf("*4\r\n$4\r\nHSET\r\n");
		put("mailban:hosts");
		snprintf(text, sizeof(text), "host%u", host);
		put(text);
		snprintf(text, sizeof(text), "changes=%u heard=%ld clock=1000 addresses=%u points=%u",
			 addresses / 1000 + changes, now, addresses, addresses * 3 / 2);
		put(text);
	}
	return 0;
}
