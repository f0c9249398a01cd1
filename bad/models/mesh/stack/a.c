#include "engine/base.h"
#include <stdio.h>
