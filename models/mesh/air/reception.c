#include "models/mesh/air/reception.h"
#include "engine/random.h"
#include "models/kind.h"

// --- Levels ---

static int32_t noise_of(const dd_medium *medium, uint32_t station) {
    return medium->radios[station].noise_cdbm;
}

// What is added to the median between a frame's sender and a station, as it was at its start.
static int32_t change_of(const dd_medium *medium, const dd_transmission *frame, uint32_t station) {
    const dd_medium_radio *radios = medium->radios;
    if (!medium->def.channel) return 0;
    uint64_t pair = dd_pair_id(radios[frame->sender].stable, radios[station].stable, false);
    return dd_channel_change(medium->def.channel, pair, frame->start, medium->def.weather);
}

// Level of a frame in a station's own channel; DD_LINK_NONE: unheard.
static int32_t level_of(const dd_medium *medium, const dd_transmission *frame, uint32_t station) {
    int32_t median = dd_links_level(medium->def.links, station, frame->sender);
    return median == DD_LINK_NONE ? median : median + change_of(medium, frame, station);
}

// --- A scene: all that a station hears in a stretch of time, in order of start ---

typedef struct signal {
    dd_time from, to;
    uint64_t power; // against the station's noise, as dd_radio_power
    int32_t snr_cdb;
    uint32_t who; // station, or an entity outside the mesh
    bool own;     // the station sends itself
    bool frame;   // of its PHY and channel: a receiver may lock to it
    bool outside; // who is an entity where a jammer stands
} signal;

enum { OUTSIDE = 16 };

typedef struct scene {
    const dd_medium *medium;
    int32_t noise_cdbm;
    uint32_t n;
    signal all[DD_MEDIUM_NEAR + OUTSIDE + 1];
} scene;

// By start; of one moment the stronger first, which a receiver would take, then by who it is.
static bool is_before(const signal *a, const signal *b) {
    if (a->from != b->from) return a->from < b->from;
    return a->power != b->power ? a->power > b->power : a->who < b->who;
}

// Returns its place, good until the next is added.
static uint32_t add_signal(scene *it, const signal *added) {
    uint32_t place = it->n++;
    for (; place > 0 && is_before(added, &it->all[place - 1]); place--)
        it->all[place] = it->all[place - 1];
    it->all[place] = *added;
    return place;
}

static void add_frame(scene *it, const dd_transmission *frame, uint32_t station, uint8_t channel) {
    signal added = {.from = frame->start,
                    .to = frame->end,
                    .who = frame->sender,
                    .own = frame->sender == station,
                    .frame = frame->channel == channel};
    if (!added.own) {
        int32_t level = level_of(it->medium, frame, station);
        if (level == DD_LINK_NONE) return;
        added.snr_cdb = level - it->noise_cdbm;
        added.power = dd_radio_power(it->medium->def.tables, added.snr_cdb);
    }
    add_signal(it, &added);
}

static bool is_disturbed(const dd_medium *medium) {
    return medium->def.outside && *medium->def.outside_n > 0;
}

static void add_outside(scene *it, uint32_t station, uint8_t channel, dd_time from, dd_time to) {
    const dd_medium_def *def = &it->medium->def;
    dd_disturbance all[OUTSIDE];
    uint32_t n = is_disturbed(it->medium)
                     ? def->outside(def->context, station, channel, from, to, all, OUTSIDE)
                     : 0;
    for (uint32_t i = 0; i < n; i++) {
        int32_t snr = all[i].level_cdbm - it->noise_cdbm;
        add_signal(it, &(signal){.from = all[i].from,
                                 .to = all[i].to,
                                 .power = dd_radio_power(def->tables, snr),
                                 .snr_cdb = snr,
                                 .who = all[i].source,
                                 .outside = true});
    }
}

// Of what has energy in [from, to), and of what overlapped the first of that: a receiver may have
// been busy with it. All but `self`.
static void set_scene(scene *it, const dd_medium *medium, uint32_t station, uint8_t channel,
                      dd_time from, dd_time to, const dd_transmission *self) {
    const dd_transmission *near[DD_MEDIUM_NEAR];
    uint32_t n = dd_medium_near(medium, station, from, to, near);
    dd_time first = from;
    for (uint32_t i = 0; i < n; i++)
        if (near[i]->start < first) first = near[i]->start;
    if (first < from)
        n = dd_medium_near(medium, station, first - medium->def.preset->turnaround, to, near);
    it->medium = medium;
    it->noise_cdbm = noise_of(medium, station);
    it->n = 0;
    for (uint32_t i = 0; i < n; i++)
        if (near[i] != self) add_frame(it, near[i], station, channel);
    add_outside(it, station, channel, from, to);
}

