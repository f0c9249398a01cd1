// Netduino Plus 2: STM32F405 (Cortex-M4F) at 168 MHz, USART 1 on PA9 and PA10. Registers: ST's
// reference manual RM0090, chapters 7, 8 and 30.
#include "hil/firmware/cortex_m/machine.h"

enum {
    RCC_CR = 0x40023800,
    RCC_PLLCFGR = 0x40023804,
    RCC_CFGR = 0x40023808,
    RCC_AHB1ENR = 0x40023830,
    RCC_APB2ENR = 0x40023844,
    FLASH_ACR = 0x40023C00,
    GPIO_A_MODER = 0x40020000,
    GPIO_A_AFRH = 0x40020024,
    UART_STATUS = 0x40011000,
    UART_DATA = 0x40011004,
    UART_BAUD = 0x40011008,
    UART_CONTROL = 0x4001100C,
    RECEIVED = 1 << 5, // of UART_STATUS
    ROOM = 1 << 7,
    APB2_HZ = 84000000,
};

const char dd_machine_model[] = "netduinoplus2";
const uint32_t dd_machine_hz = 168000000, dd_machine_irq = 37;

// An oscillator that never comes is not waited for for ever; nor is one that is not emulated.
static void wait_for(uint32_t address, uint32_t mask, uint32_t value) {
    for (uint32_t i = 0; i < 20000 && (*dd_register(address) & mask) != value; i++) {
    }
}

// The crystal has 25 MHz: / 25 * 336 / 2.
static void set_clock(void) {
    *dd_register(RCC_CR) |= 1 << 16;
    wait_for(RCC_CR, 1 << 17, 1 << 17);
    *dd_register(FLASH_ACR) = 1 << 10 | 1 << 9 | 1 << 8 | 5;
    *dd_register(RCC_CFGR) = 4 << 13 | 5 << 10; // APB2 at half, APB1 at a quarter
    *dd_register(RCC_PLLCFGR) = 7 << 24 | 1 << 22 | 336 << 6 | 25;
    *dd_register(RCC_CR) |= 1 << 24;
    wait_for(RCC_CR, 1 << 25, 1 << 25);
    *dd_register(RCC_CFGR) |= 2;
    wait_for(RCC_CFGR, 3 << 2, 2 << 2);
}

void dd_machine_init(void) {
    set_clock();
    *dd_register(RCC_AHB1ENR) |= 1;
    *dd_register(RCC_APB2ENR) |= 1 << 4;
    *dd_register(GPIO_A_MODER) |= 2 << 18 | 2 << 20;
    *dd_register(GPIO_A_AFRH) |= 7 << 4 | 7 << 8;
    *dd_register(UART_BAUD) = (APB2_HZ + DD_BAUD / 2) / DD_BAUD;
    *dd_register(UART_CONTROL) = 1 << 13 | 1 << 5 | 1 << 3 | 1 << 2;
}

bool dd_machine_get(uint8_t *octet) {
    if (!(*dd_register(UART_STATUS) & RECEIVED)) return false;
    *octet = (uint8_t)*dd_register(UART_DATA);
    return true;
}

void dd_machine_put(uint8_t octet) {
    while (!(*dd_register(UART_STATUS) & ROOM)) {
    }
    *dd_register(UART_DATA) = octet;
}
