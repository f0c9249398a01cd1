#include "models/controller/house.h"
#include "models/controller/commission.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/mesh/mesh.h"
#include "models/neighbourhood.h"
#include "models/power/cabinet.h"

// --- What the seat says ---

// The domain and its segment, as the context of a responder.
typedef struct place {
    dd_domain *domain;
    dd_segment_state *segment;
} place;

static void drive_contactors(dd_domain *domain, dd_segment_state *segment, uint8_t closed) {
    for (uint8_t feeder = 1; feeder <= segment->feeder_n; feeder++)
        dd_cabinet_contactor(domain, segment, feeder, closed >> (feeder - 1) & 1);
}

// The next start's message IDs go on after those of all requests, repeated ones aside.
static void follow_id(dd_house *house, const dd_response *response) {
    dd_coap message;
    if (!dd_coap_read(&message, response->octets, response->n) || !dd_coap_is_request(&message))
        return;
    uint16_t next = (uint16_t)(message.id + 1);
    if ((int16_t)(next - house->next_id) > 0) house->next_id = next;
}

static void send_datagram(dd_domain *domain, dd_segment_state *segment,
                          const dd_response *response) {
    if (response->lamp > segment->lamp_n || response->n > DD_DATAGRAM_MAX) return;
    follow_id(segment->house, response);
    dd_mesh_send_down(domain, segment, response->lamp, response->octets, response->n);
}

static void say(dd_domain *domain, dd_segment_state *segment, const dd_response *response) {
    if (response->n == 0 || response->n > DD_LINE_OCTETS ||
        dd_controller_defect(domain, segment) == DD_DEFECT_MUTE)
        return;
    dd_line_send(domain, &segment->house->line, 0, DD_KIND_WORD, segment->segment, response->octets,
                 response->n);
}

static void order_boot(dd_domain *domain, dd_segment_state *segment, dd_core_boot what) {
    dd_house *house = segment->house;
    if (what < DD_BOOT_STAGED || what > DD_BOOT_PREVIOUS) return;
    if (!dd_boot_loader_order(domain, segment, what) || what == DD_BOOT_CONFIRM) return;
    house->restarts = true;
    house->reason = DD_STARTED_BY_UPDATE;
}

// A board may say anything: what makes no sense is passed over.
static void carry_out(void *context, const dd_response *response) {
    const place *it = context;
    switch ((dd_response_kind)response->kind) {
    case DD_RESPONSE_DATAGRAM:
        send_datagram(it->domain, it->segment, response);
        break;
    case DD_RESPONSE_LINE:
        say(it->domain, it->segment, response);
        break;
    case DD_RESPONSE_CONTACTORS:
        drive_contactors(it->domain, it->segment, response->value);
        break;
    case DD_RESPONSE_LOOK:
        it->segment->house->look = true;
        break;
    case DD_RESPONSE_BOOT:
        order_boot(it->domain, it->segment, (dd_core_boot)response->value);
        break;
    case DD_RESPONSE_AIR:
        dd_mesh_put(it->domain, it->segment, response->octets, response->n, response->handle);
        break;
    default: // its lamps are for people
        break;
    }
}

// --- What the seat hears ---

// One event stands for all deadlines. A wake that comes too early is harmless, so a later one need
// not replace it.
static void plan_wake(dd_domain *domain, const dd_segment_state *segment) {
    dd_house *house = segment->house;
    int64_t due_us = dd_seat_due_us(&house->seat);
    dd_time wake =
        due_us == INT64_MAX ? DD_NEVER : dd_clock_when(&house->oscillator, due_us, domain->now);
    if (wake >= house->wake_at) return;
    house->wake_at = wake;
    dd_schedule(domain, wake, DD_KIND_CONTROLLER_WAKE, segment->station, 0, ++house->generation, 0);
}

// When all that happens at this moment is done.
static void plan_restart(dd_domain *domain, const dd_segment_state *segment) {
    dd_schedule(domain, domain->now, DD_KIND_REBOOT, segment->station, 0,
                ++segment->house->generation, 0);
}

