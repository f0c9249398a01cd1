-- Every expectation here is wrong on purpose: each must fail, at its limit's very edge.
scenario { name = "failing", city = "bentre", start = "2020-08-03 17:00", stop = "17:30" }

local function five() return 5 end
expect { name = "at least", measure = five, at_least = 5.001 }
expect { name = "at most", measure = five, at_most = 4.999 }
expect { name = "equals", measure = five, equals = 6 }
expect { name = "between, below", measure = five, between = { 5.001, 6 } }
expect { name = "between, above", measure = five, between = { 4, 4.999 } }
expect { name = "nothing measured", measure = function() return 0 / 0 end, at_most = 1 }
expect { name = "a figure", at = "17:10", measure = "lamps.lit", at_least = 1 }
within { name = "never", from = "17:05", limit = "5m", check = function() return false end }
within { name = "too late", from = "17:05", limit = "5m", check = function() return elapsed() > minutes(11) end }
