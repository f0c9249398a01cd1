#include "models/city/city.h"
