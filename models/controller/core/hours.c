#include "models/controller/core/hours.h"

dd_hours dd_core_hours(dd_core *core, uint32_t margin_s) {
    const dd_program *program = &core->def.program;
    if (!core->clock.known || program->id == 0) return DD_HOURS_UNKNOWN;
    int64_t clock_ms = dd_core_clock_ms(core, core->now_ms), margin_ms = (int64_t)margin_s * 1000;
    int lit = 0;
    for (int i = -1; i <= 1; i++)
        lit +=
            dd_program_at(program, &core->def.site, &core->sun, clock_ms + i * margin_ms).level_pm >
            0;
    return lit == 0 ? DD_HOURS_DARK : lit == 3 ? DD_HOURS_LIT : DD_HOURS_EDGE;
}
