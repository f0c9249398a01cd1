// Texas Instruments (Luminary) LM3S6965 evaluation board: Cortex-M3 at 50 MHz, its UART 0 behind
// the board's own USB converter. Registers: its data sheet, chapters 5 and 12; PL011's are ARM's.
#include "hil/firmware/cortex_m/machine.h"

enum {
    RCC = 0x400FE060,
    RIS = 0x400FE050,
    RCGC1 = 0x400FE104,
    RCGC2 = 0x400FE108,
    GPIO_A_AFSEL = 0x40004420,
    GPIO_A_DEN = 0x4000451C,
    UART = 0x4000C000,
    UART_DATA = UART,
    UART_FLAGS = UART + 0x18,
    UART_IBRD = UART + 0x24,
    UART_FBRD = UART + 0x28,
    UART_LINE = UART + 0x2C,
    UART_CONTROL = UART + 0x30,
    UART_LEVELS = UART + 0x34,
    UART_MASK = UART + 0x38,
    UART_CLEAR = UART + 0x44,
    EMPTY = 1 << 4, // of UART_FLAGS: nothing has come
    FULL = 1 << 5,  // ... no room to send
    MAIN_OFF = 1,   // of RCC
    SOURCE = 3 << 4,
    CRYSTAL = 15 << 6,
    BYPASS = 1 << 11,
    PLL_OFF = 1 << 13,
    USES_DIVISOR = 1 << 22,
    DIVISOR = 15 << 23,
    LOCKED = 1 << 6, // of RIS
    HZ = 50000000,
};

const char dd_machine_model[] = "lm3s6965evb";
const uint32_t dd_machine_hz = HZ, dd_machine_irq = 5;

static void change(uint32_t address, uint32_t clear, uint32_t set) {
    *dd_register(address) = (*dd_register(address) & ~clear) | set;
}

// The crystal has 8 MHz; the PLL's 200 MHz are divided by four.
static void set_clock(void) {
    change(RCC, USES_DIVISOR, BYPASS);
    change(RCC, MAIN_OFF | SOURCE | PLL_OFF | CRYSTAL, 14 << 6);
    change(RCC, DIVISOR, 3 << 23 | USES_DIVISOR);
    for (uint32_t i = 0; i < 100000 && !(*dd_register(RIS) & LOCKED); i++) {
    }
    change(RCC, BYPASS, 0);
}

void dd_machine_init(void) {
    set_clock();
    *dd_register(RCGC1) |= 1;
    *dd_register(RCGC2) |= 1;
    (void)*dd_register(RCGC2); // clocks are there three cycles later
    *dd_register(GPIO_A_AFSEL) |= 3;
    *dd_register(GPIO_A_DEN) |= 3;
    uint32_t divisor = (HZ * 4 + DD_BAUD / 2) / DD_BAUD; // in 64ths of a sixteenth
    *dd_register(UART_CONTROL) = 0;
    *dd_register(UART_IBRD) = divisor / 64;
    *dd_register(UART_FBRD) = divisor % 64;
    *dd_register(UART_LINE) = 3 << 5 | 1 << 4; // 8 bits, with FIFOs
    *dd_register(UART_LEVELS) = 2 << 3;        // interrupts when half full ...
    *dd_register(UART_MASK) = 1 << 4 | 1 << 6; // ... or after a pause
    *dd_register(UART_CONTROL) = 1 << 9 | 1 << 8 | 1;
}

bool dd_machine_get(uint8_t *octet) {
    *dd_register(UART_CLEAR) = 1 << 4 | 1 << 6;
    if (*dd_register(UART_FLAGS) & EMPTY) return false;
    *octet = (uint8_t)*dd_register(UART_DATA);
    return true;
}

void dd_machine_put(uint8_t octet) {
    while (*dd_register(UART_FLAGS) & FULL) {
    }
    *dd_register(UART_DATA) = octet;
}
