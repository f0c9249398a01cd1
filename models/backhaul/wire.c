// Each table of fields serves both ways, so that no field can be written and not read. Nothing is
// taken from the heap: what protobuf-c unpacks lies in a buffer on the stack.
#include "models/backhaul/wire.h"

#include "models/backhaul/wire.pb-c.h"
#include "models/backhaul/wire_fields.h"

#include <assert.h>
#include <string.h>

// --- Memory for what protobuf-c unpacks ---

// The largest message takes less than half of it; what would take more is no message.
typedef struct heap {
    size_t used;
    _Alignas(16) uint8_t octets[8192];
} heap;

static void *take(void *context, size_t n) {
    heap *it = context;
    size_t size = (n + 15) & ~(size_t)15;
    if (size > sizeof it->octets - it->used) return NULL;
    it->used += size;
    return it->octets + it->used - size;
}

static void give(void *context, void *block) {
    (void)context, (void)block; // all at once, with the stack
}

// --- Words ---

enum { PHASES = 3 };

static void put_reading(const dd_reading *from, Dd__Wire__Reading *to) {
    dd__wire__reading__init(to);
    READING_FIELDS(COPY)
}

static bool get_reading(const Dd__Wire__Reading *from, dd_reading *to) {
    READING_FIELDS(COPY)
    return true READING_FIELDS(SAME);
}

static void put_meter(const dd_meter_reading *from, Dd__Wire__Meter *to, uint32_t volts[PHASES]) {
    dd__wire__meter__init(to);
    METER_FIELDS(COPY)
    for (int i = 0; i < PHASES; i++)
        volts[i] = from->voltage_dv[i];
    to->n_voltage_dv = PHASES;
    to->voltage_dv = volts;
}

static bool get_meter(const Dd__Wire__Meter *from, dd_meter_reading *to) {
    METER_FIELDS(COPY)
    if (from->n_voltage_dv != PHASES) return false;
    for (int i = 0; i < PHASES; i++) {
        to->voltage_dv[i] = (uint16_t)from->voltage_dv[i];
        if (to->voltage_dv[i] != from->voltage_dv[i]) return false;
    }
    return true METER_FIELDS(SAME);
}

static void put_update(dd_update_word *from, Dd__Wire__Update *to) {
    dd__wire__update__init(to);
    UPDATE_FIELDS(COPY)
    to->n_done = to->n_failed = DD_LAMP_SET_WORDS;
    to->done = from->done.bits;
    to->failed = from->failed.bits;
}

static bool get_update(const Dd__Wire__Update *from, dd_update_word *to) {
    if (!from || from->n_done != DD_LAMP_SET_WORDS || from->n_failed != DD_LAMP_SET_WORDS)
        return false;
    UPDATE_FIELDS(COPY)
    memcpy(to->done.bits, from->done, sizeof to->done.bits);
    memcpy(to->failed.bits, from->failed, sizeof to->failed.bits);
    return true UPDATE_FIELDS(SAME);
}

static void put_group(const dd_group_state *from, Dd__Wire__Group *to) {
    GROUP_FIELDS(COPY)
}

static void get_group(const Dd__Wire__Group *from, dd_group_state *to) {
    GROUP_FIELDS(COPY)
}

// The parts of a word on their way out: protobuf-c wants pointers to them.
typedef struct word_parts {
    Dd__Wire__Reading readings[DD_READINGS_MAX], *reading_list[DD_READINGS_MAX];
    Dd__Wire__Meter meters[DD_CORE_FEEDERS], *meter_list[DD_CORE_FEEDERS];
    uint32_t volts[DD_CORE_FEEDERS][PHASES];
    dd_update_word updated;
    Dd__Wire__Update update;
    Dd__Wire__State state;
    Dd__Wire__Group groups[DD_GROUPS], *group_list[DD_GROUPS];
} word_parts;

static Dd__Wire__State *put_state(const dd_kept_state *from, word_parts *parts) {
    Dd__Wire__State *to = &parts->state;
    dd__wire__state__init(to);
    STATE_FIELDS(COPY)
    to->calendar = from->timetable.calendar;
    for (int i = 0; i < DD_GROUPS; i++) {
        const dd_group_state *group = &from->timetable.groups[i];
        parts->group_list[i] = &parts->groups[i];
        dd__wire__group__init(parts->group_list[i]);
        put_group(group, parts->group_list[i]);
    }
    to->n_groups = DD_GROUPS;
    to->groups = parts->group_list;
    return to;
}

static bool get_state(const Dd__Wire__State *from, dd_kept_state *to) {
    if (!from || from->n_groups != DD_GROUPS) return false;
    STATE_FIELDS(COPY)
    to->timetable.calendar = from->calendar;
    for (int i = 0; i < DD_GROUPS; i++)
        get_group(from->groups[i], &to->timetable.groups[i]);
    return true STATE_FIELDS(SAME);
}

