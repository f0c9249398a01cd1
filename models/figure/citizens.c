// Figures of the citizens' reports and the office that answers them.
#include "models/figure/figure_table.h"

static const dd_office_counts *office_counts(const dd_world *world) {
    return &dd_world_hub(world)->office.counts;
}

static const dd_citizen_counts *citizen_counts(const dd_world *world) {
    return &dd_world_hub(world)->citizens.counts;
}

static double reports_filed(dd_world *world) {
    return office_counts(world)->filed;
}

static double reports_lighting(dd_world *world) {
    return office_counts(world)->by_kind[DD_REPORT_LIGHTING];
}

static double reports_transferred(dd_world *world) {
    return office_counts(world)->transferred;
}

static double citizens_noticed(dd_world *world) {
    return citizen_counts(world)->noticed;
}

static double citizens_unfounded(dd_world *world) {
    return dd_percent(citizen_counts(world)->unfounded, citizen_counts(world)->noticed);
}

static double citizens_me_too(dd_world *world) {
    return citizen_counts(world)->me_too;
}

static double citizens_delay(dd_world *world) {
    const dd_citizen_counts *counts = citizen_counts(world);
    return counts->filed ? (double)counts->delay_s / 3600 / counts->filed : NAN;
}

static double citizens_content(dd_world *world) {
    return dd_percent(office_counts(world)->content, office_counts(world)->marked);
}

static double citizens_mark(dd_world *world) {
    const dd_office_counts *counts = office_counts(world);
    return counts->marked ? (double)counts->marks / counts->marked : NAN;
}

static double office_open(dd_world *world) {
    return office_counts(world)->filed - office_counts(world)->answered;
}

static double office_answered(dd_world *world) {
    return office_counts(world)->answered;
}

static double office_duplicates(dd_world *world) {
    return office_counts(world)->by_answer[DD_ANSWER_DUPLICATE];
}

static double office_not_found(dd_world *world) {
    return office_counts(world)->by_answer[DD_ANSWER_NOT_FOUND];
}

static double office_returned(dd_world *world) {
    return office_counts(world)->returned;
}

static double office_overdue(dd_world *world) {
    return office_counts(world)->overdue;
}

static double office_in_time(dd_world *world) {
    const dd_office_counts *counts = office_counts(world);
    uint32_t late_open = counts->overdue - (counts->answered - counts->answered_in_time);
    return dd_percent(counts->answered_in_time, counts->answered + late_open);
}

static double office_transfer_h(dd_world *world) {
    const dd_office_counts *counts = office_counts(world);
    return counts->transferred_first ? (double)counts->transfer_s / 3600 / counts->transferred_first
                                     : NAN;
}

static double office_answer_h(dd_world *world) {
    const dd_office_counts *counts = office_counts(world);
    return counts->answered ? (double)counts->answer_s / 3600 / counts->answered : NAN;
}

const dd_figure dd_figures_citizens[] = {
    {"reports.filed", "", "citizens' reports so far", reports_filed},
    {"reports.lighting", "", "of these, filed as lighting", reports_lighting},
    {"reports.transferred", "", "reports handed to a ward, a commune or the centre so far",
     reports_transferred},
    {"citizens.noticed", "", "times that somebody has seen what he reports, or is going to",
     citizens_noticed},
    {"citizens.unfounded", "%", "of these, the ones without a cause (truth)", citizens_unfounded},
    {"citizens.me_too", "", "who have joined another's report instead of filing", citizens_me_too},
    {"citizens.delay_h", "h", "from seeing to filing, mean", citizens_delay},
    {"citizens.content", "%", "of those who gave the answer a mark, 4 or 5 of 5", citizens_content},
    {"citizens.mark", "of 5", "the mean mark", citizens_mark},
    {"office.open", "", "reports filed and not answered", office_open},
    {"office.answered", "", "reports answered so far", office_answered},
    {"office.duplicates", "", "of these, as a duplicate", office_duplicates},
    {"office.not_found", "", "of these, because nothing was found", office_not_found},
    {"office.returned", "", "times that somebody gave a report back as not his", office_returned},
    {"office.overdue", "", "reports that were not answered in time", office_overdue},
    {"office.in_time", "%", "of the reports answered or overdue, those answered in time",
     office_in_time},
    {"office.transfer_h", "h", "from filing to handing on, mean", office_transfer_h},
    {"office.answer_h", "h", "from filing to the answer, mean", office_answer_h},
    {NULL, NULL, NULL, NULL},
};
