-- Bad Firmware Rollout: a night of November 2020. In the evening the operator begins to bring new
-- firmware to the nodes of twelve segments: two of them first, as the canary, which are to be watched
-- over midnight. The release has passed every test on the bench, by day. At midnight its clock rolls
-- over: the seconds of the day begin anew, and until noon the nodes take sunset to be yet to come.
--
-- What it teaches. A release can be whole, start, answer and confirm, and still be wrong; only time
-- shows it, and only a small part of the city should be there to see. The canary goes dark at
-- midnight; the controllers' readings say so, the campaign halts by itself, and the nodes go back to
-- what they ran before: they kept it. Ten segments never hear of the release. Its successor is
-- brought out the same night. A release whose file has one wrong octet gets no further than the
-- controllers' digest, and one that does not start is out again after three attempts.
scenario {
    name = "Bad Firmware Rollout",
    about = "A release that goes dark at midnight is caught by its canary; its successor is rolled out.",
    city = "bentre",
    start = "2020-11-10 17:00",
    stop = "2020-11-11 06:30",
}
set { ["backhaul.outages"] = 0 }

-- `--set happens=false` plays the same with a release that is sound; then the criteria are not met.
local happens = param("happens", true)

local bad = firmware { name = "node-2.0", target = "node", version = 20, kib = 32, defect = happens and "midnight_rollover" or "none" }
local good = firmware { name = "node-2.1", target = "node", version = 21, kib = 32 }
local torn = firmware { name = "ctl-3.0", target = "controller", version = 30, kib = 64, damaged = 40000 }
local dead = firmware { name = "ctl-3.1", target = "controller", version = 31, kib = 64, defect = "does_not_start" }

local all = segments():first(12)
local canary = all:first(2)
local others = all:without(canary)
local nodes = canary:lamps()

local first, second, broken, silent
local caught, back, named, single

local function wait_while(condition, longest) -- true when it ended before
    local until_ = elapsed() + longest
    while condition() do
        if elapsed() >= until_ then return false end
        wait(minutes(1))
    end
    return true
end

process(function()
    wait_until("18:30")
    first = all:update(bad, { canary = 2, soak = "8h", wave = 50 })
    local began = elapsed()
    if wait_while(function() return first:status().settled < 2 end, hours(4)) then
        note(nodes:running(20) .. " of " .. #nodes .. " nodes run node-2.0 after " .. (elapsed() - began):minutes() // 1 .. " min, " .. nodes:lit() .. " of their lamps burn")
    end
    wait_until("00:00")
    local midnight = elapsed()
    wait_while(function() return first:status().state == "wave" end, hours(3))
    caught = elapsed() - midnight
    note("the campaign is " .. first:status().state .. " by its gate '" .. first:status().gate .. "', " .. caught:minutes() // 1 .. " min after midnight; " .. nodes:dark() .. " lamps are dark")
    wait(minutes(2))
    named = 0
    canary:each(function(it) named = named + #desk.incidents { cause = "firmware", entity = it:ids()[1] } end)
    single = #desk.incidents { cause = "lamp" }
    note("incidents: " .. named .. " of the canary's firmware, " .. single .. " of single lamps")
    wait_while(function() return nodes:running(20) > 0 end, hours(3))
    back = elapsed() - midnight
    note("all nodes are back on what they ran before, " .. back:minutes() // 1 .. " min after midnight")
    first:abort(true)
    wait_while(function() return first:status().open > 0 end, hours(1)) -- until the centre knows, too
    second = all:update(good, { canary = 2, soak = "10m", wave = 50 })
    wait_while(function() return second:status().state == "wave" end, hours(4))
    local status = second:status()
    note("node-2.1 is on " .. status.done .. " of " .. status.devices .. " nodes, " .. status.failed .. " failed")
end)

process(function()
    wait_until("19:00")
    local some = segments():without(all):first(2)
    broken = some:first(1):update(torn, { soak = "1m" })
    silent = some:without(some:first(1)):update(dead, { soak = "1m" })
    wait(hours(1))
    note("ctl-3.0 is " .. broken:status().state .. ", ctl-3.1 is " .. silent:status().state)
end)

-- Lights are what it is about: neither the transfer nor the restarts may be seen in the street.
expect { name = "no lamp goes dark while it is updated", at = "23:55", measure = function() return nodes:dark() end, equals = 0, unit = "lamps" }
expect { name = "the canary runs it before midnight", at = "23:55", measure = function() return 100 * nodes:running(20) / #nodes end, at_least = 98, unit = "%" }
expect { name = "its lamps go dark at midnight", at = "00:01", measure = function() return 100 * nodes:dark() / #nodes end, at_least = 95, unit = "%" }
expect { name = "the others never hear of it", at = "00:05", measure = function() return others:lamps():dark() + others:lamps():running(20) end, equals = 0, unit = "lamps" }
expect { name = "the campaign halts by its alarms within 30 min", at = "06:00", measure = function() return caught and first:status().gate == "alarms" and caught:minutes() or 999 end, at_most = 30, unit = "min" }
expect { name = "all are back within 90 min", at = "06:00", measure = function() return back and back:minutes() or 999 end, at_most = 90, unit = "min" }
expect { name = "its successor is everywhere by morning", at = "06:00", measure = function() return 100 * all:lamps():running(21) / #all:lamps() end, at_least = 99, unit = "%" }
expect { name = "the incident is the firmware's, not one a lamp", at = "06:00", measure = function() return named > 0 and single or 999 end, equals = 0, unit = "incidents of lamps" }
expect { name = "a damaged file is refused", at = "21:00", measure = function() return broken:status().failed + alarms_active("updateFailed") end, at_least = 2 }
expect { name = "one that does not start is tried", at = "21:00", measure = function() return silent:status().failed end, equals = 1, unit = "controllers" }
expect { name = "and is out again", at = "21:00", measure = function() return segments():running(1) end, equals = #segments(), unit = "controllers" }
