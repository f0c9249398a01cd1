#include "models/measure.h"
#include "models/account/account.h"
#include "models/controller/core/log.h"
#include "models/controller/house.h"
#include "models/hub.h"
#include "models/light/node_meter.h"
#include "models/mesh/mesh.h"
#include "models/neighbourhood.h"
#include "models/power/feeder.h"
#include "models/score/score.h"
#include "models/segment.h"

#include <math.h>
#include <string.h>

static const dd_hub *hub_of(const dd_world *world) {
    return dd_hub_of(&world->engine->domains[DD_HUB_DOMAIN]);
}

static void add_lamp(dd_world *world, uint32_t lamp, dd_lamp_measure *sum) {
    dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    dd_node *node = &segment->nodes[dd_segment_lamp_number(segment, lamp)];
    dd_node_count(node, world->engine->now);
    sum->n++;
    sum->lit += node->light_pm > 0;
    sum->dark += node->light_pm == 0;
    sum->overridden += (node->state & DD_NODE_OVERRIDDEN) != 0;
    sum->level_sum += node->light_pm / 1000.0;
    sum->power_w += node->power_mw / 1000.0;
    sum->energy_wh += (double)node->energy_mwh / 1000.0;
    sum->lit_h += (double)node->lit_us / 3600e6;
}

dd_lamp_measure dd_measure_lamps(dd_world *world, const uint32_t *lamps, uint32_t n) {
    dd_lamp_measure sum = {0};
    for (uint32_t i = 0; i < n; i++)
        add_lamp(world, lamps[i], &sum);
    return sum;
}

static dd_lamp_measure measure_city(dd_world *world) {
    dd_lamp_measure sum = {0};
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
        add_lamp(world, lamp, &sum);
    return sum;
}

static void add_reach(const dd_world *world, uint32_t lamp, dd_reach_measure *sum) {
    const dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    const dd_domain *domain = &world->engine->domains[dd_world_domain(world, segment->segment)];
    uint8_t hops = dd_mesh_hops(domain, segment, dd_segment_lamp_number(segment, lamp));
    sum->n++;
    sum->reachable += hops > 0;
    if (hops > sum->most_hops) sum->most_hops = hops;
}

dd_reach_measure dd_measure_reach(const dd_world *world, const uint32_t *lamps, uint32_t n) {
    dd_reach_measure sum = {0};
    for (uint32_t i = 0; i < n; i++)
        add_reach(world, lamps[i], &sum);
    return sum;
}

static dd_reach_measure reach_city(const dd_world *world) {
    dd_reach_measure sum = {0};
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
        add_reach(world, lamp, &sum);
    return sum;
}

uint32_t dd_measure_parent(const dd_world *world, uint32_t lamp) {
    const dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    const dd_domain *domain = &world->engine->domains[dd_world_domain(world, segment->segment)];
    uint16_t number = dd_segment_lamp_number(segment, lamp);
    uint16_t parent = dd_mesh_parent(domain, segment, number);
    return parent == DD_BROADCAST || parent == DD_MESH_ROOT ? 0 : segment->first_lamp + parent - 1;
}

uint32_t dd_measure_heard(const dd_world *world, const uint32_t *lamps, uint32_t n, dd_time since) {
    const dd_belief *beliefs = hub_of(world)->centre.beliefs;
    int32_t oldest_s = (int32_t)((world->engine->now - since) / DD_SECOND);
    uint32_t heard = 0;
    for (uint32_t i = 0; i < n; i++)
        heard += beliefs[lamps[i]].heard_s >= 0 && beliefs[lamps[i]].heard_s >= oldest_s;
    return heard;
}

// --- What can be measured at poles and in cabinets ---

dd_reading dd_measure_reading(dd_world *world, uint32_t lamp) {
    dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    return dd_node_read(dd_segment_standing(world, segment->segment), segment,
                        dd_segment_lamp_number(segment, lamp));
}

double dd_measure_voltage(dd_world *world, uint32_t lamp) {
    dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    return dd_feeder_voltage_dv(dd_segment_standing(world, segment->segment), segment,
                                dd_segment_lamp_number(segment, lamp)) /
           10.0;
}

const char *dd_measure_model(const dd_world *world, uint32_t lamp) {
    const dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    return dd_node_model(world, segment, dd_segment_lamp_number(segment, lamp))->name;
}

