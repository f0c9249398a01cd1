// The reference firmware: the twin's own segment controller, the same source, as a board's. The kit
// brings messages; here they become what the application takes, and what it answers becomes
// messages. It borrows its store unless the board has one.
#pragma once

#include "hil/kit/kit.h"
#include "models/controller/application.h"

#define DD_FIRMWARE_NAME "domdom-reference " DOMDOM_VERSION

typedef struct dd_firmware {
    dd_kit *kit;
    dd_application application;
    dd_core_def core;
    dd_coap_client_def coap;
    uint32_t store_size;   // 0: there is none
    bool settled, running; // it has settings; it has been started with them
    hil_Outputs outputs;
    dd_timetable timetable;
    dd_light_calendar calendar; // as commissioned
    dd_core_lamp lamps[DD_SEGMENT_LAMPS_MAX];
    dd_core_output said[DD_CORE_OUTPUTS];
    dd_word spare[DD_LOG_SPARE];
} dd_firmware;

void dd_firmware_init(dd_firmware *firmware, dd_kit *kit);

// What the reference firmware is capable of, for dd_kit_def; and dd_kit_firmware.take.
enum {
    DD_FIRMWARE_CAPABILITIES = hil_Capability_CAPABILITY_LOCK_STEP |
                               hil_Capability_CAPABILITY_COMMISSION |
                               hil_Capability_CAPABILITY_BORROWS_STORE |
                               hil_Capability_CAPABILITY_RESET | hil_Capability_CAPABILITY_LOGS,
};
uint64_t dd_firmware_take(void *firmware, uint64_t uptime_us, const hil_Message *message);
