#include "hil/rack/slot.h"
#include "hil/board/stepper.h"
#include "hil/wire/wall.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t MS = 1000000;

enum {
    FIRST_BACKOFF_MS = 100, // until the next try, doubled each time ...
    MOST_BACKOFF_MS = 3200, // ... up to that
    POLL_MS = 20,           // between looks at a supply, and before a lost board is tried anew
    RESET_BY_HAND = 2,      // of Reset, hil/domdom.proto
    FRESH_US = 1000000,     // by which the uptime told after a restart may be off
};

struct dd_slot {
    dd_slot_def def;
    dd_outlet *outlet;
    dd_link *link; // NULL: none is open
    dd_bad_wire *wire;
    dd_link_counts gone; // of wires that are closed
    dd_board_state state;
    dd_board_verdict verdict;
    dd_board_identity identity;
    dd_stepper stepper;
    dd_real_time real_time;
    bool unplugged; // its cable is pulled on purpose
    bool unpowered; // its supply is off on purpose
    bool ended;     // stopped: its session is over, and a start needs another
    bool dead;      // lost within a step: the wire is closed at the next stand
    bool real;      // works in real time now
    bool starting;  // within its start: nobody else reads its wire
    uint32_t session, losses, tries, repeats;
    int64_t try_ns, asked_ns, found_ns; // of the wall
    int64_t restarted_ns;               // its supply came back, or it was reset; 0: not of late
    int64_t uptime_us, busy_us;
    char heard[160]; // the last line that was told, not to be told again and again
};

// --- For people ---

static void tell(dd_slot *slot, const char *text) {
    char line[400];
    if (strcmp(slot->heard, text) == 0) return;
    snprintf(slot->heard, sizeof slot->heard, "%s", text);
    snprintf(line, sizeof line, "board of %s: %s", slot->def.segment, text);
    if (slot->def.tell) slot->def.tell(slot->def.context, line);
}

static void say_log(void *context, const char *text) {
    dd_slot *slot = context;
    char line[400];
    snprintf(line, sizeof line, "board of %s says: %s", slot->def.segment, text ? text : "");
    if (slot->def.tell) slot->def.tell(slot->def.context, line);
}

// --- Its state ---

bool dd_slot_seated(const dd_slot *slot) {
    return slot->state == DD_BOARD_IN_STEP || slot->state == DD_BOARD_LATE;
}

static void become(dd_slot *slot, dd_board_state state, dd_board_verdict verdict) {
    if (slot->state == state && slot->verdict == verdict) return;
    slot->state = state;
    slot->verdict = verdict;
    if (slot->def.witness) dd_witness_state(slot->def.witness, state, verdict);
}

static void close_wire(dd_slot *slot) {
    if (slot->link) dd_link_counts_add(&slot->gone, dd_link_counts_of(slot->link));
    dd_link_close(slot->link);
    slot->link = NULL;
    slot->dead = false;
}

static void back_off(dd_slot *slot) {
    uint32_t doublings = slot->tries < 5 ? slot->tries : 5;
    int64_t ms = (int64_t)FIRST_BACKOFF_MS << doublings;
    slot->tries++;
    slot->try_ns = dd_wall_ns() + (ms < MOST_BACKOFF_MS ? ms : MOST_BACKOFF_MS) * MS;
}

// From the search or the greeting. Why it was lost before stays known until its device is found.
static void fail(dd_slot *slot, dd_board_verdict verdict, const char *why) {
    close_wire(slot);
    if (slot->state != DD_BOARD_LOST)
        become(slot, slot->losses ? DD_BOARD_LOST : DD_BOARD_ABSENT, verdict);
    tell(slot, why && *why ? why : dd_board_verdict_advice(verdict));
    back_off(slot);
    if (slot->tries == DD_SLOT_TRIES)
        tell(slot, "given up; plug it in anew to have it tried again");
}

// From its work, or its start. In a step, which another thread may do, the wire stays until the
// next stand. One that was at work is tried anew at once.
static void lose(dd_slot *slot, dd_board_verdict verdict) {
    slot->losses++;
    slot->dead = true;
    if (dd_slot_seated(slot))
        slot->tries = 0, slot->try_ns = dd_wall_ns() + POLL_MS * MS;
    else
        back_off(slot);
    slot->ended = false;
    dd_real_time_end(&slot->real_time);
    become(slot, DD_BOARD_LOST, verdict);
}

// --- Opening, closing ---