dd_feeder_reading dd_measure_feeder(dd_world *world, uint32_t feeder) {
    dd_segment_state *segment = dd_segment_at(world, world->city->feeders[feeder].segment);
    dd_cabinet_reading reading;
    dd_cabinet_read(dd_segment_standing(world, segment->segment), segment, &reading);
    return reading.feeders[dd_segment_feeder_number(segment, feeder)];
}

uint32_t dd_measure_alarms_active(const dd_world *world, int kind) {
    uint32_t n = 0;
    for (int k = 1; k < DD_ALARM_KINDS; k++)
        if (!kind || k == kind) n += hub_of(world)->centre.alarms.active_by_kind[k];
    return n;
}

uint32_t dd_measure_alarms_raised(const dd_world *world, int kind) {
    uint32_t n = 0;
    for (int k = 1; k < DD_ALARM_KINDS; k++)
        if (!kind || k == kind) n += hub_of(world)->centre.alarms.raised_by_kind[k];
    return n;
}

bool dd_measure_alarm_on(const dd_world *world, uint32_t entity, int kind) {
    const dd_alarms *alarms = &hub_of(world)->centre.alarms;
    uint32_t index = dd_world_index(world, entity);
    dd_entity_type type = (dd_entity_type)world->entities.all[entity].type;
    uint32_t segment = type == DD_ENTITY_LAMP      ? world->city->lamps[index].segment
                       : type == DD_ENTITY_FEEDER  ? world->city->feeders[index].segment
                       : type == DD_ENTITY_SEGMENT ? index
                                                   : 0; // nothing else has alarms
    for (int k = 1; k < DD_ALARM_KINDS; k++)
        if ((!kind || k == kind) && dd_alarm_active(alarms, segment, entity, (dd_alarm_kind)k))
            return true;
    return false;
}

// --- Figures by name ---

static double percent(double part, double whole) {
    return whole > 0 ? 100 * part / whole : NAN;
}

static const dd_air *air_of(const dd_world *world, uint32_t neighbourhood) {
    return dd_mesh_air(&world->engine->domains[DD_FIRST_SEGMENT_DOMAIN + neighbourhood]);
}

static dd_message_counts message_counts(const dd_world *world) {
    dd_message_counts sum = {0};
    for (uint32_t i = 0; i < world->neighbourhood_n; i++) {
        const dd_message_counts *one = &air_of(world, i)->log.counts;
        sum.sent += one->sent;
        sum.delivered += one->delivered;
        sum.lost += one->lost;
    }
    return sum;
}

