// The reference firmware on a microcontroller: octets that come by interrupt, a clock, a reset.
#include "hil/firmware/cortex_m/cpu.h"
#include "hil/firmware/cortex_m/machine.h"
#include "hil/firmware/firmware.h"
#include "models/controller/core/sha256.h"

enum {
    RING = 4096, // octets that have come and wait; a power of two
    SERIAL_MAX = 64,
    HASH_TOLD = 8, // octets of the image's hash in a Hello
    MAGIC = 0x466C7921,
};

static volatile uint8_t ring[RING];
static volatile uint32_t come, taken; // octets, ever

void dd_cpu_irq(void) {
    uint8_t octet;
    while (dd_machine_get(&octet))
        if (come - taken < RING) ring[come++ % RING] = octet; // else the frame's check will fail
}

// --- The kit's port ---

// Sleeps while a tick comes before the end of the wait, and stays awake for the rest.
static size_t read_wire(void *context, uint8_t *octets, size_t n, uint32_t wait_us) {
    (void)context;
    uint64_t until = dd_cpu_clock_us() + wait_us;
    while (come == taken && dd_cpu_clock_us() < until) {
        if (dd_cpu_clock_us() + DD_CPU_TICK_US > until) continue;
        __asm volatile("cpsid i"); // or an octet that comes here would be slept over
        if (come == taken) dd_cpu_sleep();
        __asm volatile("cpsie i");
    }
    size_t got = 0;
    while (got < n && come != taken)
        octets[got++] = ring[taken++ % RING];
    return got;
}

static void write_wire(void *context, const uint8_t *octets, size_t n) {
    (void)context;
    for (size_t i = 0; i < n; i++)
        dd_machine_put(octets[i]);
}

static uint64_t clock_us(void *context) {
    (void)context;
    return dd_cpu_clock_us();
}

static void reset(void *context, uint32_t reason) {
    (void)context, (void)reason;
    dd_cpu_reset();
}

// --- Who it is ---

static struct { uint32_t magic, boots; } lasting __attribute__((section(".lasting")));

static uint32_t count_boots(void) {
    if (lasting.magic != MAGIC) lasting.boots = 0;
    lasting.magic = MAGIC;
    return ++lasting.boots;
}

extern const uint8_t dd_image_begin[], dd_image_end[], dd_serial[];

static const char *serial(void) {
    static char text[SERIAL_MAX];
    for (int i = 0; i < SERIAL_MAX - 1 && dd_serial[i] != 0 && dd_serial[i] != 0xFF; i++)
        text[i] = (char)dd_serial[i];
    return text[0] ? text : "0000";
}

static dd_octets hash(void) {
    static uint8_t octets[DD_SHA256];
    dd_sha256 sha;
    dd_sha256_begin(&sha);
    dd_sha256_add(&sha, dd_image_begin, (uint32_t)(dd_image_end - dd_image_begin));
    dd_sha256_end(&sha, octets);
    return (dd_octets){octets, HASH_TOLD};
}

int main(void) {
    static dd_kit kit;
    static dd_firmware firmware;
    static dd_kit_def def;
    dd_machine_init();
    dd_cpu_init();
    def = (dd_kit_def){
        .port = {.read = read_wire, .write = write_wire, .clock_us = clock_us, .reset = reset},
        .firmware = {&firmware, dd_firmware_take},
        .capabilities = DD_FIRMWARE_CAPABILITIES,
        .serial = serial(),
        .model = dd_machine_model,
        .name = DD_FIRMWARE_NAME,
        .hash = hash(),
        .boots = count_boots()};
    dd_kit_init(&kit, &def);
    dd_firmware_init(&firmware, &kit);
    for (;;)
        dd_kit_poll(&kit, 1000000);
}
