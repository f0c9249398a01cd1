// What comes from outside is not to be trusted: messages that cannot be, noise, floods.
#include "hil/battery/cases.h"

#include <string.h>

static uint8_t many[900];

static bool datagram(dd_trial *trial, uint32_t lamp, size_t n, const char *what) {
    Hil__Message message = dd_trial_message();
    Hil__Datagram it = HIL__DATAGRAM__INIT;
    it.lamp = lamp;
    it.octets = (ProtobufCBinaryData){n, many};
    message.what_case = HIL__MESSAGE__WHAT_DATAGRAM;
    message.datagram = &it;
    return dd_trial_tell(trial, &message) && dd_trial_alive(trial, what);
}

static bool no_such_lamp(dd_trial *trial) {
    static const uint32_t lamps[] = {0, DD_TRIAL_LAMPS + 1, 251, 65536 + 1, UINT32_MAX};
    if (!dd_trial_work(trial)) return false;
    for (size_t i = 0; i < DD_COUNT(lamps); i++)
        if (!datagram(trial, lamps[i], 12, "a Datagram of a lamp that there is not")) return false;
    return true;
}

// As much as fits its frames.
static size_t room(const dd_trial *trial) {
    uint32_t most =
        trial->hello->frame_max < DD_FRAME_OCTETS ? trial->hello->frame_max : DD_FRAME_OCTETS;
    return most - 64 < sizeof many ? most - 64 : sizeof many;
}

static bool long_datagram(dd_trial *trial) {
    static const size_t lengths[] = {0, 1, 3, 4, 5, 127, 128, 255, 256, 300};
    if (!dd_trial_work(trial)) return false;
    for (size_t i = 0; i < DD_COUNT(lengths); i++)
        if (!datagram(trial, 1, lengths[i] < room(trial) ? lengths[i] : room(trial),
                      "a Datagram of any length"))
            return false;
    return datagram(trial, 1, room(trial), "the longest Datagram");
}

static bool line(dd_trial *trial, const uint8_t *octets, size_t n) {
    Hil__Message message = dd_trial_message();
    Hil__Line it = HIL__LINE__INIT;
    it.octets = (ProtobufCBinaryData){n, (uint8_t *)(uintptr_t)octets};
    message.what_case = HIL__MESSAGE__WHAT_LINE;
    message.line = &it;
    return dd_trial_tell(trial, &message);
}

static bool long_line(dd_trial *trial) {
    static const size_t lengths[] = {0, 1, 2, 127, 255, 256, 257, 500};
    if (!dd_trial_work(trial)) return false;
    for (size_t i = 0; i < DD_COUNT(lengths); i++)
        if (!line(trial, many, lengths[i] < room(trial) ? lengths[i] : room(trial))) return false;
    return line(trial, many, room(trial)) &&
           dd_trial_alive(trial, "octets of the line of any length");
}

static uint8_t drawn(uint32_t *random) {
    *random = *random * 1664525 + 1013904223;
    return (uint8_t)(*random >> 24);
}

static bool senseless_octets(dd_trial *trial) {
    uint32_t random = 1;
    uint8_t octets[64];
    if (!dd_trial_work(trial)) return false;
    for (int i = 0; i < 40; i++) {
        for (size_t j = 0; j < sizeof octets; j++)
            octets[j] = drawn(&random);
        memcpy(many, octets, sizeof octets);
        if (!line(trial, octets, 1 + drawn(&random) % 64) ||
            !datagram(trial, 1 + drawn(&random) % DD_TRIAL_LAMPS, 1 + drawn(&random) % 64,
                      "senseless octets from the mesh and the line"))
            return false;
    }
    return true;
}

