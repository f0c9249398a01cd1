// The reference firmware, as a process, says what the application says in the twin: the same
// stimuli, by protobuf-c here and nanopb there, octet for octet and deadline for deadline.
#include "models/backhaul/wire.h"
#include "models/controller/application.h"
#include "models/controller/settings.h"
#include "tests/any_calendar.h"
#include "tests/board_process.h"

#include <string.h>

enum { LAMPS = 37, SAID_MAX = 64 };

static uint32_t state = 12345;

static uint32_t draw(uint32_t n) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % n;
}

static dd_light_calendar commissioned;

// --- The twin's own, with a store in memory ---

typedef struct said {
    dd_response response;
    uint8_t octets[DD_LINE_OCTETS];
} said;

static struct {
    dd_application application;
    dd_core_lamp lamps[LAMPS];
    dd_core_output outputs[DD_CORE_OUTPUTS];
    dd_word spare[DD_LOG_SPARE];
    dd_timetable timetable;
    said said[SAID_MAX];
    int said_n;
    uint8_t store[DD_STORE_SIZE], lent[DD_STORE_SIZE]; // its own, and the board's
} own;

static bool read_own(void *context, uint32_t at, void *octets, uint32_t n) {
    (void)context;
    memcpy(octets, own.store + at, n);
    return true;
}

static bool write_own(void *context, uint32_t at, const void *octets, uint32_t n) {
    (void)context;
    memcpy(own.store + at, octets, n);
    return true;
}

static void note(void *context, const dd_response *response) {
    (void)context;
    cr_assert_lt(own.said_n, SAID_MAX);
    said *it = &own.said[own.said_n++];
    it->response = *response;
    if (response->n) memcpy(it->octets, response->octets, response->n);
}

static size_t put_word(const dd_word *word, uint8_t *octets) {
    return dd_wire_put_word(word, octets);
}

static dd_core_def core_def(void) {
    dd_core_def def = dd_core_default_def();
    def.lamp_n = LAMPS;
    def.feeder_n = 2;
    def.switched = 2;
    def.clock_ms = INT64_C(1598954400000);
    def.random_seed = 0xDEADBEEF;
    def.poll_phase_s = 7;
    return def;
}

static const dd_coap_client_def coap_def = {
    .ack_timeout_ms = 2000, .max_retransmit = 4, .first_id = 4711};

static void start_own(void) {
    dd_core_def def = core_def();
    own.timetable.calendars[0] = commissioned;
    for (int i = 0; i < LAMPS; i++)
        own.lamps[i] = (dd_core_lamp){
            .nominal_mw = 80000, .feeder = (uint8_t)(1 + i % 2), .phase = (uint8_t)(i % 3)};
    dd_core_storage storage = {.lamps = own.lamps,
                               .outputs = own.outputs,
                               .spare = own.spare,
                               .timetable = &own.timetable,
                               .store = {NULL, DD_STORE_SIZE, read_own, write_own}};
    dd_application_init(&own.application, &def, &coap_def, storage,
                        (dd_line_codec){put_word, dd_wire_get_order});
}

// --- The board ---

static board_process board;
static uint32_t step;

static const Hil__Frame *grant(uint64_t uptime_us, Hil__Message *message) {
    return board_process_grant(&board, ++step, 0, uptime_us, message);
}

static void settle(void) {
    dd_core_def def = core_def();
    Hil__Settings settings = HIL__SETTINGS__INIT;
#define COPY(field) settings.field = def.field;
    DD_CORE_SETTINGS(COPY)
    settings.lat_e6 = def.site.lat_e6;
    settings.lon_e6 = def.site.lon_e6;
    settings.utc_offset_s = def.site.utc_offset_s;
    settings.ack_timeout_ms = coap_def.ack_timeout_ms;
    settings.max_retransmit = coap_def.max_retransmit;
    settings.first_id = coap_def.first_id;
    settings.store_size = DD_STORE_SIZE;
    Hil__Message message = HIL__MESSAGE__INIT;
    message.what_case = HIL__MESSAGE__WHAT_SETTINGS;
    message.settings = &settings;
    cr_assert_eq(grant(0, &message)->control_case, HIL__FRAME__CONTROL_DONE);
}

