-- Operator's and instructor's actions, and what the centre makes of them.
scenario { name = "actions", city = "bentre", start = "2020-08-03 19:00", stop = "22:00" }
set { ["backhaul.outages"] = 0, ["citizens.per_day"] = 0 }

local function number(name, at, measure, equals)
    expect { name = name, at = at, measure = measure, equals = equals }
end
local here = segment("S-05")
local lamp1 = here:lamps():first(1)

-- An override with an end, one without, and resuming.
at("19:10", function() here:override(30, "20m") end)
expect { name = "overridden", at = "19:15", measure = function() return here:level() end, at_most = 31 }
number("all hold it", "19:15", function() return here:overridden() end, #here:lamps())
number("its end", "19:31", function() return here:overridden() end, 0)
at("19:40", function() here:lamps():override(0) end)
number("dark on command", "19:42", function() return here:lamps():lit() end, 0)
at("19:50", function() here:resume() end)
number("resumed", "19:52", function() return here:lamps():dark() end, 0)

-- Another program for a segment.
at("20:00", function() here:program { { at = "sunset", level = 100 }, { at = "20:10", level = 20 }, { at = "sunrise", level = 0 } } end)
expect { name = "the new program", at = "20:12", measure = function() return here:level() end, at_most = 21 }

-- Faults by text and by method; alarms, acknowledged.
local raised, cleared
process(function()
    wait_until("20:20")
    act("fail lamp:" .. lamp1:ids()[1] .. " led_open")
    raised = wait_for("alarm_raised", { what = "lampFailure" }, minutes(30))
    assert(raised and raised.entity == lamp1:ids()[1], "the failed lamp is named")
    assert(acknowledge(raised.number) and not acknowledge(9999))
    lamp1:repair()
    cleared = wait_for("alarm_cleared", { number = raised.number }, minutes(30))
    assert(cleared, "a repaired and acknowledged alarm is cleared")
end)
number("cleared", "21:59", function() return cleared and 1 or 0 end, 1)

-- A blackout: everything dark, the controller on its battery; then all comes back.
local other = segment("S-20")
at("21:00", function() other:fail("blackout") end)
number("blackout", "21:05", function() return other:lamps():lit() end, 0)
within { name = "the centre is told", from = "21:00", limit = "1m",
    check = function() return other:alarm("controllerOnBattery") end }
at("21:15", function() other:repair() end)
expect { name = "light again", at = "21:16", measure = function() return other:lit_share() end, equals = 100 }

expect { name = "commands end well", measure = "commands.done", equals = 100 }
expect { name = "nothing is left", measure = "alarms.active", equals = 0 }
