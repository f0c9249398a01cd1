// What receivers make of frames: noise, interference, capture, half duplex, CCA.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>

#include "models/mesh/air/reception.h"

enum { STATIONS = 4, CHANNEL = 11 };

// Four stations whose levels at each other a test sets, and the standard's 2.4 GHz PHY.
typedef struct lab {
    dd_radio_preset preset;
    dd_radio_tables tables;
    uint32_t first[STATIONS + 2], to[STATIONS * (STATIONS - 1)];
    int16_t levels[STATIONS * (STATIONS - 1)], noise[STATIONS + 1];
    float x[STATIONS + 1], y[STATIONS + 1];
    uint64_t stable[STATIONS + 1];
    dd_links links;
    dd_arena arena;
    dd_medium medium;
    uint32_t count;
} lab;

static dd_medium_def lab_def(const lab *it) {
    return (dd_medium_def){.station_n = STATIONS,
                           .x = it->x,
                           .y = it->y,
                           .stable = it->stable,
                           .links = &it->links,
                           .preset = &it->preset,
                           .tables = &it->tables,
                           .seed = 1,
                           .ed_cdbm = -7500,
                           .capture_cdb = 300,
                           .cca = DD_CCA_ENERGY};
}

static lab *lab_open(void) {
    lab *it = calloc(1, sizeof *it);
    cr_assert(it && dd_arena_init(&it->arena, 64 << 20, NULL));
    it->preset = dd_radio_presets[0];
    dd_radio_tables_build(&it->tables, &it->preset);
    for (uint32_t from = 1, k = 0; from <= STATIONS; from++) {
        it->stable[from] = from * 1000;
        it->x[from] = (float)from;
        for (uint32_t to = 1; to <= STATIONS; to++)
            if (to != from) {
                it->to[k] = to;
                it->levels[k++] = DD_LINK_NONE;
            }
        it->first[from + 1] = k;
        it->noise[from] = (int16_t)it->tables.noise_cdbm;
    }
    it->links = (dd_links){.station_n = STATIONS,
                           .first = it->first,
                           .to = it->to,
                           .level_cdbm = it->levels,
                           .noise_cdbm = it->noise};
    dd_medium_def def = lab_def(it);
    dd_medium_init(&it->medium, &it->arena, &def);
    return it;
}

static void lab_close(lab *it) {
    dd_arena_fini(&it->arena);
    free(it);
}

// Sets the level of a pair, relative to the noise.
static void set_snr(lab *it, uint32_t a, uint32_t b, int32_t snr_cdb) {
    int16_t level = (int16_t)(it->tables.noise_cdbm + snr_cdb);
    for (uint32_t k = 0; k < STATIONS * (STATIONS - 1); k++) {
        uint32_t from = 1 + k / (STATIONS - 1), to = it->to[k];
        if ((from == a && to == b) || (from == b && to == a)) it->levels[k] = level;
    }
    it->medium.radios[a].peer = it->medium.radios[b].peer = 0; // whose level is remembered
}

static uint32_t put(lab *it, uint32_t sender, dd_time start, uint8_t octets) {
    dd_transmission frame = {.start = start,
                             .end = start + dd_radio_air_time(&it->preset, octets),
                             .sender = sender,
                             .count = it->count++,
                             .octets = octets,
                             .channel = CHANNEL};
    return dd_medium_put(&it->medium, &frame, start);
}

static dd_time symbols(const lab *it, int n) {
    return it->preset.cca / 8 * n;
}

// Of `n` frames of 1 to 2, those lost.
static double measured_per(lab *it, uint8_t octets, int n) {
    int lost = 0;
    for (int i = 0; i < n; i++) {
        uint32_t frame = put(it, 1, it->count * DD_SECOND, octets);
        lost += dd_medium_receive(&it->medium, frame, 2).loss != DD_LOSS_NONE;
    }
    return (double)lost / n;
}

static double formula_ber(double snr_cdb) {
    double s = pow(10, snr_cdb / 1000), sum = 0, choose = 16;
    for (int k = 2; k <= 16; k++) {
        choose = choose * (17 - k) / k;
        sum += (k % 2 ? -1 : 1) * choose * exp(20 * s * (1.0 / k - 1));
    }
    return 8.0 / 15 / 16 * sum;
}

