-- What the library's functions check of what a scenario gives them. Each says what is wrong at the
-- line of the scenario that called.
local dd, own = ...

-- A value as a message shows it: texts in quotes, so that "5" and 5 can be told apart.
local function shown(value)
    return type(value) == "string" and '"' .. value .. '"' or tostring(value)
end

local function check_fields(spec, known, what)
    if type(spec) ~= "table" then error(what .. " takes a table: " .. what .. "{ ... }", 3) end
    for key, value in pairs(spec) do
        local kind = known[key]
        if not kind then
            local near, names = dd.nearest(tostring(key), known), {}
            for name in pairs(known) do names[#names + 1] = name end
            error(what .. " has no field '" .. tostring(key) .. "'" ..
                (near and ", did you mean '" .. near .. "'?" or "; there are " .. table.concat(names, ", ")), 3)
        elseif kind ~= "any" and type(value) ~= kind then
            error(what .. "'s field '" .. key .. "' must be a " .. kind .. ", not " .. shown(value), 3)
        end
    end
end

local function check_function(f, what)
    if type(f) ~= "function" then error(what .. " needs a function, not " .. tostring(f), 3) end
end

local function check_count(n, what, most)
    if type(n) ~= "number" or not (n >= 0) or n ~= math.floor(n) then
        error(what .. " takes a whole number from 0 on, not " .. shown(n), 3)
    end
    if n > most then error(what .. "(" .. n .. "): there are only " .. most .. " members", 3) end
    return n
end

-- The only member of a selection of one type; or an error.
local function only(selection, type_name, what)
    if #selection ~= 1 or dd.type(selection) ~= type_name then
        error(what .. " is asked of one " .. type_name .. ", not of " .. tostring(selection), 3)
    end
end

local function check_points(points, what)
    if type(points) ~= "table" or #points == 0 then
        error(what .. " takes a list: " .. what ..
            '{ {at = "sunset", level = 100}, {at = "sunrise", level = 0} }', 3)
    end
    for i, point in ipairs(points) do
        check_fields(point, { at = "string", level = "number" }, what .. "'s point " .. i)
        if not point.at or not point.level then error(what .. "'s point " .. i .. " needs at and level", 3) end
    end
end

-- Every action has a text, which is how the records tell it and how the command line says it.

-- "1h30m"
local function duration_text(ns)
    local text, ms = "", ns // 1000000
    for _, unit in ipairs { { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 } } do
        local n = ms // unit[2]
        if n > 0 then text, ms = text .. n .. unit[1], ms - n * unit[2] end
    end
    return text == "" and "0s" or text
end

-- "lamp:L-0001", or "12 lamps"
local function target_text(selection)
    if #selection ~= 1 then return tostring(selection) end
    if dd.type(selection) == "city" then return "city" end
    return (dd.type(selection) .. ":" .. dd.ids(selection)[1]):gsub(" ", "_")
end

local function check_number(number, verb, what)
    if math.type(number) ~= "integer" or number < 1 then
        error(verb .. " needs the number of " .. what .. ", not " .. shown(number), 3)
    end
    return number
end

local function check_text(text, verb, what)
    if type(text) ~= "string" or text:find("^%s*$") then
        error(verb .. " needs " .. what .. " in quotes, not " .. shown(text), 3)
    end
    return (text:gsub("[\r\n]", " "))
end

-- The only member of a selection of anything, as a target.
local function check_place(selection, verb)
    if not dd.is_selection(selection) or #selection ~= 1 then
        error(verb .. " needs one place, such as lamp(\"L-0001\") or desk.place(alarm), not " ..
            tostring(selection), 3)
    end
    return target_text(selection)
end

own.shown, own.check_fields, own.check_function = shown, check_fields, check_function
own.check_count, own.only, own.check_points = check_count, only, check_points
own.check_number, own.check_text, own.check_place = check_number, check_text, check_place
own.duration_text, own.target_text = duration_text, target_text
