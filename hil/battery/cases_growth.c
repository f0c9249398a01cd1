// Newer peers: what they add is passed over, and what is known is heeded all the same.
#include "hil/battery/cases.h"

#include <string.h>

// Octets of a Frame as they are, with the next number.
static bool say_octets(dd_trial *trial, const uint8_t *body, size_t n) {
    uint8_t frame[DD_FRAME_OCTETS], wire[DD_FRAME_WIRE_MAX];
    uint32_t number = ++trial->probe->number;
    size_t at = 0;
    frame[at++] = 0x08;
    for (; number > 127; number >>= 7)
        frame[at++] = (uint8_t)(number | 128);
    frame[at++] = (uint8_t)number;
    frame[at++] = 0x10; // limit
    frame[at++] = 0x7F;
    memcpy(frame + at, body, n);
    return dd_probe_octets(trial->probe, wire, dd_frame_put(frame, at + n, wire));
}

// As say_octets, but what it says is the grant of the next step, after the commission's four.
static bool grant_octets(dd_trial *trial, const uint8_t *body, size_t n) {
    trial->step++;
    return say_octets(trial, body, n) && dd_trial_take_answer(trial);
}

static uint8_t step_after(const dd_trial *trial) {
    return (uint8_t)(trial->step + 1); // below 128
}

static bool unknown_fields(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    const uint8_t body[] = {
        0xFA, 0x03, 0x02, 'h',
        'i',                                 // 63: octets
        0xF8, 0x3E, 0x2A,                    // 1007: a number
        0x4A, 0x02, 0x08, step_after(trial), // Grant
        0xFD, 0x3E, 1,    2,
        3,    4, // 1007: 32 bits
        0xF9, 0x3E, 1,    2,
        3,    4,    5,    6,
        7,    8, // 1007: 64 bits
    };
    return grant_octets(trial, body, sizeof body);
}

static bool unknown_in_grant(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    const uint8_t body[] = {0x4A, 0x09, 0x78, 0x05, 0x08, step_after(trial),
                            0xA2, 0x06, 0x02, 'h',  'i'};
    return grant_octets(trial, body, sizeof body);
}

static bool unknown_control(dd_trial *trial) {
    static const uint8_t body[] = {0x7A, 0x02, 0x08, 0x01}; // field 15: a control word to come
    return dd_trial_work(trial) && say_octets(trial, body, sizeof body) &&
           dd_trial_alive(trial, "a control word of a newer twin");
}

static bool unknown_message(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    const uint8_t body[] = {0x4A, 0x02, 0x08, step_after(trial), 0x82, 0x01, 0x05, 0xA2, 0x06,
                            0x02, 'h',  'i'};
    return grant_octets(trial, body, sizeof body) && dd_trial_alive(trial, "an unknown message");
}

static bool unknown_in_message(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    const uint8_t body[] = {
        0x4A, 0x02, 0x08, step_after(trial),
        0x82, 0x01, 0x0C, 0x2A,
        0x07, // Inputs of 7 octets:
        0x08, 0x01, 0xA0, 0x06,
        0x07, 0x22, 0x00, // mains, field 100, a feeder with nothing
        0xA0, 0x06, 0x01, // field 100 of the message
    };
    return grant_octets(trial, body, sizeof body);
}

static bool other_order(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    const uint8_t body[] = {
        0x82, 0x01, 0x04, 0x2A, 0x02, 0x08,
        0x01,                                            // the message comes first
        0x4A, 0x04, 0x18, 0x00, 0x08, step_after(trial), // Grant: part 0 said, then the step
    };
    return grant_octets(trial, body, sizeof body);
}

static bool zeros_said(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    const uint8_t body[] = {
        0x4A, 0x06, 0x08, step_after(trial),
        0x10, 0x00, 0x18, 0x00,
        0x82, 0x01, 0x0C, 0x08,
        0x00, 0x2A, 0x08, 0x08,
        0x00, 0x10, 0x00, 0x18,
        0x00, 0x22, 0x00,
    };
    return grant_octets(trial, body, sizeof body);
}

static bool packed_or_not(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    const uint8_t packed[] = {0x4A, 0x02, 0x08, step_after(trial),
                              0x82, 0x01, 0x0C, 0x2A,
                              0x0A, 0x22, 0x08, 0x4A,
                              0x06, 0xFD, 0x11, 0xFA,
                              0x11, 0xFB, 0x11};
    if (!grant_octets(trial, packed, sizeof packed)) return false;
    const uint8_t single[] = {0x4A, 0x02, 0x08, step_after(trial),
                              0x82, 0x01, 0x0D, 0x2A,
                              0x0B, 0x22, 0x09, 0x48,
                              0xFD, 0x11, 0x48, 0xFA,
                              0x11, 0x48, 0xFB, 0x11};
    return grant_octets(trial, single, sizeof single);
}

static bool long_varints(dd_trial *trial) {
    if (!dd_trial_work_in_step(trial)) return false;
    const uint8_t body[] = {0x4A, 0x06, 0x08, (uint8_t)(step_after(trial) | 128),
                            0x80, 0x80, 0x80, 0x00};
    return grant_octets(trial, body, sizeof body);
}

static const dd_case cases[] = {
    {301, "unknown fields of a frame are passed over",
     "the protocol grows by new fields; an old firmware goes on working with a new twin",
     unknown_fields},
    {302, "an unknown control word is passed over", "it is of a newer twin: no fault, no answer",
     unknown_control},
    {303, "an unknown message is passed over, its step is done",
     "a step that is not answered stops the city", unknown_message},
    {304, "unknown fields in a Grant and in a message are passed over", "as for frames",
     unknown_in_grant},
    {305, "unknown fields within a message leave it what it is", "what is known of it counts",
     unknown_in_message},
    {306, "fields may come in any order",
     "protobuf libraries differ; a message may come before the control word", other_order},
    {307, "fields may say 0", "a sender need not leave them out", zeros_said},
    {308, "lists of numbers may be packed or not", "protobuf, proto3: a parser takes both",
     packed_or_not},
    {309, "numbers may be written longer than need be",
     "protobuf: varints may have octets to spare", long_varints},
    {0},
};

const dd_case_group dd_cases_growth = {"newer peers", "1. Frames", cases};