static void give_lamps(int first, int n) {
    Hil__Lamp lamps[16], *list[16];
    Hil__Lamps all = HIL__LAMPS__INIT;
    for (int i = 0; i < n; i++) {
        hil__lamp__init(list[i] = &lamps[i]);
        list[i]->nominal_mw = 80000;
        list[i]->feeder = (uint32_t)(1 + (first + i) % 2);
        list[i]->phase = (uint32_t)((first + i) % 3);
    }
    all.first = (uint32_t)first + 1;
    all.n_lamps = (size_t)n;
    all.lamps = list;
    Hil__Message message = HIL__MESSAGE__INIT;
    message.what_case = HIL__MESSAGE__WHAT_LAMPS;
    message.lamps = &all;
    cr_assert_eq(grant(0, &message)->control_case, HIL__FRAME__CONTROL_DONE);
}

static void give_calendar(void) {
    uint8_t octets[DD_WIRE_MAX];
    dd_order order = {.kind = DD_ORDER_CALENDAR, .calendar = commissioned};
    Hil__Calendar calendar = HIL__CALENDAR__INIT;
    calendar.octets.data = octets;
    calendar.octets.len = dd_wire_put_order(&order, octets);
    Hil__Message message = HIL__MESSAGE__INIT;
    message.what_case = HIL__MESSAGE__WHAT_CALENDAR;
    message.calendar = &calendar;
    cr_assert_eq(grant(0, &message)->control_case, HIL__FRAME__CONTROL_DONE);
}

static void commission(void) {
    settle();
    for (int first = 0; first < LAMPS; first += 16)
        give_lamps(first, LAMPS - first < 16 ? LAMPS - first : 16);
    give_calendar();
}

// --- Both ---

static int heard; // of what the twin's own has said, that the board has said too
static dd_cabinet_inputs cabinet;
static uint32_t lit; // LEDs that ever were

static void same_octets(const said *it, int kind, ProtobufCBinaryData octets) {
    cr_assert_eq(it->response.kind, kind);
    cr_assert_eq(it->response.n, octets.len);
    cr_assert_eq(memcmp(it->octets, octets.data, octets.len), 0, "kind %d, step %u", kind, step);
}

// Lamps on the board: the application in the twin has none.
static bool only_leds(const Hil__Message *message) {
    static uint32_t contactors, leds;
    if (message->what_case != HIL__MESSAGE__WHAT_OUTPUTS) return false;
    bool only = message->outputs->contactors == contactors && message->outputs->leds != leds;
    contactors = message->outputs->contactors;
    leds = message->outputs->leds;
    return only;
}

static void judge(const Hil__Message *message) {
    if (only_leds(message)) {
        lit |= message->outputs->leds;
        return;
    }
    const said *it = &own.said[heard++];
    cr_assert_leq(heard, own.said_n, "step %u: the board says more", step);
    switch (message->what_case) {
    case HIL__MESSAGE__WHAT_DATAGRAM:
        same_octets(it, DD_RESPONSE_DATAGRAM, message->datagram->octets);
        cr_assert_eq(it->response.lamp, message->datagram->lamp);
        break;
    case HIL__MESSAGE__WHAT_LINE:
        same_octets(it, DD_RESPONSE_LINE, message->line->octets);
        break;
    case HIL__MESSAGE__WHAT_OUTPUTS:
        cr_assert_eq(it->response.kind, DD_RESPONSE_CONTACTORS);
        cr_assert_eq(it->response.value, message->outputs->contactors);
        break;
    case HIL__MESSAGE__WHAT_LOOK:
        cr_assert_eq(it->response.kind, DD_RESPONSE_LOOK);
        break;
    case HIL__MESSAGE__WHAT_BOOT:
        cr_assert_eq(it->response.kind, DD_RESPONSE_BOOT);
        cr_assert_eq(it->response.value, message->boot->action);
        break;
    default:
        cr_assert_fail("the board says a message of kind %d", (int)message->what_case);
    }
}

// Serves the lent store; what the question's answer is, if there is one.
static bool serve(const Hil__Message *message, Hil__StoreData *data) {
    *data = (Hil__StoreData)HIL__STORE_DATA__INIT;
    if (message->what_case == HIL__MESSAGE__WHAT_STORE_READ) {
        data->token = message->store_read->token;
        data->octets.len = message->store_read->n;
        data->octets.data = own.lent + message->store_read->at;
        return true;
    }
    data->token = message->store_write->token;
    memcpy(own.lent + message->store_write->at, message->store_write->octets.data,
           message->store_write->octets.len);
    return data->token != 0;
}

static bool about_store(const Hil__Message *message) {
    return message->what_case == HIL__MESSAGE__WHAT_STORE_READ ||
           message->what_case == HIL__MESSAGE__WHAT_STORE_WRITE;
}

