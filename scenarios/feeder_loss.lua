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

local lost = math.huge -- when, s
local opened, wrong, lines, before = {}, 0, 0, 0
on("incident", function(it)
    if it.state ~= "opened" or it.time:seconds() < lost then return end
    if it.entity == broken:ids()[1] then opened[#opened + 1] = it.time:seconds() - lost
    elseif it.why ~= "line" then wrong = wrong + 1 end -- nature cuts lines as it likes
end)
on("alarm_raised", { what = "controllerUnreachable" }, function(it)
    if it.time:seconds() >= lost then lines = lines + 1 end
end)

process(function()
    wait(minutes(10) + seconds(math.random(0, 599)))
    lost, before = elapsed():seconds(), figure("alarms.announced")
    if happens then broken:fail(way) end
    note(tostring(broken) .. ": " .. way .. ", " .. #broken:lamps() .. " lamps go dark")
end)

expect { name = "named within 3 min", measure = function() return opened[1] or 1e6 end, at_most = 180, unit = "s" }
expect { name = "by one incident", measure = function() return #opened end, equals = 1 }
expect { name = "all of its lamps are held to be dark", measure = "centre.dark", equals = happens and #broken:lamps() or 1, unit = "lamps" }
expect { name = "nothing else is named", measure = function() return wrong end, equals = 0, unit = "incidents" }
expect { name = "calls, not one a lamp", measure = function() return figure("alarms.announced") - before - lines end, at_most = 3 }

-- No lamp has failed by itself. Those that were heard through dead ones fall silent, and that is put
-- down to the feeder: false is what names a lamp.
local false_alarms = 0
on("incident", { state = "opened" }, function(it) if it.why == "lamp" then false_alarms = false_alarms + 1 end end)
for _, what in ipairs { "lampFailure", "lampPowerTooLow", "dimmingFailure", "cyclingFailure" } do
    on("alarm_raised", { what = what }, function() false_alarms = false_alarms + 1 end)
end
expect { name = "false lamp alarms", measure = function() return 100 * false_alarms / #lamps() end, at_most = 0.1, unit = "% of lamps" }
