#include <stdio.h>
#include "engine/base.h"
