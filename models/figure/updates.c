// Figures of campaigns of firmware.
#include "models/figure/figure_table.h"

static dd_campaign_counts update_counts(const dd_world *world) {
    const dd_domain *hub = &world->engine->domains[DD_HUB_DOMAIN];
    const dd_centre *centre = &dd_world_hub(world)->centre;
    dd_campaign_counts all = {0};
    for (uint32_t n = 1; n <= centre->campaigns.n; n++) {
        dd_campaign_counts counts = dd_campaign_count(hub, centre, dd_campaign_find(centre, n));
        all.device_n += counts.device_n;
        all.done_n += counts.done_n;
        all.failed_n += counts.failed_n;
        all.alarmed_n += counts.alarmed_n;
    }
    return all;
}

static double updates_campaigns(dd_world *world) {
    return dd_world_hub(world)->centre.campaigns.n;
}

static double updates_halted(dd_world *world) {
    const dd_campaigns *campaigns = &dd_world_hub(world)->centre.campaigns;
    uint32_t n = 0;
    for (uint32_t i = 1; i <= campaigns->n; i++)
        n += campaigns->all[i].gate != DD_GATE_NONE;
    return n;
}

static double updates_devices(dd_world *world) {
    return update_counts(world).device_n;
}

static double updates_done(dd_world *world) {
    return update_counts(world).done_n;
}

static double updates_failed(dd_world *world) {
    return update_counts(world).failed_n;
}

static double updates_alarmed(dd_world *world) {
    return update_counts(world).alarmed_n;
}

const dd_figure dd_figures_updates[] = {
    {"updates.campaigns", "", "firmware campaigns begun so far", updates_campaigns},
    {"updates.halted", "", "of these, those that a gate or an operator has halted", updates_halted},
    {"updates.devices", "", "nodes and controllers of their segments", updates_devices},
    {"updates.done", "", "of these, those that run the release now, as the centre was told",
     updates_done},
    {"updates.failed", "", "those that could not be updated, or rolled it back", updates_failed},
    {"updates.alarmed", "", "of those done, lamps with alarms that they did not have before",
     updates_alarmed},
    {NULL, NULL, NULL, NULL},
};
