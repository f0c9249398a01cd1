// The urban management office: reads what citizens file, corrects its group, joins what is the
// same, hands it to one of the wards and communes or, when it is about light, to the control
// centre, and watches deadlines and answers. With the setting office.automatic = 0 an operator does
// its work.
#pragma once

#include "models/citizens/report.h"
#include "models/citizens/ward.h"

enum { DD_OFFICE_STAFF_MAX = 20, DD_LIGHTING_UNIT = 0 };

typedef struct dd_office_counts {
    uint32_t filed, by_kind[DD_REPORT_KINDS];
    uint32_t transferred, returned, overdue;
    uint32_t answered, by_answer[DD_ANSWERS], answered_in_time;
    uint32_t marked, content;      // who gave a mark, and 4 or 5 of 5
    uint64_t marks;                // sum
    uint64_t transfer_s, answer_s; // sums, from filing on: of first transfers, of answers
    uint32_t transferred_first;    // how many of these
} dd_office_counts;

typedef struct dd_office {
    dd_reports reports;
    dd_wards wards;
    dd_time free_at[DD_OFFICE_STAFF_MAX]; // when each of its staff has sorted what he has
    dd_office_counts counts;
} dd_office;

// All of these work on the hub's domain; between events with its time set to now.

void dd_office_start(dd_domain *hub);

// A report is filed now: it gets its number and its deadline.
void dd_office_receive(dd_domain *hub, uint32_t report);

// Events: one of the staff has read a report; a step of a report comes; the lighting people go
// round.
void dd_office_triage(dd_domain *hub, const dd_event *event);
void dd_office_step(dd_domain *hub, const dd_event *event);
void dd_office_round(dd_domain *hub, bool night);

// --- Also for an operator ---

// Hands the report of that number to a ward or commune of the city, or with DD_LIGHTING_UNIT (0) to
// the control centre and the lighting people; from whoever has it. False when no such report is
// open.
bool dd_report_transfer(dd_domain *hub, uint32_t number, uint32_t ward);

// Answers it, which closes it. False when no such report is open.
bool dd_report_answer(dd_domain *hub, uint32_t number, dd_answer answer);

// --- To look at ---

// The open report of that number, or NULL. `truth` is not for who plays the office.
const dd_report *dd_report_find(const dd_domain *hub, uint32_t number);

// Tells all reports that are filed and not answered, in the order of their numbers.
void dd_reports_each(const dd_domain *hub, void (*tell)(void *context, const dd_report *report),
                     void *context);