dd_slot *dd_slot_open(const dd_slot_def *def, dd_error *error) {
    dd_slot *slot = calloc(1, sizeof *slot);
    if (!slot || !dd_real_time_init(&slot->real_time, def->attach)) {
        free(slot);
        dd_fail(error, DD_OUTSIDE, "no memory for a board");
        return NULL;
    }
    slot->def = *def;
    slot->uptime_us = -1;
    slot->verdict = DD_BOARD_NOT_FOUND;
    slot->real_time.say = say_log;
    slot->real_time.context = slot;
    slot->outlet = dd_outlet_open(&(dd_outlet_def){.match = def->match,
                                                   .discovery = def->discovery,
                                                   .serial = def->serial,
                                                   .supply = def->attach->supply},
                                  error);
    if (slot->outlet) return slot;
    dd_slot_close(slot);
    return NULL;
}

void dd_slot_close(dd_slot *slot) {
    if (!slot) return;
    if (slot->link && !slot->dead) {
        dd_board_refuse(slot->link, HIL__REASON__REASON_END, "the run is over");
        for (int i = 0; i < 10 && dd_link_writing(slot->link); i++)
            if (!dd_link_wait(slot->link, 10)) break;
    }
    close_wire(slot);
    dd_outlet_close(slot->outlet);
    dd_bad_wire_close(slot->wire);
    dd_real_time_fini(&slot->real_time);
    free(slot);
}

// --- Searching and greeting ---

static void open_wire(dd_slot *slot, int64_t now_ns) {
    dd_board_verdict verdict;
    dd_error error = {0};
    int fd = dd_outlet_connect(slot->outlet, &verdict, &error);
    if (fd < 0) {
        fail(slot, verdict, error.text);
        return;
    }
    slot->link = dd_link_open(fd);
    if (!slot->link) abort();
    if (slot->wire) dd_link_filter(slot->link, dd_bad_wire_filter(slot->wire));
    if (slot->def.witness) dd_link_tap_into(slot->link, dd_witness_tap(slot->def.witness));
    slot->found_ns = slot->asked_ns = now_ns;
    slot->heard[0] = 0;
    become(slot, DD_BOARD_FOUND, DD_BOARD_WELL);
    dd_board_ask(slot->link);
}

// Whether it is the one that was asked for, and can do what it is wanted for.
static dd_board_verdict judge(const dd_slot *slot, char *why, size_t size) {
    const dd_board_identity *it = &slot->identity;
    const char *serial = slot->def.match->serial;
    bool steps = it->capabilities & HIL__CAPABILITY__CAPABILITY_LOCK_STEP;
    *why = 0;
    if (dd_outlet_unsure(slot->outlet) && serial && strcmp(serial, it->serial) != 0)
        snprintf(why, size, "wanted is serial %s, and there says Hello %s", serial,
                 *it->serial ? it->serial : "one that tells none");
    else if (*it->segment && strcmp(it->segment, slot->def.segment) != 0)
        snprintf(why, size, "it was commissioned for segment %s", it->segment);
    else if (slot->def.lock_step && !steps)
        snprintf(why, size,
                 "it offers no lock-step, so that it can work in real time only: add "
                 "--speed 1");
    if (*why) return DD_BOARD_WRONG_IDENTITY;
    return dd_board_judge(it);
}

// A restart that did not restart it is worth a line: hubs tell of ports switched off that are not.
static void verify_restart(dd_slot *slot, int64_t now_ns) {
    char text[160];
    int64_t most_us = (now_ns - slot->restarted_ns) / 1000 + FRESH_US;
    if (slot->restarted_ns && slot->identity.uptime_us > (uint64_t)most_us) {
        snprintf(text, sizeof text,
                 "it was to start anew, and has been up for %llu s: was its supply really cut?",
                 (unsigned long long)slot->identity.uptime_us / 1000000);
        tell(slot, text);
    }
    slot->restarted_ns = 0;
}

static void greet(dd_slot *slot, const Hil__Hello *hello, int64_t now_ns) {
    char why[160];
    dd_board_identify(hello, &slot->identity);
    slot->uptime_us = (int64_t)slot->identity.uptime_us;
    dd_board_verdict verdict = judge(slot, why, sizeof why);
    if (verdict != DD_BOARD_WELL) {
        if (verdict == DD_BOARD_WRONG_VERSION)
            dd_board_refuse(slot->link, HIL__REASON__REASON_VERSION, "no version in common");
        fail(slot, verdict, why);
        return;
    }
    verify_restart(slot, now_ns);
    become(slot, DD_BOARD_GREETED, DD_BOARD_WELL);
}

