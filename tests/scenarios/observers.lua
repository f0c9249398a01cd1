-- Observers: on, filters, their end; the grid on which they are told.
scenario { name = "observers", city = "bentre", start = "2020-08-03 18:00", stop = "18:40" }

local changed, of_one, first_two, off_grid = 0, 0, 0, 0
local one = lamp("L-0100")
on("lamp_light", function(record)
    changed = changed + 1
    if elapsed():seconds() * 10 % 1 ~= 0 then off_grid = off_grid + 1 end
    assert(record.time <= elapsed() and record.kind == "lamp_light" and record.entity_type == "lamp")
end)
on("lamp_light", { entity = one:ids()[1], light = 100 }, function(record)
    of_one = of_one + 1
    assert(record.reason == "program" and record.power > 1)
end)
on("lamp_light", function()
    first_two = first_two + 1
    return first_two < 2
end)

-- Whoever stops the world between two tenths of a second does not make them be told sooner.
every(seconds(0.07), function() end)

expect { name = "every lamp was seen to go on", measure = function() return changed end, at_least = 6800 }
expect { name = "one of them", measure = function() return of_one end, equals = 1 }
expect { name = "who returns false is told no more", measure = function() return first_two end, equals = 2 }
expect { name = "told at full tenths of a second", measure = function() return off_grid end, equals = 0 }