static void put_entries(const dd_word *from, Dd__Wire__Word *to, word_parts *parts) {
    switch ((dd_word_kind)from->kind) {
    case DD_WORD_READINGS:
        assert(from->entry_n <= DD_READINGS_MAX);
        for (uint8_t i = 0; i < from->entry_n; i++) {
            put_reading(&from->readings[i], &parts->readings[i]);
            parts->reading_list[i] = &parts->readings[i];
        }
        to->n_readings = from->entry_n;
        to->readings = parts->reading_list;
        break;
    case DD_WORD_METER:
        assert(from->entry_n <= DD_CORE_FEEDERS);
        for (uint8_t i = 0; i < from->entry_n; i++) {
            put_meter(&from->meters[i], &parts->meters[i], parts->volts[i]);
            parts->meter_list[i] = &parts->meters[i];
        }
        to->n_meters = from->entry_n;
        to->meters = parts->meter_list;
        break;
    case DD_WORD_UPDATE:
        parts->updated = from->update;
        put_update(&parts->updated, &parts->update);
        to->update = &parts->update;
        break;
    case DD_WORD_FETCH:
        to->wanted = from->entry_n;
        break;
    case DD_WORD_STATE:
        to->state = put_state(&from->state, parts);
        break;
    case DD_WORD_HELLO:
    case DD_WORD_ALIVE:
    case DD_WORD_CLOCK:
    case DD_WORD_EVENT:
    case DD_WORD_OUTCOME:
    case DD_WORD_REVIEW:
    case DD_WORD_KINDS:
        break;
    }
}

static bool get_entries(const Dd__Wire__Word *from, dd_word *to) {
    bool readings = to->kind == DD_WORD_READINGS, meters = to->kind == DD_WORD_METER;
    if (from->n_readings > (readings ? DD_READINGS_MAX : 0) ||
        from->n_meters > (meters ? DD_CORE_FEEDERS : 0))
        return false;
    if (to->kind == DD_WORD_STATE && !get_state(from->state, &to->state)) return false;
    to->entry_n = (uint8_t)(from->n_readings + from->n_meters);
    if (to->kind == DD_WORD_UPDATE) return get_update(from->update, &to->update);
    if (to->kind == DD_WORD_FETCH) {
        to->entry_n = (uint8_t)from->wanted;
        return to->entry_n == from->wanted;
    }
    for (uint8_t i = 0; i < to->entry_n; i++)
        if (!(readings ? get_reading(from->readings[i], &to->readings[i])
                       : get_meter(from->meters[i], &to->meters[i])))
            return false;
    return true;
}

size_t dd_wire_put_word(const dd_word *from, uint8_t octets[static DD_WIRE_MAX]) {
    Dd__Wire__Word message = DD__WIRE__WORD__INIT, *to = &message;
    word_parts parts;
    WORD_FIELDS(COPY)
    put_entries(from, to, &parts);
    assert(dd__wire__word__get_packed_size(to) <= DD_WIRE_MAX);
    return dd__wire__word__pack(to, octets);
}

static bool get_word(const Dd__Wire__Word *from, dd_word *to) {
    WORD_FIELDS(COPY)
    return true WORD_FIELDS(SAME) && to->kind > 0 && to->kind < DD_WORD_KINDS &&
           get_entries(from, to);
}

bool dd_wire_get_word(const uint8_t *octets, size_t n, dd_word *word) {
    heap memory;
    memory.used = 0;
    ProtobufCAllocator allocator = {take, give, &memory};
    const Dd__Wire__Word *message = dd__wire__word__unpack(&allocator, n, octets);
    memset(word, 0, sizeof *word);
    return message && get_word(message, word);
}

// --- Orders ---

typedef struct program_parts {
    uint32_t references[DD_PROGRAM_POINTS], levels_pm[DD_PROGRAM_POINTS];
    int32_t offsets_s[DD_PROGRAM_POINTS];
} program_parts;

typedef struct order_parts {
    uint32_t lamps[DD_ORDER_LAMPS], members[DD_LAMP_SET_WORDS];
    Dd__Wire__Calendar calendar;
    Dd__Wire__Program programs[DD_CALENDAR_PROGRAMS], *program_list[DD_CALENDAR_PROGRAMS];
    program_parts points[DD_CALENDAR_PROGRAMS];
    uint32_t rules[DD_CALENDAR_RULES], weekdays[DD_CALENDAR_RULES], weeks[DD_CALENDAR_RULES];
    uint32_t from[DD_CALENDAR_RULES], to[DD_CALENDAR_RULES];
    dd_update_order update;
    dd_block_order octets;
    Dd__Wire__Block block;
} order_parts;