static bool messages_of_boards(dd_trial *trial) {
    static Hil__Outputs outputs = HIL__OUTPUTS__INIT;
    static Hil__Boot boot = HIL__BOOT__INIT;
    static Hil__Log words = HIL__LOG__INIT;
    static Hil__Look look = HIL__LOOK__INIT;
    static Hil__StoreRead read = HIL__STORE_READ__INIT;
    static Hil__StoreWrite write = HIL__STORE_WRITE__INIT;
    Hil__Message message[6];
    for (int i = 0; i < 6; i++)
        message[i] = dd_trial_message();
    message[0].what_case = HIL__MESSAGE__WHAT_OUTPUTS, message[0].outputs = &outputs;
    message[1].what_case = HIL__MESSAGE__WHAT_BOOT, message[1].boot = &boot;
    message[2].what_case = HIL__MESSAGE__WHAT_LOG, message[2].log = &words;
    message[3].what_case = HIL__MESSAGE__WHAT_LOOK, message[3].look = &look;
    message[4].what_case = HIL__MESSAGE__WHAT_STORE_READ, message[4].store_read = &read;
    message[5].what_case = HIL__MESSAGE__WHAT_STORE_WRITE, message[5].store_write = &write;
    if (!dd_trial_work(trial)) return false;
    for (int i = 0; i < 6; i++)
        if (!dd_trial_tell(trial, &message[i])) return false;
    return dd_trial_alive(trial, "messages that only boards say");
}

static bool strange_inputs(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__Inputs inputs = HIL__INPUTS__INIT;
    Hil__Feeder feeder = HIL__FEEDER__INIT, *feeders[9];
    uint32_t voltages[9];
    for (int i = 0; i < 9; i++) {
        feeders[i] = &feeder;
        voltages[i] = UINT32_MAX;
    }
    message.what_case = HIL__MESSAGE__WHAT_INPUTS;
    message.inputs = &inputs;
    inputs.feeders = feeders;
    feeder.live_phases = feeder.leakage_ma = feeder.power_w = UINT32_MAX;
    feeder.energy_wh = UINT64_MAX;
    feeder.voltage_dv = voltages;
    if (!dd_trial_work(trial)) return false;
    for (size_t n = 0; n <= 4; n++) {
        inputs.n_feeders = n;
        feeder.n_voltage_dv = n % 4;
        if (!dd_trial_tell(trial, &message)) return false;
    }
    return dd_trial_alive(trial, "Inputs with the largest numbers");
}

static bool too_many_feeders(dd_trial *trial) {
    Hil__Message message = dd_trial_message();
    Hil__Inputs inputs = HIL__INPUTS__INIT;
    Hil__Feeder feeder = HIL__FEEDER__INIT, *feeders[9];
    uint32_t voltages[9] = {0};
    for (int i = 0; i < 9; i++)
        feeders[i] = &feeder;
    message.what_case = HIL__MESSAGE__WHAT_INPUTS;
    message.inputs = &inputs;
    inputs.feeders = feeders;
    inputs.n_feeders = feeder.n_voltage_dv = 9;
    feeder.voltage_dv = voltages;
    return dd_trial_work(trial) && dd_trial_tell(trial, &message) &&
           dd_trial_alive(trial, "Inputs of nine feeders with nine voltages each");
}

static bool noise(dd_trial *trial) {
    uint32_t random = 3;
    uint8_t octets[1024];
    if (!dd_trial_work(trial)) return false;
    for (int i = 0; i < 16; i++) {
        for (size_t j = 0; j < sizeof octets; j++)
            octets[j] = drawn(&random);
        if (!dd_probe_octets(trial->probe, octets, sizeof octets))
            return dd_trial_fail(trial, "it no longer takes octets");
    }
    return dd_trial_well(trial, "16 KiB of noise");
}

static bool console(dd_trial *trial) {
    static const char text[] = "\r\n\r\nAT\r\nlogin: root\r\n\x03\x11\x13\x1b[2J~~~+++\r\n";
    if (!dd_trial_work(trial)) return false;
    for (int i = 0; i < 20; i++)
        if (!dd_probe_octets(trial->probe, (const uint8_t *)text, sizeof text - 1)) return false;
    return dd_trial_well(trial, "what a modem manager or a terminal writes");
}

