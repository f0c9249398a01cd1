#include "models/mesh/stack/coap/lamp_object.h"

#include <string.h>

#include "models/mesh/stack/coap/cbor.h"

enum { // objects and their resources (registry of the Open Mobile Alliance)
    DEVICE = 3,
    CURRENT_TIME = 13,
    LAMP_CONTROLLER = 3416,
    COMMAND = 1,
    COMMAND_IN_ACTION = 2,
    LAMP_FAILURE_REASON = 6,
    RELAY_FAILURE = 9,
    CYCLING_FAILURE = 11,
    GEAR_COMMUNICATION_FAILURE = 12,
    SCHEDULER_ID = 13,
    THERMAL_DERATING = 22,
    THERMAL_SHUTDOWN = 25,
    FADE_BACK = 49,
    OVERRIDE_END = 51,
    OVERRIDE_FADE = 52,
    OVERRIDE_ACTIVE = 54,
    ELECTRICAL_MONITOR = 3418,
    SUPPLY_VOLTAGE = 1,
    SUPPLY_CURRENT = 2,
    ACTIVE_POWER = 4,
    ACTIVE_ENERGY = 6,
    ADDRESSEES = 32769,
    LAMPS = 0,
};

// Keys of a calendar's map.
enum { CALENDAR_ID, CALENDAR_PROGRAMS, CALENDAR_RULES, CALENDAR_DEFAULT, CALENDAR_LAMPS };
enum { POINT_ITEMS = 3, RULE_ITEMS = 5 };
enum { LEVEL_FULL = 1000 }; // thousandths
enum { LAMPS_MAX_N = DD_LAMP_SET_WORDS * 4 };

// --- Paths ---

#define SEGMENT(text)                                                                              \
    { text, sizeof(text) - 1 }

typedef struct lamp_path {
    uint8_t n;
    dd_coap_text segments[3];
} lamp_path;

static const lamp_path paths[] = {
    [DD_LAMP_CONTROLLER] = {2, {SEGMENT("3416"), SEGMENT("0")}},
    [DD_LAMP_TIME] = {3, {SEGMENT("3"), SEGMENT("0"), SEGMENT("13")}},
    [DD_LAMP_CALENDAR] = {1, {SEGMENT("calendar")}},
    [DD_LAMP_LINKS] = {2, {SEGMENT(".well-known"), SEGMENT("core")}},
    [DD_LAMP_SEND] = {1, {SEGMENT("dp")}},
};

#define LINKS                                                                                      \
    "</3416/0>;rt=\"urn:oma:lwm2m:ext:3416\";ct=60,"                                               \
    "</3/0/13>;rt=\"urn:oma:lwm2m:oma:3\";ct=60,"                                                  \
    "</calendar>;ct=60"

const char dd_lamp_links[] = LINKS;
const uint16_t dd_lamp_links_n = sizeof LINKS - 1;

static bool same(const lamp_path *path, const dd_coap *message) {
    if (path->n != message->path_n) return false;
    for (int i = 0; i < path->n; i++) {
        const dd_coap_text *a = &path->segments[i], *b = &message->path[i];
        if (a->n != b->n || memcmp(a->octets, b->octets, a->n) != 0) return false;
    }
    return true;
}

dd_lamp_resource dd_lamp_resource_of(const dd_coap *message) {
    for (dd_lamp_resource i = DD_LAMP_CONTROLLER; i <= DD_LAMP_SEND; i++)
        if (same(&paths[i], message)) return i;
    return DD_LAMP_UNKNOWN;
}

static void set_request(dd_coap *message, dd_coap_code method, dd_lamp_resource resource) {
    const lamp_path *path = &paths[resource];
    message->code = (uint8_t)method;
    message->path_n = path->n;
    memcpy(message->path, path->segments, sizeof path->segments);
    message->payload_n = 0;
}

static void set_payload(dd_coap *message, const dd_cbor_writer *writer) {
    message->content_format = DD_COAP_CBOR;
    message->payload = writer->octets;
    message->payload_n = writer->n;
}

