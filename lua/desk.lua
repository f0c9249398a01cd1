local dd, own = ...
local duration_of_ns, only = own.duration_of_ns, own.only

---------------------------------------------------------------------------------------------------
--# The desk: what an operator sees

-- The moments of a row come as nanoseconds.
local moments = {
    "raised", "sent", "shelved_until", "heard", "opened", "over", "filed", "due", "since", "asked", "arrived", "ended",
}

local function with_durations(row)
    for _, field in ipairs(moments) do
        if row[field] then row[field] = duration_of_ns(row[field]) end
    end
    return row
end

-- Those of a list whose fields match, oldest first.
local function matching(rows, match, what)
    if match ~= nil and type(match) ~= "table" then
        error(what .. "'s filter must be a table of fields, not " .. tostring(match), 3)
    end
    local found = {}
    for _, row in ipairs(rows) do
        local fits = true
        for field, value in pairs(match or {}) do fits = fits and row[field] == value end
        if fits then found[#found + 1] = with_durations(row) end
    end
    table.sort(found, function(a, b) return a.number < b.number end)
    return found
end

local function all_with_durations(rows)
    for _, row in ipairs(rows) do with_durations(row) end
    return rows
end

---@class Desk
---What an operator of the centre sees, as plain tables: what the centre, the office and the crews have
---told, never what is true. Filters are tables of fields that must be equal.
desk = {}

---@class DeskAlarm
---@field number integer by which it is acknowledged and shelved
---@field what string its kind; `domdom help alarms` lists them
---@field entity string the id of what it is on
---@field entity_type string
---@field priority integer 1 high, 2 medium, 3 low
---@field value integer of its kind
---@field raised Duration when, since the start
---@field acknowledged boolean
---@field returned boolean its condition has gone away
---@field suppressed boolean its incident is known without it
---@field incident? integer that it belongs to
---@field shelved boolean
---@field shelved_until? Duration
---@field reason? string why it is on the shelf

---The alarms that are live: not both acknowledged and returned.
---@param match? table
---@return DeskAlarm[]
function desk.alarms(match) return matching(dd.desk_alarms(), match, "desk.alarms") end

-- Alarms that call for somebody.
local calling = { returned = false, acknowledged = false, suppressed = false, shelved = false }

---The alarms that call for somebody: they stand, nobody has acknowledged or shelved them, and no
---incident explains them.
---@return DeskAlarm[]
function desk.calling() return matching(dd.desk_alarms(), calling, "desk.calling") end

---@class DeskCommand
---@field number integer
---@field entity string the id of the segment that it went to
---@field entity_type "segment"
---@field what "read"|"override"|"resume"|"calendar"|"group"
---@field sent Duration when, since the start
---@field level? number percent, of an override

---The commands that are under way; how each ends is a record, `command_outcome`.
---@param match? table
---@return DeskCommand[]
function desk.commands(match) return matching(dd.desk_commands(), match, "desk.commands") end

---@class DeskIncident
---@field number integer
---@field entity string the id of what it names
---@field entity_type string
---@field cause string as the centre, a crew or an operator holds it
---@field reason string why
---@field confidence integer percent, of the cause
---@field settled boolean an operator or a crew has said the cause
---@field state string "opened", "changed", "over" or "closed"
---@field priority integer 1 high, 2 medium, 3 low
---@field dark integer lamps that the centre holds to be dark for it
---@field standing integer of its alarms that have not returned
---@field alarms integer that belonged to it ever
---@field reports integer citizens' reports that belong to it
---@field by_hand boolean an operator has opened it
---@field opened Duration when, since the start
---@field over? Duration since when it is over

---The incidents that are not closed.
---@param match? table
---@return DeskIncident[]
function desk.incidents(match) return matching(dd.desk_incidents(), match, "desk.incidents") end

---The incident of a number, closed or not; nil: there is none.
---@param number integer
---@return DeskIncident?
function desk.incident(number)
    local row = dd.desk_incident(number)
    return row and with_durations(row)
end

---@class DeskReport
---@field number integer
---@field entity string the id of the road, or of the lamp, that it names
---@field entity_type string
---@field topic string as the office holds it
---@field filed_as string the group that it was filed in
---@field text string what it says
---@field state "filed"|"with_ward"|"with_centre"
---@field ward? string the id of the ward or commune in which the place is
---@field unit? string the id of the ward or commune that has it
---@field incident? integer that it belongs to
---@field filed Duration when, since the start
---@field due Duration when it must be answered
---@field overdue boolean
---@field me_too integer who have joined it, or filed the same

---The citizens' reports that are not answered.
---@param match? table
---@return DeskReport[]
function desk.reports(match) return matching(dd.desk_reports(), match, "desk.reports") end

---@class DeskCrew
---@field number integer
---@field entity string its name, "crew-1"
---@field entity_type "crew"
---@field state "off"|"ready"|"driving"|"looking"|"working"|"returning"
---@field on_shift boolean
---@field free boolean on shift, without a ticket or a break
---@field since Duration of what it does now
---@field due? Duration when it will have done so, as far as it can tell
---@field ticket? integer that it is on

---The crews.
---@param match? table
---@return DeskCrew[]
function desk.crews(match) return matching(dd.desk_crews(), match, "desk.crews") end

---@class DeskTicket
---@field number integer
---@field entity string the id of where to
---@field entity_type string
---@field priority integer 1 high, 2 medium, 3 low
---@field asked Duration when, since the start
---@field incident? integer that it is for
---@field crew? string that goes, or went; nil: it waits for one
---@field arrived? Duration
---@field ended? Duration
---@field result? string what has come of it
---@field fault? string what the crew says it was

---The crews' tickets, those that have ended too.
---@param match? table
---@return DeskTicket[]
function desk.tickets(match) return matching(dd.desk_tickets(), match, "desk.tickets") end

---@class DeskLamp
---@field entity string its id
---@field segment string the ids of its segment, feeder and road, by the register
---@field feeder string
---@field road string
---@field pole integer the number of its pole along the feeder's cable
---@field kind string its luminaire, by the register
---@field light "unknown"|"lit"|"off"|"dark"|"burning" what the centre holds it to be
---@field why string the cause of that
---@field incident? integer that it is dark or burning for
---@field heard? Duration when it was last read, since the start; nil: never
---@field level number percent, as last read
---@field power number watts, as last read
---@field overridden boolean it said that it held an override
---@field answered boolean it answered when it was last asked
---@field supplied boolean its feeder was live then, as far as the controller knew

---What the register says of the lamps of a selection of anything, and what the centre holds of them.
---@param selection Selection
---@return DeskLamp[]
function desk.lamps(selection) return all_with_durations(dd.desk_lamps(dd.lamps_of(selection))) end

---@class DeskFeeder
---@field entity string its id
---@field segment string whose controller tells of it
---@field heard? Duration when its meter was last read
---@field energy number kilowatt-hours, as its meter said
---@field power number watts, as its meter said

---What the centre was told of a feeder.
---@param feeder Selection
---@return DeskFeeder
function desk.feeder(feeder)
    only(feeder, "feeder", "desk.feeder")
    return all_with_durations(dd.desk_feeders(feeder))[1]
end

---@class DeskSegment
---@field entity string its id
---@field lamps integer
---@field installed boolean it has a controller
---@field heard? Duration when its controller was last heard
---@field connected boolean whether a session with its controller is on

---What the centre holds of a segment's controller and line.
---@param segment Selection
---@return DeskSegment
function desk.segment(segment)
    only(segment, "segment", "desk.segment")
    return all_with_durations(dd.desk_segments(segment))[1]
end

---What a row of the desk, or a record, is about, for acting on it.
---@param row {entity: string, entity_type: string}
---@return Selection
function desk.place(row)
    if type(row) ~= "table" or type(row.entity) ~= "string" or type(row.entity_type) ~= "string" then
        error("desk.place takes a row of the desk or a record, not " .. tostring(row), 2)
    end
    return dd.entity(row.entity_type, row.entity)
end
