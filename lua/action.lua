local dd, own = ...
local ns_of, check_points, check_fields = own.ns_of, own.check_points, own.check_fields
local check_number, check_text, check_place = own.check_number, own.check_text, own.check_place
local shown = own.shown
local duration_text, target_text = own.duration_text, own.target_text
local Selection = dd.selection_methods

---------------------------------------------------------------------------------------------------
--# Acting: the operator

-- " group=market"
local function group_text(group)
    if not group then return "" end
    if type(group) ~= "string" or not group:find("^%S+$") then
        error("a group has a name without blanks, not " .. shown(group), 3)
    end
    return " group=" .. group
end

---The centre commands its lamps to hold a level (percent), for a time or until resumed. With `to` and
---`back` they fade to it and back from it in that time; with `group` it means that group of their
---segments.
---@param level number
---@param lasts? Duration|string
---@param how? {to?: Duration|string, back?: Duration|string, group?: string}
function Selection:override(level, lasts, how)
    if type(level) ~= "number" or not (level >= 0 and level <= 100) then
        error("override's level must be 0 to 100 percent, not " .. tostring(level), 2)
    end
    if level > 0 and level < 1 then
        error("override's level is in percent: " .. level .. " would be almost dark; write " .. 100 * level .. "?", 2)
    end
    local ns = lasts and ns_of(lasts, "override's duration") or 0
    local text = string.format("override %s %g%%", target_text(self), level)
    if ns > 0 then text = text .. " " .. duration_text(ns) end
    how = how or {}
    check_fields(how, { to = "any", back = "any", group = "string" }, "override")
    local to = how.to and ns_of(how.to, "override's to") or 0
    local back = how.back and ns_of(how.back, "override's back") or 0
    if to > 0 then text = text .. " to=" .. duration_text(to) end
    if back > 0 then text = text .. " back=" .. duration_text(back) end
    text = text .. group_text(how.group)
    dd.command("override", dd.lamps_of(self), level, ns, text, how.group, to, back)
end

---The centre commands its lamps, or a group of their segments, back to their calendar.
---@param group? string
function Selection:resume(group)
    dd.command("resume", dd.lamps_of(self), 0, 0, "resume " .. target_text(self) .. group_text(group), group)
end

---The centre reads its lamps, or a group of their segments, now.
---@param group? string
function Selection:read(group)
    dd.command("read", dd.lamps_of(self), 0, 0, "read " .. target_text(self) .. group_text(group), group)
end

---The centre gives its segments, or a group of theirs, a calendar. Segments get it whole: without a
---group some of the lamps of one are an error.
---@param calendar Calendar
---@param group? string
function Selection:calendar(calendar, group)
    if not own.is_calendar(calendar) then
        error("calendar takes a calendar: segments():calendar(calendar{ programs = { ... } })", 2)
    end
    group_text(group)
    dd.command_calendar(dd.lamps_of(self), calendar.text, group,
        "calendar " .. target_text(self) .. " " .. calendar.text .. (group and " " .. group or ""))
end

---In the segments that they are in, its lamps are a group of that name from now on. An operator's
---overrides and calendars can mean the group.
---@param name string
function Selection:group(name)
    group_text(name)
    dd.command_group(dd.lamps_of(self), name, false, "group " .. target_text(self) .. " " .. name)
end

---Segments of its lamps have no group of that name any more.
---@param name string
function Selection:ungroup(name)
    group_text(name)
    dd.command_group(dd.lamps_of(self), name, true, "group " .. target_text(self) .. " " .. name .. " off")
end

---The centre gives its segments another program, in the form of `program`. Segments get it whole:
---some of the lamps of one are an error.
---@param points {at: string, level: number}[]
function Selection:program(points)
    check_points(points, "program")
    local words = {}
    for i, point in ipairs(points) do words[i] = string.format("%s=%g", point.at, point.level) end
    dd.command_program(dd.lamps_of(self), points, "program " .. target_text(self) .. " " .. table.concat(words, ","))
end

---An operator acknowledges the alarm with that number; false when no live alarm has it.
---@param number integer
---@return boolean
function acknowledge(number)
    return dd.attempt("acknowledge " .. check_number(number, "acknowledge", "an alarm"))
end

---An operator puts an alarm on the shelf for a while, for a reason: it calls nobody until then. False
---when no live alarm has the number.
---@param number integer
---@param lasts Duration|string
---@param reason string
---@return boolean
function shelve(number, lasts, reason)
    check_number(number, "shelve", "an alarm")
    local ns = ns_of(lasts, "shelve's duration")
    return dd.attempt(string.format("shelve %d %s %s", number, duration_text(ns),
        check_text(reason, "shelve", "a reason")))
end

