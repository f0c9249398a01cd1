// What the battery has found, for people, for programs and for build servers.
#pragma once

#include "hil/battery/battery.h"

#include <stdio.h>

// A case in one line: "101 passed   an Ask is answered by Hello".
void dd_battery_report_line(const dd_outcome *outcome, FILE *file);
// What failed: expected and got, why it matters, where it is written, the frames around.
void dd_battery_report_text(const dd_battery_report *report, FILE *file);
// One object: target, board, cases[], failed, skipped.
void dd_battery_report_json(const dd_battery_report *report, FILE *file);
bool dd_battery_report_junit(const dd_battery_report *report, const char *path, dd_error *error);