// --- Writing requests ---

static void put_pair(dd_cbor_writer *writer, uint64_t key, int64_t value) {
    dd_cbor_put_uint(writer, key);
    dd_cbor_put_int(writer, value);
}

// Without the empty octets at the end.
static void put_lamps(dd_cbor_writer *writer, const dd_lamp_set *lamps) {
    uint8_t octets[LAMPS_MAX_N];
    uint16_t n = 0;
    for (uint16_t i = 0; i < LAMPS_MAX_N; i++) {
        octets[i] = (uint8_t)(lamps->bits[i / 4] >> 8 * (i % 4));
        if (octets[i]) n = i + 1;
    }
    dd_cbor_put_bytes(writer, octets, n);
}

// {1: level, 49: fade back, 51: end, 52: fade}
static void put_command(dd_cbor_writer *writer, const dd_node_request *request) {
    bool resume = request->kind == DD_NODE_RESUME;
    bool ends = resume || request->expires_ms != 0;
    bool back = !resume && request->ramp.from_s, to = !resume && request->ramp.to_s;
    dd_cbor_put_map(writer, (uint16_t)(!resume + back + ends + to));
    if (!resume) put_pair(writer, COMMAND, request->level_pm);
    if (back) put_pair(writer, FADE_BACK, request->ramp.from_s);
    if (ends) put_pair(writer, OVERRIDE_END, resume ? 0 : request->expires_ms);
    if (to) put_pair(writer, OVERRIDE_FADE, request->ramp.to_s);
}

// {3: {13: clock}, 3416: {...}, 32769: {0: lamps}}
static void put_override(dd_cbor_writer *writer, const dd_node_request *request) {
    bool some = !dd_lamp_set_empty(&request->lamps);
    dd_cbor_put_map(writer, (uint16_t)(1 + (request->clock_ms != 0) + some));
    if (request->clock_ms) {
        dd_cbor_put_uint(writer, DEVICE);
        dd_cbor_put_map(writer, 1);
        put_pair(writer, CURRENT_TIME, request->clock_ms);
    }
    dd_cbor_put_uint(writer, LAMP_CONTROLLER);
    put_command(writer, request);
    if (!some) return;
    dd_cbor_put_uint(writer, ADDRESSEES);
    dd_cbor_put_map(writer, 1);
    dd_cbor_put_uint(writer, LAMPS);
    put_lamps(writer, &request->lamps);
}

static void put_programs(dd_cbor_writer *writer, const dd_light_calendar *calendar) {
    dd_cbor_put_array(writer, calendar->program_n);
    for (int i = 0; i < calendar->program_n; i++) {
        const dd_program *program = &calendar->programs[i];
        dd_cbor_put_array(writer, program->point_n);
        for (int j = 0; j < program->point_n; j++) {
            dd_cbor_put_array(writer, POINT_ITEMS);
            dd_cbor_put_uint(writer, program->points[j].reference);
            dd_cbor_put_uint(writer, program->points[j].level_pm);
            dd_cbor_put_int(writer, program->points[j].offset_s);
        }
    }
}

static void put_rules(dd_cbor_writer *writer, const dd_light_calendar *calendar) {
    dd_cbor_put_array(writer, calendar->rule_n);
    for (int i = 0; i < calendar->rule_n; i++) {
        const dd_calendar_rule *rule = &calendar->rules[i];
        dd_cbor_put_array(writer, RULE_ITEMS);
        dd_cbor_put_uint(writer, rule->program);
        dd_cbor_put_uint(writer, rule->weekdays);
        dd_cbor_put_uint(writer, rule->weeks);
        dd_cbor_put_uint(writer, dd_date_number(rule->from));
        dd_cbor_put_uint(writer, dd_date_number(rule->to));
    }
}

