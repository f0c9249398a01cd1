#include "models/mesh/radio/radio.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

// ITU-R P.1411-10, 4.1.1: urban and suburban in sight, residential without.
static const dd_path_models itu = {.seen = {2.12, 29.2, 2.11, 506},
                                   .hidden = {3.01, 18.8, 2.07, 307}};
static dd_radio_tables tables[DD_RADIO_PRESETS];
static const dd_radio_preset *const oqpsk = &dd_radio_presets[0];
static const dd_radio_preset *const fsk50 = &dd_radio_presets[1];
static const dd_radio_preset *const fsk150 = &dd_radio_presets[2];

static void build(void) {
    for (int i = 0; i < DD_RADIO_PRESETS; i++)
        dd_radio_tables_build(&tables[i], &dd_radio_presets[i]);
}

TestSuite(radio, .init = build);

Test(radio, air_time) {
    static const unsigned octets[] = {20, 50, 100, 127};
    static const dd_time oqpsk_us[] = {832, 1792, 3392, 4256};
    static const dd_time fsk_us[] = {5120, 9920, 17920, 22240};
    for (size_t i = 0; i < DD_COUNT(octets); i++) {
        cr_expect(eq(i64, dd_radio_air_time(oqpsk, octets[i]), oqpsk_us[i] * DD_MICROSECOND));
        cr_expect(eq(i64, dd_radio_air_time(fsk50, octets[i]), fsk_us[i] * DD_MICROSECOND));
        cr_expect(
            eq(i64, dd_radio_air_time(fsk150, octets[i]), (fsk_us[i] * DD_MICROSECOND + 1) / 3));
    }
    cr_expect(eq(i64, dd_radio_air_time(oqpsk, 5), 352 * DD_MICROSECOND)); // an ACK
}

Test(radio, ack_wait) {
    cr_expect(eq(i64, dd_radio_ack_wait(oqpsk), 864 * DD_MICROSECOND)); // 54 symbols
    cr_expect(eq(i64, dd_radio_ack_wait(fsk50), (1160 + 1000 + 2720) * DD_MICROSECOND));
}

// Medians by hand from ITU-R P.1411-10, table 4, to a tenth of dB.
Test(radio, path_loss) {
    static const struct {
        double metres, seen_920, hidden_920, seen_2450, hidden_2450;
    } rows[] = {{30, 59.8, 62.5, 68.7, 71.3},
                {60, 66.1, 71.6, 75.1, 80.4},
                {100, 70.9, 78.3, 79.8, 87.1},
                {200, 77.2, 87.3, 86.2, 96.1},
                {400, 83.6, 96.4, 92.6, 105.2}};
    for (size_t i = 0; i < DD_COUNT(rows); i++) {
        double m = rows[i].metres;
        cr_expect(epsilon_eq(dbl, dd_radio_path_loss_cdb(fsk50, &itu, m, true) / 100.0,
                             rows[i].seen_920, 0.06));
        cr_expect(epsilon_eq(dbl, dd_radio_path_loss_cdb(fsk50, &itu, m, false) / 100.0,
                             rows[i].hidden_920, 0.06));
        cr_expect(epsilon_eq(dbl, dd_radio_path_loss_cdb(oqpsk, &itu, m, true) / 100.0,
                             rows[i].seen_2450, 0.06));
        cr_expect(epsilon_eq(dbl, dd_radio_path_loss_cdb(oqpsk, &itu, m, false) / 100.0,
                             rows[i].hidden_2450, 0.06));
    }
}

Test(radio, path_loss_close_by) {
    cr_expect(eq(i32, dd_radio_path_loss_cdb(oqpsk, &itu, 0, true),
                 dd_radio_path_loss_cdb(oqpsk, &itu, 5, true)));
    for (double m = 1; m < 700; m++) {
        cr_expect(ge(i32, dd_radio_path_loss_cdb(oqpsk, &itu, m, false),
                     dd_radio_path_loss_cdb(oqpsk, &itu, m, true)));
        cr_expect(ge(i32, dd_radio_path_loss_cdb(oqpsk, &itu, m + 1, false),
                     dd_radio_path_loss_cdb(oqpsk, &itu, m, false)));
    }
}

