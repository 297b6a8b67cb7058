using System.Buffers;
using System.Runtime.InteropServices;
using MessagePack;
using TimeSeries.Core.Schema;

namespace TimeSeries.Server.WarmUp;

/// <summary>The form of the samples in a body.</summary>
internal enum WarmUpForm
{
    Rows,
    Table,
    Columns,
}

/// <summary>Makes batches with samples of every kind and field, by the schema.</summary>
internal static class WarmUpBatch
{
    /// <summary>The agent that samples are from.</summary>
    public const string Agent = "warm-up";

    private const int Services = 50;
    private const int Hexadecimal = 3;

    // A sample misses what it may miss as often as this, and has a number far from the others as often as that.
    private const int Sparse = 7;
    private const int Outlying = 97;
    private const long Far = 1L << 40;

    // The samples of a batch are spread over hours: rollups are for whole ones.
    private const long StepMilliseconds = 45_000;

    /// <summary>The id of the alert in a row.</summary>
    public static string AlertId(int row) => $"00000000-0000-4000-8000-{row % Services:D12}";

    /// <summary>The second value of a text field, which many samples have.</summary>
    public static string TextOf(Kind kind, string field) => Text(Array.Find([.. SampleSchema.Of(kind).Fields], known => known.Name == field)!, 1);

    /// <summary>Makes a body in MessagePack.</summary>
    /// <param name="form">The form of the samples.</param>
    /// <param name="rowCount">Samples of each kind.</param>
    /// <param name="now">The time of the newest sample, in ms.</param>
    /// <param name="agent">The agent.</param>
    public static byte[] Make(WarmUpForm form, int rowCount, long now, string agent = Agent)
    {
        ArrayBufferWriter<byte> bytes = new();
        MessagePackWriter writer = new(bytes);
        writer.WriteMapHeader(1 + SampleSchema.All.Length);
        writer.Write("agent");
        writer.WriteMapHeader(3);
        WriteEntry(ref writer, "oname", agent);
        WriteEntry(ref writer, "okind", "warm-up");
        WriteEntry(ref writer, "onode", "node");
        foreach (KindSchema kind in SampleSchema.All)
        {
            Field[] fields = [.. kind.Fields.Where(field => !field.FromEnvelope && field.Ordinal is not (KindSchema.Oid or KindSchema.Oname))];
            writer.Write(kind.Name);
            if (form == WarmUpForm.Columns)
            {
                WriteColumns(ref writer, fields, rowCount, now);
            }
            else
            {
                WriteRows(ref writer, fields, rowCount, now, form == WarmUpForm.Table);
            }
        }

        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    private static void WriteRows(ref MessagePackWriter writer, Field[] fields, int rowCount, long now, bool isTable)
    {
        if (isTable)
        {
            writer.WriteMapHeader(2);
            writer.Write("fields");
            writer.WriteArrayHeader(fields.Length);
            foreach (Field field in fields)
            {
                writer.Write(field.Name);
            }

            writer.Write("rows");
        }

        writer.WriteArrayHeader(rowCount);
        for (int row = 0; row < rowCount; row++)
        {
            if (isTable)
            {
                writer.WriteArrayHeader(fields.Length);
            }
            else
            {
                writer.WriteMapHeader(fields.Count(field => IsThere(field, row)));
            }

            foreach (Field field in fields)
            {
                if (IsThere(field, row))
                {
                    if (!isTable)
                    {
                        writer.Write(field.Name);
                    }

                    WriteValue(ref writer, field, row, now);
                }
                else if (isTable)
                {
                    writer.WriteNil();
                }
            }
        }
    }

    // Numbers are packed, texts are dictionary coded, as agents that send columns do.
    private static void WriteColumns(ref MessagePackWriter writer, Field[] fields, int rowCount, long now)
    {
        writer.WriteMapHeader(fields.Length);
        foreach (Field field in fields)
        {
            writer.Write(field.Name);
            switch (field.Type)
            {
                case FieldType.Duration or FieldType.Number:
                    writer.WriteMapHeader(1);
                    writer.Write("f64");
                    writer.Write(MemoryMarshal.AsBytes(Numbers(row => Fraction(row), rowCount).AsSpan()));
                    break;
                case FieldType.Time or FieldType.Integer:
                    writer.WriteMapHeader(1);
                    writer.Write("i64");
                    writer.Write(MemoryMarshal.AsBytes(Numbers(row => Whole(field, row, now), rowCount).AsSpan()));
                    break;
                case FieldType.Text when field.Allowed.IsEmpty:
                    writer.WriteMapHeader(2);
                    writer.Write("dict");
                    writer.WriteArrayHeader(Services);
                    for (int i = 0; i < Services; i++)
                    {
                        writer.Write(Text(field, i));
                    }

                    writer.Write("index");
                    writer.WriteMapHeader(1);
                    writer.Write("i32");
                    writer.Write(MemoryMarshal.AsBytes(Numbers(row => row % Services, rowCount).AsSpan()));
                    break;
                default:
                    writer.WriteArrayHeader(rowCount);
                    for (int row = 0; row < rowCount; row++)
                    {
                        WriteValue(ref writer, field, row, now);
                    }

                    break;
            }
        }
    }

    private static void WriteValue(ref MessagePackWriter writer, Field field, int row, long now)
    {
        switch (field.Type)
        {
            case FieldType.Text:
                writer.Write(Text(field, row));
                break;
            case FieldType.Map:
                writer.WriteMapHeader(1);
                WriteEntry(ref writer, "zone", Text(field, row));
                break;
            case FieldType.Boolean:
                writer.Write(row % 10 == 0);
                break;
            case FieldType.Duration or FieldType.Number:
                writer.Write(Fraction(row));
                break;
            default:
                writer.Write(Whole(field, row, now));
                break;
        }
    }

    private static T[] Numbers<T>(Func<int, T> valueOf, int rowCount)
    {
        T[] numbers = new T[rowCount];
        for (int row = 0; row < rowCount; row++)
        {
            numbers[row] = valueOf(row);
        }

        return numbers;
    }

    private static bool IsThere(Field field, int row) => field.Required || row % Sparse != field.Ordinal % Sparse;

    // Some fields have words, and some have ids of hexadecimal digits, as those of traces.
    private static string Text(Field field, int row) =>
        field.IsGuid ? AlertId(row)
        : !field.Allowed.IsEmpty ? field.Allowed[row % field.Allowed.Length]
        : field.Ordinal % Hexadecimal == 0 ? $"{(ulong)(row % Services) * 0x9E37_79B9_7F4A_7C15:x16}"
        : $"{field.Name}-{row % Services}";

    private static double Fraction(int row) => (row % 1_000) + 0.125 + (row % Outlying == 0 ? 1_000_000 : 0);

    private static long Whole(Field field, int row, long now) =>
        field.Type == FieldType.Time ? now - (row * StepMilliseconds)
        : Math.Clamp(row % Outlying == 0 ? Far : row % 500, field.Minimum, field.Maximum);

    private static void WriteEntry(ref MessagePackWriter writer, string key, string value)
    {
        writer.Write(key);
        writer.Write(value);
    }
}
