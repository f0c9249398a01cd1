#include "models/mesh/air/air.h"
