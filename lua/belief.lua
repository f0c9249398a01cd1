local dd, own = ...
local ns_of = own.ns_of
local Selection = dd.selection_methods

--# What the centre believes

---The share of its lamps that the centre has read within the last `since`, percent.
---@param since Duration|string
---@return number
function Selection:heard(since) return dd.heard(self, ns_of(since, "heard's time")) end

---Whether the centre has an active alarm on one of its members, of a kind ("supplyLoss") or any.
---An alarm of a feeder is not one of its lamps.
---@param kind? string
---@return boolean
function Selection:alarm(kind) return dd.alarm_on(self, kind) end

---Alarms whose condition stands now: how many, of a kind or all.
---@param kind? string
---@return integer
function alarms_active(kind) return (dd.alarms(kind)) end

---Alarms raised since the start: how many, of a kind or all.
---@param kind? string
---@return integer
function alarms_raised(kind)
    local _, raised = dd.alarms(kind)
    return raised
end
