-- Operator Shift: a night shift at the control centre, 18:00 to 02:00 of 3 August 2020, played by a
-- script that knows only what an operator knows. The instructor makes the night: lamps fail, a feeder
-- trips, cable is stolen, a line and a supply fail. The operator looks at his desk, acknowledges,
-- sends crews, shelves what must wait, notes causes, closes incidents, hands citizens' reports on,
-- answers those of the light, and writes the log. What is true he is never told; at the end the score holds both side by side (`shift` in summary.json).
--
-- What it teaches. An operator answers alarms one at a time and crews drive for a while, so that what
-- counts is which comes first: the cause behind many alarms. `--set crews=1` leaves him one crew.
scenario {
    name = "Operator Shift",
    about = "A night shift at the control centre, played from the desk alone.",
    city = "bentre",
    start = "2020-08-03 17:45",
    stop = "2020-08-04 02:00",
}
set {
    ["backhaul.outages"] = 0,
    ["crew.night_n"] = param("crews", 2),
    ["office.automatic"] = 0, -- at night the operator keeps the citizens' reports too
}

-- `--set happens=false` is a night in which nothing goes wrong; then the criteria are not met.
local happens = param("happens", true)

---------------------------------------------------------------------------------------------------
-- The instructor's night.

local tripped, robbed = feeder("F-020"), feeder("F-035")
local silent, unfed = segment("S-33"), segment("S-12")
local old_lamps = { lamp("L-0366"), lamp("L-2100"), lamp("L-5005") }

if happens then
    at("18:40", function() old_lamps[1]:fail("driver_dead") end)
    at("19:20", function() tripped:fail("breaker") end)
    at("20:10", function() old_lamps[2]:fail("led_open") end)
    at("20:45", function() steal_cable { from = robbed:poles(20, 20):first(1), poles = 4 } end)
    at("21:30", function() silent:fail("line", { lasts = "70m" }) end)
    at("22:10", function() unfed:fail("blackout", { lasts = "50m" }) end)
    at("23:15", function() old_lamps[3]:fail("driver_dead") end)
end

---------------------------------------------------------------------------------------------------
-- The operator. Each thing that he does takes him a while, and he does one at a time.

-- What others see to: the power company, the telecom operators.
local others = { supply = "the power company", line = "the telecom", operator = "the telecom", centre_line = "the telecom" }

-- What the faults that crews find are, in the words of causes.
local cause_of_fault = {
    led_open = "lamp", led_short = "lamp", driver_dead = "lamp", relay_open = "lamp", node_dead = "lamp",
    breaker = "feeder", phase_l1 = "feeder", phase_l2 = "feeder", phase_l3 = "feeder",
    contactor_dead = "feeder", contactor_welded = "feeder", bypass = "feeder", switched_off = "feeder",
    cable_cut = "theft", short_circuit = "cable", controller = "controller", flooded = "flood",
}

