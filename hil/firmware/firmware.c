#include "hil/firmware/firmware.h"
#include "hil/firmware/line_codec.h"
#include "models/controller/settings.h"

#include <string.h>

void dd_firmware_init(dd_firmware *firmware, dd_kit *kit) {
    memset(firmware, 0, sizeof *firmware);
    firmware->kit = kit;
}

// --- Commissioning ---

#define COPY(field) to->field = from->field;
#define SAME(field) &&to->field == from->field // a number that does not fit comes out as another

static bool get_core(const hil_Settings *from, dd_core_def *to) {
    *to = (dd_core_def){.site = {from->lat_e6, from->lon_e6, from->utc_offset_s}};
    DD_CORE_SETTINGS(COPY)
    return to->lamp_n <= DD_SEGMENT_LAMPS_MAX &&
           to->feeder_n <= DD_CORE_FEEDERS DD_CORE_SETTINGS(SAME);
}

static bool get_coap(const hil_Settings *from, dd_coap_client_def *to) {
    *to = (dd_coap_client_def){0};
    DD_COAP_SETTINGS(COPY)
    return true DD_COAP_SETTINGS(SAME);
}

static void refuse(dd_firmware *it, const char *text) {
    it->settled = it->running = false;
    dd_kit_refuse(it->kit, hil_Reason_REASON_OTHER, text);
}

static void take_settings(dd_firmware *it, const hil_Settings *settings) {
    dd_firmware_init(it, it->kit);
    it->settled = get_core(settings, &it->core) && get_coap(settings, &it->coap);
    const dd_kit_port *port = &it->kit->def->port;
    it->store_size = port->load ? port->store_size : settings->store_size;
    if (!it->settled) refuse(it, "settings: a number is out of range");
}

static void take_lamps(dd_firmware *it, const hil_Lamps *lamps) {
    uint32_t first = lamps->first, n = lamps->lamps_count;
    if (!it->settled || first == 0 || first > it->core.lamp_n || n > it->core.lamp_n - first + 1) {
        refuse(it, "lamps: of numbers that the settings do not have");
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        const hil_Lamp *lamp = &lamps->lamps[i];
        if (lamp->feeder > it->core.feeder_n || lamp->phase > 2) {
            refuse(it, "lamps: a feeder or phase that is not there");
            return;
        }
        it->lamps[first - 1 + i] = (dd_core_lamp){.nominal_mw = lamp->nominal_mw,
                                                  .feeder = lamp->feeder,
                                                  .phase = lamp->phase,
                                                  .fixed = lamp->fixed};
    }
}

static void take_calendar(dd_firmware *it, dd_octets octets) {
    dd_order order;
    if (dd_line_get_order(octets.at, octets.n, &order) && order.kind == DD_ORDER_CALENDAR)
        it->calendar = order.calendar;
    else
        refuse(it, "calendar: none that can be followed");
}

// --- What the application says ---

static bool send_octets(dd_firmware *it, const dd_response *response) {
    hil_Message message = {0};
    dd_octets octets = {response->octets, response->n};
    if (response->kind == DD_RESPONSE_DATAGRAM) {
        message.which_what = hil_Message_datagram_tag;
        message.what.datagram = (hil_Datagram){.lamp = response->lamp, .octets = octets};
    } else {
        message.which_what = hil_Message_line_tag;
        message.what.line = (hil_Line){.octets = octets};
    }
    return dd_kit_send(it->kit, &message);
}

static bool send_outputs(dd_firmware *it) {
    hil_Message message = {.which_what = hil_Message_outputs_tag};
    message.what.outputs = it->outputs;
    return dd_kit_send(it->kit, &message);
}

static bool send_value(dd_firmware *it, const dd_response *response) {
    hil_Message message = {.which_what = hil_Message_look_tag};
    if (response->kind == DD_RESPONSE_BOOT) {
        message.which_what = hil_Message_boot_tag;
        message.what.boot = (hil_Boot){.action = (hil_BootAction)response->value};
    }
    return dd_kit_send(it->kit, &message);
}

static void take_response(void *context, const dd_response *response) {
    dd_firmware *it = context;
    switch ((dd_response_kind)response->kind) {
    case DD_RESPONSE_DATAGRAM:
    case DD_RESPONSE_LINE:
        send_octets(it, response);
        break;
    case DD_RESPONSE_CONTACTORS:
        it->outputs.contactors = response->value;
        send_outputs(it);
        break;
    case DD_RESPONSE_LEDS:
        it->outputs.leds = response->value;
        send_outputs(it);
        break;
    case DD_RESPONSE_LOOK:
    case DD_RESPONSE_BOOT:
        send_value(it, response);
        break;
    case DD_RESPONSE_AIR: // it has no mesh stack
    case DD_RESPONSE_KINDS:
        break;
    }
}

// --- Its store ---

static bool read_store(void *context, uint32_t at, void *octets, uint32_t n) {
    dd_firmware *it = context;
    return n <= it->store_size && at <= it->store_size - n && dd_kit_load(it->kit, at, octets, n);
}

static bool write_store(void *context, uint32_t at, const void *octets, uint32_t n) {
    dd_firmware *it = context;
    return n <= it->store_size && at <= it->store_size - n && dd_kit_save(it->kit, at, octets, n);
}

// --- At work ---

enum { LED_RUN = 1, LED_CENTRE = 2, LED_MESH = 4, LED_FAULT = 8 };

// Run: it works; centre: it has a session; mesh: the lamp asked last has answered; fault: something
// is wrong with itself.
static uint32_t leds_of(const dd_core *core) {
    uint32_t lit = LED_RUN;
    if (core->session.up) lit |= LED_CENTRE;
    if (core->poll.silent_run == 0) lit |= LED_MESH;
    if (core->conditions.raised || core->log.failed) lit |= LED_FAULT;
    return lit;
}

