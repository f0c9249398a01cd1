// The processor core: its clock, its sleep, its reset.
#pragma once

#include <stdint.h>

enum { DD_CPU_TICK_US = 10000 };

void dd_cpu_init(void);         // begins to count; interrupts come from now on
uint64_t dd_cpu_clock_us(void); // since then
void dd_cpu_sleep(void);        // until any interrupt: a tick at the latest
_Noreturn void dd_cpu_reset(void);

void dd_cpu_irq(void); // the machine's interrupt; main.c's
