// What the records of a run tell of its energy, gathered for whoever pays for it: by lamp, feeder,
// road or ward, with what meters say.
#pragma once

#include "engine/output/run_reader.h"
#include "models/settings.h"

typedef enum dd_energy_by {
    DD_BY_LAMP,
    DD_BY_FEEDER,
    DD_BY_ROAD,
    DD_BY_WARD,
    DD_ENERGY_BYS
} dd_energy_by;

extern const char *const dd_energy_by_names[DD_ENERGY_BYS + 1]; // ends with NULL

// Of a lamp, or of all lamps of a feeder, road or ward.
typedef struct dd_energy_row {
    char *name;
    uint32_t lamp_n;
    double energy_kwh;   // at the lamps' terminals
    double metered_kwh;  // by their nodes' meters
    double burning_h;    // lamp hours
    double light_klmh;   // given
    double baseline_kwh; // what the lamps of before 2020 would have taken
} dd_energy_row;

// What passed a feeder's meter, and where it went.
typedef struct dd_energy_feeder {
    char *name;
    double lamps_kwh, losses_kwh; // truth: taken by its lamps, lost in its cable
    uint32_t lamp_n;
    bool counted;     // by nodes, every lamp all the time
    double nodes_kwh; // what its nodes' meters say ...
    double meter_kwh; // ... and its own; NaN: it told nothing
} dd_energy_feeder;

typedef struct dd_energy_history {
    dd_run_reader run;
    dd_settings settings;       // that it was played with
    double dark_h, year_dark_h; // hours of darkness in the run, and in its year
    dd_energy_row all;          // of the whole city
    dd_energy_row *rows;        // by what was asked for, in the city's order
    size_t row_n;
    dd_energy_feeder *feeders;
    size_t feeder_n;
} dd_energy_history;

// Reads the run in a folder. DD_WRONG when it did not reach its end, where the accounts are made.
bool dd_energy_history_read(dd_energy_history *history, const char *folder, dd_energy_by by,
                            dd_error *error);
void dd_energy_history_fini(dd_energy_history *history);

// How far a feeder's meter is above what its nodes and the cable account for, percent of the larger
// of the two; NaN when it told nothing, or there was a lamp without a node.
double dd_energy_gap(const dd_energy_feeder *feeder);

// Whether they part by more than `tolerated` percent, and by more than the watt-hour that each
// node's counter may be about to count.
bool dd_energy_apart(const dd_energy_feeder *feeder, double tolerated);