// {0: id, 1: programs, 2: rules, 3: default, 4: lamps}, of a valid one.
static void put_calendar(dd_cbor_writer *writer, const dd_node_request *request) {
    const dd_light_calendar *calendar = request->calendar;
    bool some = !dd_lamp_set_empty(&request->lamps);
    bool ruled = calendar->rule_n != 0, falls_back = calendar->default_program != 0;
    dd_cbor_put_map(writer, (uint16_t)(2 + ruled + falls_back + some));
    put_pair(writer, CALENDAR_ID, calendar->id);
    dd_cbor_put_uint(writer, CALENDAR_PROGRAMS);
    put_programs(writer, calendar);
    if (ruled) {
        dd_cbor_put_uint(writer, CALENDAR_RULES);
        put_rules(writer, calendar);
    }
    if (falls_back) put_pair(writer, CALENDAR_DEFAULT, calendar->default_program);
    if (!some) return;
    dd_cbor_put_uint(writer, CALENDAR_LAMPS);
    put_lamps(writer, &request->lamps);
}

void dd_lamp_write_request(dd_coap *message, uint8_t body[static DD_LAMP_BODY_MAX],
                           const dd_node_request *request) {
    dd_cbor_writer writer = {.octets = body, .room = DD_LAMP_BODY_MAX};
    switch (request->kind) {
    case DD_NODE_OVERRIDE:
    case DD_NODE_RESUME:
        set_request(message, DD_COAP_POST, DD_LAMP_CONTROLLER);
        put_override(&writer, request);
        break;
    case DD_NODE_CALENDAR:
        set_request(message, DD_COAP_PUT, DD_LAMP_CALENDAR);
        put_calendar(&writer, request);
        break;
    default:
        if (request->clock_ms == 0) {
            set_request(message, DD_COAP_GET, DD_LAMP_CONTROLLER);
            return;
        }
        set_request(message, DD_COAP_PUT, DD_LAMP_TIME);
        dd_cbor_put_int(&writer, request->clock_ms);
    }
    set_payload(message, &writer);
}

// --- Reading {object: {resource: value}} ---

#define RESOURCE(object, id) ((uint32_t)(object) << 16 | (id))

// Reads the value of a resource that it knows; false: it does not.
typedef bool taker(void *into, dd_cbor_reader *reader, uint32_t resource);

static dd_cbor_reader reader_of(const dd_coap *message) {
    if (message->payload_n == 0) return (dd_cbor_reader){.bad = true};
    return (dd_cbor_reader){.at = message->payload, .end = message->payload + message->payload_n};
}

static bool take_all(const dd_coap *message, taker *take, void *into) {
    dd_cbor_reader reader = reader_of(message);
    for (uint16_t i = dd_cbor_get_map(&reader); i > 0 && !reader.bad; i--) {
        uint32_t object = (uint32_t)dd_cbor_get_uint(&reader, UINT16_MAX);
        for (uint16_t j = dd_cbor_get_map(&reader); j > 0 && !reader.bad; j--) {
            uint32_t id = (uint32_t)dd_cbor_get_uint(&reader, UINT16_MAX);
            if (!take(into, &reader, RESOURCE(object, id))) dd_cbor_skip(&reader);
        }
    }
    return dd_cbor_done(&reader);
}

// Notes that a resource has come; twice is once too often.
static void note(uint8_t *seen, uint8_t resource, dd_cbor_reader *reader) {
    reader->bad |= (*seen & resource) != 0;
    *seen |= resource;
}

// --- Reading requests ---

enum {
    HAS_CLOCK = 1,
    HAS_LEVEL = 2,
    HAS_END = 4,
    HAS_FADE = 8,
    HAS_FADE_BACK = 16,
    HAS_LAMPS = 32
};

static void get_lamps(dd_cbor_reader *reader, dd_lamp_set *lamps) {
    uint16_t n;
    const uint8_t *octets = dd_cbor_get_bytes(reader, &n);
    reader->bad |= n > LAMPS_MAX_N;
    for (uint16_t i = 0; i < n && !reader->bad; i++)
        lamps->bits[i / 4] |= (uint32_t)octets[i] << 8 * (i % 4);
}

