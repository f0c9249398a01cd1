-- Feeder Loss: half an hour of an August evening. A feeder drawn by the seed fails in a way drawn by the
-- seed: its breaker trips, its contactor drops out, or somebody knocks its switch.
--
-- What it teaches. Eighty lamps go dark and fall silent, and the centre shall not call eighty times: it
-- opens one incident that names the feeder, knows which lamps are dark for it, and holds back what
-- follows from it. `tests/run_long_incidents.sh` plays it with a hundred seeds.
scenario {
    name = "Feeder Loss",
    about = "A feeder is lost: one incident, the right feeder, within three minutes.",
    city = "bentre",
    start = "2020-08-03 20:00",
    stop = "20:30",
}

-- `--set happens=false` plays the same half hour in which nothing is lost; then the criteria are not
-- met. `--set feeder=F-013 --set way=breaker` choose for themselves.
local happens = param("happens", true)
local broken = param("feeder", "") == "" and feeders():pick(1) or feeder(param("feeder", ""))
local ways = { "breaker", "contactor_dead", "switched_off" }
local way = param("way", ways[math.random(#ways)])

local lost = math.huge   -- when, s
local opened, wrong = {}, 0
on("incident", function(it)
    if it.state ~= "opened" or it.time:seconds() < lost then return end
    if it.entity == broken:ids()[1] then opened[#opened + 1] = it else wrong = wrong + 1 end
end)

process(function()
    wait(minutes(10) + seconds(math.random(0, 599)))
    lost = elapsed():seconds()
    if happens then broken:fail(way) end
    note(tostring(broken) .. ": " .. way .. ", " .. #broken:lamps() .. " lamps go dark")
end)

expect {
    name = "named within 3 min", unit = "s",
    measure = function() return opened[1] and opened[1].time:seconds() - lost or 1e6 end,
    at_most = 180,
}
expect { name = "by one incident", measure = function() return #opened end, equals = 1 }
expect { name = "all of its lamps are held to be dark", measure = "centre.dark",
         equals = happens and #broken:lamps() or 1, unit = "lamps" }
expect { name = "and it is held for nothing else", measure = "incidents.opened", at_most = 1 }
expect { name = "at most three calls", measure = "alarms.announced", at_most = 3 }

-- No lamp has failed by itself: each alarm on one is false.
local well = lamps():without(broken:lamps())
local false_alarms = 0
on("alarm_raised", function(it)
    local lamp_alarms = { lampFailure = true, communicationFailure = true, lampPowerTooLow = true, dimmingFailure = true }
    if lamp_alarms[it.what] then false_alarms = false_alarms + 1 end
end)
expect {
    name = "false lamp alarms", unit = "% of lamps",
    measure = function() return 100 * false_alarms / #well end, at_most = 0.1,
}
