-- Day Burners: a morning in September 2020. The sun is up, and some lamps burn on, for five reasons.
--
-- What it teaches. To the eye all are the same; to the centre they are not:
--   a relay that is welded      relayFailure on the lamp
--   a photocell that sees night lampUnexpectedOn on the lamp
--   a contactor that is welded  switchingErrorOff on the feeder
--   a bypass that was left on   localOverride on the feeder
--   an override that was forgotten   no alarm of a lamp: they do as they were told. The centre asks
--                                after it when it has held for a night (Forgotten Override)
-- The meter in the cabinet sees all five, and so does the bill.
scenario {
    name = "Day Burners",
    about = "Lamps burn by day for five reasons, told apart by alarms and meters.",
    city = "bentre",
    start = "2020-09-01 04:30",
    stop = "10:00",
}
set { ["backhaul.outages"] = 0 }

-- The small lamps of paths and parks have no nodes: the controllers switch their feeders.
luminaire { name = "LED-bulb-5", node = false }
luminaire { name = "LED-bulb-10", node = false }

-- `--set happens=false` plays the same morning without them; then the criteria are not met.
local happens = param("happens", true)

local paths = lamps { kind = "LED-bulb-10" }:feeders()
local welded_relay = segment("S-08"):lamps():first(3)
local blind = segment("S-21"):lamps():first(4)
local welded_contactor, bypassed = paths:first(1), paths:without(paths:first(1)):first(1)
local forgotten = road("Hùng Vương"):lamps()

local function burning(feeder) return feeder:lamps():lit() end
local function alarms_on(some, kind)
    local n = 0
    some:each(function(it) if it:alarm(kind) then n = n + 1 end end)
    return n
end

at("05:00", function()
    if not happens then return end
    welded_relay:fail("stuck_on")
    blind:fail("photocell_dark")
    welded_contactor:fail("contactor_welded")
    bypassed:fail("bypass")
    forgotten:override(100) -- for a parade at five; nobody has said how long
end)

-- What burns at nine, and what an operator sees of it.
local function count(name, measure, limit)
    limit.name, limit.at, limit.measure, limit.unit = name, "09:00", measure, limit.unit or ""
    expect(limit)
end
count("lamps with a welded relay burn", function() return welded_relay:dark() end, { equals = 0, unit = "dark" })
count("each is a relay failure", function() return alarms_on(welded_relay, "relayFailure") end, { equals = #welded_relay })
count("lamps whose photocell sees night burn", function() return blind:dark() end, { equals = 0, unit = "dark" })
count("each is unexpectedly on", function() return alarms_on(blind, "lampUnexpectedOn") end, { equals = #blind })
count("the relays of these are well", function() return alarms_on(blind, "relayFailure") end, { equals = 0 })
count("behind a welded contactor lamps burn", function() return burning(welded_contactor) end, { at_least = 1, unit = "lamps" })
count("it does not switch off", function() return alarms_on(welded_contactor, "switchingErrorOff") end, { equals = 1 })
count("past a bypass lamps burn", function() return burning(bypassed) end, { at_least = 1, unit = "lamps" })
count("a hand switch says why", function() return alarms_on(bypassed, "localOverride") end, { equals = 1 })
count("and it is no contactor's error", function() return alarms_on(bypassed, "switchingErrorOff") end, { equals = 0 })
count("lamps under a forgotten override burn", function() return forgotten:dark() end, { equals = 0, unit = "dark" })
count("no alarm tells of them", function()
    return alarms_on(forgotten, "lampUnexpectedOn") + alarms_on(forgotten, "relayFailure")
end, { equals = 0 })
count("they hold an override", function() return forgotten:overridden() end, { equals = #forgotten })
count("nobody else burns", function()
    local burners = #welded_relay + #blind + burning(welded_contactor) + burning(bypassed) + #forgotten
    return lamps():lit() - burners
end, { equals = 0, unit = "lamps" })

-- What the five cost until nine, by the meters of their feeders: from an hour after sunrise on.
local first = {}
local suspects = { welded_relay = welded_relay, blind = blind, welded_contactor = welded_contactor,
    bypassed = bypassed, forgotten = forgotten }
at("07:00", function() for name, it in pairs(suspects) do first[name] = it:meter_kwh() end end)
at("09:00", function()
    for name, it in pairs(suspects) do
        note(string.format("%-16s %6.1f kWh in two hours by day", name, it:meter_kwh() - first[name]))
    end
end)
count("the meter sees the forgotten override", function() return forgotten:meter_kwh() - first.forgotten end, { at_least = 0.8 * 2 * 10, unit = "kWh" })

-- Put right: the operator resumes, the crew repairs; all is dark by ten.
at("09:05", function()
    forgotten:resume()
    for _, it in pairs(suspects) do it:repair() end
end)
expect { name = "dark by ten", at = "09:59", measure = function() return lamps():lit() end, equals = 0, unit = "lamps" }
expect { name = "no alarm is left", measure = "alarms.active", equals = 0 }
