local dd, own = ...
local check_fields, check_count, only = own.check_fields, own.check_count, own.only

--# Choosing lamps and what belongs to them

---@class Selection
---Some lamps, or one segment, feeder, road or ward. Two selections can be compared with `==`;
---`#s` is the number of members.
---@operator len: integer
local Selection = dd.selection_methods

setmetatable(Selection, {
    __index = function(_, key)
        if type(key) == "number" then
            error("a selection is no list; write s:first(n), s:pick(n), s:ids() or s:each(f)", 2)
        end
        local near = dd.nearest(tostring(key), Selection)
        error("a selection has no '" .. tostring(key) .. "'" ..
            (near and ", did you mean '" .. near .. "'?" or "; 'domdom api' lists what it has"), 2)
    end,
})

local filter_fields = {
    id = "string", road = "string", segment = "string", feeder = "string", ward = "string",
    kind = "string", class = "string",
}

---The lamps of a road, segment, feeder, ward, luminaire kind or road class; without a filter, all
---lamps of the city. Fields may be combined. Roads and wards go by name or id.
---@param filter? {id?: string, road?: string, segment?: string, feeder?: string, ward?: string, kind?: string, class?: string}
---@return Selection
function lamps(filter)
    filter = filter or {}
    check_fields(filter, filter_fields, "lamps")
    return dd.lamps(filter.id, filter.road, filter.segment, filter.feeder, filter.ward, filter.kind, filter.class)
end

local function single(type_name)
    return function(name)
        if type(name) ~= "string" then
            error(type_name .. " takes a name in quotes, not " .. tostring(name), 2)
        end
        return dd.entity(type_name, name)
    end
end

---The lamp with that id.
---@param id string
---@return Selection
function lamp(id) end
lamp = single("lamp")

---The segment (one controller with its lamps) with that id.
---@param id string
---@return Selection
function segment(id) end
segment = single("segment")

---The feeder with that id.
---@param id string
---@return Selection
function feeder(id) end
feeder = single("feeder")

---The road with that name or id.
---@param name string
---@return Selection
function road(name) end
road = single("road")

---The ward or commune with that name or id.
---@param name string
---@return Selection
function ward(name) end
ward = single("ward")

---The city itself; what fails of it is the centre's own line: `city():fail("outage")`.
---@return Selection
function city() return dd.all("city") end

---The telecom operator of that name: "fixed" has the fibre lines, "mobile-a" and "mobile-b" the
---mobile ones. All of its lines are down at once: `carrier("mobile-a"):fail("outage")`.
---@param name string
---@return Selection
function carrier(name) end
carrier = single("operator")

---All segments of the city.
---@return Selection
function segments() return dd.all("segment") end

---All feeders of the city.
---@return Selection
function feeders() return dd.all("feeder") end

---All roads of the city.
---@return Selection
function roads() return dd.all("road") end

---How many members it has.
---@return integer
function Selection:count() return #self end

---The lamps that belong to it: of a segment, feeder, road or ward.
---@return Selection
function Selection:lamps() return dd.lamps_of(self) end

---The segments that its lamps belong to.
---@return Selection
function Selection:segments() return dd.related(self, "segment") end

---The feeders that its lamps hang on.
---@return Selection
function Selection:feeders() return dd.related(self, "feeder") end

---The roads that its lamps stand on.
---@return Selection
function Selection:roads() return dd.related(self, "road") end

---Its first `n` members; asking for more than it has is an error.
---@param n integer
---@return Selection
function Selection:first(n) return dd.slice(self, 1, check_count(n, "first", #self)) end

---`n` of its members, drawn by the run's luck; asking for more than it has is an error.
---@param n integer
---@return Selection
function Selection:pick(n)
    local order = {}
    check_count(n, "pick", #self)
    for i = 1, #self do order[i] = i end
    for i = 1, n do
        local j = math.random(i, #self)
        order[i], order[j] = order[j], order[i]
    end
    return dd.chosen(self, order, n)
end

---Its members that are not members of the other, which must be of the same type: the lamps that are
---not a feeder's are `lamps():without(feeder("F-001"):lamps())`.
---@param other Selection
---@return Selection
function Selection:without(other) return dd.without(self, other) end

---The number of its pole along its feeder's cable, from 1 at the cabinet. Of one lamp.
---@return integer
function Selection:pole()
    only(self, "lamp", "pole")
    return dd.pole(self)
end

---The lamps on its poles from number `first` (of 1) to number `last` (of all). Of one feeder.
---@param first? integer
---@param last? integer
---@return Selection
function Selection:poles(first, last)
    only(self, "feeder", "poles")
    return dd.poles(self, first or 1, last or math.maxinteger)
end

---The lamps on its pole and on all poles beyond, away from the cabinet: what goes dark when the
---cable is cut before it. Of one lamp.
---@return Selection
function Selection:outward()
    only(self, "lamp", "outward")
    return dd.poles(dd.related(self, "feeder"), dd.pole(self), math.maxinteger)
end

---The ids of its members.
---@return string[]
function Selection:ids() return dd.ids(self) end

---Calls `f` with each member as a selection of one.
---@param f fun(member: Selection)
function Selection:each(f)
    for i = 1, #self do f(dd.slice(self, i, i)) end
end
