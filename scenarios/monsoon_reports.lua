-- Monsoon Reports: the first two weeks of October 2020. Bến Tre's app as it may be in some years, when
-- everybody has it. In the first week it does not rain; in the second the monsoon is back: thunderstorms
-- every other day, fallen trees, streets under water, feeders that trip by earth leakage, lamps that
-- lightning has killed. People report what they see of all this, and of all else, and the office and the
-- wards have more than twice the work.
--
-- What it teaches. Reports come in storms as lamps fail in storms, but not one for one: a dark street is
-- reported once, twice, ten times, late, from the wrong place, in the wrong group, and one report in
-- seven is about nothing. Whoever counts reports counts people's evenings; whoever joins those that
-- belong together (`office.merge_m`) counts matters. Twice the reports need more than twice the staff
-- when there was none to spare: watch `office.transfer_h`, then `office.overdue`, then what people think
-- of it. `--set staff=1` plays it with an office that sorts as slowly as on a quiet week.
scenario {
    name = "Monsoon Reports",
    about = "A dry week and a wet one: what citizens report, and how the office and the wards cope.",
    city = "bentre",
    start = "2020-09-28 06:00",
    stop = "2020-10-12 06:00",
}

-- `--set happens=false` plays two dry weeks; then the criteria are not met.
local happens = param("happens", true)
local staff = param("staff", 2)

set {
    ["mesh.off"] = 1, ["centre.poll_s"] = 0, ["backhaul.outages"] = 0,
    ["citizens.per_day"] = 12, ["citizens.notice_h"] = 30, ["office.staff"] = staff,
}

-- Storms of the second week: when, how hard it rains and for how long, and how high the river stands
-- where it cannot run off.
local storms = {
    { "2020-10-05 15:30", 45, "3h", 1.3 }, { "2020-10-06 17:00", 30, "2h", 1.3 },
    { "2020-10-08 16:00", 60, "4h", 1.75 }, { "2020-10-09 18:30", 40, "3h", 1.7 },
    { "2020-10-10 14:00", 35, "2h", 1.3 },
}
for _, storm in ipairs(storms) do
    process(function()
        wait_until(storm[1])
        if not happens then return end
        note("a thunderstorm: " .. storm[2] .. " mm/h, the river at " .. storm[4] .. " m")
        weather { rain = storm[2], clouds = 100, water = storm[4], storm = { flashes = 1, lasts = storm[3] } }
        wait(storm[3])
        weather { rain = 0, clouds = 60, water = 1.2 }
        -- Crews close the breakers the same night, and hang new lamps after two days.
        wait(hours(3))
        feeders():repair("breaker")
        wait(hours(45))
        lamps():repair()
    end)
end

local function reports_until(moment)
    local count = 0
    at(moment, function() count = figure("reports.filed") end)
    return function() return count end
end
local dry = reports_until("2020-10-05 06:00")

-- What is filed of holes, trees and water, and of lamps, by week; and who gets it.
local streets, light, wards = { 0, 0 }, { 0, 0 }, {}
local function week() return elapsed() < hours(7 * 24) and 1 or 2 end
on("report", { topic = "infrastructure" }, function() streets[week()] = streets[week()] + 1 end)
on("report", { topic = "lighting" }, function() light[week()] = light[week()] + 1 end)
on("report_transferred", function(report) wards[report.entity] = true end)

process(function()
    for _ = 1, 14 do
        wait_until("20:00")
        note(string.format("%d reports, %d open, %d overdue, %d lamps dark", figure("reports.filed"),
            figure("office.open"), figure("office.overdue"), lamps():dark()))
        wait(hours(1))
    end
end)

local function ward_count()
    local n = 0
    for _ in pairs(wards) do n = n + 1 end
    return n
end

expect { name = "a dry week's reports", at = "2020-10-05 07:00", measure = function() return dry() end, between = { 50, 140 }, unit = "reports" }
expect {
    name = "the wet one has twice as many and more",
    measure = function() return (figure("reports.filed") - dry()) / dry() end, between = { 1.8, 4 }, unit = "x",
}
expect {
    name = "many of them of trees, holes and water",
    measure = function() return streets[2] / streets[1] end, at_least = 2, unit = "x",
}
expect { name = "and of dark streets", measure = function() return light[2] - light[1] end, at_least = 10, unit = "reports" }
expect { name = "all over the city", measure = ward_count, at_least = 10, unit = "wards" }
expect { name = "handed on within a working day", measure = "office.transfer_h", at_most = 24 }
expect { name = "some joined, not all", measure = function() return 100 * figure("office.duplicates") / figure("office.answered") end, between = { 5, 50 } }
expect { name = "answered in time", measure = "office.in_time", at_least = 90 }
expect { name = "most are content", measure = "citizens.content", at_least = 60 }