static double lamps_lit(dd_world *world) {
    dd_lamp_measure city = measure_city(world);
    return percent(city.lit, city.n);
}
static double lamps_level(dd_world *world) {
    dd_lamp_measure city = measure_city(world);
    return percent(city.level_sum, city.n);
}
static double lamps_power(dd_world *world) {
    return measure_city(world).power_w / 1000;
}
static double lamps_energy(dd_world *world) {
    return measure_city(world).energy_wh / 1000;
}
static double energy_metered(dd_world *world) {
    return dd_account_city(world).metered_wh / 1e3;
}
static double energy_losses(dd_world *world) {
    return dd_account_feeders(world).losses_wh / 1e3;
}
static double energy_meters(dd_world *world) {
    return dd_account_feeders(world).metered_wh / 1e3;
}
static double energy_cost(dd_world *world) {
    dd_saving_terms terms = dd_saving_terms_of(&world->def.settings, 0);
    return dd_energy_vnd(&terms, energy_meters(world));
}
static double energy_co2(dd_world *world) {
    return (lamps_energy(world) + energy_losses(world)) * world->def.settings.account_co2_kg;
}
static double energy_dark(dd_world *world) {
    return dd_account_dark_h(world);
}
static double energy_baseline(dd_world *world) {
    return dd_account_city(world).baseline_w / 1e3 * dd_account_dark_h(world);
}
static double energy_saving(dd_world *world) {
    return dd_account_saving(world).percent;
}
static double energy_saved(dd_world *world) {
    return dd_account_saving(world).kwh;
}
static double energy_saved_vnd(dd_world *world) {
    return dd_account_saving(world).vnd;
}
static double energy_saved_co2(dd_world *world) {
    return dd_account_saving(world).co2_kg;
}
static double energy_payback(dd_world *world) {
    return dd_account_saving(world).payback_years;
}
static double energy_discounted(dd_world *world) {
    return dd_account_saving(world).discounted_payback;
}
static double lamps_reachable(dd_world *world) {
    dd_reach_measure city = reach_city(world);
    return percent(city.reachable, city.n);
}
static double mesh_hops(dd_world *world) {
    return reach_city(world).most_hops;
}
static double mesh_sent(dd_world *world) {
    return (double)message_counts(world).sent;
}
static double mesh_delivered_n(dd_world *world) {
    return (double)message_counts(world).delivered;
}
static double mesh_lost(dd_world *world) {
    return (double)message_counts(world).lost;
}
static double mesh_delivered(dd_world *world) {
    dd_message_counts counts = message_counts(world);
    return percent((double)counts.delivered, (double)(counts.delivered + counts.lost));
}
static double mesh_frames(dd_world *world) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < world->neighbourhood_n; i++)
        sum += air_of(world, i)->counts.data + air_of(world, i)->counts.acks;
    return (double)sum;
}
// A hop is done when its acknowledgement has come.
static double mesh_attempts(dd_world *world) {
    uint64_t attempts = 0, hops = 0;
    for (uint32_t i = 0; i < world->neighbourhood_n; i++) {
        const dd_air_counts *counts = &air_of(world, i)->counts;
        hops += counts->ack_lost[DD_LOSS_NONE];
        for (int loss = 0; loss < DD_LOSSES; loss++)
            attempts += counts->lost[loss];
    }
    return hops ? (double)attempts / (double)hops : NAN;
}
static double centre_answered(dd_world *world) {
    const dd_centre *centre = &hub_of(world)->centre;
    return percent((double)(centre->readings - centre->unanswered), (double)centre->readings);
}
static double centre_readings(dd_world *world) {
    return (double)hub_of(world)->centre.readings;
}
static double controllers_waiting(dd_world *world) {
    uint32_t n = 0;
    for (uint32_t i = 1; i < world->city->segment_n; i++) {
        const dd_house *house = dd_segment_at(world, i)->house;
        if (house->boots) n += dd_core_log_size(&house->core);
    }
    return n;
}
static double controllers_starts(dd_world *world) {
    uint32_t n = 0;
    for (uint32_t i = 1; i < world->city->segment_n; i++)
        n += dd_segment_at(world, i)->house->boots;
    return n;
}
static double centre_lost(dd_world *world) {
    double n = 0;
    for (uint32_t i = 1; i < world->city->segment_n; i++)
        n += hub_of(world)->centre.sessions[i].lost;
    return n;
}

// --- Lines and clocks ---

typedef struct line_sums {
    uint32_t up, running, sessions;
    uint64_t messages, octets, lost, garbage;
    int64_t cost_mvnd, worst_us; // worst: of a running controller's clock
} line_sums;

static void add_line(const dd_world *world, uint32_t segment, line_sums *sum) {
    dd_domain *domain = dd_segment_standing(world, segment);
    dd_house *house = dd_segment_at(world, segment)->house;
    const dd_session *session = &hub_of(world)->centre.sessions[segment];
    uint64_t octets = house->line.counts.octets + house->line.arrived.octets;
    sum->up += dd_line_up(domain, &house->line);
    sum->sessions += session->up;
    sum->messages += house->line.counts.messages + house->line.arrived.messages;
    sum->octets += octets;
    sum->lost += house->line.counts.lost + house->line.counts.overflowed + house->line.arrived.lost;
    sum->lost += session->line.counts.lost + session->line.counts.overflowed;
    sum->lost += session->line.arrived.lost;
    sum->cost_mvnd += dd_line_cost(world, segment, world->engine->now, octets);
    if (!house->running) return;
    int64_t error_us = dd_house_clock_error_us(domain, house);
    if (error_us < 0) error_us = -error_us;
    if (error_us > sum->worst_us) sum->worst_us = error_us;
    sum->running++;
    sum->garbage += house->core.garbage;
}

