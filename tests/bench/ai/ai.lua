-- Posts one body again and again for wrk, each time as the next of the tokens in a file.
-- Arguments: file of the body, file of the tokens (optional), first token's number.
local tokens = {}
local number = 0

function init(args)
  local file = assert(io.open(args[1]))
  wrk.method = "POST"
  wrk.body = file:read("*a")
  wrk.headers["Content-Type"] = "application/json"
  file:close()
  if not args[2] then return end
  for token in io.lines(args[2]) do tokens[#tokens + 1] = token end
  number = tonumber(args[3])
end

function request()
  if #tokens > 0 then
    wrk.headers["Authorization"] = "Bearer " .. tokens[number % #tokens + 1]
    number = number + 1
  end
  return wrk.format()
end