static bool flood(dd_trial *trial) {
    uint8_t wire[DD_FRAME_WIRE_MAX];
    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Beat beat = HIL__BEAT__INIT;
    frame.control_case = HIL__FRAME__CONTROL_BEAT;
    frame.beat = &beat;
    if (!dd_trial_work(trial)) return false;
    for (int i = 0; i < 500; i++) {
        size_t n = dd_probe_wire(trial->probe, &frame, wire);
        if (!dd_probe_octets(trial->probe, wire, n))
            return dd_trial_fail(trial, "in a flood of Beats it no longer takes octets");
    }
    return dd_trial_well(trial, "a flood of 500 Beats");
}

static bool flood_of_asks(dd_trial *trial) {
    if (!dd_trial_greet(trial)) return false;
    for (int i = 0; i < 100; i++) {
        if (!dd_trial_ask(trial)) return false;
        dd_probe_hear(trial->probe, 0);
    }
    dd_trial_silence(trial, HIL__FRAME__CONTROL_BEAT, 300, "a flood of Asks");
    return dd_trial_well(trial, "a flood of 100 Asks");
}

static bool spoilt_frames(dd_trial *trial) {
    uint32_t random = 5;
    uint8_t octets[DD_FRAME_OCTETS], wire[DD_FRAME_WIRE_MAX];
    if (!dd_trial_work(trial)) return false;
    for (int i = 0; i < 400; i++) {
        Hil__Frame frame = HIL__FRAME__INIT;
        Hil__Grant grant = HIL__GRANT__INIT;
        Hil__Message message = dd_trial_message(), *messages[] = {&message};
        Hil__Inputs inputs = HIL__INPUTS__INIT;
        Hil__Feeder feeder = HIL__FEEDER__INIT, *feeders[] = {&feeder};
        inputs.feeders = feeders;
        inputs.n_feeders = 1;
        message.what_case = HIL__MESSAGE__WHAT_INPUTS;
        message.inputs = &inputs;
        feeder.energy_wh = 1234567;
        frame.number = ++trial->probe->number;
        frame.control_case = HIL__FRAME__CONTROL_GRANT;
        frame.grant = &grant;
        frame.messages = messages;
        frame.n_messages = 1;
        grant.step = UINT32_MAX; // of no step that there is
        size_t n = hil__frame__pack(&frame, octets);
        octets[drawn(&random) % n] = drawn(&random); // with a right check
        if (!dd_probe_octets(trial->probe, wire, dd_frame_put(octets, n, wire)))
            return dd_trial_fail(trial, "it no longer takes octets");
        if (i % 50 == 49 && !dd_trial_well(trial, "frames that are right but for one octet"))
            return false;
    }
    return true;
}

static const dd_case cases[] = {
    {1001, "Datagrams of lamps that there are not", "a number from outside is no index",
     no_such_lamp},
    {1002, "Datagrams of any length", "none at all, half a header, longer than any of the mesh",
     long_datagram},
    {1003, "octets of the line of any length",
     "none at all, longer than any message of the centre's", long_line},
    {1004, "senseless octets from mesh and line",
     "broken lamps and spoilt lines say anything; the controller counts it", senseless_octets},
    {1005, "messages that only boards say", "passed over; the step is done all the same",
     messages_of_boards},
    {1006, "Inputs with the largest numbers",
     "meters that broke say them; fields are cut to what there is room for", strange_inputs},
    {1007, "Inputs of more feeders than there are", "an array has an end", too_many_feeders},
    {1008, "16 KiB of noise", "as a bad cable, or another program on the port, makes it", noise},
    {1009, "what a modem manager or a terminal writes",
     "AT, control characters, XON and XOFF: none of it is ours", console},
    {1010, "a flood of frames",
     "a twin that has stood still says much at once: drop what there is no room for, go on", flood},
    {1011, "a flood of Asks", "each may be answered; none may be remembered", flood_of_asks},
    {1012, "400 frames that are right but for one octet",
     "a parser meets anything, sooner or later", spoilt_frames},
    {0},
};

const dd_case_group dd_cases_garbage = {"garbage and floods", "7. What comes from outside", cases};
