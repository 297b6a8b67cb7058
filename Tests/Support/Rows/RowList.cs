using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>The result of a list query, over rows in their order of arrival.</summary>
internal sealed class RowList(ListQuery query, IReadOnlyList<(Row Row, SampleId Place)> rows, long total, bool hasMore) : SampleList
{
    public override int RowCount => rows.Count;

    public override long AllocatedBytes => 0;

    public override long Total => query.CountTotal ? total : -1;

    public override bool HasMore => hasMore;

    public override SampleId Place(int row) => rows[row].Place;

    public override bool IsMissing(int row, int field) => Value(row, field) is null;

    public override long Number(int row, int field) => (long?)Value(row, field) ?? NumberColumn.Missing;

    public override ReadOnlySpan<byte> Text(int row, int field) => Encoding.UTF8.GetBytes((string?)Value(row, field) ?? "");

    private object? Value(int row, int field) => rows[row].Row[query.Fields[field]];
}
