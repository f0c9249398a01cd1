// What a survey found of a board, as JSON.
#pragma once

#include "hil/survey.h"

struct json_t;
struct json_t *dd_surveyed_json(const dd_surveyed *board); // the caller's
// Prints {"boards": [...]} of all of them.
void dd_survey_print_json(const dd_survey *survey);
