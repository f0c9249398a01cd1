-- A Controller Dies: a night of August 2020, and four controllers that have a bad one. At 20:00 one
-- dies for good; at 20:30 another's program hangs; at 21:00 a third's flash wears out, and at 22:00
-- its line goes for two hours; at 21:30 a fourth, whose line is down since nine, loses its supply
-- for longer than its battery lasts. At 02:00 a technician puts new ones in place of the dead and
-- the worn.
--
-- What it teaches. The lamps need none of them: nodes keep their program, dim and brighten at their
-- hours and go dark at dawn. What the city loses is sight and command: the centre says within minutes
-- whom it cannot reach, and an order to a dead controller gets a definite answer, that it has expired,
-- and not a lamp of it is done. A hang costs two minutes: the watchdog starts the controller anew, and
-- what it had to tell is told. A log outlives everything but the controller itself: after an hour
-- without line and a cold start nothing is missing, while the one that cannot write loses all but its
-- last few words, and the centre knows how many. What went with the dead controller nobody knows.
scenario {
    name = "A Controller Dies",
    about = "A dead, a hung, a worn and a cut off controller; what the lamps and the centre make of it.",
    city = "bentre",
    start = "2020-08-05 17:00",
    stop = "06:30",
}
set { ["backhaul.outages"] = 0 }

-- `--set happens=false` plays the same night with good controllers; then the criteria are not met.
local happens = param("happens", true)

program {
    { at = "sunset", level = 100 },
    { at = "23:00", level = 60 },
    { at = "04:30", level = 100 },
    { at = "sunrise", level = 0 },
}

local dead = road("Đồng Khởi"):segments():first(1)
local hung = road("Nguyễn Đình Chiểu"):segments():first(1)
local others = segments():without(dead):without(hung)
local worn = others:first(1)
local cold = others:without(worn):first(1)
local function fail(which, ...) if happens then which:fail(...) end end

at("20:00", function() fail(dead, "controller") end)
at("20:30", function() fail(hung, "hang") end)
at("21:00", function() fail(worn, "store") end)
at("21:00", function() fail(cold, "line", { lasts = "1h30m" }) end)
at("21:30", function() fail(cold, "blackout", { lasts = "15m" }) end)
at("22:00", function() fail(worn, "line", { lasts = "2h" }) end)

-- An operator tries to dim the street of the dead one.
local asked, outcome
process(function()
    wait_until("21:15")
    dead:override(30, hours(1))
    asked = elapsed()
    outcome = wait_for("command_outcome", { outcome = "expired" }, minutes(10))
    if outcome then note("the order to " .. tostring(dead) .. " has expired") end
end)

-- What the centre was told of how it was while nobody could be reached, and how much it misses.
local first_gap
on("log_gap", function(gap)
    first_gap = first_gap or gap
    note("the centre misses " .. gap.lost .. " words of " .. gap.entity)
end)
local hung_alarm
process(function()
    wait_until("20:30")
    hung_alarm = wait_for("alarm_raised", { what = "controllerRestarted" }, minutes(10))
    if hung_alarm then note(hung_alarm.entity .. " was started by its watchdog") end
end)

-- The technician.
at("02:00", function()
    dead:commission()
    worn:commission()
end)

-- Light: as if nothing were.
expect { name = "nobody is dark at 20:15", at = "20:15", measure = "lamps.lit", at_least = 99.9 }
expect { name = "the dead one's lamps dim at 23:00", at = "23:01", measure = function() return dead:level() end, between = { 55, 62 }, unit = "%" }
expect { name = "and shine on", at = "01:59", measure = function() return dead:lit_share() end, equals = 100, unit = "%" }
expect { name = "all go dark at dawn", at = "06:10", measure = "lamps.lit", equals = 0, unit = "%" }

-- Sight and command.
within {
    name = "the dead one is missed within 5 min", from = "20:00", limit = minutes(5),
    check = function() return dead:alarm("controllerUnreachable") end,
}
expect { name = "an order to it has expired", at = "21:30", measure = function() return outcome and (outcome.time - asked):minutes() or 0 end, between = { 4, 7 }, unit = "min" }
expect { name = "and not a lamp obeyed", at = "21:30", measure = function() return dead:overridden() end, equals = 0, unit = "lamps" }
expect { name = "the hung one is back within 3 min", at = "20:33", measure = function() return hung_alarm and 1 or 0 end, equals = 1 }
within {
    name = "worn flash is an alarm within 20 min", from = "21:00", limit = minutes(20),
    check = function() return worn:alarm("storageFailure") end,
}

-- What is lost.
expect { name = "only the worn one has a gap", at = "02:00", measure = function() return first_gap and first_gap.entity == worn:ids()[1] and 1 or 0 end, equals = 1 }
expect { name = "and the centre knows its size", at = "02:00", measure = "centre.lost", between = { 20, 400 }, unit = "words" }
expect { name = "an hour and a half waits in a log", at = "22:29", measure = "controllers.waiting", at_least = 70, unit = "words" }
expect { name = "and has come half an hour later", at = "01:00", measure = "controllers.waiting", at_most = 60, unit = "words" }

-- New ones, and all is well.
expect { name = "every lamp is read again", at = "02:45", measure = function() return lamps():heard(minutes(30)) end, at_least = 99.9, unit = "%" }
expect { name = "four started again", at = "03:00", measure = function() return figure("controllers.starts") - #segments() end, equals = 4, unit = "controllers" }
expect { name = "no alarm left at the end", at = "06:25", measure = alarms_active, equals = 0 }
