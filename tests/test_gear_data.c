// What a luminaire's gear says in the memory banks of D4i: octets where DiiA's parts 251 to 253
// have them, and numbers that are true.
#include "tests/toy_city.h"

#include "models/light/gear_data.h"
#include "models/light/lifetime.h"

#include <math.h>

static bool read_gear(toy *it, uint16_t lamp, dd_gear_data *data) {
    return dd_gear_data_read(toy_domain(it, 1), toy_segment(it, 1), lamp, data);
}

static double number(const dd_gear_data *data, dd_gear_value value) {
    double found = 0;
    return dd_gear_data_number(data, value, &found) ? found : NAN;
}

// A number out of a bank as its reader takes it: most significant octet first.
static uint64_t at(const uint8_t *octets, uint32_t first, uint32_t last) {
    uint64_t value = 0;
    for (uint32_t i = first; i <= last; i++)
        value = value << 8 | octets[i];
    return value;
}

// --- The layout ---

// Every location of every bank is one value's, or a header's, and none is two's.
Test(gear_data, leaves_no_gap) {
    static const struct {
        uint8_t bank, last;
        uint32_t free; // locations of no value: headers; in bank 1 also the two texts
    } banks[] = {{1, 0x77, 3 + 24 + 60}, {202, 0x0f, 4}, {203, 0x0f, 4}, {204, 0x0f, 4},
                 {205, 0x1c, 4},         {206, 0x20, 4}, {207, 0x07, 4}};
    toy_def def = toy_one_street(DD_STREET_150, "2020-08-03 12:00");
    toy *it = toy_start(&def, 0);
    dd_gear_data data;
    cr_assert(read_gear(it, 3, &data));
    for (size_t b = 0; b < DD_COUNT(banks); b++) {
        uint8_t octets[DD_D4I_BANK_MAX], used[DD_D4I_BANK_MAX] = {0};
        cr_expect(eq(u32, dd_gear_data_bank(&data, banks[b].bank, octets), banks[b].last + 1u));
        cr_expect(eq(u8, octets[0], banks[b].last));
        cr_expect(eq(u8, octets[2], 0xff));
        uint32_t n = 0;
        for (size_t v = 0; v < DD_D4I_VALUE_N; v++) {
            const dd_gear_value_info *info = &dd_gear_value_table[v];
            for (uint32_t i = 0; info->bank == banks[b].bank && i < info->octets; i++, n++)
                cr_expect(eq(u8, used[info->location + i]++, 0), "%s", info->name);
        }
        cr_expect(eq(u32, banks[b].last + 1u - n, banks[b].free), "bank %u", banks[b].bank);
    }
    uint8_t octets[DD_D4I_BANK_MAX];
    cr_expect(eq(u32, dd_gear_data_bank(&data, 2, octets), 0));
    toy_close(it);
}

// --- A lamp at night ---

