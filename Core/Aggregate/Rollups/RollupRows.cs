using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>Decodes a section: first what it says of itself, then the rows of its buckets, one bucket after the other. Not thread safe.</summary>
internal sealed class RollupRows
{
    private readonly Accumulator[] _states;
    private readonly SymbolTable?[] _keyTexts;
    private readonly SymbolTable[] _latestTexts;
    private readonly RollupBucket[] _buckets;
    private readonly bool _withSketches;

    private RollupRows(ref ByteReader reader, KindSchema schema, RollupSpec spec, bool withSketches)
    {
        _withSketches = withSketches;
        Schema = schema;
        Spec = spec;
        _states = MakeStates();
        _keyTexts = ReadKeyTexts(ref reader);
        _latestTexts = ReadLatestTexts(ref reader);
        _buckets = ReadBuckets(ref reader);
        Keys = new GroupKeys(Schema.Fields.Length);
    }

    public KindSchema Schema { get; }

    public RollupSpec Spec { get; }

    public required byte Format { get; init; }

    public required int SpecIndex { get; init; }

    public required RollupLevel Level { get; init; }

    public required long ApdexThresholdMicroseconds { get; init; }

    public ReadOnlySpan<RollupBucket> Buckets => _buckets;

    /// <summary>The keys of the rows that there is room for.</summary>
    public GroupKeys Keys { get; }

    public ReadOnlySpan<Accumulator> States => _states;

    public long AllocatedBytes
    {
        get
        {
            long bytes = Keys.AllocatedBytes + _buckets.Length * 40L;
            foreach (Accumulator state in _states)
            {
                bytes += state.AllocatedBytes;
            }

            return bytes;
        }
    }

    /// <summary>
    /// Reads all that comes before the rows. Null when another version wrote the section, or when one of its fields is unknown or has another type now.
    /// </summary>
    /// <exception cref="InvalidDataException">The section is damaged.</exception>
    public static RollupRows? TryOpen(ref ByteReader reader, bool withSketches = true)
    {
        byte format = reader.Byte();
        if (format is < RollupSectionWriter.OldestFormat or > RollupSectionWriter.Format)
        {
            return null;
        }

        KindSchema schema = SampleSchema.All[reader.Below(SampleSchema.All.Length)];
        int specIndex = reader.Size();
        RollupLevel level = (RollupLevel)reader.Below((int)RollupLevel.Block + 1);
        long threshold = (long)reader.Varint();
        return ReadFields(ref reader, schema) is { } fields
            ? new RollupRows(ref reader, schema, ReadDeclaration(ref reader, fields), withSketches)
            {
                Format = format,
                SpecIndex = specIndex,
                Level = level,
                ApdexThresholdMicroseconds = threshold,
            }
            : null;
    }

    /// <summary>Whether it was made by this declaration.</summary>
    public bool IsOf(RollupSpec spec) => Spec.PresentField == spec.PresentField
        && Spec.Keys.AsSpan().SequenceEqual(spec.Keys.AsSpan()) && Spec.Measures.AsSpan().SequenceEqual(spec.Measures.AsSpan());

    /// <summary>The index of the first bucket that starts at a time or later.</summary>
    public int FirstBucketFrom(long time)
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

    /// <summary>Makes room for so many rows, which are then read; what was read before is gone.</summary>
    public void Reserve(int rows)
    {
        Keys.Begin(rows);
        for (int i = 0; i < _states.Length; i++)
        {
            if (_withSketches || _states[i] is not SketchAccumulator)
            {
                _states[i].ReserveForReading(rows, _latestTexts[i]);
            }
        }
    }

    /// <summary>Reads the rows of the next bucket into the rows from <paramref name="first"/> on.</summary>
    public void Read(ref ByteReader reader, RollupBucket bucket, int first)
    {
        if (bucket.IsRaw)
        {
            // Its row of starts has no lists behind it; nothing was written.
            return;
        }

        Keys.EditNumbers(KindSchema.Time).Slice(first, bucket.RowCount).Fill(bucket.Start);
        for (int i = 0; i < _keyTexts.Length; i++)
        {
            if (_keyTexts[i] is { } texts)
            {
                reader.ReadCodes(Keys.EditCodes(Spec.Keys[i], texts.View()).Slice(first, bucket.RowCount), texts.Count);
            }
            else
            {
                reader.ReadNumbers(Keys.EditNumbers(Spec.Keys[i]).Slice(first, bucket.RowCount));
            }
        }

        for (int i = 0; i < _states.Length; i++)
        {
            if (_states[i] is SketchAccumulator sketch)
            {
                ReadSketch(ref reader, sketch, i, first, bucket.RowCount);
            }
            else
            {
                _states[i].Read(ref reader, first, bucket.RowCount);
            }
        }
    }

