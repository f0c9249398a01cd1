// The table of facts A3: what each fault of a lamp looks like at its node, to the eye and on the
// radio. One street of 150 W, a fault a lamp; lamp 30 is sound.
#include "models/light/node_light.h"
#include "tests/toy_city.h"

typedef struct look {
    uint16_t light_pm;
    double power_w;      // of the gear; the node's 1.5 W come on top while it lives
    uint16_t current_ma; // of both
} look;

enum { DAY, FULL, DIMMED, MOMENTS };

typedef struct row {
    const char *fault;
    bool radio;
    uint8_t gear; // DD_GEAR_... as read at 100 %
    look at[MOMENTS];
} row;

// At 220 V: 150 W with a power factor of 0.96 take 711 mA, 100 W 478 mA, standby 70 mA reactive.
static const row table[] = {
    {NULL, true, 0, {{0, 0.4, 71}, {1000, 150, 717}, {595, 94.77, 471}}},
    {"led_open", true, DD_GEAR_OPEN, {{0, 0.4, 71}, {0, 0.4, 71}, {0, 0.4, 71}}},
    {"driver_dead", true, DD_GEAR_SILENT, {{0, 0, 70}, {0, 0, 70}, {0, 0, 70}}},
    {"no_dimming", true, 0, {{0, 0.4, 71}, {1000, 150, 717}, {1000, 150, 717}}},
    {"stuck_on", true, 0, {{1000, 150, 717}, {1000, 150, 717}, {1000, 150, 717}}},
    {"relay_open", true, DD_GEAR_SILENT | DD_GEAR_RELAY, {{0, 0, 7}, {0, 0, 7}, {0, 0, 7}}},
    {"bus_open", true, DD_GEAR_SILENT, {{1000, 150, 717}, {1000, 150, 717}, {1000, 150, 717}}},
    {"wrong_curve", true, 0, {{0, 0.4, 71}, {1000, 150, 717}, {925, 139.77, 669}}},
    {"node_dead", false, 0, {{1000, 150, 711}, {1000, 150, 711}, {1000, 150, 711}}},
    {"photocell_dark", true, 0, {{1000, 150, 717}, {1000, 150, 717}, {595, 94.77, 471}}},
    {"photocell_bright", true, 0, {{0, 0.4, 71}, {0, 0.4, 71}, {0, 0.4, 71}}},
};

static toy *street(void) {
    toy_def def = toy_one_street(DD_STREET_150, "2020-08-03 12:00");
    def.settings.node_meter_class = 0;
    toy *it = toy_start(&def, 0);
    for (uint16_t lamp = 1; lamp < DD_COUNT(table); lamp++) {
        char act[64];
        snprintf(act, sizeof act, "fail lamp:L-1-%u %s", lamp, table[lamp].fault);
        toy_act(it, act);
    }
    return it;
}

static dd_reading reading_of(const toy *it, uint16_t lamp) {
    dd_domain *domain = &it->world->engine->domains[dd_world_domain(it->world, 1)];
    return dd_node_read(domain, toy_segment(it, 1), lamp);
}

static void expect_look(const toy *it, uint16_t lamp, const row *sign, int moment) {
    const char *name = sign->fault ? sign->fault : "sound";
    const dd_node *node = toy_node(it, 1, lamp);
    const look *due = &sign->at[moment];
    cr_expect(eq(u16, node->light_pm, due->light_pm), "%s", name);
    double own_w = sign->radio ? 1.5 : 0;
    cr_expect(epsilon_eq(dbl, node->power_mw / 1e3, due->power_w + own_w, 0.01), "%s", name);
    cr_expect(epsilon_eq(dbl, node->current_ma, due->current_ma, 1 + due->current_ma / 100.0), "%s",
              name);
    cr_expect(eq(int, (node->state & DD_NODE_RUNNING) != 0, sign->radio), "%s", name);
    if (!sign->radio) return;
    dd_reading reading = reading_of(it, lamp);
    cr_expect(epsilon_eq(dbl, reading.voltage_dv, 2200, 15), "%s: the voltage is good", name);
    cr_expect(eq(u32, reading.power_mw, node->power_mw), "%s", name);
    cr_expect(eq(u16, reading.current_ma, node->current_ma), "%s", name);
    if (moment == FULL) cr_expect(eq(u8, reading.gear, sign->gear), "%s", name);
}

static void expect_all(const toy *it, int moment) {
    expect_look(it, 30, &table[0], moment);
    for (uint16_t lamp = 1; lamp < DD_COUNT(table); lamp++)
        expect_look(it, lamp, &table[lamp], moment);
}

Test(fault_signatures, at_the_node) {
    toy *it = street();
    toy_for(it, DD_HOUR);
    expect_all(it, DAY);
    cr_expect(eq(u8, reading_of(it, 4).gear, DD_GEAR_RELAY), "a welded relay shows by day");
    toy_until(it, "22:00");
    expect_all(it, FULL);
    toy_until(it, "02:00");
    expect_all(it, DIMMED);
    toy_close(it);
}

// Which of them a person in the street can tell: dark at night, and only that.
Test(fault_signatures, to_the_eye) {
    toy *it = street();
    toy_until(it, "21:00");
    for (uint16_t lamp = 1; lamp < DD_COUNT(table); lamp++) {
        bool seen = toy_node(it, 1, lamp)->state & DD_NODE_SEEN_DARK;
        cr_expect(eq(int, seen, table[lamp].at[FULL].light_pm == 0), "%s", table[lamp].fault);
    }
    toy_close(it);
}

// A shorted string takes its share of light and power, each lamp its own.
Test(fault_signatures, shorted_strings) {
    toy_def def = toy_one_street(DD_STREET_150, "2020-08-03 20:00");
    toy *it = toy_start(&def, 0);
    uint16_t least = 1000, most = 0;
    for (uint16_t lamp = 1; lamp <= 30; lamp++) {
        char act[64];
        snprintf(act, sizeof act, "fail lamp:L-1-%u led_short", lamp);
        toy_act(it, act);
        const dd_node *node = toy_node(it, 1, lamp);
        uint32_t power = dd_driver_power_mw(&dd_luminaire_models[DD_STREET_150], node->light_pm);
        cr_expect(eq(u32, node->power_mw, power + 1500));
        least = node->light_pm < least ? node->light_pm : least;
        most = node->light_pm > most ? node->light_pm : most;
        cr_expect(eq(u8, reading_of(it, lamp).gear, DD_GEAR_SHORT));
    }
    cr_expect(least >= 400 && least < 500 && most > 750 && most <= 850, "%u to %u", least, most);
    toy_close(it);
}

// After a repair each is as sound as ever.
Test(fault_signatures, repaired) {
    toy *it = street();
    toy_until(it, "20:00");
    for (uint16_t lamp = 1; lamp < DD_COUNT(table); lamp++) {
        char act[64];
        snprintf(act, sizeof act, "repair lamp:L-1-%u", lamp);
        toy_act(it, act);
    }
    toy_for(it, DD_MINUTE);
    for (uint16_t lamp = 1; lamp < DD_COUNT(table); lamp++) {
        cr_expect(zero(u32, toy_node(it, 1, lamp)->faults));
        expect_look(it, lamp, &table[0], FULL);
    }
    toy_close(it);
}
