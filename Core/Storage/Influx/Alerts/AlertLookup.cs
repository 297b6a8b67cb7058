using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Core.Storage.Influx.Alerts;

/// <summary>
/// Finds the alerts of a push that InfluxDB already has from any node, by id. The tag of an id's first byte narrows the search to one alert in 256.
/// Pushes do not wait while InfluxDB is unavailable: nothing is known, a counter rises, and readers show the earliest alert of an id. Thread safe.
/// </summary>
public sealed partial class AlertLookup : IDisposable
{
    // Ids in one statement, which then has some 10 kB.
    private const int IdsAtOnce = 200;

    // A push waits this long at most: many times what a lookup takes, and less than an agent's time-out.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(2);

    // After a failure, pushes skip the lookup for this long, so that few of them wait in vain.
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _http = InfluxQlClient.MakeInvoker();
    private readonly InfluxQlClient _client;
    private readonly TimeProvider _clock;
    private readonly CoreInstruments _instruments;
    private readonly ILogger _logger;

    // Guards _isFailing and _failedAt.
    private readonly Lock _lock = new();
    private bool _isFailing;
    private long _failedAt;

    /// <param name="options">Where InfluxDB is. Queries use the read account.</param>
    /// <param name="clock">Time-outs and pauses.</param>
    /// <param name="instruments">Counters.</param>
    /// <param name="logger">Gets a warning when lookups stop, and a note when they resume.</param>
    public AlertLookup(InfluxOptions options, TimeProvider clock, CoreInstruments instruments, ILogger logger)
    {
        _client = new InfluxQlClient(_http, options, clock);
        _clock = clock;
        _instruments = instruments;
        _logger = logger;
    }

    /// <summary>The value of the tag <c>b</c>: the first two hexadecimal digits of the id.</summary>
    public static string TagOf(Guid id) => id.ToString("D", CultureInfo.InvariantCulture)[..2];

    /// <summary>Returns the ids that the project already has alerts for; null when InfluxDB is unavailable.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async ValueTask<IReadOnlySet<Guid>?> FindAsync(long pcode, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        HashSet<Guid> found = new(IdComparer.Instance);
        if (ids.Count == 0)
        {
            return found;
        }

        if (!MayQuery())
        {
            _instruments.InfluxUncheckedAlerts.Add(ids.Count);
            return null;
        }

        using CancellationTokenSource timeout = new(_timeout, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        int queried = 0;
        try
        {
            for (; queried < ids.Count; queried += IdsAtOnce)
            {
                await QueryAsync(pcode, [.. ids.Skip(queried).Take(IdsAtOnce)], found, either.Token).ConfigureAwait(false);
            }

            Report(null);
            return found;
        }
        catch (InfluxQueryException fault) when (fault.LacksDatabase)
        {
            Report(null);
            return found;
        }
        catch (Exception fault) when (fault is InfluxQueryException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _instruments.InfluxUncheckedAlerts.Add(ids.Count - queried);
            Report(fault is InfluxQueryException ? fault.Message : "InfluxDB did not respond in time.");
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask QueryAsync(long pcode, Guid[] ids, HashSet<Guid> found, CancellationToken cancellationToken)
    {
        InfluxColumn id = new("id", isText: true);
        InfluxStatement statement = InfluxStatement.Select(InfluxSchema.MeasurementOf(Kind.Alert), "id")
            .Where(InfluxSchema.PcodeTag, pcode.ToString(CultureInfo.InvariantCulture))
            .In(TimeRange.All)
            .WhereAny(InfluxSchema.AlertTag, [.. ids.Select(TagOf).Distinct()])
            .WhereAny("id", [.. ids.Select(each => each.ToString("D", CultureInfo.InvariantCulture))]);
        await _client.ForEachAsync(
            statement,
            new InfluxRows(id),
            row =>
            {
                if (Guid.TryParseExact(Encoding.UTF8.GetString(id.Text(row)), "D", out Guid stored))
                {
                    found.Add(stored);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private bool MayQuery()
    {
        lock (_lock)
        {
            return !_isFailing || _clock.GetElapsedTime(_failedAt) >= _pause;
        }
    }

    private void Report(string? fault)
    {
        bool wasFailing;
        lock (_lock)
        {
            wasFailing = _isFailing;
            _isFailing = fault is not null;
            _failedAt = _clock.GetTimestamp();
        }

        if (fault is not null && !wasFailing)
        {
            LogUnchecked(fault);
        }
        else if (fault is null && wasFailing)
        {
            LogChecked();
        }
    }

    [LoggerMessage(1107, LogLevel.Warning, "Alert ids are not checked against InfluxDB: {Reason} Repeats may be stored; queries show the earliest. Retrying.")]
    private partial void LogUnchecked(string reason);

    [LoggerMessage(1108, LogLevel.Information, "Alert ids are checked against InfluxDB again.")]
    private partial void LogChecked();
}
