#include "lua/run.h"
