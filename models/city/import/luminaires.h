// Which luminaires the lamps of an inventory are: built-in models, those that the file describes,
// and one a wattage for the rest.
#pragma once

#include "models/city/import/inventory.h"

// Gives every lamp whose power, model or technology is known its `kind`, and adds models to the
// catalogue as needed; rounds wattages when there would be too many. DD_WRONG names a lamp whose
// model is unknown.
bool dd_luminaires_choose(dd_inventory *inventory, dd_catalogue *catalogue, dd_error *error);
