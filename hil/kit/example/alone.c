// All of the kit and nothing else: what it takes of a microcontroller is measured by this.
#include "hil/kit/kit.h"

dd_kit dd_kit_alone;

void dd_kit_all(const dd_kit_def *def, hil_Message *message, void *octets);

void dd_kit_all(const dd_kit_def *def, hil_Message *message, void *octets) {
    dd_kit_init(&dd_kit_alone, def);
    dd_kit_poll(&dd_kit_alone, 0);
    dd_kit_send(&dd_kit_alone, message);
    dd_kit_log(&dd_kit_alone, 0, octets);
    dd_kit_pass_over(&dd_kit_alone);
    dd_kit_load(&dd_kit_alone, 0, octets, 1);
    dd_kit_save(&dd_kit_alone, 0, octets, 1);
}
