#include "models/citizens/mark.h"
#include "models/citizens/person.h"
#include "models/hub.h"

// By what was done, in thousandths of a mark (estimates: facts E).
static int32_t content_pm(const dd_domain *hub, const dd_report *report) {
    const dd_report_truth *truth = &report->truth;
    const dd_citizens *citizens = &dd_hub_of(hub)->citizens;
    uint32_t road = dd_world_of(hub)->city->lamps[truth->lamp].road;
    bool cured = truth->matter ? dd_matter_at(&citizens->matters, truth->matter)->over
                               : !dd_sight_of(&citizens->sights, road, truth->lamp, hub->now);
    int32_t late = report->overdue ? 1000 : 0;
    switch ((dd_answer)report->answer) {
    case DD_ANSWER_DONE:
        return (cured ? 5000 : 1000) - late;
    case DD_ANSWER_DUPLICATE:
        return (cured ? 5000 : 3500) - late;
    case DD_ANSWER_NOT_FOUND:
        return (truth->unfounded ? 3500 : cured ? 4000 : 1000) - late;
    case DD_ANSWER_PLANNED:
        return 3500 - late;
    default:
        return 2000 - late;
    }
}

uint32_t dd_mark_of(const dd_domain *hub, const dd_report *report) {
    dd_person person = dd_person_of(dd_world_of(hub), report->truth.person);
    dd_random4 word = dd_report_draw(hub, report, DD_DRAW_CONTENT, 1);
    int32_t pm = content_pm(hub, report) + person.strictness_pm + dd_normal_milli(word.v[0]) / 2;
    return pm < 1500 ? 1 : pm >= 4500 ? 5 : (uint32_t)(pm + 500) / 1000;
}
