// Figures of the lamps' light and what it costs.
#include "models/account/account.h"
#include "models/figure/figure_table.h"
#include "models/measure.h"

static double lamps_lit(dd_world *world) {
    dd_lamp_measure city = dd_measure_city(world);
    return dd_percent(city.lit, city.n);
}

static double lamps_level(dd_world *world) {
    dd_lamp_measure city = dd_measure_city(world);
    return dd_percent(city.level_sum, city.n);
}

static double lamps_power(dd_world *world) {
    return dd_measure_city(world).power_w / 1000;
}

static double lamps_energy(dd_world *world) {
    return dd_measure_city(world).energy_wh / 1000;
}

static double energy_metered(dd_world *world) {
    return dd_account_city(world).metered_wh / 1e3;
}

static double energy_losses(dd_world *world) {
    return dd_account_feeders(world).losses_wh / 1e3;
}

static double energy_meters(dd_world *world) {
    return dd_account_feeders(world).metered_wh / 1e3;
}

static double energy_cost(dd_world *world) {
    dd_saving_terms terms = dd_saving_terms_of(&world->def.settings, 0);
    return dd_energy_vnd(&terms, energy_meters(world));
}

static double energy_co2(dd_world *world) {
    return (lamps_energy(world) + energy_losses(world)) * world->def.settings.account_co2_kg;
}

static double energy_dark(dd_world *world) {
    return dd_account_dark_h(world);
}

static double energy_baseline(dd_world *world) {
    return dd_account_city(world).baseline_w / 1e3 * dd_account_dark_h(world);
}

static double energy_saving(dd_world *world) {
    return dd_account_saving(world).percent;
}

static double energy_saved(dd_world *world) {
    return dd_account_saving(world).kwh;
}

static double energy_saved_vnd(dd_world *world) {
    return dd_account_saving(world).vnd;
}

static double energy_saved_co2(dd_world *world) {
    return dd_account_saving(world).co2_kg;
}

static double energy_payback(dd_world *world) {
    return dd_account_saving(world).payback_years;
}

static double energy_discounted(dd_world *world) {
    return dd_account_saving(world).discounted_payback;
}

const dd_figure dd_figures_light[] = {
    {"lamps.lit", "%", "lamps that give light now", lamps_lit},
    {"lamps.level", "%", "mean light now, of full", lamps_level},
    {"lamps.power", "kW", "power taken by all lamps and nodes now", lamps_power},
    {"lamps.energy", "kWh", "energy taken so far", lamps_energy},
    {"energy.kwh", "kWh", "energy taken so far by lamps and nodes; the same as lamps.energy",
     lamps_energy},
    {"energy.metered_kwh", "kWh", "what the nodes' meters counted of it", energy_metered},
    {"energy.losses_kwh", "kWh", "lost in cables so far", energy_losses},
    {"energy.meters_kwh", "kWh", "what the cabinets' meters counted of both", energy_meters},
    {"energy.cost_vnd", "VND", "what that costs, VAT included", energy_cost},
    {"energy.co2_kg", "kg", "CO2 of generating what lamps took and cables lost", energy_co2},
    {"energy.dark_h", "h", "hours between sunset and sunrise so far", energy_dark},
    {"energy.baseline_kwh", "kWh",
     "what the lamps of before 2020 would have taken so far, full from sunset to sunrise",
     energy_baseline},
    {"energy.saving", "%", "saved of that", energy_saving},
    {"energy.saved_kwh", "kWh", "saved so far", energy_saved},
    {"energy.saved_vnd", "VND", "saved so far, VAT included, maintenance left out",
     energy_saved_vnd},
    {"energy.saved_co2_kg", "kg", "CO2 saved so far", energy_saved_co2},
    {"energy.payback_years", "a",
     "years in which savings like these, scaled by dark hours, pay for the project",
     energy_payback},
    {"energy.payback_discounted_years", "a", "the same with interest", energy_discounted},
    {NULL, NULL, NULL, NULL},
};
