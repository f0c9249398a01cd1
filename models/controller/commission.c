#include "models/controller/commission.h"
#include "engine/random.h"
#include "models/controller/house.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/mesh/survey/survey.h"

void dd_commission_inventory(const dd_world *world, dd_segment_state *segment) {
    for (uint16_t lamp = 1; lamp <= segment->lamp_n; lamp++) {
        const dd_lamp *place = &world->city->lamps[dd_segment_lamp(segment, lamp)];
        const dd_luminaire_model *model = dd_node_model(world, segment, lamp);
        dd_core_lamp *entry = &segment->house->lamps[lamp - 1];
        entry->nominal_mw = model->node ? model->power_mw : 0;
        entry->fixed = model->control == DD_CONTROL_SWITCH;
        entry->phase = place->phase;
        for (uint8_t feeder = 1; feeder <= segment->feeder_n; feeder++)
            if (segment->feeders[feeder].feeder == place->feeder) entry->feeder = feeder;
    }
}

// A controller that had to speak more rarely than the centre grows uneasy would alarm it for
// nothing.
static uint32_t keepalive_s(const dd_settings *settings) {
    uint32_t usual_s = (uint32_t)settings->controller_keepalive_s;
    uint32_t third_s = (uint32_t)(settings->centre_silence_s / 3);
    return third_s < usual_s ? third_s : usual_s;
}

// A feeder with a lamp that has no node to switch it must be dead by day.
static uint8_t switched_feeders(const dd_settings *settings, const dd_segment_state *segment) {
    if (settings->cabinet_switched) return UINT8_MAX;
    uint8_t switched = 0;
    for (uint16_t i = 0; i < segment->lamp_n; i++) {
        const dd_core_lamp *lamp = &segment->house->lamps[i];
        if (!lamp->nominal_mw && lamp->feeder) switched |= (uint8_t)(1u << (lamp->feeder - 1));
    }
    return switched;
}

static void set_line(dd_core_def *def, const dd_settings *settings) {
    def->connect_s = (uint32_t)settings->controller_connect_s;
    def->backoff_s = (uint32_t)settings->controller_backoff_s;
    def->backoff_max_s = (uint32_t)settings->controller_backoff_max_s;
    def->backoff_jitter_pct = (uint8_t)settings->controller_backoff_jitter;
    def->answer_s = (uint32_t)settings->controller_answer_s;
    def->keepalive_s = keepalive_s(settings);
    def->resend_s = (uint32_t)settings->controller_resend_s;
    def->clock_period_s = (uint32_t)settings->controller_clock_s;
    def->clock_stale_s = (uint32_t)settings->controller_clock_stale_s;
}

static void set_judgement(dd_core_def *def, const dd_settings *settings) {
    def->missed_rounds = (uint8_t)settings->controller_missed_rounds;
    def->low_readings = (uint8_t)settings->controller_low_readings;
    def->power_low_pct = (uint8_t)settings->controller_power_low;
    def->voltage_low_dv = (uint16_t)(settings->controller_voltage_low * 10);
    def->voltage_high_dv = (uint16_t)(settings->controller_voltage_high * 10);
}

static void set_cabinet(dd_core_def *def, const dd_settings *settings,
                        const dd_segment_state *segment) {
    def->lamp_n = segment->lamp_n;
    def->feeder_n = segment->feeder_n;
    def->switched = switched_feeders(settings, segment);
    def->stagger_s = (uint16_t)settings->cabinet_stagger_s;
    def->lead_s = (uint16_t)settings->controller_lead_s;
    def->meter_period_s = (uint32_t)settings->controller_meter_s;
}

static void set_firmware(dd_core_def *def, const dd_domain *domain,
                         const dd_segment_state *segment) {
    const dd_settings *settings = dd_settings_of(domain);
    def->firmware = dd_controller_version(domain, segment);
    def->trial = dd_boot_loader_on_trial(segment);
    def->trial_s = (uint32_t)settings->controller_trial_s;
    def->node_trial_s = (uint32_t)settings->node_trial_s;
    def->block_ms = (uint32_t)settings->controller_block_ms;
}

// Message IDs go on where the last ones ended, or lamps would take new requests for repeated ones.
static dd_coap_client_def coap_of(const dd_settings *settings, const dd_house *house,
                                  uint16_t boots, uint32_t word) {
    return (dd_coap_client_def){
        .ack_timeout_ms = (uint32_t)(settings->controller_ack_timeout_s * 1000),
        .max_retransmit = (uint8_t)settings->controller_retransmissions,
        .first_id = boots > 1 ? house->next_id : (uint16_t)word,
    };
}

dd_commission dd_commission_make(const dd_domain *domain, const dd_segment_state *segment,
                                 uint16_t boots) {
    const dd_world *world = dd_world_of(domain);
    const dd_settings *settings = &world->def.settings;
    const dd_house *house = segment->house;
    uint64_t stable = dd_world_stable(world, dd_segment_entity(world, segment, 0));
    dd_random4 draw = dd_random(world->def.seed, stable, DD_DRAW_CLOCK, boots - 1u);
    dd_commission it = {.core = dd_core_default_def(),
                        .coap = coap_of(settings, house, boots, draw.v[3]),
                        .lamps = house->lamps,
                        .calendar = &world->def.light_calendar,
                        .pan = world->survey->plan.pan[segment->segment]};
    dd_core_def *def = &it.core;
    def->boots = boots;
    def->reason = house->reason;
    def->site = dd_world_site(&world->def);
    // Its battery-backed clock is off by a second or so (estimate) until the centre answers.
    def->clock_ms = dd_world_unix_us(world, domain->now) / 1000 + dd_normal_milli(draw.v[0]);
    if (house->clock_broken) def->clock_ms += DD_CLOCK_FAULT_MS;
    def->random_seed = draw.v[1];
    set_line(def, settings);
    set_judgement(def, settings);
    set_cabinet(def, settings, segment);
    set_firmware(def, domain, segment);
    def->poll_period_s = (uint32_t)settings->centre_poll_s;
    // What the network has to tell of itself goes first.
    if (def->poll_period_s) def->poll_phase_s = 1 + dd_uniform(draw.v[2], def->poll_period_s);
    def->patience_s = (uint32_t)(dd_coap_lifetime_ms(&it.coap) / 1000);
    return it;
}
