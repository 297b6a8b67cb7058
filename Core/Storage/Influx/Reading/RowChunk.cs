using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>A part of a response with raw rows, as the aggregation reads it. Columns that were not selected are empty.</summary>
internal sealed class RowChunk : IColumnChunk
{
    // By field; null where it was not selected.
    private readonly InfluxColumn?[] _columns;
    private readonly InfluxColumn _time;

    /// <param name="schema">The kind.</param>
    /// <param name="fields">The fields to read.</param>
    /// <param name="extra">Further columns that are no fields of the kind.</param>
    public RowChunk(KindSchema schema, ReadOnlySpan<int> fields, params ReadOnlySpan<InfluxColumn> extra)
    {
        _columns = new InfluxColumn?[schema.Fields.Length];
        _time = new InfluxColumn("time", isText: false);
        _columns[KindSchema.Time] = _time;
        List<InfluxColumn> columns = [_time];
        foreach (int field in fields)
        {
            InfluxColumn column = new(schema.Fields[field].Name, schema.Fields[field].IsText);
            _columns[field] = column;
            columns.Add(column);
        }

        columns.AddRange(extra);
        Rows = new InfluxRows([.. columns]);
    }

    /// <summary>The columns that the response is read into.</summary>
    public InfluxRows Rows { get; }

    public int RowCount => Rows.RowCount;

    public long FirstTime { get; private set; }

    public long LastTime { get; private set; }

    public ReadOnlySpan<long> Numbers(int field) => _columns[field] is { ValueCount: > 0 } column ? column.Numbers : default;

    public ReadOnlySpan<int> Codes(int field) => _columns[field] is { ValueCount: > 0 } column ? column.Codes(RowCount) : default;

    public SymbolView Symbols(int field) => _columns[field]?.Symbols ?? SymbolView.Empty;

    /// <summary>Turns the times of the points, in ns, into the times of their samples.</summary>
    public void TakeTimes()
    {
        (long first, long last) = (long.MaxValue, long.MinValue);
        foreach (ref long time in _time.EditNumbers())
        {
            time = InfluxSchema.MillisecondsOf(time);
            first = Math.Min(first, time);
            last = Math.Max(last, time);
        }

        (FirstTime, LastTime) = (first, last);
    }
}