// Within half a point of the standard's formula over 1e5 frames (facts B1).
Test(medium, packet_errors_follow_the_formula) {
    lab *it = lab_open();
    const uint8_t octets[] = {20, 60, 127};
    for (int snr = -100; snr <= 200; snr += 50)
        for (int i = 0; i < 3; i++) {
            set_snr(it, 1, 2, snr);
            double per = 1 - pow(1 - formula_ber(snr), 8 * octets[i]);
            cr_expect(lt(dbl, fabs(measured_per(it, octets[i], 100000) - per), 0.005),
                      "%d octets at %d cdB", octets[i], snr);
        }
    lab_close(it);
}

// The same when it is interference that makes the ratio, over half of the frame.
Test(medium, interference_counts_while_it_lasts) {
    lab *it = lab_open();
    set_snr(it, 1, 2, 4000);
    set_snr(it, 3, 2, 4000);
    int lost = 0, n = 100000;
    dd_time half = dd_radio_air_time(&it->preset, 60);
    for (int i = 0; i < n; i++) {
        dd_time start = i * DD_SECOND;
        uint32_t frame = put(it, 1, start, 114); // PHY header 6 + 54 octets clear, 60 hit
        put(it, 3, start + half, 127);
        dd_reception it_is = dd_medium_receive(&it->medium, frame, 2);
        lost += it_is.loss != DD_LOSS_NONE;
        if (it_is.loss) cr_assert(it_is.loss == DD_LOSS_COLLISION && it_is.culprit == 3);
    }
    double per = 1 - pow(1 - formula_ber(-0.0043), 8 * 54);
    cr_expect(lt(dbl, fabs((double)lost / n - per), 0.005), "%g %g", (double)lost / n, per);
    lab_close(it);
}

Test(medium, half_duplex_and_deafness) {
    lab *it = lab_open();
    set_snr(it, 1, 2, 4000);
    dd_time air = dd_radio_air_time(&it->preset, 60);
    uint32_t heard = put(it, 1, 0, 60);
    cr_expect(eq(u8, dd_medium_receive(&it->medium, heard, 2).loss, DD_LOSS_NONE));
    // 2 sends 11 symbols before: deaf; 12 symbols before: listening again
    for (int gap = 11; gap <= 12; gap++) {
        dd_time start = gap * DD_SECOND;
        put(it, 2, start - symbols(it, gap) - air, 60);
        uint32_t frame = put(it, 1, start, 60);
        dd_reception it_is = dd_medium_receive(&it->medium, frame, 2);
        cr_expect(eq(u8, it_is.loss, gap == 11 ? DD_LOSS_SENDING : DD_LOSS_NONE), "%d", gap);
    }
    // 2 begins to send while it receives
    uint32_t frame = put(it, 1, 20 * DD_SECOND, 60);
    put(it, 2, 20 * DD_SECOND + air - symbols(it, 1), 60);
    cr_expect(eq(u8, dd_medium_receive(&it->medium, frame, 2).loss, DD_LOSS_SENDING));
    lab_close(it);
}

// The first of two frames keeps the receiver, unless the second is stronger by the capture ratio.
Test(medium, capture) {
    lab *it = lab_open();
    dd_time late = DD_MILLISECOND;
    for (int more = -1000, i = 0; more <= 1000; more += 100, i++) {
        dd_time start = (i + 1) * DD_SECOND;
        set_snr(it, 1, 2, 4000);
        set_snr(it, 3, 2, 4000 + more);
        uint32_t first = put(it, 1, start, 60), second = put(it, 3, start + late, 60);
        dd_reception a = dd_medium_receive(&it->medium, first, 2);
        dd_reception b = dd_medium_receive(&it->medium, second, 2);
        cr_expect(a.loss == DD_LOSS_NONE || b.loss == DD_LOSS_NONE || (more > -300 && more < 300),
                  "%d", more);
        cr_expect(a.loss != DD_LOSS_NONE || b.loss != DD_LOSS_NONE, "%d", more);
        if (more < 300) cr_expect(eq(u8, b.loss, DD_LOSS_LOCKED), "%d", more);
        if (more < 300) cr_expect(eq(u32, b.culprit, 1));
        if (more >= 300) cr_expect(eq(u8, b.loss, DD_LOSS_NONE), "%d", more);
        if (more >= 300) cr_expect(eq(u8, a.loss, DD_LOSS_COLLISION), "%d", more);
        if (more <= -300) cr_expect(eq(u8, a.loss, DD_LOSS_NONE), "%d", more);
    }
    lab_close(it);
}

