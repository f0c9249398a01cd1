// The codec of a controller's line (models/backhaul/wire.proto) by nanopb: a dd_line_codec. What it
// writes and takes is octet for octet what the twin's own does (models/backhaul/wire.h).
#pragma once

#include "models/controller/application.h"

size_t dd_line_put_word(const dd_word *word, uint8_t *octets);
bool dd_line_get_order(const uint8_t *octets, size_t n, dd_order *order);
