#define _POSIX_C_SOURCE 200809L // mkdir
#include "hil/rack/rack.h"
#include "hil/rack/berth.h"
#include "hil/rack/berth_report.h"
#include "hil/rack/rack_port.h"
#include "hil/wire/wall.h"

#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const int64_t MS = 1000000;
enum {
    TEND_MS = 20,    // between looks at boards where nobody watches
    PACE_US = 10000, // the pacer wakes us this often
    AWAKE_US = 200,  // what comes so soon after we began to wait may have come before
};

typedef struct watcher {
    ev_io io; // of a slot's wire
    dd_rack *rack;
    int fd, events;
} watcher;

typedef struct place {
    dd_berth *berth;
    watcher watchers[2];
} place;

struct dd_rack {
    dd_rack_def def;
    dd_board_port port;
    dd_discovery *discovery;       // NULL: not needed yet, or out of reach
    place **by_segment;            // NULL: no board is wanted there
    uint32_t *segments, segment_n; // in which boards are wanted, in the order they were attached
    uint32_t *attached;            // how often a board was, by segment
    bool begun;
    char recordings[4096], replayed[4096];
    struct ev_loop *loop; // NULL: nobody watches
    ev_prepare before;    // ... waiting
    ev_check after;
    ev_timer timer;
    ev_io devices;
    int64_t woken_ns, waiting_ns; // when we last began to work, and to wait
    int64_t busy_us;              // for which we have not looked, at this moment
    int64_t tended_ns;
    dd_time pressed; // the present when something first waited for the engine to stand; DD_NEVER
    dd_time minute;  // the next whose times are recorded
};

// --- Opening, closing ---

static bool make_folder(dd_rack *rack, dd_error *error) {
    if (!rack->def.out || *rack->recordings) return true;
    snprintf(rack->recordings, sizeof rack->recordings, "%s/boards", rack->def.out);
    if (mkdir(rack->recordings, 0777) == 0 || errno == EEXIST) return true;
    dd_fail(error, DD_OUTSIDE, "%s: cannot be made: %s", rack->recordings, strerror(errno));
    *rack->recordings = 0;
    return false;
}

dd_rack *dd_rack_open(const dd_rack_def *def, dd_error *error) {
    dd_rack *rack = calloc(1, sizeof *rack);
    if (rack) {
        rack->def = *def;
        rack->by_segment = calloc(def->world->city->segment_n, sizeof(place *));
        rack->segments = calloc(def->world->city->segment_n, sizeof *rack->segments);
        rack->attached = calloc(def->world->city->segment_n, sizeof *rack->attached);
    }
    if (!rack || !rack->by_segment || !rack->segments || !rack->attached) {
        dd_fail(error, DD_OUTSIDE, "no memory for boards");
        dd_rack_close(rack, NULL);
        return NULL;
    }
    if (def->replayed) snprintf(rack->replayed, sizeof rack->replayed, "%s/boards", def->replayed);
    rack->minute = DD_MINUTE;
    rack->pressed = DD_NEVER;
    rack->port = dd_rack_port(rack);
    def->world->boards = &rack->port;
    return rack;
}

static void unwatch(dd_rack *rack) {
    if (!rack->loop) return;
    for (uint32_t i = 0; i < rack->segment_n; i++)
        for (int w = 0; w < 2; w++)
            ev_io_stop(rack->loop, &rack->by_segment[rack->segments[i]]->watchers[w].io);
    ev_prepare_stop(rack->loop, &rack->before);
    ev_check_stop(rack->loop, &rack->after);
    ev_timer_stop(rack->loop, &rack->timer);
    ev_io_stop(rack->loop, &rack->devices);
    rack->loop = NULL;
}

bool dd_rack_close(dd_rack *rack, dd_error *error) {
    bool good = true;
    if (!rack) return true;
    unwatch(rack);
    for (uint32_t i = 0; rack->segments && i < rack->segment_n; i++) {
        place *it = rack->by_segment[rack->segments[i]];
        good = dd_berth_close(it->berth, error) && good;
        free(it);
    }
    if (rack->def.world->boards == &rack->port) rack->def.world->boards = NULL;
    dd_discovery_close(rack->discovery);
    free(rack->by_segment);
    free(rack->segments);
    free(rack->attached);
    free(rack);
    return good;
}

