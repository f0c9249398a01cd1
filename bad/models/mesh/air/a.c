#include "models/mesh/mesh.h"