// One step of the board's, with all its parts; what it says is judged. Returns when it is due.
static uint64_t step_board(uint64_t uptime_us, Hil__Message *message) {
    const Hil__Frame *answer = grant(uptime_us, message);
    for (uint32_t part = 0;; part++) {
        Hil__StoreData data;
        Hil__Message back = HIL__MESSAGE__INIT;
        bool question = false;
        cr_assert_eq(answer->control_case, HIL__FRAME__CONTROL_DONE);
        cr_assert_eq(answer->done->step, step);
        cr_assert_eq(answer->done->part, part);
        for (size_t i = 0; i < answer->n_messages; i++)
            if (about_store(answer->messages[i]))
                question |= serve(answer->messages[i], &data);
            else if (answer->messages[i]->what_case != HIL__MESSAGE__WHAT_LOG)
                judge(answer->messages[i]);
        if (!answer->done->more) return answer->done->due_us;
        back.what_case = HIL__MESSAGE__WHAT_STORE_DATA;
        back.store_data = &data;
        answer = board_process_grant(&board, step, part + 1, uptime_us, question ? &back : NULL);
    }
}

static int64_t do_both(int64_t uptime_us, const dd_stimulus *stimulus, Hil__Message *message) {
    dd_responder responder = {NULL, note};
    own.said_n = heard = 0;
    int64_t due_ms = dd_application_step(&own.application, uptime_us / 1000, stimulus, &responder);
    uint64_t due_us = step_board((uint64_t)uptime_us, message);
    cr_assert_eq(heard, own.said_n, "step %u: the board says %d of %d", step, heard, own.said_n);
    cr_assert_eq(due_us, due_ms == INT64_MAX ? 0 : (uint64_t)due_ms * 1000);
    return due_ms == INT64_MAX ? INT64_MAX : due_ms * 1000;
}

static int64_t line(int64_t uptime_us, const dd_order *order) {
    uint8_t octets[DD_WIRE_MAX];
    size_t n = dd_wire_put_order(order, octets);
    Hil__Line words = HIL__LINE__INIT;
    words.octets = (ProtobufCBinaryData){n, octets};
    Hil__Message message = HIL__MESSAGE__INIT;
    message.what_case = HIL__MESSAGE__WHAT_LINE;
    message.line = &words;
    return do_both(uptime_us,
                   &(dd_stimulus){.kind = DD_STIMULUS_LINE, .n = (uint16_t)n, .octets = octets},
                   &message);
}

static int64_t datagram(int64_t uptime_us, uint16_t lamp, uint8_t *octets, uint16_t n) {
    Hil__Datagram it = HIL__DATAGRAM__INIT;
    it.lamp = lamp;
    it.octets = (ProtobufCBinaryData){n, octets};
    Hil__Message message = HIL__MESSAGE__INIT;
    message.what_case = HIL__MESSAGE__WHAT_DATAGRAM;
    message.datagram = &it;
    return do_both(
        uptime_us,
        &(dd_stimulus){.kind = DD_STIMULUS_DATAGRAM, .lamp = lamp, .n = n, .octets = octets},
        &message);
}

static int64_t look(int64_t uptime_us) {
    Hil__Inputs inputs = HIL__INPUTS__INIT;
    Hil__Feeder feeders[2], *list[2];
    uint32_t volts[2][3];
    for (int i = 0; i < 2; i++) {
        const dd_feeder_inputs *from = &cabinet.feeders[i];
        hil__feeder__init(list[i] = &feeders[i]);
        list[i]->live_phases = from->live_phases;
        list[i]->contactor = from->contactor;
        list[i]->tripped = from->tripped;
        list[i]->energy_wh = from->meter.energy_wh;
        list[i]->power_w = from->meter.power_w;
        for (int phase = 0; phase < 3; phase++)
            volts[i][phase] = from->meter.voltage_dv[phase];
        list[i]->n_voltage_dv = 3;
        list[i]->voltage_dv = volts[i];
    }
    inputs.mains = cabinet.mains;
    inputs.door = cabinet.door;
    inputs.dark = cabinet.dark;
    inputs.n_feeders = 2;
    inputs.feeders = list;
    Hil__Message message = HIL__MESSAGE__INIT;
    message.what_case = HIL__MESSAGE__WHAT_INPUTS;
    message.inputs = &inputs;
    return do_both(uptime_us, &(dd_stimulus){.kind = DD_STIMULUS_CABINET, .cabinet = &cabinet},
                   &message);
}

