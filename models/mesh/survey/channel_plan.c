#include "models/mesh/survey/channel_plan.h"
#include "engine/random.h"
#include "models/mesh/survey/coupling.h"
#include "models/mesh/survey/noise.h"
#include "models/world.h"

#include <stdlib.h>

// Channels of the O-QPSK PHY (802.15.4, 10.1.3.3), and SUN channels that fill 920-923 MHz: 15 of
// 200 kHz or 7 of 400 kHz (facts B2). 25 mW ERP is 16.15 dBm EIRP (Circular 08/2021). 100 mW EIRP
// at 2.4 GHz is the common rule for wideband data (EN 300 328); recalled, not verified again.
const dd_band dd_bands[] = {
    {11, 16, 2405000, 5000, 2000, "100 mW EIRP at 2.4 GHz (EN 300 328)"},
    {0, 15, 920100, 200, 1615, "25 mW ERP at 920-923 MHz (Circular 08/2021/TT-BTTTT)"},
    {0, 7, 920200, 400, 1615, "25 mW ERP at 920-923 MHz (Circular 08/2021/TT-BTTTT)"},
};

int32_t dd_channels_apart_cdb(const dd_channel_plan *plan, int a, int b) {
    return plan->rejection_cdb[abs(a - b)];
}

int32_t dd_channel_rejection(const dd_channel_plan *plan, uint32_t segment, uint32_t other) {
    return dd_channels_apart_cdb(plan, plan->channel[segment], plan->channel[other]);
}

static void set_rejections(dd_channel_plan *plan, const dd_settings *settings) {
    for (int apart = 1; apart < DD_CHANNELS_MAX; apart++) {
        double db = apart == 1   ? settings->mesh_adjacent_db
                    : apart == 2 ? settings->mesh_alternate_db
                                 : settings->mesh_remote_db;
        plan->rejection_cdb[apart] = (int32_t)(db * 100);
    }
}

static uint64_t stable_of(const dd_world *world, uint32_t segment) {
    return dd_world_stable(world, dd_world_entity(world, DD_ENTITY_SEGMENT, segment));
}

static dd_given_radio given_for(const dd_world *world, uint32_t segment) {
    dd_given_radio given = {.channel = (int16_t)world->def.settings.mesh_channel,
                            .pan = DD_PAN_COMPUTED};
    if (!world->def.radios) return given;
    const dd_given_radio *own = &world->def.radios[segment];
    if (own->channel != DD_CHANNEL_COMPUTED) given.channel = own->channel;
    given.pan = own->pan;
    return given;
}

// --- Channels ---

static bool take_given(dd_channel_plan *plan, const dd_world *world, bool *fixed, dd_error *error) {
    const dd_band *band = plan->band;
    for (uint32_t i = 1; i < world->city->segment_n; i++) {
        int channel = given_for(world, i).channel;
        if (channel == DD_CHANNEL_COMPUTED) continue;
        if (channel < band->first || channel >= band->first + band->n)
            return dd_fail(error, DD_WRONG,
                           "segment %s: channel %d lies outside the band of %s; use %u to %u",
                           world->city->segments[i].id, channel, world->preset.name, band->first,
                           band->first + band->n - 1u);
        plan->channel[i] = (uint8_t)channel;
        fixed[i] = true;
    }
    return true;
}

// What a segment would hear on a channel of the neighbours that have one.
static double heard_on(const dd_channel_plan *plan, const dd_couplings *couplings, uint32_t segment,
                       uint8_t channel) {
    double sum = 0;
    for (uint32_t k = couplings->first[segment]; k < couplings->first[segment + 1]; k++) {
        const dd_coupling *pair = &couplings->all[k];
        uint8_t other = plan->channel[pair->other];
        if (other != UINT8_MAX)
            sum += dd_noise_power(pair->level_cdbm - dd_channels_apart_cdb(plan, channel, other));
    }
    return sum;
}

