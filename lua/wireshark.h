// What Wireshark needs to read frames that are secured: keys and extended addresses, in the files
// of a configuration that WIRESHARK_CONFIG_DIR can name.
#pragma once

#include "engine/output/folder.h"
#include "models/world.h"

// Writes wireshark/ieee802154_keys and wireshark/802154_addresses of the captured segments into a
// run's folder; nothing when no frame is secured. DD_OUTSIDE on failure.
bool dd_wireshark_write(const dd_world *world, const dd_folder *folder, dd_error *error);