static void hear_greetings(dd_slot *slot, int64_t now_ns) {
    const Hil__Frame *frame;
    bool there = dd_link_pump(slot->link);
    while (slot->link && (frame = dd_link_take(slot->link)))
        if (frame->control_case == HIL__FRAME__CONTROL_HELLO) greet(slot, frame->hello, now_ns);
    if (!slot->link) return;
    if (!there)
        fail(slot, DD_BOARD_UNPLUGGED, NULL);
    else if (slot->state == DD_BOARD_FOUND && now_ns - slot->found_ns > DD_BOARD_HELLO_MS * MS)
        fail(slot, DD_BOARD_NO_HELLO, NULL);
    else if (slot->state == DD_BOARD_FOUND && now_ns - slot->asked_ns >= DD_BOARD_ASK_MS * MS) {
        slot->asked_ns = now_ns;
        dd_board_ask(slot->link);
    }
}

// --- Advancing ---

static void advance_work(dd_slot *slot, int64_t now_ns) {
    if (!slot->real) return;
    dd_board_verdict verdict = dd_real_time_pump(&slot->real_time, now_ns, slot->busy_us);
    if (verdict != DD_BOARD_WELL) {
        lose(slot, verdict);
        return;
    }
    bool late = dd_real_time_late(&slot->real_time, now_ns);
    slot->uptime_us = dd_real_time_uptime_us(&slot->real_time, now_ns);
    become(slot, late ? DD_BOARD_LATE : DD_BOARD_IN_STEP,
           late ? DD_BOARD_MISSED_DEADLINE : DD_BOARD_WELL);
}

static void advance_supply(dd_slot *slot, int64_t now_ns) {
    dd_error error = {0};
    dd_supply_state state = dd_outlet_poll(slot->outlet, &error);
    if (state == DD_SUPPLY_FAILED) tell(slot, error.text);
    if (state == DD_SUPPLY_DONE && !slot->unpowered) {
        slot->restarted_ns = now_ns;
        slot->try_ns = 0;
    }
}

void dd_slot_advance(dd_slot *slot, int64_t now_ns) {
    if (slot->starting) return;
    advance_supply(slot, now_ns);
    if (slot->dead)
        close_wire(slot);
    else if (dd_slot_seated(slot))
        advance_work(slot, now_ns);
    else if (slot->link)
        hear_greetings(slot, now_ns);
    else if (!slot->unplugged && !slot->unpowered && slot->tries < DD_SLOT_TRIES &&
             now_ns >= slot->try_ns)
        open_wire(slot, now_ns);
}

void dd_slot_busy(dd_slot *slot, int64_t busy_us) {
    slot->busy_us = busy_us;
}

void dd_slot_settle(dd_slot *slot, int ms) {
    int64_t end = dd_wall_ns() + ms * MS;
    for (int64_t now; (now = dd_wall_ns()) < end;) {
        dd_slot_advance(slot, now);
        if (slot->state == DD_BOARD_GREETED || dd_slot_seated(slot) || slot->unplugged ||
            slot->unpowered || slot->tries >= DD_SLOT_TRIES)
            return;
        int64_t due = dd_slot_due(slot);
        int64_t left = ((due < end ? due : end) - now) / MS + 1;
        struct pollfd it = {.fd = dd_slot_fd(slot), .events = POLLIN};
        poll(&it, 1, left < POLL_MS ? (int)left : POLL_MS);
    }
}

int64_t dd_slot_due(const dd_slot *slot) {
    if (slot->dead) return 0;
    if (dd_slot_seated(slot)) return dd_real_time_due(&slot->real_time);
    if (slot->state == DD_BOARD_FOUND) return slot->asked_ns + DD_BOARD_ASK_MS * MS;
    if (slot->link || slot->unplugged || slot->unpowered || slot->tries >= DD_SLOT_TRIES)
        return INT64_MAX;
    return slot->try_ns;
}

int dd_slot_fd(const dd_slot *slot) {
    return slot->link && !slot->dead ? dd_link_fd(slot->link) : -1;
}

bool dd_slot_writing(const dd_slot *slot) {
    return slot->link && !slot->dead && dd_link_writing(slot->link);
}

void dd_slot_retry(dd_slot *slot) {
    if (slot->link || slot->try_ns == INT64_MAX) return;
    slot->tries = 0;
    slot->try_ns = 0;
}