static void put_program(const dd_program *from, Dd__Wire__Program *to, program_parts *parts) {
    dd__wire__program__init(to);
    for (int i = 0; i < from->point_n; i++) {
        parts->references[i] = from->points[i].reference;
        parts->levels_pm[i] = from->points[i].level_pm;
        parts->offsets_s[i] = from->points[i].offset_s;
    }
    to->n_references = to->n_levels_pm = to->n_offsets_s = from->point_n;
    to->references = parts->references;
    to->levels_pm = parts->levels_pm;
    to->offsets_s = parts->offsets_s;
}

static bool get_program(const Dd__Wire__Program *from, dd_program *to) {
    size_t n = from->n_references;
    if (n > DD_PROGRAM_POINTS || from->n_levels_pm != n || from->n_offsets_s != n) return false;
    to->point_n = (uint8_t)n;
    for (size_t i = 0; i < n; i++) {
        if (!dd_switch_point_read(&to->points[i], from->references[i], from->levels_pm[i],
                                  from->offsets_s[i]))
            return false;
    }
    return true;
}

static void put_rules(const dd_light_calendar *from, Dd__Wire__Calendar *to, order_parts *parts) {
    for (int i = 0; i < from->rule_n; i++) {
        parts->rules[i] = from->rules[i].program;
        parts->weekdays[i] = from->rules[i].weekdays;
        parts->weeks[i] = from->rules[i].weeks;
        parts->from[i] = dd_date_number(from->rules[i].from);
        parts->to[i] = dd_date_number(from->rules[i].to);
    }
    to->n_rules = to->n_weekdays = to->n_weeks = to->n_from = to->n_to = from->rule_n;
    to->rules = parts->rules;
    to->weekdays = parts->weekdays;
    to->weeks = parts->weeks;
    to->from = parts->from;
    to->to = parts->to;
}

static bool get_rules(const Dd__Wire__Calendar *from, dd_light_calendar *to) {
    size_t n = from->n_rules;
    bool alike =
        from->n_weekdays == n && from->n_weeks == n && from->n_from == n && from->n_to == n;
    if (n > DD_CALENDAR_RULES || !alike) return false;
    to->rule_n = (uint8_t)n;
    for (size_t i = 0; i < n; i++) {
        if (!dd_calendar_rule_read(&to->rules[i], from->rules[i], from->weekdays[i], from->weeks[i],
                                   from->from[i], from->to[i]))
            return false;
    }
    return true;
}

static Dd__Wire__Calendar *put_calendar(const dd_light_calendar *from, order_parts *parts) {
    Dd__Wire__Calendar *to = &parts->calendar;
    assert(dd_light_calendar_valid(from));
    dd__wire__calendar__init(to);
    to->id = from->id;
    to->default_program = from->default_program;
    for (int i = 0; i < from->program_n; i++) {
        parts->program_list[i] = &parts->programs[i];
        put_program(&from->programs[i], &parts->programs[i], &parts->points[i]);
    }
    to->n_programs = from->program_n;
    to->programs = parts->program_list;
    put_rules(from, to, parts);
    return to;
}

static bool get_calendar(const Dd__Wire__Calendar *from, dd_light_calendar *to) {
    if (!from || from->n_programs > DD_CALENDAR_PROGRAMS || !get_rules(from, to)) return false;
    to->id = from->id;
    to->program_n = (uint8_t)from->n_programs;
    to->default_program = (uint8_t)from->default_program;
    for (int i = 0; i < to->program_n; i++)
        if (!get_program(from->programs[i], &to->programs[i])) return false;
    return to->default_program == from->default_program && dd_light_calendar_valid(to);
}

static void put_members(const dd_order *from, Dd__Wire__Order *to, order_parts *parts) {
    memcpy(parts->members, from->members.bits, sizeof parts->members);
    to->n_members = DD_LAMP_SET_WORDS;
    to->members = parts->members;
}

static bool get_members(const Dd__Wire__Order *from, dd_order *to) {
    if (from->n_members != DD_LAMP_SET_WORDS) return false;
    memcpy(to->members.bits, from->members, sizeof to->members.bits);
    return true;
}

static void put_lamps(const dd_order *from, Dd__Wire__Order *to, order_parts *parts) {
    assert(from->lamp_n <= DD_ORDER_LAMPS);
    for (uint8_t i = 0; i < from->lamp_n; i++)
        parts->lamps[i] = from->lamps[i];
    to->n_lamps = from->lamp_n;
    to->lamps = parts->lamps;
}

static bool get_lamps(const Dd__Wire__Order *from, dd_order *to) {
    if (from->n_lamps > DD_ORDER_LAMPS) return false;
    to->lamp_n = (uint8_t)from->n_lamps;
    for (uint8_t i = 0; i < to->lamp_n; i++) {
        to->lamps[i] = (uint16_t)from->lamps[i];
        if (to->lamps[i] != from->lamps[i]) return false;
    }
    return true;
}