static bool overlaps(const signal *it, dd_time from, dd_time to) {
    return it->from < to && it->to > from;
}

// Noise and interference that a signal suffers if all that is there in [from, to) were there at
// once; which of the interferers is the strongest.
static uint64_t power_against(const scene *it, uint32_t about, dd_time from, dd_time to,
                              uint32_t *strongest) {
    uint64_t sum = dd_radio_power(it->medium->def.tables, 0);
    *strongest = about;
    for (uint32_t i = 0; i < it->n; i++) {
        if (i == about || !overlaps(&it->all[i], from, to)) continue;
        sum += it->all[i].power;
        if (*strongest == about || it->all[i].power > it->all[*strongest].power) *strongest = i;
    }
    return sum;
}

static int32_t sinr_of(const scene *it, uint32_t about, dd_time from, dd_time to,
                       uint32_t *strongest) {
    uint64_t against = power_against(it, about, from, to, strongest);
    return it->all[about].snr_cdb - dd_radio_decibels(it->medium->def.tables, against);
}

// Whether the station sends or turns around in [from, to).
static bool sends_in(const scene *it, dd_time from, dd_time to) {
    dd_time turn = it->medium->def.preset->turnaround;
    for (uint32_t i = 0; i < it->n; i++)
        if (it->all[i].own && overlaps(&it->all[i], from - turn, to + turn)) return true;
    return false;
}

// Whether a listening, idle receiver would lock to a frame.
static bool would_lock(const scene *it, uint32_t i) {
    const signal *frame = &it->all[i];
    dd_time sync = frame->from + it->medium->sync;
    uint32_t strongest;
    return frame->frame && !frame->own && !sends_in(it, frame->from, sync) &&
           sinr_of(it, i, frame->from, sync, &strongest) >= it->medium->def.tables->sync_cdb;
}

enum { NOBODY = UINT32_MAX };

// Which frame the station is locked to at a time, of those among the first `n`.
static uint32_t locked_to(const scene *it, uint32_t n, dd_time at) {
    uint32_t lock = NOBODY;
    for (uint32_t i = 0; i < n; i++) {
        const signal *frame = &it->all[i];
        bool busy = lock != NOBODY && it->all[lock].to > frame->from;
        bool stronger =
            busy && frame->snr_cdb >= it->all[lock].snr_cdb + it->medium->def.capture_cdb;
        if ((!busy || stronger) && would_lock(it, i)) lock = i;
    }
    return lock != NOBODY && it->all[lock].to > at ? lock : NOBODY;
}

// --- Clear channel assessment ---

static bool hears_energy(const scene *it, dd_time from, dd_time to) {
    uint32_t strongest;
    uint64_t power = power_against(it, NOBODY, from, to, &strongest);
    int32_t over = it->medium->def.ed_cdbm - it->noise_cdbm;
    return strongest != NOBODY && power >= dd_radio_power(it->medium->def.tables, over);
}

static bool hears_carrier(const scene *it, dd_time from, dd_time to) {
    for (uint32_t i = 0; i < it->n; i++)
        if (it->all[i].frame && !it->all[i].own && overlaps(&it->all[i], from, to) &&
            it->all[i].snr_cdb >= it->medium->def.tables->sync_cdb)
            return true;
    return false;
}

static bool has_own(const scene *it, dd_time from) {
    for (uint32_t i = 0; i < it->n; i++)
        if (it->all[i].own && it->all[i].to > from) return true;
    return false;
}

bool dd_medium_clear(const dd_medium *medium, uint32_t station, uint8_t channel, dd_time from,
                     dd_time to) {
    const dd_transmission *near[DD_MEDIUM_NEAR];
    dd_time soon = to + medium->def.preset->turnaround; // when an acknowledgement due may begin
    if (!is_disturbed(medium) && !dd_medium_near(medium, station, from, soon, near)) return true;
    scene it;
    set_scene(&it, medium, station, channel, from, soon, NULL);
    if (has_own(&it, from)) return false;
    uint32_t lock = locked_to(&it, it.n, to);
    if (lock != NOBODY && it.all[lock].from + medium->sync <= to) return false;
    uint8_t mode = medium->def.cca;
    return !((mode & DD_CCA_ENERGY && hears_energy(&it, from, to)) ||
             (mode & DD_CCA_CARRIER && hears_carrier(&it, from, to)));
}

