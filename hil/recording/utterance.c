#include "hil/recording/utterance.h"
#include "hil/wire/octets.h"

#include <assert.h>
#include <string.h>

enum { CABINET_OCTETS = 1 + DD_CORE_FEEDERS * DD_UTTERANCE_FEEDER };

// A mask of up to eight truths, the first one lowest.
static uint8_t mask(const bool *truths, int n) {
    uint8_t bits = 0;
    for (int i = 0; i < n; i++)
        bits |= (uint8_t)(truths[i] << i);
    return bits;
}

// --- The cabinet ---

static void put_feeder(const dd_feeder_inputs *feeder, uint8_t octets[static DD_UTTERANCE_FEEDER]) {
    bool truths[] = {feeder->contactor, feeder->tripped, feeder->leakage, feeder->override};
    octets[0] = feeder->live_phases;
    octets[1] = mask(truths, 4);
    dd_put_le(octets + 2, 2, feeder->leakage_ma);
    dd_put_le(octets + 4, 8, feeder->meter.energy_wh);
    dd_put_le(octets + 12, 4, feeder->meter.power_w);
    for (size_t phase = 0; phase < 3; phase++)
        dd_put_le(octets + 16 + 2 * phase, 2, feeder->meter.voltage_dv[phase]);
}

static void get_feeder(const uint8_t *octets, dd_feeder_inputs *feeder) {
    *feeder = (dd_feeder_inputs){.live_phases = octets[0],
                                 .contactor = octets[1] & 1,
                                 .tripped = octets[1] >> 1 & 1,
                                 .leakage = octets[1] >> 2 & 1,
                                 .override = octets[1] >> 3 & 1,
                                 .leakage_ma = (uint16_t)dd_get_le(octets + 2, 2),
                                 .meter.energy_wh = dd_get_le(octets + 4, 8),
                                 .meter.power_w = (uint32_t)dd_get_le(octets + 12, 4)};
    for (size_t phase = 0; phase < 3; phase++)
        feeder->meter.voltage_dv[phase] = (uint16_t)dd_get_le(octets + 16 + 2 * phase, 2);
}

static size_t put_cabinet(const dd_cabinet_inputs *cabinet, uint8_t *octets) {
    bool truths[] = {cabinet->mains, cabinet->door, cabinet->dark};
    octets[0] = mask(truths, 3);
    for (size_t i = 0; i < DD_CORE_FEEDERS; i++)
        put_feeder(&cabinet->feeders[i], octets + 1 + i * DD_UTTERANCE_FEEDER);
    return CABINET_OCTETS;
}

static void get_cabinet(const uint8_t *octets, dd_cabinet_inputs *cabinet) {
    *cabinet = (dd_cabinet_inputs){
        .mains = octets[0] & 1, .door = octets[0] >> 1 & 1, .dark = octets[0] >> 2 & 1};
    for (size_t i = 0; i < DD_CORE_FEEDERS; i++)
        get_feeder(octets + 1 + i * DD_UTTERANCE_FEEDER, &cabinet->feeders[i]);
}

// --- Stimuli ---

size_t dd_utterance_of_stimulus(const dd_stimulus *it, uint8_t octets[static DD_UTTERANCE_MAX]) {
    assert(it->n <= DD_UTTERANCE_OCTETS);
    octets[0] = it->kind;
    octets[1] = it->result;
    octets[2] = it->attempts;
    octets[3] = (uint8_t)it->rss_dbm;
    dd_put_le(octets + 4, 2, it->lamp);
    dd_put_le(octets + 6, 4, it->handle);
    if (it->kind == DD_STIMULUS_CABINET)
        return DD_UTTERANCE_HEAD + put_cabinet(it->cabinet, octets + DD_UTTERANCE_HEAD);
    if (it->n > 0) memcpy(octets + DD_UTTERANCE_HEAD, it->octets, it->n);
    return DD_UTTERANCE_HEAD + (size_t)it->n;
}

bool dd_utterance_stimulus(const uint8_t *octets, size_t n, dd_cabinet_inputs *cabinet,
                           dd_stimulus *it) {
    if (n < DD_UTTERANCE_HEAD || n > DD_UTTERANCE_MAX || octets[0] == 0 ||
        octets[0] >= DD_STIMULUS_KINDS)
        return false;
    n -= DD_UTTERANCE_HEAD;
    *it = (dd_stimulus){.kind = octets[0],
                        .result = octets[1],
                        .attempts = octets[2],
                        .rss_dbm = (int8_t)octets[3],
                        .lamp = (uint16_t)dd_get_le(octets + 4, 2),
                        .handle = (uint32_t)dd_get_le(octets + 6, 4)};
    if (it->kind != DD_STIMULUS_CABINET) {
        it->n = (uint16_t)n;
        it->octets = octets + DD_UTTERANCE_HEAD;
        return true;
    }
    if (n != CABINET_OCTETS) return false;
    get_cabinet(octets + DD_UTTERANCE_HEAD, cabinet);
    it->cabinet = cabinet;
    return true;
}

// --- Responses ---

size_t dd_utterance_of_response(const dd_response *it, uint8_t octets[static DD_UTTERANCE_MAX]) {
    assert(it->n <= DD_UTTERANCE_OCTETS);
    octets[0] = it->kind;
    octets[1] = it->value;
    octets[2] = octets[3] = 0;
    dd_put_le(octets + 4, 2, it->lamp);
    dd_put_le(octets + 6, 4, it->handle);
    if (it->n > 0) memcpy(octets + DD_UTTERANCE_HEAD, it->octets, it->n);
    return DD_UTTERANCE_HEAD + (size_t)it->n;
}

bool dd_utterance_response(const uint8_t *octets, size_t n, dd_response *it) {
    if (n < DD_UTTERANCE_HEAD || n > DD_UTTERANCE_MAX || octets[0] == 0 ||
        octets[0] >= DD_RESPONSE_KINDS)
        return false;
    *it = (dd_response){.kind = octets[0],
                        .value = octets[1],
                        .lamp = (uint16_t)dd_get_le(octets + 4, 2),
                        .handle = (uint32_t)dd_get_le(octets + 6, 4),
                        .n = (uint16_t)(n - DD_UTTERANCE_HEAD),
                        .octets = octets + DD_UTTERANCE_HEAD};
    return true;
}
