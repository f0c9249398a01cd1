#include "models/mesh/survey/noise.h"
#include "models/mesh/survey/channel_plan.h"
#include "models/mesh/survey/propagation.h"

#include <math.h>
#include <stdlib.h>

enum { LEAST_DBM = -250, MOST_DBM = 60, FAR_CELLS = 8 };

static double powers[MOST_DBM - LEAST_DBM + 1];

__attribute__((constructor)) static void make_powers(void) {
    for (int dbm = LEAST_DBM; dbm <= MOST_DBM; dbm++)
        powers[dbm - LEAST_DBM] = pow(10, dbm / 10.0 + 12);
}

double dd_noise_power(int32_t cdbm) {
    int32_t dbm = (cdbm + (cdbm < 0 ? -50 : 50)) / 100;
    return powers[(dbm < LEAST_DBM ? LEAST_DBM : dbm > MOST_DBM ? MOST_DBM : dbm) - LEAST_DBM];
}

int32_t dd_noise_level(int32_t floor_cdbm, double femtowatts) {
    double sum = pow(10, floor_cdbm / 1000.0 + 12) + femtowatts;
    return (int32_t)lrint(1000 * (log10(sum) - 12));
}

// --- The far field, cell by cell ---

typedef struct far_field {
    uint32_t *counts;                              // of stations, by cell and channel
    double gain[FAR_CELLS + 1][FAR_CELLS + 1];     // of one station, by cells between
    double pass[DD_CHANNELS_MAX][DD_CHANNELS_MAX]; // share that one channel hears of another
} far_field;

static void make_gains(far_field *field, const dd_places *places,
                       const dd_propagation *propagation) {
    for (int y = 0; y <= FAR_CELLS; y++)
        for (int x = 0; x <= FAR_CELLS; x++) {
            bool near = x <= 1 && y <= 1; // told pair by pair
            double metres = sqrt(x * x + y * y) * (double)places->cell_m;
            field->gain[y][x] =
                near ? 0 : dd_noise_power(dd_propagation_typical(propagation, metres));
        }
}

static void make_passes(far_field *field, const dd_channel_plan *plan) {
    for (int a = 0; a < DD_CHANNELS_MAX; a++)
        for (int b = 0; b < DD_CHANNELS_MAX; b++)
            field->pass[a][b] = pow(10, -dd_channels_apart_cdb(plan, a, b) / 1000.0);
}

static void count_stations(far_field *field, const dd_places *places, const dd_channel_plan *plan) {
    for (uint32_t i = 0; i < places->n; i++) {
        uint32_t cell = dd_places_cell(places, &places->all[i]);
        int channel = plan->channel[places->all[i].segment] - plan->band->first;
        field->counts[cell * DD_CHANNELS_MAX + (uint32_t)channel]++;
    }
}

// What one cell hears of all, by the channel that it is sent on.
static void hear_all(const far_field *field, const dd_places *places, uint32_t cell,
                     double sent[DD_CHANNELS_MAX]) {
    int32_t column = (int32_t)(cell % places->columns), row = (int32_t)(cell / places->columns);
    for (int32_t y = -FAR_CELLS; y <= FAR_CELLS; y++)
        for (int32_t x = -FAR_CELLS; x <= FAR_CELLS; x++) {
            if (column + x < 0 || column + x >= (int32_t)places->columns || row + y < 0 ||
                row + y >= (int32_t)places->rows)
                continue;
            uint32_t other = (uint32_t)(row + y) * places->columns + (uint32_t)(column + x);
            double gain = field->gain[abs(y)][abs(x)];
            const uint32_t *counts = &field->counts[other * DD_CHANNELS_MAX];
            for (int c = 0; c < DD_CHANNELS_MAX; c++)
                sent[c] += gain * counts[c];
        }
}

static void add_cell(const far_field *field, double *sums, const dd_places *places,
                     const dd_channel_plan *plan, uint32_t cell) {
    double sent[DD_CHANNELS_MAX] = {0}, heard[DD_CHANNELS_MAX] = {0};
    hear_all(field, places, cell, sent);
    for (int own = 0; own < DD_CHANNELS_MAX; own++)
        for (int c = 0; c < DD_CHANNELS_MAX; c++)
            heard[own] += sent[c] * field->pass[own][c];
    for (uint32_t i = places->cell_first[cell]; i < places->cell_first[cell + 1]; i++) {
        uint32_t station = places->by_cell[i];
        sums[station] += heard[plan->channel[places->all[station].segment] - plan->band->first];
    }
}

bool dd_noise_add_far(double *sums, const dd_places *places, const dd_propagation *propagation,
                      const dd_channel_plan *plan, dd_error *error) {
    far_field field;
    uint32_t cells = places->columns * places->rows;
    field.counts = calloc((size_t)cells * DD_CHANNELS_MAX, sizeof *field.counts);
    if (!field.counts) return dd_fail(error, DD_OUTSIDE, "no memory for the air");
    make_gains(&field, places, propagation);
    make_passes(&field, plan);
    count_stations(&field, places, plan);
    for (uint32_t cell = 0; cell < cells; cell++)
        if (places->cell_first[cell] < places->cell_first[cell + 1])
            add_cell(&field, sums, places, plan, cell);
    free(field.counts);
    return true;
}
