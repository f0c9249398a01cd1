#include "models/mesh/air/jammer.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/mesh/survey/survey.h"
#include "models/neighbourhood.h"

#include <math.h>
#include <string.h>

const char *const dd_jammer_kind_names[] = {"carrier", "wifi", "rfid", "mesh", NULL};

// What is usual. Estimates, but for the reader's 2 W ERP (Circular 08/2021, facts B2), Wi-Fi's
// 20 MHz and 100 mW EIRP (IEEE 802.11, EN 300 328), and a reader's dwell of 0.4 s (as FCC 15.247
// allows).
typedef struct habit {
    double power_dbm, duty;
    uint32_t bandwidth_khz; // 0: the preset's
    dd_time period;
} habit;

static const habit usuals[DD_JAMMER_KINDS] = {
    [DD_JAMMER_CARRIER] = {10, 100, 10, DD_SECOND},
    [DD_JAMMER_WIFI] = {20, 30, 20000, 5 * DD_MILLISECOND},
    [DD_JAMMER_RFID] = {35.15, 50, 200, 400 * DD_MILLISECOND},
    [DD_JAMMER_MESH] = {0, 1, 0, 250 * DD_MILLISECOND},
};

enum {
    WIFI_FIRST_KHZ = 2412000,
    WIFI_SPACING_KHZ = 5000,
    WIFI_CHANNELS = 13,
    WIFI_USUAL = 6,
    RFID_FIRST_KHZ = 920100,
    RFID_SPACING_KHZ = 200,
    RFID_HOPS = 15, // 920 to 923 MHz
};

bool dd_jammer_set(dd_jammer_def *def, const char *name, double value, dd_error *error) {
    static const char *const names[] = {"power", "channel", "duty", NULL};
    if (strcmp(name, "power") == 0) {
        def->powered = true;
        def->power_dbm = value;
        return dd_setting_in_range("a jammer's power", value, -60, 60, "dBm", error);
    }
    if (strcmp(name, "channel") == 0) {
        def->tuned = true;
        def->channel = value;
        return value == floor(value) ||
               dd_fail(error, DD_WRONG, "a jammer's channel must be a whole number, not %g", value);
    }
    if (strcmp(name, "duty") == 0) {
        def->timed = true;
        def->duty = value;
        return dd_setting_in_range("a jammer's duty", value, 0.01, 100, "%", error);
    }
    return dd_fail_unknown(error, "figure of a jammer", name, names,
                           "there are power, channel and duty");
}

static bool is_2_4_ghz(const dd_world *world) {
    return world->preset.frequency_khz > 2000000;
}

static bool check_channel(const dd_world *world, const dd_jammer_def *def, dd_error *error) {
    const dd_band *band = world->survey->plan.band;
    double first = band->first, last = band->first + band->n - 1;
    if (def->kind == DD_JAMMER_RFID)
        return dd_fail(error, DD_WRONG, "an rfid reader hops; leave its channel out");
    if (def->kind == DD_JAMMER_WIFI) {
        first = 1;
        last = WIFI_CHANNELS;
    }
    return (def->channel >= first && def->channel <= last) ||
           dd_fail(error, DD_WRONG, "a %s jammer has channels %g to %g here, not %g",
                   dd_jammer_kind_names[def->kind], first, last, def->channel);
}

bool dd_jammer_check(const dd_world *world, const dd_jammer_def *def, dd_error *error) {
    bool wide = is_2_4_ghz(world);
    if ((def->kind == DD_JAMMER_WIFI && !wide) || (def->kind == DD_JAMMER_RFID && wide))
        return dd_fail(error, DD_WRONG,
                       "a %s jammer disturbs nobody here: mesh.preset %g plays in another band",
                       dd_jammer_kind_names[def->kind], world->def.settings.mesh_preset);
    return !def->tuned || check_channel(world, def, error);
}

// --- Building ---

// Centre of what it sends on a hop; `segment` is where it stands.
static uint32_t centre_khz(const dd_world *world, const dd_jammer_def *def, uint32_t segment,
                           uint8_t hop) {
    const dd_channel_plan *plan = &world->survey->plan;
    if (def->kind == DD_JAMMER_RFID) return RFID_FIRST_KHZ + hop * (uint32_t)RFID_SPACING_KHZ;
    uint32_t wifi = def->tuned ? (uint32_t)def->channel : WIFI_USUAL;
    if (def->kind == DD_JAMMER_WIFI) return WIFI_FIRST_KHZ + (wifi - 1) * WIFI_SPACING_KHZ;
    return dd_band_khz(plan->band, def->tuned ? (uint8_t)def->channel : plan->channel[segment]);
}

// What a receiver loses of it: all that lies outside its channel, or its rejection of that.
static int16_t loss_of(const dd_channel_plan *plan, uint32_t receiver_khz, uint32_t heard_khz,
                       uint32_t sent_khz, uint32_t bandwidth_khz) {
    double half = bandwidth_khz / 2.0, own = receiver_khz / 2.0;
    double apart = fabs((double)sent_khz - (double)heard_khz);
    double overlap = fmin(half + own - apart, 2 * fmin(half, own));
    if (overlap > 0) return (int16_t)lrint(1000 * log10(2 * half / overlap));
    int channels = (int)ceil((apart - half) / plan->band->spacing_khz);
    return (int16_t)
        plan->rejection_cdb[channels < DD_CHANNELS_MAX ? channels : DD_CHANNELS_MAX - 1];
}