uint32_t dd_medium_jammer(const dd_medium *medium, uint32_t station, uint8_t channel, dd_time from,
                          dd_time to) {
    if (!is_disturbed(medium)) return 0;
    scene it;
    uint32_t strongest;
    set_scene(&it, medium, station, channel, from, to, NULL);
    power_against(&it, NOBODY, from, to, &strongest);
    return strongest != NOBODY && it.all[strongest].outside ? it.all[strongest].who : 0;
}

// --- Reception ---

static uint64_t bits_in(const dd_medium *medium, dd_time duration) { // in 2^-8
    return (uint64_t)duration * medium->bits >> 32;
}

// A frame as it comes to a receiver.
typedef struct attempt {
    const dd_transmission *frame;
    uint32_t receiver;
    int32_t snr_cdb;    // now,
    int32_t median_cdb; // and at the median
} attempt;

static bool survives(const dd_medium *medium, const attempt *it, uint32_t ppm) {
    if (ppm == 0 || ppm >= 1000000) return ppm != 0;
    uint64_t from = medium->radios[it->frame->sender].stable;
    uint64_t to = medium->radios[it->receiver].stable;
    dd_random4 draw = dd_random(medium->def.seed, dd_pair_id(from, to, true), DD_DRAW_RECEPTION,
                                it->frame->count);
    return dd_chance_ppm(draw.v[0], ppm);
}

static dd_reception lost(dd_reception it, dd_loss loss, uint32_t culprit) {
    it.loss = (uint8_t)loss;
    it.culprit = culprit;
    return it;
}

// Whether it has at least an even chance without interference.
static bool is_likely(const dd_medium *medium, const attempt *it, int32_t snr_cdb) {
    return snr_cdb >= medium->def.tables->sync_cdb &&
           dd_radio_success_ppm(medium->def.tables, snr_cdb, it->frame->octets) >= 500000;
}

// Too weak even alone: the fade's fault, if the median would have done.
static dd_reception lost_in_noise(const dd_medium *medium, const attempt *it, dd_reception result) {
    return lost(result, is_likely(medium, it, it->median_cdb) ? DD_LOSS_FADE : DD_LOSS_WEAK, 0);
}

// Noise alone.
static dd_reception receive_alone(const dd_medium *medium, const attempt *it, dd_reception result) {
    uint32_t ppm = dd_radio_success_ppm(medium->def.tables, it->snr_cdb, it->frame->octets);
    return survives(medium, it, ppm) ? result : lost_in_noise(medium, it, result);
}

// The next moment after `t` at which the interference changes, at most `end`.
static dd_time next_change(const scene *it, dd_time t, dd_time end) {
    for (uint32_t i = 0; i < it->n; i++) {
        if (it->all[i].from > t && it->all[i].from < end) end = it->all[i].from;
        if (it->all[i].to > t && it->all[i].to < end) end = it->all[i].to;
    }
    return end;
}

// Chance that the bits of signal `about` survive, piece by piece.
static uint32_t survival_ppm(const scene *it, uint32_t about, unsigned octets) {
    const dd_medium *medium = it->medium;
    dd_time end = it->all[about].to, t = end - dd_radio_air_time(medium->def.preset, octets) +
                                         dd_radio_air_time(medium->def.preset, 0);
    uint64_t loss = 0;
    uint32_t strongest;
    for (dd_time to; t < end; t = to) {
        to = next_change(it, t, end);
        int32_t sinr = sinr_of(it, about, t, to, &strongest);
        loss += dd_radio_bit_loss(medium->def.tables, sinr) * bits_in(medium, to - t) >> 8;
    }
    return dd_radio_survival_ppm(medium->def.tables, loss);
}

static dd_loss loss_to(const scene *it, uint32_t culprit) {
    return it->all[culprit].outside ? DD_LOSS_JAMMED : DD_LOSS_COLLISION;
}

// The frame `about` of the scene, when no other has the receiver.
static dd_reception receive_among(const scene *it, uint32_t about, const attempt *try,
                                  dd_reception result) {
    const dd_medium *medium = it->medium;
    const signal *self = &it->all[about];
    uint32_t strongest, first;
    int32_t worst = sinr_of(it, about, self->from, self->to, &strongest);
    if (strongest == about) return receive_alone(medium, try, result);
    result.sinr_cdb = (int16_t)worst;
    int32_t sync = sinr_of(it, about, self->from, self->from + medium->sync, &first);
    if (sync < medium->def.tables->sync_cdb)
        return lost(result, loss_to(it, first), it->all[first].who);
    uint32_t ppm = dd_radio_success_ppm(medium->def.tables, worst, try->frame->octets);
    if (ppm < 1000000) ppm = survival_ppm(it, about, try->frame->octets);
    if (survives(medium, try, ppm)) return result;
    if (!is_likely(medium, try, try->snr_cdb)) return lost_in_noise(medium, try, result);
    return lost(result, loss_to(it, strongest), it->all[strongest].who);
}

