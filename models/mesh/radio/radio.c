#include "models/mesh/radio/radio.h"

#include <math.h>

// 802.15.4 gives O-QPSK in symbols of 16 us; the SUN PHYs have a turnaround of 1 ms, a CCA of 8
// symbols, and a backoff of both together. 25 mW ERP is 16.15 dBm EIRP (Vietnam, 920-923 MHz).
// Estimates, to be changed where a data sheet is at hand: power at 2.4 GHz, sensitivities (they
// give noise figures of 10 to 11 dB), and the FSK receivers' bandwidths (Carson's rule, modulation
// index 1 at 50 kb/s and 0.5 at 150 kb/s).
const dd_radio_preset dd_radio_presets[DD_RADIO_PRESETS] = {
    {.name = "2.4GHz-250k",
     .modulation = DD_OQPSK,
     .frequency_khz = 2450000,
     .bandwidth_khz = 2000,
     .bit_rate = 250000,
     .tx_power_cdbm = 800,
     .sensitivity_cdbm = -10000,
     .sensitivity_octets = 20,
     .sensitivity_ppm = 990000,
     .backoff = 320 * DD_MICROSECOND,
     .turnaround = 192 * DD_MICROSECOND,
     .cca = 128 * DD_MICROSECOND,
     .min_be = 3,
     .overhead_octets = 6},
    {.name = "920MHz-50k",
     .modulation = DD_FSK,
     .frequency_khz = 921500,
     .bandwidth_khz = 100,
     .bit_rate = 50000,
     .tx_power_cdbm = 1615,
     .sensitivity_cdbm = -10400,
     .sensitivity_octets = 250,
     .sensitivity_ppm = 900000,
     .backoff = 1160 * DD_MICROSECOND,
     .turnaround = DD_MILLISECOND,
     .cca = 160 * DD_MICROSECOND,
     .min_be = 3,
     .overhead_octets = 12},
    {.name = "920MHz-150k",
     .modulation = DD_FSK,
     .frequency_khz = 921500,
     .bandwidth_khz = 225,
     .bit_rate = 150000,
     .tx_power_cdbm = 1615,
     .sensitivity_cdbm = -9900,
     .sensitivity_octets = 250,
     .sensitivity_ppm = 900000,
     .backoff = 1053333,
     .turnaround = DD_MILLISECOND,
     .cca = 53333,
     .min_be = 3,
     .overhead_octets = 12},
};

dd_time dd_radio_air_time(const dd_radio_preset *preset, unsigned octets) {
    int64_t bits = 8 * ((int64_t)octets + preset->overhead_octets);
    return (bits * DD_SECOND + preset->bit_rate / 2) / preset->bit_rate;
}

dd_time dd_radio_ack_wait(const dd_radio_preset *preset) {
    return preset->backoff + preset->turnaround + dd_radio_air_time(preset, DD_RADIO_ACK_OCTETS);
}

dd_time dd_radio_spacing(const dd_radio_preset *preset, unsigned octets) {
    enum { SIFS_OCTETS_MAX = 18, LIFS_SYMBOLS = 40, CCA_SYMBOLS = 8 };
    dd_time lifs = preset->cca * LIFS_SYMBOLS / CCA_SYMBOLS;
    return octets <= SIFS_OCTETS_MAX || lifs < preset->turnaround ? preset->turnaround : lifs;
}

dd_time dd_radio_sync_time(const dd_radio_preset *preset) {
    unsigned phr = preset->modulation == DD_FSK ? 2 : 1;
    return dd_radio_air_time(preset, 0) - phr * 8 * DD_SECOND / preset->bit_rate;
}

int32_t dd_path_loss_cdb(const dd_path_model *model, uint32_t frequency_khz, double metres) {
    double distance = fmax(metres, 5);
    double loss =
        10 * model->a * log10(distance) + model->b + 10 * model->c * log10(frequency_khz / 1e6);
    return (int32_t)lrint(100 * loss);
}

int32_t dd_radio_path_loss_cdb(const dd_radio_preset *preset, const dd_path_models *models,
                               double metres, bool seen) {
    int32_t least = dd_path_loss_cdb(&models->seen, preset->frequency_khz, metres);
    if (seen) return least;
    int32_t loss = dd_path_loss_cdb(&models->hidden, preset->frequency_khz, metres);
    return loss < least ? least : loss;
}

static double bit_error_rate(const dd_radio_preset *preset, double snr) {
    if (preset->modulation == DD_FSK)
        return 0.5 * exp(-snr * preset->bandwidth_khz * 1000 / preset->bit_rate / 2);
    double sum = 0, choose = 16; // C(16, 1)
    for (int k = 2; k <= 16; k++) {
        choose = choose * (17 - k) / k;
        sum += (k % 2 ? -choose : choose) * exp(20 * snr * (1.0 / k - 1));
    }
    return sum * 8 / 15 / 16;
}

// To 16 significant bits: far coarser than what another C library or processor might change (the
// alternating sum above keeps some 13 digits), far finer than the result.
static double coarse(double x) {
    int exponent;
    double mantissa = frexp(x, &exponent);
    return ldexp(rint(ldexp(mantissa, 16)), exponent - 16);
}

