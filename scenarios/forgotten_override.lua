-- Forgotten Override: 2 September 2020, National Day. At 04:10 somebody in the centre orders full light
-- on Hùng Vương street for a parade and says no end; at the same time, for a market on Nguyễn Đình
-- Chiểu street, another orders it until half past five. The sun rises at 05:42, and on Hùng Vương the
-- lamps burn on.
--
-- What it teaches. An override without an end holds for ever, and no lamp does anything wrong: no lamp
-- alarm will ever tell. The centre has to remember what it has ordered: here it calls when an order
-- has held lamps for two hours and is to hold them for as long again. The one that ended by itself it
-- does not mention. Whoever resumes the street finds it on its program within a minute.
scenario {
    name = "Forgotten Override",
    about = "Full light was ordered for a parade, without an end; the centre remembers it.",
    city = "bentre",
    start = "2020-09-02 04:00",
    stop = "09:00",
}
set { ["backhaul.outages"] = 0, ["centre.override_h"] = 2 }

-- `--set happens=false` plays the same morning without the parade; then the criteria are not met.
local happens = param("happens", true)

local parade, market = road("Hùng Vương"), road("Nguyễn Đình Chiểu")
local held = parade:segments()
local others = lamps():without(held:lamps())

-- What an operator learns: alarms and incidents, and nothing else.
local named = {}
on("incident", { state = "opened", why = "order" }, function(it) named[it.entity] = true end)
local function count(set)
    local n = 0
    for _ in pairs(set) do n = n + 1 end
    return n
end

local ordered
process(function()
    wait_until("04:10")
    ordered = elapsed()
    if happens then held:override(100) end
    market:override(100, minutes(80))
    local alarm = wait_for("alarm_raised", { what = "forgottenOverride" }, hours(4))
    if not alarm then return end
    note("the centre asks after " .. alarm.value .. " lamps of " .. alarm.entity)
    acknowledge(alarm.number)
    wait_until("08:00") -- the morning shift comes in, and asks who ordered that
    note(held:lamps():lit() .. " lamps burn in the sun, for " .. string.format("%.1f", held:lamps():power() / 1000) .. " kW")
    held:resume()
end)

expect { name = "full light for the parade", at = "05:00", measure = function() return held:lamps():level() end, at_least = 99, unit = "%" }
expect { name = "and for the market", at = "05:00", measure = function() return market:level() end, at_least = 99, unit = "%" }
expect { name = "the market's ends by itself", at = "05:50", measure = function() return market:overridden() end, equals = 0, unit = "lamps" }
expect { name = "at seven the street burns in the sun", at = "07:00", measure = function() return held:lamps():lit_share() end, equals = 100, unit = "%" }
expect { name = "and nobody else", at = "07:00", measure = function() return others:lit() end, equals = 0, unit = "lamps" }
expect { name = "no lamp has told of it", at = "07:00", measure = function() return alarms_raised("lampUnexpectedOn") end, equals = 0 }
within {
    name = "the centre asks 2 h after the order", from = "06:10", limit = minutes(1),
    check = function() return alarms_active("forgottenOverride") == #held end,
}
expect { name = "by one incident a segment", at = "07:00", measure = function() return count(named) end, equals = #held }
within {
    name = "resumed, it is dark within a minute", from = "08:00", limit = minutes(1),
    check = function() return held:lamps():lit() == 0 end,
}
within {
    name = "and then nothing is left", from = "08:00", limit = minutes(5),
    check = function() return happens and alarms_active("forgottenOverride") == 0 and figure("incidents.open") == 0 end,
}
