using System.Text;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Rollups;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// Writes the samples of a batch as lines, straight from its columns; no object is made for a sample. A batch may take several <see cref="LineBatch"/>es:
/// call <see cref="Begin"/> once, then <see cref="Continue"/> until it returns true. Not thread safe.
/// </summary>
internal sealed class LineEncoder(ulong nodeId, int maxLines, int maxBytes)
{
    private readonly byte[] _node = Encoding.UTF8.GetBytes($",{InfluxSchema.NodeTag}={InfluxSchema.NodeName(nodeId)}");
    private ValidBatch? _batch;
    private OpenUnit? _unit;
    private int _kind;
    private int _row;
    private long _number;
    private long _declared;

    /// <summary>Begins a batch whose samples belong to a unit.</summary>
    public void Begin(ValidBatch batch, OpenUnit unit)
    {
        (_batch, _unit, _kind, _row, _number, _declared) = (batch, unit, 0, 0, batch.FirstNumber, long.MinValue);
    }

    /// <summary>Fills lines; true when the whole batch is written, false when <paramref name="into"/> is full.</summary>
    public bool Continue(LineBatch into)
    {
        for (; _kind < SampleSchema.All.Length; _kind++, _row = 0, _declared = long.MinValue)
        {
            if (_batch!.Find((Kind)_kind) is { } table && !ContinueTable(table, into))
            {
                return false;
            }
        }

        return true;
    }

    private bool ContinueTable(SampleTable table, LineBatch into)
    {
        MeasurementTemplate template = MeasurementTemplate.Of(table.Schema.Kind);
        ReadOnlySpan<long> times = table.Numbers(KindSchema.Time).Values;
        for (; _row < table.RowCount; _row++, _number++)
        {
            long bucket = InfluxSchema.BucketOf(times[_row]);
            if (bucket != _declared && _unit!.IsNew(_batch!.Pcode, table.Schema.Kind, bucket))
            {
                if (into.LineCount >= maxLines || !RollupLines.TryDeclare(into, maxBytes, new UnitLine(_node, _batch.Pcode, template, _unit.Number), bucket))
                {
                    return false;
                }

                _unit.Declare(_batch.Pcode, table.Schema.Kind, bucket);
            }

            _declared = bucket;
            if (into.LineCount >= maxLines)
            {
                return false;
            }

            AppendSample(table, template, times[_row], into);
            if (!into.TryEndLine(maxBytes))
            {
                return false;
            }
        }

        return true;
    }

    private void AppendSample(SampleTable table, MeasurementTemplate template, long time, LineBatch into)
    {
        AppendTags(table, template, into);
        into.Append(" n="u8);
        LineText.AppendInteger(into, _number);
        into.Append("i"u8);
        foreach (Field field in template.Schema.Fields)
        {
            if (!InfluxSchema.IsPointField(field) || !table.Has(field.Ordinal))
            {
                continue;
            }

            if (field.IsText)
            {
                AppendText(table.Texts(field.Ordinal), template.FieldKeys[field.Ordinal], into);
            }
            else
            {
                AppendNumber(table.Numbers(field.Ordinal), template.FieldKeys[field.Ordinal], into);
            }
        }

        into.AppendTime(InfluxSchema.PointTime(time, _number));
    }

    // In order of their names, as the server sorts them.
    private void AppendTags(SampleTable table, MeasurementTemplate template, LineBatch into)
    {
        into.Append(template.Measurement);
        if (template.AlertId >= 0)
        {
            TextColumn ids = table.Texts(template.AlertId);
            into.Append(",b="u8);
            into.Append(ids.Symbols[ids.Codes[_row]][..2]);
        }

        into.Append(",e="u8);
        LineText.AppendInteger(into, InfluxSchema.EpochOf(_number));
        into.Append(_node);
        into.Append(",oid="u8);
        if (table.FindNumbers(KindSchema.Oid) is { } oids && oids.Values[_row] != NumberColumn.Missing)
        {
            LineText.AppendInteger(into, oids.Values[_row]);
        }
        else
        {
            into.Append("-"u8);
        }

        into.Append(",pcode="u8);
        LineText.AppendInteger(into, _batch!.Pcode);
    }

    private void AppendText(TextColumn column, byte[] key, LineBatch into)
    {
        int code = column.Codes[_row];
        if (code != TextColumn.Missing)
        {
            into.Append(key);
            LineText.AppendText(into, column.Symbols[code]);
        }
    }

    private void AppendNumber(NumberColumn column, byte[] key, LineBatch into)
    {
        long value = column.Values[_row];
        if (value != NumberColumn.Missing)
        {
            into.Append(key);
            LineText.AppendInteger(into, value);
            into.Append("i"u8);
        }
    }
}

/// <summary>What the points of a kind have in common, as bytes.</summary>
internal sealed class MeasurementTemplate
{
    private static readonly MeasurementTemplate[] _all = [.. SampleSchema.All.Select(schema => new MeasurementTemplate(schema))];

    private MeasurementTemplate(KindSchema schema)
    {
        Schema = schema;
        Measurement = Encoding.UTF8.GetBytes(schema.Name);
        FieldKeys = [.. schema.Fields.Select(field => Encoding.UTF8.GetBytes($",{field.Name}="))];
        AlertId = schema.Kind == Kind.Alert ? schema.Ordinal("id") : -1;
    }

    public KindSchema Schema { get; }

    public byte[] Measurement { get; }

    /// <summary>By ordinal: comma, name and equals sign.</summary>
    public byte[][] FieldKeys { get; }

    /// <summary>Ordinal of an alert's id; −1 for the other kinds.</summary>
    public int AlertId { get; }

    public static MeasurementTemplate Of(Kind kind) => _all[(int)kind];
}
