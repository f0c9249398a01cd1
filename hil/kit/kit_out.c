#include "hil/kit/kit_out.h"
#include "hil/kit/stuffing.h"

#include <pb_encode.h>
#include <string.h>

enum {
    HEAD = 40,  // number, limit and the longest Done
    NAME = 32,  // of a Hello's names
    WORDS = 96, // octets of a frame without messages, but for those with text
};

static void fill_in(dd_kit *kit, hil_Frame *frame) {
    bool opens = frame->which_control == hil_Frame_hello_tag;
    kit->number = frame->number = opens ? 0 : kit->number + 1;
    kit->promised = frame->limit = kit->heard + DD_KIT_WINDOW;
}

static void send(dd_kit *kit, uint8_t *octets, size_t n) {
    dd_stuff(octets, n, kit->def->port.write, kit->def->port.context);
}

static void say_within(dd_kit *kit, hil_Frame *frame, uint8_t *octets, size_t size) {
    pb_ostream_t stream = pb_ostream_from_buffer(octets, size - DD_STUFF_CHECK);
    fill_in(kit, frame);
    if (pb_encode(&stream, hil_Frame_fields, frame)) send(kit, octets, stream.bytes_written);
}

void dd_kit_say(dd_kit *kit, hil_Frame *frame) {
    uint8_t octets[WORDS + DD_STUFF_CHECK];
    say_within(kit, frame, octets, sizeof octets);
}

// --- Frames of messages ---

void dd_kit_begin(dd_kit *kit) {
    kit->out_at = kit->out_n = HEAD;
}

bool dd_kit_begun(const dd_kit *kit) {
    return kit->out_n > HEAD;
}

bool dd_kit_append(dd_kit *kit, const hil_Message *message) {
    uint16_t size = kit->frame_max < DD_KIT_FRAME ? kit->frame_max : DD_KIT_FRAME;
    if (size < kit->out_n + DD_STUFF_CHECK) return false;
    pb_ostream_t stream =
        pb_ostream_from_buffer(kit->out + kit->out_n, size - kit->out_n - DD_STUFF_CHECK);
    if (!pb_encode_tag(&stream, PB_WT_STRING, 16) ||
        !pb_encode_submessage(&stream, hil_Message_fields, message))
        return false;
    kit->out_n += (uint16_t)stream.bytes_written;
    return true;
}

void dd_kit_finish(dd_kit *kit, hil_Frame *head) {
    uint8_t octets[HEAD];
    pb_ostream_t stream = pb_ostream_from_buffer(octets, sizeof octets);
    fill_in(kit, head);
    if (!pb_encode(&stream, hil_Frame_fields, head)) return; // cannot be: HEAD is room for any
    kit->out_at = (uint16_t)(HEAD - stream.bytes_written);
    memcpy(kit->out + kit->out_at, octets, stream.bytes_written);
    dd_kit_repeat(kit);
}

void dd_kit_repeat(dd_kit *kit) {
    send(kit, kit->out + kit->out_at, (size_t)(kit->out_n - kit->out_at));
}

// --- Words with text ---

dd_octets dd_kit_text(const char *text) {
    return (dd_octets){(const uint8_t *)text, text ? (uint16_t)strlen(text) : 0};
}

static dd_octets name(const char *text) {
    dd_octets it = dd_kit_text(text);
    if (it.n > NAME) it.n = NAME;
    return it;
}

void dd_kit_hello(dd_kit *kit) {
    const dd_kit_def *def = kit->def;
    uint8_t octets[DD_KIT_HELLO_MAX];
    hil_Frame frame = {.which_control = hil_Frame_hello_tag};
    hil_Hello *hello = &frame.control.hello;
    hello->version = DD_KIT_VERSION;
    hello->capabilities = def->capabilities;
    hello->vid = def->vid;
    hello->pid = def->pid;
    hello->serial = name(def->serial);
    hello->model = name(def->model);
    hello->firmware = name(def->name);
    hello->firmware_hash = def->hash;
    hello->segment = name(def->segment);
    hello->frame_max = DD_KIT_FRAME;
    hello->uptime_us = def->port.clock_us(def->port.context);
    hello->boots = def->boots;
    hello->session = kit->session;
    say_within(kit, &frame, octets, sizeof octets);
}

void dd_kit_refuse(dd_kit *kit, hil_Reason reason, const char *text) {
    uint8_t octets[DD_KIT_HELLO_MAX];
    hil_Frame frame = {.which_control = hil_Frame_refusal_tag};
    frame.control.refusal.reason = reason;
    frame.control.refusal.text = dd_kit_text(text);
    say_within(kit, &frame, octets, sizeof octets);
    kit->mode = hil_Mode_MODE_NONE;
    kit->running = false;
    kit->hello_us = (uint32_t)kit->def->port.clock_us(kit->def->port.context);
    kit->cut = kit->answering;
}
