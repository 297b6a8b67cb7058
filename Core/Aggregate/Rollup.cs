using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate;

/// <summary>A decoded rollup: one row per key and bucket. Immutable; safe to share between threads and to cache.</summary>
public sealed class Rollup
{
    private readonly MeasureState[] _states;
    private readonly RollupBucket[] _buckets;

    private Rollup(ref RollupReader reader)
    {
        RollupReader.Require(reader.ReadByte() == RollupSectionWriter.Format);
        Schema = SampleSchema.All[reader.ReadBelow(SampleSchema.All.Length)];
        SpecIndex = reader.ReadBelow(int.MaxValue);
        Level = (RollupLevel)reader.ReadBelow((int)RollupLevel.Block + 1);
        ApdexThresholdMicroseconds = (long)reader.ReadVarint();
        Spec = ReadDeclaration(ref reader);
        _states = MakeStates();
        SymbolTable?[] keyTexts = ReadKeyTexts(ref reader);
        SymbolTable[] latestTexts = ReadLatestTexts(ref reader);
        _buckets = ReadBuckets(ref reader);
        Keys = ReadRows(ref reader, keyTexts, latestTexts);
        RollupReader.Require(reader.IsAtEnd);
        AllocatedBytes = CountBytes();
    }

    /// <summary>Which rollup of its kind it is.</summary>
    public int SpecIndex { get; }

    public RollupLevel Level { get; }

    /// <summary>Memory held, for a cache's bound.</summary>
    public long AllocatedBytes { get; }

    /// <summary>The apdex threshold that it was counted with.</summary>
    public long ApdexThresholdMicroseconds { get; }

    internal KindSchema Schema { get; }

    /// <summary>The declaration that it was made by.</summary>
    internal RollupSpec Spec { get; }

    /// <summary>The keys, a row each; the time of a row is the start of its bucket.</summary>
    internal KeyColumns Keys { get; }

    internal ReadOnlySpan<RollupBucket> Buckets => _buckets;

    internal ReadOnlySpan<MeasureState> States => _states;

    /// <summary>Decodes a section.</summary>
    /// <exception cref="InvalidDataException">The bytes are no whole rollup of a known format.</exception>
    public static Rollup Read(ReadOnlySpan<byte> bytes)
    {
        RollupReader reader = new(bytes);
        return new Rollup(ref reader);
    }

    /// <summary>Whether it was made by this declaration.</summary>
    internal bool IsOf(RollupSpec spec) => Spec.PresentField == spec.PresentField
        && Spec.Keys.AsSpan().SequenceEqual(spec.Keys.AsSpan()) && Spec.Measures.AsSpan().SequenceEqual(spec.Measures.AsSpan());

    /// <summary>The index of the first bucket that starts at a time or later.</summary>
    internal int FirstBucketFrom(long time)
    {
        int low = 0;
        int high = _buckets.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _buckets[middle].Start < time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private RollupSpec ReadDeclaration(ref RollupReader reader)
    {
        int fields = Schema.Fields.Length;
        int present = reader.ReadBelow(fields + 1);
        int[] keys = new int[reader.ReadBelow(fields + 1)];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = reader.ReadBelow(fields);
        }

        List<Measure> measures = [];
        for (int left = reader.ReadBelow(byte.MaxValue); left > 0; left--)
        {
            MeasureKind kind = (MeasureKind)reader.ReadBelow((int)MeasureKind.Set + 1);
            int field = reader.ReadBelow(fields + 1) - 1;
            measures.Add(new Measure(kind, field, (RowCondition)reader.ReadBelow((int)RowCondition.StatusNotFailure + 1)));
        }

        return new RollupSpec("", [.. keys], [.. measures]) { PresentField = present == 0 ? null : present - 1 };
    }

    private MeasureState[] MakeStates()
    {
        MeasureState[] states = new MeasureState[Spec.Measures.Length];
        for (int i = 0; i < states.Length; i++)
        {
            try
            {
                states[i] = MeasureState.Of(Schema, Spec.Measures[i]);
            }
            catch (ArgumentException impossible)
            {
                throw new InvalidDataException("The rollup is damaged: it has a measure that there can't be.", impossible);
            }
        }

        return states;
    }

