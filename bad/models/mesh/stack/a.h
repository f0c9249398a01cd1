#include "models/controller/core/core.h"
