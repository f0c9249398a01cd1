// The kit's port on a Cortex-M, for the reference firmware and for the kit's example: octets that
// come by interrupt, a clock, a reset, no store.
#include "hil/kit/example/port.h"
#include "hil/firmware/cortex_m/cpu.h"
#include "hil/firmware/cortex_m/machine.h"

enum { RING = 4096 }; // octets that have come and wait; a power of two

static volatile uint8_t ring[RING];
static volatile uint32_t come, taken; // octets, ever

void dd_cpu_irq(void) {
    uint8_t octet;
    while (dd_machine_get(&octet))
        if (come - taken < RING) ring[come++ % RING] = octet; // else the frame's check will fail
}

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

dd_kit_port board_port(void) {
    dd_machine_init();
    dd_cpu_init();
    return (dd_kit_port){
        .read = read_wire, .write = write_wire, .clock_us = clock_us, .reset = reset};
}