Test(gear_data, of_a_lamp_at_night) {
    toy_def def = toy_one_street(DD_STREET_150, "2020-08-03 12:00");
    toy *it = toy_start(&def, 0);
    toy_until(it, "21:00"); // full light
    dd_gear_data data;
    cr_assert(read_gear(it, 3, &data));
    const dd_node *node = toy_node(it, 1, 3);
    uint8_t bank[DD_D4I_BANK_MAX];

    dd_gear_data_bank(&data, 1, bank);
    cr_expect(eq(u64, at(bank, 0x03, 0x08), 0xffffffffffff), "no GTIN");
    cr_expect(eq(u64, at(bank, 0x09, 0x10), dd_world_stable(it->world, 3)));
    cr_expect(eq(u64, at(bank, 0x11, 0x12), 3));
    cr_expect(eq(u8, bank[0x13], 20), "made in 2020");
    cr_expect(eq(u64, at(bank, 0x15, 0x16), 150));
    cr_expect(eq(u64, at(bank, 0x17, 0x18), 15), "a tenth at 1 %%");
    cr_expect(eq(u64, at(bank, 0x19, 0x1a), 198));
    cr_expect(eq(u64, at(bank, 0x1d, 0x1f), 21000));
    cr_expect(eq(u64, at(bank, 0x21, 0x22), 0xffff), "colour is not in the catalogue");
    cr_expect(eq(str, (char *)bank + 0x3c, "LED-street-150"));

    dd_gear_data_bank(&data, 202, bank);
    cr_expect(eq(u8, bank[3], 1));
    double watts = (double)at(bank, 0x0c, 0x0f) * pow(10, (int8_t)bank[0x0b]);
    cr_expect(lt(dbl, fabs(watts - 151.5), 1e-6));
    double wh = (double)at(bank, 0x05, 0x0a) * pow(10, (int8_t)bank[4]);
    dd_node counted = *node;
    dd_node_count(&counted, it->world->engine->now);
    cr_expect(lt(dbl, fabs(wh - (double)counted.energy_mwh / 1000), 1.01));
    cr_expect(gt(dbl, wh, 300));
    dd_gear_data_bank(&data, 203, bank);
    double va = (double)at(bank, 0x0c, 0x0f) * pow(10, (int8_t)bank[0x0b]);
    cr_expect(lt(dbl, fabs(va - 220 * node->current_ma / 1e3), 0.5));
    cr_expect(eq(u64, at(bank, 0x05, 0x0a), 0xfffffffffffe), "TMASK");
    dd_gear_data_bank(&data, 204, bank);
    cr_expect(eq(u64, at(bank, 0x0c, 0x0f), 150000), "without the node's 1.5 W");

    dd_gear_data_bank(&data, 205, bank);
    cr_expect(eq(u64, at(bank, 0x0b, 0x0c), 2200));
    cr_expect(eq(u8, bank[0x0d], 50));
    cr_expect(lt(dbl, fabs(bank[0x0e] / 100.0 - watts / va), 0.0051), "power factor");
    for (uint32_t location = 0x0f; location <= 0x19; location += 2)
        cr_expect(eq(u8, bank[location], 0), "no failure at 0x%02x", location);
    for (uint32_t location = 0x12; location <= 0x1a; location += 2)
        cr_expect(eq(u8, bank[location], 0xff), "not counted at 0x%02x", location);
    cr_expect(lt(int, abs(bank[0x1b] - 60 - (27 + 30)), 8), "27 °C and 30 K: %u", bank[0x1b]);
    cr_expect(eq(u8, bank[0x1c], 100));

    dd_gear_data_bank(&data, 206, bank);
    double burned_h = dd_lifetime_burning_h(node);
    cr_expect(eq(u64, at(bank, 0x0e, 0x11), (uint64_t)burned_h * 3600));
    cr_expect(lt(dbl, fabs((double)at(bank, 0x07, 0x09) - burned_h / 11.87), 1.01), "a night each");
    double volts = (double)at(bank, 0x12, 0x13) / 10, amperes = (double)at(bank, 0x14, 0x15) / 1000;
    cr_expect(lt(dbl, fabs(volts * amperes - 0.9 * 150), 0.5));
    cr_expect(eq(u8, bank[0x20], 0xff), "no sensor at the light source");

    dd_gear_data_bank(&data, 207, bank);
    cr_expect(eq(u8, bank[4], 60), "six times 10,000 h of test");
    cr_expect(eq(u8, bank[5], 60 + 25 + 30));
    cr_expect(eq(u64, at(bank, 6, 7), 500));
    toy_close(it);
}

Test(gear_data, follows_the_level) {
    toy_def def = toy_one_street(DD_STREET_75, "2020-08-03 12:00");
    toy *it = toy_start(&def, 0);
    dd_gear_data data;
    cr_assert(read_gear(it, 1, &data)); // by day: in standby, but it answers
    cr_expect(epsilon_eq(dbl, number(&data, DD_D4I_POWER), 1.9, 1e-9));
    cr_expect(epsilon_eq(dbl, number(&data, DD_D4I_SOURCE_CURRENT), 0, 1e-9));
    cr_expect(epsilon_eq(dbl, number(&data, DD_D4I_OUTPUT_CURRENT), 0, 1e-9));
    double day_factor = number(&data, DD_D4I_POWER_FACTOR);
    double day_temperature = number(&data, DD_D4I_GEAR_TEMPERATURE);
    toy_until(it, "02:00"); // 60 %
    cr_assert(read_gear(it, 1, &data));
    cr_expect(epsilon_eq(dbl, number(&data, DD_D4I_OUTPUT_CURRENT), 60, 1));
    cr_expect(epsilon_eq(dbl, number(&data, DD_D4I_SOURCE_CURRENT), 0.42, 0.01));
    cr_expect(gt(dbl, number(&data, DD_D4I_POWER_FACTOR), day_factor));
    cr_expect(gt(dbl, number(&data, DD_D4I_GEAR_TEMPERATURE), day_temperature + 5));
    toy_close(it);
}

