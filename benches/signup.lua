-- wrk sends this: a form with an address of its own each time, and the stamp of a form that was shown.
-- Arguments: the stamp, a prefix that parts one run from another.
local number, thread = 0, 0
local threads = {}

function setup(one)
  one:set("id", #threads)
  table.insert(threads, one)
end

function init(args)
  stamp, prefix = args[1], args[2]
  codes = {}
  taken, refused, busy, other = 0, 0, 0, 0
end

function request()
  number = number + 1
  local email = prefix .. id .. "." .. number .. "%40reader" .. (number % 50) .. ".example"
  return wrk.format("POST", nil, { ["Content-Type"] = "application/x-www-form-urlencoded" },
    "name=&website=&email=" .. email .. "&stamp=" .. stamp)
end

function response(status)
  if status == 303 then taken = taken + 1
  elseif status == 429 then refused = refused + 1
  elseif status == 503 then busy = busy + 1
  else other = other + 1 end
end

function done(summary, latency)
  local taken, refused, busy, other = 0, 0, 0, 0
  for _, one in ipairs(threads) do
    taken, refused = taken + one:get("taken"), refused + one:get("refused")
    busy, other = busy + one:get("busy"), other + one:get("other")
  end
  local seconds = summary.duration / 1e6
  io.write(string.format("accepted %d (%.0f/s), 429: %d, 503: %d, anything else: %d, broken off: %d\n",
    taken, taken / seconds, refused, busy, other, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
  io.write(string.format("answers: half within %.0f ms, 99 of 100 within %.0f ms, the last after %.0f ms\n",
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