static bool listens(const dd_house *house) {
    return house->running && !house->hung && !house->restarts;
}

static void step(dd_domain *domain, dd_segment_state *segment, const dd_stimulus *stimulus,
                 int whom) {
    dd_house *house = segment->house;
    place it = {domain, segment};
    dd_responder responder = {&it, carry_out};
    int64_t uptime_us = dd_house_uptime_us(domain, segment);
    house->busy = true;
    dd_seat_change change = dd_seat_step(domain, segment, uptime_us, stimulus, whom, &responder);
    house->busy = false;
    house->restarts |= change == DD_SEAT_RESTART;
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

// Who is yet to be shown the cabinet: all, where it has changed, else whoever wants to look.
static int who_looks(dd_house *house) {
    bool beside = dd_seat_beside_looks(&house->seat);
    int whom = house->changed          ? DD_SEAT_BOTH
               : house->look && beside ? DD_SEAT_BOTH
               : house->look           ? DD_SEAT_SITTER
               : beside                ? DD_SEAT_BESIDE
                                       : 0;
    house->changed = house->look = false;
    return whom;
}

// What the seat says may change what it sees: then it is shown that once all is carried out. A
// board that wants to look again whenever it is shown something gets no more until it is spoken to.
static void settle(dd_domain *domain, dd_segment_state *segment) {
    enum { LOOKS_MAX = 16 };
    dd_house *house = segment->house;
    for (int looks = 0, whom; looks < LOOKS_MAX && !house->restarts; looks++) {
        if (!(whom = who_looks(house))) break;
        dd_cabinet_inputs inputs = inputs_now(domain, segment);
        step(domain, segment, &(dd_stimulus){.kind = DD_STIMULUS_CABINET, .cabinet = &inputs},
             whom);
    }
    if (house->restarts)
        plan_restart(domain, segment);
    else
        plan_wake(domain, segment);
}

static void hear(dd_domain *domain, dd_segment_state *segment, const dd_stimulus *stimulus) {
    if (!listens(segment->house)) return;
    step(domain, segment, stimulus, DD_SEAT_BOTH);
    settle(domain, segment);
}

static void see(dd_domain *domain, dd_segment_state *segment, const dd_cabinet_inputs *inputs) {
    if (segment->house->busy)
        segment->house->changed = true;
    else
        hear(domain, segment, &(dd_stimulus){.kind = DD_STIMULUS_CABINET, .cabinet = inputs});
}

void dd_house_wake(dd_domain *domain, dd_segment_state *segment) {
    dd_house *house = segment->house;
    house->wake_at = DD_NEVER;
    if (dd_house_uptime_us(domain, segment) >= dd_seat_due_us(&house->seat))
        hear(domain, segment, &(dd_stimulus){.kind = DD_STIMULUS_TIME});
    else
        plan_wake(domain, segment);
}

void dd_house_receive(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                      const uint8_t *octets, uint16_t n) {
    hear(domain, segment,
         &(dd_stimulus){.kind = DD_STIMULUS_DATAGRAM, .lamp = lamp, .octets = octets, .n = n});
}

void dd_house_receive_frame(dd_domain *domain, dd_segment_state *segment, int8_t rss_dbm,
                            const uint8_t *octets, uint16_t n) {
    hear(domain, segment,
         &(dd_stimulus){.kind = DD_STIMULUS_AIR, .rss_dbm = rss_dbm, .octets = octets, .n = n});
}

void dd_house_sent_frame(dd_domain *domain, dd_segment_state *segment, uint32_t handle,
                         uint8_t result, uint8_t attempts) {
    hear(domain, segment,
         &(dd_stimulus){
             .kind = DD_STIMULUS_SENT, .handle = handle, .result = result, .attempts = attempts});
}

// An order that sets the clock of an application in the twin is recorded.
void dd_house_hear(dd_domain *domain, dd_segment_state *segment, const uint8_t *octets, size_t n) {
    dd_house *house = segment->house;
    if (!dd_line_take(domain, &house->line, n) || !listens(house)) return;
    const dd_application *application = dd_seat_application(&house->seat);
    int64_t offset_ms = application ? application->core.clock.offset_ms : 0;
    int64_t before_us = application ? dd_house_clock_error_us(domain, segment) : 0;
    hear(domain, segment,
         &(dd_stimulus){.kind = DD_STIMULUS_LINE, .octets = octets, .n = (uint16_t)n});
    if (application && application->core.clock.offset_ms != offset_ms)
        dd_house_clock_tell_set(domain, segment, before_us);
}

void dd_house_respond(dd_domain *domain, dd_segment_state *segment, const dd_event *event) {
    place it = {domain, segment};
    dd_response response;
    if (!listens(segment->house) || !dd_seat_hear(domain, segment, event, &response)) return;
    segment->house->busy = true;
    carry_out(&it, &response);
    segment->house->busy = false;
    settle(domain, segment);
}

// --- Start ---

// False: nobody is there to be started.
static bool switch_on(dd_domain *domain, dd_segment_state *segment) {
    const dd_world *world = dd_world_of(domain);
    dd_house *house = segment->house;
    dd_commission commission = dd_commission_make(domain, segment, (uint16_t)(house->boots + 1));
    *house->timetable = (dd_timetable){.calendars = {world->def.light_calendar}};
    dd_core_storage storage = {.lamps = house->lamps,
                               .outputs = dd_neighbourhood_of(domain)->outputs,
                               .spare = house->spare,
                               .timetable = house->timetable};
    dd_house_clock_start(domain, segment);
    if (!dd_seat_start(domain, segment, &commission, storage, &house->flash)) return false;
    house->boots++;
    house->next_id = commission.coap.first_id;
    dd_cabinet_managed(domain, segment, true);
    house->running = true;
    house->wake_at = DD_NEVER;
    house->reason = DD_STARTED_BY_POWER;
    dd_mesh_outside(domain, segment, dd_seat_has_air(&house->seat));
    dd_mesh_power(domain, segment, DD_MESH_ROOT, true);
    hear(domain, segment, &(dd_stimulus){.kind = DD_STIMULUS_START});
    dd_house_inputs(domain, segment);
    return true;
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
    house->running = house->restarts = house->changed = house->look = false;
    if (house->hung) mended(domain, segment, DD_FAULT_HANG, cause);
    house->hung = false;
    dd_seat_stop(domain, segment);
    dd_mesh_power(domain, segment, DD_MESH_ROOT, false);
    dd_cabinet_managed(domain, segment, false);
    dd_record_make(domain, DD_REC_CONTROLLER, dd_segment_entity(dd_world_of(domain), segment, 0),
                   cause, 0, 0, 0, 0);
}

static void boot_in(dd_domain *domain, dd_segment_state *segment, double delay_s) {
    if (dd_seat_vacant(&segment->house->seat)) return;
    dd_schedule(domain, domain->now + dd_seconds(delay_s), DD_KIND_CONTROLLER_BOOT,
                segment->station, 0, ++segment->house->generation, 0);
}

static void begin_boot(dd_domain *domain, dd_segment_state *segment) {
    boot_in(domain, segment, dd_settings_of(domain)->controller_boot_s);
}

void dd_house_start(dd_domain *domain, dd_segment_state *segment) {
    const dd_world *world = dd_world_of(domain);
    dd_house *house = segment->house;
    house->lamps = dd_arena_take(&domain->arena, segment->lamp_n * sizeof *house->lamps);
    house->spare = dd_arena_take(&domain->arena, DD_LOG_SPARE * sizeof *house->spare);
    house->timetable = dd_arena_take(&domain->arena, sizeof *house->timetable);
    house->flash.arena = &domain->arena;
    house->line = (dd_line){.segment = segment->segment, .to_centre = true};
    house->mains = true;
    house->absent = !dd_world_installed(world, segment->segment);
    house->seat.ready = true;
    if (!house->absent) dd_commission_inventory(world, segment);
    if (house->absent || !switch_on(domain, segment)) dd_cabinet_managed(domain, segment, false);
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
    if (!switch_on(domain, segment)) return;
    dd_record_make(domain, DD_REC_CONTROLLER, dd_segment_entity(dd_world_of(domain), segment, 0), 0,
                   1, 0, 0, 0);
    if (segment->house->hung) hang(domain, segment);
}

void dd_house_reboot(dd_domain *domain, dd_segment_state *segment) {
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

static void follow_clock(dd_domain *domain, dd_segment_state *segment, const dd_seat_time *time) {
    dd_house *house = segment->house;
    if (!listens(house) || !dd_seat_paced(&house->seat)) return;
    dd_house_clock_follow(domain, segment, time);
    house->wake_at = DD_NEVER; // it was planned by the clock of before
    plan_wake(domain, segment);
}

void dd_house_seat(dd_domain *domain, dd_segment_state *segment, const dd_event *event) {
    dd_house *house = segment->house;
    if (event->small == DD_SEAT_CLOCK) {
        follow_clock(domain, segment, dd_parcel(domain, event));
        return;
    }
    if (dd_seat_handle(domain, segment, (dd_seat_event)event->small) == DD_SEAT_STAYS) {
        if (listens(house)) settle(domain, segment);
        return;
    }
    bool supplied = house->running || house->mains;
    switch_off(domain, segment, 0);
    if (!supplied || house->broken || house->absent) return;
    if (event->small == DD_SEAT_GIVEN)
        boot_in(domain, segment, 0); // it has booted already, or it could not have been given
    else
        begin_boot(domain, segment);
}

// --- The hours ---

void dd_house_traffic(dd_domain *domain, dd_segment_state *segment) {
    const dd_world *world = dd_world_of(domain);
    const dd_line_counts *up = &segment->house->line.counts, *down = &segment->house->line.arrived;
    dd_record_make(domain, DD_REC_TRAFFIC, dd_segment_entity(world, segment, 0), 0,
                   (int64_t)up->octets, (int64_t)down->octets,
                   (int64_t)(up->messages + down->messages),
                   dd_line_cost(world, segment->segment, domain->now, up->octets + down->octets));
}

void dd_house_hour(dd_domain *domain, dd_segment_state *segment, int32_t temperature_md) {
    dd_house_traffic(domain, segment);
    dd_house_clock_warm(domain, segment, temperature_md);
}

// --- Cabinet and supply ---

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

static void wear(dd_house *house, bool on) {
    house->flash.worn = on;
    dd_seat_wear(&house->seat, on);
}

void dd_house_fault(dd_domain *domain, dd_segment_state *segment, dd_fault_kind fault, bool on,
                    uint64_t cause) {
    if (dd_house_failed(segment, fault) == on) return;
    if (fault == DD_FAULT_CONTROLLER) break_down(domain, segment, on, cause);
    if (fault == DD_FAULT_HANG) hang_up(domain, segment, on, cause);
    if (fault == DD_FAULT_STORE) wear(segment->house, on);
}

bool dd_house_failed(const dd_segment_state *segment, dd_fault_kind fault) {
    const dd_house *house = segment->house;
    return fault == DD_FAULT_CONTROLLER ? house->broken
           : fault == DD_FAULT_HANG     ? house->hung
                                        : house->flash.worn;
}

// What is wrong with the old one goes with it.
static void replace(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    dd_house *house = segment->house;
    if (house->broken) mended(domain, segment, DD_FAULT_CONTROLLER, cause);
    if (house->flash.worn) mended(domain, segment, DD_FAULT_STORE, cause);
    house->broken = house->absent = false;
    wear(house, false);
    house->loader = (dd_boot_loader){0};
    dd_flash_memory_erase(&house->flash);
}

void dd_house_commission(dd_domain *domain, dd_segment_state *segment, uint64_t cause) {
    dd_house *house = segment->house;
    switch_off(domain, segment, cause);
    if (house->absent || house->broken || house->flash.worn) replace(domain, segment, cause);
    dd_commission_inventory(dd_world_of(domain), segment);
    house->reason = DD_STARTED_BY_HAND;
    if (house->mains) begin_boot(domain, segment);
}
