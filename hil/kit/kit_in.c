#include "hil/kit/kit_in.h"
#include "hil/kit/kit_out.h"
#include "hil/kit/stuffing.h"

#include <string.h>

enum {
    SPARE = 192,          // octets aside that stay free for the answer that is waited for
    PATIENCE_US = 200000, // real time: how long is waited
    SLEEP_US = 10000,     // ... at once
    MESSAGES = 16,        // the field of Frame
};

// --- Frames from the wire ---

// False: it has come before.
static bool number_fits(dd_kit *kit, const hil_Frame *head) {
    switch (head->which_control) {
    case hil_Frame_ask_tag:
    case hil_Frame_hello_tag:
    case hil_Frame_welcome_tag:
    case hil_Frame_refusal_tag:
        return true; // whatever went before
    default:
        break;
    }
    if (head->number <= kit->heard) return false;
    kit->counts.lost += head->number - kit->heard - 1;
    kit->heard = head->number;
    return true;
}

static bool read_head(const uint8_t *octets, size_t n, hil_Frame *head) {
    pb_istream_t stream = dd_octets_stream(octets, n);
    memset(head, 0, sizeof *head);
    return pb_decode_noinit(&stream, hil_Frame_fields, head);
}

static bool heed(dd_kit *kit, const uint8_t *octets, size_t n, hil_Frame *head) {
    if (!read_head(octets, n, head)) {
        kit->counts.refused++;
        return false;
    }
    if (!number_fits(kit, head)) return false;
    kit->counts.received++;
    if (head->limit > kit->limit) kit->limit = head->limit;
    kit->told_us = (uint32_t)kit->def->port.clock_us(kit->def->port.context);
    return true;
}

static bool octet(dd_kit *kit, uint32_t wait_us, uint8_t *it) {
    const dd_kit_port *port = &kit->def->port;
    if (kit->chunk_at == kit->chunk_n) {
        kit->chunk_at = 0;
        kit->chunk_n = (uint8_t)port->read(port->context, kit->chunk, sizeof kit->chunk, wait_us);
    }
    if (kit->chunk_at == kit->chunk_n) return false;
    *it = kit->chunk[kit->chunk_at++];
    return true;
}

// A frame to be heeded, into `frame`. False: what has come so far is looked through.
static bool receive(dd_kit *kit, uint8_t *frame, size_t size, uint32_t wait_us, hil_Frame *head,
                    uint16_t *n) {
    dd_unstuffer *it = &kit->unstuffer;
    uint8_t next;
    if (it->frame != frame) {
        bool within =
            it->begun != 0; // a wait was given up while a frame came: the rest is of no use
        dd_unstuff_into(it, frame, size);
        it->spoilt = within;
    }
    while (octet(kit, wait_us, &next)) {
        dd_unstuffed outcome = dd_unstuff(it, next);
        kit->counts.garbled += outcome == DD_UNSTUFFED_GARBLED;
        if (outcome != DD_UNSTUFFED_FRAME) continue;
        *n = it->n;
        if (heed(kit, frame, *n, head)) return true;
    }
    return false;
}

// --- What was laid aside: length in two octets, frame; the oldest first ---

enum { LENGTH = 2 };

static uint8_t *aside_end(dd_kit *kit) {
    return kit->aside + kit->aside_n + LENGTH;
}

// The frame of n octets at the end stays.
static void lay_aside(dd_kit *kit, uint16_t n) {
    uint8_t *frame = aside_end(kit);
    frame[-2] = (uint8_t)n;
    frame[-1] = (uint8_t)(n >> 8);
    kit->aside_n += (uint16_t)(n + LENGTH);
}

static bool has_room_aside(const dd_kit *kit, uint16_t n) {
    return kit->aside_n + LENGTH + n + SPARE <= DD_KIT_ASIDE;
}

static bool take_aside(dd_kit *kit, hil_Frame *head) {
    if (kit->aside_n == 0) return false;
    kit->in_n = (uint16_t)(kit->aside[0] | kit->aside[1] << 8);
    memcpy(kit->in, kit->aside + LENGTH, kit->in_n);
    kit->aside_n -= (uint16_t)(kit->in_n + LENGTH);
    memmove(kit->aside, kit->aside + LENGTH + kit->in_n, kit->aside_n);
    return read_head(kit->in, kit->in_n, head);
}

bool dd_kit_hear(dd_kit *kit, uint32_t wait_us, hil_Frame *head) {
    return take_aside(kit, head) ||
           receive(kit, kit->in, sizeof kit->in, wait_us, head, &kit->in_n);
}

