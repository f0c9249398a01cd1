// The wall's clock, by which boards, wires and people live.
#pragma once

#include <stdint.h>

int64_t dd_wall_ns(void); // of CLOCK_MONOTONIC, which never jumps