static line_sums line_sums_of(const dd_world *world) {
    line_sums sum = {.garbage = hub_of(world)->centre.gate.counts.garbage};
    for (uint32_t i = 1; i < world->city->segment_n; i++)
        add_line(world, i, &sum);
    return sum;
}
static double backhaul_up(dd_world *world) {
    return percent(line_sums_of(world).up, world->city->segment_n - 1);
}
static double backhaul_sessions(dd_world *world) {
    return percent(line_sums_of(world).sessions, world->city->segment_n - 1);
}
static double backhaul_messages(dd_world *world) {
    return (double)line_sums_of(world).messages;
}
static double backhaul_mb(dd_world *world) {
    return (double)line_sums_of(world).octets / 1e6;
}
static double backhaul_cost(dd_world *world) {
    return (double)line_sums_of(world).cost_mvnd / 1e3;
}
static double backhaul_lost(dd_world *world) {
    return (double)line_sums_of(world).lost;
}
static double backhaul_garbage(dd_world *world) {
    return (double)line_sums_of(world).garbage;
}
static double clock_error(dd_world *world) {
    line_sums sum = line_sums_of(world);
    return sum.running ? (double)sum.worst_us / 1e6 : NAN;
}
static double sessions_accepted(dd_world *world) {
    return hub_of(world)->centre.gate.counts.accepted;
}
static double sessions_refused(dd_world *world) {
    return hub_of(world)->centre.gate.counts.refused;
}
static double sessions_stale(dd_world *world) {
    return hub_of(world)->centre.gate.counts.stale;
}

// --- The centre ---

static double alarms_active(dd_world *world) {
    return dd_measure_alarms_active(world, 0);
}
static double alarms_raised(dd_world *world) {
    return dd_measure_alarms_raised(world, 0);
}
static dd_alarm_rates rates_of(const dd_world *world) {
    return dd_alarm_rates_now(&hub_of(world)->centre.alarms);
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
    return percent(rates_of(world).floods, ceil(periods_of(world)));
}
static double alarms_chattering(dd_world *world) {
    return rates_of(world).chattering;
}
static double alarms_stale(dd_world *world) {
    return dd_alarms_stale(&hub_of(world)->centre.alarms, world->engine->now);
}
static double alarms_shelved(dd_world *world) {
    return hub_of(world)->centre.alarms.shelved;
}
static double alarms_suppressed(dd_world *world) {
    return hub_of(world)->centre.alarms.suppressed;
}
static double incidents_opened(dd_world *world) {
    return hub_of(world)->centre.incidents.n;
}
static double incidents_open(dd_world *world) {
    return hub_of(world)->centre.incidents.open_n;
}
static double centre_dark(dd_world *world) {
    return hub_of(world)->centre.dark_n;
}
// Of the lamps of which the centre holds anything, those whose light is as it holds.
static double centre_right(dd_world *world) {
    const dd_belief *beliefs = hub_of(world)->centre.beliefs;
    double held = 0, right = 0;
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++) {
        uint32_t light = beliefs[lamp].light;
        if (light == DD_BELIEVED_UNKNOWN) continue;
        bool lit = dd_measure_lamps(world, &lamp, 1).lit > 0;
        held++;
        right += lit == (light == DD_BELIEVED_LIT || light == DD_BELIEVED_BURNING);
    }
    return percent(right, held);
}
static double commands_sent(dd_world *world) {
    return hub_of(world)->centre.counts.sent;
}
static double commands_done(dd_world *world) {
    const dd_command_counts *counts = &hub_of(world)->centre.counts;
    return percent((double)counts->lamps_done, (double)counts->lamps_asked);
}
static const dd_office_counts *office_counts(const dd_world *world) {
    return &hub_of(world)->office.counts;
}
static const dd_citizen_counts *citizen_counts(const dd_world *world) {
    return &hub_of(world)->citizens.counts;
}
static double reports_filed(dd_world *world) {
    return office_counts(world)->filed;
}
static double reports_lighting(dd_world *world) {
    return office_counts(world)->by_kind[DD_REPORT_LIGHTING];
}
static double reports_transferred(dd_world *world) {
    return office_counts(world)->transferred;
}
static double citizens_noticed(dd_world *world) {
    return citizen_counts(world)->noticed;
}
static double citizens_unfounded(dd_world *world) {
    return percent(citizen_counts(world)->unfounded, citizen_counts(world)->noticed);
}
static double citizens_me_too(dd_world *world) {
    return citizen_counts(world)->me_too;
}
static double citizens_delay(dd_world *world) {
    const dd_citizen_counts *counts = citizen_counts(world);
    return counts->filed ? (double)counts->delay_s / 3600 / counts->filed : NAN;
}
static double citizens_content(dd_world *world) {
    return percent(office_counts(world)->content, office_counts(world)->marked);
}
static double citizens_mark(dd_world *world) {
    const dd_office_counts *counts = office_counts(world);
    return counts->marked ? (double)counts->marks / counts->marked : NAN;
}
static double office_open(dd_world *world) {
    return office_counts(world)->filed - office_counts(world)->answered;
}
static double office_answered(dd_world *world) {
    return office_counts(world)->answered;
}
static double office_duplicates(dd_world *world) {
    return office_counts(world)->by_answer[DD_ANSWER_DUPLICATE];
}
static double office_not_found(dd_world *world) {
    return office_counts(world)->by_answer[DD_ANSWER_NOT_FOUND];
}
static double office_returned(dd_world *world) {
    return office_counts(world)->returned;
}
static double office_overdue(dd_world *world) {
    return office_counts(world)->overdue;
}
static double office_in_time(dd_world *world) {
    const dd_office_counts *counts = office_counts(world);
    uint32_t late_open = counts->overdue - (counts->answered - counts->answered_in_time);
    return percent(counts->answered_in_time, counts->answered + late_open);
}
static double office_transfer_h(dd_world *world) {
    const dd_office_counts *counts = office_counts(world);
    return counts->transferred_first ? (double)counts->transfer_s / 3600 / counts->transferred_first
                                     : NAN;
}
static double office_answer_h(dd_world *world) {
    const dd_office_counts *counts = office_counts(world);
    return counts->answered ? (double)counts->answer_s / 3600 / counts->answered : NAN;
}

