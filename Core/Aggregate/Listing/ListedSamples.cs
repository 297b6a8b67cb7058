using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Listing;

/// <summary>A page of a list: the requested fields as columns of their own, filled row by row and read afterwards.</summary>
internal sealed class ListedSamples : SampleList
{
    // Of texts of the greatest length these are some megabytes, by which a list may be over its limit.
    private const int RowsAtOnce = 128;

    private readonly ImmutableArray<int> _fields;
    private readonly ImmutableArray<Field> _schema;
    private readonly SampleTable _rows;
    private readonly SampleId[] _places;
    private readonly long _maxBytes;

    /// <param name="query">The query.</param>
    /// <param name="places">The places of the page's rows, in its order.</param>
    /// <param name="total">How many samples there are; counted in any case where the query wants it.</param>
    /// <param name="hasMore">Whether samples follow behind the page.</param>
    public ListedSamples(ListQuery query, SampleId[] places, long total, bool hasMore)
    {
        KindSchema schema = SampleSchema.Of(query.Kind);
        _schema = schema.Fields;
        _fields = query.Fields;
        _places = places;
        _maxBytes = query.MaxBytes;
        _rows = new SampleTable(schema) { RowCount = places.Length };
        Total = query.CountTotal ? total : -1;
        HasMore = hasMore;
    }

    public override int RowCount => _places.Length;

    public override long Total { get; }

    public override bool HasMore { get; }

    public override long AllocatedBytes => _rows.AllocatedBytes + (_places.Length * (long)Unsafe.SizeOf<SampleId>());

    public override SampleId Place(int row) => _places[row];

    public override bool IsMissing(int row, int field)
    {
        int ordinal = _fields[field];
        return _schema[ordinal].IsText ? CodeOf(row, ordinal) == TextColumn.Missing : Number(row, field) == NumberColumn.Missing;
    }

    public override long Number(int row, int field)
    {
        NumberColumn? numbers = _rows.FindNumbers(_fields[field]);
        return numbers is not null && row < numbers.Count ? numbers.Values[row] : NumberColumn.Missing;
    }

    public override ReadOnlySpan<byte> Text(int row, int field)
    {
        int code = CodeOf(row, _fields[field]);
        return code == TextColumn.Missing ? default : _rows.FindTexts(_fields[field])!.Symbols[code];
    }

    /// <summary>Copies the requested fields from some rows of a chunk to some rows of the page.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="from">Rows of the chunk, ascending.</param>
    /// <param name="to">The page's row of each.</param>
    /// <exception cref="QueryLimitException">The list takes more bytes than it may.</exception>
    public void Copy(IIdentifiedChunk chunk, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        foreach (int field in _fields)
        {
            if (!_schema[field].IsText)
            {
                CopyNumbers(chunk, field, from, to);
                continue;
            }

            for (int first = 0; first < from.Length; first += RowsAtOnce)
            {
                int rows = Math.Min(RowsAtOnce, from.Length - first);
                chunk.CopyTexts(field, from.Slice(first, rows), _rows.Texts(field), to.Slice(first, rows));
                if (AllocatedBytes > _maxBytes)
                {
                    throw new QueryLimitException("Query:MaxResultBytes", _maxBytes);
                }
            }
        }
    }

    private void CopyNumbers(IColumnChunk chunk, int field, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        ReadOnlySpan<long> numbers = chunk.Numbers(field);
        for (int i = 0; i < from.Length && !numbers.IsEmpty; i++)
        {
            _rows.Numbers(field).Set(to[i], numbers[from[i]]);
        }
    }

    private int CodeOf(int row, int ordinal) =>
        _rows.FindTexts(ordinal) is { } texts && row < texts.Count ? texts.Codes[row] : TextColumn.Missing;
}
