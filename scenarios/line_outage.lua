-- Line Outage: an excavator takes the fibre of the city's largest segment at 17:00 on 20 August 2020,
-- and nobody is found to splice it until 17:00 of the next day. In the night, from 02:00 to 05:00, a
-- mobile operator's network is down besides, and with it every controller that has its SIM.
--
-- What it teaches. A line is not a lamp: all of them come on, dim and go out by their programs. The
-- centre is blind there, and says so within minutes, but it does not miss what happens meanwhile: the
-- controllers keep every reading and every event with its time, and tell them when the line is back,
-- each once and in order (facts F1, T12). A breaker that trips in the evening and is closed again is
-- an alarm of the day after. A command that could not be given expires, and is not carried out late.
scenario {
    name = "Line Outage",
    about = "A day without a line, a night hour without an operator; nothing is lost.",
    city = "bentre",
    start = "2020-08-20 16:30",
    stop = "2020-08-21 18:00",
}
set { ["backhaul.outages"] = 0 }

-- `--set happens=false` plays the same with lines that hold; then the criteria are not met.
local happens = param("happens", true)

-- The segment with the most lamps.
local cut
segments():each(function(it)
    if not cut or #it:lamps() > #cut:lamps() then cut = it end
end)
local broken = cut:feeders():first(1)
local others = segments():without(cut):lamps()

-- What the centre was told of the lamps behind the cut line: how often, and whether ever twice or
-- out of order. `longest` is the most that lies between two readings of one lamp, by the
-- controller's clock: a quarter of an hour, and some minutes more at 20:00, when the breaker takes
-- routers of the mesh and the round waits for lamps that were heard through them.
local ours, last = {}, {}
for _, id in ipairs(cut:lamps():ids()) do ours[id] = true end
local readings, twice, longest, lost = 0, 0, 0, 0
on("reading", function(reading)
    if not ours[reading.entity] then return end
    readings = readings + 1
    local before = last[reading.entity]
    if before then
        if reading.read_at <= before then twice = twice + 1 end
        longest = math.max(longest, reading.read_at - before)
    end
    last[reading.entity] = reading.read_at
end)
on("log_gap", function(gap) lost = lost + gap.lost end)

local outcome, tripped, told
on("command_outcome", { entity = cut:ids()[1] }, function(command) outcome = command.outcome end)
on("alarm_raised", { what = "circuitBreakerTripped" }, function(alarm) told = alarm.time end)

process(function()
    wait_until("17:00")
    if happens then cut:fail("line") end
    note("the line of " .. cut:ids()[1] .. " is cut; it has " .. #cut:lamps() .. " lamps")
    wait_until("20:00")
    broken:fail("breaker")
    tripped = elapsed()
    wait_until("21:00")
    broken:repair()
    wait_until("23:00")
    cut:override(10, hours(6))
    wait_until("2020-08-21 17:00")
    note(figure("controllers.waiting") .. " words wait for the line")
    cut:repair("line")
end)
at("2020-08-21 02:00", function() if happens then carrier("mobile-a"):fail("outage", { lasts = hours(3) }) end end)

-- What is seen of it: at the centre, and on the street.
within {
    name = "the lost line is noticed within 5 min", from = "17:00", limit = minutes(5),
    check = function() return cut:alarm("controllerUnreachable") end,
}
expect { name = "its lamps shine by their programs", at = "22:00", measure = function() return cut:dark() end, equals = 0, unit = "lamps" }
expect { name = "and are dark by day", at = "2020-08-21 12:00", measure = function() return cut:lit() end, equals = 0, unit = "lamps" }
expect { name = "the order that could not be given has expired", at = "2020-08-20 23:30", measure = function() return outcome == "expired" and 1 or 0 end, equals = 1 }
expect { name = "and is not carried out late", at = "2020-08-21 17:30", measure = function() return cut:lit() end, equals = 0, unit = "lamps" }
expect { name = "the operator's outage takes its controllers", at = "2020-08-21 04:00", measure = "backhaul.sessions", at_most = 70 }
expect { name = "and no lamp", at = "2020-08-21 04:00", measure = function() return others:dark() end, equals = 0, unit = "lamps" }
expect { name = "all but one are back by 05:05", at = "2020-08-21 05:05", measure = "backhaul.sessions", at_least = 98 }

-- T12: nothing lost, nothing twice, in order.
within {
    name = "a day's words have come within 10 min", from = "2020-08-21 17:00", limit = minutes(10),
    check = function() return figure("controllers.waiting") < 71 end,
}
expect { name = "no word is lost", measure = function() return lost end, equals = 0, unit = "words" }
expect { name = "no reading comes twice, or before an earlier one", measure = function() return twice end, equals = 0, unit = "readings" }
expect { name = "no lamp misses a round", measure = function() return longest / 60 end, at_most = 20, unit = "min" }
expect { name = "the breaker's trip is told the day after", measure = function() return told and (told - tripped):hours() or 0 end, between = { 20.9, 21.2 }, unit = "h" }
expect { name = "no alarm is left", measure = "alarms.active", equals = 0 }
