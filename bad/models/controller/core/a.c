#include "engine/base.h"
#include <stdlib.h>
