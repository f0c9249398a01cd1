// The segment controller between a mesh and a centre that a test can break, in virtual time. Shared
// by the suites of the controller's core.
#pragma once

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "models/controller/core/core.h"
#include "models/controller/core/log.h"

enum { LAMPS = 100, MAIL = 4096, HEARD = 8192 };
enum { RETRIES = 4, WAIT_MS = 2500 }; // of the mesh's carrier: CoAP's usual figures
enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static const int64_t evening_ms = 1596448800000; // 2020-08-03 17:00 at Bến Tre

typedef struct lamp_double {
    bool silent, dead, stuck_on, ignores_dim, speaks_garbage;
    bool overridden;
    uint8_t gear;        // as it tells
    uint8_t power_pct;   // of what is usual, 0: all of it
    uint16_t current_ma; // as it tells
    uint16_t voltage_dv; // as it tells, 0: 2200
    int8_t surplus_pct;  // of power over what is usual for its kind
    uint16_t level_pm;
    uint32_t calendar_id;
    uint32_t asked_n, told_n, switched_n; // told: the time
} lamp_double;

// Something under way: a reply from the mesh, a request to be sent again, an order or a word over
// the line.
typedef struct mail {
    int64_t at_ms;
    uint8_t kind; // DD_INPUT_REPLY, DD_INPUT_SILENT, DD_INPUT_ORDER; 0: a word to the centre
    uint32_t wait_ms;
    union {
        dd_node_reply reply;
        dd_node_request request;
        dd_order order;
        dd_word word;
    };
} mail;

typedef struct bench {
    dd_core core;
    dd_core_lamp lamps[DD_SEGMENT_LAMPS_MAX];
    dd_core_output outputs[DD_CORE_OUTPUTS];
    dd_word spare[DD_LOG_SPARE];
    dd_timetable timetable;
    uint8_t store[DD_STORE_SIZE];
    uint32_t read_n;     // how often the store was read
    int64_t writes_left; // octets that the store still takes; below 0: any number
    lamp_double mesh[DD_SEGMENT_LAMPS_MAX + 1];
    int64_t now_ms, deadline_ms, centre_clock_ms; // the centre's clock at uptime 0
    int64_t mesh_ms, line_ms;                     // one way
    bool line_down, mute_clock, mute_welcome, shuffle;
    uint32_t lose_every; // of the words, each n-th is lost
    mail mails[MAIL];
    int mail_n;
    uint32_t request_n, all_n, word_n, clock_n, under_way_max;
    uint32_t log, last; // whose words the centre hears, and the sequence of the last one taken
    uint32_t lost_n;    // words of which it knows that they are lost
    dd_word heard[HEARD];
    int heard_n;
    dd_cabinet_inputs cabinet;
    uint32_t contactor_n, meter_n; // how often it has moved them, and asked for the meters
    int64_t moved_ms;              // when it did last
    uint8_t closed;
    // A suite's nodes as their firmware is updated, and its centre: a node takes a request, and
    // says whether it answers; the centre hears a word of an update.
    bool (*node)(const dd_node_request *request, dd_firmware_status *status);
    void (*centre)(const dd_word *word);
    uint8_t boot; // what the boot loader was told last, dd_core_boot
} bench;

static bench *b;

static inline void post(mail letter) {
    cr_assert(b->mail_n < MAIL, "the test's mail box is full");
    b->mails[b->mail_n++] = letter;
}

static inline uint32_t power_of(uint16_t number) {
    const lamp_double *lamp = &b->mesh[number];
    uint32_t standby = 1500, full = b->lamps[number - 1].nominal_mw;
    full = full * (uint32_t)(100 + lamp->surplus_pct) / 100;
    if (lamp->stuck_on) return full + standby;
    if (lamp->dead || lamp->level_pm == 0) return standby;
    if (lamp->ignores_dim) return full + standby;
    uint32_t power = full / 10 + full * 9 / 10 * lamp->level_pm / 1000;
    return standby + (lamp->power_pct ? power * lamp->power_pct / 100 : power);
}

static inline void do_as_asked(lamp_double *lamp, const dd_node_request *request) {
    if (lamp->silent) return;
    if (request->kind == DD_NODE_OVERRIDE || request->kind == DD_NODE_RESUME) lamp->switched_n++;
    if (request->kind == DD_NODE_OVERRIDE) lamp->level_pm = request->level_pm;
    if (request->kind == DD_NODE_OVERRIDE) lamp->overridden = true;
    if (request->kind == DD_NODE_RESUME) lamp->overridden = false;
    if (request->kind == DD_NODE_CALENDAR) lamp->calendar_id = request->calendar->id;
}

