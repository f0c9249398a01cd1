// The whole of a small board: it greets, works in lock-step or real time, closes the contactor of
// feeder 1 while its photocell is in the dark, and says so. Its port is yours to write: port.h.
#include "hil/kit/example/port.h"

static dd_kit kit;

static void say_outputs(uint32_t contactors) {
    hil_Message message = {.which_what = hil_Message_outputs_tag};
    message.what.outputs = (hil_Outputs){.contactors = contactors, .leds = 1};
    dd_kit_send(&kit, &message);
}

static uint64_t take(void *context, uint64_t uptime_us, const hil_Message *message) {
    static uint32_t closed;
    (void)context, (void)uptime_us;
    if (!message) return 0; // a deadline: it states none
    if (message->which_what == hil_Message_start_tag) {
        closed = 0;
        dd_kit_log(&kit, 2, "started");
    } else if (message->which_what == hil_Message_inputs_tag) {
        uint32_t wanted = message->what.inputs.dark ? 1 : 0;
        if (wanted != closed) say_outputs(closed = wanted);
    }
    return 0;
}

int main(void) {
    static dd_kit_def def = {
        .firmware = {NULL, take},
        .capabilities = hil_Capability_CAPABILITY_LOCK_STEP | hil_Capability_CAPABILITY_RESET |
                        hil_Capability_CAPABILITY_LOGS,
        .serial = "EXAMPLE-1",
        .model = "example",
        .name = "example 1.0",
        .boots = 1,
    };
    def.port = board_port();
    dd_kit_init(&kit, &def);
    for (;;)
        dd_kit_poll(&kit, 1000000);
}
