// The five things, for your board.
#pragma once

#include "hil/kit/kit.h"

dd_kit_port board_port(void);
