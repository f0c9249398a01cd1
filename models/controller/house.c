#include "models/controller/house.h"
#include "engine/random.h"
#include "models/backhaul/wire.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/mesh/mesh.h"
#include "models/neighbourhood.h"
#include "models/power/cabinet.h"

#include <string.h>

static int64_t uptime_ms(const dd_house *house, dd_time now) {
    return dd_clock_us(&house->oscillator, now) / 1000;
}

// Who is at work: the context of the CoAP endpoint's port.
typedef struct tenant {
    dd_domain *domain;
    dd_segment_state *segment;
} tenant;

static dd_coap_client_port port_of(tenant *it);

static void ask(dd_domain *domain, dd_segment_state *segment, const dd_node_request *request) {
    dd_house *house = segment->house;
    tenant it = {domain, segment};
    dd_coap_client_port port = port_of(&it);
    house->coap_due_ms =
        dd_coap_client_request(&house->coap, uptime_ms(house, domain->now), &port, request);
}

static void drive_contactors(dd_domain *domain, dd_segment_state *segment, uint8_t closed) {
    for (uint8_t feeder = 1; feeder <= segment->feeder_n; feeder++)
        dd_cabinet_contactor(domain, segment, feeder, closed >> (feeder - 1) & 1);
}

static void say(dd_domain *domain, dd_segment_state *segment, const dd_word *word) {
    uint8_t octets[DD_WIRE_MAX];
    size_t n = dd_wire_put_word(word, octets);
    dd_line_send(domain, &segment->house->line, 0, DD_KIND_WORD, segment->segment, octets, n);
}

static void carry_out(dd_domain *domain, dd_segment_state *segment, const dd_core_output *output) {
    dd_house *house = segment->house;
    switch ((dd_core_output_kind)output->kind) {
    case DD_OUTPUT_REQUEST:
        ask(domain, segment, &output->request);
        break;
    case DD_OUTPUT_WORD:
        if (dd_controller_defect(domain, segment) == DD_DEFECT_MUTE) break;
        say(domain, segment, &output->word);
        break;
    case DD_OUTPUT_CONTACTOR:
        drive_contactors(domain, segment, output->closed);
        break;
    case DD_OUTPUT_READ_CABINET:
        house->look = true;
        break;
    case DD_OUTPUT_FIRMWARE:
        if (dd_boot_loader_order(domain, segment, (dd_core_boot)output->boot))
            house->reboots = output->boot != DD_BOOT_CONFIRM;
        break;
    }
}

// One event stands for both deadlines. A wake that comes too early is harmless, so a later one need
// not replace it.
static void plan_wake(dd_domain *domain, const dd_segment_state *segment) {
    dd_house *house = segment->house;
    int64_t due_ms =
        house->core_due_ms < house->coap_due_ms ? house->core_due_ms : house->coap_due_ms;
    dd_time wake = due_ms == INT64_MAX
                       ? DD_NEVER
                       : dd_clock_when(&house->oscillator, due_ms * 1000, domain->now);
    if (wake >= house->wake_at) return;
    house->wake_at = wake;
    dd_schedule(domain, wake, DD_KIND_CONTROLLER_WAKE, segment->station, 0, ++house->generation, 0);
}

static void step_once(dd_domain *domain, dd_segment_state *segment, const dd_core_input *input) {
    dd_house *house = segment->house;
    house->core_due_ms = dd_core_step(&house->core, uptime_ms(house, domain->now), input);
    house->busy = true;
    for (uint16_t i = 0; i < house->core.output_n; i++)
        carry_out(domain, segment, &house->core.storage.outputs[i]);
    house->busy = false;
}

static dd_cabinet_inputs inputs_now(dd_domain *domain, dd_segment_state *segment) {
    dd_cabinet_reading reading;
    dd_cabinet_read(domain, segment, &reading);
    dd_cabinet_inputs inputs = {
        .mains = segment->house->mains, .door = reading.door, .dark = reading.dark};
    for (uint8_t feeder = 1; feeder <= segment->feeder_n; feeder++) {
        const dd_feeder_reading *from = &reading.feeders[feeder];
        dd_feeder_inputs *to = &inputs.feeders[feeder - 1];
        *to = (dd_feeder_inputs){.live_phases = from->live_phases,
                                 .contactor = from->contactor,
                                 .tripped = from->tripped,
                                 .leakage = from->leakage,
                                 .override = from->override,
                                 .leakage_ma = from->leakage_ma,
                                 .meter = {.energy_wh = from->energy_wh, .power_w = from->power_w}};
        for (int phase = 0; phase < 3; phase++)
            to->meter.voltage_dv[phase] = from->voltage_dv[phase];
    }
    return inputs;
}

