// Frames: what is one, and what is passed over.
#include "hil/battery/cases.h"

#include <stdio.h>
#include <string.h>

// An Ask with a field that nobody knows, so that it is of any length.
static size_t ask_of(dd_trial *trial, size_t octets, uint8_t wire[static DD_FRAME_WIRE_MAX]) {
    uint8_t frame[DD_FRAME_OCTETS] = {0x08, 0x01, 0x1A, 0x02, 0x08, 0x01}; // number 1, Ask
    size_t n = 6;
    if (octets > n + 4) { // field 100: octets
        size_t rest = octets - n - 4;
        const uint8_t head[] = {0xA2, 0x06, (uint8_t)((rest & 0x7F) | 0x80), (uint8_t)(rest >> 7)};
        memcpy(frame + n, head, sizeof head);
        for (size_t i = 0; i < rest; i++)
            frame[n + 4 + i] = (uint8_t)(i % 300 ? i % 255 + 1 : 0);
        n = octets;
    }
    (void)trial;
    return dd_frame_put(frame, n, wire);
}

static bool hello_comes(dd_trial *trial, const char *what) {
    return dd_trial_await(trial, HIL__FRAME__CONTROL_HELLO, DD_TRIAL_ANSWER_MS, what) != NULL;
}

// In a session boards do not greet by themselves: so what answers an Ask answers that one.
static bool quiet(dd_trial *trial) {
    Hil__Welcome welcome;
    if (!dd_trial_greet(trial)) return false;
    bool step = dd_trial_has(trial, HIL__CAPABILITY__CAPABILITY_LOCK_STEP);
    welcome =
        dd_trial_welcome_of(trial, step ? HIL__MODE__MODE_LOCK_STEP : HIL__MODE__MODE_REAL_TIME);
    return dd_trial_welcome(trial, &welcome);
}

static bool passed_over(dd_trial *trial, const uint8_t *octets, size_t n, const char *what) {
    return dd_probe_octets(trial->probe, octets, n) &&
           dd_trial_silence(trial, HIL__FRAME__CONTROL_HELLO, 100, what) && dd_trial_greet(trial);
}

static bool answers_an_ask(dd_trial *trial) {
    return dd_trial_greet(trial);
}

static bool flushes(dd_trial *trial) {
    static const uint8_t ends[64] = {0};
    return quiet(trial) && dd_probe_octets(trial->probe, ends, sizeof ends) &&
           dd_trial_greet(trial);
}

static bool octet_by_octet(dd_trial *trial) {
    uint8_t wire[DD_FRAME_WIRE_MAX];
    size_t n = ask_of(trial, 20, wire);
    if (!quiet(trial)) return false;
    for (size_t i = 0; i < n; i++) {
        if (!dd_probe_octets(trial->probe, wire + i, 1)) return false;
        if (i + 1 < n) dd_probe_hear(trial->probe, 2);
    }
    return hello_comes(trial, "an Ask came octet by octet");
}

static bool two_at_once(dd_trial *trial) {
    uint8_t wire[2 * DD_FRAME_WIRE_MAX];
    size_t n = ask_of(trial, 6, wire);
    n += ask_of(trial, 6, wire + n);
    return quiet(trial) && dd_probe_octets(trial->probe, wire, n) &&
           hello_comes(trial, "two Asks came at once: the first") &&
           dd_trial_await(trial, HIL__FRAME__CONTROL_HELLO, 500,
                          "two Asks came at once: the second");
}

static bool wrong_check(dd_trial *trial) {
    uint8_t wire[DD_FRAME_WIRE_MAX];
    if (!quiet(trial)) return false;
    size_t n = ask_of(trial, 40, wire);
    wire[n - 2] ^= 0x10;
    if (wire[n - 2] == 0) wire[n - 2] = 0x11;
    return passed_over(trial, wire, n, "a frame whose check is wrong came");
}

