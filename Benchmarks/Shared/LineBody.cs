using System.Buffers.Text;
using TimeSeries.Benchmarks.Micro;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;

namespace TimeSeries.Benchmarks.Shared;

/// <summary>
/// The body of a write as Ingest sends it, made beforehand by the encoder that Ingest uses. Before each sending times, ids and running numbers are overwritten
/// in place, so that every line is a point of its own. Not thread safe.
/// </summary>
internal sealed class LineBody
{
    // Eight digits: as long as those of a run's second million onwards, give or take one, for 54 million samples.
    public const long FirstNumber = 10_000_000;
    public const long LastNumber = 63_999_999;

    private const int NumberDigits = 8;
    private const int MillisecondDigits = 13;
    private const long NumbersPerEpoch = 1_000_000;

    private readonly PreparedBody _body;
    private readonly int[] _numbers;
    private readonly int[] _epochs;
    private readonly int[] _times;

    /// <param name="seed">Another seed makes other samples.</param>
    /// <param name="headRoom">Bytes kept free before the body.</param>
    /// <param name="maxLines">Lines at which Ingest sends a write.</param>
    /// <param name="maxBytes">Bytes at which it does.</param>
    public LineBody(int seed, int headRoom, int maxLines, int maxBytes)
    {
        ValidBatch samples = new(GeneratedBatch.Pcode, GeneratedBatch.Make(Kind.Transaction, maxLines, seed).Samples) { FirstNumber = FirstNumber };
        using LineBatch lines = new(maxBytes);
        LineEncoder encoder = new((ulong)seed, maxLines, maxBytes);
        encoder.Begin(samples, DeclaredUnit(samples));
        encoder.Continue(lines);

        PatchPlaces places = new() { TimeLayout = TimeLayout.Digits };
        ReadOnlySpan<byte> bytes = lines.Lines(0, lines.LineCount).Span;
        (_numbers, _epochs, _times) = (new int[lines.LineCount], new int[lines.LineCount], new int[lines.LineCount]);
        int start = 0;
        for (int i = 0; i < lines.LineCount; i++)
        {
            ReadOnlySpan<byte> line = lines.Lines(i, 1).Span;
            places.Times.Add(start + line.LastIndexOf((byte)' ') + 1);
            places.Ids.Add(start + line.IndexOf("txid=\""u8) + "txid=\""u8.Length);
            _times[i] = headRoom + places.Times[i] + MillisecondDigits;
            _numbers[i] = headRoom + start + line.IndexOf(" n="u8) + " n="u8.Length;
            _epochs[i] = headRoom + start + line.IndexOf(",e="u8) + ",e="u8.Length;
            start += line.Length;
        }

        // A write holds what came within milliseconds of each other.
        _body = new PreparedBody(bytes, headRoom, places, new int[lines.LineCount]);
    }

    public int LineCount => _times.Length;

    public int Length => _body.Length;

    public byte[] Bytes => _body.Bytes;

    public ReadOnlySpan<byte> Body => _body.Body;

    /// <summary>Makes points of their own of the lines.</summary>
    public void Patch(long nowMilliseconds, ref ulong idState, long firstNumber)
    {
        _body.Patch(nowMilliseconds, ref idState);
        Span<byte> bytes = _body.Bytes;
        for (int i = 0; i < _times.Length; i++)
        {
            long number = firstNumber + i;
            Utf8Formatter.TryFormat(number, bytes.Slice(_numbers[i], NumberDigits), out _);
            bytes.Slice(_numbers[i] + NumberDigits - 6, 6).CopyTo(bytes[_times[i]..]);
            Utf8Formatter.TryFormat(number / NumbersPerEpoch, bytes[_epochs[i]..], out _);
        }
    }

    // A unit that has told of all buckets, so that only samples are written.
    private static OpenUnit DeclaredUnit(ValidBatch samples)
    {
        OpenUnit unit = new(0);
        foreach (long time in samples.Find(Kind.Transaction)!.Numbers(KindSchema.Time).Values)
        {
            unit.Declare(samples.Pcode, Kind.Transaction, InfluxSchema.BucketOf(time));
        }

        return unit;
    }
}
