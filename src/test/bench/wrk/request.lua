-- Sends the requests of one rung, each with the token of the next of the callers.
-- Arguments: file of the tokens, what to send, its path, name of this run, requests per second (0: as fast as possible)
local ffi = require("ffi")
ffi.cdef("typedef struct { long sec; long usec; } ladder_time; int gettimeofday(ladder_time *t, void *zone);")
local clock = ffi.new("ladder_time")

local SUBJECTS = 500
local tokens, path, run, interval, next_at
local count = 0
local make

local function now()
  ffi.C.gettimeofday(clock, nil)
  return tonumber(clock.sec) * 1000 + tonumber(clock.usec) / 1000
end

local function get(target)
  return "GET " .. target .. " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " .. tokens[count % #tokens + 1] .. "\r\n\r\n"
end

-- A page.
local function page()
  return get(path)
end

-- One of the credentials. The path has a %d for the service account and one for the credential.
local function read()
  local number = count % SUBJECTS
  return get(string.format(path, number, number))
end

-- A credential with a new name, of one of the service accounts. The path has a %d for the account.
local function create()
  local body = '{"name":"n-' .. run .. "-" .. count .. '","description":"made by the pipeline"}'
  return "POST " .. string.format(path, count % SUBJECTS) .. " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
    .. tokens[count % #tokens + 1] .. "\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function init(args)
  tokens = dofile(args[1])
  make = ({ page = page, read = read, create = create })[args[2]]
  path = args[3]
  run = args[4]
  local rate = tonumber(args[5])
  if rate > 0 then
    interval = 1000 / rate
    next_at = now()
    -- wrk asks for it before each request: the connections take the times of a constant rate in turn.
    delay = function()
      next_at = next_at + interval
      return math.max(0, next_at - now())
    end
  end
end

function request()
  count = count + 1
  return make()
end

-- The line that the benchmark reads. Times are in microseconds.
function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format("ladder %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