// To all lamps, or some: some hear it, and nobody answers.
static inline void hear_group(const dd_node_request *request) {
    b->all_n++;
    for (uint16_t i = 1; i <= b->core.def.lamp_n && dd_node_is_firmware(request->kind); i++) {
        dd_node_request own = *request;
        dd_firmware_status status;
        own.lamp = i;
        b->node(&own, &status);
    }
    for (int i = 1; i <= b->core.def.lamp_n; i++)
        if (i % 3 == 0 &&
            (dd_lamp_set_empty(&request->lamps) || dd_lamp_set_has(&request->lamps, (uint16_t)i)))
            do_as_asked(&b->mesh[i], request);
}

// As CoAP carries it: sent again, with patience that doubles, until it is answered.
static inline void hear_request(const dd_node_request *request, uint32_t wait_ms) {
    cr_assert(request->lamp >= 1 && request->lamp <= b->core.def.lamp_n);
    lamp_double *lamp = &b->mesh[request->lamp];
    b->request_n++;
    lamp->asked_n++;
    dd_node_reply firmware = {
        .lamp = request->lamp, .kind = request->kind, .token = request->token};
    bool updates = dd_node_is_firmware(request->kind);
    if (lamp->silent || (updates && !b->node(request, &firmware.firmware))) {
        mail later = {.at_ms = b->now_ms + wait_ms, .kind = DD_INPUT_SILENT, .wait_ms = wait_ms};
        later.request = *request;
        post(later);
        return;
    }
    if (updates) {
        post(
            (mail){.at_ms = b->now_ms + 2 * b->mesh_ms, .kind = DD_INPUT_REPLY, .reply = firmware});
        return;
    }
    lamp->told_n += request->clock_ms != 0;
    do_as_asked(lamp, request);
    mail letter = {.at_ms = b->now_ms + 2 * b->mesh_ms, .kind = DD_INPUT_REPLY};
    letter.reply = (dd_node_reply){
        .lamp = request->lamp,
        .kind = request->kind,
        .token = request->token,
        .reading = {.lamp = request->lamp,
                    .level_pm = lamp->speaks_garbage ? 60000 : lamp->level_pm,
                    .power_mw = power_of(request->lamp),
                    .voltage_dv = lamp->voltage_dv ? lamp->voltage_dv : 2200,
                    .current_ma = lamp->current_ma,
                    .gear = lamp->gear,
                    .calendar_id = lamp->calendar_id,
                    .flags = lamp->overridden ? DD_READING_OVERRIDDEN : 0},
    };
    post(letter);
}

static inline void order_later(dd_order order) {
    if (b->line_down) return;
    post((mail){.at_ms = b->now_ms + b->line_ms, .kind = DD_INPUT_ORDER, .order = order});
}

// The centre takes words in order only, and acknowledges the last it has.
static inline void hear_word(const dd_word *word) {
    if (word->kind == DD_WORD_CLOCK && !b->mute_clock) {
        b->clock_n++;
        order_later((dd_order){.kind = DD_ORDER_CLOCK,
                               .number = word->number,
                               .heard_ms = b->centre_clock_ms + b->now_ms,
                               .clock_ms = b->centre_clock_ms + b->now_ms});
    }
    if (b->centre && (word->kind == DD_WORD_UPDATE || word->kind == DD_WORD_FETCH)) b->centre(word);
    if (word->kind == DD_WORD_HELLO) {
        if (b->mute_welcome) return;
        if (word->log != b->log) b->last = word->after;
        b->log = word->log;
        order_later(
            (dd_order){.kind = DD_ORDER_WELCOME, .number = word->number, .sequence = b->last});
        return;
    }
    if (word->after <= b->last && b->last < word->sequence) {
        cr_assert(b->heard_n < HEARD);
        b->heard[b->heard_n++] = *word;
        b->lost_n += word->sequence - b->last - 1;
        b->last = word->sequence;
    }
    if (word->kind != DD_WORD_CLOCK)
        order_later((dd_order){.kind = DD_ORDER_ACK, .sequence = b->last});
}

