-- Cable Theft: a night and a day of September 2020. At 02:00 thieves take the cable of six poles on
-- Võ Nguyên Giáp street while the lamps burn; at 10:00 another band, in overalls, takes it on Lạc Long
-- Quân street in broad daylight.
--
-- What it teaches. From the first missing stretch outward all is dead at once: lamps and nodes fall
-- silent together, up to the end of the feeder and no further; neither breaker nor leakage says a word.
-- Where feeders are live day and night the centre knows within half an hour, whenever it happens. Where
-- they are switched off by day, as here, a theft by day is seen only when they come on at dusk.
-- `--set switched=false` plays the same with feeders that are always live.
scenario {
    name = "Cable Theft",
    about = "Cable is stolen at night and by day; what is seen of it, and when.",
    city = "bentre",
    start = "2020-09-10 00:30",
    stop = "2020-09-10 19:30",
}
local switched = param("switched", true)
set { ["backhaul.outages"] = 0, ["cabinet.switched"] = switched and 1 or 0 }

-- `--set happens=false` plays the same without the thieves; then the criteria are not met.
local happens = param("happens", true)

local by_night, by_day = feeder("F-035"), feeder("F-110")
local first = by_night:poles(20, 20):first(1)  -- the first pole without cable, at night ...
local second = by_day:poles(12, 12):first(1)   -- ... and by day
local lost, lost_by_day = first:outward(), second:outward()
local others = lamps():without(lost):without(lost_by_day)

local function missing(some) -- how many of some lamps the centre has an alarm for
    local n = 0
    some:each(function(it) if it:alarm("communicationFailure") then n = n + 1 end end)
    return n
end
local function share(some) return 100 * missing(some) / #some end

process(function()
    wait_until("02:00")
    local stretch = happens and steal_cable { from = first, poles = 6 }
    local dark_from = elapsed()
    note("the cable of six poles is gone: " .. lost:dark() .. " lamps go dark, " .. by_night:lamps():lit() .. " of its feeder still burn")
    local alarm = wait_for("alarm_raised", { what = "communicationFailure" }, hours(1))
    if alarm then note("the centre misses " .. alarm.entity .. " after " .. (elapsed() - dark_from):minutes() // 1 .. " min") end
    wait_until("08:30")
    if stretch then stretch:repair("cable_cut") end
    note("a crew has laid new cable")
end)

process(function()
    wait_until("10:00")
    if happens then steal_cable { from = second, poles = 4 } end
    wait_until("17:30")
    note("at half past five the centre misses " .. missing(lost_by_day) .. " of " .. #lost_by_day .. " lamps")
    wait_until("18:40")
    note("after dusk it misses " .. missing(lost_by_day))
end)

-- At night: seen at once, from the pole outward, and nobody else.
expect { name = "dark from the pole outward", at = "02:01", measure = function() return lost:lit() end, equals = 0, unit = "lamps" }
expect { name = "all else burns", at = "02:01", measure = function() return others:dark() end, equals = 0, unit = "lamps" }
expect { name = "the centre misses them within 45 min", at = "02:45", measure = function() return share(lost) end, at_least = 90, unit = "%" }
expect { name = "and nobody on the same feeder before them", at = "02:45", measure = function() return missing(by_night:poles(1, 19)) end, equals = 0, unit = "lamps" }
expect { name = "no breaker, no leakage", at = "02:45", measure = function() return alarms_raised("circuitBreakerTripped") + alarms_raised("leakageDetected") end, equals = 0 }
expect { name = "the meter sees less current, not none", at = "02:45", measure = function() return by_night:cabinet().power / by_night:power() end, between = { 0.9, 1.1 } }

-- By day: what the centre knows before dusk depends on how the feeders are fed.
if switched then
    expect { name = "unseen by day", at = "17:30", measure = function() return missing(lost_by_day) end, equals = 0, unit = "lamps" }
else
    expect { name = "seen by day", at = "10:45", measure = function() return share(lost_by_day) end, at_least = 90, unit = "%" }
end
expect { name = "dark after dusk", at = "18:10", measure = function() return lost_by_day:lit() end, equals = 0, unit = "lamps" }
expect { name = "and missed then", at = "19:15", measure = function() return share(lost_by_day) end, at_least = 90, unit = "%" }
expect { name = "what was laid again burns", at = "18:10", measure = function() return lost:dark() end, equals = 0, unit = "lamps" }
expect { name = "no other lamp is dark at dusk", at = "18:10", measure = function() return others:dark() end, equals = 0, unit = "lamps" }