// When all that happens at this moment is done.
static void plan_reboot(dd_domain *domain, const dd_segment_state *segment) {
    dd_schedule(domain, domain->now, DD_KIND_REBOOT, segment->station, 0,
                ++segment->house->generation, 0);
}

// What the core says may change what it sees: then it is shown that once all is carried out.
static void step(dd_domain *domain, dd_segment_state *segment, const dd_core_input *input) {
    dd_house *house = segment->house;
    if (!house->running || house->hung || house->reboots) return;
    step_once(domain, segment, input);
    while (house->look && !house->reboots) {
        house->look = false;
        dd_cabinet_inputs inputs = inputs_now(domain, segment);
        step_once(domain, segment, &(dd_core_input){.kind = DD_INPUT_CABINET, .cabinet = &inputs});
    }
    if (house->reboots) {
        plan_reboot(domain, segment);
        return;
    }
    plan_wake(domain, segment);
}

static void see(dd_domain *domain, dd_segment_state *segment, const dd_cabinet_inputs *inputs) {
    if (segment->house->busy)
        segment->house->look = true;
    else
        step(domain, segment, &(dd_core_input){.kind = DD_INPUT_CABINET, .cabinet = inputs});
}

static void send_datagram(void *context, uint16_t lamp, const uint8_t *octets, uint16_t n) {
    tenant *it = context;
    dd_mesh_send_down(it->domain, it->segment, lamp, octets, n);
}

static void hear_reply(void *context, const dd_node_reply *reply) {
    tenant *it = context;
    step(it->domain, it->segment, &(dd_core_input){.kind = DD_INPUT_REPLY, .reply = reply});
}

static void hear_silence(void *context, uint16_t lamp, uint8_t token) {
    tenant *it = context;
    step(it->domain, it->segment,
         &(dd_core_input){.kind = DD_INPUT_SILENT, .lamp = lamp, .token = token});
}

static uint32_t draw_word(void *context) {
    tenant *it = context;
    const dd_world *world = dd_world_of(it->domain);
    uint32_t entity = dd_world_entity(world, DD_ENTITY_SEGMENT, it->segment->segment);
    return dd_random(world->def.seed, dd_world_stable(world, entity), DD_DRAW_COAP,
                     it->segment->house->draws++)
        .v[0];
}

static dd_coap_client_port port_of(tenant *it) {
    return (dd_coap_client_port){.context = it,
                                 .send = send_datagram,
                                 .reply = hear_reply,
                                 .silent = hear_silence,
                                 .draw = draw_word};
}

// --- Its clock ---

enum { CLOCK_SET, CLOCK_JUMPED }; // as the record of it says
enum { REFERENCE_MD = 25000 };    // where a crystal's rate is stated, thousandths of a °C
static const int64_t YEAR_MS = 365 * (DD_DAY / DD_MILLISECOND);

int64_t dd_house_clock_error_us(const dd_domain *domain, const dd_house *house) {
    int64_t shows_ms = dd_core_clock_ms(&house->core, uptime_ms(house, domain->now));
    return shows_ms * 1000 - dd_world_unix_us(dd_world_of(domain), domain->now);
}

static void tell_clock(dd_domain *domain, const dd_segment_state *segment, int why,
                       int64_t error_us) {
    dd_record_make(domain, DD_REC_CLOCK, dd_segment_entity(dd_world_of(domain), segment, 0), 0, why,
                   error_us / 1000, 0, 0);
}

// A cabinet is as warm as the air.
static int32_t rate_ppb(const dd_house *house, int32_t temperature_md) {
    int64_t warmer_md = temperature_md - REFERENCE_MD;
    return house->crystal_ppb + (int32_t)(warmer_md * house->crystal_ppb_k / 1000);
}

// --- Flash ---

static bool read_flash(void *context, uint32_t at, void *octets, uint32_t n) {
    const dd_house *house = context;
    if (at > DD_STORE_SIZE || n > DD_STORE_SIZE - at) return false;
    for (uint8_t *to = octets; n > 0;) {
        const uint8_t *piece = house->flash[at / DD_FLASH_PIECE];
        uint32_t from = at % DD_FLASH_PIECE, left = DD_FLASH_PIECE - from, m = n < left ? n : left;
        if (piece)
            memcpy(to, piece + from, m);
        else
            memset(to, 0, m);
        to += m;
        at += m;
        n -= m;
    }
    return true;
}

