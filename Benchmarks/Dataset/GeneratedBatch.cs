using System.IO.Hashing;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Dataset;

/// <summary>Generated samples as the validator would hand them on, for measuring what comes after it.</summary>
internal static class GeneratedBatch
{
    /// <summary>The project that generated samples belong to.</summary>
    public const long Pcode = 1;

    // Durations are kept in µs and numbers in millionths; both stand on the wire divided by these.
    private const double MicrosecondsPerMillisecond = 1_000;
    private const double Millionths = 1_000_000;

    // The same for every batch, and slow to make.
    private static readonly Population _population = new();

    /// <summary>Makes a batch whose txids are its own.</summary>
    /// <param name="kind">The kind of all samples.</param>
    /// <param name="rowCount">How many.</param>
    /// <param name="seed">Another seed makes other samples.</param>
    /// <param name="shiftMilliseconds">Added to every time.</param>
    public static ValidBatch Make(Kind kind, int rowCount, int seed, long shiftMilliseconds = 0)
    {
        WireColumn[] columns = new SampleMaker(_population, seed).Make(kind, rowCount, out _);
        return Of(kind, columns, seed, shiftMilliseconds);
    }

    /// <summary>Makes a batch of the samples in columns.</summary>
    /// <param name="kind">The kind of all samples.</param>
    /// <param name="columns">The fields that samples have.</param>
    /// <param name="seed">Another seed makes other txids and sequence numbers.</param>
    /// <param name="shiftMilliseconds">Added to every time.</param>
    public static ValidBatch Of(Kind kind, WireColumn[] columns, int seed, long shiftMilliseconds = 0)
    {
        int rowCount = columns[0].Count;
        Random ids = new(seed);
        SampleBatch batch = new();
        SampleTable table = batch.Table(kind);
        table.RowCount = rowCount;
        foreach (WireColumn column in columns)
        {
            if (column.Field.IsText)
            {
                CopyTexts(column, table.Texts(column.Field.Ordinal), ids);
            }
            else
            {
                CopyNumbers(column, table.Numbers(column.Field.Ordinal), shiftMilliseconds);
            }
        }

        AddOids(table);
        return new ValidBatch(Pcode, batch) { FirstNumber = (long)seed * rowCount };
    }

    private static void CopyTexts(WireColumn from, TextColumn to, Random ids)
    {
        Span<byte> id = stackalloc byte[PreparedBody.IdBytes];
        for (int row = 0; row < from.Count; row++)
        {
            if (from.IsMissing(row))
            {
                to.SetCode(row, TextColumn.Missing);
            }
            else if (from.IsFresh)
            {
                Convert.TryToHexStringLower(BitConverter.GetBytes(ids.NextInt64()), id, out _);
                to.Set(row, id);
            }
            else
            {
                to.Set(row, from.Text(row));
            }
        }
    }

    private static void CopyNumbers(WireColumn from, NumberColumn to, long shiftMilliseconds)
    {
        double scale = from.Field.Type == FieldType.Number ? Millionths : MicrosecondsPerMillisecond;
        for (int row = 0; row < from.Count; row++)
        {
            to.Set(row, from.Field.Type == FieldType.Time ? from.Numbers.Values[row] + shiftMilliseconds
                : from.IsDecimal ? (long)Math.Round(from.Decimal(row) * scale) : from.Numbers.Values[row]);
        }
    }

    private static void AddOids(SampleTable table)
    {
        if (table.FindTexts(KindSchema.Oname) is not { } names)
        {
            return;
        }

        NumberColumn oids = table.Numbers(KindSchema.Oid);
        for (int row = 0; row < table.RowCount; row++)
        {
            oids.Set(row, (int)Crc32.HashToUInt32(names.Symbols[names.Codes[row]]));
        }
    }
}
