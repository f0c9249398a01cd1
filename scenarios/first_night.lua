-- First Night: 3 August 2020, the evening on which the citizens' app of Bến Tre went live.
-- Dusk; a feeder in Đồng Khởi street fails at 21:10 and is repaired at 21:50; at 22:00 a controller
-- loses its line for an hour; at 23:00 the city dims; at dawn it goes dark.
scenario {
    name = "First Night",
    about = "The night of 3 August 2020 in Bến Tre, from before dusk till after dawn.",
    city = "bentre",
    start = "2020-08-03 17:00",
    stop = "06:30",
}

-- Nature would cut a line of its own now and then; tonight only the one that we cut.
set { ["backhaul.outages"] = 0 }

program {
    { at = "sunset", level = 100 },
    { at = "23:00", level = 60 },
    { at = "04:30", level = 100 },
    { at = "sunrise", level = 0 },
}

local street = road("Đồng Khởi")
local broken = feeder("F-013")                                 -- of that street
local silent = road("Nguyễn Đình Chiểu"):segments():first(1)   -- a controller elsewhere
local healthy = lamps():without(broken:lamps())

process(function()
    wait_until("21:10")
    local tripped = elapsed()
    broken:fail("breaker")
    note(tostring(broken) .. " trips, " .. #broken:lamps() .. " lamps go dark")
    local alarm = wait_for("alarm_raised", { what = "supplyLoss", entity = broken:ids()[1] }, minutes(5))
    if alarm then
        note("the centre names the feeder after " .. (alarm.time - tripped):seconds() .. " s")
        wait(minutes(2))
        acknowledge(alarm.number)
    end
    wait_until("21:50")
    broken:repair()
end)

at("22:00", function() silent:fail("line") end)
at("23:00", function() silent:repair("line") end)

-- An operator asks for full light on one street for half an hour, while all others are dimmed.
at("23:30", function() street:override(100, minutes(30)) end)

-- What the citizens see.
on("report_transferred", function(report)
    note("report " .. report.number .. " (" .. report.topic .. ") handed to " .. report.entity)
end)

-- Light: when the sun goes and comes, and in between.
expect { name = "dark by day", at = "17:30", measure = "lamps.lit", at_most = 0 }
within {
    name = "99.5 % lit within 60 s of sunset", from = "sunset", limit = minutes(1),
    check = function() return figure("lamps.lit") >= 99.5 end,
}
expect { name = "full light at 20:00", at = "20:00", measure = "lamps.level", at_least = 99 }
within {
    name = "feeder lit again within 30 s of its repair", from = "21:50", limit = seconds(30),
    check = function() return broken:lamps():lit_share() == 100 end,
}
expect { name = "dimmed after 23:00", at = "23:01", measure = "lamps.level", at_most = 62, unit = "%" }
within {
    name = "99.5 % dark within 60 s of sunrise", from = "sunrise", limit = minutes(1),
    check = function() return figure("lamps.lit") <= 0.5 end,
}

-- Faults: seen, named, and nobody else dark.
within {
    name = "the lost feeder is named within 3 min", from = "21:10", limit = minutes(3),
    check = function() return broken:alarm("supplyLoss") end,
}
expect { -- its breaker has tripped, its phases are dead
    name = "two alarms for the feeder, not one a lamp", at = "21:49",
    measure = function() return alarms_active() end, equals = 2, unit = "alarms",
}
expect {
    name = "nobody else dark meanwhile", at = "21:40",
    measure = function() return healthy:dark() end, equals = 0, unit = "lamps",
}
within {
    name = "the lost line is noticed within 5 min", from = "22:00", limit = minutes(5),
    check = function() return silent:alarm("controllerUnreachable") end,
}
expect {
    name = "lamps shine on without the line", at = "22:50",
    measure = function() return silent:lit_share() end, equals = 100, unit = "%",
}
within {
    name = "the line is back within 3 min", from = "23:00", limit = minutes(3),
    check = function() return not silent:alarm("controllerUnreachable") end,
}

-- Commands.
within {
    name = "the street obeys within 60 s", from = "23:30", limit = minutes(1),
    check = function() return street:level() >= 99 end,
}
expect {
    name = "the override ends by itself", at = "00:01",
    measure = function() return street:level() end, at_most = 62, unit = "%",
}
expect { name = "commands confirmed", measure = "commands.done", at_least = 99.5 }

-- The mesh and the readings, over the whole night.
expect { name = "mesh delivers", measure = "mesh.delivered", at_least = 99.5 }
expect { name = "readings answered", measure = "centre.answered", at_least = 99 }
expect {
    name = "every lamp read in the last 20 min", at = "03:00",
    measure = function() return lamps():heard(minutes(20)) end, at_least = 99.5, unit = "%",
}
expect { name = "no alarm left at the end", measure = "alarms.active", equals = 0 }
