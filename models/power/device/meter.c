#include "models/power/device/meter.h"
#include "engine/random.h"
#include "models/kind.h"

enum { MILLION = 1000000, DRIFT_MOST_PPM = 500000 };

dd_meter dd_meter_make(uint64_t seed, uint64_t stable, double class_pct) {
    int32_t limit_ppm = (int32_t)(class_pct * 10000 + 0.5);
    int32_t error =
        (int32_t)((int64_t)dd_normal_milli(dd_random(seed, stable, DD_DRAW_METER, 0).v[0]) *
                  limit_ppm / 3000);
    error = error > limit_ppm ? limit_ppm : error < -limit_ppm ? -limit_ppm : error;
    return (dd_meter){.error_ppm = error, .drift_from = DD_NEVER};
}

int32_t dd_meter_error_ppm(const dd_meter *meter, dd_time now, uint32_t drift_ppm_day) {
    if (now <= meter->drift_from) return meter->error_ppm;
    int64_t minutes = (now - meter->drift_from) / DD_MINUTE;
    int64_t drift = minutes * drift_ppm_day / (DD_DAY / DD_MINUTE);
    return meter->error_ppm - (int32_t)(drift < DRIFT_MOST_PPM ? drift : DRIFT_MOST_PPM);
}

void dd_meter_count(dd_meter *meter, dd_time now, dd_time lasts, int64_t power_mw,
                    uint32_t current_ma, uint32_t drift_ppm_day) {
    const int64_t one_mwh = 3600000000; // milliwatt-microseconds
    meter->true_rest += lasts / DD_MICROSECOND * power_mw;
    int64_t counted = meter->true_rest / one_mwh;
    meter->true_rest %= one_mwh;
    meter->true_mwh += counted;
    if (current_ma < DD_METER_START_MA) return;
    int64_t share_ppm = MILLION + dd_meter_error_ppm(meter, now, drift_ppm_day);
    meter->told_uwh += counted * share_ppm / 1000;
}

uint32_t dd_meter_power_mw(const dd_meter *meter, dd_time now, int64_t power_mw,
                           uint32_t current_ma, uint32_t drift_ppm_day) {
    if (current_ma < DD_METER_START_MA) return 0;
    return (uint32_t)(power_mw * (MILLION + dd_meter_error_ppm(meter, now, drift_ppm_day)) /
                      MILLION);
}