// One that is for others is nothing to this lamp.
static void leave_to_others(dd_node_request *request) {
    if (!dd_lamp_set_has(&request->lamps, request->lamp)) request->kind = DD_NODE_NOTHING;
}

typedef struct heard_wish {
    dd_node_request *request;
    uint8_t seen;
} heard_wish;

static bool take_wish(void *into, dd_cbor_reader *reader, uint32_t resource) {
    heard_wish *wish = into;
    switch (resource) {
    case RESOURCE(DEVICE, CURRENT_TIME):
        note(&wish->seen, HAS_CLOCK, reader);
        wish->request->clock_ms = dd_cbor_get_int(reader, INT64_MIN, INT64_MAX);
        return true;
    case RESOURCE(LAMP_CONTROLLER, COMMAND):
        note(&wish->seen, HAS_LEVEL, reader);
        wish->request->level_pm = (uint16_t)dd_cbor_get_uint(reader, LEVEL_FULL);
        return true;
    case RESOURCE(LAMP_CONTROLLER, OVERRIDE_END):
        note(&wish->seen, HAS_END, reader);
        wish->request->expires_ms = dd_cbor_get_int(reader, 0, INT64_MAX);
        return true;
    case RESOURCE(LAMP_CONTROLLER, OVERRIDE_FADE):
        note(&wish->seen, HAS_FADE, reader);
        wish->request->ramp.to_s = (uint16_t)dd_cbor_get_uint(reader, UINT16_MAX);
        return true;
    case RESOURCE(LAMP_CONTROLLER, FADE_BACK):
        note(&wish->seen, HAS_FADE_BACK, reader);
        wish->request->ramp.from_s = (uint16_t)dd_cbor_get_uint(reader, UINT16_MAX);
        return true;
    case RESOURCE(ADDRESSEES, LAMPS):
        note(&wish->seen, HAS_LAMPS, reader);
        get_lamps(reader, &wish->request->lamps);
        return true;
    default:
        return false;
    }
}

static bool get_override(dd_node_request *request, const dd_coap *message) {
    heard_wish wish = {.request = request};
    if (!take_all(message, take_wish, &wish)) return false;
    bool cleared = wish.seen & HAS_END && request->expires_ms == 0;
    request->kind = wish.seen & HAS_LEVEL ? DD_NODE_OVERRIDE : DD_NODE_RESUME;
    if (cleared != (request->kind == DD_NODE_RESUME)) return false;
    if (wish.seen & HAS_LAMPS) leave_to_others(request);
    return true;
}

static bool get_clock(dd_node_request *request, const dd_coap *message) {
    dd_cbor_reader reader = reader_of(message);
    request->kind = DD_NODE_READ;
    request->clock_ms = dd_cbor_get_int(&reader, INT64_MIN, INT64_MAX);
    return dd_cbor_done(&reader) && request->clock_ms != 0;
}

static void get_program(dd_cbor_reader *reader, dd_program *program) {
    uint16_t point_n = dd_cbor_get_array(reader);
    reader->bad |= point_n > DD_PROGRAM_POINTS;
    for (uint16_t i = 0; i < point_n && !reader->bad; i++) {
        reader->bad |= dd_cbor_get_array(reader) != POINT_ITEMS;
        dd_switch_point *point = &program->points[i];
        point->reference = (uint32_t)dd_cbor_get_uint(reader, DD_AT_SUNRISE) & 3;
        point->level_pm = (uint32_t)dd_cbor_get_uint(reader, LEVEL_FULL) & 1023;
        point->offset_s = (int32_t)dd_cbor_get_int(reader, -DD_OFFSET_MOST_S, DD_OFFSET_MOST_S);
        program->point_n++;
    }
}

static void get_programs(dd_cbor_reader *reader, dd_light_calendar *calendar) {
    uint16_t program_n = dd_cbor_get_array(reader);
    reader->bad |= program_n > DD_CALENDAR_PROGRAMS;
    for (uint16_t i = 0; i < program_n && !reader->bad; i++)
        get_program(reader, &calendar->programs[calendar->program_n++]);
}

