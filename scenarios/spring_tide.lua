-- Spring Tide: 16 November 2020, the day after the new moon. The river stands highest at dusk, when the
-- lamps are switched on; a north-east wind adds two hands' breadths to what the moon makes of it.
--
-- What it teaches. Water in a cabinet and in pole bases is no fault of a lamp: current leaks to earth, the
-- residual current device opens, and a whole feeder goes dark. The centre tells it by
-- circuitBreakerTripped on feeders, many of them within an hour, all of them low; no lamp is reported.
-- Whoever closes the breaker too early sees it trip again: wait for the ebb. Worn insulation in a dry
-- street looks different: leakageDetected, and its lamps burn on.
scenario {
    name = "Spring Tide",
    about = "The highest tide of the month comes at switch-on time and floods low streets.",
    city = "bentre",
    start = "2020-11-16 15:30",
    stop = "22:30",
}

-- Nature has the tide only: no rain, lightning, or failures of its own tonight.
set {
    ["nature.on"] = 1, ["sky.rain"] = 0, ["sky.storms"] = 0, ["grid.outages"] = 0, ["light.failures"] = 0,
    ["backhaul.outages"] = 0,
}

-- `--set happens=false` plays the same evening without the flood; then the criteria are not met.
local happens = param("happens", true)

-- What the gauge at the ferry shows, metres over mean sea level: the tide with the wind's part.
local gauge = {
    { "16:00", 1.50 }, { "16:30", 1.72 }, { "17:00", 1.86 }, { "17:30", 1.94 }, { "18:00", 1.95 },
    { "18:30", 1.88 }, { "19:00", 1.74 }, { "19:30", 1.55 }, { "20:00", 1.30 },
}
for _, reading in ipairs(gauge) do
    at(reading[1], function()
        if happens then weather { water = reading[2] } end
    end)
end

-- The breakers that tripped for it, in their order; where somebody closes them, they count again.
local tripped, times = {}, 0
on("breaker", { reason = "residual" }, function(record)
    if not tripped[record.entity] then
        tripped[#tripped + 1] = feeder(record.entity)
        tripped[record.entity] = true
    end
    times = times + 1
end)
local function dark_of_tripped()
    local sum = 0
    for _, it in ipairs(tripped) do sum = sum + #it:lamps() end
    return sum
end

-- Elsewhere a cable's insulation gives way, and stays dry.
local worn = feeder("F-015")
at("16:20", function() if happens then worn:fail("leakage") end end)

-- A crew closes the first one at high water, and all of them after the ebb.
local too_early = 0
process(function()
    wait_until("18:10")
    if #tripped == 0 then return end
    note("the river stands at " .. sky().tide .. " m; " .. #tripped .. " feeders have tripped: " ..
        dark_of_tripped() .. " lamps are dark")
    local before = times
    tripped[1]:repair("breaker")
    wait(seconds(10))
    too_early = times - before
    wait_until("20:30")
    for _, it in ipairs(tripped) do it:repair("breaker") end
    worn:repair()
    note("after the ebb a crew has closed " .. #tripped .. " breakers")
end)

-- What citizens write of it, for the debrief.
on("report_transferred", { topic = "lighting" }, function(report)
    note("report " .. report.number .. ": no light, handed to " .. report.entity)
end)

expect { name = "before the flood all is well", at = "16:10", measure = function() return alarms_active() end, equals = 0 }
expect { name = "feeders tripped by residual current", at = "19:30", measure = function() return #tripped end, between = { 10, 60 } }
expect { name = "each has its breaker's alarm", at = "19:30", measure = function() return alarms_active("circuitBreakerTripped") - #tripped end, equals = 0 }
expect { name = "worn insulation leaks", at = "19:30", measure = function() return worn:alarm("leakageDetected") and worn:cabinet().leakage or 0 end, between = { 0.15, 0.3 }, unit = "A" }
expect { name = "and its lamps burn", at = "19:30", measure = function() return worn:lamps():dark() end, equals = 0, unit = "lamps" }
expect {
    name = "dark is what hangs on them, no more", at = "19:30",
    measure = function() return lamps():dark() - dark_of_tripped() end, equals = 0, unit = "lamps",
}
expect { name = "no lamp is taken for faulty", at = "20:29", measure = function() return alarms_raised("lampFailure") end, equals = 0 }
expect { name = "nor for lost", at = "20:29", measure = function() return alarms_raised("communicationFailure") end, equals = 0 }
expect { name = "closed at high water, it trips again", at = "18:15", measure = function() return too_early end, at_least = 1 }
within {
    name = "all lit within a minute of their closing", from = "20:30", limit = minutes(1),
    check = function() return #tripped > 0 and lamps():dark() == 0 end,
}
expect { name = "nothing is left", measure = "alarms.active", equals = 0 }