// --- Looking boards up ---

static place *place_of(const dd_rack *rack, uint32_t segment) {
    return segment < rack->def.world->city->segment_n ? rack->by_segment[segment] : NULL;
}

static dd_berth *berth_of(const dd_rack *rack, uint32_t segment, dd_error *error) {
    place *it = place_of(rack, segment);
    if (it) return it->berth;
    dd_fail(error, DD_WRONG, "segment %s has no board; attach one first",
            rack->def.world->city->segments[segment].id);
    return NULL;
}

static dd_berth *nth(const dd_rack *rack, uint32_t i) {
    return rack->by_segment[rack->segments[i]]->berth;
}

// --- Tending boards ---

static void hear_devices(dd_rack *rack) {
    dd_device_change change;
    bool added = false;
    while (rack->discovery && dd_discovery_next(rack->discovery, &change))
        added |= change.added;
    for (uint32_t i = 0; added && i < rack->segment_n; i++)
        for (int s = 0; s < 2; s++)
            if (nth(rack, i)->slots[s]) dd_slot_retry(nth(rack, i)->slots[s]);
}

// Boards in lock-step are worked by their steps alone.
static bool own_pace(const dd_slot *slot) {
    return !dd_slot_seated(slot) || dd_slot_real_time(slot)->working;
}

static void tend(dd_rack *rack) {
    int64_t now = dd_wall_ns();
    rack->tended_ns = now;
    hear_devices(rack);
    for (uint32_t i = 0; i < rack->segment_n; i++)
        for (int s = 0; s < 2; s++) {
            dd_slot *slot = nth(rack, i)->slots[s];
            if (!slot || !own_pace(slot)) continue;
            dd_slot_busy(slot, rack->busy_us);
            dd_slot_advance(slot, now);
        }
}

static void on_devices(struct ev_loop *loop, ev_io *io, int events) {
    (void)loop, (void)events;
    tend(io->data);
}

static void watch_devices(dd_rack *rack) {
    if (!rack->discovery || !rack->loop || ev_is_active(&rack->devices)) return;
    ev_io_init(&rack->devices, on_devices, dd_discovery_fd(rack->discovery), EV_READ);
    rack->devices.data = rack;
    ev_io_start(rack->loop, &rack->devices);
}

// --- Attaching ---

// Looks for devices only where somebody wants one.
static void open_discovery(dd_rack *rack, const dd_attach_def *def) {
    if (!rack->discovery && !rack->def.replayed && (def->board.serial || def->other.serial))
        rack->discovery = dd_discovery_open(NULL);
    watch_devices(rack);
}

static void tell(void *context, const char *text) {
    const dd_rack *rack = context;
    if (rack->def.tell) rack->def.tell(rack->def.context, text);
}

// While one board is started in real time, the others are not to take us for dead.
static void idle(void *context) {
    dd_rack *rack = context;
    if (dd_wall_ns() - rack->tended_ns > TEND_MS * MS) tend(rack);
}

static bool add(dd_rack *rack, const dd_attach_def *def, dd_error *error) {
    bool alone = rack->def.world->def.thread_n < 2; // nobody works another board meanwhile
    place *it = calloc(1, sizeof *it);
    if (!it) return dd_fail(error, DD_OUTSIDE, "no memory for a board");
    it->berth =
        dd_berth_open(&(dd_berth_def){.world = rack->def.world,
                                      .speed = rack->def.speed,
                                      .discovery = rack->discovery,
                                      .recordings = *rack->recordings ? rack->recordings : NULL,
                                      .replayed = rack->def.replayed ? rack->replayed : NULL,
                                      .nth = ++rack->attached[def->segment],
                                      .attach = def,
                                      .tell = tell,
                                      .idle = alone ? idle : NULL,
                                      .context = rack},
                      error);
    if (!it->berth) {
        free(it);
        return false;
    }
    for (int w = 0; w < 2; w++)
        it->watchers[w] = (watcher){.rack = rack, .fd = -1};
    rack->by_segment[def->segment] = it;
    rack->segments[rack->segment_n++] = def->segment;
    return true;
}