Test(radio, log_distance) {
    const dd_path_model law = {.a = 3, .b = 40};
    cr_expect(eq(i32, dd_path_loss_cdb(&law, 2450000, 10), 7000));
    cr_expect(eq(i32, dd_path_loss_cdb(&law, 921500, 100), 10000));
}

static double lost(const dd_radio_tables *t, int32_t snr_cdb, unsigned octets) {
    return 1 - dd_radio_success_ppm(t, snr_cdb, octets) / 1e6;
}

// Packet error rates of the standard's O-QPSK formula, as published for a simulator that uses it.
Test(radio, oqpsk_packet_errors) {
    static const struct {
        int snr_db;
        double per_20, per_60, per_127;
    } rows[] = {{-3, 0.93, 1, 1},        {-2, 0.57, 0.92, 0.995},  {-1, 0.17, 0.42, 0.69},
                {0, 0.026, 0.075, 0.15}, {1, 0.002, 0.006, 0.013}, {2, 1e-4, 2e-4, 5e-4}};
    for (size_t i = 0; i < DD_COUNT(rows); i++) {
        int32_t snr = 100 * rows[i].snr_db;
        cr_expect(epsilon_eq(dbl, lost(&tables[0], snr, 20), rows[i].per_20, 0.005));
        cr_expect(epsilon_eq(dbl, lost(&tables[0], snr, 60), rows[i].per_60, 0.005));
        cr_expect(epsilon_eq(dbl, lost(&tables[0], snr, 127), rows[i].per_127, 0.005));
    }
}

// The O-QPSK sum with every binomial from gamma functions, in long double: not the code's way.
static double oqpsk_success(double snr_db, unsigned octets) {
    long double s = powl(10, snr_db / 10), sum = 0;
    for (int k = 2; k <= 16; k++) {
        long double choose = roundl(expl(lgammal(17) - lgammal(k + 1) - lgammal(17 - k)));
        sum += powl(-1, k) * choose * expl(20 * s * (1.0L / k - 1));
    }
    return (double)powl(1 - sum / 30, 8.0L * octets);
}

static double fsk_success(const dd_radio_preset *preset, double snr_db, unsigned octets) {
    double ebn0 = pow(10, snr_db / 10) * preset->bandwidth_khz * 1e3 / preset->bit_rate;
    return pow(1 - 0.5 * exp(-ebn0 / 2), 8.0 * octets);
}

Test(radio, success_is_within_10_ppm_of_the_formulas) {
    static const unsigned octets[] = {5, 11, 20, 60, 127, 2047};
    for (size_t i = 0; i < DD_COUNT(octets); i++)
        for (int32_t snr = -1500; snr < 2500; snr += 7) {
            double db = snr / 100.0;
            unsigned n = octets[i];
            cr_expect(epsilon_eq(dbl, dd_radio_success_ppm(&tables[0], snr, n),
                                 1e6 * oqpsk_success(db, n), 10));
            for (int p = 1; p < DD_RADIO_PRESETS; p++)
                cr_expect(epsilon_eq(dbl, dd_radio_success_ppm(&tables[p], snr, n),
                                     1e6 * fsk_success(&dd_radio_presets[p], db, n), 10));
        }
}

