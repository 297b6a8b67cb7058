using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Recovery;

/// <summary>Reads the log's records in order and writes their samples into the store. One caller at a time.</summary>
internal sealed class LogReplayer(WriteAheadLog log, LogPosition from, ISampleStore store, SampleBatchPool batches) : IDisposable
{
    private readonly LogReader _reader = log.Read(from);
    private ReadOnlyMemory<byte> _payload;

    /// <summary>What could not be read so far.</summary>
    public IReadOnlyList<LogDamage> Damage => _reader.Damage;

    /// <summary>Reads the next record; false at the end of the log, which may grow.</summary>
    /// <exception cref="UnknownFormatException">A newer version wrote the record.</exception>
    public bool TryRead(out RecordHeader header, out LogPosition end)
    {
        header = default;
        if (!_reader.TryRead(out end, out ReadOnlyMemory<byte> record))
        {
            return false;
        }

        if (!RecordHeader.TryRead(record.Span, out header, out int length))
        {
            throw new UnknownFormatException($"The WAL has a record at {end.Offset} that this version does not know; start the version that wrote it.");
        }

        _payload = record[length..];
        return true;
    }

    /// <summary>Writes the samples of the record that was read last. Returns why they can't be read, or null.</summary>
    public async ValueTask<string?> WriteAsync(RecordHeader header, LogPosition end, CancellationToken cancellationToken)
    {
        SampleBatch samples = batches.Rent();
        if (BatchCodec.TryRead(_payload.Span, samples, out string? reason))
        {
            await store.WriteAsync(new ValidBatch(header.Pcode, samples) { FirstNumber = header.FirstNumber }, end, cancellationToken);
        }

        batches.Return(samples);
        return reason;
    }

    public void Dispose() => _reader.Dispose();
}
