// A microcontroller's board: what differs from one to the next. Each has a file of this name's
// functions and a linker script.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { DD_BAUD = 115200 };

extern const char dd_machine_model[];
extern const uint32_t dd_machine_hz; // of the core, and of its SysTick

// Sets its clock, its UART at DD_BAUD 8N1, and lets octets that come interrupt as `dd_machine_irq`.
void dd_machine_init(void);
extern const uint32_t dd_machine_irq;

// An octet that has come. False: none.
bool dd_machine_get(uint8_t *octet);
// Waits until there is room, and sends an octet.
void dd_machine_put(uint8_t octet);

static inline volatile uint32_t *dd_register(uint32_t address) {
    return (volatile uint32_t *)(uintptr_t)address;
}
