// Lamps and roads as JSON: GeoJSON collections with points and lines (RFC 7946), and the entities
// of FIWARE's Streetlighting models, as a list or as features, in any of the forms of NGSI.
#pragma once

#include "models/city/import/inventory.h"
#include "models/city/text.h"

// Adds what a file holds. `*ours` tells that it is a city file of our own, of which nothing was
// added. Errors name the line.
bool dd_entity_read(const dd_text *text, dd_inventory *inventory, bool *ours, dd_error *error);
