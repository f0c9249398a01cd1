local dd, own = ...
local check_fields, only = own.check_fields, own.only
local Selection = dd.selection_methods

--# Boards: what is expected of them

---An expectation: its board, from the first to the last, says what its shadow says. It fails by the
---number of messages in which they have parted (`board().first_divergence` and the report at the end
---say which); and where nothing was compared, which is no proof of anything.
---@param spec? {name?: string}
function Selection:expect_no_divergence(spec)
    spec = spec or {}
    only(self, "segment", "expect_no_divergence")
    check_fields(spec, { name = "string" }, "expect_no_divergence")
    expect {
        name = spec.name or "no divergence in " .. self:ids()[1],
        measure = function()
            local board = self:board()
            if not board or board.compared == 0 then return 0 / 0 end
            return board.divergences
        end,
        equals = 0,
        unit = "messages",
    }
end
