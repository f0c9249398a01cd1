#include "models/account/saving.h"

#include <math.h>

dd_saving_terms dd_saving_terms_of(const dd_settings *settings, uint32_t lamp_n) {
    return (dd_saving_terms){.tariff_vnd = settings->account_tariff_vnd,
                             .vat = settings->account_vat,
                             .co2_kg = settings->account_co2_kg,
                             .cost_vnd = settings->account_cost_vnd,
                             .maintenance_vnd = settings->account_maintenance_vnd * lamp_n,
                             .discount = settings->account_discount};
}

double dd_energy_vnd(const dd_saving_terms *terms, double kwh) {
    return kwh * terms->tariff_vnd * (1 + terms->vat / 100);
}

double dd_payback_years(double cost, double a_year, double discount) {
    if (cost <= 0) return 0;
    if (!(a_year > 0)) return isnan(a_year) ? a_year : (double)INFINITY;
    double i = discount / 100;
    if (i <= 0) return cost / a_year;
    double left = 1 - cost * i / a_year;
    return left > 0 ? -log(left) / log1p(i) : (double)INFINITY;
}

dd_saving dd_saving_make(const dd_saving_terms *terms, double kwh, double baseline_kwh,
                         double share) {
    dd_saving it = {.kwh = baseline_kwh - kwh};
    it.percent = baseline_kwh > 0 ? 100 * it.kwh / baseline_kwh : (double)NAN;
    it.vnd = dd_energy_vnd(terms, it.kwh);
    it.co2_kg = it.kwh * terms->co2_kg;
    double years = share > 0 ? share : (double)NAN;
    it.year_kwh = it.kwh / years;
    it.year_vnd = it.vnd / years + terms->maintenance_vnd;
    it.year_co2_kg = it.co2_kg / years;
    it.payback_years = dd_payback_years(terms->cost_vnd, it.year_vnd, 0);
    it.discounted_payback = dd_payback_years(terms->cost_vnd, it.year_vnd, terms->discount);
    return it;
}
