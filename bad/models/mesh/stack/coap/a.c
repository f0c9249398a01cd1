#include "models/mesh/stack/net/net.h"
