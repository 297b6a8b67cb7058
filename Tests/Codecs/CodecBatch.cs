using System.Text;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Codecs;

/// <summary>Batches for codec tests: made of random values, and compared value by value.</summary>
internal static class CodecBatch
{
    private static readonly string[] _texts = ["", "GET", "/api/order", "안녕하세요 세계", "0123456789abcdef", "\0\u0001", new('x', 3_000)];

    /// <summary>A batch that fills every field of some kinds in one of many ways each, by the seed.</summary>
    public static SampleBatch Random(int seed, int maxRows)
    {
        Random random = new(seed);
        SampleBatch batch = new();
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (random.Next(3) > 0)
            {
                Fill(batch.Table(schema.Kind), random, random.Next(1, maxRows + 1));
            }
        }

        return batch;
    }

    public static byte[] Encode(SampleBatch batch)
    {
        using PooledBuffer buffer = new(16);
        BatchCodec.Write(new ValidBatch(1, batch), buffer);
        return buffer.Written.ToArray();
    }

    public static SampleBatch Decode(ReadOnlySpan<byte> bytes)
    {
        SampleBatch batch = new();
        bool read = BatchCodec.TryRead(bytes, batch, out string? reason);
        return read ? batch : throw new InvalidDataException(reason);
    }

    /// <summary>Every value of a batch as a line of text, so that two batches are equal when their lines are.</summary>
    public static List<string> Lines(SampleBatch batch)
    {
        List<string> lines = [];
        foreach (KindSchema schema in SampleSchema.All)
        {
            SampleTable? table = batch.Find(schema.Kind);
            for (int row = 0; row < (table?.RowCount ?? 0); row++)
            {
                lines.AddRange(schema.Fields.Select(field => $"{schema.Name}[{row}].{field.Name}={ValueOf(table!, field, row)}"));
            }
        }

        return lines;
    }

    private static string ValueOf(SampleTable table, Field field, int row)
    {
        if (!field.IsText)
        {
            long value = table.FindNumbers(field.Ordinal)?.Values[row] ?? NumberColumn.Missing;
            return value == NumberColumn.Missing ? "missing" : $"{value}";
        }

        TextColumn? column = table.FindTexts(field.Ordinal);
        int code = column?.Codes[row] ?? TextColumn.Missing;
        return code == TextColumn.Missing ? "missing" : Convert.ToHexString(column!.Symbols[code]);
    }

    private static void Fill(SampleTable table, Random random, int rows)
    {
        table.RowCount = rows;
        foreach (Field field in table.Schema.Fields)
        {
            if (field.Ordinal == KindSchema.Time)
            {
                FillTimes(table.Numbers(field.Ordinal), random, rows);
            }
            else if (random.Next(4) > 0 && field.IsText)
            {
                FillTexts(table.Texts(field.Ordinal), random, rows);
            }
            else if (random.Next(4) > 0 && !field.IsText)
            {
                FillNumbers(table.Numbers(field.Ordinal), random, rows);
            }
        }

        table.FitColumns();
    }

    private static void FillTimes(NumberColumn column, Random random, int rows)
    {
        long time = 1_700_000_000_000;
        int step = random.Next(4) switch { 0 => 0, 1 => 10, 2 => 70_000, _ => int.MaxValue };
        for (int row = 0; row < rows; row++)
        {
            column.Set(row, time += random.NextInt64(-step, step + 1L));
        }
    }

    private static void FillNumbers(NumberColumn column, Random random, int rows)
    {
        int bits = random.Next(0, 64);
        long origin = random.Next(3) switch { 0 => 0, 1 => random.NextInt64(), _ => long.MinValue + 1 };
        int missing = random.Next(3) * 30;
        for (int row = 0; row < rows; row++)
        {
            long value = unchecked(origin + (long)((ulong)random.NextInt64() & ((1UL << bits) - 1)));
            column.Set(row, random.Next(100) < missing ? NumberColumn.Missing : value);
        }
    }

    private static void FillTexts(TextColumn column, Random random, int rows)
    {
        int distinct = random.Next(5) switch { 0 => 1, 1 => 5, 2 => 300, 3 => 70_000, _ => int.MaxValue };
        int missing = random.Next(3) * 30;
        int unused = random.Next(2);
        for (int row = 0; row < rows; row++)
        {
            int pick = random.Next(distinct);
            string text = pick < _texts.Length ? _texts[pick] : $"text {pick}";
            int code = column.AddText(Encoding.UTF8.GetBytes(text));
            column.SetCode(row, random.Next(100) < missing || (unused == 1 && row % 3 == 0) ? TextColumn.Missing : code);
        }
    }
}