static bool write_flash(void *context, uint32_t at, const void *octets, uint32_t n) {
    dd_house *house = context;
    if (house->worn || at > DD_STORE_SIZE || n > DD_STORE_SIZE - at) return false;
    for (const uint8_t *from = octets; n > 0;) {
        uint8_t **piece = &house->flash[at / DD_FLASH_PIECE];
        uint32_t to = at % DD_FLASH_PIECE, left = DD_FLASH_PIECE - to, m = n < left ? n : left;
        if (!*piece) *piece = dd_arena_take(house->arena, DD_FLASH_PIECE);
        memcpy(*piece + to, from, m);
        from += m;
        at += m;
        n -= m;
    }
    return true;
}

static dd_store flash_of(dd_house *house) {
    return (dd_store){
        .context = house, .size = DD_STORE_SIZE, .read = read_flash, .write = write_flash};
}

static void erase_flash(dd_house *house) {
    for (int i = 0; i < DD_FLASH_PIECES; i++)
        if (house->flash[i]) memset(house->flash[i], 0, DD_FLASH_PIECE);
}

// --- Start ---

// A controller that had to speak more rarely than the centre grows uneasy would alarm it for
// nothing.
static uint32_t keepalive_s(const dd_settings *settings, uint32_t usual_s) {
    uint32_t third_s = (uint32_t)(settings->centre_silence_s / 3);
    return third_s < usual_s ? third_s : usual_s;
}

