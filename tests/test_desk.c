// What an operator's process may ask: a primitive is either kept from it, or known to tell nothing
// but what the centre holds or the city's file says. A new one belongs into one of the two lists.
#include "lua/guard.h"
#include "lua/primitives.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

// Of the primitives that look at the city or do something to it.
static const char *const open_to_all[] = {
    // what the city's file says
    "is_selection", "type", "lamps", "entity", "all", "lamps_of", "related", "pole", "poles",
    "slice", "chosen", "without", "ids",
    // what the centre holds; figures are looked at one by one
    "heard", "figure", "figure_unit", "alarms", "alarm_on",
    // what an operator does; texts are looked at one by one
    "command", "command_program", "command_calendar", "command_group", "act", "attempt",
    "check_fault", "firmware", "update", "campaign", "desk_campaigns", "at_desk", "desk_alarms",
    "desk_incidents", "desk_incident", "desk_crews", "desk_commands", "desk_tickets",
    "desk_reports", "desk_lamps", "desk_feeders", "desk_segments", NULL};

static bool is_open(const char *name) {
    for (int i = 0; open_to_all[i]; i++)
        if (strcmp(open_to_all[i], name) == 0) return true;
    return false;
}

static void expect_classed(const luaL_Reg *primitives) {
    for (const luaL_Reg *it = primitives; it->name; it++) {
        bool guarded = dd_guard_instead(it->name) != NULL;
        cr_expect(ne(int, guarded, is_open(it->name)), "%s", it->name);
    }
}

Test(desk, every_primitive_is_classed) {
    expect_classed(dd_primitives_select);
    expect_classed(dd_primitives_look);
    expect_classed(dd_primitives_light);
    expect_classed(dd_primitives_gear);
    expect_classed(dd_primitives_act);
    expect_classed(dd_primitives_firmware);
    expect_classed(dd_primitives_desk);
}
