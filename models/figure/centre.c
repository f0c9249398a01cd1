// Figures of what the control centre knows, says and does.
#include "models/figure/figure_table.h"
#include "models/measure.h"

static double centre_answered(dd_world *world) {
    const dd_centre *centre = &dd_world_hub(world)->centre;
    return dd_percent((double)(centre->readings - centre->unanswered), (double)centre->readings);
}

static double centre_readings(dd_world *world) {
    return (double)dd_world_hub(world)->centre.readings;
}

static double alarms_active(dd_world *world) {
    return dd_measure_alarms_active(world, 0);
}

static double alarms_raised(dd_world *world) {
    return dd_measure_alarms_raised(world, 0);
}

static dd_alarm_rates rates_of(const dd_world *world) {
    return dd_alarm_rates_now(&dd_world_hub(world)->centre.alarms);
}

static double alarms_announced(dd_world *world) {
    return rates_of(world).announced;
}

static double periods_of(const dd_world *world) {
    return (double)world->engine->now / (10 * DD_MINUTE);
}

static double alarms_per_10min(dd_world *world) {
    return world->engine->now ? rates_of(world).announced / periods_of(world) : NAN;
}

static double alarms_peak(dd_world *world) {
    return rates_of(world).peak;
}

static double alarms_flood(dd_world *world) {
    return dd_percent(rates_of(world).floods, ceil(periods_of(world)));
}

static double alarms_chattering(dd_world *world) {
    return rates_of(world).chattering;
}

static double alarms_stale(dd_world *world) {
    return dd_alarms_stale(&dd_world_hub(world)->centre.alarms, world->engine->now);
}

static double alarms_shelved(dd_world *world) {
    return dd_world_hub(world)->centre.alarms.shelved;
}

static double alarms_suppressed(dd_world *world) {
    return dd_world_hub(world)->centre.alarms.suppressed;
}

static double incidents_opened(dd_world *world) {
    return dd_world_hub(world)->centre.incidents.n;
}

static double incidents_open(dd_world *world) {
    return dd_world_hub(world)->centre.incidents.open_n;
}

static double centre_dark(dd_world *world) {
    return dd_world_hub(world)->centre.dark_n;
}

// Of the lamps of which the centre holds anything, those whose light is as it holds.
static double centre_right(dd_world *world) {
    const dd_belief *beliefs = dd_world_hub(world)->centre.beliefs;
    double held = 0, right = 0;
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++) {
        uint32_t light = beliefs[lamp].light;
        if (light == DD_BELIEVED_UNKNOWN) continue;
        bool lit = dd_measure_lamps(world, &lamp, 1).lit > 0;
        held++;
        right += lit == (light == DD_BELIEVED_LIT || light == DD_BELIEVED_BURNING);
    }
    return dd_percent(right, held);
}

static double commands_sent(dd_world *world) {
    return dd_world_hub(world)->centre.counts.sent;
}

static double commands_done(dd_world *world) {
    const dd_command_counts *counts = &dd_world_hub(world)->centre.counts;
    return dd_percent((double)counts->lamps_done, (double)counts->lamps_asked);
}

const dd_figure dd_figures_centre[] = {
    {"centre.readings", "", "readings that the centre was given so far", centre_readings},
    {"centre.answered", "%", "of these, the ones that the lamp had answered", centre_answered},
    {"alarms.active", "", "alarms whose condition stands now", alarms_active},
    {"alarms.raised", "", "alarms raised so far", alarms_raised},
    {"alarms.announced", "", "of these, the ones that neither shelf nor incident held back",
     alarms_announced},
    {"alarms.per_10min", "1/10 min", "announced in ten minutes, mean; EEMUA 191: 1 at most",
     alarms_per_10min},
    {"alarms.peak_10min", "1/10 min", "most announced in ten minutes; EEMUA 191: 10 at most",
     alarms_peak},
    {"alarms.flood", "%", "periods of ten minutes with more than ten; ISA-18.2: below 1",
     alarms_flood},
    {"alarms.chattering", "", "alarms raised three times within a minute so far; ISA-18.2: none",
     alarms_chattering},
    {"alarms.stale", "", "alarms that have stood for a day now; ISA-18.2: below 5", alarms_stale},
    {"alarms.shelved", "", "alarms on the shelf now", alarms_shelved},
    {"alarms.suppressed", "", "live alarms that an incident holds back now", alarms_suppressed},
    {"incidents.opened", "", "incidents opened so far", incidents_opened},
    {"incidents.open", "", "incidents that are not over now", incidents_open},
    {"centre.dark", "", "lamps that the centre holds to be dark now", centre_dark},
    {"centre.right", "%", "of the lamps of which it holds anything, those that are as it holds",
     centre_right},
    {"commands.sent", "", "commands sent so far", commands_sent},
    {"commands.done", "%", "lamps commanded that are known to have obeyed", commands_done},
    {NULL, NULL, NULL, NULL},
};