---An operator takes an alarm back from the shelf; false when it is not there.
---@param number integer
---@return boolean
function unshelve(number)
    return dd.attempt("unshelve " .. check_number(number, "unshelve", "an alarm"))
end

---An operator opens an incident at a place by hand: one root cause. Causes are unknown, lamp, supply,
---feeder, cable, line, operator, centre_line, controller, mesh, order, firmware, flood, theft and
---nothing. Returns its number.
---@param place Selection
---@param cause string
---@param priority? "high"|"medium"|"low"
---@return integer
function open_incident(place, cause, priority)
    local text = "open " .. check_place(place, "open_incident") .. " " ..
        check_text(cause, "open_incident", "a cause")
    return dd.attempt(priority and text .. " " .. check_text(priority, "open_incident", "a priority") or text)
end

---An alarm belongs to an incident; false when one of them is not there any more.
---@param incident integer
---@param alarm integer
---@return boolean
function link_alarm(incident, alarm)
    return dd.attempt(string.format("link %d alarm %d", check_number(incident, "link_alarm", "an incident"),
        check_number(alarm, "link_alarm", "an alarm")))
end

---A citizen's report belongs to an incident; false when one of them is not there any more.
---@param incident integer
---@param report integer
---@return boolean
function link_report(incident, report)
    return dd.attempt(string.format("link %d report %d", check_number(incident, "link_report", "an incident"),
        check_number(report, "link_report", "a report")))
end

---An operator notes the cause of an incident, whatever the alarms add up to; false when it is closed.
---@param incident integer
---@param cause string
---@return boolean
function note_cause(incident, cause)
    return dd.attempt(string.format("cause %d %s", check_number(incident, "note_cause", "an incident"),
        check_text(cause, "note_cause", "a cause")))
end

---An operator closes an incident; false when it is closed already.
---@param incident integer
---@return boolean
function close_incident(incident)
    return dd.attempt("close " .. check_number(incident, "close_incident", "an incident"))
end

---Hands a citizen's report to a ward or commune, or to the control centre by `city()`; false when it is
---answered or was never filed.
---@param report integer
---@param unit Selection
---@return boolean
function transfer(report, unit)
    check_number(report, "transfer", "a report")
    local to = check_place(unit, "transfer")
    return dd.attempt(string.format("transfer %d %s", report, to))
end

---Answers a citizen's report: "done", "duplicate", "not_found", "not_ours" or "planned"; false when it
---is answered or was never filed.
---@param report integer
---@param what string
---@return boolean
function answer(report, what)
    check_number(report, "answer", "a report")
    return dd.attempt(string.format("answer %d %s", report, check_text(what, "answer", "an answer")))
end

---Sends a crew, or whichever can be there soonest, to a lamp, feeder, segment or road, for an incident.
---Until one can go the ticket waits. Returns the ticket's number; false and why when it cannot be.
---@param place Selection
---@param how? {crew?: string, incident?: integer, priority?: "high"|"medium"|"low"}
---@return integer|false
---@return string? why
function dispatch(place, how)
    how = how or {}
    check_fields(how, { crew = "string", incident = "number", priority = "string" }, "dispatch")
    local text = "dispatch " .. check_place(place, "dispatch")
    if how.crew then text = text .. " crew:" .. how.crew end
    if how.incident then
        text = text .. " incident=" .. check_number(how.incident, "dispatch", "an incident")
    end
    if how.priority then text = text .. " priority=" .. how.priority end
    return dd.attempt(text)
end

---Calls a crew home, so that its ticket ends, or withdraws a ticket that waits, by its number;
---false and why when there is no such thing to do.
---@param whom string|integer
---@return boolean
---@return string? why
function recall(whom)
    if type(whom) == "string" then return dd.attempt("recall crew:" .. whom) end
    return dd.attempt("recall " .. check_number(whom, "recall", "a ticket, or the name of a crew"))
end

---Writes a line into the shift's log: its arguments, with blanks between.
---@param ... any
function log(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    dd.act("log " .. check_text(table.concat(words, " "), "log", "a line"))
end

---Does an action given as text, as on the command line: "override road:Đồng_Khởi 50% 1h".
---`domdom help actions` lists them.
---@param text string
function act(text) dd.act(text) end

---------------------------------------------------------------------------------------------------
--# Acting: technicians in the street

---A crew hangs other luminaires on the poles of its lamps: those of the city file, or of a model,
---each new and with the node that the model has. Their segment's controller knows of them when it is
---commissioned.
---@param model? string
function Selection:refit(model) dd.refit(self, model) end

---A technician takes the inventory of its segments anew, of what hangs on the poles now, and starts
---their controllers: new ones, which remember nothing, where there were none or they were dead or
---their flash was worn.
function Selection:commission() dd.commission(self) end
