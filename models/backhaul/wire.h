// What crosses a line, as octets: the messages of wire.proto.
#pragma once

#include "engine/event.h"
#include "models/controller/core/message.h"

#include <stddef.h>

enum { DD_WIRE_MAX = DD_PARCEL_SIZE }; // octets of a message

// Writes a message and returns how many octets it takes, at most DD_WIRE_MAX. Counts beyond what
// the message has room for are a bug of the caller's.
size_t dd_wire_put_word(const dd_word *word, uint8_t octets[static DD_WIRE_MAX]);
size_t dd_wire_put_order(const dd_order *order, uint8_t octets[static DD_WIRE_MAX]);

// Reads a message; false when the octets are none: not protobuf, of no known kind, a number that
// does not fit its field, or more entries than there is room for. Fields that are not known are
// passed over, as protobuf has it.
bool dd_wire_get_word(const uint8_t *octets, size_t n, dd_word *word);
bool dd_wire_get_order(const uint8_t *octets, size_t n, dd_order *order);
