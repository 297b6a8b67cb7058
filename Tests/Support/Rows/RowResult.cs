using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>The groups of <see cref="RowReader"/> as a result.</summary>
internal sealed class RowResult(SampleQuery query, List<RowGroup> groups, long total, long allocatedBytes = 0) : QueryResult
{
    public override int RowCount => groups.Count;

    public override long AllocatedBytes => allocatedBytes;

    public override long TotalGroups => total;

    public override ResultSource Source => ResultSource.Raw;

    public override long WindowStart(int row) => groups[row].Keys.Window;

    public override long KeyNumber(int row, int part) => groups[row].Keys.Parts[part] as long? ?? NumberColumn.Missing;

    public override ReadOnlySpan<byte> KeyText(int row, int part) => Bytes(groups[row].Keys.Parts[part]);

    public override bool KeyMissing(int row, int part) => groups[row].Keys.Parts[part] is null;

    public override long Count(int row, int measure) => (long)groups[row].Value(measure);

    public override Int128 Sum(int row, int measure) => (Int128)groups[row].Value(measure);

    public override UInt128 SumOfSquares(int row, int measure) => (UInt128)groups[row].Value(measure);

    public override long Number(int row, int measure) => (long)groups[row].Value(measure);

    public override ReadOnlySpan<byte> LatestText(int row, int measure) => Bytes(groups[row].Latest(measure).Value);

    public override long LatestTime(int row, int measure) => groups[row].Latest(measure).Time;

    public override double Quantile(int row, int measure, double quantile) =>
        query.Measures[measure].Kind == MeasureKind.Sketch ? groups[row].Quantile(measure, quantile) : double.NaN;

    public override ReadOnlySpan<long> Set(int row, int measure) => groups[row].Numbers(measure).Distinct().Order().ToArray();

    private static byte[] Bytes(object? text) => Encoding.UTF8.GetBytes((string?)text ?? "");
}