// --- Its seat ---

// What it held is void: it is switched on anew, with a Hello of its own.
static dd_board_verdict restart(dd_slot *slot, uint32_t reason) {
    if (slot->identity.capabilities & HIL__CAPABILITY__CAPABILITY_RESET) {
        slot->restarted_ns = dd_wall_ns();
        dd_board_reset(slot->link, reason);
    }
    dd_board_verdict verdict = dd_board_greet(slot->link, DD_BOARD_HELLO_MS, &slot->identity);
    if (verdict == DD_BOARD_WELL) verify_restart(slot, dd_wall_ns());
    return verdict == DD_BOARD_NO_HELLO ? DD_BOARD_SILENT : verdict;
}

static void welcome(void *context) {
    dd_slot *slot = context;
    Hil__Mode mode = slot->real ? HIL__MODE__MODE_REAL_TIME : HIL__MODE__MODE_LOCK_STEP;
    dd_board_welcome(slot->link, &slot->identity, mode, slot->def.segment, slot->session);
}

static void open_session(dd_slot *slot) {
    slot->session++;
    welcome(slot);
    if (slot->def.witness)
        dd_witness_welcomed(slot->def.witness, &slot->identity,
                            slot->real ? "real time" : "lock-step");
}

static void idle(void *context) {
    const dd_slot *slot = context;
    if (slot->def.idle) slot->def.idle(slot->def.context);
}

static bool commission_it(dd_slot *slot, const dd_commission *commission, const dd_store *store) {
    bool takes = slot->identity.capabilities & HIL__CAPABILITY__CAPABILITY_COMMISSION;
    bool borrows = slot->identity.capabilities & HIL__CAPABILITY__CAPABILITY_BORROWS_STORE;
    slot->stepper = (dd_stepper){.link = slot->link,
                                 .store = borrows ? *store : (dd_store){0},
                                 .feeder_n = commission->core.feeder_n,
                                 .answer_s = slot->def.attach->answer_s,
                                 .say = say_log,
                                 .welcome = welcome,
                                 .idle = slot->real ? idle : NULL,
                                 .context = slot};
    return !takes || dd_stepper_commission(&slot->stepper, commission);
}

static bool start(void *context, dd_time now, const dd_commission *with, const dd_store *store) {
    dd_slot *slot = context;
    (void)now;
    if (!slot->link || slot->dead || slot->state != DD_BOARD_GREETED) return false;
    slot->starting = true;
    dd_board_verdict verdict = slot->ended ? restart(slot, with->core.reason) : DD_BOARD_WELL;
    slot->real = !slot->def.lock_step;
    if (verdict == DD_BOARD_WELL) {
        open_session(slot);
        if (!commission_it(slot, with, store)) verdict = slot->stepper.verdict;
    }
    slot->starting = false;
    if (verdict != DD_BOARD_WELL) {
        lose(slot, verdict);
        return false;
    }
    slot->ended = false;
    become(slot, DD_BOARD_IN_STEP, DD_BOARD_WELL);
    return true;
}

static void keep_response(void *context, const dd_response *response) {
    dd_real_time_keep(context, response);
}

// Real time begins with the answer to the start; what came with it waits for the next stand.
static bool begin(dd_slot *slot, const dd_stimulus *stimulus) {
    dd_real_time *it = &slot->real_time;
    dd_responder responder = {.context = it, .take = keep_response};
    int64_t due_us;
    slot->starting = true;
    bool good = dd_stepper_step(&slot->stepper, 0, stimulus, &responder, &due_us);
    slot->starting = false;
    if (!good) return false;
    dd_real_time_begin(it, &slot->stepper);
    return true;
}

static bool step(void *context, dd_time now, int64_t uptime_us, const dd_stimulus *stimulus,
                 const dd_responder *responder, int64_t *due_us) {
    dd_slot *slot = context;
    dd_board_verdict verdict = DD_BOARD_WELL;
    (void)now;
    *due_us = INT64_MAX;
    if (!dd_slot_seated(slot)) return false;
    slot->uptime_us = uptime_us;
    if (!slot->real || stimulus->kind == DD_STIMULUS_START) {
        bool good = slot->real
                        ? begin(slot, stimulus)
                        : dd_stepper_step(&slot->stepper, uptime_us, stimulus, responder, due_us);
        if (!good) verdict = slot->stepper.verdict;
        slot->repeats += slot->stepper.repeats;
        slot->stepper.repeats = 0;
    } else {
        dd_real_time_tell(&slot->real_time, stimulus);
    }
    if (verdict != DD_BOARD_WELL) lose(slot, verdict);
    return verdict == DD_BOARD_WELL;
}