#define SHIFT(field)                                                                               \
    static double shift_##field(dd_world *world) {                                                 \
        return (double)dd_score_now(world).field;                                                  \
    }
SHIFT(troubles)
SHIFT(detected)
SHIFT(mended)
SHIFT(detection_min)
SHIFT(sent_min)
SHIFT(repair_min)
SHIFT(right_causes)
SHIFT(wrong_causes)
SHIFT(unfounded)
SHIFT(alarms)
SHIFT(acknowledged)
SHIFT(acknowledge_min)
SHIFT(waiting)
SHIFT(shelved)
SHIFT(dark_h)
SHIFT(actions)
SHIFT(log_lines)

// --- Campaigns of firmware ---

static dd_campaign_counts update_counts(const dd_world *world) {
    const dd_domain *hub = &world->engine->domains[DD_HUB_DOMAIN];
    const dd_centre *centre = &hub_of(world)->centre;
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
    return hub_of(world)->centre.campaigns.n;
}
static double updates_halted(dd_world *world) {
    const dd_campaigns *campaigns = &hub_of(world)->centre.campaigns;
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

// --- Crews ---

static const dd_crews *crews_of(const dd_world *world) {
    return &hub_of(world)->crews;
}
static double crews_tickets(dd_world *world) {
    return crews_of(world)->counts.tickets;
}
static double crews_open(dd_world *world) {
    return crews_of(world)->open_n;
}
static double crews_visits(dd_world *world) {
    return crews_of(world)->counts.visits;
}
static double crews_mended(dd_world *world) {
    return crews_of(world)->counts.by_result[DD_VISIT_MENDED];
}
static double crews_not_found(dd_world *world) {
    return crews_of(world)->counts.by_result[DD_VISIT_NOT_FOUND];
}
static double crews_in_vain(dd_world *world) {
    const uint32_t *by_result = crews_of(world)->counts.by_result;
    return by_result[DD_VISIT_NO_SKILL] + by_result[DD_VISIT_NO_SPARE] +
           by_result[DD_VISIT_NOT_OURS] + by_result[DD_VISIT_UNSAFE];
}
static double crews_arrival(dd_world *world) {
    const dd_crew_counts *counts = &crews_of(world)->counts;
    return counts->visits ? (double)(counts->waited / DD_SECOND) / 60 / counts->visits : NAN;
}
static double crews_busy(dd_world *world) {
    return (double)(crews_of(world)->counts.busy / DD_SECOND) / 3600;
}
static double crews_driven(dd_world *world) {
    return (double)crews_of(world)->counts.metres / 1000;
}

const dd_figure dd_figures[] = {
    {"lamps.lit", "%", "lamps that give light now", lamps_lit},
    {"lamps.level", "%", "mean light now, of full", lamps_level},
    {"lamps.power", "kW", "power taken by all lamps and nodes now", lamps_power},
    {"lamps.energy", "kWh", "energy taken so far", lamps_energy},
    {"energy.kwh", "kWh", "energy taken so far by lamps and nodes; the same as lamps.energy",
     lamps_energy},
    {"energy.metered_kwh", "kWh", "what the nodes' meters counted of it", energy_metered},
    {"energy.losses_kwh", "kWh", "lost in cables so far", energy_losses},
    {"energy.meters_kwh", "kWh", "what the cabinets' meters counted of both", energy_meters},
    {"energy.cost_vnd", "VND", "what that costs, VAT included", energy_cost},
    {"energy.co2_kg", "kg", "CO2 of generating what lamps took and cables lost", energy_co2},
    {"energy.dark_h", "h", "hours between sunset and sunrise so far", energy_dark},
    {"energy.baseline_kwh", "kWh",
     "what the lamps of before 2020 would have taken so far, full from sunset to sunrise",
     energy_baseline},
    {"energy.saving", "%", "saved of that", energy_saving},
    {"energy.saved_kwh", "kWh", "saved so far", energy_saved},
    {"energy.saved_vnd", "VND", "saved so far, VAT included, maintenance left out",
     energy_saved_vnd},
    {"energy.saved_co2_kg", "kg", "CO2 saved so far", energy_saved_co2},
    {"energy.payback_years", "a",
     "years in which savings like these, scaled by dark hours, pay for the project",
     energy_payback},
    {"energy.payback_discounted_years", "a", "the same with interest", energy_discounted},
    {"lamps.reachable", "%", "lamps with a route to their controller now", lamps_reachable},
    {"mesh.sent", "", "messages sent over the mesh so far", mesh_sent},
    {"mesh.arrived", "", "messages delivered by the mesh so far", mesh_delivered_n},
    {"mesh.lost", "", "messages lost in the mesh so far", mesh_lost},
    {"mesh.delivered", "%", "of the messages that ended, those delivered", mesh_delivered},
    {"mesh.frames", "", "frames on the air so far, acknowledgements included", mesh_frames},
    {"mesh.attempts", "", "transmissions a hop took, mean", mesh_attempts},
    {"mesh.hops", "", "most hops of any lamp now", mesh_hops},
    {"centre.readings", "", "readings that the centre was given so far", centre_readings},
    {"centre.answered", "%", "of these, the ones that the lamp had answered", centre_answered},
    {"backhaul.up", "%", "lines that work now", backhaul_up},
    {"backhaul.sessions", "%", "controllers that the centre has a session with now",
     backhaul_sessions},
    {"backhaul.messages", "", "messages over all lines so far, both ways", backhaul_messages},
    {"backhaul.mb", "MB", "octets over all lines so far, both ways, with the transport's",
     backhaul_mb},
    {"backhaul.cost", "VND", "rent and traffic of all lines so far", backhaul_cost},
    {"backhaul.lost", "", "messages lost so far, to outages and full queues; they are sent again",
     backhaul_lost},
    {"backhaul.garbage", "", "messages that made no sense so far, at either end", backhaul_garbage},
    {"sessions.accepted", "", "sessions that the centre has begun so far", sessions_accepted},
    {"sessions.refused", "", "controllers turned away so far, since too many waited",
     sessions_refused},
    {"sessions.stale", "", "controllers that had given up when their turn came, so far",
     sessions_stale},
    {"clock.error", "s", "error of the controller's clock that is farthest off now", clock_error},
    {"centre.lost", "", "words of controllers that it knows will never come", centre_lost},
    {"controllers.waiting", "", "words in the controllers' logs now that may not have arrived",
     controllers_waiting},
    {"controllers.starts", "", "starts of controllers so far, the first ones included",
     controllers_starts},
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
    {"reports.filed", "", "citizens' reports so far", reports_filed},
    {"reports.lighting", "", "of these, filed as lighting", reports_lighting},
    {"reports.transferred", "", "reports handed to a ward, a commune or the centre so far",
     reports_transferred},
    {"citizens.noticed", "", "times that somebody has seen what he reports, or is going to",
     citizens_noticed},
    {"citizens.unfounded", "%", "of these, the ones without a cause (truth)", citizens_unfounded},
    {"citizens.me_too", "", "who have joined another's report instead of filing", citizens_me_too},
    {"citizens.delay_h", "h", "from seeing to filing, mean", citizens_delay},
    {"citizens.content", "%", "of those who gave the answer a mark, 4 or 5 of 5", citizens_content},
    {"citizens.mark", "of 5", "the mean mark", citizens_mark},
    {"office.open", "", "reports filed and not answered", office_open},
    {"office.answered", "", "reports answered so far", office_answered},
    {"office.duplicates", "", "of these, as a duplicate", office_duplicates},
    {"office.not_found", "", "of these, because nothing was found", office_not_found},
    {"office.returned", "", "times that somebody gave a report back as not his", office_returned},
    {"office.overdue", "", "reports that were not answered in time", office_overdue},
    {"office.in_time", "%", "of the reports answered or overdue, those answered in time",
     office_in_time},
    {"office.transfer_h", "h", "from filing to handing on, mean", office_transfer_h},
    {"office.answer_h", "h", "from filing to the answer, mean", office_answer_h},
    {"shift.troubles", "", "things that truly went wrong so far", shift_troubles},
    {"shift.detected", "", "of these, those that an alarm or an incident has pointed to",
     shift_detected},
    {"shift.mended", "", "... and those that are over", shift_mended},
    {"shift.detection_min", "min", "mean time to the first alarm or incident", shift_detection_min},
    {"shift.sent_min", "min", "mean time to the first crew sent there", shift_sent_min},
    {"shift.repair_min", "min", "mean time until it was over", shift_repair_min},
    {"shift.right_causes", "", "troubles whose cause an incident has right", shift_right_causes},
    {"shift.wrong_causes", "", "troubles that incidents are about, with other causes",
     shift_wrong_causes},
    {"shift.unfounded", "", "incidents where nothing was wrong", shift_unfounded},
    {"shift.alarms", "", "alarms that no incident kept from calling", shift_alarms},
    {"shift.acknowledged", "", "acknowledgements", shift_acknowledged},
    {"shift.acknowledge_min", "min", "mean time from an alarm to its acknowledgement",
     shift_acknowledge_min},
    {"shift.waiting", "", "alarms that call and are neither acknowledged nor shelved now",
     shift_waiting},
    {"shift.shelved", "", "alarms put on the shelf", shift_shelved},
    {"shift.dark_h", "h", "hours of lamps that people saw dark", shift_dark_h},
    {"shift.actions", "", "actions of the operator", shift_actions},
    {"shift.log_lines", "", "lines of the shift's log", shift_log_lines},
    {"updates.campaigns", "", "firmware campaigns begun so far", updates_campaigns},
    {"updates.halted", "", "of these, those that a gate or an operator has halted", updates_halted},
    {"updates.devices", "", "nodes and controllers of their segments", updates_devices},
    {"updates.done", "", "of these, those that run the release now, as the centre was told",
     updates_done},
    {"updates.failed", "", "those that could not be updated, or rolled it back", updates_failed},
    {"updates.alarmed", "", "of those done, lamps with alarms that they did not have before",
     updates_alarmed},
    {"crews.tickets", "", "tickets given to crews so far, those that wait included", crews_tickets},
    {"crews.open", "", "of these, those that have not ended", crews_open},
    {"crews.visits", "", "arrivals of crews so far", crews_visits},
    {"crews.mended", "", "tickets that ended with something mended, as the crews say",
     crews_mended},
    {"crews.not_found", "", "tickets that ended without a cause found", crews_not_found},
    {"crews.in_vain", "",
     "tickets that ended for want of a skill or a spare, because it was not theirs to mend, or "
     "under "
     "water",
     crews_in_vain},
    {"crews.arrival_min", "min", "from asking for a crew to its arrival, mean", crews_arrival},
    {"crews.busy_h", "h", "crews' hours of looking and working so far", crews_busy},
    {"crews.driven_km", "km", "kilometres that crews have driven", crews_driven},
    {NULL, NULL, NULL, NULL},
};

const dd_figure *dd_figure_find(const char *name, dd_error *error) {
    const char *names[DD_COUNT(dd_figures)];
    for (size_t i = 0; i < DD_COUNT(dd_figures); i++) {
        names[i] = dd_figures[i].name;
        if (names[i] && strcmp(names[i], name) == 0) return &dd_figures[i];
    }
    dd_fail_unknown(error, "figure", name, names, "'domdom help figures' lists them");
    return NULL;
}
