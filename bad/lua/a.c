#include "viz/window.h"
