using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Health;

/// <summary>How full the WAL is, and how old. Thread safe.</summary>
internal sealed class LogFigures(SequencedLog log, WalOptions options)
{
    // Guards _start and _oldest. The first record is read again only when the WAL begins elsewhere.
    private readonly Lock _lock = new();
    private LogPosition? _start;
    private long? _oldest;

    public long MaxBytes => options.MaxBytes;

    /// <summary>Why the WAL can't be written; null when it can.</summary>
    public string? Fault => log.WhyNotReady();

    /// <summary>When the first record was written, in ms; null when there is none or it can't be read.</summary>
    public long? FindOldest()
    {
        LogPosition start = log.Log.Start;
        if (start >= log.Log.End)
        {
            return null;
        }

        lock (_lock)
        {
            if (_start != start)
            {
                _oldest = ReadFirst(start);
                _start = start;
            }

            return _oldest;
        }
    }

    private long? ReadFirst(LogPosition start)
    {
        try
        {
            using LogReader reader = log.Log.Read(start);
            return reader.TryRead(out _, out ReadOnlyMemory<byte> record) && RecordHeader.TryRead(record.Span, out RecordHeader header, out _)
                ? header.Received.Milliseconds
                : null;
        }
        catch (IOException)
        {
            // Its segment was forgotten meanwhile, or can't be read; who reads the WAL for its samples tells of that.
            return null;
        }
    }
}
