#include "hil/kit/stuffing.h"

// By nibbles: sixteen words of table where a whole one takes a kilobyte of flash.
static uint32_t check_of(const uint8_t *octets, size_t n) {
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t check = ~UINT32_C(0);
    for (size_t i = 0; i < n; i++) {
        check = table[(check ^ octets[i]) & 15] ^ check >> 4;
        check = table[(check ^ octets[i] >> 4) & 15] ^ check >> 4;
    }
    return ~check;
}

static void put_check(uint8_t *octets, uint32_t check) {
    for (int i = 0; i < DD_STUFF_CHECK; i++)
        octets[i] = (uint8_t)(check >> 8 * i);
}

static uint32_t get_check(const uint8_t *octets) {
    uint32_t check = 0;
    for (int i = 0; i < DD_STUFF_CHECK; i++)
        check |= (uint32_t)octets[i] << 8 * i;
    return check;
}

// --- Out ---

enum { RUN_MAX = 254 }; // octets of a run after which no 0 is meant

void dd_stuff(uint8_t *frame, size_t n,
              void (*write)(void *context, const uint8_t *octets, size_t n), void *context) {
    put_check(frame + n, check_of(frame, n));
    n += DD_STUFF_CHECK;
    static const uint8_t end = 0;
    for (size_t at = 0, run; at <= n; at += run) {
        for (run = 0; run < RUN_MAX && at + run < n && frame[at + run]; run++) {
        }
        uint8_t code = (uint8_t)(run + 1);
        write(context, &code, 1);
        write(context, frame + at, run);
        if (run < RUN_MAX)
            at++; // the 0 that ends the run, or the end
        else if (at + run == n)
            break;
    }
    write(context, &end, 1);
}

// --- In ---

void dd_unstuff_into(dd_unstuffer *it, uint8_t *frame, size_t size) {
    *it = (dd_unstuffer){.frame = frame, .size = (uint16_t)size};
}

static dd_unstuffed finish(dd_unstuffer *it) {
    bool empty = it->n == 0 && it->begun == 0 && !it->spoilt; // nothing between two ends: a flush
    bool whole = !it->spoilt && it->left == 0 && it->n > DD_STUFF_CHECK;
    if (whole) {
        it->n -= DD_STUFF_CHECK;
        whole = get_check(it->frame + it->n) == check_of(it->frame, it->n);
    }
    uint16_t n = it->n;
    dd_unstuff_into(it, it->frame, it->size);
    if (empty) return DD_UNSTUFFED_NOTHING;
    if (!whole) return DD_UNSTUFFED_GARBLED;
    it->n = n; // until the next octet comes
    return DD_UNSTUFFED_FRAME;
}

static void keep(dd_unstuffer *it, uint8_t octet) {
    if (it->n == it->size)
        it->spoilt = true;
    else
        it->frame[it->n++] = octet;
}

dd_unstuffed dd_unstuff(dd_unstuffer *it, uint8_t octet) {
    if (octet == 0) return finish(it);
    if (it->left > 0) {
        it->left--;
        keep(it, octet);
        return DD_UNSTUFFED_NOTHING;
    }
    if (it->begun == 0)
        it->n = 0; // the frame before has been taken
    else if (it->begun <= RUN_MAX)
        keep(it, 0);
    it->begun = octet;
    it->left = (uint8_t)(octet - 1);
    return DD_UNSTUFFED_NOTHING;
}
