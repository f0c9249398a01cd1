local dd, own = ...
local ns_of, check_points = own.ns_of, own.check_points
local Selection = dd.selection_methods

--# Acting: operator and instructor

---The centre commands its lamps to hold a level (percent), for a time or until resumed.
---@param level number
---@param lasts? Duration|string
function Selection:override(level, lasts)
    if type(level) ~= "number" or not (level >= 0 and level <= 100) then
        error("override's level must be 0 to 100 percent, not " .. tostring(level), 2)
    end
    if level > 0 and level < 1 then
        error("override's level is in percent: " .. level .. " would be almost dark; write " .. 100 * level .. "?", 2)
    end
    dd.command("override", dd.lamps_of(self), level, lasts and ns_of(lasts, "override's duration") or 0)
end

---The centre commands its lamps back to their program.
function Selection:resume() dd.command("resume", dd.lamps_of(self), 0, 0) end

---The centre reads its lamps now.
function Selection:read() dd.command("read", dd.lamps_of(self), 0, 0) end

---The centre gives its segments another program, in the form of `program`. Segments get it whole:
---some of the lamps of one are an error.
---@param points {at: string, level: number}[]
function Selection:program(points)
    check_points(points, "program")
    dd.command_program(dd.lamps_of(self), points)
end

---An operator acknowledges the alarm with that number; false when no live alarm has it.
---@param number integer
---@return boolean
function acknowledge(number) return dd.acknowledge(number) end

---Does an action given as text, as on the command line: "override road:Đồng_Khởi 50% 1h".
---`domdom help actions` lists them.
---@param text string
function act(text) dd.act(text) end

---A crew hangs other luminaires on the poles of its lamps: those of the city file, or of a model,
---each new and with the node that the model has. Their segment's controller knows of them when it is
---commissioned.
---@param model? string
function Selection:refit(model) dd.refit(self, model) end

---A technician takes the inventory of its segments anew, of what hangs on the poles now, and starts
---their controllers, new ones where there were none.
function Selection:commission() dd.commission(self) end
