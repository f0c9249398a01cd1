#include "models/mesh/survey/reachability.h"
#include "models/controller/core/core.h"

#include <stdio.h>

// The least SNR at which a quarter of all exchanges, frame and acknowledgement, succeed.
static int32_t least_snr(const dd_world *world) {
    enum { QUARTER_PPM = 250000 };
    for (int32_t snr = world->radio.from_cdb;; snr++) {
        uint64_t data = dd_radio_success_ppm(&world->radio, snr, DD_TYPICAL_OCTETS);
        uint64_t ack = dd_radio_success_ppm(&world->radio, snr, DD_RADIO_ACK_OCTETS);
        if (data * ack / 1000000 >= QUARTER_PPM) return snr;
    }
}

uint32_t dd_reachability_of(const dd_world *world, uint32_t segment, bool *reached) {
    uint32_t lamp_n = world->city->segments[segment].lamp_count, base = world->station[segment];
    const dd_links *links =
        &world->survey->links[dd_world_domain(world, segment) - DD_FIRST_SEGMENT_DOMAIN];
    uint16_t queue[DD_SEGMENT_LAMPS_MAX + 1] = {0};
    int32_t snr = least_snr(world);
    uint32_t n = 1;
    for (uint32_t i = 0; i <= lamp_n; i++)
        reached[i] = i == 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = base + queue[i];
        for (uint32_t k = links->first[from]; k < links->first[from + 1]; k++) {
            uint32_t number = links->to[k] - base; // wraps round for stations before
            if (number > lamp_n || reached[number]) continue;
            if (links->level_cdbm[k] - links->noise_cdbm[links->to[k]] < snr) continue;
            reached[number] = true;
            queue[n++] = (uint16_t)number;
        }
    }
    return n - 1;
}

static void warn_unreached(const dd_world *world, uint32_t segment, const bool *reached,
                           uint32_t missing, dd_mesh_warn *warn, void *context) {
    const dd_segment *place = &world->city->segments[segment];
    uint32_t first = 1;
    while (reached[first])
        first++;
    char text[300], more[60] = "";
    if (missing > 1) snprintf(more, sizeof more, " and %u more of its lamps", missing - 1);
    snprintf(text, sizeof text,
             "segment %s: no chain of links leads from its controller to lamp %s%s; move the "
             "controller, or add lamps between",
             place->id, world->city->lamps[place->first_lamp + first - 1].id, more);
    warn(context, text);
}

static void warn_power(const dd_world *world, dd_mesh_warn *warn, void *context) {
    const dd_band *band = world->survey->plan.band;
    if (world->preset.tx_power_cdbm <= band->most_cdbm) return;
    char text[300];
    snprintf(text, sizeof text,
             "radios send with %.2f dBm EIRP, above the rule's %.2f: %s; lower mesh.tx_change_db",
             world->preset.tx_power_cdbm / 100.0, band->most_cdbm / 100.0, band->rule);
    warn(context, text);
}

bool dd_reachability_check(const dd_world *world, dd_mesh_warn *warn, void *context,
                           dd_error *error) {
    bool reached[DD_SEGMENT_LAMPS_MAX + 1];
    warn_power(world, warn, context);
    for (uint32_t i = 1; i < world->city->segment_n; i++) {
        const dd_segment *place = &world->city->segments[i];
        uint32_t n = dd_reachability_of(world, i, reached);
        if (place->lamp_count && !n)
            return dd_fail(error, DD_WRONG,
                           "segment %s: its controller reaches none of its %u lamps; raise "
                           "mesh.tx_change_db, or move it nearer",
                           place->id, place->lamp_count);
        if (n < place->lamp_count)
            warn_unreached(world, i, reached, place->lamp_count - n, warn, context);
    }
    return true;
}