static uint64_t step(dd_firmware *it, uint64_t uptime_us, const dd_stimulus *stimulus) {
    dd_responder responder = {it, take_response};
    int64_t due_ms =
        dd_application_step(&it->application, (int64_t)(uptime_us / 1000), stimulus, &responder);
    uint32_t leds = leds_of(&it->application.core);
    if (leds != it->outputs.leds)
        take_response(it, &(dd_response){.kind = DD_RESPONSE_LEDS, .value = (uint8_t)leds});
    return due_ms == INT64_MAX ? 0 : (uint64_t)due_ms * 1000;
}

static uint64_t start(dd_firmware *it, uint64_t uptime_us) {
    if (!it->settled) {
        refuse(it, "start: not commissioned");
        return 0;
    }
    it->timetable = (dd_timetable){.calendars = {it->calendar}};
    it->outputs = (hil_Outputs)hil_Outputs_init_zero;
    dd_core_storage storage = {.lamps = it->lamps,
                               .outputs = it->said,
                               .spare = it->spare,
                               .timetable = &it->timetable,
                               .store = {it, it->store_size, read_store, write_store}};
    dd_application_init(&it->application, &it->core, &it->coap, storage,
                        (dd_line_codec){dd_line_put_word, dd_line_get_order});
    it->running = true;
    dd_kit_log(it->kit, 2, "started");
    return step(it, uptime_us, &(dd_stimulus){.kind = DD_STIMULUS_START});
}

static void get_feeder(const hil_Feeder *from, dd_feeder_inputs *to) {
    *to = (dd_feeder_inputs){.live_phases = (uint8_t)from->live_phases,
                             .contactor = from->contactor,
                             .tripped = from->tripped,
                             .leakage = from->leakage,
                             .override = from->override,
                             .leakage_ma = (uint16_t)from->leakage_ma,
                             .meter = {.energy_wh = from->energy_wh, .power_w = from->power_w}};
    for (pb_size_t i = 0; i < from->voltage_dv_count; i++)
        to->meter.voltage_dv[i] = (uint16_t)from->voltage_dv[i];
}

static uint64_t see(dd_firmware *it, uint64_t uptime_us, const hil_Inputs *inputs) {
    dd_cabinet_inputs cabinet = {
        .mains = inputs->mains, .door = inputs->door, .dark = inputs->dark};
    for (pb_size_t i = 0; i < inputs->feeders_count; i++)
        get_feeder(&inputs->feeders[i], &cabinet.feeders[i]);
    return step(it, uptime_us, &(dd_stimulus){.kind = DD_STIMULUS_CABINET, .cabinet = &cabinet});
}

static uint64_t hear(dd_firmware *it, uint64_t uptime_us, dd_stimulus_kind kind, uint32_t lamp,
                     dd_octets octets) {
    return step(
        it, uptime_us,
        &(dd_stimulus){
            .kind = (uint8_t)kind, .lamp = (uint16_t)lamp, .n = octets.n, .octets = octets.at});
}

// What makes no sense changes nothing: its deadline stays.
static uint64_t pass_over(dd_firmware *it) {
    int64_t core = it->application.core_due_ms, coap = it->application.coap_due_ms;
    int64_t first = core < coap ? core : coap;
    dd_kit_pass_over(it->kit);
    return !it->running || first == INT64_MAX ? 0 : (uint64_t)first * 1000;
}

static uint64_t hear_lamp(dd_firmware *it, uint64_t uptime_us, const hil_Datagram *datagram) {
    if (datagram->lamp == 0 || datagram->lamp > it->core.lamp_n) return pass_over(it);
    return hear(it, uptime_us, DD_STIMULUS_DATAGRAM, datagram->lamp, datagram->octets);
}

static uint64_t hear_centre(dd_firmware *it, uint64_t uptime_us, const hil_Line *line) {
    if (line->octets.n > DD_LINE_OCTETS) return pass_over(it);
    return hear(it, uptime_us, DD_STIMULUS_LINE, 0, line->octets);
}

static uint64_t work(dd_firmware *it, uint64_t uptime_us, const hil_Message *message) {
    if (!message) return step(it, uptime_us, &(dd_stimulus){.kind = DD_STIMULUS_TIME});
    switch (message->which_what) {
    case hil_Message_datagram_tag:
        return hear_lamp(it, uptime_us, &message->what.datagram);
    case hil_Message_line_tag:
        return hear_centre(it, uptime_us, &message->what.line);
    case hil_Message_inputs_tag:
        return see(it, uptime_us, &message->what.inputs);
    default:
        return pass_over(it);
    }
}

static uint64_t commission(dd_firmware *it, uint64_t uptime_us, const hil_Message *message) {
    switch (message ? message->which_what : 0) {
    case hil_Message_settings_tag:
        take_settings(it, &message->what.settings);
        return 0;
    case hil_Message_lamps_tag:
        take_lamps(it, &message->what.lamps);
        return 0;
    case hil_Message_calendar_tag:
        take_calendar(it, message->what.calendar.octets);
        return 0;
    case hil_Message_start_tag:
        return start(it, uptime_us);
    default:
        if (message) dd_kit_pass_over(it->kit);
        return 0;
    }
}

uint64_t dd_firmware_take(void *firmware, uint64_t uptime_us, const hil_Message *message) {
    dd_firmware *it = firmware;
    bool settings = message && message->which_what == hil_Message_settings_tag;
    if (it->kit->step == 1) it->settled = it->running = false; // nothing of a session before this
    return it->running && !settings ? work(it, uptime_us, message)
                                    : commission(it, uptime_us, message);
}