static void take_out(dd_rack *rack, uint32_t segment) {
    uint32_t i = 0;
    while (rack->segments[i] != segment)
        i++;
    memmove(rack->segments + i, rack->segments + i + 1,
            (--rack->segment_n - i) * sizeof *rack->segments);
    rack->by_segment[segment] = NULL;
}

bool dd_rack_detach(dd_rack *rack, uint32_t segment, dd_error *error) {
    dd_berth *berth = berth_of(rack, segment, error);
    if (!berth) return false;
    place *it = rack->by_segment[segment];
    dd_berth_end(berth);
    dd_engine_admit(rack->def.world->engine);
    for (int w = 0; rack->loop && w < 2; w++)
        ev_io_stop(rack->loop, &it->watchers[w].io);
    take_out(rack, segment);
    free(it);
    return dd_berth_close(berth, error);
}

static dd_time present(const dd_rack *rack) {
    return rack->def.present ? rack->def.present(rack->def.context) : rack->def.world->engine->now;
}

// The moment of the wall at which the engine stands: in real time a little behind.
static int64_t stood(const dd_rack *rack, int64_t now_ns) {
    return now_ns - (present(rack) - rack->def.world->engine->now);
}

static bool stand(const dd_rack *rack, dd_berth *berth, dd_error *error) {
    int64_t now_ns = dd_wall_ns();
    return dd_berth_stand(berth, now_ns, stood(rack, now_ns), error);
}

// In lock-step nothing depends on how long the wall waits for what.
static bool settle(dd_rack *rack, dd_berth *berth, double s, dd_error *error) {
    bool prompt = rack->begun && berth->lock_step && berth->slots[0];
    for (int i = 0; prompt && i < 2; i++)
        if (berth->slots[i]) dd_slot_settle(berth->slots[i], (int)(s * 1000));
    return !prompt || stand(rack, berth, error);
}

bool dd_rack_attach(dd_rack *rack, const dd_attach_def *def, dd_error *error) {
    if (place_of(rack, def->segment) && !dd_rack_detach(rack, def->segment, error)) return false;
    open_discovery(rack, def);
    if (!make_folder(rack, error) || !add(rack, def, error)) return false;
    return settle(rack, nth(rack, rack->segment_n - 1), def->find_s, error);
}

// --- The run's start ---

static bool missing(const dd_berth *berth) {
    for (int i = 0; i < 2; i++)
        if (berth->slots[i] && dd_slot_state(berth->slots[i], NULL) != DD_BOARD_GREETED)
            return true;
    return false;
}

// Greets all at once: each is waited for as long as it may take.
static void greet(dd_rack *rack) {
    int64_t begun = dd_wall_ns();
    for (bool waits = true; waits;) {
        waits = false;
        for (uint32_t i = 0; i < rack->segment_n; i++) {
            dd_berth *berth = nth(rack, i);
            double left_s = berth->attach.def.find_s - (double)(dd_wall_ns() - begun) / 1e9;
            if (!missing(berth) || left_s <= 0) continue;
            for (int s = 0; s < 2; s++)
                if (berth->slots[s]) dd_slot_settle(berth->slots[s], TEND_MS);
            waits |= missing(berth);
        }
    }
}

// A board that cannot work in this run would be none in any.
static bool check_fit(const dd_berth *berth, dd_error *error) {
    dd_board_verdict verdict;
    dd_board_state state = dd_berth_state(berth, &verdict);
    if (berth->replayed[0] || state == DD_BOARD_GREETED) return true;
    if (berth->attach.def.on_lost == DD_LOST_FAIL)
        return dd_fail(error, DD_OUTSIDE, "segment %s: its board is missing (%s): %s", berth->name,
                       dd_board_verdict_names[verdict], dd_slot_why(berth->slots[0]));
    return true;
}

bool dd_rack_begin(dd_rack *rack, dd_error *error) {
    greet(rack);
    for (uint32_t i = 0; i < rack->segment_n; i++) {
        if (!check_fit(nth(rack, i), error)) return false;
        dd_berth_give(nth(rack, i));
    }
    return rack->begun = true;
}

// --- What is done to boards ---

bool dd_rack_plug(dd_rack *rack, uint32_t segment, bool in, dd_error *error) {
    dd_berth *berth = berth_of(rack, segment, error);
    if (!berth) return false;
    if (!berth->slots[0]) return true; // a recording knows
    dd_slot_plug(berth->slots[0], in);
    return settle(rack, berth, berth->attach.def.find_s, error);
}

