using System.Buffers;
using System.Runtime.InteropServices;
using MessagePack;
using TimeSeries.Agent.Texts;

namespace TimeSeries.Agent.Delivery;

/// <summary>Makes the body of a batch: MessagePack, samples of each kind as columns. Used by one thread, from batch to batch.</summary>
internal sealed class BatchEncoder(TimeSeriesAgentOptions options)
{
    private const int ManyBytes = 16 << 20;

    private static readonly SampleKind[] _kinds = Enum.GetValues<SampleKind>();
    private static readonly string[] _names = ["transaction", "sql", "httpc", "exception", "thread", "alert", "event"];

    private readonly DerivedTexts _texts = new();
    private readonly RepeatedExceptions _exceptions = new();
    private readonly ColumnWriter _columns = new();
    private readonly List<QueuedSample>[] _samples = [.. _kinds.Select(_ => new List<QueuedSample>())];
    private ArrayBufferWriter<byte> _body = new(1 << 16);

    /// <summary>
    /// Derives the texts of samples, and leaves out what repeats an exception. Called once for samples, before they are written.
    /// </summary>
    /// <returns>How many are left.</returns>
    public int Prepare(Span<QueuedSample> samples)
    {
        int left = 0;
        foreach (ref QueuedSample sample in samples)
        {
            SampleTexts.Derive(ref sample, _texts);
            if (sample.Kind != SampleKind.Exception || sample.Pushed is not null || _exceptions.IsNew(sample))
            {
                samples[left++] = sample;
            }
        }

        samples[left..].Clear();
        return left;
    }

    /// <summary>Writes samples that were prepared. The result is valid until the next call.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="id">Id of the batch, the same whenever it is sent.</param>
    public ReadOnlyMemory<byte> Write(ReadOnlySpan<QueuedSample> samples, Guid id)
    {
        // A batch of long stacks must not keep its memory for good.
        _body = _body.Capacity > ManyBytes ? new ArrayBufferWriter<byte>(1 << 16) : _body;
        _body.ResetWrittenCount();
        foreach (ref readonly QueuedSample sample in samples)
        {
            _samples[(int)sample.Kind].Add(sample);
        }

        MessagePackWriter writer = new(_body);
        writer.WriteMapHeader(2 + _samples.Count(ofKind => ofKind.Count > 0));
        writer.Write("agent");
        writer.WriteMapHeader(3);
        writer.Write("oname");
        writer.Write(options.Oname);
        writer.Write("okind");
        writer.Write(options.Okind);
        writer.Write("onode");
        writer.Write(options.Onode);
        writer.Write("id");
        writer.Write(id.ToString("N"));
        foreach (SampleKind kind in _kinds)
        {
            List<QueuedSample> ofKind = _samples[(int)kind];
            if (ofKind.Count > 0)
            {
                writer.Write(_names[(int)kind]);
                _columns.Begin();
                SampleColumns.Write(_columns, kind, CollectionsMarshal.AsSpan(ofKind));
                _columns.End(ref writer);
                ofKind.Clear();
            }
        }

        writer.Flush();
        return _body.WrittenMemory;
    }
}

/// <summary>
/// Which exceptions were seen before: libraries tell of one exception wherever it passes. Of one transaction, class and message the first within a minute
/// counts, as far as the table remembers. Used by one thread.
/// </summary>
internal sealed class RepeatedExceptions
{
    private const int Slots = 4_096;
    private const long Milliseconds = 60_000;

    private readonly (int Hash, long Time)[] _seen = new (int, long)[Slots];

    public bool IsNew(in QueuedSample sample)
    {
        if (sample.Txid is null)
        {
            return true;
        }

        int hash = HashCode.Combine(sample.Txid, sample.Name, sample.ErrorMessage);
        ref (int Hash, long Time) slot = ref _seen[(uint)hash % Slots];
        bool isNew = slot.Hash != hash || Math.Abs(sample.Time - slot.Time) > Milliseconds;
        slot = (hash, sample.Time);
        return isNew;
    }
}