static dd_date get_date(dd_cbor_reader *reader) {
    dd_date date;
    reader->bad |= !dd_date_read(&date, (uint32_t)dd_cbor_get_uint(reader, UINT32_MAX));
    return date;
}

static void get_rules(dd_cbor_reader *reader, dd_light_calendar *calendar) {
    uint16_t rule_n = dd_cbor_get_array(reader);
    reader->bad |= rule_n > DD_CALENDAR_RULES;
    for (uint16_t i = 0; i < rule_n && !reader->bad; i++) {
        dd_calendar_rule *rule = &calendar->rules[calendar->rule_n++];
        reader->bad |= dd_cbor_get_array(reader) != RULE_ITEMS;
        rule->program = (uint8_t)dd_cbor_get_uint(reader, DD_CALENDAR_PROGRAMS);
        rule->weekdays = (uint8_t)dd_cbor_get_uint(reader, UINT8_MAX);
        rule->weeks = (uint8_t)dd_cbor_get_uint(reader, UINT8_MAX);
        rule->from = get_date(reader);
        rule->to = get_date(reader);
    }
}

static void get_part(dd_cbor_reader *reader, dd_node_request *request, dd_light_calendar *calendar,
                     uint8_t key) {
    switch (key) {
    case CALENDAR_ID:
        calendar->id = (uint32_t)dd_cbor_get_uint(reader, UINT32_MAX);
        break;
    case CALENDAR_PROGRAMS:
        get_programs(reader, calendar);
        break;
    case CALENDAR_RULES:
        get_rules(reader, calendar);
        break;
    case CALENDAR_DEFAULT:
        calendar->default_program = (uint8_t)dd_cbor_get_uint(reader, DD_CALENDAR_PROGRAMS);
        break;
    default:
        get_lamps(reader, &request->lamps);
    }
}

// It is valid only whole and with the right id.
static bool get_calendar(dd_node_request *request, dd_light_calendar *calendar,
                         const dd_coap *message) {
    dd_cbor_reader reader = reader_of(message);
    uint8_t seen = 0;
    *calendar = (dd_light_calendar){0};
    request->kind = DD_NODE_CALENDAR;
    request->calendar = calendar;
    for (uint16_t i = dd_cbor_get_map(&reader); i > 0 && !reader.bad; i--) {
        uint8_t key = (uint8_t)dd_cbor_get_uint(&reader, CALENDAR_LAMPS);
        note(&seen, (uint8_t)(1 << key), &reader);
        if (!reader.bad) get_part(&reader, request, calendar, key);
    }
    if (!dd_cbor_done(&reader) || !dd_light_calendar_valid(calendar)) return false;
    if (seen >> CALENDAR_LAMPS & 1) leave_to_others(request);
    return true;
}

static uint8_t judge(bool read) {
    return read ? 0 : DD_COAP_BAD_REQUEST;
}

uint8_t dd_lamp_read_request(dd_node_request *request, dd_light_calendar *calendar,
                             const dd_coap *message) {
    *request = (dd_node_request){.lamp = request->lamp, .token = request->token};
    uint8_t method = message->code;
    dd_lamp_resource resource = dd_lamp_resource_of(message);
    if (message->accept != DD_COAP_NO_FORMAT && message->accept != DD_COAP_CBOR)
        return DD_COAP_NOT_ACCEPTABLE;
    if (resource < DD_LAMP_CONTROLLER || resource > DD_LAMP_CALENDAR) return DD_COAP_NOT_FOUND;
    if (resource == DD_LAMP_CONTROLLER && method == DD_COAP_GET) {
        request->kind = DD_NODE_READ;
        return 0;
    }
    if (method != (resource == DD_LAMP_CONTROLLER ? DD_COAP_POST : DD_COAP_PUT))
        return DD_COAP_NOT_ALLOWED;
    if (message->content_format != DD_COAP_CBOR) return DD_COAP_BAD_FORMAT;
    if (resource == DD_LAMP_TIME) return judge(get_clock(request, message));
    if (resource == DD_LAMP_CALENDAR) return judge(get_calendar(request, calendar, message));
    return judge(get_override(request, message));
}

