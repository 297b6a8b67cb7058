using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Replay;

/// <summary>
/// Cuts a folder's files (<c>&lt;kind&gt;.csv.gz</c> or <c>&lt;kind&gt;.csv</c>) into batches, always of the kind whose next sample is the earliest,
/// so that the kinds go along together. Thread safe.
/// </summary>
internal sealed class ReplaySource : IDisposable
{
    private readonly List<CsvSamples> _files = [];

    // Guards the files and the number of the next batch.
    private readonly Lock _lock = new();

    private long _nextNumber;

    private ReplaySource()
    {
    }

    /// <summary>The time of the earliest sample in ms; 0 when there is none.</summary>
    public long FirstTime { get; private set; }

    /// <summary>Most samples in a batch.</summary>
    public required int BatchSamples { get; init; }

    /// <summary>Longest time that a batch spans, in ms of sample time.</summary>
    public required long BatchMilliseconds { get; init; }

    /// <summary>What a gateway adds to transactions; null adds nothing.</summary>
    public required GatewayColumns? Gateway { get; init; }

    /// <summary>Added to every time.</summary>
    public required long ShiftMilliseconds { get; init; }

    public IReadOnlyList<CsvSamples> Files => _files;

    /// <summary>Whether a folder has a file of any kind.</summary>
    public static bool HasFiles(string directory) => SampleSchema.All.Any(kind => FindFile(directory, kind) is not null);

    /// <summary>Opens the files of a folder; none when it has no such file.</summary>
    public static ReplaySource Open(string directory, int batchSamples, long batchMilliseconds, long shiftMilliseconds, GatewayColumns? gateway = null)
    {
        ReplaySource source =
            new() { BatchSamples = batchSamples, BatchMilliseconds = batchMilliseconds, ShiftMilliseconds = shiftMilliseconds, Gateway = gateway };
        foreach (KindSchema kind in SampleSchema.All)
        {
            if (FindFile(directory, kind) is { } path)
            {
                source._files.Add(new CsvSamples(kind, path));
            }
        }

        source.FirstTime = source._files.Min(file => file.NextTime) ?? 0;
        return source;
    }

    /// <summary>The latest time in a folder's files, in ms; null when they hold no sample.</summary>
    public static long? FindLastTime(string directory)
    {
        using ReplaySource source = Open(directory, int.MaxValue, long.MaxValue, 0);
        long? last = null;
        foreach (CsvSamples file in source._files)
        {
            WireColumn[] columns = file.MakeColumns();
            while (file.NextTime is { } time)
            {
                last = Math.Max(last ?? time, time);
                file.Take(columns, 0);
                foreach (WireColumn column in columns)
                {
                    column.Clear();
                }
            }
        }

        return last;
    }

    /// <summary>The next batch; null at the end.</summary>
    public ReplayBatch? Next()
    {
        lock (_lock)
        {
            CsvSamples? file = FindEarliest();
            if (file?.NextTime is not { } first)
            {
                return null;
            }

            WireColumn[] columns = file.MakeColumns();
            long last = first;
            while (columns[0].Count < BatchSamples && file.NextTime is { } time && time - first < BatchMilliseconds)
            {
                last = Math.Max(last, time);
                file.Take(columns, ShiftMilliseconds);
            }

            WireColumn[] all = file.Kind.Kind == Kind.Transaction && Gateway is not null ? [.. columns, .. Gateway.MissingFrom(columns)] : columns;
            return new ReplayBatch(_nextNumber++, file.Kind, all, last);
        }
    }

    public void Dispose()
    {
        foreach (CsvSamples file in _files)
        {
            file.Dispose();
        }
    }

    private static string? FindFile(string directory, KindSchema kind)
    {
        string path = Path.Combine(directory, kind.Name + ".csv");
        return File.Exists(path + ".gz") ? path + ".gz" : File.Exists(path) ? path : null;
    }

    private CsvSamples? FindEarliest()
    {
        CsvSamples? earliest = null;
        foreach (CsvSamples file in _files)
        {
            if (file.NextTime is { } time && (earliest is null || time < earliest.NextTime))
            {
                earliest = file;
            }
        }

        return earliest;
    }
}

/// <summary>Samples of one kind that are sent together.</summary>
/// <param name="Number">Place in the replay, from 0.</param>
/// <param name="Kind">The kind of all of them.</param>
/// <param name="Columns">The samples.</param>
/// <param name="LastTime">The time of the last in ms, before any shift.</param>
internal sealed record ReplayBatch(long Number, KindSchema Kind, WireColumn[] Columns, long LastTime)
{
    public int RowCount => Columns[0].Count;
}