// A later frame that is so much stronger that it takes the receiver over.
static uint32_t captor_of(const scene *it, uint32_t about) {
    const signal *self = &it->all[about];
    for (uint32_t i = about + 1; i < it->n; i++)
        if (it->all[i].frame && it->all[i].from < self->to &&
            it->all[i].snr_cdb >= self->snr_cdb + it->medium->def.capture_cdb && would_lock(it, i))
            return i;
    return NOBODY;
}

static dd_reception receive_in_scene(const dd_medium *medium, const attempt *try,
                                     dd_reception result) {
    const dd_transmission *frame = try->frame;
    scene it;
    dd_time turn = medium->def.preset->turnaround;
    set_scene(&it, medium, try->receiver, frame->channel, frame->start - turn, frame->end + turn,
              frame);
    uint32_t about =
        add_signal(&it, &(signal){.from = frame->start,
                                  .to = frame->end,
                                  .power = dd_radio_power(medium->def.tables, try->snr_cdb),
                                  .snr_cdb = try->snr_cdb,
                                  .who = frame->sender,
                                  .frame = true});
    uint32_t lock = locked_to(&it, about, frame->start);
    if (lock != NOBODY && try->snr_cdb < it.all[lock].snr_cdb + medium->def.capture_cdb)
        return lost(result, DD_LOSS_LOCKED, it.all[lock].who);
    if (sends_in(&it, frame->start, frame->end))
        return lost(result, DD_LOSS_SENDING, try->receiver);
    uint32_t captor = captor_of(&it, about);
    if (captor != NOBODY) return lost(result, DD_LOSS_COLLISION, it.all[captor].who);
    return receive_among(&it, about, try, result);
}

// The median level of a pair, of which one sends to the other, and will again.
static int32_t peer_level(dd_medium *medium, uint32_t sender, uint32_t receiver) {
    dd_medium_radio *radio = &medium->radios[sender];
    if (radio->peer == receiver) return radio->peer_cdbm;
    const dd_medium_radio *other = &medium->radios[receiver];
    if (other->peer == sender) return other->peer_cdbm;
    radio->peer = receiver;
    return radio->peer_cdbm = dd_links_level(medium->def.links, receiver, sender);
}

static dd_reception receive(const dd_medium *medium, const dd_transmission *frame,
                            uint32_t receiver, int32_t median_cdbm) {
    if (median_cdbm == DD_LINK_NONE)
        return (dd_reception){.loss = DD_LOSS_WEAK, .rss_cdbm = INT16_MIN};
    int32_t noise = noise_of(medium, receiver), change = change_of(medium, frame, receiver);
    attempt it = {frame, receiver, median_cdbm + change - noise, median_cdbm - noise};
    dd_reception result = {.rss_cdbm = (int16_t)(median_cdbm + change),
                           .sinr_cdb = (int16_t)it.snr_cdb};
    if (frame->cut) return lost(result, DD_LOSS_CUT, frame->sender);
    if (it.snr_cdb < medium->def.tables->sync_cdb) return lost_in_noise(medium, &it, result);
    const dd_transmission *near[DD_MEDIUM_NEAR];
    dd_time turn = medium->def.preset->turnaround;
    uint32_t n = dd_medium_near(medium, receiver, frame->start - turn, frame->end + turn, near);
    bool alone = !is_disturbed(medium) && (n == 0 || (n == 1 && near[0] == frame));
    return alone ? receive_alone(medium, &it, result) : receive_in_scene(medium, &it, result);
}

dd_reception dd_medium_receive(dd_medium *medium, uint32_t handle, uint32_t receiver) {
    const dd_transmission *frame = dd_medium_at(medium, handle);
    return receive(medium, frame, receiver, peer_level(medium, frame->sender, receiver));
}

dd_reception dd_medium_hear(const dd_medium *medium, uint32_t handle, uint32_t link) {
    const dd_links *links = medium->def.links;
    return receive(medium, dd_medium_at(medium, handle), links->to[link], links->level_cdbm[link]);
}
