// The reference firmware on a microcontroller.
#include "hil/firmware/cortex_m/machine.h"
#include "hil/firmware/firmware.h"
#include "hil/kit/example/port.h"
#include "models/controller/core/sha256.h"

enum {
    SERIAL_MAX = 64,
    HASH_TOLD = 8, // octets of the image's hash in a Hello
    MAGIC = 0x466C7921,
};

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
    def = (dd_kit_def){.port = board_port(),
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