Test(radio, success_rises_with_snr_and_falls_with_size) {
    for (int p = 0; p < DD_RADIO_PRESETS; p++)
        for (int32_t snr = -1300; snr < 2000; snr++) {
            uint32_t here = dd_radio_success_ppm(&tables[p], snr, 60);
            cr_assert(le(u32, here, dd_radio_success_ppm(&tables[p], snr + 1, 60)));
            cr_assert(ge(u32, here, dd_radio_success_ppm(&tables[p], snr, 61)));
        }
    cr_expect(eq(u32, dd_radio_success_ppm(&tables[0], 0, 0), 1000000));
    cr_expect(zero(u32, dd_radio_success_ppm(&tables[0], INT32_MIN, 20)));
    cr_expect(eq(u32, dd_radio_success_ppm(&tables[0], INT32_MAX, 127), 1000000));
}

// At its sensitivity a receiver must just meet the standard's definition of it, with a noise figure
// that real receivers have.
Test(radio, noise_floor) {
    for (int p = 0; p < DD_RADIO_PRESETS; p++) {
        const dd_radio_preset *preset = &dd_radio_presets[p];
        int32_t noise = dd_radio_noise_cdbm(&tables[p]);
        int32_t snr = preset->sensitivity_cdbm - noise;
        uint32_t there = dd_radio_success_ppm(&tables[p], snr, preset->sensitivity_octets);
        uint32_t below = dd_radio_success_ppm(&tables[p], snr - 1, preset->sensitivity_octets);
        cr_expect(ge(u32, there, preset->sensitivity_ppm));
        cr_expect(lt(u32, below, preset->sensitivity_ppm));
        double thermal_dbm = -174 + 10 * log10(preset->bandwidth_khz * 1e3);
        double figure_db = noise / 100.0 - thermal_dbm;
        cr_expect(gt(dbl, figure_db, 6), "%s: %.2f dB", preset->name, figure_db);
        cr_expect(lt(dbl, figure_db, 12), "%s: %.2f dB", preset->name, figure_db);
    }
}

// What a frame costs in steps is what it costs at once.
Test(radio, survival_in_steps) {
    for (int p = 0; p < DD_RADIO_PRESETS; p++)
        for (int32_t snr = -1300; snr < 2500; snr += 13) {
            uint64_t bit = dd_radio_bit_loss(&tables[p], snr);
            uint32_t ppm = dd_radio_survival_ppm(&tables[p], 100 * bit + 380 * bit);
            cr_expect(eq(u32, ppm,
                         snr < tables[p].from_cdb ? 0 : dd_radio_success_ppm(&tables[p], snr, 60)));
        }
    cr_expect(eq(u32, dd_radio_survival_ppm(&tables[0], 0), 1000000));
    cr_expect(eq(u32, dd_radio_survival_ppm(&tables[0], (uint64_t)1 << 31), 500000));
}

// IEEE 802.15.4-2020: SHR of 10 symbols at 2.4 GHz, of 8 + 2 octets in SUN-FSK; SIFS of a
// turnaround for 18 octets at most, else LIFS of 40 symbols and no less than that.
Test(radio, times_around_a_frame) {
    const dd_radio_preset *presets = dd_radio_presets;
    cr_expect(eq(i64, dd_radio_sync_time(&presets[0]), 160000));
    cr_expect(eq(i64, dd_radio_sync_time(&presets[1]), 1600000));
    cr_expect(eq(i64, dd_radio_spacing(&presets[0], 18), 192000));
    cr_expect(eq(i64, dd_radio_spacing(&presets[0], 19), 640000));
    for (unsigned octets = 5; octets < 127; octets += 61)
        for (int p = 1; p < DD_RADIO_PRESETS; p++)
            cr_expect(eq(i64, dd_radio_spacing(&presets[p], octets), DD_MILLISECOND));
}

// A preamble is recognised somewhat below what frames need.
Test(radio, sync) {
    for (int p = 0; p < DD_RADIO_PRESETS; p++) {
        int32_t needs = dd_radio_presets[p].sensitivity_cdbm - dd_radio_noise_cdbm(&tables[p]);
        cr_expect(lt(int, tables[p].sync_cdb, needs));
        cr_expect(gt(int, tables[p].sync_cdb, needs - 600));
    }
}
