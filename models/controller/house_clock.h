// The oscillator of a segment's controller, and what its clock shows by it.
#pragma once

#include "models/controller/seat.h"
#include "models/segment_state.h"

// How far a broken clock jumps: a year.
#define DD_CLOCK_FAULT_MS (INT64_C(365) * (DD_DAY / DD_MILLISECOND))

// It has been switched on: its uptime counts from now.
void dd_house_clock_start(dd_domain *domain, dd_segment_state *segment);

// Its uptime now, µs by its own oscillator.
int64_t dd_house_uptime_us(const dd_domain *domain, const dd_segment_state *segment);

// Its oscillator's rate follows the temperature of the air (thousandths of a °C) from now on; that
// of a board which runs by a clock of its own follows what is told of that.
void dd_house_clock_warm(dd_domain *domain, dd_segment_state *segment, int32_t temperature_md);

void dd_house_clock_follow(dd_domain *domain, dd_segment_state *segment, const dd_seat_time *time);

// How much its clock shows too much now, µs. Of one whose application works in the twin
// (dd_seat_application).
int64_t dd_house_clock_error_us(const dd_domain *domain, const dd_segment_state *segment);

// It was set, after it had shown so much too much.
void dd_house_clock_tell_set(dd_domain *domain, const dd_segment_state *segment, int64_t error_us);

// Its clock jumps ahead by a year, and shows it at each start until that is repaired. That of a
// board, which the twin has no hand on, shows it from its next start on.
void dd_house_clock_fault(dd_domain *domain, dd_segment_state *segment, bool on);
