using System.Buffers;
using System.Globalization;
using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Tests.Aggregate;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>Writes samples and units into a real server by a line encoder of its own, as a node would.</summary>
internal sealed class ReadPoints(RealInfluxd server, string database, ulong node, long firstNumber = 0)
{
    private const int LinesAtOnce = 4_000;

    private long _number = firstNumber;

    /// <summary>Writes rows as one unit: the points, then, unless it stays open, its rollups.</summary>
    public async Task WriteUnitAsync(long pcode, IReadOnlyList<Row> rows, bool closed = true, bool withRollups = true)
    {
        long unit = _number;
        foreach (Row[] some in rows.Chunk(LinesAtOnce))
        {
            await WriteAsync(string.Join('\n', some.Select(row => Line(pcode, row, _number++))));
        }

        if (withRollups)
        {
            foreach (IGrouping<long, Row> bucket in rows.GroupBy(row => InfluxSchema.BucketOf(row.Time)))
            {
                await WriteAsync(string.Join('\n', RollupLines(pcode, unit, bucket.Key, [.. bucket.OrderBy(row => row.Time)], closed)));
            }
        }
    }

    private async Task WriteAsync(string lines)
    {
        (int status, string body) = await server.WriteAsync(lines, database);
        Assert.That(status, Is.EqualTo(204), body);
    }

    private string Line(long pcode, Row row, long number)
    {
        KindSchema schema = row.Schema;
        StringBuilder line = new(schema.Name);
        if (schema.Kind == Kind.Alert)
        {
            line.Append(",b=").Append(row.Text("id")![..2]);
        }

        string oid = row.Number(KindSchema.Oid)?.ToString(CultureInfo.InvariantCulture) ?? "-";
        line.Append(CultureInfo.InvariantCulture, $",e={number / 1_000_000 % 64},node={node:x16},oid={oid},pcode={pcode} n={number}i");
        foreach (Field field in schema.Fields.Skip(2))
        {
            if (field.IsText && row.Text(field.Ordinal) is { } text)
            {
                line.Append(',').Append(field.Name).Append("=\"")
                    .Append(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
            }
            else if (!field.IsText && row.Number(field.Ordinal) is { } value)
            {
                line.Append(CultureInfo.InvariantCulture, $",{field.Name}={value}i");
            }
        }

        return line.Append(CultureInfo.InvariantCulture, $" {(row.Time * 1_000_000) + (number % 1_000_000)}").ToString();
    }

    private IEnumerable<string> RollupLines(long pcode, long unit, long bucket, IReadOnlyList<Row> rows, bool closed)
    {
        KindSchema schema = rows[0].Schema;
        RollupBuilder builder = new(schema, QueryGenerator.Threshold);
        builder.Add(new ArrayChunk(schema, rows));
        UnitRollups rollups = new(
            rows.Count, rows[0].Time, rows[^1].Time,
            [.. builder.Complete().Where(section => section.Level == RollupLevel.FiveMinutes).Select(section => section.Bytes)]);
        ArrayBufferWriter<byte> bytes = new();
        rollups.Write(bytes);
        string base64 = Convert.ToBase64String(bytes.WrittenSpan);

        // Small parts, so that there are several.
        string[] parts = closed ? [.. base64.Chunk(4_000).Select(part => new string(part))] : [""];
        for (int part = 0; part < parts.Length; part++)
        {
            string fields = closed ? $"data=\"{parts[part]}\",parts={parts.Length}i" : "parts=0i";
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"rollup_5m,kind={schema.Name},node={node:x16},pcode={pcode} {fields},part={part}i,unit={unit}i {InfluxSchema.RollupTime(bucket, unit, part)}");
        }
    }
}
