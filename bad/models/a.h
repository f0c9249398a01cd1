#include "hil/board.h"
