-- Lightning: the evening of 21 May 2020, in the month of most storms. From 19:30 to 20:30 a thunderstorm
-- stands over the city; at 20:00 a strong flash hits a pole of Đồng Khởi street.
--
-- What it teaches. One stroke kills along the cable, the more the nearer, and what it kills looks
-- different: a dead node is silent while its lamp burns at full light; a dead driver is dark and does
-- not answer its node; shorted LEDs take too little power; a breaker takes all of its feeder. Rain
-- alone costs the mesh hardly a message. Far flashes sag the voltage for a moment: nobody is to drive
-- out for that.
scenario {
    name = "Lightning",
    about = "A thunderstorm in May: who is dead, of what, and how the centre tells.",
    city = "bentre",
    start = "2020-05-21 18:30",
    stop = "23:30",
}
set { ["backhaul.outages"] = 0 }

-- `--set happens=false` plays the same evening with its rain, but without lightning; then the criteria
-- are not met.
local happens = param("happens", true)

local line = feeder("F-013") -- of Đồng Khởi street
local pole = line:poles(12, 12):first(1)

-- What is true, for the debrief: who failed of what.
local failed = {}
on("fault", { state = "failed" }, function(record)
    failed[record.fault] = failed[record.fault] or {}
    failed[record.fault][record.entity] = true
end)
local function truly(fault, unless) -- how many; but for those whose other fault hides this one
    local n = 0
    for entity in pairs(failed[fault] or {}) do
        if not (failed[unless] or {})[entity] then n = n + 1 end
    end
    return n
end
local strikes, along = 0, 0
on("strike", function() strikes = strikes + 1 end)

process(function()
    wait_until("19:30")
    weather { rain = 40, clouds = 100, temperature = 24, storm = happens and { flashes = 3, lasts = "1h" } or nil }
    wait_until("20:00")
    local sound = line:lamps():count()
    if happens then
        strike(pole, 60)
        segment("S-20"):fail("brownout", { lasts = "600ms" }) -- the mains dip for half a second elsewhere
    end
    wait(seconds(1))
    line:lamps():each(function(it)
        local id = it:ids()[1]
        for _, them in pairs(failed) do if them[id] then along = along + 1; return end end
    end)
    note("a flash of 60 kA at " .. tostring(pole) .. ": " .. along .. " of " .. sound .. " luminaires of its feeder are damaged")
    wait_until("20:30")
    weather { rain = 0, clouds = 40 }
    wait_until("22:30")
    note(strikes .. " flashes; dead nodes " .. truly("node_dead") .. ", drivers " .. truly("driver_dead") ..
        ", strings " .. truly("led_short") .. "; breakers " .. truly("breaker"))
end)

expect { name = "flashes", at = "20:31", measure = function() return strikes end, at_least = 30 }
expect { name = "luminaires killed along the struck feeder", at = "20:01", measure = function() return along end, between = { 5, 40 } }
expect { name = "more than anywhere else", at = "22:30", measure = function()
    local all = truly("node_dead") + truly("driver_dead", "node_dead") + truly("led_short", "node_dead")
    return all - along
end, at_least = 0 }

-- The centre tells one death from the other, two hours later.
local function told(name, alarm, fault, unless)
    expect { name = name, at = "22:30", measure = function() return alarms_active(alarm) - truly(fault, unless) end, equals = 0 }
end
told("silent nodes", "communicationFailure", "node_dead")
told("dead drivers", "controlGearFailure", "driver_dead", "node_dead")
told("shorted strings", "lampPowerTooLow", "led_short", "node_dead")
told("tripped breakers", "circuitBreakerTripped", "breaker")
expect { name = "somebody died of each", at = "22:30", measure = function()
    return math.min(truly("node_dead"), truly("driver_dead", "node_dead"), truly("led_short", "node_dead"))
end, at_least = 1 }
expect { name = "a dip is nobody's failure", at = "22:30", measure = function() return segment("S-20"):lamps():lit_share() end, at_least = 97, unit = "%" }

-- The radio under rain.
local sent, lost
at("19:40", function() sent, lost = figure("mesh.sent"), figure("mesh.lost") end)
expect { name = "messages lost in the rain", at = "19:59", measure = function()
    return 100 * (figure("mesh.lost") - lost) / (figure("mesh.sent") - sent)
end, at_most = 1, unit = "%" }
