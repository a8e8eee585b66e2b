-- Makes time entries of a minute each, one after the other, for wrk.
-- Arguments: cookie, origin.
local number = 0

function init(args)
  wrk.method = "POST"
  wrk.headers["Cookie"] = args[1]
  wrk.headers["Origin"] = args[2]
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local at = tonumber(os.getenv("FIRST")) + 60 * number
  number = number + 1
  local body = string.format('{"started_at":"%s","ended_at":"%s","note":"measured"}',
    os.date("!%Y-%m-%dT%H:%M:%SZ", at), os.date("!%Y-%m-%dT%H:%M:%SZ", at + 60))
  return wrk.format(nil, nil, nil, body)
end