static inline void carry_outputs(void) {
    cr_assert(b->core.output_n <= DD_CORE_OUTPUTS);
    for (int i = 0; i < b->core.output_n; i++) {
        const dd_core_output *output = &b->core.storage.outputs[i];
        if (output->kind == DD_OUTPUT_READ_CABINET) {
            b->meter_n++;
            post((mail){.at_ms = b->now_ms + 1, .kind = DD_INPUT_CABINET});
            continue;
        }
        if (output->kind == DD_OUTPUT_FIRMWARE) {
            b->boot = output->boot;
            continue;
        }
        if (output->kind == DD_OUTPUT_CONTACTOR) {
            b->contactor_n++;
            b->moved_ms = b->now_ms;
            b->closed = output->closed;
            continue;
        }
        if (output->kind == DD_OUTPUT_REQUEST) {
            dd_node_request request = output->request;
            if (request.retries > RETRIES) request.retries = RETRIES;
            if (request.lamp == DD_EVERY_LAMP)
                hear_group(&request);
            else
                hear_request(&request, WAIT_MS);
            continue;
        }
        b->word_n++;
        bool lost = b->line_down || (b->lose_every && b->word_n % b->lose_every == 0);
        int64_t late_ms = b->shuffle ? b->word_n * 7 % 13 : 0;
        if (!lost) post((mail){.at_ms = b->now_ms + b->line_ms + late_ms, .word = output->word});
    }
    uint32_t busy = 0;
    for (int i = 0; i < DD_CORE_TASKS; i++)
        busy += b->core.tasks[i].kind != 0;
    if (busy > b->under_way_max) b->under_way_max = busy;
}

static inline void step(dd_core_input input) {
    b->deadline_ms = dd_core_step(&b->core, b->now_ms, &input);
    cr_assert(b->deadline_ms > b->now_ms, "asks to be called at once");
    carry_outputs();
}

static inline void deliver(int index) {
    mail letter = b->mails[index];
    b->mail_n--;
    memmove(&b->mails[index], &b->mails[index + 1], (size_t)(b->mail_n - index) * sizeof letter);
    if (letter.kind == 0) {
        hear_word(&letter.word);
        return;
    }
    if (letter.kind == DD_INPUT_SILENT && letter.request.retries > 0) {
        letter.request.retries--;
        hear_request(&letter.request, letter.wait_ms * 2);
        return;
    }
    dd_core_input input = {.kind = letter.kind,
                           .reply = &letter.reply,
                           .order = &letter.order,
                           .cabinet = &b->cabinet};
    if (letter.kind == DD_INPUT_SILENT) {
        input.lamp = letter.request.lamp;
        input.token = letter.request.token;
    }
    step(input);
}

static inline int first_mail(void) {
    int first = -1;
    for (int i = 0; i < b->mail_n; i++)
        if (first < 0 || b->mails[i].at_ms < b->mails[first].at_ms) first = i;
    return first;
}

static inline void run(int64_t span_ms) {
    int64_t end_ms = b->now_ms + span_ms;
    for (;;) {
        int first = first_mail();
        int64_t mail_ms = first < 0 ? INT64_MAX : b->mails[first].at_ms;
        int64_t next_ms = mail_ms < b->deadline_ms ? mail_ms : b->deadline_ms;
        if (next_ms > end_ms) break;
        b->now_ms = next_ms;
        if (mail_ms <= b->deadline_ms)
            deliver(first);
        else
            step((dd_core_input){.kind = DD_INPUT_TIME});
    }
    b->now_ms = end_ms;
}

// From sunset to sunrise.
static inline dd_light_calendar nightly(uint16_t level_pm) {
    return dd_light_calendar_of(
        &(dd_program){.point_n = 2,
                      .points = {{.reference = DD_AT_SUNSET, .level_pm = level_pm & 1023},
                                 {.reference = DD_AT_SUNRISE, .level_pm = 0}}});
}

// The same level at all hours.
static inline dd_light_calendar always(uint16_t level_pm) {
    return dd_light_calendar_of(
        &(dd_program){.point_n = 1, .points = {{.level_pm = level_pm & 1023}}});
}

// The controller has been given it, and so have the lamps.
static inline void follow(dd_light_calendar calendar) {
    b->timetable.calendars[0] = calendar;
    for (int i = 1; i <= DD_SEGMENT_LAMPS_MAX; i++)
        b->mesh[i].calendar_id = calendar.id;
}

static inline bool read_store(void *context, uint32_t at, void *octets, uint32_t n) {
    cr_assert(context == b && at + n <= DD_STORE_SIZE);
    memcpy(octets, b->store + at, n);
    b->read_n++;
    return true;
}

// What exceeds what it still takes is cut off, as by the end of the supply.
static inline bool write_store(void *context, uint32_t at, const void *octets, uint32_t n) {
    cr_assert(context == b && at + n <= DD_STORE_SIZE);
    uint32_t done = b->writes_left >= 0 && b->writes_left < n ? (uint32_t)b->writes_left : n;
    memcpy(b->store + at, octets, done);
    if (b->writes_left >= 0) b->writes_left -= done;
    return done == n;
}