    private void ReadSketch(ref ByteReader reader, SketchAccumulator sketch, int measure, int first, int rows)
    {
        bool isWhole = Format == RollupSectionWriter.OldestFormat;
        isWhole |= !RollupSectionWriter.HasExtremes(Spec, measure, out int smallest, out int greatest);
        if (isWhole && _withSketches)
        {
            sketch.Read(ref reader, first, rows);
        }
        else if (isWhole)
        {
            SketchAccumulator.Skip(ref reader, rows);
        }
        else if (_withSketches)
        {
            sketch.ReadBins(ref reader, first, rows, (MinMaxAccumulator)_states[smallest], (MinMaxAccumulator)_states[greatest]);
        }
        else
        {
            SketchAccumulator.SkipBins(ref reader, rows);
        }
    }

    // The fields that the declaration names, or null when the kind lacks one of them.
    private static int[]? ReadFields(ref ByteReader reader, KindSchema schema)
    {
        int[] fields = new int[reader.Below(byte.MaxValue)];
        for (int i = 0; i < fields.Length; i++)
        {
            ReadOnlySpan<byte> name = reader.Text();
            bool isText = reader.Below(2) == 1;
            if (schema.Find(name) is not { } field || field.IsText != isText)
            {
                return null;
            }

            fields[i] = field.Ordinal;
        }

        return fields;
    }

    private static RollupSpec ReadDeclaration(ref ByteReader reader, int[] fields)
    {
        int present = reader.Below(fields.Length + 1) - 1;
        int[] keys = new int[reader.Below(fields.Length + 1)];
        foreach (ref int key in keys.AsSpan())
        {
            key = fields[reader.Below(fields.Length)];
        }

        Measure[] measures = new Measure[reader.Below(byte.MaxValue)];
        foreach (ref Measure measure in measures.AsSpan())
        {
            MeasureKind kind = (MeasureKind)reader.Below((int)MeasureKind.Set + 1);
            int field = reader.Below(fields.Length + 1) - 1;
            measure = new Measure(
                kind, field < 0 ? Measure.NoField : fields[field], (RowCondition)reader.Below((int)RowCondition.StatusNotFailure + 1));
        }

        return new RollupSpec("", [.. keys], [.. measures]) { PresentField = present < 0 ? null : fields[present] };
    }

    private Accumulator[] MakeStates()
    {
        Accumulator[] states = new Accumulator[Spec.Measures.Length];
        for (int i = 0; i < states.Length; i++)
        {
            try
            {
                states[i] = Accumulator.Of(Schema, Spec.Measures[i]);
            }
            catch (ArgumentException impossible)
            {
                throw new InvalidDataException("The rollup is damaged: it has a measure that there can't be.", impossible);
            }
        }

        return states;
    }

    private SymbolTable?[] ReadKeyTexts(ref ByteReader reader)
    {
        SymbolTable?[] texts = new SymbolTable?[Spec.Keys.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = Schema.Fields[Spec.Keys[i]].IsText ? reader.ReadTexts() : null;
        }

        return texts;
    }

    private SymbolTable[] ReadLatestTexts(ref ByteReader reader)
    {
        SymbolTable[] texts = new SymbolTable[Spec.Measures.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = RollupSectionWriter.IsText(Schema, Spec.Measures[i]) ? reader.ReadTexts() : new SymbolTable();
        }

        return texts;
    }

    private static RollupBucket[] ReadBuckets(ref ByteReader reader)
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
            ByteReader.Require(isRaw || (rows[i] >= 0 && rows[i] <= Array.MaxLength));
            ByteReader.Require(i == 0 || starts[i] > starts[i - 1]);
            buckets[i] = new RollupBucket(starts[i], samples[i], counted[i], (int)row, rowCount, isRaw);
            row += rowCount;
            reader.RequireRoom(row);
        }

        return buckets;
    }
}
