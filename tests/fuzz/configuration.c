/* SPDX-License-Identifier: GPL-2.0-or-later */
/* configuration: a file of settings; what is taken of it can be judged by. */
#include "fuzz.h"

#include "app/config.h"
#include "judge/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options options = { .config = fuzz_file(data, size) };
	struct config config;
	struct judge judge;

	if (config_load(&config, &options) == EXIT_ALL_WELL) {
		fuzz_check(config.judge.threshold > 0 && config.judge.half_life > 0);
		judge_init(&judge, &config.judge, FUZZ_NOW);
		judge_free(&judge);
	}
	config_free(&config);
	return 0;
}
