-- An operator's process sees what the centre holds, and nothing else; what it plans sees no more.
scenario { name = "operator", city = "bentre", start = "2020-08-03 19:00", stop = "20:00" }
set { ["backhaul.outages"] = 0, ["citizens.per_day"] = 0 }

local here = segment("S-05")
local lamp1 = here:lamps():first(1)
local line = here:feeders():first(1)

-- Whether `f` is refused for being no operator's.
local function refused(f)
    local good, why = pcall(f)
    return not good and tostring(why):find("operator", 1, true) ~= nil
end

local truth = {
    lit = function() return here:lit() end,
    dark = function() return here:dark() end,
    lit_share = function() return here:lit_share() end,
    level = function() return here:level() end,
    power = function() return here:power() end,
    energy = function() return here:energy() end,
    illuminance = function() return here:illuminance() end,
    luminance = function() return here:luminance() end,
    uniformity = function() return here:uniformity() end,
    lighting_class = function() return here:lighting_class() end,
    well_lit = function() return here:well_lit() end,
    reachable = function() return here:reachable() end,
    parents = function() return here:parents() end,
    children = function() return here:children() end,
    voltage = function() return here:voltage() end,
    current = function() return here:current() end,
    phase = function() return line:current("L1") end,
    model = function() return here:model() end,
    meter_kwh = function() return here:meter_kwh() end,
    reading = function() return lamp1:reading() end,
    cabinet = function() return line:cabinet() end,
    sky = function() return sky() end,
    overridden = function() return here:overridden() end,
    gear = function() return lamp1:gear() end,
    figure = function() return figure("lamps.lit") end,
    fault_record = function() on("fault", print) end,
    action_record = function() on("action", print) end,
    matter_record = function() on("matter", print) end,
    fail = function() here:fail("led_open") end,
    repair = function() here:repair() end,
    hazard = function() here:hazard { fault = "led_open", per_1000_h = 1 } end,
    batch = function() here:batch { share = 10, fault = "led_open", factor = 2 } end,
    cut_after = function() line:cut_after(1) end,
    steal_cable = function() steal_cable { from = lamp1, poles = 1 } end,
    strike = function() strike(lamp1, 30) end,
    weather = function() weather { rain = 10 } end,
    file_report = function() file_report { topic = "rubbish", where = lamp1 } end,
    refit = function() here:refit() end,
    commission = function() here:commission() end,
    fail_text = function() act("fail city led_open") end,
    commission_text = function() act("commission city") end,
    expect = function() expect { name = "x", measure = "alarms.raised", at_least = 0 } end,
    within = function() within { name = "y", limit = "1m", check = function() return true end } end,
}

