using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;

namespace TimeSeries.Core.Storage.Influx.Alerts;

/// <summary>
/// Finds which alerts of a push InfluxDB has already, whoever wrote them: by their ids, where the tag of an id's first byte leaves one alert in 256 to be looked at.
/// Pushes do not wait for an InfluxDB that is away: then nothing is found, which is counted, and the readers show the earliest of an id. Thread safe.
/// </summary>
public sealed partial class AlertLookup : IDisposable
{
    // Ids of one statement: one of some 10 kB.
    private const int IdsAtOnce = 200;

    // A push waits for it: many times what a look takes, and less than an agent's patience.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(2);

    // After a failure pushes are taken without a look for so long, so that few of them wait in vain.
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

    /// <param name="options">Where InfluxDB is; it is asked with the account that reads.</param>
    /// <param name="clock">Time-outs and pauses.</param>
    /// <param name="instruments">Counters.</param>
    /// <param name="logger">Where it is told that InfluxDB can't be asked.</param>
    public AlertLookup(InfluxOptions options, TimeProvider clock, CoreInstruments instruments, ILogger logger)
    {
        _client = new InfluxQlClient(_http, options, clock);
        _clock = clock;
        _instruments = instruments;
        _logger = logger;
    }

    /// <summary>The value of the tag <c>b</c> of an alert's id: its first byte as two hexadecimal digits, as they stand in the id's text.</summary>
    public static string TagOf(Guid id) => id.ToString("D", CultureInfo.InvariantCulture)[..2];

    /// <summary>Those of the ids that the project has alerts of; none when InfluxDB can't be asked.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async ValueTask<IReadOnlySet<Guid>> FindAsync(long pcode, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        HashSet<Guid> found = [];
        if (ids.Count == 0)
        {
            return found;
        }

        if (!MayAsk())
        {
            _instruments.InfluxUncheckedAlerts.Add(ids.Count);
            return found;
        }

        using CancellationTokenSource timeout = new(_timeout, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        int asked = 0;
        try
        {
            for (; asked < ids.Count; asked += IdsAtOnce)
            {
                await AskAsync(pcode, [.. ids.Skip(asked).Take(IdsAtOnce)], found, either.Token).ConfigureAwait(false);
            }

            Report(null);
        }
        catch (Exception fault) when (fault is InfluxQueryException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _instruments.InfluxUncheckedAlerts.Add(ids.Count - asked);
            Report(fault is InfluxQueryException ? fault.Message : "InfluxDB did not answer in time.");
        }

        return found;
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask AskAsync(long pcode, Guid[] ids, HashSet<Guid> found, CancellationToken cancellationToken)
    {
        InfluxColumn id = new("id", isText: true);
        InfluxRows rows = new(id);
        InfluxStatement statement = InfluxStatement.Select(InfluxSchema.MeasurementOf(Kind.Alert), ["id"])
            .Where(InfluxSchema.PcodeTag, pcode.ToString(CultureInfo.InvariantCulture))
            .In(TimeRange.All)
            .WhereAny(InfluxSchema.AlertTag, [.. ids.Select(TagOf).Distinct()])
            .WhereAny("id", [.. ids.Select(each => each.ToString("D", CultureInfo.InvariantCulture))]);
        await using InfluxAnswer answer = await _client.AskAsync(statement, rows, cancellationToken).ConfigureAwait(false);
        while (await answer.ReadAsync().ConfigureAwait(false))
        {
            for (int row = 0; row < rows.RowCount; row++)
            {
                if (Guid.TryParseExact(Encoding.UTF8.GetString(id.Text(row)), "D", out Guid stored))
                {
                    found.Add(stored);
                }
            }
        }
    }

    private bool MayAsk()
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
            LogUnasked(fault);
        }
        else if (fault is null && wasFailing)
        {
            LogAsked();
        }
    }

    [LoggerMessage(1107, LogLevel.Warning, "Alerts are taken without a look whether InfluxDB has their ids already: {Reason} Readers show the earliest of an id.")]
    private partial void LogUnasked(string reason);

    [LoggerMessage(1108, LogLevel.Information, "InfluxDB is asked again whether it has the ids of alerts.")]
    private partial void LogAsked();
}