// A receiver that could not hear the first frame's beginning is not held by it.
Test(medium, nobody_is_locked_to_what_began_unheard) {
    lab *it = lab_open();
    set_snr(it, 1, 2, 4000);
    set_snr(it, 3, 2, 3000);
    dd_time air = dd_radio_air_time(&it->preset, 20);
    put(it, 2, 0, 20);                                     // 2 sends,
    put(it, 3, air - symbols(it, 5), 100);                 // 3 begins meanwhile,
    uint32_t frame = put(it, 1, air + DD_MILLISECOND, 40); // 1 begins after
    cr_expect(eq(u8, dd_medium_receive(&it->medium, frame, 2).loss, DD_LOSS_NONE));
    lab_close(it);
}

Test(medium, hidden_terminals_collide) {
    lab *it = lab_open();
    set_snr(it, 1, 2, 3000);
    set_snr(it, 3, 2, 3000); // 1 and 3 do not hear each other
    put(it, 1, DD_SECOND, 100);
    dd_time cca = DD_SECOND + DD_MILLISECOND;
    cr_expect(dd_medium_clear(&it->medium, 3, CHANNEL, cca, cca + symbols(it, 8)));
    uint32_t frame = put(it, 3, cca + symbols(it, 20), 100);
    dd_reception it_is = dd_medium_receive(&it->medium, frame, 2);
    cr_expect(eq(u8, it_is.loss, DD_LOSS_LOCKED));
    cr_expect(eq(u32, it_is.culprit, 1));
    lab_close(it);
}

// Of two equal frames at the same moment a receiver takes one, whose bits then hardly survive; the
// other's sender is told who was in the way.
Test(medium, collision_of_two) {
    lab *it = lab_open();
    set_snr(it, 1, 2, 4000);
    set_snr(it, 3, 2, 4100);
    int lost[2] = {0};
    for (int i = 1; i <= 1000; i++) {
        uint32_t a = put(it, 1, i * DD_SECOND, 127), b = put(it, 3, i * DD_SECOND, 127);
        dd_reception weaker = dd_medium_receive(&it->medium, a, 2);
        dd_reception stronger = dd_medium_receive(&it->medium, b, 2);
        cr_assert(eq(u8, weaker.loss, DD_LOSS_LOCKED));
        cr_assert(eq(u32, weaker.culprit, 3));
        lost[stronger.loss != DD_LOSS_NONE]++;
    }
    cr_expect(lt(int, abs(lost[1] - 13), 13), "PER of 127 octets at 1 dB, facts B1");
    lab_close(it);
}

// Energy that was there at any time of the 8 symbols counts; a frame that is being received too,
// however weak; the carrier where the mode asks for it.
Test(medium, clear_channel_assessment) {
    lab *it = lab_open();
    dd_time cca = symbols(it, 8), air = dd_radio_air_time(&it->preset, 20);
    set_snr(it, 1, 2, -7400 - it->tables.noise_cdbm); // above the threshold
    set_snr(it, 1, 3, -7600 - it->tables.noise_cdbm); // below, and easily received
    set_snr(it, 1, 4, -400);                          // not receivable
    for (int mode = DD_CCA_ENERGY; mode <= DD_CCA_EITHER; mode++) {
        it->medium.def.cca = (uint8_t)mode;
        dd_time start = mode * DD_SECOND;
        put(it, 1, start, 20);
        for (uint32_t station = 2; station <= 4; station++) {
            bool heard = station < 4;
            // ends as the frame begins; takes in its first nanosecond
            cr_expect(dd_medium_clear(&it->medium, station, CHANNEL, start - cca, start));
            bool first = dd_medium_clear(&it->medium, station, CHANNEL, start - cca + 1, start + 1);
            bool energy = mode & DD_CCA_ENERGY && station == 2;
            cr_expect(eq(int, first, !(energy || (mode & DD_CCA_CARRIER && heard))), "%d %u", mode,
                      station);
            // while it is received, in every mode
            bool under_way =
                dd_medium_clear(&it->medium, station, CHANNEL, start + cca * 2, start + cca * 3);
            cr_expect(eq(int, under_way, !heard), "%d %u", mode, station);
            // begins with its last nanosecond; after its end
            bool last = dd_medium_clear(&it->medium, station, CHANNEL, start + air - 1,
                                        start + air - 1 + cca);
            cr_expect(eq(int, last, !(energy || (mode & DD_CCA_CARRIER && heard))), "%d %u", mode,
                      station);
            cr_expect(
                dd_medium_clear(&it->medium, station, CHANNEL, start + air, start + air + cca));
        }
    }
    lab_close(it);
}

