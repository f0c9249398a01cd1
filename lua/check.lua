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

own.shown, own.check_fields, own.check_function = shown, check_fields, check_function
own.check_count, own.only, own.check_points = check_count, only, check_points
