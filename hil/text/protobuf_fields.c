// Protobuf messages taken apart by what protobuf-c knows of them, so that no field of the protocol,
// and none of the line's, can be forgotten here.
#include "hil/text/message_fields.h"

#include "models/backhaul/wire.pb-c.h"
#include "models/centre/centre.h"

#include <stdio.h>
#include <string.h>

typedef struct place {
    dd_message_fields *fields;
    bool to_board;
} place;

// --- Names and units ---

static const char *const word_kinds[DD_WORD_KINDS] = {"nothing",  "hello",  "alive",   "clock",
                                                      "readings", "event",  "outcome", "meter",
                                                      "review",   "update", "fetch",   "state"};
static const char *const order_kinds[DD_ORDER_KINDS] = {
    "nothing", "ack",     "clock",  "read",  "override", "resume", "calendar",
    "poll",    "welcome", "update", "block", "group",    "state"};
static const char *const phases[DD_UPDATE_PHASES] = {
    "none", "fetching", "spreading", "ready", "applying", "reverting", "done", "given up"};
static const char *const results[DD_RESULTS] = {"none",        "success", "no flash",
                                                "no memory",   "lost",    "integrity",
                                                "unsupported", "bad URI", "failed"};
static const char *const actions[] = {"none", "offer", "apply", "revert", "cancel"};
static const char *const targets[] = {"none", "node", "controller"};
static const char *const sent_results[] = {"done", "no acknowledgement", "channel busy", "no room",
                                           "not allowed"};
static const char *const reasons[DD_START_REASONS] = {"power", "watchdog", "hand", "update"};
static const char *const levels[] = {"error", "warning", "note", "detail"};

// Numbers that have names. Those of kinds are said plainly.
static const struct {
    const ProtobufCMessageDescriptor *message;
    const char *field;
    const char *const *names;
    uint32_t name_n;
} named[] = {
    {&dd__wire__word__descriptor, "kind", word_kinds, DD_COUNT(word_kinds)},
    {&dd__wire__order__descriptor, "kind", order_kinds, DD_COUNT(order_kinds)},
    {&dd__wire__order__descriptor, "action", actions, DD_COUNT(actions)},
    {&dd__wire__update__descriptor, "phase", phases, DD_COUNT(phases)},
    {&dd__wire__update__descriptor, "result", results, DD_COUNT(results)},
    {&dd__wire__update__descriptor, "target", targets, DD_COUNT(targets)},
    {&hil__sent__descriptor, "result", sent_results, DD_COUNT(sent_results)},
    {&hil__reset__descriptor, "reason", reasons, DD_COUNT(reasons)},
    {&hil__settings__descriptor, "reason", reasons, DD_COUNT(reasons)},
    {&hil__log__descriptor, "level", levels, DD_COUNT(levels)},
};

// What a message of the line is about: others of its kind are about something else.
static bool is_key(const char *name) {
    static const char *const keys[] = {"kind", "happening", "over", "lamp", "readings[0].lamp"};
    for (size_t i = 0; i < DD_COUNT(keys); i++)
        if (strcmp(name, keys[i]) == 0) return true;
    return false;
}

// The names say it: "power_mw".
static dd_unit unit_of(const char *name) {
    static const struct {
        const char *end;
        dd_unit unit;
    } units[] = {{"clock_ms", DD_UNIT_CLOCK_MS},
                 {"expires_ms", DD_UNIT_CLOCK_MS},
                 {"heard_ms", DD_UNIT_CLOCK_MS},
                 {"level_pm", DD_UNIT_LEVEL_PM},
                 {"levels_pm", DD_UNIT_LEVEL_PM},
                 {"power_mw", DD_UNIT_POWER_MW},
                 {"power_w", DD_UNIT_POWER_W},
                 {"voltage_dv", DD_UNIT_VOLTAGE_DV},
                 {"energy_wh", DD_UNIT_ENERGY_WH},
                 {"at_us", DD_UNIT_ID},
                 {"sequence", DD_UNIT_ID},
                 {"after", DD_UNIT_ID},
                 {"log", DD_UNIT_ID},
                 {"handle", DD_UNIT_ID},
                 {"token", DD_UNIT_ID}};
    for (size_t i = 0; i < DD_COUNT(units); i++)
        if (strcmp(name, units[i].end) == 0) return units[i].unit;
    return DD_UNIT_NUMBER;
}

// --- Values ---

static void add_number(const place *at, const ProtobufCMessage *message,
                       const ProtobufCFieldDescriptor *field, const char *name, int64_t value) {
    const char *word = NULL;
    if (message->descriptor == &dd__wire__word__descriptor && strcmp(name, "happening") == 0)
        word = dd_alarm_names[dd_centre_alarm_of((uint32_t)value)];
    for (size_t i = 0; i < DD_COUNT(named); i++)
        if (named[i].message == message->descriptor && strcmp(named[i].field, field->name) == 0 &&
            (uint64_t)value < named[i].name_n)
            word = named[i].names[value];
    if (word && strcmp(field->name, "kind") == 0)
        dd_fields_add_plain(at->fields, name, "%s", word);
    else if (word)
        dd_fields_add_words(at->fields, name, "%s", word);
    else
        dd_fields_add(at->fields, name, unit_of(field->name), value);
}

