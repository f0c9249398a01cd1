-- Board Night: First Night with three boards in the city, in place of simulated controllers: one has
-- the feeder that fails at 21:10, one the line that is lost at 22:00, one has nothing but its lamps.
-- They are emulated ones, the reference firmware on a Cortex-M3. For an hour after 02:00 the third
-- one's cable is pulled: its shadow, which has worked beside it on the same inputs, goes on where it
-- stood, and when the board is back it starts anew, like any controller that is switched on.
--
-- What it teaches. A board goes in, and the city does not notice: the same criteria are met as on
-- First Night, and until the cable is pulled it is the same night, event for event. Nor does a wire
-- that loses one frame in twenty change what happens.
scenario {
    name = "Board Night",
    about = "First Night with three boards in place of controllers, one of which is unplugged and returns.",
    city = "bentre",
    start = "2020-08-03 17:00",
    stop = "06:30",
}
set { ["backhaul.outages"] = 0 }

program {
    { at = "sunset", level = 100 },
    { at = "23:00", level = 60 },
    { at = "04:30", level = 100 },
    { at = "sunrise", level = 0 },
}

-- `--set machine=host` has them run as processes, without QEMU; `--set machine=none` plays the same
-- without boards.
local machine = param("machine", "lm3s6965evb")
-- `--set unplugs=false` leaves the cable where it is: then it is First Night, to the digest.
local unplugs = param("unplugs", true)
-- Of a hundred frames of the third board's wire, so many are lost, either way.
local lossy = param("lossy", 5)

local street = road("Đồng Khởi")
local broken = feeder("F-013")                                 -- of that street
local silent = road("Nguyễn Đình Chiểu"):segments():first(1)   -- a controller elsewhere
local fed = broken:segments()
local plain = road("Hùng Vương"):segments():first(1)
local healthy = lamps():without(broken:lamps())
local boards = { fed, silent, plain }

if machine ~= "none" then
    for _, segment in ipairs(boards) do
        segment:attach { emulated = machine, on_lost = "fallback", shadow = true }
    end
end

-- What the city does: First Night.
process(function()
    wait_until("21:10")
    broken:fail("breaker")
    local alarm = wait_for("alarm_raised", { what = "supplyLoss", entity = broken:ids()[1] }, minutes(5))
    if alarm then
        wait(minutes(2))
        acknowledge(alarm.number)
    end
    wait_until("21:50")
    broken:repair()
end)
at("22:00", function() silent:fail("line") end)
at("23:00", function() silent:repair("line") end)
at("23:30", function() street:override(100, minutes(30)) end)

-- What is done to the boards.
if machine ~= "none" then
    at("17:30", function() if lossy > 0 then plain:wire { drop = lossy / 100 } end end)
    if unplugs then
        at("02:00", function() plain:unplug() end)
        at("03:00", function() plain:plug() end)
    end
end

-- Boards: at work all night, of one mind with their shadows.
local function seat() return plain:board() and plain:board().seat end
if machine ~= "none" then
    expect {
        name = "three boards at work at 01:59", at = "01:59", equals = 3, unit = "boards",
        measure = function()
            local n = 0
            for _, segment in ipairs(boards) do
                if segment:board().state == "in_step" then n = n + 1 end
            end
            return n
        end,
    }
    if unplugs then
        within {
            name = "the shadow takes over within a second", from = "02:00", limit = seconds(1),
            check = function() return seat() == "shadow" end,
        }
        within {
            name = "the board is back within 2 min", from = "03:00", limit = minutes(2),
            check = function() return seat() == "board" and plain:board().state == "in_step" end,
        }
    end
    expect {
        name = "boards and shadows of one mind", equals = 0, unit = "divergences",
        measure = function()
            local n = 0
            for _, segment in ipairs(boards) do n = n + segment:board().divergences end
            return n
        end,
    }
    expect {
        name = "thousands of messages compared", at_least = 3000, unit = "messages",
        measure = function()
            local n = 0
            for _, segment in ipairs(boards) do n = n + segment:board().compared end
            return n
        end,
    }
end

-- Light, faults, commands, mesh: as on First Night.
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
within {
    name = "the street obeys within 60 s", from = "23:30", limit = minutes(1),
    check = function() return street:level() >= 99 end,
}
expect {
    name = "the override ends by itself", at = "00:01",
    measure = function() return street:level() end, at_most = 62, unit = "%",
}
expect {
    name = "nobody dark while the board is away", at = "02:30",
    measure = function() return plain:lamps():dark() end, equals = 0, unit = "lamps",
}
expect {
    name = "nobody dark when it is back", at = "03:10",
    measure = function() return plain:lamps():dark() end, equals = 0, unit = "lamps",
}
expect { name = "commands confirmed", measure = "commands.done", at_least = 99.5 }
expect { name = "mesh delivers", measure = "mesh.delivered", at_least = 99.5 }
expect { name = "readings answered", measure = "centre.answered", at_least = 99 }
expect {
    name = "every lamp read in the last 20 min", at = "03:00",
    measure = function() return lamps():heard(minutes(20)) end, at_least = 99.5, unit = "%",
}
expect { name = "no alarm left at the end", measure = "alarms.active", equals = 0 }
