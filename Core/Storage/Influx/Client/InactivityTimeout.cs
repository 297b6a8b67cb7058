using System.Globalization;
using System.Text.Json;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>Cancels a request after a time without data, or when the caller leaves: one token for both. Not thread safe.</summary>
internal sealed class InactivityTimeout : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;

    public InactivityTimeout(TimeSpan timeout, TimeProvider clock, CancellationToken caller)
    {
        _timeout = timeout;
        _caller = caller;
        _timer = new CancellationTokenSource(timeout, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _timer.Token);
    }

    public CancellationToken Token => _either.Token;

    /// <summary>Restarts the time-out, because data arrived.</summary>
    public void Renew() => _timer.CancelAfter(_timeout);

    /// <summary>Translates an exception of a request into what it means for the query.</summary>
    public Exception Explain(Exception fault) => fault switch
    {
        OperationCanceledException when _caller.IsCancellationRequested => new OperationCanceledException("The caller left.", fault, _caller),
        OperationCanceledException => new InfluxQueryException(
            InfluxQueryFailure.TimedOut, string.Create(CultureInfo.InvariantCulture, $"InfluxDB sent nothing for {_timeout.TotalMilliseconds:0} ms."), fault),
        JsonException or InvalidDataException or InvalidOperationException => new InfluxQueryException(
            InfluxQueryFailure.Malformed, "The response is not one of InfluxDB's, or not whole.", fault),
        _ => new InfluxQueryException(InfluxQueryFailure.Unreachable, $"InfluxDB can't be reached: {fault.Message}", fault),
    };

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
