#include "models/controller/house.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/mesh/mesh.h"
#include "models/segment_state.h"

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

static void carry_out(dd_domain *domain, dd_segment_state *segment, const dd_core_output *output) {
    if (output->kind == DD_OUTPUT_REQUEST)
        ask(domain, segment, &output->request);
    else
        dd_line_send(domain, &segment->house->line, DD_KIND_WORD, segment->segment, &output->word,
                     sizeof output->word);
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

static void step(dd_domain *domain, dd_segment_state *segment, const dd_core_input *input) {
    dd_house *house = segment->house;
    if (!house->running) return;
    house->core_due_ms = dd_core_step(&house->core, uptime_ms(house, domain->now), input);
    for (uint16_t i = 0; i < house->core.output_n; i++)
        carry_out(domain, segment, &house->core.outputs[i]);
    plan_wake(domain, segment);
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

// A controller that had to speak more rarely than the centre grows uneasy would alarm it for
// nothing.
static uint32_t keepalive_s(const dd_settings *settings, uint32_t usual_s) {
    uint32_t third_s = (uint32_t)(settings->centre_silence_s / 3);
    return third_s < usual_s ? third_s : usual_s;
}

static uint32_t entity_of(const dd_world *world, const dd_segment_state *segment) {
    return dd_world_entity(world, DD_ENTITY_SEGMENT, segment->segment);
}

static dd_coap_client_def coap_definition(const dd_settings *settings) {
    return (dd_coap_client_def){
        .ack_timeout_ms = (uint32_t)(settings->controller_ack_timeout_s * 1000),
        .max_retransmit = (uint8_t)settings->controller_retransmissions,
    };
}

static dd_core_def definition(const dd_domain *domain, const dd_segment_state *segment,
                              dd_random4 draw) {
    const dd_world *world = dd_world_of(domain);
    const dd_settings *settings = &world->def.settings;
    const dd_house *house = segment->house;
    dd_core_def def = dd_core_default_def();
    def.boots = house->boots;
    def.lamp_n = segment->lamp_n;
    def.feeder_n = segment->feeder_n;
    def.site = dd_world_site(&world->def);
    // The program that it was given last lies in its flash.
    def.program = house->boots > 1 ? house->core.def.program : world->def.program;
    // Its battery-backed clock is off by a second or so (estimate) until the centre answers.
    def.clock_ms = dd_world_unix_us(world, domain->now) / 1000 + dd_normal_milli(draw.v[0]);
    def.random_seed = draw.v[1];
    def.keepalive_s = keepalive_s(settings, def.keepalive_s);
    def.missed_rounds = (uint8_t)settings->controller_missed_rounds;
    def.low_readings = (uint8_t)settings->controller_low_readings;
    def.power_low_pct = (uint8_t)settings->controller_power_low;
    def.resend_s = (uint32_t)settings->controller_resend_s;
    def.clock_period_s = (uint32_t)settings->controller_clock_s;
    def.poll_period_s = (uint32_t)settings->centre_poll_s;
    // What the network has to tell of itself goes first.
    def.poll_phase_s = 1 + dd_uniform(draw.v[2], def.poll_period_s);
    dd_coap_client_def coap = coap_definition(settings);
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
    uint64_t stable = dd_world_stable(world, entity_of(world, segment));
    dd_random4 draw = dd_random(world->def.seed, stable, DD_DRAW_CLOCK, house->boots++);
    dd_core_def def = definition(domain, segment, draw);
    house->oscillator.rate_ppb =
        dd_crystal_ppb(world->def.seed, stable, world->def.settings.controller_drift_ppm);
    dd_clock_set(&house->oscillator, domain->now, 0);
    house->running = true;
    house->wake_at = DD_NEVER;
    dd_core_storage storage = {.lamps = house->lamps, .outbox = house->outbox};
    dd_core_init(&house->core, &def, storage);
    start_coap(house, coap_definition(&world->def.settings), draw.v[3]);
    dd_mesh_power(domain, segment, DD_MESH_ROOT, true);
    step(domain, segment, &(dd_core_input){.kind = DD_INPUT_START});
}

static void switch_off(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    dd_house *house = segment->house;
    house->generation++;
    if (!house->running) return;
    house->running = false;
    dd_mesh_power(domain, segment, DD_MESH_ROOT, false);
    dd_record_make(domain, DD_REC_CONTROLLER, entity_of(dd_world_of(domain), segment), cause, 0, 0,
                   0, 0);
}

static void begin_boot(dd_domain *domain, dd_segment_state *segment) {
    dd_time due = domain->now + dd_seconds(dd_world_of(domain)->def.settings.controller_boot_s);
    dd_schedule(domain, due, DD_KIND_CONTROLLER_BOOT, segment->station, 0,
                ++segment->house->generation, 0);
}

// The inventory that a controller is commissioned with.
static void commission(const dd_world *world, dd_segment_state *segment) {
    const dd_segment *place = &world->city->segments[segment->segment];
    for (uint16_t lamp = 1; lamp <= segment->lamp_n; lamp++) {
        const dd_lamp *source = &world->city->lamps[place->first_lamp + lamp - 1];
        dd_core_lamp *entry = &segment->house->lamps[lamp - 1];
        entry->nominal_mw = world->def.catalogue.models[source->kind].power_mw;
        entry->phase = source->phase;
        for (uint8_t feeder = 1; feeder <= segment->feeder_n; feeder++)
            if (segment->feeders[feeder].feeder == source->feeder) entry->feeder = feeder;
    }
}

void dd_house_start(dd_domain *domain, dd_segment_state *segment) {
    dd_house *house = segment->house;
    house->lamps = dd_arena_take(&domain->arena, segment->lamp_n * sizeof *house->lamps);
    house->outbox = dd_arena_take(&domain->arena, DD_CORE_OUTBOX * sizeof *house->outbox);
    house->line = (dd_line){.segment = segment->segment, .to_centre = true};
    house->mains = true;
    commission(dd_world_of(domain), segment);
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

void dd_house_boot(dd_domain *domain, dd_segment_state *segment) {
    switch_on(domain, segment);
    dd_record_make(domain, DD_REC_CONTROLLER, entity_of(dd_world_of(domain), segment), 0, 1, 0, 0,
                   0);
    for (uint8_t feeder = 1; feeder <= segment->feeder_n; feeder++)
        dd_house_supply(domain, segment, feeder, segment->feeders[feeder].live_phases);
    if (!segment->house->mains)
        step(domain, segment, &(dd_core_input){.kind = DD_INPUT_MAINS, .phases = 0});
}

void dd_house_battery_empty(dd_domain *domain, dd_segment_state *segment) {
    switch_off(domain, segment, 0);
}

void dd_house_receive(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                      const uint8_t *octets, uint16_t n) {
    dd_house *house = segment->house;
    if (!house->running) return;
    tenant it = {domain, segment};
    dd_coap_client_port port = port_of(&it);
    house->coap_due_ms =
        dd_coap_client_receive(&house->coap, uptime_ms(house, domain->now), &port, lamp, octets, n);
    plan_wake(domain, segment);
}

void dd_house_order(dd_domain *domain, dd_segment_state *segment, const dd_order *order) {
    step(domain, segment, &(dd_core_input){.kind = DD_INPUT_ORDER, .order = order});
}

void dd_house_supply(dd_domain *domain, dd_segment_state *segment, uint8_t feeder,
                     uint8_t live_phases) {
    step(domain, segment,
         &(dd_core_input){.kind = DD_INPUT_SUPPLY, .feeder = feeder, .phases = live_phases});
}

// The battery carries it, starting or at work, for a while; its mains' return ends the discharge.
void dd_house_mains(dd_domain *domain, dd_segment_state *segment, bool on) {
    dd_house *house = segment->house;
    if (house->mains == on) return;
    house->mains = on;
    house->battery_generation++;
    step(domain, segment, &(dd_core_input){.kind = DD_INPUT_MAINS, .phases = on});
    if (on) {
        if (!house->running && !house->broken) begin_boot(domain, segment);
        return;
    }
    dd_time empty =
        domain->now + dd_seconds(dd_world_of(domain)->def.settings.controller_battery_s);
    dd_schedule(domain, empty, DD_KIND_BATTERY_EMPTY, segment->station, 0,
                house->battery_generation, 0);
}

void dd_house_fault(dd_domain *domain, dd_segment_state *segment, bool on, uint64_t cause) {
    dd_house *house = segment->house;
    if (house->broken == on) return;
    house->broken = on;
    if (on)
        switch_off(domain, segment, cause);
    else if (house->mains)
        begin_boot(domain, segment);
}

void dd_house_inputs(dd_domain *domain, dd_segment_state *segment) {
    (void)domain, (void)segment;
}

void dd_house_commission(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    (void)domain, (void)segment, (void)cause;
}