// --- Readings ---

enum { REASON_OPEN = 1, REASON_SHORT = 2, REASONS = 3 };

// What is true or false of a lamp, by resource; written only when it is true.
typedef struct lamp_sign {
    uint8_t resource; // of 3416
    uint8_t gear;     // DD_GEAR_..., or 0 ...
    uint8_t flag;     // ... and DD_READING_...
} lamp_sign;

static const lamp_sign signs[] = {
    {RELAY_FAILURE, DD_GEAR_RELAY, 0},
    {CYCLING_FAILURE, DD_GEAR_CYCLING, 0},
    {GEAR_COMMUNICATION_FAILURE, DD_GEAR_SILENT, 0},
    {THERMAL_DERATING, DD_GEAR_DERATED, 0},
    {THERMAL_SHUTDOWN, DD_GEAR_HOT, 0},
    {OVERRIDE_ACTIVE, 0, DD_READING_OVERRIDDEN},
};

enum { SIGNS = sizeof signs / sizeof *signs };

static bool has_sign(const dd_reading *reading, const lamp_sign *sign) {
    return (reading->gear & sign->gear) | (reading->flags & sign->flag);
}

static uint8_t reason_of(const dd_reading *reading) {
    return (uint8_t)((reading->gear & DD_GEAR_OPEN ? REASON_OPEN : 0) |
                     (reading->gear & DD_GEAR_SHORT ? REASON_SHORT : 0));
}

// Those whose resource lies from `first` to below `end`, so that keys rise.
static void put_signs(dd_cbor_writer *writer, const dd_reading *reading, uint8_t first,
                      uint8_t end) {
    for (int i = 0; i < SIGNS; i++) {
        const lamp_sign *sign = &signs[i];
        if (sign->resource < first || sign->resource >= end || !has_sign(reading, sign)) continue;
        dd_cbor_put_uint(writer, sign->resource);
        dd_cbor_put_bool(writer, true);
    }
}

static void put_lamp_controller(dd_cbor_writer *writer, const dd_reading *reading) {
    uint8_t reason = reason_of(reading);
    bool follows = reading->calendar_id != 0;
    uint16_t n = (uint16_t)(1 + (reason != 0) + follows);
    for (int i = 0; i < SIGNS; i++)
        n = (uint16_t)(n + has_sign(reading, &signs[i]));
    dd_cbor_put_uint(writer, LAMP_CONTROLLER);
    dd_cbor_put_map(writer, n);
    put_pair(writer, COMMAND_IN_ACTION, reading->level_pm);
    if (reason) put_pair(writer, LAMP_FAILURE_REASON, reason);
    put_signs(writer, reading, 0, SCHEDULER_ID);
    if (follows) put_pair(writer, SCHEDULER_ID, reading->calendar_id);
    put_signs(writer, reading, SCHEDULER_ID, UINT8_MAX);
}

void dd_lamp_write_reading(dd_coap *message, uint8_t body[static DD_LAMP_BODY_MAX],
                           const dd_reading *reading) {
    dd_cbor_writer writer = {.octets = body, .room = DD_LAMP_BODY_MAX};
    bool flows = reading->current_ma != 0;
    dd_cbor_put_map(&writer, 2);
    put_lamp_controller(&writer, reading);
    dd_cbor_put_uint(&writer, ELECTRICAL_MONITOR);
    dd_cbor_put_map(&writer, (uint16_t)(3 + flows));
    put_pair(&writer, SUPPLY_VOLTAGE, reading->voltage_dv);
    if (flows) put_pair(&writer, SUPPLY_CURRENT, reading->current_ma);
    put_pair(&writer, ACTIVE_POWER, reading->power_mw);
    put_pair(&writer, ACTIVE_ENERGY, reading->energy_wh);
    set_payload(message, &writer);
}

