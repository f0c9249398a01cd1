#include "models/world.h"