bool dd_rack_power(dd_rack *rack, uint32_t segment, bool on, dd_error *error) {
    dd_berth *berth = berth_of(rack, segment, error);
    if (!berth) return false;
    if (!berth->slots[0]) return true;
    return dd_slot_supply(berth->slots[0], on, error) &&
           settle(rack, berth, berth->attach.def.find_s + DD_SUPPLY_S, error);
}

bool dd_rack_reset(dd_rack *rack, uint32_t segment, dd_error *error) {
    dd_berth *berth = berth_of(rack, segment, error);
    if (!berth) return false;
    if (!berth->slots[0]) return true;
    if (!dd_slot_reset(berth->slots[0], error)) return false;
    // Its loss first, then its return.
    if (berth->lock_step && !stand(rack, berth, error)) return false;
    return settle(rack, berth, berth->attach.def.find_s, error);
}

bool dd_rack_wire(dd_rack *rack, uint32_t segment, const dd_bad_wire_def *def, dd_error *error) {
    const dd_world *world = rack->def.world;
    dd_berth *berth = berth_of(rack, segment, error);
    dd_bad_wire_def own = *def;
    if (!berth) return false;
    own.seed = world->def.seed;
    own.stable = dd_world_stable(world, berth->entity);
    return !berth->slots[0] || dd_slot_wire(berth->slots[0], &own, error);
}

// --- What is known of them ---

bool dd_rack_wants(const dd_rack *rack, uint32_t segment, dd_error *error) {
    return !rack->begun || berth_of(rack, segment, error);
}

double dd_rack_figure(const dd_rack *rack, dd_board_figure figure) {
    double all = 0;
    for (uint32_t i = 0; i < rack->segment_n; i++) {
        double one = dd_berth_figure(nth(rack, i), figure);
        if (figure != DD_BOARDS_LATEST_MS)
            all += one;
        else if (one > all)
            all = one;
    }
    return all;
}

const dd_shadow *dd_rack_shadow(const dd_rack *rack, uint32_t segment) {
    const dd_berth *berth = berth_of(rack, segment, NULL);
    return berth ? berth->judge : NULL;
}

json_t *dd_rack_board(const dd_rack *rack, uint32_t segment) {
    dd_berth *berth = berth_of(rack, segment, NULL);
    return berth ? dd_berth_json(berth) : NULL;
}

json_t *dd_rack_summary(const dd_rack *rack) {
    if (!rack->segment_n) return NULL;
    json_t *all = json_object();
    for (uint32_t i = 0; i < rack->segment_n; i++)
        json_object_set_new(all, nth(rack, i)->name, dd_berth_json(nth(rack, i)));
    return all;
}

void dd_rack_report(const dd_rack *rack, FILE *file) {
    for (uint32_t i = 0; i < rack->segment_n; i++) {
        const dd_berth *berth = nth(rack, i);
        if (!berth->judge) continue;
        fprintf(file, "segment %s, its board beside its shadow:\n", berth->name);
        dd_shadow_report(berth->judge, file);
    }
}

void dd_rack_finish(dd_rack *rack) {
    for (uint32_t i = 0; i < rack->segment_n; i++)
        dd_berth_finish(nth(rack, i));
}

// --- Watching ---

static void on_wire(struct ev_loop *loop, ev_io *io, int events) {
    (void)loop, (void)events;
    tend(((watcher *)io->data)->rack);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events) {
    (void)loop, (void)events;
    tend(timer->data);
}

// A wire may be another one under the number of one that was closed: it is said anew each time.
static void watch_wire(dd_rack *rack, watcher *it, const dd_slot *slot) {
    bool watched = slot && own_pace(slot);
    int fd = watched ? dd_slot_fd(slot) : -1;
    int events = EV_READ | (watched && dd_slot_writing(slot) ? EV_WRITE : 0);
    if (fd == it->fd && events == it->events && fd >= 0) return;
    if (it->fd >= 0) ev_io_stop(rack->loop, &it->io);
    it->fd = fd;
    it->events = events;
    if (fd < 0) return;
    ev_io_init(&it->io, on_wire, fd, events);
    it->io.data = it;
    ev_io_start(rack->loop, &it->io);
}