// Frames of another channel only disturb: nobody locks to them, no CCA takes them for a carrier.
Test(medium, other_channels) {
    lab *it = lab_open();
    it->medium.def.cca = DD_CCA_CARRIER;
    set_snr(it, 1, 2, 4000);
    for (int more = -500; more <= 500; more += 1000) {
        dd_time start = (more + 501) * DD_SECOND;
        set_snr(it, 3, 2, 4000 + more);
        uint32_t other = put(it, 3, start, 100), frame = put(it, 1, start + DD_MILLISECOND, 100);
        dd_medium_at(&it->medium, other)->channel = CHANNEL + 1;
        cr_expect(dd_medium_clear(&it->medium, 2, CHANNEL, start, start + symbols(it, 20)));
        uint8_t loss = dd_medium_receive(&it->medium, frame, 2).loss;
        cr_expect(eq(u8, loss, more < 0 ? DD_LOSS_NONE : DD_LOSS_COLLISION), "%d", more);
    }
    lab_close(it);
}

static uint32_t jam(const void *context, uint32_t station, uint8_t channel, dd_time from,
                    dd_time to, dd_disturbance *all, uint32_t room) {
    (void)channel, (void)from, (void)to, (void)room;
    if (station != 2) return 0;
    all[0] = *(const dd_disturbance *)context;
    return 1;
}

Test(medium, jammers_are_named) {
    lab *it = lab_open();
    dd_disturbance jammer = {
        .from = 0, .to = DD_SECOND, .level_cdbm = it->tables.noise_cdbm + 4600, .source = 77};
    it->medium.def.outside = jam;
    it->medium.def.context = &jammer;
    it->medium.def.outside_n = &(uint32_t){1};
    set_snr(it, 1, 2, 4000);
    set_snr(it, 1, 3, 4000);
    uint32_t frame = put(it, 1, DD_MILLISECOND, 60);
    dd_reception it_is = dd_medium_receive(&it->medium, frame, 2);
    cr_expect(eq(u8, it_is.loss, DD_LOSS_JAMMED));
    cr_expect(eq(u32, it_is.culprit, 77));
    cr_expect(eq(u8, dd_medium_receive(&it->medium, frame, 3).loss, DD_LOSS_NONE));
    lab_close(it);
}

Test(medium, cut_frames_are_lost) {
    lab *it = lab_open();
    set_snr(it, 1, 2, 4000);
    uint32_t frame = put(it, 1, DD_SECOND, 60);
    dd_medium_cut(&it->medium, frame, DD_SECOND + DD_MILLISECOND);
    cr_expect(eq(u8, dd_medium_receive(&it->medium, frame, 2).loss, DD_LOSS_CUT));
    lab_close(it);
}

// Handles are used again once nobody can need them: a day of frames takes no memory.
Test(medium, forgets) {
    lab *it = lab_open();
    set_snr(it, 1, 2, 4000);
    put(it, 1, 0, 60);
    size_t used = it->arena.used;
    for (int i = 1; i < 100000; i++)
        put(it, 1, i * 5 * DD_MILLISECOND, 60);
    cr_expect(eq(sz, it->arena.used, used));
    lab_close(it);
}

// Sums of decibels against the library's arithmetic.
Test(medium, powers_add_up) {
    lab *it = lab_open();
    for (int32_t cdb = -3000; cdb <= 11000; cdb += 7) {
        double power = ldexp((double)dd_radio_power(&it->tables, cdb), -20);
        cr_expect(lt(dbl, fabs(10 * log10(power) - cdb / 100.0), cdb < -2000 ? 0.03 : 0.003), "%d",
                  cdb);
        int32_t back = dd_radio_decibels(&it->tables, dd_radio_power(&it->tables, cdb));
        cr_expect(le(int, abs(back - cdb), cdb < -2000 ? 3 : 1), "%d", cdb);
    }
    lab_close(it);
}