// Starts the controller, for the first time or again; in between no time passes, and what was under
// way to it from the mesh is nobody's any more.
static inline void start(const dd_core_def *def) {
    dd_core_storage storage = {
        .lamps = b->lamps,
        .outputs = b->outputs,
        .spare = b->spare,
        .timetable = &b->timetable,
        .store = {.context = b, .size = DD_STORE_SIZE, .read = read_store, .write = write_store}};
    memset(b->spare, 0, sizeof b->spare);
    dd_core_init(&b->core, def, storage);
    step((dd_core_input){.kind = DD_INPUT_START});
}

static inline void make(uint16_t lamp_n, void (*change)(dd_core_def *)) {
    free(b);
    b = calloc(1, sizeof *b);
    b->mesh_ms = 150;
    b->line_ms = 50;
    b->centre_clock_ms = evening_ms;
    for (int i = 0; i < DD_SEGMENT_LAMPS_MAX; i++) {
        b->lamps[i] = (dd_core_lamp){
            .nominal_mw = 75000, .feeder = (uint8_t)(1 + i % 2), .phase = (uint8_t)(i / 2 % 3)};
    }
    follow(always(0));
    dd_core_def def = dd_core_default_def();
    def.lamp_n = lamp_n;
    def.feeder_n = 2;
    def.clock_ms = evening_ms;
    def.poll_phase_s = 60;
    b->cabinet.mains = true;
    for (int i = 0; i < DD_CORE_FEEDERS; i++)
        b->cabinet.feeders[i] = (dd_feeder_inputs){.live_phases = 7, .contactor = true};
    if (change) change(&def);
    b->writes_left = -1;
    start(&def);
}

static inline void bench_fini(void) {
    free(b);
    b = NULL;
}

// The calendar says so, and the lamps do it.
static inline void light(uint16_t level_pm) {
    follow(always(level_pm));
    for (int i = 1; i <= DD_SEGMENT_LAMPS_MAX; i++)
        b->mesh[i].level_pm = level_pm;
}

// With happening 0: of all, but not that it has started.
static inline int count(dd_word_kind kind, dd_happening happening, int over) {
    int n = 0;
    for (int i = 0; i < b->heard_n; i++) {
        const dd_word *word = &b->heard[i];
        n += word->kind == kind &&
             (happening == 0 ? word->happening != DD_RESTARTED
                             : word->happening == happening && word->over == over);
    }
    return n;
}

static inline int events(dd_happening happening) {
    return count(DD_WORD_EVENT, happening, 0);
}
static inline int overs(dd_happening happening) {
    return count(DD_WORD_EVENT, happening, 1);
}

static inline const dd_word *last_heard(dd_word_kind kind) {
    for (int i = b->heard_n - 1; i >= 0; i--)
        if (b->heard[i].kind == kind) return &b->heard[i];
    cr_assert(false, "no such word was heard");
    return NULL;
}

// The last reading of a lamp that the centre was told.
static inline const dd_reading *last_reading(uint16_t lamp) {
    for (int i = b->heard_n - 1; i >= 0; i--)
        for (int j = b->heard[i].entry_n - 1; j >= 0; j--)
            if (b->heard[i].kind == DD_WORD_READINGS && b->heard[i].readings[j].lamp == lamp)
                return &b->heard[i].readings[j];
    cr_assert(false, "no reading of lamp %u was heard", lamp);
    return NULL;
}

static inline int readings_with(uint8_t flag) {
    int n = 0;
    for (int i = 0; i < b->heard_n; i++)
        for (int j = 0; b->heard[i].kind == DD_WORD_READINGS && j < b->heard[i].entry_n; j++)
            n += flag ? (b->heard[i].readings[j].flags & flag) != 0
                      : b->heard[i].readings[j].flags == 0;
    return n;
}

static inline void order(dd_order what) {
    step((dd_core_input){.kind = DD_INPUT_ORDER, .order = &what});
}

// Shows it the cabinet as the test has changed it.
static inline void look(void) {
    step((dd_core_input){.kind = DD_INPUT_CABINET, .cabinet = &b->cabinet});
}

// The live phases of a feeder; all else in the cabinet is well unless the test says otherwise.
static inline void supply(uint8_t feeder, uint8_t phases) {
    b->cabinet.feeders[feeder - 1].live_phases = phases;
    look();
}
