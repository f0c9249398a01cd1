#include "models/power/device/residual.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static const dd_residual_def def = {.lamp_ua = 500,
                                    .wet_ua = 1000,
                                    .fault_ma = 150,
                                    .fault_wet_pm = 1500,
                                    .flooded_ma = 400,
                                    .warning_ma = 150,
                                    .trip_ma = 300};

static uint16_t leakage(uint32_t lamp_n, uint32_t wet_pm, bool fault, bool flooded) {
    return dd_residual_ma(&def, &(dd_residual_state){lamp_n, wet_pm, fault, flooded});
}

Test(residual, adds_up) {
    cr_expect(eq(u16, leakage(0, 1000, false, false), 0));
    cr_expect(eq(u16, leakage(48, 0, false, false), 24));
    cr_expect(eq(u16, leakage(48, 500, false, false), 48));
    cr_expect(eq(u16, leakage(48, 1000, false, false), 72));
    cr_expect(eq(u16, leakage(48, 0, true, false), 174));
    cr_expect(eq(u16, leakage(48, 1000, true, false), 72 + 375));
    cr_expect(eq(u16, leakage(48, 0, false, true), 424));
    cr_expect(eq(u16, leakage(200000, 1000, true, true), UINT16_MAX));
}

// A sound feeder neither warns nor trips in any rain; a bad place warns when dry and trips when
// wet; water over the terminals trips at once.
Test(residual, what_it_takes) {
    for (uint32_t wet_pm = 0; wet_pm <= 1000; wet_pm += 100)
        cr_expect(not(dd_residual_warns(&def, leakage(76, wet_pm, false, false))));
    cr_expect(dd_residual_warns(&def, leakage(10, 0, true, false)));
    cr_expect(not(dd_residual_trips(&def, leakage(76, 0, true, false))));
    cr_expect(dd_residual_trips(&def, leakage(10, 1000, true, false)));
    cr_expect(dd_residual_trips(&def, leakage(10, 0, false, true)));
}

Test(residual, without_a_device) {
    dd_residual_def none = def;
    none.trip_ma = 0;
    none.warning_ma = 0;
    cr_expect(not(dd_residual_trips(&none, UINT16_MAX)));
    cr_expect(not(dd_residual_warns(&none, UINT16_MAX)));
    cr_expect(dd_residual_trips(&def, 300));
    cr_expect(not(dd_residual_trips(&def, 299)));
}
