// What a luminaire's gear knows of itself: the memory banks of D4i, as a node or a board reads them
// over DALI. Luminaire data (DiiA part 251, bank 1), energy (part 252, banks 202 to 204),
// diagnostics and maintenance (part 253, banks 205 to 207); all of version 1.1, October 2019. Which
// octets mean what: facts A4.
//
// What a lamp does not keep is derived, or said to be unknown as the standards provide:
//   - failures that come and go (voltage, heat) are shown while they last and not counted;
//     those that stay count once, for a new luminaire begins at 0;
//   - a light source has started once a night of its age; its gear as often as the lamp was fed
//     anew in the run (modulo 256), and it has been fed day and night;
//   - energy is that of the run (the node's included: the driver feeds it); apparent energy and
//     that of the load are not summed up.
#pragma once

#include "models/segment_state.h"

// X(value, "name", bank, location of its first octet, octets, decimal exponent of its unit, offset,
//   kind, "unit, and what it is")
#define DD_D4I_VALUES(X)                                                                           \
    X(GTIN, "gtin", 1, 0x03, 6, 0, 0, MASKED, "of the luminaire")                                  \
    X(IDENTITY, "identity", 1, 0x09, 8, 0, 0, WORD, "of this luminaire: its stable id")            \
    X(FORMAT, "format", 1, 0x11, 2, 0, 0, WORD, "of bank 1: 3")                                    \
    X(YEAR, "year", 1, 0x13, 1, 0, 0, MASKED, "of its making, 0 to 99")                            \
    X(WEEK, "week", 1, 0x14, 1, 0, 0, MASKED, "of its making, 1 to 53")                            \
    X(NOMINAL_POWER, "nominal_power", 1, 0x15, 2, 0, 0, MASKED, "W")                               \
    X(MINIMUM_POWER, "minimum_power", 1, 0x17, 2, 0, 0, MASKED, "W, at the lowest level")          \
    X(MINIMUM_MAINS, "minimum_mains", 1, 0x19, 2, 0, 0, MASKED, "V")                               \
    X(MAXIMUM_MAINS, "maximum_mains", 1, 0x1b, 2, 0, 0, MASKED, "V")                               \
    X(NOMINAL_FLUX, "nominal_flux", 1, 0x1d, 3, 0, 0, MASKED, "lm")                                \
    X(CRI, "cri", 1, 0x20, 1, 0, 0, MASKED, "colour rendering index")                              \
    X(CCT, "cct", 1, 0x21, 2, 0, 0, MASKED, "K")                                                   \
    X(DISTRIBUTION, "distribution", 1, 0x23, 1, 0, 0, MASKED, "type of light distribution")        \
    X(ENERGY_EXPONENT, "energy_exponent", 202, 0x04, 1, 0, 0, WORD, "")                            \
    X(ENERGY, "energy", 202, 0x05, 6, 0, 0, TIMED, "Wh, active")                                   \
    X(POWER_EXPONENT, "power_exponent", 202, 0x0b, 1, 0, 0, WORD, "")                              \
    X(POWER, "power", 202, 0x0c, 4, -3, 0, TIMED, "W, active")                                     \
    X(APPARENT_ENERGY_EXPONENT, "apparent_energy_exponent", 203, 0x04, 1, 0, 0, WORD, "")          \
    X(APPARENT_ENERGY, "apparent_energy", 203, 0x05, 6, 0, 0, TIMED, "VAh")                        \
    X(APPARENT_POWER_EXPONENT, "apparent_power_exponent", 203, 0x0b, 1, 0, 0, WORD, "")            \
    X(APPARENT_POWER, "apparent_power", 203, 0x0c, 4, -3, 0, TIMED, "VA")                          \
    X(LOAD_ENERGY_EXPONENT, "load_energy_exponent", 204, 0x04, 1, 0, 0, WORD, "")                  \
    X(LOAD_ENERGY, "load_energy", 204, 0x05, 6, 0, 0, TIMED, "Wh, without what feeds the node")    \
    X(LOAD_POWER_EXPONENT, "load_power_exponent", 204, 0x0b, 1, 0, 0, WORD, "")                    \
    X(LOAD_POWER, "load_power", 204, 0x0c, 4, -3, 0, TIMED, "W, without what feeds the node")      \
    X(GEAR_TIME, "gear_time", 205, 0x04, 4, 0, 0, TIMED, "s fed")                                  \
    X(GEAR_STARTS, "gear_starts", 205, 0x08, 3, 0, 0, TIMED, "")                                   \
    X(MAINS_VOLTAGE, "mains_voltage", 205, 0x0b, 2, -1, 0, BOTH, "V")                              \
    X(MAINS_FREQUENCY, "mains_frequency", 205, 0x0d, 1, 0, 0, BOTH, "Hz")                          \
    X(POWER_FACTOR, "power_factor", 205, 0x0e, 1, -2, 0, BOTH, "")                                 \
    X(GEAR_FAILURE, "gear_failure", 205, 0x0f, 1, 0, 0, TIMED, "1: any")                           \
    X(GEAR_FAILURES, "gear_failures", 205, 0x10, 1, 0, 0, TIMED, "")                               \
    X(UNDERVOLTAGE, "undervoltage", 205, 0x11, 1, 0, 0, BOTH, "1: now")                            \
    X(UNDERVOLTAGES, "undervoltages", 205, 0x12, 1, 0, 0, BOTH, "")                                \
    X(OVERVOLTAGE, "overvoltage", 205, 0x13, 1, 0, 0, BOTH, "1: now")                              \
    X(OVERVOLTAGES, "overvoltages", 205, 0x14, 1, 0, 0, BOTH, "")                                  \
    X(LIMITED, "limited", 205, 0x15, 1, 0, 0, BOTH, "1: its output power is limited")              \
    X(LIMITATIONS, "limitations", 205, 0x16, 1, 0, 0, BOTH, "")                                    \
    X(DERATED, "derated", 205, 0x17, 1, 0, 0, BOTH, "1: reduced for its temperature")              \
    X(DERATINGS, "deratings", 205, 0x18, 1, 0, 0, BOTH, "")                                        \
    X(SHUT_DOWN, "shut_down", 205, 0x19, 1, 0, 0, BOTH, "1: off for its temperature")              \
    X(SHUTDOWNS, "shutdowns", 205, 0x1a, 1, 0, 0, BOTH, "")                                        \
    X(GEAR_TEMPERATURE, "gear_temperature", 205, 0x1b, 1, 0, 60, TIMED, "°C")                      \
    X(OUTPUT_CURRENT, "output_current", 205, 0x1c, 1, 0, 0, TIMED, "% of the full current")        \
    X(SOURCE_STARTS_RESETTABLE, "source_starts_resettable", 206, 0x04, 3, 0, 0, TIMED, "")         \
    X(SOURCE_STARTS, "source_starts", 206, 0x07, 3, 0, 0, TIMED, "")                               \
    X(SOURCE_TIME_RESETTABLE, "source_time_resettable", 206, 0x0a, 4, 0, 0, TIMED, "s of burning") \
    X(SOURCE_TIME, "source_time", 206, 0x0e, 4, 0, 0, TIMED, "s of burning")                       \
    X(SOURCE_VOLTAGE, "source_voltage", 206, 0x12, 2, -1, 0, TIMED, "V")                           \
    X(SOURCE_CURRENT, "source_current", 206, 0x14, 2, -3, 0, TIMED, "A")                           \
    X(SOURCE_FAILURE, "source_failure", 206, 0x16, 1, 0, 0, TIMED, "1: any")                       \
    X(SOURCE_FAILURES, "source_failures", 206, 0x17, 1, 0, 0, TIMED, "")                           \
    X(SHORT, "short", 206, 0x18, 1, 0, 0, BOTH, "1: a string is shorted")                          \
    X(SHORTS, "shorts", 206, 0x19, 1, 0, 0, BOTH, "")                                              \
    X(OPEN, "open", 206, 0x1a, 1, 0, 0, BOTH, "1: no current flows")                               \
    X(OPENS, "opens", 206, 0x1b, 1, 0, 0, BOTH, "")                                                \
    X(SOURCE_DERATED, "source_derated", 206, 0x1c, 1, 0, 0, BOTH, "")                              \
    X(SOURCE_DERATINGS, "source_deratings", 206, 0x1d, 1, 0, 0, BOTH, "")                          \
    X(SOURCE_SHUT_DOWN, "source_shut_down", 206, 0x1e, 1, 0, 0, BOTH, "")                          \
    X(SOURCE_SHUTDOWNS, "source_shutdowns", 206, 0x1f, 1, 0, 0, BOTH, "")                          \
    X(SOURCE_TEMPERATURE, "source_temperature", 206, 0x20, 1, 0, 60, BOTH, "°C")                   \
    X(RATED_LIFE, "rated_life", 207, 0x04, 1, 3, 0, BOTH, "h, L80B50 at 25 °C")                    \
    X(RATED_TEMPERATURE, "rated_temperature", 207, 0x05, 1, 0, 60, BOTH,                           \
      "°C of the gear at full power and 25 °C around")                                             \
    X(RATED_STARTS, "rated_starts", 207, 0x06, 2, 2, 0, BOTH, "")

