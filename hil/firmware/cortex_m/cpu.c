// From the reset to main, and the core's own peripherals: SysTick, NVIC, reset (ARMv7-M
// Architecture Reference Manual, B1.5, B3.2 and B3.3).
#include "hil/firmware/cortex_m/cpu.h"
#include "hil/firmware/cortex_m/machine.h"

static const uint32_t SYSTICK_CONTROL = 0xE000E010, SYSTICK_RELOAD = 0xE000E014,
                      SYSTICK_VALUE = 0xE000E018, NVIC_ENABLE = 0xE000E100, AIRCR = 0xE000ED0C;

enum { VECTORS = 16 + 64 };

extern uint32_t dd_data_begin[], dd_data_end[], dd_data_image[], dd_bss_begin[], dd_bss_end[],
    dd_stack_begin[];

int main(void);
void dd_reset(void);

// --- Vectors ---

static volatile uint32_t ticks;

static void tick(void) {
    ticks++;
}

static void restart(void) {
    dd_cpu_reset();
}

__attribute__((section(".vectors"), used)) static void *const vectors[VECTORS] = {
    [0] = dd_stack_begin, [1] = dd_reset,
    [2 ... 6] = restart, // faults: a board that does not know on starts anew
    [15] = tick,          [16 ... VECTORS - 1] = dd_cpu_irq,
};

void dd_reset(void) {
    const uint32_t *from = dd_data_image;
    for (uint32_t *to = dd_data_begin; to < dd_data_end; to++)
        *to = *from++;
    for (uint32_t *to = dd_bss_begin; to < dd_bss_end; to++)
        *to = 0;
    main();
    dd_cpu_reset();
}

// --- The core ---

_Noreturn void dd_cpu_reset(void) {
    __asm volatile("dsb");
    *dd_register(AIRCR) = UINT32_C(0x05FA0004);
    for (;;) {
    }
}

static uint32_t tick_cycles(void) {
    return dd_machine_hz / 1000000 * DD_CPU_TICK_US;
}

void dd_cpu_init(void) {
    *dd_register(SYSTICK_CONTROL) = 4; // by the core's clock
    *dd_register(SYSTICK_RELOAD) = tick_cycles() - 1;
    *dd_register(SYSTICK_VALUE) = 0;
    *dd_register(SYSTICK_CONTROL) = 7;
    *dd_register(NVIC_ENABLE + 4 * (dd_machine_irq / 32)) = UINT32_C(1) << dd_machine_irq % 32;
}

uint64_t dd_cpu_clock_us(void) {
    uint32_t before, left;
    do {
        before = ticks;
        left = *dd_register(SYSTICK_VALUE);
    } while (before != ticks);
    uint32_t gone = left ? tick_cycles() - left : 0; // a tick comes with the 0
    return (uint64_t)before * DD_CPU_TICK_US + gone / (dd_machine_hz / 1000000);
}

void dd_cpu_sleep(void) {
    __asm volatile("wfi");
}
