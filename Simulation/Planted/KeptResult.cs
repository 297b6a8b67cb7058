using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Simulation.Planted;

/// <summary>A result that stays as it is when it is disposed: only itself is given back, not what it wraps.</summary>
internal sealed class KeptResult(QueryResult result) : QueryResult
{
    public override int RowCount => result.RowCount;

    public override long TotalGroups => result.TotalGroups;

    public override ResultSource Source => result.Source;

    public override long RowsRead => result.RowsRead;

    public override long AllocatedBytes => result.AllocatedBytes;

    public override long WindowStart(int row) => result.WindowStart(row);

    public override long KeyNumber(int row, int part) => result.KeyNumber(row, part);

    public override ReadOnlySpan<byte> KeyText(int row, int part) => result.KeyText(row, part);

    public override bool KeyMissing(int row, int part) => result.KeyMissing(row, part);

    public override long Count(int row, int measure) => result.Count(row, measure);

    public override Int128 Sum(int row, int measure) => result.Sum(row, measure);

    public override UInt128 SumOfSquares(int row, int measure) => result.SumOfSquares(row, measure);

    public override long Number(int row, int measure) => result.Number(row, measure);

    public override ReadOnlySpan<byte> LatestText(int row, int measure) => result.LatestText(row, measure);

    public override long LatestTime(int row, int measure) => result.LatestTime(row, measure);

    public override double Quantile(int row, int measure, double quantile) => result.Quantile(row, measure, quantile);

    public override ReadOnlySpan<long> Set(int row, int measure) => result.Set(row, measure);
}
