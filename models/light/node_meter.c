#include "models/light/node_meter.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/light/node_light.h"
#include "models/power/flow.h"

enum { TRUE_PPM = 1000000, FAULTY = 1 }; // the count of a meter's draws: sound, and faulty
enum { OFTEN = 3 };                      // restarts that a node calls cycling

// --- Its errors, in millionths: fixed factors, drawn once a node ---

// A sound meter keeps within its class: a normal error of a third of it, cut at it (estimate).
static uint32_t within_class(const dd_settings *settings, uint32_t word) {
    int64_t class_ppm = (int64_t)(settings->node_meter_class * 10000);
    int64_t error = class_ppm * dd_normal_milli(word) / 3000;
    error = error > class_ppm ? class_ppm : error < -class_ppm ? -class_ppm : error;
    return (uint32_t)(TRUE_PPM + error);
}

// One that has failed measures too little or too much: 0.5 to 0.85, or 1.15 to 1.5 (estimate).
static uint32_t wrong(uint32_t word) {
    uint32_t off = 150000 + dd_uniform(word >> 1, 350001);
    return word & 1 ? TRUE_PPM + off : TRUE_PPM - off;
}

static uint32_t meter_ppm(const dd_world *world, const dd_segment_state *segment, uint16_t lamp) {
    uint64_t stable = dd_world_stable(world, dd_segment_lamp(segment, lamp));
    if (dd_node_failed(&segment->nodes[lamp], DD_FAULT_NODE_DEAD)) return 0; // it counts nothing
    bool faulty = dd_node_failed(&segment->nodes[lamp], DD_FAULT_NODE_METER);
    dd_random4 word = dd_random(world->def.seed, stable, DD_DRAW_METER, faulty ? FAULTY : 0);
    return faulty ? wrong(word.v[0]) : within_class(&world->def.settings, word.v[0]);
}

static uint64_t measured(uint64_t truth, uint32_t ppm) {
    return (truth * ppm + TRUE_PPM / 2) / TRUE_PPM;
}

// --- Its counter ---

static uint32_t metered_wh(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    dd_node *node = &segment->nodes[lamp];
    dd_node_count(node, domain->now);
    uint64_t truth_wh = (uint64_t)node->energy_mwh / 1000;
    return (uint32_t)measured(truth_wh, meter_ppm(dd_world_of(domain), segment, lamp));
}

uint32_t dd_node_counter_wh(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    return metered_wh(domain, segment, lamp) + segment->nodes[lamp].counter_offset_wh;
}

void dd_node_set_counter_wh(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                            uint32_t counter_wh) {
    segment->nodes[lamp].counter_offset_wh = counter_wh - metered_wh(domain, segment, lamp);
}

int64_t dd_node_write_up(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    if (!dd_node_model(dd_world_of(domain), segment, lamp)->node) return -1;
    size_t size = (segment->lamp_n + 1u) * sizeof *segment->replaced_wh;
    if (!segment->replaced_wh) segment->replaced_wh = dd_arena_take(&domain->arena, size);
    uint32_t counter_wh = dd_node_counter_wh(domain, segment, lamp);
    segment->replaced_wh[lamp] += counter_wh;
    return counter_wh;
}

uint64_t dd_node_metered_wh(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    bool node = dd_node_model(dd_world_of(domain), segment, lamp)->node;
    uint64_t sum_wh = node ? dd_node_counter_wh(domain, segment, lamp) : 0;
    return sum_wh + (segment->replaced_wh ? segment->replaced_wh[lamp] : 0);
}

// --- Its reading ---

dd_reading dd_node_read(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    const dd_node *node = &segment->nodes[lamp];
    uint32_t ppm = meter_ppm(dd_world_of(domain), segment, lamp);
    dd_luminaire it = dd_node_luminaire(domain, segment, lamp);
    uint8_t cycling = node->restarts >= OFTEN ? DD_GEAR_CYCLING : 0;
    return (dd_reading){
        .lamp = lamp,
        .level_pm = node->level_pm,
        .power_mw = (uint32_t)measured(node->power_mw, ppm),
        .voltage_dv = it.voltage_dv,
        .energy_wh = (uint16_t)dd_node_counter_wh(domain, segment, lamp),
        .calendar_id = dd_segment_calendar(dd_world_of(domain), segment, node->calendar)->id,
        .flags = node->state & DD_NODE_OVERRIDDEN ? DD_READING_OVERRIDDEN : 0,
        .gear = dd_luminaire_gear(&it) | cycling,
        .current_ma = (uint16_t)measured(node->current_ma, ppm),
    };
}