static void add_octets(const place *at, const ProtobufCMessage *message, const char *name,
                       const ProtobufCBinaryData *data) {
    if (message->descriptor == &hil__datagram__descriptor)
        dd_fields_add_coap(at->fields, data->data, data->len);
    else if (message->descriptor == &hil__air__descriptor)
        dd_fields_add_air(at->fields, data->data, data->len);
    else if (message->descriptor == &hil__line__descriptor && !at->to_board)
        dd_fields_add_word(at->fields, data->data, data->len);
    else if (message->descriptor == &hil__line__descriptor ||
             message->descriptor == &hil__calendar__descriptor)
        dd_fields_add_order(at->fields, data->data, data->len);
    else
        dd_fields_add_octets(at->fields, name, data->data, data->len);
}

static int64_t number_at(const void *member, ProtobufCType type) {
    switch (type) {
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return *(const uint32_t *)member;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return (int64_t) * (const uint64_t *)member;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return *(const int64_t *)member;
    case PROTOBUF_C_TYPE_BOOL:
        return *(const protobuf_c_boolean *)member != 0;
    default: // signed numbers of 32 bits and enumerations
        return *(const int32_t *)member;
    }
}

static void add_message(const place *at, const char *prefix, const ProtobufCMessage *message);

// One value. `always`: also when it is 0, as items of lists are.
static void add_value(const place *at, const ProtobufCMessage *message,
                      const ProtobufCFieldDescriptor *field, const char *name, const void *member,
                      bool always) {
    uint16_t n = at->fields->n;
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text = *(const char *const *)member;
        if (text && *text) dd_fields_add_words(at->fields, name, "%s", text);
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        const ProtobufCBinaryData *data = member;
        if (data->len) add_octets(at, message, name, data);
    } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        const ProtobufCMessage *inner = *(const ProtobufCMessage *const *)member;
        char prefix[DD_FIELD_NAME];
        snprintf(prefix, sizeof prefix, "%s.", name);
        if (inner) add_message(at, prefix, inner);
    } else {
        int64_t value = number_at(member, field->type);
        const ProtobufCEnumValue *word =
            field->type == PROTOBUF_C_TYPE_ENUM
                ? protobuf_c_enum_descriptor_get_value(field->descriptor, (int)value)
                : NULL;
        if (word && (value || always))
            dd_fields_add_words(at->fields, name, "%s", word->name);
        else if (value || always)
            add_number(at, message, field, name, value);
    }
    if (at->fields->n > n && is_key(name)) dd_fields_mark(at->fields);
}

static void add_list(const place *at, const ProtobufCMessage *message,
                     const ProtobufCFieldDescriptor *field, const char *name) {
    const uint8_t *base = (const uint8_t *)message;
    size_t n = *(const size_t *)(base + field->quantifier_offset);
    const uint8_t *items = *(const uint8_t *const *)(base + field->offset);
    size_t size = field->type == PROTOBUF_C_TYPE_MESSAGE ? sizeof(void *)
                  : field->type == PROTOBUF_C_TYPE_UINT64 || field->type == PROTOBUF_C_TYPE_SINT64
                      ? sizeof(uint64_t)
                      : sizeof(uint32_t);
    for (size_t i = 0; i < n && !at->fields->more; i++) {
        char item[DD_FIELD_NAME];
        snprintf(item, sizeof item, "%.40s[%u]", name, (unsigned)(i % 1000));
        add_value(at, message, field, item, items + i * size, true);
    }
}

static void add_message(const place *at, const char *prefix, const ProtobufCMessage *message) {
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    const uint8_t *base = (const uint8_t *)message;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        char name[DD_FIELD_NAME];
        snprintf(name, sizeof name, "%s%s", prefix, field->name);
        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            add_list(at, message, field, name);
        else if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
            add_value(at, message, field, name, base + field->offset, false);
    }
}

// The member of a message's oneof that is set, introduced by its name.
static void add_choice(const place *at, const ProtobufCMessage *message, uint32_t which) {
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(message->descriptor, which);
    if (!field) return;
    dd_fields_add_plain(at->fields, "what", "%s", field->name);
    dd_fields_mark(at->fields);
    const ProtobufCMessage *inner =
        *(const ProtobufCMessage *const *)((const uint8_t *)message + field->offset);
    if (inner) add_message(at, "", inner);
}

// --- Whole messages ---

void dd_fields_of_message(dd_message_fields *fields, const Hil__Message *message, bool to_board) {
    dd_fields_init(fields);
    place at = {fields, to_board};
    add_choice(&at, &message->base, message->what_case);
    if (message->at_us) dd_fields_add(fields, "at_us", DD_UNIT_ID, (int64_t)message->at_us);
}

void dd_fields_of_frame(dd_message_fields *fields, const Hil__Frame *frame) {
    dd_fields_init(fields);
    place at = {fields, false};
    add_choice(&at, &frame->base, frame->control_case);
    dd_fields_add(fields, "number", DD_UNIT_ID, frame->number);
    dd_fields_add(fields, "limit", DD_UNIT_ID, frame->limit);
}

static void add_line(dd_message_fields *fields, const ProtobufCMessageDescriptor *descriptor,
                     const uint8_t *octets, size_t n) {
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, NULL, n, octets);
    if (message)
        add_message(&(place){fields, false}, "", message);
    else
        dd_fields_add_octets(fields, "no message", octets, n);
    protobuf_c_message_free_unpacked(message, NULL);
}

void dd_fields_add_word(dd_message_fields *fields, const uint8_t *octets, size_t n) {
    add_line(fields, &dd__wire__word__descriptor, octets, n);
}

void dd_fields_add_order(dd_message_fields *fields, const uint8_t *octets, size_t n) {
    add_line(fields, &dd__wire__order__descriptor, octets, n);
}
