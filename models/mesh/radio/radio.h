// The budget of a radio link: presets of IEEE 802.15.4, air time, path loss, and the chance that a
// frame survives its noise. Levels are in hundredths of dB or dBm ("cdb", "cdbm"). Path loss and
// tables are for load time; dd_radio_success_ppm is integer only.
#pragma once

#include "engine/time.h"

typedef enum dd_modulation {
    DD_OQPSK = 1, // 2.4 GHz, 16-ary quasi-orthogonal, 32 chips a symbol
    DD_FSK,       // SUN-FSK, two levels, no coding
} dd_modulation;

typedef struct dd_radio_preset {
    const char *name; // "2.4GHz-250k", "920MHz-50k", "920MHz-150k"
    dd_modulation modulation;
    uint32_t frequency_khz;
    uint32_t bandwidth_khz; // of the receiver; SINR is taken over it
    uint32_t bit_rate;      // bits/s
    int32_t tx_power_cdbm;  // EIRP
    // Sensitivity, at the frame size and success that the standard defines it by.
    int32_t sensitivity_cdbm;
    uint16_t sensitivity_octets;
    uint32_t sensitivity_ppm;
    // CSMA-CA without beacons, acknowledgements.
    dd_time backoff;         // aUnitBackoffPeriod
    dd_time turnaround;      // aTurnaroundTime; the radio is deaf meanwhile
    dd_time cca;             // phyCcaDuration
    uint8_t min_be;          // macMinBe: a first backoff is 0 to 2^min_be - 1 periods
    uint8_t overhead_octets; // preamble, SFD and PHR, ahead of the PSDU
} dd_radio_preset;

enum { DD_RADIO_PRESETS = 3 };
extern const dd_radio_preset dd_radio_presets[DD_RADIO_PRESETS]; // "mesh.preset" counts from 1

enum { DD_RADIO_ACK_OCTETS = 5 }; // PSDU of an immediate acknowledgement (802.15.4, 7.3.3)

// Time on air of a PSDU of `octets` (FCS included).
dd_time dd_radio_air_time(const dd_radio_preset *preset, unsigned octets);

// macAckWaitDuration: from a frame's end until its acknowledgement is given up.
dd_time dd_radio_ack_wait(const dd_radio_preset *preset);

// Median basic loss between isotropic antennas, PL = 10 a lg(d/m) + b + 10 c lg(f/GHz), and the
// spread of places around it. With c = 0 it is the log-distance law: a its exponent, b its loss at
// one metre.
typedef struct dd_path_model {
    double a, b, c;
    int32_t sigma_cdb; // of shadowing, to be drawn once a pair
} dd_path_model;

// A pair in sight of each other, and one that is not. The settings mesh.los_... and mesh.nlos_...
// are of ITU-R P.1411-10, 4.1.1, both antennas below the roofs: urban and suburban in sight (5 to
// 660 m), residential without (30 to 170 m).
typedef struct dd_path_models {
    dd_path_model seen, hidden;
} dd_path_models;

// Median loss, 1/100 dB. `metres` below 5 count as 5.
int32_t dd_path_loss_cdb(const dd_path_model *model, uint32_t frequency_khz, double metres);

// A hidden path never loses less than one in sight (ITU's residential model would, under some 20
// m).
int32_t dd_radio_path_loss_cdb(const dd_radio_preset *preset, const dd_path_models *models,
                               double metres, bool seen);

// How a preset's frames survive, built once.
enum { DD_RADIO_ROWS = 2048, DD_RADIO_POWERS = 256 };
typedef struct dd_radio_tables {
    int32_t from_cdb;                    // SNR of the first row; below it no frame survives
    int32_t noise_cdbm;                  // noise floor, from sensitivity and error formula
    int32_t sync_cdb;                    // SINR at which half of the preambles are recognised
    uint32_t bit_loss[DD_RADIO_ROWS];    // -log2(1 - BER) in 2^-31, a row each 0.01 dB
    uint32_t power[DD_RADIO_POWERS + 1]; // 2^(-i/256) in 2^-24
    uint32_t log2[DD_RADIO_POWERS + 1];  // log2(1 + i/256) in 2^-16
} dd_radio_tables;

void dd_radio_tables_build(dd_radio_tables *tables, const dd_radio_preset *preset);

// Chance, in millionths, that all bits of `octets` octets (at most 2,047) survive at a signal to
// interference and noise ratio. Within 10 ppm of the formula, and the same on every machine:
//   O-QPSK  BER = 8/15 * 1/16 * sum k=2..16 (-1)^k C(16,k) exp(20 s (1/k - 1))   (802.15.4)
//   FSK     BER = 1/2 exp(-Eb/2N0), Eb/N0 = s * bandwidth / bit rate
uint32_t dd_radio_success_ppm(const dd_radio_tables *tables, int32_t snr_cdb, unsigned octets);

// The same in steps, for a frame whose ratio changes under way: what a bit costs at a ratio, in
// 2^-31 of -log2 of its chance, and the chance, in millionths, that a sum of such costs is
// survived.
uint64_t dd_radio_bit_loss(const dd_radio_tables *tables, int32_t snr_cdb);
uint32_t dd_radio_survival_ppm(const dd_radio_tables *tables, uint64_t loss);

// Powers, so that interference can be added up: 10^(cdb/1000) in 2^-20, and back. Within 0.01 dB
// from -30 to +110 dB; beyond they stay at the ends.
uint64_t dd_radio_power(const dd_radio_tables *tables, int32_t cdb);
int32_t dd_radio_decibels(const dd_radio_tables *tables, uint64_t power);

// From a frame's end until the same radio may begin to compete for the next: SIFS for at most 18
// octets (aMaxSifsFrameSize), else LIFS, 40 symbols and no less than a turnaround.
dd_time dd_radio_spacing(const dd_radio_preset *preset, unsigned octets);

// Duration of preamble and SFD, after which a receiver is locked to the frame; all but the PHR's
// octets ahead of the PSDU.
dd_time dd_radio_sync_time(const dd_radio_preset *preset);

// The receiver's noise floor over its bandwidth.
static inline int32_t dd_radio_noise_cdbm(const dd_radio_tables *tables) {
    return tables->noise_cdbm;
}
