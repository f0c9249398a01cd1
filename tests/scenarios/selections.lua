-- Choosing lamps and what belongs to them.
scenario { name = "selections", city = "bentre", start = "2020-08-03 17:00", stop = "17:10" }

local all = lamps()
assert(#all == 6800 and all:count() == 6800 and #segments() == #all:segments() and #roads() == 83)
local street = lamps { road = "Đồng Khởi" }
assert(#street > 0 and #street < 1000 and street == road("Đồng Khởi"):lamps())
assert(street == lamps { road = "road-002" } and #street:roads() == 1)
assert(#all:without(street) == 6800 - #street and #street:without(all) == 0)
assert(#street:first(5) == 5 and street:first(5):ids()[1] == street:ids()[1])

-- Each kind of filter, alone and together.
for _, filter in ipairs { { segment = "S-01" }, { feeder = "F-001" }, { ward = "An Hội" },
    { kind = "LED-flood-400" }, { class = "internal" }, { id = "L-0001" } } do
    local some = lamps(filter)
    assert(#some > 0 and #some < 6800, tostring(some))
end
local both = lamps { road = "Đồng Khởi", kind = "LED-street-150" }
assert(#both <= #street and #both:without(street) == 0)

-- Feeders and segments cover their lamps.
local covered = 0
feeders():each(function(f) covered = covered + #f:lamps() end)
assert(covered == 6800)

-- pick draws without repetition, by the run's luck.
local some = all:pick(100)
local seen = {}
for _, id in ipairs(some:ids()) do
    assert(not seen[id])
    seen[id] = true
end
assert(some ~= all:pick(100))

expect { name = "chosen", measure = function() return #some end, equals = 100 }