static void set_losses(dd_jammer *jammer, const dd_world *world, const dd_jammer_def *def,
                       uint32_t segment) {
    const dd_channel_plan *plan = &world->survey->plan;
    uint32_t bandwidth = usuals[def->kind].bandwidth_khz;
    if (!bandwidth) bandwidth = world->preset.bandwidth_khz;
    jammer->hop_n = def->kind == DD_JAMMER_RFID ? RFID_HOPS : 1;
    for (uint8_t hop = 0; hop < jammer->hop_n; hop++)
        for (uint8_t channel = 0; channel < plan->band->n; channel++)
            jammer->loss_cdb[hop][channel] =
                loss_of(plan, world->preset.bandwidth_khz,
                        dd_band_khz(plan->band, (uint8_t)(plan->band->first + channel)),
                        centre_khz(world, def, segment, hop), bandwidth);
}

static void set_levels(dd_jammer *jammer, const dd_domain *domain, const dd_station_place *from,
                       int32_t power_cdbm) {
    const dd_world *world = dd_world_of(domain);
    const dd_survey *survey = world->survey;
    int32_t more = power_cdbm - world->preset.tx_power_cdbm;
    const dd_neighbourhood *it = dd_neighbourhood_of(domain);
    for (uint32_t station = 1; station <= it->station_n; station++) {
        const dd_segment_state *segment = dd_segment_of(domain, station);
        uint32_t place = survey->places.first[segment->segment] + station - segment->station;
        const dd_station_place *to = &survey->places.all[place];
        int32_t level;
        dd_propagation_level(&survey->propagation, from, to, dd_places_metres(from, to),
                             INT32_MIN / 2, &level);
        jammer->level_cdbm[station] = (int16_t)(level + more);
    }
}

void dd_jammer_make(dd_jammer *jammer, dd_domain *domain, const dd_jammer_def *def, uint32_t entity,
                    const dd_station_place *place) {
    const dd_world *world = dd_world_of(domain);
    const habit *usual = &usuals[def->kind];
    int16_t *levels = jammer->level_cdbm;
    uint32_t station_n = dd_survey_links(domain)->station_n;
    double duty = def->timed ? def->duty : usual->duty;
    double power = def->powered                  ? def->power_dbm
                   : def->kind == DD_JAMMER_MESH ? world->preset.tx_power_cdbm / 100.0
                                                 : usual->power_dbm;
    *jammer = (dd_jammer){
        .stable = dd_mix(dd_world_stable(world, entity) + 1 + (uint64_t)def->kind),
        .entity = entity,
        .since = domain->engine->now,
        .until = DD_NEVER,
        .period = usual->period,
        .burst = (dd_time)((double)(usual->period / DD_MICROSECOND) * duty / 100) * DD_MICROSECOND,
        .kind = (uint8_t)def->kind,
        .level_cdbm =
            levels ? levels : dd_arena_take(&domain->arena, (station_n + 1) * sizeof *levels)};
    if (jammer->burst < DD_MICROSECOND) jammer->burst = DD_MICROSECOND;
    dd_station_place from = *place;
    from.stable = jammer->stable;
    set_losses(jammer, world, def, place->segment);
    set_levels(jammer, domain, &from, (int32_t)lrint(power * 100));
}

// --- When it sends ---

bool dd_jammer_burst(const dd_jammer *jammer, uint64_t seed, dd_time after, dd_burst *burst) {
    if (after < jammer->since) after = jammer->since;
    if (after >= jammer->until) return false;
    if (jammer->burst >= jammer->period) {
        *burst = (dd_burst){jammer->since, jammer->until, 0};
        return true;
    }
    uint32_t slack = (uint32_t)(jammer->period - jammer->burst + 1);
    for (uint64_t k = (uint64_t)after / (uint64_t)jammer->period;; k++) {
        dd_random4 draw = dd_random(seed, jammer->stable, DD_DRAW_JAMMER, k);
        dd_time from = (dd_time)k * jammer->period + dd_uniform(draw.v[0], slack);
        dd_time until = from + jammer->burst;
        if (until <= after) continue;
        if (from < jammer->since) from = jammer->since;
        if (from >= jammer->until) return false;
        if (until > jammer->until) until = jammer->until;
        *burst = (dd_burst){from, until, (uint8_t)dd_uniform(draw.v[1], jammer->hop_n)};
        return true;
    }
}

uint32_t dd_jammers_heard(const dd_jammer *jammers, uint32_t n, uint64_t seed, uint32_t station,
                          uint8_t channel, dd_time from, dd_time to, int32_t least_cdbm,
                          dd_disturbance *all, uint32_t room) {
    uint32_t heard = 0;
    for (uint32_t i = 0; i < n; i++) {
        const dd_jammer *jammer = &jammers[i];
        dd_burst burst;
        if (jammer->level_cdbm[station] < least_cdbm) continue;
        for (dd_time t = from;
             heard < room && dd_jammer_burst(jammer, seed, t, &burst) && burst.from < to;
             t = burst.until) {
            int32_t level = dd_jammer_level(jammer, station, channel, burst.hop);
            if (level >= least_cdbm)
                all[heard++] = (dd_disturbance){burst.from, burst.until, level, jammer->entity};
            if (burst.until >= to) break;
        }
    }
    return heard;
}