static void put_image(const dd_order *from, Dd__Wire__Order *to, order_parts *parts) {
    parts->update = from->update;
    to->action = from->update.action;
    to->header = (ProtobufCBinaryData){.len = DD_IMAGE_HEADER, .data = parts->update.header};
}

static bool get_image(const Dd__Wire__Order *from, dd_update_order *to) {
    if (from->header.len != DD_IMAGE_HEADER) return false;
    to->action = (uint8_t)from->action;
    memcpy(to->header, from->header.data, DD_IMAGE_HEADER);
    return to->action == from->action;
}

static Dd__Wire__Block *put_block(const dd_block_order *from, order_parts *parts) {
    assert(from->n <= DD_LINE_BLOCK_OCTETS);
    parts->octets = *from;
    dd__wire__block__init(&parts->block);
    parts->block.block = from->block;
    parts->block.octets = (ProtobufCBinaryData){.len = from->n, .data = parts->octets.octets};
    return &parts->block;
}

static bool get_block(const Dd__Wire__Block *from, dd_block_order *to) {
    if (!from || from->octets.len > DD_LINE_BLOCK_OCTETS) return false;
    to->block = from->block;
    to->n = (uint16_t)from->octets.len;
    if (to->n) memcpy(to->octets, from->octets.data, to->n);
    return true;
}

static void put_body(const dd_order *from, Dd__Wire__Order *to, order_parts *parts) {
    switch ((dd_order_kind)from->kind) {
    case DD_ORDER_READ:
    case DD_ORDER_OVERRIDE:
    case DD_ORDER_RESUME:
        put_lamps(from, to, parts);
        break;
    case DD_ORDER_CALENDAR:
        to->calendar = put_calendar(&from->calendar, parts);
        break;
    case DD_ORDER_UPDATE:
        put_image(from, to, parts);
        break;
    case DD_ORDER_BLOCK:
        to->block = put_block(&from->block, parts);
        break;
    case DD_ORDER_GROUP:
        put_members(from, to, parts);
        break;
    case DD_ORDER_STATE:
    case DD_ORDER_ACK:
    case DD_ORDER_CLOCK:
    case DD_ORDER_POLL:
    case DD_ORDER_WELCOME:
    case DD_ORDER_KINDS:
        break;
    }
}

static bool get_body(const Dd__Wire__Order *from, dd_order *to) {
    switch ((dd_order_kind)to->kind) {
    case DD_ORDER_READ:
    case DD_ORDER_OVERRIDE:
    case DD_ORDER_RESUME:
        return get_lamps(from, to);
    case DD_ORDER_UPDATE:
        return get_image(from, &to->update);
    case DD_ORDER_BLOCK:
        return get_block(from->block, &to->block);
    case DD_ORDER_CALENDAR:
        return get_calendar(from->calendar, &to->calendar);
    case DD_ORDER_GROUP:
        return get_members(from, to);
    case DD_ORDER_STATE:
    case DD_ORDER_ACK:
    case DD_ORDER_CLOCK:
    case DD_ORDER_POLL:
    case DD_ORDER_WELCOME:
        return true;
    case DD_ORDER_KINDS:
        break;
    }
    return false;
}

size_t dd_wire_put_order(const dd_order *from, uint8_t octets[static DD_WIRE_MAX]) {
    Dd__Wire__Order message = DD__WIRE__ORDER__INIT, *to = &message;
    order_parts parts;
    ORDER_FIELDS(COPY)
    to->ramp_to_s = from->ramp.to_s;
    to->ramp_from_s = from->ramp.from_s;
    put_body(from, to, &parts);
    assert(dd__wire__order__get_packed_size(to) <= DD_WIRE_MAX);
    return dd__wire__order__pack(to, octets);
}

static bool get_order(const Dd__Wire__Order *from, dd_order *to) {
    ORDER_FIELDS(COPY)
    to->ramp.to_s = (uint16_t)from->ramp_to_s;
    to->ramp.from_s = (uint16_t)from->ramp_from_s;
    return true ORDER_FIELDS(SAME) && to->ramp.to_s == from->ramp_to_s &&
           to->ramp.from_s == from->ramp_from_s && get_body(from, to);
}

bool dd_wire_get_order(const uint8_t *octets, size_t n, dd_order *order) {
    heap memory;
    memory.used = 0;
    ProtobufCAllocator allocator = {take, give, &memory};
    const Dd__Wire__Order *message = dd__wire__order__unpack(&allocator, n, octets);
    memset(order, 0, sizeof *order);
    return message && get_order(message, order);
}
