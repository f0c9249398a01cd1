// Figures of how the shift went.
#include "models/figure/figure_table.h"
#include "models/score/score.h"

#define SHIFT(field)                                                                               \
    static double shift_##field(dd_world *world) {                                                 \
        return (double)dd_score_now(world).field;                                                  \
    }
SHIFT(troubles)
SHIFT(detected)
SHIFT(mended)
SHIFT(detection_min)
SHIFT(sent_min)
SHIFT(repair_min)
SHIFT(right_causes)
SHIFT(wrong_causes)
SHIFT(unfounded)
SHIFT(alarms)
SHIFT(acknowledged)
SHIFT(acknowledge_min)
SHIFT(waiting)
SHIFT(shelved)
SHIFT(dark_h)
SHIFT(actions)
SHIFT(log_lines)

const dd_figure dd_figures_shift[] = {
    {"shift.troubles", "", "things that truly went wrong so far", shift_troubles},
    {"shift.detected", "", "of these, those that an alarm or an incident has pointed to",
     shift_detected},
    {"shift.mended", "", "... and those that are over", shift_mended},
    {"shift.detection_min", "min", "mean time to the first alarm or incident", shift_detection_min},
    {"shift.sent_min", "min", "mean time to the first crew sent there", shift_sent_min},
    {"shift.repair_min", "min", "mean time until it was over", shift_repair_min},
    {"shift.right_causes", "", "troubles whose cause an incident has right", shift_right_causes},
    {"shift.wrong_causes", "", "troubles that incidents are about, with other causes",
     shift_wrong_causes},
    {"shift.unfounded", "", "incidents where nothing was wrong", shift_unfounded},
    {"shift.alarms", "", "alarms that no incident kept from calling", shift_alarms},
    {"shift.acknowledged", "", "acknowledgements", shift_acknowledged},
    {"shift.acknowledge_min", "min", "mean time from an alarm to its acknowledgement",
     shift_acknowledge_min},
    {"shift.waiting", "", "alarms that call and are neither acknowledged nor shelved now",
     shift_waiting},
    {"shift.shelved", "", "alarms put on the shelf", shift_shelved},
    {"shift.dark_h", "h", "hours of lamps that people saw dark", shift_dark_h},
    {"shift.actions", "", "actions of the operator", shift_actions},
    {"shift.log_lines", "", "lines of the shift's log", shift_log_lines},
    {NULL, NULL, NULL, NULL},
};
