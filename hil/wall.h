// The wall's clock: what time-outs and deadlines with boards are counted by.
#pragma once

#include <stdint.h>

// Nanoseconds of CLOCK_MONOTONIC.
int64_t dd_wall_ns(void);