static bool check_not_looked_at(dd_trial *trial) {
    uint8_t wire[DD_FRAME_WIRE_MAX];
    if (!quiet(trial)) return false;
    for (size_t bit = 0; bit < 24; bit++) { // in the middle of what is checked
        size_t n = ask_of(trial, 40, wire);
        wire[12 + bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (wire[12 + bit / 8] && !dd_probe_octets(trial->probe, wire, n)) return false;
    }
    return dd_trial_silence(trial, HIL__FRAME__CONTROL_HELLO, 100,
                            "frames with one bit turned came");
}

static bool cut_off(dd_trial *trial) {
    uint8_t wire[DD_FRAME_WIRE_MAX];
    if (!quiet(trial)) return false;
    for (size_t left = 1; left < 12; left++) {
        ask_of(trial, 20, wire);
        wire[left] = 0;
        if (!dd_probe_octets(trial->probe, wire, left + 1)) return false;
    }
    return dd_trial_silence(trial, HIL__FRAME__CONTROL_HELLO, 100,
                            "frames that were cut off came") &&
           dd_trial_greet(trial);
}

static bool lost_its_end(dd_trial *trial) {
    uint8_t wire[2 * DD_FRAME_WIRE_MAX];
    size_t n = ask_of(trial, 20, wire) - 1;
    n += ask_of(trial, 20, wire + n);
    return quiet(trial) && passed_over(trial, wire, n, "two frames run into one came");
}

static bool too_long(dd_trial *trial) {
    uint8_t wire[5000];
    memset(wire, 0x5A, sizeof wire);
    wire[sizeof wire - 1] = 0;
    return quiet(trial) &&
           passed_over(trial, wire, sizeof wire, "5,000 octets without an end came");
}

static bool largest(dd_trial *trial) {
    uint8_t wire[DD_FRAME_WIRE_MAX];
    if (!dd_trial_greet(trial)) return false;
    uint32_t most = trial->hello->frame_max;
    if (most < 256 || most > DD_FRAME_OCTETS)
        return dd_trial_fail(trial, "Hello.frame_max is %u, not from 256 to %d", (unsigned)most,
                             DD_FRAME_OCTETS);
    if (!quiet(trial)) return false;
    size_t n = ask_of(trial, most - DD_FRAME_CHECK, wire);
    return dd_probe_octets(trial->probe, wire, n) &&
           hello_comes(trial, "a frame as long as Hello.frame_max says came");
}

static bool all_lengths(dd_trial *trial) {
    static const size_t lengths[] = {11, 12, 61, 125, 200, 247, 248, 249, 250, 251, 252};
    uint8_t wire[DD_FRAME_WIRE_MAX];
    for (size_t i = 0; i < DD_COUNT(lengths); i++) {
        char what[64];
        snprintf(what, sizeof what, "an Ask of %zu octets came", lengths[i]);
        size_t n = ask_of(trial, lengths[i], wire);
        if (!quiet(trial) || !dd_probe_octets(trial->probe, wire, n) || !hello_comes(trial, what))
            return false;
    }
    return true;
}

static bool wrong_stuffing(dd_trial *trial) {
    static const uint8_t wire[] = {0xFF, 1, 2, 3, 0, 0x30, 0x11, 0, 1, 1, 1, 1, 1,
                                   0,    2, 9, 0, 5, 1,    2,    3, 4, 0, 3, 8, 0};
    return quiet(trial) && passed_over(trial, wire, sizeof wire, "octets that are no frame came");
}

static const dd_case cases[] = {
    {101, "an Ask is answered by Hello",
     "without it nobody can talk with the board: is the firmware running, at this port's speed, "
     "and "
     "does it read the wire that it writes to?",
     answers_an_ask},
    {102, "octets 0 between frames say nothing",
     "a twin flushes the wire with one; a receiver that takes them for frames counts errors that "
     "are none",
     flushes},
    {103, "a frame may come octet by octet",
     "USB and drivers cut the stream anywhere: put frames together by their end, not by what one "
     "read brings",
     octet_by_octet},
    {104, "two frames may come at once",
     "what one read brings may hold several frames: go on after the first end", two_at_once},
    {105, "a frame whose check is wrong is passed over",
     "cables pick up noise: nothing may be done on spoilt orders", wrong_check},
    {106, "the check covers every octet",
     "is the CRC of all octets of the frame compared, all four octets of it?", check_not_looked_at},
    {107, "a frame that was cut off is passed over",
     "a cable that is pulled and put back leaves half frames", cut_off},
    {108, "after a lost end the next frame but one is right again",
     "the octet 0 is always an end: begin anew after each", lost_its_end},
    {109, "a frame that is too long is passed over",
     "a receiver's buffer must not overflow, and it must find the next end", too_long},
    {110, "the largest frame that it says it takes is taken",
     "Hello.frame_max is a promise: orders for many lamps are that long", largest},
    {111, "frames of all lengths are taken",
     "runs of 254 octets and more are led by FF, with no 0 after them", all_lengths},
    {112, "wrong stuffing is passed over",
     "a run may lead beyond the end of the frame, and nothing at all has the check 0",
     wrong_stuffing},
    {0},
};

const dd_case_group dd_cases_framing = {"framing", "1. Frames", cases};