// --- Messages ---

dd_kit_messages dd_kit_messages_of(const uint8_t *octets, size_t n) {
    return (dd_kit_messages){dd_octets_stream(octets, n)};
}

// That the frame as a whole can be read was seen when its head was.
bool dd_kit_next(dd_kit_messages *messages, hil_Message *message, bool *sense) {
    pb_istream_t *stream = &messages->stream, body;
    pb_wire_type_t type;
    uint32_t tag;
    bool end;
    while (pb_decode_tag(stream, &type, &tag, &end)) {
        if (tag != MESSAGES || type != PB_WT_STRING) {
            if (!pb_skip_field(stream, type)) return false;
            continue;
        }
        if (!pb_make_string_substream(stream, &body)) return false;
        memset(message, 0, sizeof *message);
        *sense = pb_decode_noinit(&body, hil_Message_fields, message);
        return pb_close_string_substream(stream, &body);
    }
    return false;
}

// --- Waiting ---

typedef enum outcome { GOES_ON, DONE, FAILED } outcome;

// What the frame answers.
static outcome answer(const uint8_t *octets, size_t n, const dd_kit_want *want) {
    dd_kit_messages messages = dd_kit_messages_of(octets, n);
    hil_Message message;
    bool sense;
    while (dd_kit_next(&messages, &message, &sense)) {
        const hil_StoreData *data = &message.what.store_data;
        if (!sense || message.which_what != hil_Message_store_data_tag ||
            data->token != want->token)
            continue;
        if (data->failed || data->octets.n != want->n) return FAILED;
        if (want->n) memcpy(want->octets, data->octets.at, want->n);
        return DONE;
    }
    return GOES_ON;
}

static bool ends_session(const hil_Frame *head) {
    return head->which_control == hil_Frame_ask_tag ||
           head->which_control == hil_Frame_welcome_tag ||
           head->which_control == hil_Frame_refusal_tag ||
           head->which_control == hil_Frame_reset_tag;
}

// It is dealt with as soon as the handler has come to its end, and nothing before it.
static outcome cut_off(dd_kit *kit, uint16_t n) {
    memmove(kit->aside + LENGTH, aside_end(kit), n);
    kit->aside_n = 0;
    lay_aside(kit, n);
    kit->cut = true;
    return FAILED;
}

// Only a grant of this step's next part leads on; one of this part wants it anew.
static outcome in_lock_step(dd_kit *kit, const hil_Frame *head, uint16_t n,
                            const dd_kit_want *want) {
    const hil_Grant *grant = &head->control.grant;
    if (head->which_control != hil_Frame_grant_tag) return GOES_ON;
    if (grant->step == kit->step && grant->part == kit->part) {
        dd_kit_repeat(kit);
        return GOES_ON;
    }
    if (grant->step != kit->step || grant->part != kit->part + 1) {
        dd_kit_refuse(kit, hil_Reason_REASON_SESSION, "a part of this step's answer is due");
        return FAILED;
    }
    kit->part++;
    if (want->token == 0) return DONE;
    return answer(aside_end(kit), n, want) == DONE ? DONE : FAILED;
}

static outcome in_real_time(dd_kit *kit, uint16_t n, const dd_kit_want *want) {
    outcome it = want->token ? answer(aside_end(kit), n, want) : GOES_ON;
    if (it != GOES_ON) return it;
    if (has_room_aside(kit, n))
        lay_aside(kit, n);
    else
        kit->counts.lost++;
    return want->token == 0 && kit->limit > kit->number ? DONE : GOES_ON;
}

bool dd_kit_await(dd_kit *kit, const dd_kit_want *want) {
    const dd_kit_port *port = &kit->def->port;
    bool lock_step = kit->mode == hil_Mode_MODE_LOCK_STEP;
    uint32_t since = (uint32_t)port->clock_us(port->context);
    outcome it = GOES_ON;
    while (it == GOES_ON) {
        hil_Frame head;
        uint16_t n;
        size_t room = (size_t)(kit->aside + sizeof kit->aside - aside_end(kit));
        if (receive(kit, aside_end(kit), room, SLEEP_US, &head, &n))
            it = ends_session(&head) ? cut_off(kit, n)
                 : lock_step         ? in_lock_step(kit, &head, n, want)
                                     : in_real_time(kit, n, want);
        else if (!lock_step && (uint32_t)port->clock_us(port->context) - since > PATIENCE_US)
            it = FAILED;
    }
    return it == DONE;
}
