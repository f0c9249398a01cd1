// What a change of lamps saves: energy, money, CO2, and when it has paid for itself. Arithmetic
// alone: what was burnt, and what would have been, comes from elsewhere.
#pragma once

#include "models/settings.h"

// What the reckoning rests on.
typedef struct dd_saving_terms {
    double tariff_vnd;      // a kWh, VAT excluded
    double vat;             // %
    double co2_kg;          // a kWh
    double cost_vnd;        // of the project
    double maintenance_vnd; // saved a year, all lamps together
    double discount;        // % a year
} dd_saving_terms;

// By the settings, for so many lamps.
dd_saving_terms dd_saving_terms_of(const dd_settings *settings, uint32_t lamp_n);

// What energy costs, VAT included, VND.
double dd_energy_vnd(const dd_saving_terms *terms, double kwh);

typedef struct dd_saving {
    double kwh, percent, vnd, co2_kg;         // in the span that was played
    double year_kwh, year_vnd, year_co2_kg;   // scaled to a year; vnd with maintenance
    double payback_years, discounted_payback; // INFINITY: never
} dd_saving;

// `kwh` were taken and `baseline_kwh` would have been; `share` is the span's share of a year by
// hours of darkness. NaN where there is nothing to divide by.
dd_saving dd_saving_make(const dd_saving_terms *terms, double kwh, double baseline_kwh,
                         double share);

// Years until savings of `a_year`, each discounted by `discount` %, add up to `cost`: the number n
// of payments of an annuity, cost = a_year (1 - (1 + i)^-n) / i. INFINITY: never.
double dd_payback_years(double cost, double a_year, double discount);