static dd_coap_client_def coap_definition(const dd_settings *settings) {
    return (dd_coap_client_def){
        .ack_timeout_ms = (uint32_t)(settings->controller_ack_timeout_s * 1000),
        .max_retransmit = (uint8_t)settings->controller_retransmissions,
    };
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

static dd_core_def definition(const dd_domain *domain, const dd_segment_state *segment,
                              dd_random4 draw) {
    const dd_world *world = dd_world_of(domain);
    const dd_settings *settings = &world->def.settings;
    const dd_house *house = segment->house;
    dd_core_def def = dd_core_default_def();
    def.boots = house->boots;
    def.reason = house->reason;
    def.lamp_n = segment->lamp_n;
    def.feeder_n = segment->feeder_n;
    def.site = dd_world_site(&world->def);
    // Its battery-backed clock is off by a second or so (estimate) until the centre answers.
    def.clock_ms = dd_world_unix_us(world, domain->now) / 1000 + dd_normal_milli(draw.v[0]);
    if (house->clock_broken) def.clock_ms += YEAR_MS;
    def.random_seed = draw.v[1];
    def.connect_s = (uint32_t)settings->controller_connect_s;
    def.backoff_s = (uint32_t)settings->controller_backoff_s;
    def.backoff_max_s = (uint32_t)settings->controller_backoff_max_s;
    def.backoff_jitter_pct = (uint8_t)settings->controller_backoff_jitter;
    def.answer_s = (uint32_t)settings->controller_answer_s;
    def.clock_stale_s = (uint32_t)settings->controller_clock_stale_s;
    def.keepalive_s = keepalive_s(settings, (uint32_t)settings->controller_keepalive_s);
    def.missed_rounds = (uint8_t)settings->controller_missed_rounds;
    def.low_readings = (uint8_t)settings->controller_low_readings;
    def.power_low_pct = (uint8_t)settings->controller_power_low;
    def.voltage_low_dv = (uint16_t)(settings->controller_voltage_low * 10);
    def.voltage_high_dv = (uint16_t)(settings->controller_voltage_high * 10);
    def.switched = switched_feeders(settings, segment);
    def.stagger_s = (uint16_t)settings->cabinet_stagger_s;
    def.lead_s = (uint16_t)settings->controller_lead_s;
    def.meter_period_s = (uint32_t)settings->controller_meter_s;
    def.resend_s = (uint32_t)settings->controller_resend_s;
    def.clock_period_s = (uint32_t)settings->controller_clock_s;
    def.poll_period_s = (uint32_t)settings->centre_poll_s;
    // What the network has to tell of itself goes first.
    if (def.poll_period_s) def.poll_phase_s = 1 + dd_uniform(draw.v[2], def.poll_period_s);
    dd_coap_client_def coap = coap_definition(settings);
    def.firmware = dd_controller_version(domain, segment);
    def.trial = dd_boot_loader_on_trial(segment);
    def.trial_s = (uint32_t)settings->controller_trial_s;
    def.node_trial_s = (uint32_t)settings->node_trial_s;
    def.block_ms = (uint32_t)settings->controller_block_ms;
    def.patience_s = (uint32_t)(dd_coap_lifetime_ms(&coap) / 1000);
    return def;
}

// Message IDs go on where the last ones ended, or lamps would take new requests for repeated ones.
static void start_coap(dd_house *house, dd_coap_client_def def, uint32_t word) {
    def.first_id = house->boots > 1 ? house->coap.next_id : (uint16_t)word;
    dd_coap_client_init(&house->coap, &def);
    house->coap_due_ms = INT64_MAX;
}

static void switch_on(dd_domain *domain, dd_segment_state *segment) {
    const dd_world *world = dd_world_of(domain);
    dd_house *house = segment->house;
    uint64_t stable = dd_world_stable(world, dd_segment_entity(world, segment, 0));
    dd_random4 draw = dd_random(world->def.seed, stable, DD_DRAW_CLOCK, house->boots++);
    dd_core_def def = definition(domain, segment, draw);
    house->crystal_ppb =
        dd_crystal_ppb(world->def.seed, stable, world->def.settings.controller_drift_ppm);
    house->crystal_ppb_k =
        dd_crystal_ppb_k(world->def.seed, stable, world->def.settings.controller_drift_per_k);
    house->oscillator.rate_ppb = rate_ppb(house, REFERENCE_MD); // until it is looked at
    dd_clock_set(&house->oscillator, domain->now, 0);
    dd_cabinet_managed(domain, segment, true);
    house->running = true;
    house->wake_at = DD_NEVER;
    *house->timetable = (dd_timetable){.calendars = {world->def.light_calendar}};
    dd_core_storage storage = {.lamps = house->lamps,
                               .outputs = dd_neighbourhood_of(domain)->outputs,
                               .spare = house->spare,
                               .timetable = house->timetable,
                               .store = flash_of(house)};
    dd_core_init(&house->core, &def, storage);
    house->reason = DD_STARTED_BY_POWER;
    start_coap(house, coap_definition(&world->def.settings), draw.v[3]);
    dd_mesh_power(domain, segment, DD_MESH_ROOT, true);
    step(domain, segment, &(dd_core_input){.kind = DD_INPUT_START});
    dd_house_inputs(domain, segment);
}

static void mended(dd_domain *domain, const dd_segment_state *segment, dd_fault_kind fault,
                   uint64_t cause) {
    dd_record_make(domain, DD_REC_FAULT, dd_segment_entity(dd_world_of(domain), segment, 0), cause,
                   fault, false, 0, 0);
}

// Whatever it hung in, it does not any more when it starts again.
static void switch_off(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    dd_house *house = segment->house;
    house->generation++;
    if (!house->running) return;
    house->running = house->reboots = false;
    if (house->hung) mended(domain, segment, DD_FAULT_HANG, cause);
    house->hung = false;
    dd_mesh_power(domain, segment, DD_MESH_ROOT, false);
    dd_cabinet_managed(domain, segment, false);
    dd_record_make(domain, DD_REC_CONTROLLER, dd_segment_entity(dd_world_of(domain), segment, 0),
                   cause, 0, 0, 0, 0);
}

static void begin_boot(dd_domain *domain, dd_segment_state *segment) {
    dd_time due = domain->now + dd_seconds(dd_settings_of(domain)->controller_boot_s);
    dd_schedule(domain, due, DD_KIND_CONTROLLER_BOOT, segment->station, 0,
                ++segment->house->generation, 0);
}

// The inventory that a controller is commissioned with: of lamps without a node only the place.
static void take_inventory(const dd_world *world, dd_segment_state *segment) {
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

void dd_house_start(dd_domain *domain, dd_segment_state *segment) {
    const dd_world *world = dd_world_of(domain);
    dd_house *house = segment->house;
    house->lamps = dd_arena_take(&domain->arena, segment->lamp_n * sizeof *house->lamps);
    house->spare = dd_arena_take(&domain->arena, DD_LOG_SPARE * sizeof *house->spare);
    house->timetable = dd_arena_take(&domain->arena, sizeof *house->timetable);
    house->arena = &domain->arena;
    house->line = (dd_line){.segment = segment->segment, .to_centre = true};
    house->mains = true;
    house->absent = !dd_world_installed(world, segment->segment);
    if (house->absent) {
        dd_cabinet_managed(domain, segment, false);
        return;
    }
    take_inventory(world, segment);
    switch_on(domain, segment);
}

void dd_house_wake(dd_domain *domain, dd_segment_state *segment) {
    dd_house *house = segment->house;
    house->wake_at = DD_NEVER;
    if (uptime_ms(house, domain->now) >= house->coap_due_ms) {
        tenant it = {domain, segment};
        dd_coap_client_port port = port_of(&it);
        house->coap_due_ms =
            dd_coap_client_time(&house->coap, uptime_ms(house, domain->now), &port);
    }
    step(domain, segment, &(dd_core_input){.kind = DD_INPUT_TIME});
}

// From now on nobody feeds its watchdog.
static void hang(dd_domain *domain, dd_segment_state *segment) {
    double patience_s = dd_settings_of(domain)->controller_watchdog_s;
    segment->house->generation++; // its wakes find nobody
    if (patience_s == 0) return;
    dd_schedule(domain, domain->now + dd_seconds(patience_s), DD_KIND_WATCHDOG, segment->station, 0,
                segment->house->generation, 0);
}

void dd_house_boot(dd_domain *domain, dd_segment_state *segment) {
    dd_time again_at = 0;
    if (!dd_boot_loader_start(domain, segment, &again_at)) {
        dd_schedule(domain, again_at, DD_KIND_CONTROLLER_BOOT, segment->station, 0,
                    segment->house->generation, 0);
        return;
    }
    switch_on(domain, segment);
    dd_record_make(domain, DD_REC_CONTROLLER, dd_segment_entity(dd_world_of(domain), segment, 0), 0,
                   1, 0, 0, 0);
    if (segment->house->hung) hang(domain, segment);
}

void dd_house_reboot(dd_domain *domain, dd_segment_state *segment) {
    segment->house->reason = DD_STARTED_BY_UPDATE;
    switch_off(domain, segment, 0);
    begin_boot(domain, segment);
}

void dd_house_watchdog(dd_domain *domain, dd_segment_state *segment) {
    segment->house->reason = DD_STARTED_BY_WATCHDOG;
    switch_off(domain, segment, 0);
    begin_boot(domain, segment);
}

void dd_house_battery_empty(dd_domain *domain, dd_segment_state *segment) {
    switch_off(domain, segment, 0);
}

void dd_house_receive(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                      const uint8_t *octets, uint16_t n) {
    dd_house *house = segment->house;
    if (!house->running || house->hung || house->reboots) return;
    uint32_t garbage = house->coap.garbage;
    tenant it = {domain, segment};
    dd_coap_client_port port = port_of(&it);
    house->coap_due_ms =
        dd_coap_client_receive(&house->coap, uptime_ms(house, domain->now), &port, lamp, octets, n);
    if (house->coap.garbage != garbage)
        step(domain, segment, &(dd_core_input){.kind = DD_INPUT_GARBAGE});
    if (!house->reboots) plan_wake(domain, segment);
}

// --- The line ---

// What is no message comes to the core as an order of no kind, which it counts as garbage.
void dd_house_hear(dd_domain *domain, dd_segment_state *segment, const uint8_t *octets, size_t n) {
    dd_house *house = segment->house;
    dd_order order;
    if (!dd_line_take(domain, &house->line, n) || !house->running || house->hung) return;
    if (!dd_wire_get_order(octets, n, &order)) order = (dd_order){0};
    int64_t before_us = dd_house_clock_error_us(domain, house),
            offset_ms = house->core.clock.offset_ms;
    step(domain, segment, &(dd_core_input){.kind = DD_INPUT_ORDER, .order = &order});
    if (order.kind == DD_ORDER_CLOCK && house->core.clock.offset_ms != offset_ms)
        tell_clock(domain, segment, CLOCK_SET, before_us);
}

void dd_house_traffic(dd_domain *domain, dd_segment_state *segment) {
    const dd_world *world = dd_world_of(domain);
    const dd_line_counts *up = &segment->house->line.counts, *down = &segment->house->line.arrived;
    dd_record_make(domain, DD_REC_TRAFFIC, dd_segment_entity(world, segment, 0), 0,
                   (int64_t)up->octets, (int64_t)down->octets,
                   (int64_t)(up->messages + down->messages),
                   dd_line_cost(world, segment->segment, domain->now, up->octets + down->octets));
}

// --- The clock ---

void dd_house_hour(dd_domain *domain, dd_segment_state *segment, int32_t temperature_md) {
    dd_house *house = segment->house;
    dd_house_traffic(domain, segment);
    dd_clock_set(&house->oscillator, domain->now, dd_clock_us(&house->oscillator, domain->now));
    house->oscillator.rate_ppb = rate_ppb(house, temperature_md);
}

void dd_house_clock_fault(dd_domain *domain, dd_segment_state *segment, bool on) {
    dd_house *house = segment->house;
    house->clock_broken = on;
    if (!on || !house->running) return;
    int64_t before_us = dd_house_clock_error_us(domain, house);
    dd_core_clock_jump(&house->core, YEAR_MS);
    tell_clock(domain, segment, CLOCK_JUMPED, before_us);
}

void dd_house_inputs(dd_domain *domain, dd_segment_state *segment) {
    dd_cabinet_inputs inputs = inputs_now(domain, segment);
    see(domain, segment, &inputs);
}

void dd_house_supply(dd_domain *domain, dd_segment_state *segment, uint8_t feeder,
                     uint8_t live_phases) {
    dd_cabinet_inputs inputs = inputs_now(domain, segment);
    inputs.feeders[feeder - 1].live_phases = live_phases;
    see(domain, segment, &inputs);
}

// The battery carries it, starting or at work, for a while; its mains' return ends the discharge.
void dd_house_mains(dd_domain *domain, dd_segment_state *segment, bool on) {
    dd_house *house = segment->house;
    bool changed = house->mains != on;
    house->mains = on;
    dd_house_inputs(domain, segment); // voltage or phases at the terminals may be others
    if (!changed || house->absent) return;
    house->battery_generation++;
    if (on) {
        if (!house->running && !house->broken) begin_boot(domain, segment);
        return;
    }
    dd_time empty = domain->now + dd_seconds(dd_settings_of(domain)->controller_battery_s);
    dd_schedule(domain, empty, DD_KIND_BATTERY_EMPTY, segment->station, 0,
                house->battery_generation, 0);
}

static void break_down(dd_domain *domain, dd_segment_state *segment, bool on, uint64_t cause) {
    dd_house *house = segment->house;
    house->broken = on;
    if (on)
        switch_off(domain, segment, cause);
    else if (house->mains && !house->absent)
        begin_boot(domain, segment);
}

// One that is mended by hand is started anew, too.
static void hang_up(dd_domain *domain, dd_segment_state *segment, bool on, uint64_t cause) {
    dd_house *house = segment->house;
    house->hung = on;
    if (!house->running) return;
    if (on) {
        hang(domain, segment);
        return;
    }
    switch_off(domain, segment, cause);
    begin_boot(domain, segment);
}

void dd_house_fault(dd_domain *domain, dd_segment_state *segment, dd_fault_kind fault, bool on,
                    uint64_t cause) {
    if (dd_house_failed(segment, fault) == on) return;
    if (fault == DD_FAULT_CONTROLLER) break_down(domain, segment, on, cause);
    if (fault == DD_FAULT_HANG) hang_up(domain, segment, on, cause);
    if (fault == DD_FAULT_STORE) segment->house->worn = on;
}

bool dd_house_failed(const dd_segment_state *segment, dd_fault_kind fault) {
    const dd_house *house = segment->house;
    return fault == DD_FAULT_CONTROLLER ? house->broken
           : fault == DD_FAULT_HANG     ? house->hung
                                        : house->worn;
}

// What is wrong with the old one goes with it.
static void replace(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    dd_house *house = segment->house;
    if (house->broken) mended(domain, segment, DD_FAULT_CONTROLLER, cause);
    if (house->worn) mended(domain, segment, DD_FAULT_STORE, cause);
    house->broken = house->worn = house->absent = false;
    house->loader = (dd_boot_loader){0};
    erase_flash(house);
}

void dd_house_commission(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    dd_house *house = segment->house;
    switch_off(domain, segment, cause);
    if (house->absent || house->broken || house->worn) replace(domain, segment, cause);
    take_inventory(dd_world_of(domain), segment);
    house->reason = DD_STARTED_BY_HAND;
    if (house->mains) begin_boot(domain, segment);
}