enum { SEEN_LEVEL = 1, SEEN_VOLTAGE = 2, SEEN_POWER = 4, SEEN_ENERGY = 8, SEEN_NEEDED = 15 };
enum { SEEN_CALENDAR = 16, SEEN_CURRENT = 32, SEEN_REASON = 64 };

typedef struct heard_reading {
    dd_reading *reading;
    uint8_t seen;
    uint8_t signs; // mask of those seen, by their place in the table
} heard_reading;

static void take_reason(dd_reading *reading, uint64_t reason) {
    if (reason & REASON_OPEN) reading->gear |= DD_GEAR_OPEN;
    if (reason & REASON_SHORT) reading->gear |= DD_GEAR_SHORT;
}

static bool take_sign(heard_reading *heard, dd_cbor_reader *reader, uint32_t resource) {
    for (int i = 0; i < SIGNS; i++) {
        if (resource != (uint32_t)RESOURCE(LAMP_CONTROLLER, signs[i].resource)) continue;
        note(&heard->signs, (uint8_t)(1 << i), reader);
        if (dd_cbor_get_bool(reader)) {
            heard->reading->gear |= signs[i].gear;
            heard->reading->flags |= signs[i].flag;
        }
        return true;
    }
    return false;
}

static bool take_reading(void *into, dd_cbor_reader *reader, uint32_t resource) {
    heard_reading *heard = into;
    dd_reading *reading = heard->reading;
    switch (resource) {
    case RESOURCE(LAMP_CONTROLLER, COMMAND_IN_ACTION):
        note(&heard->seen, SEEN_LEVEL, reader);
        reading->level_pm = (uint16_t)dd_cbor_get_uint(reader, UINT16_MAX);
        return true;
    case RESOURCE(LAMP_CONTROLLER, LAMP_FAILURE_REASON):
        note(&heard->seen, SEEN_REASON, reader);
        take_reason(reading, dd_cbor_get_uint(reader, REASONS));
        return true;
    case RESOURCE(LAMP_CONTROLLER, SCHEDULER_ID):
        note(&heard->seen, SEEN_CALENDAR, reader);
        reading->calendar_id = (uint32_t)dd_cbor_get_uint(reader, UINT32_MAX);
        return true;
    case RESOURCE(ELECTRICAL_MONITOR, SUPPLY_VOLTAGE):
        note(&heard->seen, SEEN_VOLTAGE, reader);
        reading->voltage_dv = (uint16_t)dd_cbor_get_uint(reader, UINT16_MAX);
        return true;
    case RESOURCE(ELECTRICAL_MONITOR, SUPPLY_CURRENT):
        note(&heard->seen, SEEN_CURRENT, reader);
        reading->current_ma = (uint16_t)dd_cbor_get_uint(reader, UINT16_MAX);
        return true;
    case RESOURCE(ELECTRICAL_MONITOR, ACTIVE_POWER):
        note(&heard->seen, SEEN_POWER, reader);
        reading->power_mw = (uint32_t)dd_cbor_get_uint(reader, UINT32_MAX);
        return true;
    case RESOURCE(ELECTRICAL_MONITOR, ACTIVE_ENERGY):
        note(&heard->seen, SEEN_ENERGY, reader);
        reading->energy_wh = (uint16_t)dd_cbor_get_uint(reader, UINT16_MAX);
        return true;
    default:
        return take_sign(heard, reader, resource);
    }
}

bool dd_lamp_read_reading(dd_reading *reading, const dd_coap *message, uint16_t lamp) {
    *reading = (dd_reading){.lamp = lamp};
    heard_reading heard = {.reading = reading};
    return message->content_format == DD_COAP_CBOR && take_all(message, take_reading, &heard) &&
           (heard.seen & SEEN_NEEDED) == SEEN_NEEDED;
}

void dd_lamp_write_report(dd_coap *message, uint8_t body[static DD_LAMP_BODY_MAX],
                          const dd_reading *reading) {
    set_request(message, DD_COAP_POST, DD_LAMP_SEND);
    dd_lamp_write_reading(message, body, reading);
}
