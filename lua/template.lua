-- A scenario to start from: play it with `domdom run THIS_FILE`, change it, play it again.
-- `domdom api` prints everything that a scenario can say.

scenario {
    name = "My night",
    city = "bentre",              -- or the path of a city file
    start = "2020-08-03 17:00",   -- civil time in Bến Tre (UTC+7)
    stop = "06:30",               -- the first 06:30 after the start
}

-- What the lamps are commissioned to do. Levels are percent of full light.
program {
    { at = "sunset", level = 100 },
    { at = "23:00", level = 60 },
    { at = "sunrise", level = 0 },
}

-- A parameter: `domdom run THIS_FILE --set broken=10` gives it another value.
local broken = param("broken", 5)

-- Some lamps fail at nine; the luck of the run's seed says which.
at("21:00", function()
    lamps():pick(broken):fail("led_open")
    note(broken .. " lamps have failed")
end)

-- A process tells a story in order: it waits, looks, acts.
process(function()
    wait_until("22:00")
    local street = road("Đồng Khởi")
    street:override(100, "2h")    -- the centre holds it at full light for two hours
    wait(minutes(5))
    note("Đồng Khởi gives " .. street:level() .. " % of its light")
end)

-- What the centre sees is told as it happens.
on("alarm_raised", function(alarm)
    note("alarm: " .. alarm.what .. " at " .. alarm.entity)
end)

-- Expectations are what the run is judged by.
expect { name = "lit after dusk", at = "sunset+15m", measure = "lamps.lit", at_least = 99.5 }
expect { name = "dark after dawn", at = "sunrise+15m", measure = "lamps.lit", at_most = 0.5 }
within {
    name = "the failed lamps are found",
    from = "21:00", limit = minutes(40),
    check = function() return alarms_active("lampFailure") >= broken end,
}
