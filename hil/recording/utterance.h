// Stimuli and responses as octets, nothing lost: how recordings keep what passes between a board
// and its city, whatever words its wire has for that.
#pragma once

#include "models/controller/stimulus.h"

#include <stddef.h>

enum {
    DD_UTTERANCE_HEAD = 10,
    DD_UTTERANCE_FEEDER = 22,
    DD_UTTERANCE_OCTETS = 4096, // that go along, at most
    DD_UTTERANCE_MAX = DD_UTTERANCE_HEAD + DD_UTTERANCE_OCTETS,
};

// Return how many octets it takes.
size_t dd_utterance_of_stimulus(const dd_stimulus *stimulus,
                                uint8_t octets[static DD_UTTERANCE_MAX]);
size_t dd_utterance_of_response(const dd_response *response,
                                uint8_t octets[static DD_UTTERANCE_MAX]);

// The other way; what is read points to the octets, and to `cabinet`. False: it is none.
bool dd_utterance_stimulus(const uint8_t *octets, size_t n, dd_cabinet_inputs *cabinet,
                           dd_stimulus *stimulus);
bool dd_utterance_response(const uint8_t *octets, size_t n, dd_response *response);