local names = {}
for name in pairs(truth) do names[#names + 1] = name end

local kept, later, seen, told = 0, 0, 0, 0
local function count_refused()
    local n = 0
    for _, name in ipairs(names) do
        if refused(truth[name]) then n = n + 1 else note(name .. " is not refused") end
    end
    return n
end

operator(function(desk)
    wait(minutes(1))
    kept = count_refused()
    -- What it plans, starts and is told runs as it does.
    after("1m", function() later = later + (refused(truth.lit) and 1 or 0) end)
    process(function() wait(seconds(5)); later = later + (refused(truth.sky) and 1 or 0) end)
    every("1m", function() later = later + (refused(truth.fail) and 1 or 0); return false end)
    on("alarm_raised", { what = "lampFailure" }, function(alarm)
        later = later + (refused(truth.gear) and 1 or 0)
        seen = desk.place(alarm) == lamp1 and alarm.number or 0
        return false
    end)
    -- Who else runs meanwhile sees the truth as before, and this one still does not.
    wait_until("19:20")
    told = refused(truth.lit) and 1 or 0
end)

process(function()
    wait_until("19:05")
    lamp1:fail("led_open")
    assert(not refused(truth.lit) and lamp1:dark() == 1, "others see what is true")
end)

-- A lamp's row is what the centre was told: it follows the truth only by readings.
local row, alarm
operator(function(desk)
    wait_until("19:58")
    row = desk.lamps(lamp1)[1]
    alarm = desk.alarms({ entity = row.entity, what = "lampFailure" })[1]
end)

-- Alarms and incidents by hand, from the desk alone. A broken feeder is one incident that keeps its
-- lamps' alarms from calling.
local other = feeder("F-020")
at("19:25", function() other:fail("breaker") end)
local grouped, shelved, unshelved, closed, gone, loud = {}, 0, 0, 0, 0, 0
operator(function(desk)
    wait_until("19:40")
    grouped = desk.incidents({ entity = other:ids()[1] })[1]
    loud = #desk.calling()
    local mine = desk.alarms({ what = "lampFailure" })[1]
    assert(acknowledge(mine.number) and not acknowledge(99999))
    assert(shelve(mine.number, "20m", "waits for a driver"))
    shelved = #desk.alarms({ shelved = true, reason = "waits for a driver" })
    assert(unshelve(mine.number) and not unshelve(mine.number))
    unshelved = #desk.alarms({ shelved = true })
    local incident = open_incident(desk.place(mine), "unknown", "low")
    assert(link_alarm(incident, mine.number) and not link_alarm(incident, 99999))
    assert(note_cause(incident, "lamp"))
    assert(desk.incident(incident).cause == "lamp" and desk.incident(incident).alarms == 1)
    assert(close_incident(incident) and not close_incident(incident))
    closed = desk.incident(incident).state == "closed" and 1 or 0
    gone = #desk.incidents({ number = incident })
    log("lamp", mine.entity, "waits for a driver")
    assert(not pcall(shelve, mine.number, "20m", "") and not pcall(open_incident, here:lamps(), "lamp"))
    assert(not pcall(open_incident, lamp1, "lmap") and not pcall(acknowledge, "3"))
end)

-- The register, orders under way, and crews.
local register, under_way, ended, ticket
operator(function(desk)
    wait_until("19:45")
    register = desk.lamps(lamp1)[1]
    here:override(80, "5m")
    under_way = desk.commands({ entity = here:ids()[1], what = "override" })[1]
    local outcome = wait_for("command_outcome", { number = under_way.number }, minutes(2))
    ended = outcome and outcome.outcome
    assert(#desk.commands({ number = under_way.number }) == 0)
    local number = assert(dispatch(other, { incident = grouped.number, priority = "high" }))
    assert(not dispatch(other, { incident = 99999 }) and not recall("crew-8"))
    wait(minutes(2))
    ticket = desk.tickets({ number = number })[1]
    local crew = desk.crews({ ticket = number })[1]
    assert(crew and crew.entity == ticket.crew and not crew.free)
    assert(recall(ticket.crew) and not recall(ticket.crew))
    assert(desk.tickets({ number = number })[1].result == "recalled")
end)
expect { name = "registered", measure = function() return register.segment == here:ids()[1] and register.feeder == line:ids()[1] and register.pole or 0 end, equals = 1 }
expect { name = "ordered", measure = function() return under_way.level end, equals = 80 }
expect { name = "obeyed", measure = function() return ended == "done" and 1 or 0 end, equals = 1 }
expect { name = "sent for the incident", measure = function() return ticket.incident end, equals = 2 }

expect { name = "a feeder is one incident", measure = function() return grouped.number or 0 end, at_least = 1 }
expect { name = "of its cause", measure = function() return grouped.cause == "feeder" and 1 or 0 end, equals = 1 }
expect { name = "with its dark lamps", measure = function() return grouped.dark or 0 end, at_least = 5 }
expect { name = "few alarms call", measure = function() return loud end, between = { 1, 4 } }
expect { name = "on the shelf", measure = function() return shelved end, equals = 1 }
expect { name = "and back", measure = function() return unshelved end, equals = 0 }
expect { name = "closed", measure = function() return closed end, equals = 1 }
expect { name = "and off the desk", measure = function() return gone end, equals = 0 }

expect { name = "kept from the truth", measure = function() return kept end, equals = #names }
expect { name = "and all that it starts", measure = function() return later end, equals = 4 }
expect { name = "the rest goes on", measure = function() return told end, equals = 1 }
expect { name = "an alarm was seen at its lamp", measure = function() return seen end, at_least = 1 }
expect { name = "it is on the desk", measure = function() return alarm and alarm.number or 0 end, at_least = 1 }
expect { name = "acknowledged", measure = function() return alarm and alarm.acknowledged and 1 or 0 end, equals = 1 }
expect { name = "the lamp was read lately", measure = function() return row.heard:minutes() end, at_least = 30 }
