// What a segment's controller is commissioned with, whoever sits there.
#pragma once

#include "models/controller/application.h"
#include "models/segment_state.h"

// Takes the inventory of what hangs on the poles now into the house's memory of its lamps: of lamps
// without a node only the place.
void dd_commission_inventory(const dd_world *world, dd_segment_state *segment);

// For its start number `boots`, the first is 1. Points to the house's inventory.
dd_commission dd_commission_make(const dd_domain *domain, const dd_segment_state *segment,
                                 uint16_t boots);
