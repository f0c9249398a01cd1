#include "models/controller/house_clock.h"
#include "models/controller/house.h"

enum { CLOCK_SET, CLOCK_JUMPED }; // as the record of it says
enum { REFERENCE_MD = 25000 };    // where a crystal's rate is stated, thousandths of a °C

// A cabinet is as warm as the air.
static int32_t rate_ppb(const dd_house *house, int32_t temperature_md) {
    int64_t warmer_md = temperature_md - REFERENCE_MD;
    return house->crystal_ppb + (int32_t)(warmer_md * house->crystal_ppb_k / 1000);
}

void dd_house_clock_start(dd_domain *domain, dd_segment_state *segment) {
    const dd_world *world = dd_world_of(domain);
    const dd_settings *settings = &world->def.settings;
    uint64_t stable = dd_world_stable(world, dd_segment_entity(world, segment, 0));
    dd_house *house = segment->house;
    house->crystal_ppb = dd_crystal_ppb(world->def.seed, stable, settings->controller_drift_ppm);
    house->crystal_ppb_k =
        dd_crystal_ppb_k(world->def.seed, stable, settings->controller_drift_per_k);
    house->oscillator.rate_ppb = rate_ppb(house, REFERENCE_MD); // until it is looked at
    dd_clock_set(&house->oscillator, domain->now, 0);
}

int64_t dd_house_uptime_us(const dd_domain *domain, const dd_segment_state *segment) {
    return dd_clock_us(&segment->house->oscillator, domain->now);
}

void dd_house_clock_warm(dd_domain *domain, dd_segment_state *segment, int32_t temperature_md) {
    dd_house *house = segment->house;
    dd_clock_set(&house->oscillator, domain->now, dd_house_uptime_us(domain, segment));
    if (!dd_seat_paced(&house->seat)) house->oscillator.rate_ppb = rate_ppb(house, temperature_md);
}

void dd_house_clock_follow(dd_domain *domain, dd_segment_state *segment, const dd_seat_time *time) {
    dd_house *house = segment->house;
    dd_clock_set(&house->oscillator, domain->now, time->uptime_us);
    house->oscillator.rate_ppb = time->rate_ppb;
}

int64_t dd_house_clock_error_us(const dd_domain *domain, const dd_segment_state *segment) {
    const dd_application *application = dd_seat_application(&segment->house->seat);
    int64_t uptime_ms = dd_house_uptime_us(domain, segment) / 1000;
    int64_t shows_ms = dd_core_clock_ms(&application->core, uptime_ms);
    return shows_ms * 1000 - dd_world_unix_us(dd_world_of(domain), domain->now);
}

static void tell(dd_domain *domain, const dd_segment_state *segment, int why, int64_t error_us) {
    dd_record_make(domain, DD_REC_CLOCK, dd_segment_entity(dd_world_of(domain), segment, 0), 0, why,
                   error_us / 1000, 0, 0);
}

void dd_house_clock_tell_set(dd_domain *domain, const dd_segment_state *segment, int64_t error_us) {
    tell(domain, segment, CLOCK_SET, error_us);
}

void dd_house_clock_fault(dd_domain *domain, dd_segment_state *segment, bool on) {
    dd_house *house = segment->house;
    house->clock_broken = on;
    if (!on || !house->running || dd_seat_taken(&house->seat)) return;
    int64_t before_us = dd_house_clock_error_us(domain, segment);
    dd_core_clock_jump(&house->seat.application.core, DD_CLOCK_FAULT_MS);
    tell(domain, segment, CLOCK_JUMPED, before_us);
}
