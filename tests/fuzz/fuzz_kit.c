// The reference firmware on its kit hears anything: each piece of the input, led by its length, is
// a frame whose check is right, or (length 255) the rest as it is. No octets stop it.
#include "hil/firmware/firmware.h"
#include "hil/wire/frame.h"

#include <string.h>

enum { POLLS = 300 };

static struct {
    const uint8_t *in;
    size_t n;
    uint8_t wire[DD_FRAME_WIRE_MAX];
    size_t wire_at, wire_n;
    uint64_t now_us;
} it;

// With nothing left the twin asks who is there, so that a board that waits does not for ever.
static void put_next(void) {
    static const uint8_t ask[] = {0x1A, 0x02, 0x08, 0x01};
    const uint8_t *frame = ask;
    size_t n = sizeof ask;
    if (it.n > 1) {
        n = it.in[0] < it.n - 1 ? it.in[0] : it.n - 1;
        frame = it.in + 1;
        it.in += n + 1;
        it.n -= n + 1;
    }
    it.wire_at = 0;
    if (n > 0 && n < 255) {
        it.wire_n = dd_frame_put(frame, n, it.wire);
    } else {
        memcpy(it.wire, frame, n);
        it.wire_n = n;
    }
}

static size_t read_wire(void *context, uint8_t *octets, size_t n, uint32_t wait_us) {
    (void)context;
    it.now_us += wait_us;
    if (it.wire_at == it.wire_n) put_next();
    n = n < it.wire_n - it.wire_at ? n : it.wire_n - it.wire_at;
    memcpy(octets, it.wire + it.wire_at, n);
    it.wire_at += n;
    return n;
}

static void write_wire(void *context, const uint8_t *octets, size_t n) {
    static volatile uint8_t sum; // reads all of it, which sanitizers see
    (void)context;
    for (size_t i = 0; i < n; i++)
        sum ^= octets[i];
}

static uint64_t clock_us(void *context) {
    (void)context;
    return it.now_us++;
}

static void reset(void *context, uint32_t reason) {
    (void)context, (void)reason;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static dd_kit kit;
    static dd_firmware firmware;
    static const dd_kit_def def = {
        .port = {.read = read_wire, .write = write_wire, .clock_us = clock_us, .reset = reset},
        .firmware = {&firmware, dd_firmware_take},
        .capabilities = DD_FIRMWARE_CAPABILITIES,
        .serial = "SEG-0042",
        .boots = 1};
    memset(&it, 0, sizeof it);
    it.in = data;
    it.n = size;
    dd_kit_init(&kit, &def);
    dd_firmware_init(&firmware, &kit);
    for (int i = 0; i < POLLS && it.n > 1; i++)
        dd_kit_poll(&kit, 1000);
    dd_kit_poll(&kit, 1000);
    return 0;
}