operator(function(desk)
    local tickets = {} -- by incident: the number of the ticket for it
    local heard = {}   -- by ticket: when the crew said what had come of it
    local told = {}    -- by incident: when others were told of it

    -- Whoever looks again after each sees that the first incident has taken many off the list.
    local function look_at_alarms()
        local calling = desk.calling()
        while calling[1] do
            wait(seconds(20))
            acknowledge(calling[1].number)
            calling = desk.calling()
        end
    end

    local function send(incident)
        local ticket, why = dispatch(desk.place(incident),
            { incident = incident.number, priority = incident.dark > 3 and "high" or "medium" })
        tickets[incident.number] = ticket
        log("incident", incident.number, "at", incident.entity .. ":", ticket and "a crew is asked for" or why)
    end

    -- Somebody else's line or supply: tell them, and put its alarms on the shelf as long as they need.
    local function tell(incident, who)
        told[incident.number] = elapsed()
        for _, alarm in ipairs(desk.alarms { incident = incident.number, returned = false, shelved = false }) do
            shelve(alarm.number, "1h", who .. " sees to it")
        end
        log("incident", incident.number, "at", incident.entity .. ":", who, "has been told")
    end

    local function take_up(incident)
        wait(seconds(40))
        if others[incident.cause] then return tell(incident, others[incident.cause]) end
        desk.place(incident):read()
        send(incident)
    end

    -- What a crew says of a ticket that has ended: its word on the cause counts.
    local function hear_of(incident, ticket)
        local cause = cause_of_fault[ticket.fault or "none"]
        wait(seconds(30))
        heard[ticket.number] = elapsed()
        if cause and cause ~= incident.cause then note_cause(incident.number, cause) end
        log("incident", incident.number, "at", incident.entity .. ":", ticket.crew, "says", ticket.result, ticket.fault or "")
    end

    -- An incident that is not over half an hour after the crew has left wants another look.
    local function follow(incident, ticket)
        if ticket.ended and not heard[ticket.number] then
            hear_of(incident, ticket)
        elseif ticket.ended and elapsed() > heard[ticket.number] + minutes(30) then
            desk.place(incident):read()
            send(incident)
        end
    end

    local function look_at_incidents()
        for _, incident in ipairs(desk.incidents()) do
            local ticket = tickets[incident.number]
            if incident.state == "over" then
                wait(seconds(15))
                close_incident(incident.number)
            elseif ticket then
                follow(incident, desk.tickets({ number = ticket })[1])
            elseif not told[incident.number] then
                take_up(incident)
            end
        end
    end

    -- Reports: those of light are the centre's own, which looks for their incident, and are answered
    -- once that is closed; all others go to the ward or commune. What people write tells more than
    -- the group in which they filed it.
    local function is_of_light(report) return report.topic == "lighting" or report.text:find("lamp") end

    local function look_at_reports()
        for _, report in ipairs(desk.reports()) do
            local incident = report.incident and desk.incident(report.incident)
            if report.state == "filed" then
                wait(seconds(30))
                transfer(report.number, is_of_light(report) and city() or ward(report.ward))
            elseif incident and incident.state == "closed" then
                wait(seconds(30))
                answer(report.number, incident.cause == "nothing" and "not_found" or "done")
            end
        end
    end

    log("the shift begins")
    while civil():sub(12, 16) > "12:00" or civil():sub(12, 16) < "01:50" do
        look_at_alarms()
        look_at_incidents()
        look_at_reports()
        wait(minutes(1))
    end
    log("the shift ends;", #desk.incidents(), "incidents are left for the day,", #desk.calling(), "alarms call")
end)

---------------------------------------------------------------------------------------------------
-- The examiner: what is true against what the desk made of it.

expect { name = "troubles found", measure = function() return 100 * figure("shift.detected") / figure("shift.troubles") end, at_least = 100, unit = "%" }
expect { name = "found within, on average", measure = "shift.detection_min", at_most = 15 }
expect { name = "right causes", measure = "shift.right_causes", at_least = 6 }
expect { name = "wrong causes", measure = "shift.wrong_causes", at_most = 1 }
expect { name = "unfounded incidents", measure = "shift.unfounded", at_most = 3 }
expect { name = "acknowledged within, on average", measure = "shift.acknowledge_min", at_most = 3 }
expect { name = "no alarm waits", measure = "shift.waiting", equals = 0 }
expect { name = "a crew sent within, on average", measure = "shift.sent_min", at_most = 45 }
expect { name = "mended", measure = "shift.mended", at_least = 5 }
expect { name = "mended within, on average", measure = "shift.repair_min", at_most = 120 }
expect { name = "lamp hours in the dark", measure = "shift.dark_h", at_most = 350 }
expect { name = "no report waits to be handed on", measure = function() return #desk.reports { state = "filed" } end, equals = 0 }
expect { name = "reports of light answered", measure = "office.answered", at_least = 1 }
expect { name = "and in time", measure = "office.in_time", equals = 100 }
expect { name = "lines in the log", measure = "shift.log_lines", at_least = 10 }
