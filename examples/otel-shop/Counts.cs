using System.Diagnostics;
using System.Globalization;

namespace OtelShop;

/// <summary>What the shop did, counted and measured by itself. Thread safe.</summary>
internal sealed class Counts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, string Route, string Name), Tally> _tallies = [];

    /// <summary>All of it.</summary>
    public IReadOnlyList<Tally> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _tallies.Values];
            }
        }
    }

    /// <summary>A step that counts requests by route and status, and the exceptions that leave them.</summary>
    public async Task CountRequestAsync(HttpContext context, RequestDelegate next)
    {
        long began = Stopwatch.GetTimestamp();
        int status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(context);
            status = context.Response.StatusCode;
        }
        catch (Exception exception)
        {
            AddException(context, exception);
            throw;
        }
        finally
        {
            bool hasFailed = status >= StatusCodes.Status500InternalServerError;
            Add("request", context, status.ToString(CultureInfo.InvariantCulture), hasFailed, Stopwatch.GetElapsedTime(began));
        }
    }

    public void AddStatement(HttpContext context, string statement, bool hasFailed, TimeSpan elapsed) =>
        Add("sql", context, statement, hasFailed, elapsed);

    public void AddCall(HttpContext context, Uri uri, bool hasFailed, TimeSpan elapsed) => Add("http", context, uri.AbsolutePath, hasFailed, elapsed);

    public void AddException(HttpContext context, Exception exception) =>
        Add("exception", context, $"{exception.GetType().FullName}: {exception.Message}", hasFailed: true, TimeSpan.Zero);

    private void Add(string kind, HttpContext context, string name, bool hasFailed, TimeSpan elapsed)
    {
        string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? context.Request.Path;
        lock (_lock)
        {
            Tally tally = _tallies.GetValueOrDefault((kind, route, name)) ?? new Tally(kind, route, name, 0, 0, 0);
            _tallies[(kind, route, name)] = tally with
            {
                Count = tally.Count + 1,
                Failures = tally.Failures + (hasFailed ? 1 : 0),
                Milliseconds = tally.Milliseconds + elapsed.TotalMilliseconds,
            };
        }
    }
}

/// <summary>What was done several times in requests of one route.</summary>
/// <param name="Kind">Requests, statements (sql), calls (http) or exceptions.</param>
/// <param name="Route">The route of the requests; the path where there is none.</param>
/// <param name="Name">The status, the statement, the path or the exception.</param>
/// <param name="Count">How many there were.</param>
/// <param name="Failures">How many of them failed.</param>
/// <param name="Milliseconds">How long all of them took together.</param>
internal sealed record Tally(string Kind, string Route, string Name, int Count, int Failures, double Milliseconds);
