using System.Buffers.Text;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>
/// The body of a write as Ingest sends it, made beforehand by the encoder that Ingest uses. Before each sending times, ids and sequence numbers are overwritten
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

    private LineBody(LineBatch lines, ReadOnlySpan<int> ages)
    {
        PatchPlaces places = new() { TimeLayout = TimeLayout.Digits };
        (_numbers, _epochs, _times) = (new int[lines.LineCount], new int[lines.LineCount], new int[lines.LineCount]);
        int start = 0;
        for (int i = 0; i < lines.LineCount; i++)
        {
            ReadOnlySpan<byte> line = lines.Lines(i, 1).Span;
            places.Times.Add(start + line.LastIndexOf((byte)' ') + 1);
            places.Ids.Add(start + line.IndexOf("txid=\""u8) + "txid=\""u8.Length);
            _times[i] = places.Times[i] + MillisecondDigits;
            _numbers[i] = start + line.IndexOf(" n="u8) + " n="u8.Length;
            _epochs[i] = start + line.IndexOf(",e="u8) + ",e="u8.Length;
            start += line.Length;
        }

        _body = new PreparedBody(lines.Lines(0, lines.LineCount).Span, headRoom: 0, places, ages[..lines.LineCount].ToArray());
    }

    public int LineCount => _times.Length;

    public int Length => _body.Length;

    public byte[] Bytes => _body.Bytes;

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

    /// <summary>The bodies that Ingest makes of one push, in order.</summary>
    /// <param name="seed">Another seed makes other samples.</param>
    /// <param name="options">Sizes of the push and of the writes.</param>
    public static IEnumerable<LineBody> OfPush(int seed, InfluxLoadOptions options)
    {
        ValidBatch samples = new(GeneratedBatch.Pcode, GeneratedBatch.Make(Kind.Transaction, options.BatchSamples, seed).Samples) { FirstNumber = FirstNumber };
        int[] ages = [.. samples.Find(Kind.Transaction)!.Numbers(KindSchema.Time).Values.ToArray()
            .Select(time => (int)(SampleMaker.PreparedAtMilliseconds - time))];
        LineEncoder encoder = new(nodeId: 1, options.LineCount, options.LineBytes);
        encoder.Begin(samples, DeclaredUnit(samples));
        int taken = 0;
        for (bool isWhole = false; !isWhole;)
        {
            using LineBatch lines = new(options.LineBytes);
            isWhole = encoder.Continue(lines);
            yield return new LineBody(lines, ages.AsSpan(taken));
            taken += lines.LineCount;
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