// --- Failures ---

Test(gear_data, tells_failures) {
    static const struct {
        const char *fault;
        bool answers;
        dd_gear_value flag, counter;
    } cases[] = {
        {"led_open", true, DD_D4I_OPEN, DD_D4I_OPENS},
        {"led_short", true, DD_D4I_SHORT, DD_D4I_SHORTS},
        {"no_dimming", true, DD_D4I_GEAR_FAILURE, DD_D4I_GEAR_FAILURES},
        {"driver_dead", false, 0, 0},
        {"bus_open", false, 0, 0},
        {"relay_open", false, 0, 0},
    };
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        toy_def def = toy_one_street(DD_STREET_120, "2020-08-03 12:00");
        toy *it = toy_start(&def, 0);
        toy_until(it, "21:00");
        char act[64];
        snprintf(act, sizeof act, "fail lamp:L-1-3 %s", cases[i].fault);
        toy_act(it, act);
        toy_for(it, DD_MINUTE);
        dd_gear_data data;
        cr_assert(eq(int, read_gear(it, 3, &data), cases[i].answers), "%s", cases[i].fault);
        if (cases[i].answers) {
            cr_expect(epsilon_eq(dbl, number(&data, cases[i].flag), 1, 1e-9));
            cr_expect(epsilon_eq(dbl, number(&data, cases[i].counter), 1, 1e-9));
            cr_expect(read_gear(it, 4, &data));
            cr_expect(epsilon_eq(dbl, number(&data, cases[i].flag), 0, 1e-9), "a neighbour's");
        }
        toy_act(it, "repair lamp:L-1-3");
        toy_for(it, DD_MINUTE);
        cr_assert(read_gear(it, 3, &data));
        if (cases[i].answers) cr_expect(epsilon_eq(dbl, number(&data, cases[i].counter), 0, 1e-9));
        cr_expect(lt(dbl, number(&data, DD_D4I_SOURCE_TIME), 4 * 3600.0), "a new luminaire");
        toy_close(it);
    }
}

Test(gear_data, silent_without_supply_or_dali) {
    toy_def def = toy_one_street(DD_STREET_75, "2020-08-03 12:00");
    toy *it = toy_start(&def, 0);
    dd_gear_data data;
    toy_act(it, "fail segment:S-1-0 blackout");
    cr_expect(not(read_gear(it, 3, &data)));
    toy_close(it);
    def = toy_one_street(DD_HPS_150, "2020-08-03 12:00");
    it = toy_start(&def, 0);
    cr_expect(not(read_gear(it, 3, &data)));
    toy_close(it);
}

// Numbers too large stay numbers: they are never taken for MASK or TMASK.
Test(gear_data, saturates) {
    toy_def def = toy_one_street(DD_STREET_75, "2020-08-03 12:00");
    toy *it = toy_start(&def, 0);
    toy_node(it, 1, 2)->ageing.born_4h = INT16_MIN; // 131,072 h: fed for 265,000 h
    dd_gear_data data;
    cr_assert(read_gear(it, 2, &data));
    double s = number(&data, DD_D4I_GEAR_TIME);
    cr_expect(lt(dbl, fabs(s - 131072.0 * 8760 / 4333 * 3600), 3600 * 3.0));
    it->world->def.catalogue.models[DD_STREET_75].power_mw = 70000000;
    cr_assert(read_gear(it, 2, &data));
    cr_expect(eq(u64, data.written[DD_D4I_NOMINAL_POWER], 0xfffd));
    toy_close(it);
}
