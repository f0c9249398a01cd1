#include "models/mesh/stack/rpl/dodag.h"
