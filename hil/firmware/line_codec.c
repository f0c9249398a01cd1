// After models/backhaul/wire.c, whose twin it is: the same fields, the same limits.
#include "hil/firmware/line_codec.h"

#include "models/backhaul/wire.pb.h"
#include "models/backhaul/wire_fields.h"

#include <pb_decode.h>
#include <pb_encode.h>
#include <string.h>

// --- Words ---

enum { PHASES = 3 };

static void put_meter(const dd_meter_reading *from, dd_wire_Meter *to) {
    METER_FIELDS(COPY)
    to->voltage_dv_count = PHASES;
    for (int i = 0; i < PHASES; i++)
        to->voltage_dv[i] = from->voltage_dv[i];
}

static void put_update(const dd_update_word *from, dd_wire_Update *to) {
    UPDATE_FIELDS(COPY)
    to->done_count = to->failed_count = DD_LAMP_SET_WORDS;
    memcpy(to->done, from->done.bits, sizeof to->done);
    memcpy(to->failed, from->failed.bits, sizeof to->failed);
}

static void put_state(const dd_kept_state *from, dd_wire_State *to) {
    to->poll_period_s = from->poll_period_s;
    to->due_n = from->due_n;
    to->calendar = from->timetable.calendar;
    to->groups_count = DD_GROUPS;
    for (int i = 0; i < DD_GROUPS; i++) {
        const dd_group_state *group = &from->timetable.groups[i];
        to->groups[i] = (dd_wire_Group){group->id, group->calendar, group->lamps};
    }
}

static void put_readings(const dd_word *from, dd_wire_Word *word) {
    word->readings_count = from->entry_n;
    for (uint8_t i = 0; i < from->entry_n; i++) {
        const dd_reading *reading = &from->readings[i];
        dd_wire_Reading *to = &word->readings[i];
#define COPY_READING(field) to->field = reading->field;
        READING_FIELDS(COPY_READING)
#undef COPY_READING
    }
}

static void put_entries(const dd_word *from, dd_wire_Word *to) {
    switch ((dd_word_kind)from->kind) {
    case DD_WORD_READINGS:
        put_readings(from, to);
        break;
    case DD_WORD_METER:
        to->meters_count = from->entry_n;
        for (uint8_t i = 0; i < from->entry_n; i++)
            put_meter(&from->meters[i], &to->meters[i]);
        break;
    case DD_WORD_UPDATE:
        to->has_update = true;
        put_update(&from->update, &to->update);
        break;
    case DD_WORD_FETCH:
        to->wanted = from->entry_n;
        break;
    case DD_WORD_STATE:
        to->has_state = true;
        put_state(&from->state, &to->state);
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

size_t dd_line_put_word(const dd_word *from, uint8_t *octets) {
    dd_wire_Word message = dd_wire_Word_init_zero, *to = &message;
    pb_ostream_t stream = pb_ostream_from_buffer(octets, DD_LINE_OCTETS);
    WORD_FIELDS(COPY)
    put_entries(from, to);
    return pb_encode(&stream, dd_wire_Word_fields, to) ? stream.bytes_written : 0;
}

// --- Orders ---

static bool get_program(const dd_wire_Program *from, dd_program *to) {
    pb_size_t n = from->references_count;
    if (from->levels_pm_count != n || from->offsets_s_count != n) return false;
    to->point_n = (uint8_t)n;
    for (pb_size_t i = 0; i < n; i++) {
        if (!dd_switch_point_read(&to->points[i], from->references[i], from->levels_pm[i],
                                  from->offsets_s[i]))
            return false;
    }
    return true;
}

static bool get_rules(const dd_wire_Calendar *from, dd_light_calendar *to) {
    pb_size_t n = from->rules_count;
    if (from->weekdays_count != n || from->weeks_count != n || from->from_count != n ||
        from->to_count != n)
        return false;
    to->rule_n = (uint8_t)n;
    for (pb_size_t i = 0; i < n; i++) {
        if (!dd_calendar_rule_read(&to->rules[i], from->rules[i], from->weekdays[i], from->weeks[i],
                                   from->from[i], from->to[i]))
            return false;
    }
    return true;
}

static bool get_calendar(const dd_wire_Order *order, dd_light_calendar *to) {
    const dd_wire_Calendar *from = &order->calendar;
    if (!order->has_calendar || !get_rules(from, to)) return false;
    to->id = from->id;
    to->program_n = (uint8_t)from->programs_count;
    to->default_program = (uint8_t)from->default_program;
    for (int i = 0; i < to->program_n; i++)
        if (!get_program(&from->programs[i], &to->programs[i])) return false;
    return to->default_program == from->default_program && dd_light_calendar_valid(to);
}

static bool get_members(const dd_wire_Order *from, dd_lamp_set *to) {
    if (from->members_count != DD_LAMP_SET_WORDS) return false;
    memcpy(to->bits, from->members, sizeof to->bits);
    return true;
}

static bool get_lamps(const dd_wire_Order *from, dd_order *to) {
    to->lamp_n = (uint8_t)from->lamps_count;
    for (uint8_t i = 0; i < to->lamp_n; i++) {
        to->lamps[i] = (uint16_t)from->lamps[i];
        if (to->lamps[i] != from->lamps[i]) return false;
    }
    return true;
}

static bool get_image(const dd_wire_Order *from, dd_update_order *to) {
    if (from->header.n != DD_IMAGE_HEADER) return false;
    to->action = (uint8_t)from->action;
    memcpy(to->header, from->header.at, DD_IMAGE_HEADER);
    return to->action == from->action;
}

static bool get_block(const dd_wire_Order *from, dd_block_order *to) {
    dd_octets octets = from->block.octets;
    if (!from->has_block || octets.n > DD_LINE_BLOCK_OCTETS) return false;
    to->block = from->block.block;
    to->n = octets.n;
    if (octets.n) memcpy(to->octets, octets.at, octets.n);
    return true;
}

static bool get_body(const dd_wire_Order *from, dd_order *to) {
    switch ((dd_order_kind)to->kind) {
    case DD_ORDER_READ:
    case DD_ORDER_OVERRIDE:
    case DD_ORDER_RESUME:
        return get_lamps(from, to);
    case DD_ORDER_UPDATE:
        return get_image(from, &to->update);
    case DD_ORDER_BLOCK:
        return get_block(from, &to->block);
    case DD_ORDER_CALENDAR:
        return get_calendar(from, &to->calendar);
    case DD_ORDER_GROUP:
        return get_members(from, &to->members);
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

static bool get_order(const dd_wire_Order *from, dd_order *to) {
    ORDER_FIELDS(COPY)
    to->ramp.to_s = (uint16_t)from->ramp_to_s;
    to->ramp.from_s = (uint16_t)from->ramp_from_s;
    return true ORDER_FIELDS(SAME) && to->ramp.to_s == from->ramp_to_s &&
           to->ramp.from_s == from->ramp_from_s && get_body(from, to);
}

bool dd_line_get_order(const uint8_t *octets, size_t n, dd_order *order) {
    dd_wire_Order message;
    pb_istream_t stream = dd_octets_stream(octets, n);
    memset(&message, 0, sizeof message);
    memset(order, 0, sizeof *order);
    return pb_decode_noinit(&stream, dd_wire_Order_fields, &message) && get_order(&message, order);
}