    private SymbolTable?[] ReadKeyTexts(ref RollupReader reader)
    {
        SymbolTable?[] texts = new SymbolTable?[Spec.Keys.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = Schema.Fields[Spec.Keys[i]].IsText ? reader.ReadTexts() : null;
        }

        return texts;
    }

    private SymbolTable[] ReadLatestTexts(ref RollupReader reader)
    {
        SymbolTable[] texts = new SymbolTable[Spec.Measures.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = RollupSectionWriter.IsText(Schema, Spec.Measures[i]) ? reader.ReadTexts() : new SymbolTable();
        }

        return texts;
    }

    private static RollupBucket[] ReadBuckets(ref RollupReader reader)
    {
        int count = reader.ReadCount();
        long[] starts = new long[count];
        long[] samples = new long[count];
        long[] counted = new long[count];
        long[] rows = new long[count];
        reader.ReadNumbers(starts);
        reader.ReadNumbers(samples);
        reader.ReadNumbers(counted);
        reader.ReadNumbers(rows);
        RollupBucket[] buckets = new RollupBucket[count];
        long row = 0;
        for (int i = 0; i < count; i++)
        {
            bool isRaw = rows[i] == RollupSectionWriter.RawMark;
            int rowCount = isRaw ? 0 : (int)rows[i];
            RollupReader.Require(isRaw || (rows[i] >= 0 && rows[i] <= Array.MaxLength));
            RollupReader.Require(i == 0 || starts[i] > starts[i - 1]);
            buckets[i] = new RollupBucket(starts[i], samples[i], counted[i], (int)row, rowCount, isRaw);
            row += rowCount;
            reader.RequireRoom(row);
        }

        return buckets;
    }

    private KeyColumns ReadRows(ref RollupReader reader, SymbolTable?[] keyTexts, SymbolTable[] latestTexts)
    {
        int rows = _buckets.Length == 0 ? 0 : _buckets[^1].FirstRow + _buckets[^1].RowCount;
        long[] times = new long[rows];
        int[][] codes = new int[keyTexts.Length][];
        long[][] numbers = new long[keyTexts.Length][];
        for (int i = 0; i < keyTexts.Length; i++)
        {
            codes[i] = keyTexts[i] is null ? [] : new int[rows];
            numbers[i] = keyTexts[i] is null ? new long[rows] : [];
        }

        for (int i = 0; i < _states.Length; i++)
        {
            _states[i].ReserveForReading(rows, latestTexts[i]);
        }

        foreach (RollupBucket bucket in _buckets)
        {
            times.AsSpan(bucket.FirstRow, bucket.RowCount).Fill(bucket.Start);
            ReadBucket(ref reader, bucket, keyTexts, codes, numbers);
        }

        return ToColumns(times, keyTexts, codes, numbers);
    }

    private void ReadBucket(ref RollupReader reader, RollupBucket bucket, SymbolTable?[] keyTexts, int[][] codes, long[][] numbers)
    {
        if (bucket.IsRaw)
        {
            // Its row of starts has no lists behind it; nothing was written.
            return;
        }

        for (int i = 0; i < keyTexts.Length; i++)
        {
            if (keyTexts[i] is { } texts)
            {
                reader.ReadCodes(codes[i].AsSpan(bucket.FirstRow, bucket.RowCount), texts.Count);
            }
            else
            {
                reader.ReadNumbers(numbers[i].AsSpan(bucket.FirstRow, bucket.RowCount));
            }
        }

        foreach (MeasureState state in _states)
        {
            state.Read(ref reader, bucket.FirstRow, bucket.RowCount);
        }
    }

    private KeyColumns ToColumns(long[] times, SymbolTable?[] keyTexts, int[][] codes, long[][] numbers)
    {
        KeyColumns keys = new(Schema.Fields.Length, times.Length);
        keys.SetNumbers(KindSchema.Time, times);
        for (int i = 0; i < keyTexts.Length; i++)
        {
            if (keyTexts[i] is { } texts)
            {
                keys.SetTexts(Spec.Keys[i], codes[i], texts.View());
            }
            else
            {
                keys.SetNumbers(Spec.Keys[i], numbers[i]);
            }
        }

        return keys;
    }

    private long CountBytes()
    {
        long bytes = Keys.AllocatedBytes + _buckets.Length * 40L;
        foreach (MeasureState state in _states)
        {
            bytes += state.AllocatedBytes;
        }

        return bytes;
    }
}
