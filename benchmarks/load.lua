-- For wrk: POST the JSON after `--`, GET if there is none; print what came of it as one line of JSON.

function init(arguments)
  if arguments[1] then
    wrk.method = "POST"
    wrk.body = arguments[1]
    wrk.headers["Content-Type"] = "application/json"
  end
end

function done(summary, latency)
  local errors = summary.errors
  -- "read": the server closed a connection after an answer without having said so. The answer itself counts.
  io.write(string.format(
    '{"per_second": %.1f, "p50_ms": %.3f, "p99_ms": %.3f, "closed": %d, "failed": %d}\n',
    summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000,
    latency:percentile(99) / 1000,
    errors.read,
    errors.connect + errors.write + errors.status + errors.timeout
  ))
end
