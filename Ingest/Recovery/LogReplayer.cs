using System.Globalization;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Recovery;

/// <summary>Reads the log's records in order and writes their samples into the store. What can't be read is reported. One caller at a time.</summary>
internal sealed class LogReplayer(WriteAheadLog log, LogPosition from, ISampleStore store, SampleBatchPool batches) : IDisposable
{
    private const long UnknownNumber = -1;

    private readonly LogReader _reader = log.Read(from);
    private ReadOnlyMemory<byte> _payload;
    private int _reported;

    /// <summary>The sequence numbers that are missing where the log is damaged: from the first to before the last.</summary>
    public List<(long From, long To)> Missing { get; } = [];

    // The number of the next sample, if none is missing; unknown before the first record, when the store does not tell.
    private long _nextNumber = store.NextNumber > 0 || from == LogPosition.Start ? store.NextNumber : UnknownNumber;

    /// <summary>Reads the next record; false at the end of the log, which may grow. That the store goes past what can't be read is noted before.</summary>
    /// <exception cref="UnknownFormatException">A newer version wrote the record.</exception>
    /// <exception cref="IOException">The log can't be read, or the note can't be written.</exception>
    public bool TryRead(out RecordHeader header, out LogPosition end)
    {
        header = default;
        if (!_reader.TryRead(out end, out ReadOnlyMemory<byte> record))
        {
            ReportDamage(null);
            return false;
        }

        // A record has a checksum, so what is unknown in it is no damage.
        if (!RecordHeader.TryRead(record.Span, out header, out int length) || (header.RowCount > 0 && BatchCodec.IsNewer(record.Span[length..])))
        {
            (string segment, long offset) = _reader.PlaceOf(end);
            throw new UnknownFormatException(segment, string.Create(
                CultureInfo.InvariantCulture, $"has a record before offset {offset} that this version does not know; start the version that wrote it."));
        }

        ReportDamage(header);
        _nextNumber = Math.Max(_nextNumber, header.FirstNumber + header.RowCount);
        _payload = record[length..];
        return true;
    }

    /// <summary>Writes the samples of the record that was read last. Returns how many: none when they can't be read.</summary>
    public async ValueTask<int> WriteAsync(RecordHeader header, LogPosition end, CancellationToken cancellationToken)
    {
        SampleBatch samples = batches.Rent();
        if (BatchCodec.TryRead(_payload.Span, samples, out string? reason))
        {
            await store.WriteAsync(new ValidBatch(header.Pcode, samples) { FirstNumber = header.FirstNumber }, end, cancellationToken);
        }
        else
        {
            (string segment, long offset) = _reader.PlaceOf(end);
            string loss = string.Create(CultureInfo.InvariantCulture, $"The {header.RowCount} samples of the record that ends there are lost.");
            log.Register.Report(new FoundDamage(StoredFile.Wal, segment, offset, $"a record can't be decoded: {reason}", loss, header.RowCount));
        }

        batches.Return(samples);
        return reason is null ? header.RowCount : 0;
    }

    public void Dispose() => _reader.Dispose();

    private void ReportDamage(RecordHeader? next)
    {
        // Numbers of refused batches are missing too. At the end the note tells the number that comes next, unless there was no clean stop since.
        bool isNoted = _reported < _reader.Damage.Count && _reader.Damage[^1].End.Offset <= log.Noted.Position && log.Noted.Number > 0;
        long? expected = next?.FirstNumber ?? (isNoted ? log.Noted.Number : null);
        long? missing = expected is { } number && _nextNumber != UnknownNumber ? Math.Max(0, number - _nextNumber) : null;
        if (missing > 0 && _reported < _reader.Damage.Count)
        {
            Missing.Add((_nextNumber, expected!.Value));
        }

        for (; _reported < _reader.Damage.Count; _reported++)
        {
            LogDamage damage = _reader.Damage[_reported];
            if (damage.End > store.StoredThrough)
            {
                log.Lost.Add(damage);
            }

            string positions = string.Create(CultureInfo.InvariantCulture, $"positions {damage.Start.Offset} to {damage.End.Offset}");
            log.Register.Report(new FoundDamage(
                StoredFile.Wal, damage.Segment, damage.Offset,
                damage.WasPassed ? $"{positions} could not be read at an earlier start"
                    : damage.Offset == 0 ? $"{positions} are missing before it"
                    : $"{positions} can't be read",
                LossOf(damage, missing, next?.Received), missing ?? 0));

            // All that is missing before a record is told with the first stretch before it.
            missing = missing is null ? null : 0;
        }
    }

    private string LossOf(LogDamage damage, long? missing, Timestamp? before) => (missing, damage.End <= store.StoredThrough) switch
    {
        _ when damage.WasPassed => "The batches in it are lost, as that start told.",
        (_, true) or (0, _) =>
            "The store has its samples. Idempotency keys in it are forgotten: a batch that is sent again with one of them is stored twice.",
        (null, _) => "The batches in it are lost; how many samples they had is not known.",
        _ when before is { } received => string.Create(CultureInfo.InvariantCulture,
            $"At most {missing} samples are lost, received before {received.Text}."),
        _ => string.Create(CultureInfo.InvariantCulture, $"At most {missing} samples are lost, the last ones."),
    };
}
