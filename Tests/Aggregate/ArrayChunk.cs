using System.Text;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Rows as columns. Fields that no row has are empty columns; dictionaries are the chunk's own, or shared where one is given.</summary>
internal sealed class ArrayChunk : IColumnChunk
{
    private readonly long[][] _numbers;
    private readonly int[][] _codes;
    private readonly SymbolTable[] _tables;

    public ArrayChunk(KindSchema schema, IReadOnlyList<Row> rows, SymbolTable[]? tables = null, bool repeatTexts = false)
    {
        RowCount = rows.Count;
        FirstTime = rows.Min(row => row.Time);
        LastTime = rows.Max(row => row.Time);
        _tables = tables ?? NewTables(schema);
        _numbers = new long[schema.Fields.Length][];
        _codes = new int[schema.Fields.Length][];
        foreach (Field field in schema.Fields)
        {
            _numbers[field.Ordinal] = Dense([.. rows.Select(row => row.Number(field.Ordinal) ?? NumberColumn.Missing)], NumberColumn.Missing);
            _codes[field.Ordinal] = Dense([.. rows.Select(row => Code(row.Text(field.Ordinal), _tables[field.Ordinal], repeatTexts))], TextColumn.Missing);
        }
    }

    public int RowCount { get; }

    public long FirstTime { get; }

    public long LastTime { get; }

    public ReadOnlySpan<long> Numbers(int field) => _numbers[field];

    public ReadOnlySpan<int> Codes(int field) => _codes[field];

    public SymbolView Symbols(int field) => _tables[field].View();

    public static SymbolTable[] NewTables(KindSchema schema) => [.. schema.Fields.Select(_ => new SymbolTable())];

    private static T[] Dense<T>(T[] values, T missing) where T : IEquatable<T> => values.All(value => value.Equals(missing)) ? [] : values;

    private static int Code(string? text, SymbolTable table, bool repeat)
    {
        if (text is null)
        {
            return TextColumn.Missing;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return repeat ? table.Add(bytes) : table.Intern(bytes);
    }
}