static uint8_t quietest(const dd_channel_plan *plan, const dd_world *world,
                        const dd_couplings *couplings, uint32_t segment) {
    const dd_band *band = plan->band;
    uint32_t favourite = (uint32_t)(dd_mix(stable_of(world, segment)) % band->n);
    uint8_t best = 0;
    double least = 0;
    for (uint32_t k = 0; k < band->n; k++) {
        uint8_t channel = (uint8_t)(band->first + (favourite + k) % band->n);
        double heard = heard_on(plan, couplings, segment, channel);
        if (k && heard >= least) continue;
        best = channel;
        least = heard;
    }
    return best;
}

static bool choose_channels(dd_channel_plan *plan, const dd_world *world,
                            const dd_couplings *couplings, dd_error *error) {
    uint32_t n = world->city->segment_n;
    bool *fixed = calloc(n, sizeof *fixed);
    if (!fixed) return dd_fail(error, DD_OUTSIDE, "no memory for the channel plan");
    for (uint32_t i = 1; i < n; i++)
        plan->channel[i] = UINT8_MAX; // none yet
    bool good = take_given(plan, world, fixed, error);
    for (uint32_t i = 1; good && i < n; i++)
        if (!fixed[i]) plan->channel[i] = quietest(plan, world, couplings, i);
    free(fixed);
    return good;
}

// --- PAN ids ---

// The segment, among those that hear this one, with that PAN id; 0: none.
static uint32_t holder(const dd_channel_plan *plan, const dd_couplings *couplings, uint32_t segment,
                       uint16_t pan) {
    for (uint32_t k = couplings->first[segment]; k < couplings->first[segment + 1]; k++)
        if (plan->pan[couplings->all[k].other] == pan) return couplings->all[k].other;
    return 0;
}

// 0xFFFF is broadcast, 0xFFFE what a device has that knows none.
static bool is_pan(uint16_t pan) {
    return pan != DD_PAN_COMPUTED && pan < 0xFFFE;
}

static uint16_t choose_pan(const dd_channel_plan *plan, const dd_world *world,
                           const dd_couplings *couplings, uint32_t segment) {
    uint64_t hash = stable_of(world, segment);
    uint16_t pan;
    do {
        hash = dd_mix(hash);
        pan = (uint16_t)hash;
    } while (!is_pan(pan) || holder(plan, couplings, segment, pan));
    return pan;
}

static bool choose_pans(dd_channel_plan *plan, const dd_world *world, const dd_couplings *couplings,
                        dd_error *error) {
    const dd_city *city = world->city;
    for (uint32_t i = 1; i < city->segment_n; i++) {
        uint16_t pan = given_for(world, i).pan;
        if (pan == DD_PAN_COMPUTED) continue;
        uint32_t other = holder(plan, couplings, i, pan);
        if (other)
            return dd_fail(error, DD_WRONG,
                           "segments %s and %s hear each other and are both given PAN id 0x%04x; "
                           "give one of them another",
                           city->segments[other].id, city->segments[i].id, pan);
        if (!is_pan(pan))
            return dd_fail(error, DD_WRONG,
                           "segment %s: PAN id 0x%04x is reserved; use 1 to 0xfffd",
                           city->segments[i].id, pan);
        plan->pan[i] = pan;
    }
    for (uint32_t i = 1; i < city->segment_n; i++)
        if (!plan->pan[i]) plan->pan[i] = choose_pan(plan, world, couplings, i);
    return true;
}

bool dd_channel_plan_make(dd_channel_plan *plan, const dd_world *world,
                          const dd_couplings *couplings, dd_error *error) {
    uint32_t n = world->city->segment_n;
    *plan = (dd_channel_plan){.band = &dd_bands[(int)world->def.settings.mesh_preset - 1],
                              .channel = calloc(n, sizeof *plan->channel),
                              .pan = calloc(n, sizeof *plan->pan)};
    if (!plan->channel || !plan->pan)
        return dd_fail(error, DD_OUTSIDE, "no memory for the channel plan");
    set_rejections(plan, &world->def.settings);
    return choose_channels(plan, world, couplings, error) &&
           choose_pans(plan, world, couplings, error);
}

void dd_channel_plan_fini(dd_channel_plan *plan) {
    free(plan->channel);
    free(plan->pan);
    *plan = (dd_channel_plan){0};
}
