-- Time in scenarios: durations, moments, the order of what happens, processes.
scenario { name = "time", city = "bentre", start = "2020-08-03 17:00", stop = "20:00" }

local order = {}
local function mark(what) order[#order + 1] = what end
local function holds(name, condition)
    expect { name = name, at = "19:59", equals = 1, measure = function() return condition() and 1 or 0 end }
end

-- Durations.
assert(minutes(90) == hours(1.5) and minutes(1) * 3 == seconds(180) and hours(1) / 4 == minutes(15))
assert(minutes(2) - seconds(30) == seconds(90) and minutes(1) + "30s" == seconds(90))
assert(seconds(1) < minutes(1) and hours(2):minutes() == 120 and tostring(minutes(61)) == "1h01m00s")
assert(elapsed() == seconds(0) and civil("18:30") == "2020-08-03 18:30:00")

-- What is planned for one moment happens in the order of planning.
at("17:10", function() mark "a" end)
at("17:10", function() mark "b"; after(seconds(0), function() mark "d" end) end)
at("17:10", function() mark "c" end)
holds("order of planning", function() return table.concat(order, "", 1, 4) == "abcd" end)

-- every, and its end.
local ticks = 0
every("10m", function() ticks = ticks + 1; return ticks < 5 end)
holds("every stops when told", function() return ticks == 5 end)

-- Processes wait without holding up others.
local story = {}
process(function()
    story[#story + 1] = civil():sub(12, 16)
    wait(minutes(7))
    story[#story + 1] = civil():sub(12, 16)
    wait_until("18:00")
    story[#story + 1] = civil():sub(12, 16)
end)
holds("a process tells a story", function() return table.concat(story, " ") == "17:00 17:07 18:00" end)

-- Sunset: it is lit a minute after, not a minute before.
local before, after_it
at("sunset-1m", function() before = lamps():lit() end)
at("sunset+1m", function() after_it = lamps():lit_share() end)
holds("sunset is when the lamps say", function() return before == 0 and after_it > 99 end)

-- wait_for with a limit that passes.
local nothing = "unset"
process(function() nothing = wait_for("alarm_raised", nil, minutes(5)) end)
holds("wait_for gives up", function() return nothing == nil end)