typedef enum dd_gear_value {
#define DD_D4I_VALUE_NUMBER(value, name, bank, location, octets, exponent, offset, kind, what)     \
    DD_D4I_##value,
    DD_D4I_VALUES(DD_D4I_VALUE_NUMBER)
#undef DD_D4I_VALUE_NUMBER
        DD_D4I_VALUE_N
} dd_gear_value;

// What a value may say instead of a number: all ones (MASK, it is not known or not there), and one
// less (TMASK, not now).
typedef enum dd_gear_value_kind {
    DD_D4I_WORD,   // always a number
    DD_D4I_MASKED, // perhaps not known
    DD_D4I_TIMED,  // perhaps not now
    DD_D4I_BOTH,
} dd_gear_value_kind;

typedef struct dd_gear_value_info {
    const char *name;
    uint8_t bank, location, octets; // the most significant octet first
    int8_t exponent;                // the number is (what is written - offset) 10^exponent
    uint8_t offset;
    uint8_t kind; // dd_gear_value_kind
    const char *what;
} dd_gear_value_info;

extern const dd_gear_value_info dd_gear_value_table[DD_D4I_VALUE_N];

enum { DD_D4I_BANK_MAX = 0x78, DD_D4I_NAME_SIZE = 60 };

// All values as they are written, and the luminaire's name, which bank 1 has besides.
typedef struct dd_gear_data {
    uint64_t written[DD_D4I_VALUE_N];
    char name[DD_D4I_NAME_SIZE + 1];
} dd_gear_data;

// Reads a lamp's gear now. False when it does not answer: no DALI, no supply, or its bus or itself
// is dead.
bool dd_gear_data_read(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                       dd_gear_data *data);

// The number that a value stands for; false when it stands for none.
bool dd_gear_data_number(const dd_gear_data *data, dd_gear_value value, double *number);

// The octets of a memory bank, `octets` of DD_D4I_BANK_MAX; returns how many, 0: no such bank.
// First come its last location, an indicator (0) and the lock byte (0xff: locked, not latched).
uint32_t dd_gear_data_bank(const dd_gear_data *data, uint8_t bank, uint8_t *octets);
