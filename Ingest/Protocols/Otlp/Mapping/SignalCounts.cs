using System.Globalization;
using System.Text;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>What became of the items of one request: its spans, data points or log records. Not thread safe.</summary>
internal sealed class SignalCounts
{
    private const int MaxMessageBytes = 1_024;

    private static readonly string[] _sentences =
    [
        "invalid trace id", "invalid span id", "invalid parent span id", "start time missing", "end time missing", "time too far ahead", "time too old",
        "negative value", "not a number", "invalid UTF-8", "id is not hexadecimal", "WAL or store unavailable", "samples of the day used up",
        "too many agents in the project",
    ];

    private readonly long[] _unmapped = new long[Enum.GetValues<UnmappedReason>().Length];
    private readonly long[] _rejected = new long[Enum.GetValues<SignalRejection>().Length];
    private SignalPlace _first;

    /// <summary>Items that became samples, or will be when the batch is stored.</summary>
    public long Mapped { get; private set; }

    /// <summary>Items that are no sample, though nothing is wrong with them.</summary>
    public long UnmappedTotal { get; private set; }

    /// <summary>Items that repeat what is there.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Items that were rejected.</summary>
    public long RejectedTotal { get; private set; }

    /// <summary>All items.</summary>
    public long Total => Mapped + Duplicates + RejectedTotal + UnmappedTotal;

    /// <summary>Exceptions that repeat one that was seen; other than items, there may be several in a span.</summary>
    public int RepeatedExceptions { get; set; }

    public ReadOnlySpan<long> Unmapped => _unmapped;

    public ReadOnlySpan<long> Rejected => _rejected;

    public void Clear()
    {
        (Mapped, UnmappedTotal, Duplicates, RejectedTotal, RepeatedExceptions) = (0, 0, 0, 0, 0);
        Array.Clear(_unmapped);
        Array.Clear(_rejected);
    }

    public void AddMapped(long items = 1) => Mapped += items;

    public void AddDuplicate() => Duplicates++;

    public void AddUnmapped(UnmappedReason reason, long items = 1)
    {
        UnmappedTotal += items;
        _unmapped[(int)reason] += items;
    }

    public void AddRejected(SignalRejection reason, SignalPlace place)
    {
        if (RejectedTotal++ == 0)
        {
            _first = place;
        }

        _rejected[(int)reason]++;
    }

    /// <summary>Why items were rejected, for the response: reasons with counts, the most frequent first, and the first place.</summary>
    public string Describe(TelemetrySignal signal)
    {
        string items = TelemetrySignals.ItemOf(signal);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{RejectedTotal} {items}{(RejectedTotal == 1 ? "" : "s")} rejected: ");
        text.AppendJoin(", ", _rejected.Select((count, reason) => (Count: count, Reason: reason)).Where(pair => pair.Count > 0)
            .OrderByDescending(pair => pair.Count).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Count} × {_sentences[pair.Reason]}")));
        text.Append("; first: ").Append(_first.Describe(signal));
        return text.Length <= MaxMessageBytes ? text.ToString() : text.ToString(0, MaxMessageBytes);
    }
}

/// <summary>Where an item stands in its request. The data point is −1 where there is none.</summary>
internal readonly record struct SignalPlace(int Resource, int Scope, int Item, int DataPoint = -1)
{
    /// <summary>The place as a path in the JSON form of the request.</summary>
    public string Describe(TelemetrySignal signal)
    {
        string path = signal switch
        {
            TelemetrySignal.Traces => $"resourceSpans[{Resource}].scopeSpans[{Scope}].spans[{Item}]",
            TelemetrySignal.Metrics => $"resourceMetrics[{Resource}].scopeMetrics[{Scope}].metrics[{Item}]",
            _ => $"resourceLogs[{Resource}].scopeLogs[{Scope}].logRecords[{Item}]",
        };
        return DataPoint < 0 ? path : $"{path}.dataPoints[{DataPoint}]";
    }
}

/// <summary>Why an item is no sample, though nothing is wrong with it. The names are metric tags.</summary>
internal enum UnmappedReason : byte
{
    Internal,
    Producer,
    ClientOther,
    Messaging,
    MetricName,
    MetricType,
    MetricDelta,
    MetricSecond,
    NoValue,
    NoException,
    LowSeverity,
}

/// <summary>Why an item is rejected. The names are metric tags.</summary>
internal enum SignalRejection : byte
{
    TraceId,
    SpanId,
    ParentId,
    StartMissing,
    EndMissing,
    TooFarAhead,
    TooOld,
    Negative,
    NotANumber,
    Utf8,
    Hex,

    /// <summary>The request was refused as a whole, to be sent again.</summary>
    Unavailable,

    /// <summary>The same, since the project has used up its samples of the day.</summary>
    Quota,

    /// <summary>The project has as many agents as it may have in a day.</summary>
    Agents,
}
