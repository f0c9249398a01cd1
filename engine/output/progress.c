#define _DEFAULT_SOURCE
#include "engine/output/progress.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

void dd_progress_line_init(dd_progress_line *line, FILE *stream, const dd_calendar *calendar,
                           dd_time begin) {
    *line = (dd_progress_line){.stream = stream,
                               .calendar = calendar,
                               .begin = begin,
                               .terminal = stream && isatty(fileno(stream))};
}

// "12,345", to three digits from 1,000 on, since the rest trembles; "0.5" below 10.
static void format_count(double value, char text[static 32]) {
    if (value < 9.95) {
        snprintf(text, 32, value == floor(value) ? "%.0f" : "%.1f", value);
        return;
    }
    double unit = 1;
    while (value / unit >= 1000)
        unit *= 10;
    char digits[32];
    snprintf(digits, sizeof digits, "%.0f", fmin(round(value / unit) * unit, 1e18));
    size_t length = strlen(digits), at = 0;
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = 0;
}

static void format_wait(double seconds, char text[static 32]) {
    if (!(seconds < 360000))
        snprintf(text, 32, "long");
    else if (seconds < 100)
        snprintf(text, 32, "%.0f s", ceil(seconds));
    else if (seconds < 6000)
        snprintf(text, 32, "%.0f min", ceil(seconds / 60));
    else
        snprintf(text, 32, "%.1f h", seconds / 3600);
}

// Seconds of the wall: by the pace that was asked for, or else by the speed so far.
static double seconds_to_go(const dd_progress_line *line, const dd_progress *progress) {
    double left = (double)(progress->until - progress->now) / DD_SECOND;
    double done = (double)(progress->now - line->begin) / DD_SECOND;
    double wall = (double)progress->wall_ns / DD_SECOND;
    return progress->pace > 0 ? left / progress->pace : left * wall / done;
}

void dd_progress_format(const dd_progress_line *line, const dd_progress *progress,
                        char text[static DD_PROGRESS_SIZE]) {
    char moment[DD_MOMENT_SIZE], speed[32], events[32], wait[32] = "";
    double way = (double)(progress->until - line->begin);
    double percent = way > 0 ? 100 * (double)(progress->now - line->begin) / way : 100;
    dd_moment_format(line->calendar, progress->now, moment);
    format_count(progress->speed, speed);
    format_count(progress->events_per_s, events);
    format_wait(seconds_to_go(line, progress), wait);
    if (progress->paused)
        snprintf(text, DD_PROGRESS_SIZE, "%s  %3.0f %%  paused", moment, floor(percent));
    else if (progress->now >= progress->until)
        snprintf(text, DD_PROGRESS_SIZE, "%s  100 %%  %s x  %s events/s", moment, speed, events);
    else
        snprintf(text, DD_PROGRESS_SIZE, "%s  %3.0f %%  %s x  %s events/s  %s to go", moment,
                 floor(percent), speed, events, wait);
}

void dd_progress_line_show(void *context, const dd_progress *progress) {
    dd_progress_line *line = context;
    char text[DD_PROGRESS_SIZE];
    if (!line->stream) return;
    dd_progress_format(line, progress, text);
    if (line->terminal) {
        fprintf(line->stream, "\r%.79s\x1b[K", text);
        line->shown = true;
    } else {
        double way = (double)(progress->until - line->begin);
        int64_t tenths = way > 0 ? (int64_t)(10 * (double)(progress->now - line->begin) / way) : 10;
        if (tenths <= line->tenths) return;
        line->tenths = tenths;
        fprintf(line->stream, "%s\n", text);
    }
    fflush(line->stream);
}

void dd_progress_line_clear(dd_progress_line *line) {
    if (!line->shown) return;
    fputs("\r\x1b[K", line->stream);
    fflush(line->stream);
    line->shown = false;
}
