// Stimuli and responses taken apart.
#include "hil/text/message_fields.h"

#include "engine/base.h"

#include <stdio.h>

static void add_lamp(dd_message_fields *fields, uint16_t lamp) {
    if (lamp == DD_EVERY_LAMP)
        dd_fields_add_words(fields, "lamp", "every");
    else
        dd_fields_add(fields, "lamp", DD_UNIT_NUMBER, lamp);
    dd_fields_mark(fields);
}

// What is open, closed or in force, each by its name; nothing of what is not.
static void add_flag(dd_message_fields *fields, const char *prefix, const char *name, bool on) {
    char whole[DD_FIELD_NAME];
    snprintf(whole, sizeof whole, "%s%s", prefix, name);
    if (on) dd_fields_add(fields, whole, DD_UNIT_NUMBER, 1);
}

static void add_amount(dd_message_fields *fields, const char *prefix, const char *name,
                       dd_unit unit, int64_t value) {
    char whole[DD_FIELD_NAME];
    snprintf(whole, sizeof whole, "%s%s", prefix, name);
    if (value) dd_fields_add(fields, whole, unit, value);
}

static void add_feeder(dd_message_fields *fields, int number, const dd_feeder_inputs *feeder) {
    char prefix[24];
    snprintf(prefix, sizeof prefix, "feeder %d ", number);
    add_amount(fields, prefix, "live_phases", DD_UNIT_NUMBER, feeder->live_phases);
    add_flag(fields, prefix, "contactor", feeder->contactor);
    add_flag(fields, prefix, "tripped", feeder->tripped);
    add_flag(fields, prefix, "leakage", feeder->leakage);
    add_flag(fields, prefix, "override", feeder->override);
    add_amount(fields, prefix, "leakage_ma", DD_UNIT_NUMBER, feeder->leakage_ma);
    add_amount(fields, prefix, "energy_wh", DD_UNIT_ENERGY_WH, (int64_t)feeder->meter.energy_wh);
    add_amount(fields, prefix, "power_w", DD_UNIT_POWER_W, feeder->meter.power_w);
    for (int phase = 0; phase < 3; phase++) {
        char name[24];
        snprintf(name, sizeof name, "L%d voltage_dv", phase + 1);
        add_amount(fields, prefix, name, DD_UNIT_VOLTAGE_DV, feeder->meter.voltage_dv[phase]);
    }
}

static void add_cabinet(dd_message_fields *fields, const dd_cabinet_inputs *cabinet) {
    dd_fields_add_plain(fields, "supply", "%s", cabinet->mains ? "on mains" : "on battery");
    add_flag(fields, "", "door", cabinet->door);
    add_flag(fields, "", "dark", cabinet->dark);
    for (int i = 0; i < DD_CORE_FEEDERS; i++)
        add_feeder(fields, i + 1, &cabinet->feeders[i]);
}

static void add_what(dd_message_fields *fields, const char *const *names, uint8_t kind,
                     uint8_t kinds) {
    dd_fields_init(fields);
    dd_fields_add_plain(fields, "what", "%s", kind < kinds ? names[kind] : "nothing");
    dd_fields_mark(fields);
}

void dd_fields_of_stimulus(dd_message_fields *fields, const dd_stimulus *stimulus) {
    static const char *const names[DD_STIMULUS_KINDS] = {"nothing", "start",   "time", "datagram",
                                                         "line",    "cabinet", "air",  "sent"};
    static const char *const results[] = {"done", "no acknowledgement", "channel busy", "no room",
                                          "not allowed"};
    add_what(fields, names, stimulus->kind, DD_STIMULUS_KINDS);
    switch ((dd_stimulus_kind)stimulus->kind) {
    case DD_STIMULUS_DATAGRAM:
        add_lamp(fields, stimulus->lamp);
        dd_fields_add_coap(fields, stimulus->octets, stimulus->n);
        break;
    case DD_STIMULUS_LINE:
        dd_fields_add_order(fields, stimulus->octets, stimulus->n);
        break;
    case DD_STIMULUS_CABINET:
        add_cabinet(fields, stimulus->cabinet);
        break;
    case DD_STIMULUS_AIR:
        dd_fields_add_air(fields, stimulus->octets, stimulus->n);
        dd_fields_add(fields, "rss_dbm", DD_UNIT_NUMBER, stimulus->rss_dbm);
        break;
    case DD_STIMULUS_SENT:
        dd_fields_add(fields, "handle", DD_UNIT_ID, stimulus->handle);
        dd_fields_add_words(fields, "result", "%s",
                            stimulus->result < DD_COUNT(results) ? results[stimulus->result]
                                                                 : "unknown");
        dd_fields_add(fields, "attempts", DD_UNIT_NUMBER, stimulus->attempts);
        break;
    default:
        break;
    }
}

void dd_fields_of_response(dd_message_fields *fields, const dd_response *response) {
    static const char *const names[DD_RESPONSE_KINDS] = {
        "nothing", "datagram", "line", "contactors", "look", "boot", "leds", "air"};
    static const char *const boots[] = {"nothing", "staged", "confirm", "previous"};
    add_what(fields, names, response->kind, DD_RESPONSE_KINDS);
    switch ((dd_response_kind)response->kind) {
    case DD_RESPONSE_DATAGRAM:
        add_lamp(fields, response->lamp);
        dd_fields_add_coap(fields, response->octets, response->n);
        break;
    case DD_RESPONSE_LINE:
        dd_fields_add_word(fields, response->octets, response->n);
        break;
    case DD_RESPONSE_CONTACTORS:
        dd_fields_add(fields, "closed", DD_UNIT_NUMBER, response->value);
        break;
    case DD_RESPONSE_BOOT:
        dd_fields_add_words(fields, "image", "%s",
                            response->value < DD_COUNT(boots) ? boots[response->value] : "unknown");
        break;
    case DD_RESPONSE_LEDS:
        dd_fields_add(fields, "lit", DD_UNIT_NUMBER, response->value);
        break;
    case DD_RESPONSE_AIR:
        dd_fields_add(fields, "handle", DD_UNIT_ID, response->handle);
        dd_fields_add_air(fields, response->octets, response->n);
        break;
    default:
        break;
    }
}