static int64_t next_due(const dd_rack *rack) {
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < rack->segment_n; i++)
        for (int s = 0; s < 2; s++) {
            const dd_slot *slot = nth(rack, i)->slots[s];
            int64_t due = slot && own_pace(slot) ? dd_slot_due(slot) : INT64_MAX;
            if (due < next) next = due;
        }
    return next;
}

static void on_before(struct ev_loop *loop, ev_prepare *before, int events) {
    dd_rack *rack = before->data;
    (void)events;
    for (uint32_t i = 0; i < rack->segment_n; i++) {
        place *it = rack->by_segment[rack->segments[i]];
        for (int w = 0; w < 2; w++)
            watch_wire(rack, &it->watchers[w], it->berth->slots[w]);
    }
    rack->waiting_ns = dd_wall_ns();
    int64_t due = next_due(rack);
    ev_timer_stop(loop, &rack->timer);
    if (due == INT64_MAX) return;
    double left_s = due > rack->waiting_ns ? (double)(due - rack->waiting_ns) / 1e9 : 0;
    ev_timer_set(&rack->timer, left_s, 0.);
    ev_timer_start(loop, &rack->timer);
}

// What is there as soon as we look may have been there all the while that we did not. Whoever was
// to be woken by the pacer and slept longer was not let run by the machine.
static void on_after(struct ev_loop *loop, ev_check *after, int events) {
    dd_rack *rack = after->data;
    (void)loop, (void)events;
    int64_t now = dd_wall_ns(), worked_us = (rack->waiting_ns - rack->woken_ns) / 1000;
    int64_t waited_us = (now - rack->waiting_ns) / 1000;
    rack->busy_us = waited_us < AWAKE_US ? worked_us : 0;
    if (waited_us > PACE_US) rack->busy_us = waited_us - PACE_US;
    rack->woken_ns = now;
}

void dd_rack_watch(dd_rack *rack, struct ev_loop *loop) {
    rack->loop = loop;
    rack->woken_ns = dd_wall_ns();
    ev_prepare_init(&rack->before, on_before);
    ev_check_init(&rack->after, on_after);
    ev_timer_init(&rack->timer, on_timer, 0., 0.);
    ev_set_priority(&rack->after, EV_MAXPRI);
    rack->before.data = rack->after.data = rack->timer.data = rack->devices.data = rack;
    ev_prepare_start(loop, &rack->before);
    ev_check_start(loop, &rack->after);
    watch_devices(rack);
}

// --- Standing ---

static bool keeps_time(const dd_rack *rack) {
    for (uint32_t i = 0; i < rack->segment_n; i++)
        if (!nth(rack, i)->lock_step) return true;
    return false;
}

dd_time dd_rack_next(dd_rack *rack) {
    const dd_engine *engine = rack->def.world->engine;
    dd_time next = DD_NEVER;
    if (!rack->segment_n) return DD_NEVER;
    if (dd_wall_ns() - rack->tended_ns > TEND_MS * MS) tend(rack);
    if (keeps_time(rack)) next = rack->minute;
    int64_t stood_ns = stood(rack, dd_wall_ns());
    for (uint32_t i = 0; i < rack->segment_n; i++) {
        dd_time wants = dd_berth_next(nth(rack, i));
        if (dd_berth_pressing(nth(rack, i), stood_ns) && rack->pressed == DD_NEVER)
            rack->pressed = present(rack);
        if (wants < next) next = wants;
    }
    if (rack->pressed < next) next = rack->pressed;
    return next > engine->now ? next : engine->now;
}

bool dd_rack_stand(dd_rack *rack, dd_error *error) {
    dd_time now = rack->def.world->engine->now;
    if (rack->pressed <= now) rack->pressed = DD_NEVER;
    for (uint32_t i = 0; i < rack->segment_n; i++)
        if (!stand(rack, nth(rack, i), error)) return false;
    bool minute = now >= rack->minute;
    for (uint32_t i = 0; minute && i < rack->segment_n; i++)
        dd_berth_record_time(nth(rack, i));
    if (minute) rack->minute = (now / DD_MINUTE + 1) * DD_MINUTE;
    return true;
}
