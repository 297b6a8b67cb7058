using System.Text;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Compare.Requests;

/// <summary>Asks one query many times on one connection, from the first byte sent to the last byte of the response. Used by one thread.</summary>
internal sealed class Requester(TimeProvider clock, CancellationToken stop) : IDisposable
{
    // The slowest query of the slowest system takes tens of seconds.
    private readonly HttpClient _http = BlockingHttp.CreateClient(TimeSpan.FromMinutes(10));
    private byte[] _response = [];

    /// <summary>The last response's body.</summary>
    public ReadOnlySpan<byte> Response => _response;

    /// <summary>Asks once.</summary>
    /// <exception cref="InvalidDataException">The response is not 200.</exception>
    public TimeSpan Ask(HttpRequestMessage request)
    {
        stop.ThrowIfCancellationRequested();
        long start = clock.GetTimestamp();
        HttpResponseHead response = _http.Exchange(request, out _response);
        TimeSpan taken = clock.GetElapsedTime(start);
        return response.Status == 200
            ? taken
            : throw new InvalidDataException(
                $"{request.Method} {request.RequestUri} was answered with {response.Status}: "
                    + $"{Encoding.UTF8.GetString(Response[..Math.Min(Response.Length, 500)])}");
    }

    /// <summary>Asks some times to warm up, then measures.</summary>
    /// <param name="request">Makes the request, a new one each time.</param>
    /// <param name="warmUp">Times that do not count.</param>
    /// <param name="count">Times that count.</param>
    /// <param name="atMost">Ends sooner, but not before one measured time, when it has taken so long.</param>
    public LatencyHistogram Measure(Func<HttpRequestMessage> request, int warmUp, int count, TimeSpan atMost) =>
        MeasureByTurns([() => Ask(request())], warmUp, count, atMost, clock)[0];

    /// <summary>The same for several, each asked once before any is asked again.</summary>
    /// <param name="asks">Each asks once and returns how long that took.</param>
    /// <param name="warmUp">Times that do not count.</param>
    /// <param name="count">Times that count.</param>
    /// <param name="atMost">Ends sooner, but not before one measured time, when all together have taken so long.</param>
    /// <param name="clock">Says how long.</param>
    public static LatencyHistogram[] MeasureByTurns(IReadOnlyList<Func<TimeSpan>> asks, int warmUp, int count, TimeSpan atMost, TimeProvider clock)
    {
        LatencyHistogram[] latencies = [.. asks.Select(_ => new LatencyHistogram())];
        long start = clock.GetTimestamp();
        for (int i = 0; i < warmUp && (i == 0 || clock.GetElapsedTime(start) < atMost / 4); i++)
        {
            foreach (Func<TimeSpan> ask in asks)
            {
                ask();
            }
        }

        for (int i = 0; i < count && (i == 0 || clock.GetElapsedTime(start) < atMost); i++)
        {
            for (int system = 0; system < asks.Count; system++)
            {
                latencies[system].Record(asks[system]());
            }
        }

        return latencies;
    }

    public void Dispose() => _http.Dispose();
}
