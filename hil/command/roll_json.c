#include "hil/command/roll_json.h"

#include <jansson.h>
#include <stdio.h>

static void put(json_t *to, const char *name, const char *text) {
    json_object_set_new(to, name, *text ? json_string(text) : json_null());
}

static json_t *hex(const uint8_t *octets, size_t n) {
    char text[2 * 32 + 1] = "";
    for (size_t i = 0; i < n && i < 32; i++)
        snprintf(text + 2 * i, 3, "%02x", octets[i]);
    return json_string(text);
}

static json_t *number_of(uint16_t value) {
    char text[8];
    snprintf(text, sizeof text, "%04x", value);
    return value ? json_string(text) : json_null();
}

static json_t *identity_json(const dd_board_identity *identity) {
    json_t *it = json_object();
    json_object_set_new(it, "version", json_integer(identity->version));
    json_object_set_new(it, "capabilities", json_integer(identity->capabilities));
    put(it, "serial", identity->serial);
    put(it, "model", identity->model);
    put(it, "firmware", identity->firmware);
    json_object_set_new(it, "firmware_hash",
                        hex(identity->firmware_hash, identity->firmware_hash_n));
    put(it, "segment", identity->segment);
    json_object_set_new(it, "uptime_us", json_integer((json_int_t)identity->uptime_us));
    json_object_set_new(it, "boots", json_integer(identity->boots));
    return it;
}

static json_t *entry_json(const dd_roll_entry *board) {
    const dd_device *device = &board->device;
    json_t *it = json_object();
    put(it, "serial", dd_roll_serial(board));
    json_object_set_new(it, "vid", number_of(device->vid));
    json_object_set_new(it, "pid", number_of(device->pid));
    json_object_set_new(it, "interface",
                        device->interface < 0 ? json_null() : json_integer(device->interface));
    put(it, "place", device->place);
    put(it, "node", device->node);
    put(it, "product", device->product);
    json_object_set_new(it, "emulated", json_boolean(device->emulated));
    put(it, "verdict", dd_board_verdict_names[board->verdict]);
    put(it, "remark", board->remark);
    json_object_set_new(it, "hello",
                        board->identity.version ? identity_json(&board->identity) : json_null());
    return it;
}

void dd_roll_print_json(const dd_roll *roll) {
    json_t *all = json_object(), *boards = json_array();
    for (size_t i = 0; i < roll->n; i++)
        json_array_append_new(boards, entry_json(&roll->boards[i]));
    json_object_set_new(all, "boards", boards);
    json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
}
