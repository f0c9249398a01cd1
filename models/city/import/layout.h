// Where the lamps of an inventory stand: roads, lines and poles of a plan, from ways and lamps.
#pragma once

#include "models/city/import/inventory.h"
#include "models/city/plan/city_plan.h"

// What became of an inventory.
typedef struct dd_laid {
    uint32_t given_lamps;  // that the file holds
    uint32_t placed_lamps; // set along roads that are said to be lit, or along all
    uint32_t made_roads;   // for lamps near none
    bool all_roads;        // nothing said what is lit
} dd_laid;

// The roads of the rules and the lines and poles of the plan, whose catalogue, rules and projection
// are set. Every id and name is a text of `ids`, as an offset until dd_layout_settle. `lamp_of`, by
// pole, is 1 + the lamp that stands there, 0: placed here; the caller frees it.
typedef struct dd_layout {
    dd_plan *plan;
    dd_rules *rules;
    dd_inventory *inventory;
    dd_id_table ids;      // what is in the city, each once
    uint32_t *road_names; // by road: an offset in `ids`
    uint32_t *lamp_of;
    dd_laid laid;
} dd_layout;

bool dd_layout_init(dd_layout *layout, dd_plan *plan, dd_rules *rules, dd_inventory *inventory,
                    dd_error *error);
void dd_layout_fini(dd_layout *layout);

// Lays lines and poles.
bool dd_layout_poles(dd_layout *layout, dd_error *error);

// A new id: `text` where nothing has it yet, else with `prefix` before it, or a number behind it.
// 0 and an error without memory.
uint32_t dd_layout_claim(dd_layout *layout, const char *text, const char *prefix, dd_error *error);