static void stop(void *context, dd_time now) {
    dd_slot *slot = context;
    (void)now;
    if (!dd_slot_seated(slot)) return;
    dd_real_time_end(&slot->real_time);
    dd_board_refuse(slot->link, HIL__REASON__REASON_END, "switched off");
    slot->ended = true;
    become(slot, DD_BOARD_GREETED, DD_BOARD_WELL);
}

dd_tenant dd_slot_tenant(dd_slot *slot) {
    return (dd_tenant){.context = slot,
                       .prompt = slot->def.lock_step,
                       .air = slot->identity.capabilities & HIL__CAPABILITY__CAPABILITY_AIR,
                       .start = start,
                       .step = step,
                       .stop = stop};
}

bool dd_slot_take(dd_slot *slot, dd_response *response) {
    return dd_slot_seated(slot) && slot->real && dd_real_time_take(&slot->real_time, response);
}

// --- What is known of it ---

dd_board_state dd_slot_state(const dd_slot *slot, dd_board_verdict *verdict) {
    if (verdict) *verdict = slot->verdict;
    return slot->state;
}

const dd_board_identity *dd_slot_identity(const dd_slot *slot) {
    return &slot->identity;
}

dd_link_counts dd_slot_counts(const dd_slot *slot) {
    dd_link_counts all = slot->gone;
    if (slot->link) dd_link_counts_add(&all, dd_link_counts_of(slot->link));
    return all;
}

const dd_real_time *dd_slot_real_time(const dd_slot *slot) {
    return &slot->real_time;
}

uint32_t dd_slot_repeats(const dd_slot *slot) {
    return slot->repeats;
}

int64_t dd_slot_uptime_us(const dd_slot *slot) {
    return slot->uptime_us;
}

// --- What is done to it ---

static void part(dd_slot *slot, dd_board_verdict verdict) {
    if (dd_slot_seated(slot)) lose(slot, verdict);
    close_wire(slot);
    become(slot, slot->losses ? DD_BOARD_LOST : DD_BOARD_ABSENT, verdict);
}

void dd_slot_plug(dd_slot *slot, bool in) {
    slot->unplugged = !in;
    slot->tries = 0;
    slot->try_ns = 0;
    if (!in) part(slot, DD_BOARD_UNPLUGGED);
}

bool dd_slot_supply(dd_slot *slot, bool on, dd_error *error) {
    if (!dd_outlet_switchable(slot->outlet))
        return dd_fail(error, DD_WRONG,
                       "nothing switches the supply of the board of %s; give attach a supply, a "
                       "command that takes on or off",
                       slot->def.segment);
    if (!dd_outlet_switch(slot->outlet, on, error)) return false;
    slot->unpowered = !on;
    slot->tries = 0;
    slot->try_ns = on ? INT64_MAX : 0; // when it is done
    if (!on) part(slot, DD_BOARD_SILENT);
    return true;
}

bool dd_slot_reset(dd_slot *slot, dd_error *error) {
    bool obeys = slot->identity.capabilities & HIL__CAPABILITY__CAPABILITY_RESET;
    if (!slot->link)
        return dd_fail(error, DD_WRONG, "the board of %s is not there", slot->def.segment);
    if (obeys)
        dd_board_reset(slot->link, RESET_BY_HAND);
    else if (!dd_outlet_press_reset(slot->outlet))
        return dd_fail(error, DD_WRONG,
                       "the board of %s obeys no Reset; switch its supply off and on",
                       slot->def.segment);
    dd_link_pump(slot->link);
    part(slot, DD_BOARD_RESTARTED);
    slot->restarted_ns = dd_wall_ns();
    return true;
}

bool dd_slot_wire(dd_slot *slot, const dd_bad_wire_def *def, dd_error *error) {
    if (!dd_bad_wire_check(def, error)) return false;
    if (slot->wire) {
        dd_bad_wire_set(slot->wire, def);
        return true;
    }
    slot->wire = dd_bad_wire_open(def);
    if (!slot->wire) return dd_fail(error, DD_OUTSIDE, "no memory for a bad wire");
    if (slot->link) dd_link_filter(slot->link, dd_bad_wire_filter(slot->wire));
    return true;
}
