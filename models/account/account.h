// The account of a run: what each lamp has taken from the mains and given, and what meters say of
// it. True energy is integrated between changes (dd_node_count), so it is exact however seldom it
// is looked at.
#pragma once

#include "models/account/saving.h"
#include "models/world.h"

// Of one lamp, or of many together, since the start.
typedef struct dd_account {
    uint32_t lamp_n;
    double energy_wh;  // at the lamps' terminals: light source, gear and node
    double metered_wh; // what the nodes' meters counted of it: those that are there now, since
                       // they were new, while they were alive
    double burning_h;  // lamp hours with any light
    double light_lmh;  // light given, lumen hours: by the luminaire there now, as it is maintained
    double baseline_w; // power of what stood there before 2020, at full light
} dd_account;

// What passed the feeders of the city, since the start.
typedef struct dd_feeder_account {
    double losses_wh;  // in cables
    double metered_wh; // by the cabinets' meters
} dd_feeder_account;

// Up to now; looking changes nothing.
dd_account dd_account_lamp(dd_world *world, uint32_t lamp);
dd_account dd_account_city(dd_world *world);
dd_feeder_account dd_account_feeders(dd_world *world);

// Hours of darkness since the start, and their share of a year's.
double dd_account_dark_h(const dd_world *world);
double dd_account_share(const dd_world *world);

// The whole city's saving against the lamps of before 2020.
dd_saving dd_account_saving(dd_world *world);

// Makes the records of all lamps' accounts: once, at the end of a run.
void dd_account_tell(dd_world *world);