// The least SNR at which so many octets survive with that chance.
static int32_t snr_for(const dd_radio_tables *tables, unsigned octets, uint32_t ppm) {
    int32_t snr = tables->from_cdb;
    while (dd_radio_success_ppm(tables, snr, octets) < ppm)
        snr++;
    return snr;
}

void dd_radio_tables_build(dd_radio_tables *tables, const dd_radio_preset *preset) {
    // The first rows lose even the shortest frame, the last lose none.
    tables->from_cdb = preset->modulation == DD_FSK ? -400 : -1200;
    for (int i = 0; i < DD_RADIO_ROWS; i++) {
        double ber = bit_error_rate(preset, pow(10, (tables->from_cdb + i) / 1000.0));
        tables->bit_loss[i] = (uint32_t)llrint(ldexp(coarse(-log1p(-ber) / log(2)), 31));
    }
    for (int i = 0; i <= DD_RADIO_POWERS; i++)
        tables->power[i] = (uint32_t)lrint(ldexp(exp2(-i / (double)DD_RADIO_POWERS), 24));
    for (int i = 0; i <= DD_RADIO_POWERS; i++)
        tables->log2[i] = (uint32_t)lrint(ldexp(log2(1 + i / (double)DD_RADIO_POWERS), 16));
    tables->noise_cdbm = preset->sensitivity_cdbm -
                         snr_for(tables, preset->sensitivity_octets, preset->sensitivity_ppm);
    tables->sync_cdb = snr_for(tables, preset->overhead_octets, 500000);
}

uint64_t dd_radio_bit_loss(const dd_radio_tables *tables, int32_t snr_cdb) {
    if (snr_cdb < tables->from_cdb) return (uint64_t)1 << 31;
    if (snr_cdb >= tables->from_cdb + DD_RADIO_ROWS) return 0;
    return tables->bit_loss[snr_cdb - tables->from_cdb];
}

// Survived with 2^-(whole + part): the whole shifts, the part is read between two powers.
uint32_t dd_radio_survival_ppm(const dd_radio_tables *tables, uint64_t loss) {
    enum { MILLION = 1000000, PART_BITS = 31, REST_BITS = PART_BITS - 8, SCALE_BITS = 24 };
    uint64_t whole = loss >> PART_BITS;
    if (whole > 20) return 0;
    uint64_t i = loss >> REST_BITS & (DD_RADIO_POWERS - 1), rest = loss & ((1 << REST_BITS) - 1);
    uint64_t step = tables->power[i] - tables->power[i + 1];
    uint64_t chance = (tables->power[i] - (step * rest >> REST_BITS)) * MILLION >> whole;
    return (uint32_t)((chance + (1 << (SCALE_BITS - 1))) >> SCALE_BITS);
}

uint32_t dd_radio_success_ppm(const dd_radio_tables *tables, int32_t snr_cdb, unsigned octets) {
    if (snr_cdb < tables->from_cdb) return 0;
    return dd_radio_survival_ppm(tables, dd_radio_bit_loss(tables, snr_cdb) * octets * 8);
}

uint64_t dd_radio_power(const dd_radio_tables *tables, int32_t cdb) {
    enum { LEAST = -4000, MOST = 11000, BITS = 20, LOG2_10_PER_THOUSAND = 891723 }; // in 2^-28
    if (cdb < LEAST) cdb = LEAST;
    if (cdb > MOST) cdb = MOST;
    int64_t exponent = (int64_t)cdb * LOG2_10_PER_THOUSAND >> 8; // of two, in 2^-20
    int64_t whole = exponent >> BITS;
    // 2^part = 2 * 2^-(1 - part), read between two powers
    uint64_t missing = ((1 << BITS) - 1) - (uint64_t)(exponent & ((1 << BITS) - 1));
    uint64_t i = missing >> (BITS - 8), rest = missing & ((1 << (BITS - 8)) - 1);
    uint64_t step = tables->power[i] - tables->power[i + 1];
    uint64_t value = tables->power[i] - (step * rest >> (BITS - 8)); // in 2^-24
    return whole >= 3 ? value << (whole - 3) : value >> (3 - whole);
}

int32_t dd_radio_decibels(const dd_radio_tables *tables, uint64_t power) {
    enum { BITS = 20, MANTISSA = 24, PER_DOUBLING = 19728302 }; // 1000 lg 2 in 2^-16
    if (power == 0) return -4000;
    int64_t whole = 63 - __builtin_clzll(power);
    uint64_t mantissa =
        whole > MANTISSA ? power >> (whole - MANTISSA) : power << (MANTISSA - whole);
    uint64_t i = mantissa >> (MANTISSA - 8) & 255, rest = mantissa & ((1 << (MANTISSA - 8)) - 1);
    uint64_t step = tables->log2[i + 1] - tables->log2[i];
    int64_t log = (whole - BITS) * 65536 + tables->log2[i] + (int64_t)(step * rest >> 16);
    return (int32_t)((log * PER_DOUBLING + ((int64_t)1 << 31)) >> 32);
}