// A lamp's answer to what it was asked last: well formed, and with nothing in it.
static int64_t reply(int64_t uptime_us) {
    uint8_t octets[4] = {0x60, 0, 0, 0}; // an empty acknowledgement, of some message
    octets[2] = (uint8_t)(4711 >> 8);
    octets[3] = (uint8_t)(4711 + draw(64));
    if (draw(4) == 0) octets[0] = (uint8_t)draw(256); // or of no kind at all
    return datagram(uptime_us, (uint16_t)(1 + draw(LAMPS)), octets, sizeof octets);
}

static int64_t order(int64_t uptime_us) {
    static const uint8_t kinds[] = {DD_ORDER_ACK,      DD_ORDER_CLOCK,   DD_ORDER_READ,
                                    DD_ORDER_OVERRIDE, DD_ORDER_RESUME,  DD_ORDER_CALENDAR,
                                    DD_ORDER_POLL,     DD_ORDER_WELCOME, DD_ORDER_STATE};
    const dd_core *core = &own.application.core;
    dd_order it = {.kind = kinds[draw(sizeof kinds)],
                   .number = 1 + draw(9),
                   .level_pm = (uint16_t)draw(1001),
                   .period_s = 300 + draw(900),
                   .sequence = core->log.next - 1,
                   .clock_ms = INT64_C(1598954400000) + uptime_us / 1000,
                   .heard_ms = INT64_C(1598954400000) + uptime_us / 1000};
    if (it.kind == DD_ORDER_WELCOME) it.number = core->session.attempt;
    if (it.kind == DD_ORDER_CLOCK) it.number = core->clock.ask_number;
    if (it.kind == DD_ORDER_CALENDAR) it.calendar = any_calendar(draw, 3600);
    if (it.kind == DD_ORDER_READ || it.kind == DD_ORDER_OVERRIDE) {
        it.lamp_n = (uint8_t)draw(4);
        for (int i = 0; i < it.lamp_n; i++)
            it.lamps[i] = (uint16_t)(1 + draw(LAMPS));
    }
    return line(uptime_us, &it);
}

static int64_t change(int64_t uptime_us) {
    cabinet.mains = draw(8) != 0;
    cabinet.door = draw(8) == 0;
    for (int i = 0; i < 2; i++) {
        dd_feeder_inputs *feeder = &cabinet.feeders[i];
        feeder->live_phases = draw(4) ? 7 : (uint8_t)draw(8);
        feeder->contactor = draw(2);
        feeder->meter.power_w = draw(5000);
        feeder->meter.energy_wh += draw(1000);
        for (int phase = 0; phase < 3; phase++)
            feeder->meter.voltage_dv[phase] = (uint16_t)(2200 + draw(200));
    }
    return look(uptime_us);
}

static void compare(const char *machine, int step_n) {
    commissioned = any_calendar(draw, 3600);
    board = board_process_start(machine);
    board_process_welcome(&board, HIL__MODE__MODE_LOCK_STEP, 7);
    commission();
    start_own();
    Hil__Start nothing = HIL__START__INIT;
    Hil__Message start = HIL__MESSAGE__INIT;
    start.what_case = HIL__MESSAGE__WHAT_START;
    start.start = &nothing;
    do_both(0, &(dd_stimulus){.kind = DD_STIMULUS_START}, &start);
    int64_t now_us = 1, due_us = change(now_us);
    int said_n = 0;
    for (int i = 0; i < step_n; i++) {
        uint32_t what = draw(10);
        now_us = what < 6 && due_us < INT64_MAX ? due_us : now_us + draw(2000000);
        if (now_us >= due_us) {
            now_us = due_us;
            due_us = do_both(now_us, &(dd_stimulus){.kind = DD_STIMULUS_TIME}, NULL);
        } else if (what < 8) {
            due_us = order(now_us);
        } else {
            due_us = what == 8 ? reply(now_us) : change(now_us);
        }
        said_n += own.said_n;
    }
    cr_expect_gt(said_n, step_n / 2);
    cr_expect_eq(memcmp(own.store, own.lent, DD_STORE_SIZE), 0, "what it keeps is the same");
    cr_expect_eq(lit & 7, 7, "run, centre and mesh were lit");
    board_process_stop(&board);
}

Test(firmware, as_a_process_says_what_the_application_says, .timeout = 120) {
    compare(NULL, 5000);
}

Test(firmware, on_a_cortex_m3_says_what_the_application_says, .timeout = 120) {
    compare("lm3s6965evb", 1000);
}

Test(firmware, on_an_stm32_says_what_the_application_says, .timeout = 120) {
    compare("netduinoplus2", 200);
}
