// Each table of fields serves both ways, so that no field can be written and not read. Nothing is
// taken from the heap: what protobuf-c unpacks lies in a buffer on the stack.
#include "models/backhaul/wire.h"

#include "models/backhaul/wire.pb-c.h"

#include <assert.h>
#include <string.h>

// X(field): the plain numbers of each structure.
#define READING_FIELDS(X)                                                                          \
    X(lamp)                                                                                        \
    X(level_pm)                                                                                    \
    X(power_mw)                                                                                    \
    X(voltage_dv)                                                                                  \
    X(energy_wh)                                                                                   \
    X(program_id)                                                                                  \
    X(flags)                                                                                       \
    X(gear)                                                                                        \
    X(current_ma)

#define METER_FIELDS(X)                                                                            \
    X(energy_wh)                                                                                   \
    X(power_w)

#define WORD_FIELDS(X)                                                                             \
    X(kind)                                                                                        \
    X(happening)                                                                                   \
    X(over)                                                                                        \
    X(lamp)                                                                                        \
    X(boots)                                                                                       \
    X(sequence)                                                                                    \
    X(number)                                                                                      \
    X(after)                                                                                       \
    X(value)                                                                                       \
    X(done_n)                                                                                      \
    X(failed_n)                                                                                    \
    X(clock_ms)                                                                                    \
    X(log)

#define UPDATE_FIELDS(X)                                                                           \
    X(target)                                                                                      \
    X(phase)                                                                                       \
    X(result)                                                                                      \
    X(reverts)                                                                                     \
    X(version)                                                                                     \
    X(running)                                                                                     \
    X(block)                                                                                       \
    X(block_n)

#define POINT_FIELDS(X)                                                                            \
    X(reference)                                                                                   \
    X(level_pm)                                                                                    \
    X(offset_s)

#define ORDER_FIELDS(X)                                                                            \
    X(kind)                                                                                        \
    X(level_pm)                                                                                    \
    X(number)                                                                                      \
    X(period_s)                                                                                    \
    X(sequence)                                                                                    \
    X(expires_ms)                                                                                  \
    X(clock_ms)                                                                                    \
    X(heard_ms)

#define COPY(field) to->field = from->field;
#define SAME(field) &&to->field == from->field // a number that does not fit comes out as another

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

// The parts of a word on their way out: protobuf-c wants pointers to them.
typedef struct word_parts {
    Dd__Wire__Reading readings[DD_READINGS_MAX], *reading_list[DD_READINGS_MAX];
    Dd__Wire__Meter meters[DD_CORE_FEEDERS], *meter_list[DD_CORE_FEEDERS];
    uint32_t volts[DD_CORE_FEEDERS][PHASES];
    dd_update_word updated;
    Dd__Wire__Update update;
} word_parts;

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

typedef struct order_parts {
    uint32_t lamps[DD_ORDER_LAMPS];
    Dd__Wire__SwitchPoint points[DD_PROGRAM_POINTS], *point_list[DD_PROGRAM_POINTS];
    Dd__Wire__Program program;
    dd_update_order update;
    dd_block_order octets;
    Dd__Wire__Block block;
} order_parts;

static void put_point(const dd_switch_point *from, Dd__Wire__SwitchPoint *to) {
    dd__wire__switch_point__init(to);
    POINT_FIELDS(COPY)
}

static bool get_point(const Dd__Wire__SwitchPoint *from, dd_switch_point *to) {
    POINT_FIELDS(COPY)
    return true POINT_FIELDS(SAME);
}

static Dd__Wire__Program *put_program(const dd_program *from, order_parts *parts) {
    assert(from->point_n <= DD_PROGRAM_POINTS);
    for (uint16_t i = 0; i < from->point_n; i++) {
        put_point(&from->points[i], &parts->points[i]);
        parts->point_list[i] = &parts->points[i];
    }
    dd__wire__program__init(&parts->program);
    parts->program.id = from->id;
    parts->program.n_points = from->point_n;
    parts->program.points = parts->point_list;
    return &parts->program;
}

static bool get_program(const Dd__Wire__Program *from, dd_program *to) {
    if (!from || from->n_points > DD_PROGRAM_POINTS) return false;
    to->id = from->id;
    to->point_n = (uint16_t)from->n_points;
    for (uint16_t i = 0; i < to->point_n; i++)
        if (!get_point(from->points[i], &to->points[i])) return false;
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
    case DD_ORDER_PROGRAM:
        to->program = put_program(&from->program, parts);
        break;
    case DD_ORDER_UPDATE:
        put_image(from, to, parts);
        break;
    case DD_ORDER_BLOCK:
        to->block = put_block(&from->block, parts);
        break;
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
    case DD_ORDER_PROGRAM:
        return get_program(from->program, &to->program);
    case DD_ORDER_UPDATE:
        return get_image(from, &to->update);
    case DD_ORDER_BLOCK:
        return get_block(from->block, &to->block);
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
    put_body(from, to, &parts);
    assert(dd__wire__order__get_packed_size(to) <= DD_WIRE_MAX);
    return dd__wire__order__pack(to, octets);
}

static bool get_order(const Dd__Wire__Order *from, dd_order *to) {
    ORDER_FIELDS(COPY)
    return true ORDER_FIELDS(SAME) && get_body(from, to);
}

bool dd_wire_get_order(const uint8_t *octets, size_t n, dd_order *order) {
    heap memory;
    memory.used = 0;
    ProtobufCAllocator allocator = {take, give, &memory};
    const Dd__Wire__Order *message = dd__wire__order__unpack(&allocator, n, octets);
    memset(order, 0, sizeof *order);
    return message && get_order(message, order);
}
